"""Addresses under /ket-qua-tthc/."""

from django.urls import path

from procedures import (
    converters,  # noqa: F401  (registers the codes)
    views,
)

app_name = "procedures"
urlpatterns = [
    path("", views.overview, name="list"),
    path("lich/", views.calendar, name="calendar"),
    path("thu-tuc/<procedure_code:code>/", views.procedure, name="procedure"),
    path("<period_code:code>/", views.period, name="period"),
    path("<period_code:code>/ket-qua.<slug:file_format>", views.download, name="download"),
    path("<period_code:code>/ban-<int:number>/", views.edition, name="edition"),
    path("<period_code:code>/linh-vuc/<slug:slug>/", views.field, name="field"),
    path("<period_code:code>/ho-so/", views.dossiers, name="dossiers"),
    path(
        "<period_code:code>/ho-so.<slug:file_format>",
        views.download_dossiers,
        name="download_dossiers",
    ),
]
