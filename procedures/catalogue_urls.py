"""Addresses under /thu-tuc/."""

from django.urls import path

from procedures import catalogue_views as views
from procedures import converters  # noqa: F401  (registers the codes)

app_name = "catalogue"
urlpatterns = [
    path("", views.catalogue, name="list"),
    path("a-z/", views.alphabet, name="alphabet"),
    path("danh-muc.<slug:file_format>", views.download, name="download"),
    path("linh-vuc/<slug:slug>/", views.field, name="field"),
    path("<procedure_code:code>/", views.procedure, name="procedure"),
    path("<procedure_code:code>.json", views.procedure_json, name="procedure_json"),
]
