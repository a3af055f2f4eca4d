"""Long lists of articles, and saving a long article."""

from statistics import median

from bench.pages import in_turns, ratio
from bench.registry import Row, at_most, benchmark

LATE_PAGE = 1.5  # times what the first page costs
PER_PAGE = 15


@benchmark("lists")
def lists(site):
    """Yield what a late page of 100,000 articles costs beside the first: requests, reading."""
    found = site.inside("fill")
    address = site.serve()
    for name, (path, articles) in found.items():
        late = min(5000, articles // PER_PAGE)
        first = f"{address}{path}"
        figures = in_turns(first=first, late=f"{first}?trang={late}")
        yield Row(f"{name}, page 1", median(figures["first"]), "requests/s")
        yield Row(f"{name}, page {late:,}", median(figures["late"]), "requests/s")
        yield at_most(
            f"{name}, page {late:,} / page 1",
            ratio(figures["first"], figures["late"]),
            "ratio",
            LATE_PAGE,
        )
    for name, words in (("kept", "reading"), ("changed", "reading after a change")):
        first, late = site.inside("reading")[name].values()
        yield Row(f"{words}, page 1", first, "ms")
        yield Row(f"{words}, page 5,000", late, "ms")
        yield at_most(f"{words}, page 5,000 / page 1", late / first, "ratio", LATE_PAGE)


@benchmark("saving")
def saving(site):
    """Yield how long saving an article of 50 KB takes: cleaning, an edition, the audit."""
    durations = site.inside("saving")
    yield Row("saving a new article of 50 KB", durations["new"], "ms")
    yield Row("saving another text of it", durations["changed"], "ms")
