"""Reporting periods by their code: kinds, rules, the days they cover, their names.

A code is a year and a part of it: `2024-T01` (January), `2024-Q1`, `2024-6T` (first six
months), `2024-9T`, `2024-N` (the year). Where a unit reports the same part by both rules, the
calendar one carries the suffix `-DL` (dương lịch).

Rules: TT 01/2020/TT-VPCP counts a quarter from the 15th of the month before it to the 14th of
its last month, and the other lengths alike; QĐ 766/QĐ-TTg counts calendar months.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date

from django.db import models

# Only ASCII digits: `\d` would take Arabic-Indic ones too, and codes are addresses.
CODE_REGEX = r"[0-9]{4}-(?:T(?:0[1-9]|1[0-2])|Q[1-4]|6T|9T|N)(?:-DL)?"
CALENDAR_SUFFIX = "-DL"
_FIRST_YEAR, LAST_YEAR = 2000, 2199
_QUARTERS = ("I", "II", "III", "IV")


class Kind(models.IntegerChoices):
    """How long a period is, in months, so that kinds sort by length."""

    MONTH = 1, "Tháng"
    QUARTER = 3, "Quý"
    HALF_YEAR = 6, "6 tháng"
    NINE_MONTHS = 9, "9 tháng"
    YEAR = 12, "Năm"


class Rule(models.TextChoices):
    REPORTING = "bao-cao", "Kỳ báo cáo (15–14)"
    CALENDAR = "duong-lich", "Tháng dương lịch"


class BadCodeError(ValueError):
    """The text is no period code; the message says in Vietnamese what one looks like."""


@dataclass(frozen=True)
class Code:
    """What a code says: the year, the length and the last month it covers."""

    year: int
    kind: Kind
    last_month: int
    is_marked_calendar: bool = False

    def __str__(self):
        part = {
            Kind.MONTH: f"T{self.last_month:02}",
            Kind.QUARTER: f"Q{self.last_month // 3}",
            Kind.HALF_YEAR: "6T",
            Kind.NINE_MONTHS: "9T",
            Kind.YEAR: "N",
        }[self.kind]
        return f"{self.year}-{part}" + (CALENDAR_SUFFIX if self.is_marked_calendar else "")

    @property
    def name(self):
        """The period in words: "Tháng 01/2024", "Quý I/2024", "6 tháng đầu năm 2024"."""
        words = {
            Kind.MONTH: f"Tháng {self.last_month:02}/{self.year}",
            Kind.QUARTER: f"Quý {_QUARTERS[self.last_month // 3 - 1]}/{self.year}",
            Kind.HALF_YEAR: f"6 tháng đầu năm {self.year}",
            Kind.NINE_MONTHS: f"9 tháng đầu năm {self.year}",
            Kind.YEAR: f"Năm {self.year}",
        }[self.kind]
        return words + (", dương lịch" if self.is_marked_calendar else "")


def parse(text):
    """Return the `Code` that `text` spells; raise `BadCodeError` for anything else."""
    match = re.fullmatch(r"([0-9]{4})-([0-9A-Z]+)(-DL)?", text)
    if not match or not re.fullmatch(CODE_REGEX, text):
        raise BadCodeError(
            f"“{text}” không phải mã kỳ. Mã gồm năm và phần của năm, ví dụ: 2024-T01 "
            "(tháng 1), 2024-Q1 (quý I), 2024-6T, 2024-9T, 2024-N (cả năm)."
        )
    year, part = int(match[1]), match[2]
    if not _FIRST_YEAR <= year <= LAST_YEAR:
        raise BadCodeError(f"Năm trong mã kỳ phải từ {_FIRST_YEAR} đến {LAST_YEAR}.")
    if part.startswith("T"):
        kind, last_month = Kind.MONTH, int(part[1:])
    elif part.startswith("Q"):
        kind, last_month = Kind.QUARTER, 3 * int(part[1:])
    else:
        kind = {"6T": Kind.HALF_YEAR, "9T": Kind.NINE_MONTHS, "N": Kind.YEAR}[part]
        last_month = int(kind)
    return Code(year, kind, last_month, is_marked_calendar=bool(match[3]))


def following(code):
    """Return the code of the next period of the same kind: 2024-T12 → 2025-T01.

    Six and nine months and the year always start in January, so theirs is the next year's.
    """
    step = int(code.kind) if code.kind in (Kind.MONTH, Kind.QUARTER) else 12
    years, month = divmod(code.last_month - 1 + step, 12)
    return Code(code.year + years, code.kind, month + 1, code.is_marked_calendar)


def proposed_days(code, rule):
    """Return the first and the last day that `code` covers under `rule`, both inclusive."""
    first_month = code.last_month - code.kind + 1
    if rule == Rule.CALENDAR:
        last_day = calendar.monthrange(code.year, code.last_month)[1]
        return date(code.year, first_month, 1), date(code.year, code.last_month, last_day)
    starts_on = (
        date(code.year - 1, 12, 15)
        if first_month == 1
        else date(code.year, first_month - 1, 15)
    )
    return starts_on, date(code.year, code.last_month, 14)


def label(code, starts_on, ends_on):
    """Return the full label; a month's days are part of it, since they rarely are the month's.

    "Tháng 01/2024 (15/12/2023–14/01/2024)", "Quý I/2024".
    """
    if code.kind != Kind.MONTH:
        return code.name
    return f"{code.name} ({starts_on:%d/%m/%Y}–{ends_on:%d/%m/%Y})"
