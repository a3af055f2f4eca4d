"""Terms of office as staff write them: "2021–2026", "2020 - 2025", "từ tháng 6/2021"."""

import re

__all__ = ["last_year"]

_YEAR = r"(?<!\d)(?:19|20)\d\d(?!\d)"
_SPAN = re.compile(rf"({_YEAR})\s*(?:[-–—/]|đến(?:\s+(?:hết\s+)?năm)?)\s*(\d\d)(?!\d)")
_UNTIL = re.compile(rf"(?:đến|hết)\D{{0,20}}({_YEAR})", re.IGNORECASE)


def last_year(term: str) -> int | None:
    """Return the year in which a term ends, or None when its words do not say.

    One year alone begins a term, unless "đến" or "hết" stands before it.
    """
    years = [int(year) for year in re.findall(_YEAR, term)]
    if short := _SPAN.search(term):  # 2021–26
        years.append(int(short[1][:2] + short[2]))
    if len(years) > 1:
        return max(years)
    until = _UNTIL.search(term)
    return int(until[1]) if until else None
