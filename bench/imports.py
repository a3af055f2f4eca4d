"""Importing a list of 50,000 dossiers: time and memory, beside merely reading the file."""

from statistics import median

from bench.registry import Row, at_most, benchmark

TURNS = 3
SECONDS = 10
MEMORY = 250  # MB
TIMES_READING = 3


@benchmark("imports")
def imports(site):
    """Yield what an import costs, from the file to the stored rows, in turns with reading."""
    site.inside("write_list")
    turns = [(site.inside("read_list"), site.inside("import_list")) for _ in range(TURNS)]

    def middle(name):
        return median(figures[name] for _, figures in turns)

    yield Row("just reading the workbook", median(read for read, _ in turns), "s")
    for step in ("reading", "preview", "storing"):
        yield Row(f"importing 50,000 dossiers: {step}", middle(step), "s")
    whole = [figures["reading"] + figures["storing"] for _, figures in turns]
    ratio = median(all_ / read for all_, (read, _) in zip(whole, turns, strict=True))
    yield at_most("importing 50,000 dossiers", median(whole), "s", SECONDS)
    yield at_most("importing / just reading", ratio, "ratio", TIMES_READING)
    for process in ("site", "child"):
        yield at_most(
            f"memory of an import, {process} process", middle(process), "MB", MEMORY
        )
