"""Makes procedures/data/days_off.json: `python -m tests.procedures.days_off`."""

import json

from holidays.countries.vietnam import VN

from procedures.working_days import DATA

FIRST_YEAR, LAST_YEAR = 2015, 2050


def made():
    """Return the text of the file as the installed library would have it."""
    # One year more on each side: a swapped day may lie in another year than its holiday.
    calendar = VN(years=range(FIRST_YEAR - 1, LAST_YEAR + 2))
    weekdays_off = [day for day in calendar if day.weekday() < 5]
    years = {
        year: {
            key: sorted(f"{day:%m-%d}" for day in days if day.year == year)
            for key, days in (("off", weekdays_off), ("made_up", calendar.weekend_workdays))
        }
        for year in range(FIRST_YEAR, LAST_YEAR + 1)
    }
    lines = ",\n".join(f'"{year}": {json.dumps(days)}' for year, days in years.items())
    return f'{{"source": "holidays (MIT), VN", "years": {{\n{lines}\n}}}}\n'


if __name__ == "__main__":
    DATA.write_text(made())
