"""Who has what open; what is true for a minute and a half needs no write-ahead log."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0005_redirects"),
    ]

    operations = [
        migrations.CreateModel(
            name="Presence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "target_type",
                    models.CharField(max_length=60, verbose_name="loại đối tượng"),
                ),
                ("target_id", models.BigIntegerField(verbose_name="mã đối tượng")),
                ("opened_at", models.DateTimeField(verbose_name="mở từ")),
                ("seen_at", models.DateTimeField(db_index=True, verbose_name="còn mở lúc")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người mở",
                    ),
                ),
            ],
            options={
                "verbose_name": "người đang mở",
                "verbose_name_plural": "người đang mở",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("target_type", "target_id", "user"),
                        name="presence_once_a_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("seen_at__gte", models.F("opened_at"))),
                        name="presence_seen_after_opening",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            "ALTER TABLE portal_presence SET UNLOGGED",
            "ALTER TABLE portal_presence SET LOGGED",
        ),
    ]
