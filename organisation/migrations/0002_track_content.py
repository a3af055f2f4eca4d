"""Readers see all of it."""

from django.db import migrations

from portal.content_version import TrackContent


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0001_initial"),
        ("portal", "0003_content_version"),
    ]
    operations = [
        TrackContent(
            "organisation_body",
            "organisation_hours",
            "organisation_hoursplan",
            "organisation_officer",
            "organisation_reception",
            "organisation_specialday",
        )
    ]
