"""What a search of the whole site costs behind a thousand, ten thousand and 100,000 articles."""

from bench.registry import Row, at_most, benchmark

MILLISECONDS, SUGGESTING = 25, 5
SIZES = ("1,000", "10,000", "100,000")


@benchmark("search")
def search(site):
    """Yield the milliseconds of a search, by kind of question, and what its words take.

    Of each question the quietest of five turns counts; percentiles are of the questions.
    """
    for size in SIZES:
        found = site.inside(f"search_{size.replace(',', '_')}", "bench.search_inside")
        middle, late = found["all"]
        yield Row(f"searching {size} articles: median", middle, "ms")
        yield at_most(
            f"searching {size} articles: 95th percentile", late, "ms", MILLISECONDS
        )
        for name, (_, late) in found["kinds"].items():
            yield Row(f"  {name}: 95th percentile", late, "ms")
        yield Row(
            "  a query for nothing, to compare: 95th percentile", found["nothing"], "ms"
        )
        yield at_most("  suggestions: 95th percentile", found["suggest"], "ms", SUGGESTING)
        yield Row("  words of the articles, with their indexes", found["words"], "MB")
        yield Row("  vocabulary, in the database alone", found["vocabulary"], "kB")
    durations = site.inside("publishing", "bench.search_inside")
    yield Row("storing a published article of 50 KB", durations["kept"], "ms")
    yield Row("the same without keeping its words", durations["plain"], "ms")
