"""Fewer indexes on dossiers: each costs a list of 50,000 its time to store."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("procedures", "0007_approved_stage_has_head"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="dossier",
            name="dossier_once_per_run",
        ),
        migrations.RemoveIndex(
            model_name="dossier",
            name="dossier_by_code",
        ),
        migrations.AlterField(
            model_name="dossier",
            name="field",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="dossiers",
                to="procedures.field",
                verbose_name="lĩnh vực",
            ),
        ),
        migrations.AlterField(
            model_name="dossier",
            name="procedure",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="dossiers",
                to="procedures.procedure",
                verbose_name="thủ tục",
            ),
        ),
        migrations.AlterField(
            model_name="dossier",
            name="run",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="dossiers",
                to="procedures.importrun",
            ),
        ),
        migrations.AddConstraint(
            model_name="dossier",
            constraint=models.UniqueConstraint(
                fields=("code", "run"), name="dossier_once_per_run"
            ),
        ),
    ]
