"""What the home page and the strip above every page show; a unit that was merged."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import portal.phone
from portal.content_version import TrackContent


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0009_page_suggestions"),
    ]

    operations = [
        migrations.CreateModel(
            name="Alert",
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
                    "grade",
                    models.CharField(
                        choices=[
                            ("khan-cap", "khẩn cấp: nguy hiểm đến người, tài sản"),
                            ("canh-bao", "cảnh báo: cần chuẩn bị, tránh thiệt hại"),
                            ("thong-bao", "thông báo: thay đổi trong phục vụ"),
                        ],
                        default="thong-bao",
                        max_length=10,
                        verbose_name="mức độ",
                    ),
                ),
                (
                    "title",
                    models.CharField(
                        help_text="Một câu, nói ngay việc gì, ở đâu, khi nào.",
                        max_length=120,
                        verbose_name="nội dung chính",
                    ),
                ),
                (
                    "text",
                    models.CharField(
                        blank=True,
                        help_text="Người dân cần làm gì, gọi số nào.",
                        max_length=400,
                        verbose_name="nói thêm",
                    ),
                ),
                (
                    "link_label",
                    models.CharField(
                        blank=True, max_length=80, verbose_name="chữ của đường dẫn"
                    ),
                ),
                (
                    "link_url",
                    models.CharField(
                        blank=True,
                        help_text="https://… cho trang ngoài, /… cho một trang của cổng.",
                        max_length=300,
                        verbose_name="đường dẫn",
                    ),
                ),
                (
                    "starts_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="hiện từ lúc"
                    ),
                ),
                (
                    "ends_at",
                    models.DateTimeField(
                        help_text="Đến lúc này dải tin tự ẩn, không cần ai nhớ tắt.",
                        verbose_name="hiện đến lúc",
                    ),
                ),
                (
                    "is_on",
                    models.BooleanField(
                        default=True,
                        help_text="Bỏ chọn để tắt ngay trước giờ đã hẹn.",
                        verbose_name="đang bật",
                    ),
                ),
            ],
            options={
                "verbose_name": "tin khẩn đầu trang",
                "verbose_name_plural": "tin khẩn đầu trang",
                "ordering": ["-ends_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="HomeBlock",
            fields=[
                (
                    "key",
                    models.CharField(
                        max_length=30,
                        primary_key=True,
                        serialize=False,
                        verbose_name="phần",
                    ),
                ),
                (
                    "order",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="Số nhỏ đứng trước.", verbose_name="thứ tự"
                    ),
                ),
                (
                    "is_shown",
                    models.BooleanField(
                        default=True,
                        help_text="Phần không có nội dung tự ẩn, không cần bỏ chọn ở đây.",
                        verbose_name="hiển thị",
                    ),
                ),
            ],
            options={
                "verbose_name": "phần của trang chủ",
                "verbose_name_plural": "phần của trang chủ",
                "ordering": ["order", "key"],
            },
        ),
        migrations.CreateModel(
            name="QuickTask",
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
                    "label",
                    models.CharField(
                        help_text="Viết tiếp câu “Tôi muốn…”, ví dụ: tra cứu hồ sơ đã nộp.",
                        max_length=60,
                        verbose_name="tôi muốn…",
                    ),
                ),
                (
                    "target",
                    models.CharField(
                        blank=True,
                        help_text="Mục tự ẩn khi trang chưa có nội dung.",
                        max_length=60,
                        verbose_name="trang trong cổng",
                    ),
                ),
                (
                    "url",
                    models.CharField(
                        blank=True,
                        help_text="Chỉ ghi khi không chọn trang trong cổng: https://… hoặc /…",
                        max_length=300,
                        verbose_name="địa chỉ khác",
                    ),
                ),
                (
                    "order",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="Số nhỏ đứng trước.", verbose_name="thứ tự"
                    ),
                ),
                ("is_shown", models.BooleanField(default=True, verbose_name="hiển thị")),
            ],
            options={
                "verbose_name": "việc người dân hay làm",
                "verbose_name_plural": "việc người dân hay làm",
                "ordering": ["order", "pk"],
            },
        ),
        migrations.AddField(
            model_name="identity",
            name="directions",
            field=models.TextField(
                blank=True,
                help_text="Cho người không xem được bản đồ: đi từ đâu, qua đâu, cổng nào.",
                max_length=1000,
                verbose_name="chỉ đường bằng lời",
            ),
        ),
        migrations.AddField(
            model_name="identity",
            name="duty_phone",
            field=models.CharField(
                blank=True,
                help_text="Số của cơ quan, có người nghe cả khi trụ sở đóng cửa.",
                max_length=30,
                validators=[portal.phone.validate_phone],
                verbose_name="điện thoại trực ngoài giờ",
            ),
        ),
        migrations.AddField(
            model_name="identity",
            name="is_retired",
            field=models.BooleanField(
                default=False, editable=False, verbose_name="đã ngừng cập nhật"
            ),
        ),
        migrations.AddField(
            model_name="identity",
            name="map_picture",
            field=models.ForeignKey(
                blank=True,
                help_text="Ảnh đơn vị tự vẽ hoặc chụp, có ghi tên đường và điểm dễ nhận ra.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="portal.picture",
                verbose_name="ảnh bản đồ đường đến trụ sở",
            ),
        ),
        migrations.AddField(
            model_name="identity",
            name="map_url",
            field=models.URLField(
                blank=True,
                help_text="Người đọc bấm vào sẽ mở trang bản đồ; cổng không tự tải gì từ trang đó.",
                validators=[
                    django.core.validators.URLValidator(
                        message="Hãy ghi đủ địa chỉ trang web, bắt đầu bằng https:// hoặc http://.",
                        schemes=["http", "https"],
                    )
                ],
                verbose_name="địa chỉ bản đồ trên mạng",
            ),
        ),
        migrations.AddField(
            model_name="identity",
            name="retired_on",
            field=models.DateField(
                editable=False, null=True, verbose_name="ngừng cập nhật từ ngày"
            ),
        ),
        migrations.AddField(
            model_name="identity",
            name="successor_name",
            field=models.CharField(
                blank=True,
                help_text="Viết đủ: phường Đông Tiến, tỉnh Thanh Hóa.",
                max_length=160,
                verbose_name="tên đơn vị kế tục",
            ),
        ),
        migrations.AddConstraint(
            model_name="identity",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("map_url", ""), ("map_url__iregex", "^https?://"), _connector="OR"
                ),
                name="identity_map_is_http",
                violation_error_message="Địa chỉ phải bắt đầu bằng https:// hoặc http://.",
            ),
        ),
        migrations.AddConstraint(
            model_name="identity",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("is_retired", False), ("retired_on", None)),
                    models.Q(
                        ("is_retired", True),
                        ("retired_on__isnull", False),
                        models.Q(("successor_name", ""), _negated=True),
                        models.Q(("successor_url", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="identity_retired_names_successor",
                violation_error_message="Trang ngừng cập nhật phải có tên và địa chỉ trang của đơn vị kế tục.",
            ),
        ),
        migrations.AddConstraint(
            model_name="alert",
            constraint=models.CheckConstraint(
                condition=models.Q(("grade__in", ["khan-cap", "canh-bao", "thong-bao"])),
                name="alert_grade_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="alert",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                name="alert_ends_after_it_starts",
                violation_error_message="Giờ tắt phải sau giờ bật.",
            ),
        ),
        migrations.AddConstraint(
            model_name="alert",
            constraint=models.CheckConstraint(
                condition=models.Q(("title", ""), _negated=True), name="alert_has_title"
            ),
        ),
        migrations.AddConstraint(
            model_name="alert",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("link_label", ""), ("link_url", "")),
                    models.Q(
                        models.Q(("link_label", ""), _negated=True),
                        ("link_url__iregex", "^(https?://[^/\\s]\\S*|/|/[^/\\\\\\s]\\S*)$"),
                    ),
                    _connector="OR",
                ),
                name="alert_link_is_whole_and_safe",
                violation_error_message="Đường dẫn phải có cả chữ và địa chỉ; địa chỉ bắt đầu bằng https://, http:// hoặc một dấu / (trang của cổng).",
            ),
        ),
        migrations.AddConstraint(
            model_name="quicktask",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("target", ""), models.Q(("url", ""), _negated=True)),
                    models.Q(models.Q(("target", ""), _negated=True), ("url", "")),
                    _connector="OR",
                ),
                name="quick_task_has_one_destination",
                violation_error_message="Chọn một trang trong cổng hoặc ghi một địa chỉ khác, không cả hai.",
            ),
        ),
        migrations.AddConstraint(
            model_name="quicktask",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("url", ""),
                    ("url__iregex", "^(https?://[^/\\s]\\S*|/|/[^/\\\\\\s]\\S*)$"),
                    _connector="OR",
                ),
                name="quick_task_address_is_safe",
                violation_error_message="Địa chỉ phải bắt đầu bằng https://, http:// hoặc một dấu / (trang của cổng).",
            ),
        ),
        TrackContent("portal_alert", "portal_homeblock", "portal_quicktask"),
    ]
