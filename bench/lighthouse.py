"""What Lighthouse says of the pages on a phone: score, weight of the first load, shifts.

Needs Node.js with npm, and Chromium. Lighthouse is fetched from the npm registry once and kept
beside the other tools of development.
"""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from bench.pages import newest_article
from bench.registry import Row, at_least, at_most, benchmark
from bench.site import fetch
from portal import local
from tests.chromium import FLAGS, find_chromium

VERSION = "12.8.2"  # the newest for Node.js 20
RUNS = 3  # per page; the machine is shared, so a single run says little
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
FIRST_LOAD, SCRIPTS = 100, 15  # KB: as it travels without pictures; of scripts, unpacked
_FOLDER = Path(local.BASE_DIR) / ".venv" / "lighthouse"
_QUESTION = "/tim-kiem/?q=dang+ky+khai+sinh"


@benchmark("lighthouse")
def lighthouse(site):
    """Yield scores and weights of the kinds of pages that people open most."""
    tool, chromium = _tool(), find_chromium()
    if not tool or not chromium:
        yield Row("Lighthouse", None, "npm or Chromium is not installed")
        return
    # An example asks search engines to stay away, which is a fault of any other site.
    site.inside("lift_demo")
    site.manage(
        "run_jobs", "--until-idle"
    )  # as on any site, pictures have their renditions
    address = site.serve()
    for name, path in _paths(address).items():
        # Pages of search results keep search engines out by design (portal/search_views.py).
        skipped = ["--skip-audits=is-crawlable"] if path == _QUESTION else []
        reports = [
            _report(tool, chromium, address + path, site, *skipped) for _ in range(RUNS)
        ]
        yield from _rows(name, reports)


def _paths(address):
    return {
        "home": "/",
        "article": newest_article(address),
        "procedure": _first_link(address, "/thu-tuc/", r"/thu-tuc/\d[^\"/]*/"),
        "results": _first_link(address, "/ket-qua-tthc/", r"/ket-qua-tthc/\d[^\"/]*/"),
        "search": _QUESTION,
    }


def _first_link(address, listing, pattern):
    return re.search(pattern, fetch(address + listing).decode())[0]


def _tool():
    """Return the path of Lighthouse, fetched if it is not there yet, or None without npm."""
    program = _FOLDER / "node_modules" / ".bin" / "lighthouse"
    if not program.exists():
        if not shutil.which("npm"):
            return None
        _FOLDER.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            [
                "npm",
                "install",
                "--silent",
                "--no-audit",
                "--no-fund",
                f"lighthouse@{VERSION}",
            ],
            cwd=_FOLDER,
            check=True,
        )
    return program


def _report(tool, chromium, url, site, *options):
    output = site.folder / "lighthouse.json"
    subprocess.run(
        [
            tool,
            url,
            "--quiet",
            "--output=json",
            f"--output-path={output}",
            f"--only-categories={','.join(CATEGORIES)}",
            *options,
            f"--chrome-flags={' '.join(['--headless=new', *FLAGS])}",
        ],
        env=os.environ | {"CHROME_PATH": chromium},
        cwd=_FOLDER,
        check=True,
    )
    return json.loads(output.read_text())


def _rows(name, reports):
    for category in CATEGORIES:
        scores = [100 * report["categories"][category]["score"] for report in reports]
        yield at_least(
            f"{name}: {category}, median of {RUNS}", median(scores), "points", 100
        )
    requests = reports[0]["audits"]["network-requests"]["details"]["items"]
    carried = [each for each in requests if each.get("resourceType") != "Image"]
    weight = sum(each["transferSize"] for each in carried) / 1000
    yield at_most(f"{name}: first load without pictures", weight, "KB", FIRST_LOAD)
    scripts = [each for each in requests if each.get("resourceType") == "Script"]
    weight = sum(each["resourceSize"] for each in scripts) / 1000
    yield at_most(f"{name}: scripts, unpacked", weight, "KB", SCRIPTS)
    hosts = {urlsplit(each["url"]).netloc for each in requests} - {
        urlsplit(reports[0]["finalDisplayedUrl"]).netloc,
        "",
    }
    yield at_most(f"{name}: other hosts asked", len(hosts), "hosts", 0)
    shift = max(
        report["audits"]["cumulative-layout-shift"]["numericValue"] for report in reports
    )
    yield at_most(f"{name}: layout shift", shift, "CLS", 0)
