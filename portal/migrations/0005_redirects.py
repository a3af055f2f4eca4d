import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0004_audit_rules"),
    ]

    operations = [
        migrations.CreateModel(
            name="Redirect",
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
                    "old",
                    models.CharField(
                        error_messages={"unique": "Địa chỉ cũ này đã có trong danh sách."},
                        help_text="Dán nguyên địa chỉ cũ cũng được, ví dụ /portal/Pages/tin.aspx?id=12; chữ hoa và chữ thường như nhau.",
                        max_length=600,
                        unique=True,
                        verbose_name="địa chỉ cũ",
                    ),
                ),
                (
                    "new",
                    models.CharField(
                        help_text="Địa chỉ trên chính cổng này, bắt đầu bằng dấu /, ví dụ /lien-he/.",
                        max_length=600,
                        verbose_name="địa chỉ mới",
                    ),
                ),
                (
                    "new_key",
                    models.CharField(db_index=True, editable=False, max_length=600),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now,
                        editable=False,
                        verbose_name="ghi lúc",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người ghi",
                    ),
                ),
            ],
            options={
                "verbose_name": "địa chỉ chuyển tiếp",
                "verbose_name_plural": "địa chỉ chuyển tiếp",
                "ordering": ["old"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("old", models.F("new_key")), _negated=True),
                        name="redirect_leads_elsewhere",
                        violation_error_message="Địa chỉ cũ và địa chỉ mới là một.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("new__regex", "^/($|[^/\\\\])"),
                            ("old__regex", "^/($|[^/\\\\])"),
                        ),
                        name="redirect_stays_on_this_site",
                        violation_error_message="Địa chỉ phải bắt đầu bằng đúng một dấu /.",
                    ),
                ],
            },
        ),
    ]
