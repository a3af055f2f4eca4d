"""The app of the office itself: its bodies and officers, its hours, whom it receives when."""

from django.apps import AppConfig


class OrganisationConfig(AppConfig):
    name = "organisation"
    verbose_name = "Tổ chức"
