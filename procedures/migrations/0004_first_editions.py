"""Makes the first edition of every period, of the figures that readers see."""

from django.db import migrations
from django.utils import timezone


def make_first_editions(apps, schema_editor):
    """Write edition 1 of everything; a public one counts as approved when it was published."""
    edition_model = apps.get_model("procedures", "PeriodEdition")
    for period in apps.get_model("procedures", "Period").objects.filter(head=None):
        at = period.published_at or timezone.now()
        edition = edition_model.objects.create(
            period=period,
            number=1,
            note=period.note,
            created_at=at,
            created_by_id=period.published_by_id,
            updated_at=at,
            updated_by_id=period.published_by_id,
            approved_at=period.published_at,
            approved_by_id=period.published_by_id,
        )
        period.sheets.update(edition=edition)
        period.head = edition
        if period.published_at:
            period.approved, period.stage = edition, "da-duyet"
        period.save(update_fields=["head", "approved", "stage"])


def keep_one_edition(apps, schema_editor):
    """Give the rows back to their periods: those readers see, or else those in hand."""
    periods = apps.get_model("procedures", "Period").objects
    for period in periods.select_related("approved", "head"):
        kept = period.approved or period.head
        kept.sheets.update(period=period, edition=None)
        period.note, period.published_by_id = kept.note, kept.approved_by_id
        period.head = period.approved = None
        if period.status != "cong-khai":
            period.status, period.published_at, period.published_by_id = "nhap", None, None
        period.save()
    apps.get_model("procedures", "PeriodEdition").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("procedures", "0003_catalogue_and_editions")]
    operations = [migrations.RunPython(make_first_editions, keep_one_edition)]
