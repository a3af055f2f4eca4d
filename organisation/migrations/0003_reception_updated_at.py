"""Readers and calendar programs are told when a reception was changed."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("organisation", "0002_track_content")]
    operations = [
        migrations.AddField(
            model_name="reception",
            name="updated_at",
            field=models.DateTimeField(
                auto_now=True, default=django.utils.timezone.now, verbose_name="sửa lúc"
            ),
            preserve_default=False,
        )
    ]
