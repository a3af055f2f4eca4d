"""Addresses under /ket-qua-tthc/."""

from django.urls import path, register_converter

from procedures import views
from procedures.periods import CODE_REGEX


class PeriodCode:
    """A period's code; anything else is no address of ours and never reaches a query."""

    regex = CODE_REGEX

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value


register_converter(PeriodCode, "period_code")

app_name = "procedures"
urlpatterns = [
    path("", views.period_list, name="list"),
    path("<period_code:code>/", views.period, name="period"),
    path("<period_code:code>/ket-qua.<slug:file_format>", views.download, name="download"),
]
