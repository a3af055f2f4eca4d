"""Details by day, month and year; history, faults, settings: tables and columns."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import visitors.models.settings


class Migration(migrations.Migration):
    dependencies = [
        ("visitors", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ClientCount",
            fields=[
                (
                    "grain",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "ngày"), (2, "tháng"), (3, "năm")],
                        verbose_name="khoảng",
                    ),
                ),
                ("start", models.DateField(verbose_name="từ ngày")),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "grain",
                        "start",
                        "device",
                        "browser",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "device",
                    models.CharField(blank=True, max_length=20, verbose_name="thiết bị"),
                ),
                (
                    "browser",
                    models.CharField(blank=True, max_length=40, verbose_name="trình duyệt"),
                ),
                (
                    "views",
                    models.BigIntegerField(
                        db_default=0, default=0, verbose_name="lượt xem"
                    ),
                ),
                (
                    "visits",
                    models.BigIntegerField(
                        db_default=0, default=0, verbose_name="lượt truy cập"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="DownloadCount",
            fields=[
                (
                    "grain",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "ngày"), (2, "tháng"), (3, "năm")],
                        verbose_name="khoảng",
                    ),
                ),
                (
                    "page",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="download_counts",
                        to="visitors.page",
                        verbose_name="tệp",
                    ),
                ),
                ("start", models.DateField(verbose_name="từ ngày")),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "grain",
                        "start",
                        "page",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "downloads",
                    models.BigIntegerField(
                        db_default=0, default=0, verbose_name="lượt tải"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="ExclusionCount",
            fields=[
                (
                    "grain",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "ngày"), (2, "tháng"), (3, "năm")],
                        verbose_name="khoảng",
                    ),
                ),
                ("start", models.DateField(verbose_name="từ ngày")),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "grain",
                        "start",
                        "reason",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("reason", models.CharField(max_length=40, verbose_name="lý do")),
                (
                    "requests",
                    models.BigIntegerField(
                        db_default=0, default=0, verbose_name="số yêu cầu"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Fault",
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
                ("process", models.CharField(max_length=120, verbose_name="tiến trình")),
                ("kind", models.CharField(max_length=20, verbose_name="việc gặp lỗi")),
                ("text", models.CharField(max_length=200, verbose_name="lỗi")),
                ("began_at", models.DateTimeField(verbose_name="từ")),
                (
                    "ended_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="đến"),
                ),
            ],
            options={
                "verbose_name": "sự cố đếm truy cập",
                "verbose_name_plural": "sự cố đếm truy cập",
                "ordering": ["-began_at", "-pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="HourCount",
            fields=[
                (
                    "grain",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "ngày"), (2, "tháng"), (3, "năm")],
                        verbose_name="khoảng",
                    ),
                ),
                ("start", models.DateField(verbose_name="từ ngày")),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "grain",
                        "start",
                        "weekday",
                        "hour",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("weekday", models.PositiveSmallIntegerField(verbose_name="thứ")),
                ("hour", models.PositiveSmallIntegerField(verbose_name="giờ")),
                (
                    "views",
                    models.BigIntegerField(
                        db_default=0, default=0, verbose_name="lượt xem"
                    ),
                ),
                (
                    "visits",
                    models.BigIntegerField(
                        db_default=0, default=0, verbose_name="lượt truy cập"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="LogFile",
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
                    "sha256",
                    models.CharField(
                        max_length=64, unique=True, verbose_name="mã băm của nội dung"
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="tên tệp")),
                ("first_day", models.DateField(verbose_name="từ ngày")),
                ("last_day", models.DateField(verbose_name="đến ngày")),
                ("lines", models.PositiveBigIntegerField(verbose_name="số dòng")),
                ("imported_at", models.DateTimeField(verbose_name="nhập lúc")),
            ],
            options={
                "verbose_name": "nhật ký máy chủ web đã nhập",
                "verbose_name_plural": "nhật ký máy chủ web đã nhập",
                "ordering": ["-imported_at", "-pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Minute",
            fields=[
                ("minute", models.BigIntegerField(primary_key=True, serialize=False)),
                ("views", models.BigIntegerField(db_default=0, default=0)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="OldMonth",
            fields=[
                (
                    "month",
                    models.DateField(
                        primary_key=True, serialize=False, verbose_name="tháng"
                    ),
                ),
                (
                    "visits",
                    models.PositiveBigIntegerField(
                        validators=[
                            django.core.validators.MaxValueValidator(1000000000000)
                        ],
                        verbose_name="lượt truy cập",
                    ),
                ),
                ("imported_at", models.DateTimeField(verbose_name="nhập lúc")),
            ],
            options={
                "verbose_name": "số liệu tháng của trang cũ",
                "verbose_name_plural": "số liệu tháng của trang cũ",
                "ordering": ["-month"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="PageCount",
            fields=[
                (
                    "grain",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "ngày"), (2, "tháng"), (3, "năm")],
                        verbose_name="khoảng",
                    ),
                ),
                (
                    "page",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="counts",
                        to="visitors.page",
                        verbose_name="trang",
                    ),
                ),
                ("start", models.DateField(verbose_name="từ ngày")),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "grain",
                        "start",
                        "page",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "views",
                    models.BigIntegerField(
                        db_default=0, default=0, verbose_name="lượt xem"
                    ),
                ),
                (
                    "entries",
                    models.BigIntegerField(
                        db_default=0, default=0, verbose_name="lượt truy cập bắt đầu ở đây"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="ReferrerCount",
            fields=[
                (
                    "grain",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "ngày"), (2, "tháng"), (3, "năm")],
                        verbose_name="khoảng",
                    ),
                ),
                ("start", models.DateField(verbose_name="từ ngày")),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "grain",
                        "start",
                        "host",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "host",
                    models.CharField(
                        blank=True, max_length=100, verbose_name="trang giới thiệu"
                    ),
                ),
                (
                    "visits",
                    models.BigIntegerField(
                        db_default=0, default=0, verbose_name="lượt truy cập"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="SearchCount",
            fields=[
                (
                    "grain",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "ngày"), (2, "tháng"), (3, "năm")],
                        verbose_name="khoảng",
                    ),
                ),
                ("start", models.DateField(verbose_name="từ ngày")),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "grain",
                        "start",
                        "phrase",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("phrase", models.CharField(max_length=60, verbose_name="cụm từ")),
                (
                    "searches",
                    models.BigIntegerField(
                        db_default=0, default=0, verbose_name="lượt tìm"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="SentReport",
            fields=[
                (
                    "month",
                    models.DateField(
                        primary_key=True, serialize=False, verbose_name="tháng"
                    ),
                ),
                ("sent_at", models.DateTimeField(verbose_name="gửi lúc")),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="VisitSettings",
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
                    "show_online",
                    models.BooleanField(
                        default=False,
                        help_text="Số người đã mở trang trong 5 phút qua, thêm vào mục Truy cập.",
                        verbose_name="hiện “Đang truy cập”",
                    ),
                ),
                (
                    "daily_detail_months",
                    models.PositiveSmallIntegerField(
                        default=25,
                        help_text="Trang, giờ, nguồn, thiết bị của từng ngày. Cũ hơn thì còn theo tháng. Tổng số của từng ngày được giữ mãi.",
                        validators=[
                            django.core.validators.MinValueValidator(2),
                            django.core.validators.MaxValueValidator(120),
                        ],
                        verbose_name="giữ chi tiết từng ngày (tháng)",
                    ),
                ),
                (
                    "monthly_detail_years",
                    models.PositiveSmallIntegerField(
                        default=10,
                        help_text="Cũ hơn thì còn theo năm.",
                        validators=[
                            django.core.validators.MinValueValidator(2),
                            django.core.validators.MaxValueValidator(50),
                        ],
                        verbose_name="giữ chi tiết từng tháng (năm)",
                    ),
                ),
                (
                    "sends_report",
                    models.BooleanField(
                        default=False, verbose_name="gửi báo cáo hằng tháng qua thư điện tử"
                    ),
                ),
                (
                    "report_day",
                    models.PositiveSmallIntegerField(
                        default=3,
                        help_text="Từ ngày 3, khi mọi lượt truy cập của tháng trước đã về đủ.",
                        validators=[
                            django.core.validators.MinValueValidator(3),
                            django.core.validators.MaxValueValidator(28),
                        ],
                        verbose_name="ngày gửi trong tháng sau",
                    ),
                ),
                (
                    "recipients",
                    models.TextField(
                        blank=True,
                        help_text="Mỗi dòng một địa chỉ thư điện tử.",
                        validators=[visitors.models.settings.validate_recipients],
                        verbose_name="người nhận báo cáo",
                    ),
                ),
            ],
            options={
                "verbose_name": "thiết lập thống kê",
                "verbose_name_plural": "thiết lập thống kê",
                "default_permissions": ("change", "view"),
            },
        ),
        migrations.AddField(
            model_name="day",
            name="is_detailed",
            field=models.BooleanField(
                db_default=True, default=True, verbose_name="có chi tiết"
            ),
        ),
        migrations.AddField(
            model_name="day",
            name="source",
            field=models.PositiveSmallIntegerField(
                choices=[
                    (1, "đo tại cổng này"),
                    (2, "nhập từ nhật ký máy chủ web"),
                    (3, "số liệu mẫu"),
                ],
                db_default=1,
                default=1,
                verbose_name="nguồn",
            ),
        ),
        migrations.AddField(
            model_name="page",
            name="section",
            field=models.CharField(
                db_default="", default="", max_length=200, verbose_name="phần"
            ),
        ),
        migrations.AddField(
            model_name="snapshot",
            name="months",
            field=models.JSONField(db_default=[], default=list),
        ),
        migrations.AddField(
            model_name="snapshot",
            name="online",
            field=models.BigIntegerField(
                db_default=0, default=0, verbose_name="đang truy cập"
            ),
        ),
        migrations.AddField(
            model_name="visitorday",
            name="last_at",
            field=models.BigIntegerField(db_default=0, db_index=True, default=0),
        ),
        migrations.AddConstraint(
            model_name="clientcount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("grain", 1),
                    models.Q(("grain", 2), ("start__day", 1)),
                    models.Q(("grain", 3), ("start__day", 1), ("start__month", 1)),
                    _connector="OR",
                ),
                name="clientcount_starts_its_span",
            ),
        ),
        migrations.AddConstraint(
            model_name="exclusioncount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("grain", 1),
                    models.Q(("grain", 2), ("start__day", 1)),
                    models.Q(("grain", 3), ("start__day", 1), ("start__month", 1)),
                    _connector="OR",
                ),
                name="exclusioncount_starts_its_span",
            ),
        ),
        migrations.AddConstraint(
            model_name="fault",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)),
                fields=("process", "kind"),
                name="fault_once_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="hourcount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("grain", 1),
                    models.Q(("grain", 2), ("start__day", 1)),
                    models.Q(("grain", 3), ("start__day", 1), ("start__month", 1)),
                    _connector="OR",
                ),
                name="hourcount_starts_its_span",
            ),
        ),
        migrations.AddConstraint(
            model_name="hourcount",
            constraint=models.CheckConstraint(
                condition=models.Q(("hour__range", (0, 23)), ("weekday__range", (1, 7))),
                name="hourcount_is_an_hour_of_a_week",
            ),
        ),
        migrations.AddField(
            model_name="oldmonth",
            name="imported_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="người nhập",
            ),
        ),
        migrations.AddConstraint(
            model_name="referrercount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("grain", 1),
                    models.Q(("grain", 2), ("start__day", 1)),
                    models.Q(("grain", 3), ("start__day", 1), ("start__month", 1)),
                    _connector="OR",
                ),
                name="referrercount_starts_its_span",
            ),
        ),
        migrations.AddConstraint(
            model_name="searchcount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("grain", 1),
                    models.Q(("grain", 2), ("start__day", 1)),
                    models.Q(("grain", 3), ("start__day", 1), ("start__month", 1)),
                    _connector="OR",
                ),
                name="searchcount_starts_its_span",
            ),
        ),
        migrations.AddConstraint(
            model_name="sentreport",
            constraint=models.CheckConstraint(
                condition=models.Q(("month__day", 1)),
                name="sent_report_month_is_its_first_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="visitsettings",
            constraint=models.CheckConstraint(
                condition=models.Q(("pk", 1)), name="visit_settings_are_single"
            ),
        ),
        migrations.AddIndex(
            model_name="downloadcount",
            index=models.Index(
                fields=["page", "grain", "start"], name="downloadcount_of_page"
            ),
        ),
        migrations.AddConstraint(
            model_name="downloadcount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("grain", 1),
                    models.Q(("grain", 2), ("start__day", 1)),
                    models.Q(("grain", 3), ("start__day", 1), ("start__month", 1)),
                    _connector="OR",
                ),
                name="downloadcount_starts_its_span",
            ),
        ),
        migrations.AddConstraint(
            model_name="oldmonth",
            constraint=models.CheckConstraint(
                condition=models.Q(("month__day", 1)), name="old_month_is_its_first_day"
            ),
        ),
        migrations.AddIndex(
            model_name="pagecount",
            index=models.Index(fields=["page", "grain", "start"], name="pagecount_of_page"),
        ),
        migrations.AddConstraint(
            model_name="pagecount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("grain", 1),
                    models.Q(("grain", 2), ("start__day", 1)),
                    models.Q(("grain", 3), ("start__day", 1), ("start__month", 1)),
                    _connector="OR",
                ),
                name="pagecount_starts_its_span",
            ),
        ),
    ]
