"""Readers see titles, numbers and sizes of attachments."""

from django.db import migrations

from portal.content_version import TrackContent


class Migration(migrations.Migration):
    dependencies = [("portal", "0007_attachments")]
    operations = [TrackContent("portal_attachment")]
