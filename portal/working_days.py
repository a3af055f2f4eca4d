"""Working days as offices count them: no weekends, no public holidays, no days made up for.

The days off of 2015 to 2050 lie in data/days_off.json, taken from the library `holidays`, whose
lunar days, substitute days and swapped Saturdays a test checks against what was announced.
The library itself is no part of the running site: importing it costs 46 MB a process. Years
outside the data know weekends only.
"""

import json
from datetime import date, timedelta
from functools import cache
from itertools import accumulate
from pathlib import Path

__all__ = [
    "DATA",
    "add_working_days",
    "day_made_up_for",
    "holiday_name",
    "is_working_day",
    "working_days_between",
]

DATA = Path(__file__).parent / "data" / "days_off.json"
_SATURDAY = 5


def is_working_day(day: date) -> bool:
    """Whether offices work on `day`."""
    off, made_up = _exceptions(day.year)
    return day in made_up or (day.weekday() < _SATURDAY and day not in off)


def holiday_name(day: date) -> str:
    """Return what public holiday offices keep on `day`, as in "Hôm nay nghỉ: …", else ""."""
    return _exceptions(day.year)[0].get(day, "")


def day_made_up_for(day: date) -> date | None:
    """Return the day off in whose place offices work on the weekend day `day`, if any."""
    return _exceptions(day.year)[1].get(day)


def working_days_between(start: date, end: date) -> int:
    """Return how many working days come after `start`, up to and including `end`.

    Nothing lies between a day and itself; with `end` before `start` the number is negative.
    """
    if end < start:
        return -working_days_between(end, start)
    whole_years = sum(_reached(year)[-1] for year in range(start.year, end.year))
    return whole_years + _reached_on(end) - _reached_on(start)


def add_working_days(day: date, number: int) -> date:
    """Return the day that is `number` working days after `day`; none after it is `day` itself."""
    while number > 0:
        day += timedelta(days=1)
        number -= is_working_day(day)
    return day


def _reached_on(day):
    return _reached(day.year)[(day - date(day.year, 1, 1)).days]


@cache
def _reached(year):
    """Return for each day of `year` how many working days the year has had by its evening."""
    first = date(year, 1, 1)
    length = (date(year, 12, 31) - first).days + 1
    days = (first + timedelta(days=passed) for passed in range(length))
    return tuple(accumulate(map(is_working_day, days)))


@cache
def _exceptions(year):
    """Return {day off: name} and {weekend day that is worked: day off it makes up for}."""
    of_year = _data().get(str(year), {"off": {}, "made_up": {}})
    off, made_up = (
        {date.fromisoformat(f"{year}-{day}"): said for day, said in of_year[key].items()}
        for key in ("off", "made_up")
    )
    return off, {day: date.fromisoformat(swapped) for day, swapped in made_up.items()}


@cache
def _data():
    return json.loads(DATA.read_text())["years"]
