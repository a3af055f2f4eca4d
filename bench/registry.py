"""The benchmarks that there are, and the rows that they yield."""

from dataclasses import dataclass

BENCHMARKS = {}


@dataclass(frozen=True)
class Row:
    """One figure. `target` says in words what is wanted; `ok` whether it is reached.

    Both are None for a figure that is only there to compare with; `value` is None when it
    could not be measured, and `unit` then says why.
    """

    name: str
    value: float | None
    unit: str
    target: str | None = None
    ok: bool | None = None


def at_least(name, value, unit, limit):
    """Return a row whose value should be `limit` or more."""
    return Row(name, value, unit, f"≥ {limit:g}", value >= limit)


def at_most(name, value, unit, limit):
    """Return a row whose value should be `limit` or less."""
    return Row(name, value, unit, f"≤ {limit:g}", value <= limit)


def benchmark(name):
    """Register a function that takes a `bench.site.Site` and yields rows."""

    def register(function):
        BENCHMARKS[name] = function
        return function

    return register
