"""Holds figures and states together, once every period has its first edition."""

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("procedures", "0004_first_editions"),
    ]

    operations = [
        migrations.AlterField(
            model_name="resultsheet",
            name="edition",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="sheets",
                to="procedures.periodedition",
                verbose_name="bản số liệu",
            ),
        ),
        migrations.RemoveField(
            model_name="period",
            name="note",
        ),
        migrations.RemoveField(
            model_name="period",
            name="published_by",
        ),
        migrations.RemoveField(
            model_name="resultsheet",
            name="period",
        ),
        migrations.AddConstraint(
            model_name="period",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("approved", None), ("published_at", None), ("status", "nhap")
                    ),
                    models.Q(
                        ("approved__isnull", False),
                        ("published_at__isnull", False),
                        ("status__in", ("cong-khai", "go")),
                    ),
                    _connector="OR",
                ),
                name="period_public_is_approved",
            ),
        ),
        migrations.AddConstraint(
            model_name="period",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("removed_at__isnull", False),
                        ("status", "go"),
                        models.Q(("removal_reason", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("status", "go"), _negated=True),
                        ("removal_reason", ""),
                        ("removed_at", None),
                        ("removed_by", None),
                    ),
                    _connector="OR",
                ),
                name="period_removal_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="period",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("head", models.F("approved")), ("stage", "da-duyet")),
                    models.Q(
                        ("stage__in", ("dang-nhap", "cho-duyet", "tra-lai")),
                        models.Q(
                            ("approved", None),
                            models.Q(
                                ("head__isnull", False),
                                models.Q(("head", models.F("approved")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="period_stage_is_of_head",
            ),
        ),
        migrations.AddConstraint(
            model_name="period",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("stage", "cho-duyet"), _negated=True),
                    ("submitted_at__isnull", False),
                    _connector="OR",
                ),
                name="period_submitted_has_moment",
            ),
        ),
        migrations.AddConstraint(
            model_name="resultsheet",
            constraint=models.UniqueConstraint(
                fields=("edition", "field"),
                name="sheet_once_per_field",
                violation_error_message="Mỗi lĩnh vực chỉ có một dòng trong một kỳ.",
            ),
        ),
        migrations.AddConstraint(
            model_name="resultsheet",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "received_online",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                models.F("resolved_early"),
                                                "+",
                                                models.F("resolved_on_time"),
                                            ),
                                            "+",
                                            models.F("resolved_late"),
                                        ),
                                        "+",
                                        models.F("pending_in_time"),
                                    ),
                                    "+",
                                    models.F("pending_overdue"),
                                ),
                                "-",
                                models.F("received_direct"),
                            ),
                            "-",
                            models.F("carried_over"),
                        ),
                    )
                ),
                name="resultsheet_is_balanced",
            ),
        ),
        migrations.AddConstraint(
            model_name="periodedition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("run", None), ("source", "nhap-tay")),
                    ("source__in", ("bieu", "ho-so")),
                    _connector="OR",
                ),
                name="period_edition_by_hand_has_no_run",
            ),
        ),
    ]
