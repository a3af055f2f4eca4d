"""Days that somebody can have meant: a year out of reach is a slip of the finger.

Stored, it would break whatever counts weeks and deadlines from it: the calendar of Python
ends with the year 9999.
"""

from django import forms
from django.core.exceptions import ValidationError

__all__ = ["DayField", "PlausibleDaysMixin"]

_YEARS = range(1900, 2200)


def _check(moment):
    """Refuse a day or moment (the year of either counts) that is out of reach."""
    if moment.year not in _YEARS:
        raise ValidationError("Năm này chắc là gõ nhầm. Hãy xem lại ngày.")


class DayField(forms.DateField):
    """A day in a form that belongs to no model."""

    default_validators = [_check]


class PlausibleDaysMixin:
    """For every ModelAdmin of the site: its forms take no day that nobody can have meant."""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(
            field, (forms.DateField, forms.DateTimeField, forms.SplitDateTimeField)
        ):
            field.validators.append(_check)
        return field
