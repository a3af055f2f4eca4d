"""Addresses of the office: its organisation chart, its reception timetable."""

from django.urls import path

from organisation import (
    body_views,
    converters,  # noqa: F401  (registers the month)
    reception_views,
)

app_name = "organisation"
urlpatterns = [
    path("co-cau-to-chuc/", body_views.chart_page, name="chart"),
    path("co-cau-to-chuc/<slug:slug>/", body_views.body, name="body"),
    path("lich-tiep-cong-dan/", reception_views.receptions, name="receptions"),
    path(
        "lich-tiep-cong-dan/<timetable_month:first>/",
        reception_views.month,
        name="receptions_month",
    ),
    path("lich-tiep-cong-dan.ics", reception_views.calendar, name="receptions_calendar"),
]
