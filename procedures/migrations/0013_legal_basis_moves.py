"""Legal documents belong to the whole site now; rows, links and permissions stay as they are."""

import django.db.models.deletion
from django.db import migrations, models


def _rename_content_type(apps, *, old, new):
    """Let the content type, and with it every permission that was given, follow the model."""
    content_types = apps.get_model("contenttypes", "ContentType").objects
    if not content_types.filter(app_label=new, model="legalbasis").exists():
        content_types.filter(app_label=old, model="legalbasis").update(app_label=new)


def _move(apps, schema_editor):
    _rename_content_type(apps, old="procedures", new="portal")


def _move_back(apps, schema_editor):
    _rename_content_type(apps, old="portal", new="procedures")


class Migration(migrations.Migration):
    dependencies = [
        ("contenttypes", "0002_remove_content_type_name"),
        ("portal", "0011_legal_basis"),
        ("procedures", "0012_totals_checked_by_procedure"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            # The columns that portal/0011 describes, on the table as it is called here.
            database_operations=[
                migrations.AddField(
                    model_name="legalbasis",
                    name="repealed_on",
                    field=models.DateField(blank=True, null=True),
                ),
                migrations.AddField(
                    model_name="legalbasis",
                    name="replaced_by",
                    field=models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="predecessors",
                        to="procedures.legalbasis",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="legalbasis",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("replaced_by", None),
                            ("repealed_on__isnull", False),
                            _connector="OR",
                        ),
                        name="legal_basis_replaced_is_repealed",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="legalbasis",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("replaced_by", None),
                            models.Q(("replaced_by", models.F("pk")), _negated=True),
                            _connector="OR",
                        ),
                        name="legal_basis_not_replaced_by_itself",
                    ),
                ),
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="procedure",
                    name="legal_bases",
                    field=models.ManyToManyField(
                        blank=True,
                        related_name="procedures",
                        to="portal.legalbasis",
                        verbose_name="căn cứ pháp lý",
                    ),
                ),
                migrations.DeleteModel(name="LegalBasis"),
            ],
        ),
        migrations.RunPython(_move, _move_back),
    ]
