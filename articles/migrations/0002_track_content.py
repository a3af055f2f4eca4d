"""Raises the content version whenever news or pages change."""

from django.db import migrations

from portal.content_version import TrackContent


class Migration(migrations.Migration):
    dependencies = [("articles", "0001_initial"), ("portal", "0003_content_version")]
    operations = [TrackContent("articles_category", "articles_article", "articles_page")]
