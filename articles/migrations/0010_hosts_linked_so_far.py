"""Notes the hosts that texts approved so far link to, so that they count as known."""

import re

from django.db import migrations

_HOST = re.compile(r'href="https?://([^/"?#:@\s]{1,253})', re.IGNORECASE)


def note_hosts(apps, schema_editor):
    LinkedHost = apps.get_model("articles", "LinkedHost")
    for name in ("Article", "Page"):
        approved = apps.get_model("articles", name).objects.exclude(approved=None)
        texts = approved.order_by("approved_at").values_list("body", "approved_at")
        for body, approved_at in texts.iterator(chunk_size=100):
            LinkedHost.objects.bulk_create(
                [
                    LinkedHost(host=host, approved_at=approved_at)
                    for host in sorted({host.lower() for host in _HOST.findall(body)})
                ],
                ignore_conflicts=True,
            )


class Migration(migrations.Migration):
    dependencies = [("articles", "0009_linked_hosts")]
    # Backwards the table goes as a whole.
    operations = [migrations.RunPython(note_hosts, migrations.RunPython.noop)]
