"""Addresses under /thu-tuc/."""

from django.urls import path, register_converter

from procedures import catalogue_views as views
from procedures.models.catalogue import CODE_REGEX


class ProcedureCode:
    """A procedure's code; anything else is no address of ours and never reaches a query."""

    regex = CODE_REGEX

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value


register_converter(ProcedureCode, "procedure_code")

app_name = "catalogue"
urlpatterns = [
    path("", views.catalogue, name="list"),
    path("a-z/", views.alphabet, name="alphabet"),
    path("linh-vuc/<slug:slug>/", views.field, name="field"),
    path("<procedure_code:code>/", views.procedure, name="procedure"),
]
