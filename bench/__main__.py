"""`python -m bench`: run benchmarks, print their rows as a table, write them as JSON."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from bench import (  # noqa: F401  (registers)
    imports,
    lighthouse,
    load,
    newsroom,
    pages,
    results,
    richtext,
    search,
    visits,
)
from bench.registry import BENCHMARKS
from bench.site import temporary_site
from portal.local import LocalError

_MARKS = {True: "yes", False: "NO", None: ""}


def main():
    parser = argparse.ArgumentParser(prog="bench/run")
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=", ".join(BENCHMARKS))
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="write the rows to FILE too"
    )
    options = parser.parse_args()
    unknown = set(options.groups) - BENCHMARKS.keys()
    if unknown:
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    rows = []
    print(f"Load by {load.generator()}, {load.CONNECTIONS} connections.\n")
    print(f"{'':44}{'value':>10}  {'unit':<14}{'target':>10}  reached")
    for name in options.groups or BENCHMARKS:
        with temporary_site() as site:
            for row in BENCHMARKS[name](site):
                rows.append(row)
                print(_line(row), flush=True)
    if options.json:
        text = json.dumps(
            {"rows": [asdict(row) for row in rows]}, ensure_ascii=False, indent=2
        )
        options.json.write_text(f"{text}\n")


def _line(row):
    value = (
        "–"
        if row.value is None
        else f"{row.value:,.3g}"
        if row.value < 100
        else f"{row.value:,.0f}"
    )
    return (
        f"{row.name:44}{value:>10}  {row.unit:<14}{row.target or '':>10}  {_MARKS[row.ok]}"
    )


if __name__ == "__main__":
    try:
        main()
    except LocalError as error:
        sys.exit(f"Lỗi: {error}")
