"""How staff type a time of day."""

from django.db import models
from django.forms import TimeInput

__all__ = ["CLOCKS", "ClockInput"]


class ClockInput(TimeInput):
    """The browser's own field for hours and minutes, as an office has no use for seconds."""

    input_type = "time"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%H:%M")


# For `ModelAdmin.formfield_overrides`.
CLOCKS = {models.TimeField: {"widget": ClockInput}}
