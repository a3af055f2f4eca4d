"""Legal documents, so far kept by the procedures, are known to the whole site.

Their table stays where it is: procedures/0013_legal_basis_moves adds its new columns.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("portal", "0010_public_face")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="LegalBasis",
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
                            "number",
                            models.CharField(
                                help_text="Ví dụ: 60/2014/QH13, 123/2015/NĐ-CP.",
                                max_length=80,
                                unique=True,
                                verbose_name="số, ký hiệu",
                            ),
                        ),
                        (
                            "title",
                            models.CharField(max_length=400, verbose_name="trích yếu"),
                        ),
                        (
                            "issuer",
                            models.CharField(
                                blank=True,
                                max_length=160,
                                verbose_name="cơ quan ban hành",
                            ),
                        ),
                        (
                            "issued_on",
                            models.DateField(
                                blank=True, null=True, verbose_name="ngày ban hành"
                            ),
                        ),
                        (
                            "url",
                            models.URLField(
                                blank=True,
                                help_text="Nên dẫn tới cơ sở dữ liệu quốc gia về văn bản pháp luật.",
                                max_length=400,
                                verbose_name="địa chỉ toàn văn",
                            ),
                        ),
                        (
                            "repealed_on",
                            models.DateField(
                                blank=True,
                                help_text="Để trống khi văn bản còn hiệu lực. Từ ngày này, cổng nhắc xem lại những gì đang dựa vào văn bản.",
                                null=True,
                                verbose_name="hết hiệu lực từ ngày",
                            ),
                        ),
                        (
                            "replaced_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="predecessors",
                                to="portal.legalbasis",
                                verbose_name="được thay bằng",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "căn cứ pháp lý",
                        "verbose_name_plural": "căn cứ pháp lý",
                        "db_table": "procedures_legalbasis",
                        "ordering": ["-issued_on", "number"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("number", ""), _negated=True),
                                name="legal_basis_has_number",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("replaced_by", None),
                                    ("repealed_on__isnull", False),
                                    _connector="OR",
                                ),
                                name="legal_basis_replaced_is_repealed",
                                violation_error_message="Văn bản đã được thay thì hãy ghi hết hiệu lực từ ngày nào.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("replaced_by", None),
                                    models.Q(
                                        ("replaced_by", models.F("pk")), _negated=True
                                    ),
                                    _connector="OR",
                                ),
                                name="legal_basis_not_replaced_by_itself",
                                violation_error_message="Một văn bản không thể thay chính nó.",
                            ),
                        ],
                    },
                ),
            ],
        ),
    ]
