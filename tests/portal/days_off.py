"""Makes portal/data/days_off.json: `python -m tests.portal.days_off`."""

import json
from datetime import datetime

from holidays.countries.vietnam import VN

from portal.working_days import DATA

FIRST_YEAR, LAST_YEAR = 2015, 2050
# The library speaks English of Vietnamese days. All days of Tết are one holiday.
NAMES = {
    "New Year's Day": "Tết Dương lịch",
    "29 of Lunar New Year": "Tết Nguyên đán",
    "Lunar New Year's Eve": "Tết Nguyên đán",
    "Lunar New Year": "Tết Nguyên đán",
    "Second Day of Lunar New Year": "Tết Nguyên đán",
    "Third Day of Lunar New Year": "Tết Nguyên đán",
    "Fourth Day of Lunar New Year": "Tết Nguyên đán",
    "Fifth Day of Lunar New Year": "Tết Nguyên đán",
    "Hung Kings' Commemoration Day": "Giỗ Tổ Hùng Vương",
    "Liberation Day/Reunification Day": "Ngày Giải phóng miền Nam, thống nhất đất nước",
    "International Labor Day": "Ngày Quốc tế Lao động",
    "National Day": "Quốc khánh",
    "Vietnam Cultural Day": "Ngày Văn hóa Việt Nam",
}
_OBSERVED = " (observed)"
_SWAPPED = "Day off (substituted from "


def made():
    """Return the text of the file as the installed library would have it."""
    # One year more on each side: a swapped day may lie in another year than its holiday.
    calendar = VN(years=range(FIRST_YEAR - 1, LAST_YEAR + 2))
    off = {day: _name(said) for day, said in sorted(calendar.items())}
    made_up = {
        datetime.strptime(said, f"{_SWAPPED}%m/%d/%Y)").date(): day.isoformat()
        for day, said in calendar.items()
        if said.startswith(_SWAPPED)
    }
    years = {
        year: {
            key: {f"{day:%m-%d}": said for day, said in days.items() if day.year == year}
            for key, days in (("off", off), ("made_up", made_up))
        }
        for year in range(FIRST_YEAR, LAST_YEAR + 1)
    }
    lines = ",\n".join(
        f'"{year}": {json.dumps(days, ensure_ascii=False)}' for year, days in years.items()
    )
    return f'{{"source": "holidays (MIT), VN", "years": {{\n{lines}\n}}}}\n'


def _name(said):
    if said.startswith(_SWAPPED):
        return "nghỉ hoán đổi ngày làm việc"
    first, *others = (each.removesuffix(_OBSERVED) for each in said.split("; "))
    names = " và ".join(dict.fromkeys(NAMES[each] for each in (first, *others)))
    return f"nghỉ bù {names}" if said.endswith(_OBSERVED) else names


if __name__ == "__main__":
    DATA.write_text(made())
