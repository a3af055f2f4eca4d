"""Makes the first edition of every article and page, of the text that readers see."""

from django.db import migrations

_TEXTS = {
    "Article": [
        "title",
        "body",
        "body_text",
        "lead",
        "cover_id",
        "cover_alt",
        "cover_credit",
        "author_name",
        "source",
        "updated_note",
    ],
    "Page": ["title", "body", "body_text"],
}


def make_first_editions(apps, schema_editor):
    """Write edition 1 of everything; what readers see counts as approved when last changed.

    Who let readers see it is not known any more, so `approved_by` stays empty. All pages
    were readable up to now.
    """
    Edition = apps.get_model("articles", "Edition")
    apps.get_model("articles", "Page").objects.update(status="published")
    for name, columns in _TEXTS.items():
        model = apps.get_model("articles", name)
        for content in model.objects.filter(head=None).iterator(chunk_size=100):
            is_public = content.status == "published"
            edition = Edition.objects.create(
                **{name.lower(): content, "number": 1},
                **{column: getattr(content, column) for column in columns},
                created_at=content.updated_at,
                created_by_id=content.updated_by_id,
                approved_at=content.updated_at if is_public else None,
            )
            content.head = edition
            if is_public:
                content.approved, content.approved_at = edition, edition.approved_at
                content.stage = "approved"
            content.save(update_fields=["head", "approved", "approved_at", "stage"])


def drop_editions(apps, schema_editor):
    """Forget the editions; the texts that readers see stay where they are."""
    for name in _TEXTS:
        apps.get_model("articles", name).objects.update(
            head=None, approved=None, approved_at=None, stage="draft"
        )
    apps.get_model("articles", "Edition").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("articles", "0003_editions")]
    operations = [migrations.RunPython(make_first_editions, drop_editions)]
