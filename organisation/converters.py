"""What a month in our addresses looks like; anything else never reaches a query."""

from datetime import date

from django.urls import register_converter


class TimetableMonth:
    """A month as the day that it begins with: 2025-03."""

    regex = r"20[0-9]{2}-(?:0[1-9]|1[0-2])"

    def to_python(self, value):
        return date.fromisoformat(f"{value}-01")

    def to_url(self, value):
        return f"{value:%Y-%m}"


register_converter(TimetableMonth, "timetable_month")
