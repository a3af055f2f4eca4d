"""Readers see duties, what they stand on, and each time that they are due."""

from django.db import migrations

from portal.content_version import TrackContent


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0003_content_version"),
        ("disclosure", "0001_initial"),
    ]
    operations = [
        TrackContent("disclosure_duty", "disclosure_duty_bases", "disclosure_occurrence")
    ]
