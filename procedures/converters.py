"""What the codes in our addresses look like; anything else never reaches a query."""

from django.urls import register_converter

from procedures.models.catalogue import CODE_REGEX as PROCEDURE_CODE
from procedures.periods import CODE_REGEX as PERIOD_CODE


class _Code:
    def to_python(self, value):
        return value

    def to_url(self, value):
        return value


class PeriodCode(_Code):
    """The code of a period: 2024-T01."""

    regex = PERIOD_CODE


class ProcedureCode(_Code):
    """The code of a procedure: 1.001193."""

    regex = PROCEDURE_CODE


register_converter(PeriodCode, "period_code")
register_converter(ProcedureCode, "procedure_code")
