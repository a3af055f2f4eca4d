"""What the pages of results spend in the database behind a month of 200,000 dossiers."""

from bench.registry import Row, at_most, benchmark

MILLISECONDS = 50


@benchmark("results")
def results(site):
    """Yield the median and the 95th percentile of each page's time in the database."""
    site.inside("fill_results")
    for name, (middle, late) in site.inside("results_pages").items():
        yield Row(f"{name}: median in the database", middle, "ms")
        yield at_most(f"{name}: 95th percentile", late, "ms", MILLISECONDS)
