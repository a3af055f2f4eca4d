"""The figures of visits behind ten million views over five years, and how fast they get there."""

from bench.registry import Row, at_most, benchmark
from bench.visit_history import VIEWS
from bench.visits_inside import AT_ONCE, LINES, LOG_LINES, VIEWS_A_SECOND

FIGURES, DASHBOARD = 2, 50  # milliseconds
MEGABYTE = 2**20
_INSIDE = "bench.visits_inside"


@benchmark("visits")
def visits(site):
    """Yield how fast figures are read, how fast views are added, and how the tables grow."""
    yield Row("writing ten million views", site.inside("fill_history", _INSIDE), "s")
    yield Row("adding every total up again", site.inside("check_history", _INSIDE), "s")
    size = site.inside("size", _INSIDE)
    yield Row("tables, a million views", size / MEGABYTE / (VIEWS / 1e6), "MB")
    middle, late = site.inside("five_figures", _INSIDE)
    yield at_most("the five figures: median", middle, "ms", FIGURES)
    yield Row("the five figures: 95th percentile", late, "ms")
    pages = site.inside("dashboard", _INSIDE)
    middle, least = pages.pop("five years")
    name = "statistics of {}, in the database"
    yield at_most(name.format("five years"), middle, "ms", DASHBOARD)
    yield Row("the same in the quietest turn", least, "ms")
    for period, (middle, least) in pages.items():
        yield Row(name.format(period), middle, "ms")
        yield Row("the same in the quietest turn", least, "ms")
    yield from _flushing(site)


def _flushing(site):
    found = site.inside("flush", _INSIDE)
    yield Row("flushing, one process", found["alone"], "lines/s")
    yield Row(f"flushing, {AT_ONCE} processes at once", found["at once"], "lines/s")
    middle, late = found["second"]
    yield Row(f"one flush of {VIEWS_A_SECOND} views: median", middle, "ms")
    yield Row(f"one flush of {VIEWS_A_SECOND} views: 95th percentile", late, "ms")
    yield Row(f"tables, a day of {LINES:,} requests", found["bytes"] / MEGABYTE, "MB")
    keys = found["bytes of keys"] / MEGABYTE
    yield Row("keys of the visitors of that day", keys, "MB")
    yield Row("closing that day", site.inside("close_days", _INSIDE), "s")


@benchmark("logs")
def logs(site):
    """Yield what importing an access log costs."""
    found = site.inside("import_log", _INSIDE)
    lines = f"{LOG_LINES:,} lines of an access log"
    yield Row(f"importing {lines}", found["seconds"], "s")
    yield Row("memory of the process", found["megabytes"], "MB")
    yield Row("memory of the process before", found["megabytes before"], "MB")
