"""The catalogue, editions of a period, dossiers, imports, requests: tables and columns."""

import datetime

import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import procedures.figures
import procedures.models.settings


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0009_page_suggestions"),
        ("procedures", "0002_track_content"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DataRequest",
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
                    "kind",
                    models.CharField(
                        choices=[("dinh-chinh", "Đính chính"), ("go-bo", "Gỡ bỏ")],
                        max_length=10,
                        verbose_name="yêu cầu",
                    ),
                ),
                ("received_on", models.DateField(verbose_name="ngày nhận")),
                ("due_on", models.DateField(editable=False, verbose_name="hạn trả lời")),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("truc-tiep", "Tại bộ phận một cửa"),
                            ("don-thu", "Đơn, thư"),
                            ("dien-thoai", "Điện thoại"),
                            ("thu-dien-tu", "Thư điện tử"),
                        ],
                        default="truc-tiep",
                        max_length=12,
                        verbose_name="nhận qua",
                    ),
                ),
                (
                    "paper_number",
                    models.CharField(
                        blank=True,
                        help_text="Tên, địa chỉ người yêu cầu để trong hồ sơ giấy, không ghi vào đây.",
                        max_length=60,
                        verbose_name="số văn bản đến",
                    ),
                ),
                (
                    "dossier_code",
                    models.CharField(blank=True, max_length=40, verbose_name="mã hồ sơ"),
                ),
                (
                    "subject",
                    models.CharField(
                        blank=True,
                        max_length=300,
                        verbose_name="trang hoặc số liệu liên quan",
                    ),
                ),
                (
                    "wish",
                    models.TextField(
                        help_text="Không ghi tên, số điện thoại, số giấy tờ của ai.",
                        max_length=1000,
                        verbose_name="nội dung yêu cầu",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("dang-xu-ly", "Đang xử lý"),
                            ("da-lam", "Đã làm theo yêu cầu"),
                            ("khong-chap-nhan", "Không chấp nhận"),
                        ],
                        default="dang-xu-ly",
                        max_length=16,
                        verbose_name="tình trạng",
                    ),
                ),
                (
                    "answer",
                    models.TextField(
                        blank=True, max_length=1000, verbose_name="đã trả lời thế nào"
                    ),
                ),
                (
                    "closed_on",
                    models.DateField(blank=True, null=True, verbose_name="ngày trả lời"),
                ),
            ],
            options={
                "verbose_name": "yêu cầu đính chính, gỡ bỏ",
                "verbose_name_plural": "sổ yêu cầu đính chính, gỡ bỏ",
                "ordering": ["-received_on", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Dossier",
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
                ("code", models.CharField(max_length=40, verbose_name="mã hồ sơ")),
                (
                    "channel",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "Trực tiếp"),
                            (2, "Trực tuyến"),
                            (3, "Bưu chính công ích"),
                        ],
                        verbose_name="cách nộp",
                    ),
                ),
                ("received_on", models.DateField(verbose_name="ngày nhận")),
                ("due_on", models.DateField(null=True, verbose_name="ngày hẹn trả")),
                (
                    "finished_on",
                    models.DateField(null=True, verbose_name="ngày có kết quả"),
                ),
                (
                    "status",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "Mới đăng ký"),
                            (2, "Được tiếp nhận"),
                            (3, "Không được tiếp nhận"),
                            (4, "Đang xử lý"),
                            (5, "Yêu cầu bổ sung giấy tờ"),
                            (6, "Yêu cầu thực hiện nghĩa vụ tài chính"),
                            (7, "Công dân yêu cầu rút hồ sơ"),
                            (8, "Dừng xử lý"),
                            (9, "Đã xử lý xong"),
                            (10, "Đã trả kết quả"),
                        ],
                        verbose_name="tình trạng",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("resolved_early", "Giải quyết trước hạn"),
                            ("resolved_on_time", "Giải quyết đúng hạn"),
                            ("resolved_late", "Giải quyết quá hạn"),
                            ("pending_in_time", "Đang giải quyết, trong hạn"),
                            ("pending_overdue", "Đang giải quyết, quá hạn"),
                        ],
                        max_length=16,
                        verbose_name="được tính là",
                    ),
                ),
                (
                    "is_carried_over",
                    models.BooleanField(
                        default=False, verbose_name="từ kỳ trước chuyển sang"
                    ),
                ),
            ],
            options={
                "verbose_name": "hồ sơ",
                "verbose_name_plural": "hồ sơ",
                "ordering": ["-received_on", "-code"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="ImportRun",
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
                    "kind",
                    models.CharField(
                        choices=[("ho-so", "Danh sách hồ sơ"), ("bieu", "Biểu II.06a")],
                        max_length=10,
                        verbose_name="loại tệp",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("dang-doc", "Đang đọc tệp"),
                            ("cho-xac-nhan", "Chờ xác nhận"),
                            ("da-nhap", "Đã nhập"),
                            ("da-hoan-tac", "Đã hoàn tác"),
                            ("da-huy", "Đã hủy"),
                            ("khong-doc-duoc", "Không nhập được"),
                        ],
                        default="dang-doc",
                        max_length=16,
                        verbose_name="tình trạng",
                    ),
                ),
                ("file_name", models.CharField(max_length=255, verbose_name="tên tệp")),
                ("sha256", models.CharField(max_length=64, verbose_name="mã băm SHA-256")),
                ("size", models.PositiveBigIntegerField(verbose_name="cỡ tệp (byte)")),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="bắt đầu lúc"
                    ),
                ),
                ("finished_at", models.DateTimeField(null=True, verbose_name="xong lúc")),
                ("progress", models.JSONField(default=dict, verbose_name="tiến độ")),
                (
                    "layout",
                    models.CharField(
                        blank=True, max_length=64, verbose_name="dấu của bố cục"
                    ),
                ),
                ("mapping", models.JSONField(default=dict, verbose_name="cột đã chọn")),
                ("report", models.JSONField(default=dict, verbose_name="báo cáo")),
                (
                    "rows_read",
                    models.PositiveIntegerField(default=0, verbose_name="số dòng đọc được"),
                ),
                (
                    "rows_counted",
                    models.PositiveIntegerField(
                        default=0, verbose_name="số hồ sơ được tính"
                    ),
                ),
                (
                    "based_on_number",
                    models.PositiveSmallIntegerField(
                        null=True, verbose_name="dựa trên bản số"
                    ),
                ),
                (
                    "based_on_revision",
                    models.PositiveIntegerField(null=True, verbose_name="dựa trên lần lưu"),
                ),
                (
                    "failure",
                    models.CharField(
                        blank=True, max_length=600, verbose_name="vì sao không nhập được"
                    ),
                ),
                (
                    "replaced",
                    models.JSONField(
                        null=True, verbose_name="số liệu trước đó của bản nháp"
                    ),
                ),
            ],
            options={
                "verbose_name": "lần nhập tệp",
                "verbose_name_plural": "các lần nhập tệp",
                "ordering": ["-created_at", "-pk"],
                "permissions": [
                    ("import_results", "Nhập danh sách hồ sơ và Biểu II.06a từ tệp")
                ],
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="ImportLayout",
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
                    "kind",
                    models.CharField(
                        choices=[("ho-so", "Danh sách hồ sơ"), ("bieu", "Biểu II.06a")],
                        max_length=10,
                    ),
                ),
                ("signature", models.CharField(max_length=64)),
                ("mapping", models.JSONField(default=dict)),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "verbose_name": "bố cục tệp đã nhớ",
                "verbose_name_plural": "bố cục tệp đã nhớ",
                "default_permissions": (),
            },
        ),
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
                ("title", models.CharField(max_length=400, verbose_name="trích yếu")),
                (
                    "issuer",
                    models.CharField(
                        blank=True, max_length=160, verbose_name="cơ quan ban hành"
                    ),
                ),
                (
                    "issued_on",
                    models.DateField(blank=True, null=True, verbose_name="ngày ban hành"),
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
            ],
            options={
                "verbose_name": "căn cứ pháp lý",
                "verbose_name_plural": "căn cứ pháp lý",
                "ordering": ["-issued_on", "number"],
            },
        ),
        migrations.CreateModel(
            name="NameMatch",
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
                    "folded",
                    models.CharField(
                        max_length=1200, verbose_name="tên trong tệp, không dấu"
                    ),
                ),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "verbose_name": "cách gọi đã nhớ",
                "verbose_name_plural": "cách gọi đã nhớ",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="OverdueCount",
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
                    "reason",
                    models.CharField(
                        choices=[
                            ("phoi-hop", "Chờ ý kiến, phối hợp của cơ quan khác"),
                            ("xac-minh", "Phải xác minh, đo đạc thực địa"),
                            ("bo-sung", "Hồ sơ phải bổ sung, chỉnh sửa"),
                            ("qua-tai", "Nhiều hồ sơ cùng lúc, thiếu người giải quyết"),
                            ("he-thong", "Phần mềm, đường truyền gặp sự cố"),
                            ("quy-dinh", "Quy định, hướng dẫn thay đổi hoặc chưa rõ"),
                            ("thien-tai", "Thiên tai, dịch bệnh"),
                            ("khac", "Nguyên nhân khác"),
                        ],
                        max_length=10,
                        verbose_name="nguyên nhân",
                    ),
                ),
                (
                    "count",
                    models.PositiveIntegerField(
                        validators=[django.core.validators.MaxValueValidator(999999)],
                        verbose_name="số hồ sơ",
                    ),
                ),
            ],
            options={
                "verbose_name": "nguyên nhân quá hạn",
                "verbose_name_plural": "nguyên nhân quá hạn",
                "ordering": ["-count", "reason"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="PeriodEdition",
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
                ("number", models.PositiveSmallIntegerField(verbose_name="bản số")),
                ("revision", models.PositiveIntegerField(default=0)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("nhap-tay", "Nhập tay theo Biểu II.06a"),
                            ("bieu", "Nhập từ tệp Biểu II.06a"),
                            ("ho-so", "Tính từ danh sách hồ sơ"),
                        ],
                        default="nhap-tay",
                        max_length=10,
                        verbose_name="nguồn số liệu",
                    ),
                ),
                (
                    "note",
                    models.TextField(
                        blank=True,
                        help_text="Điều người đọc cần biết về số liệu của kỳ này. Không ghi tên người nộp hồ sơ.",
                        max_length=1000,
                        verbose_name="ghi chú công khai",
                    ),
                ),
                (
                    "correction_note",
                    models.CharField(
                        blank=True,
                        help_text="Đã sửa số liệu nào và vì sao. Người dân đọc được câu này.",
                        max_length=600,
                        verbose_name="nội dung đính chính",
                    ),
                ),
                (
                    "report_number",
                    models.CharField(
                        blank=True,
                        help_text="Ví dụ: 12/BC-UBND.",
                        max_length=60,
                        verbose_name="số báo cáo",
                    ),
                ),
                (
                    "signer",
                    models.CharField(blank=True, max_length=80, verbose_name="người ký"),
                ),
                (
                    "signer_position",
                    models.CharField(
                        blank=True,
                        help_text="Ví dụ: Chủ tịch UBND xã.",
                        max_length=80,
                        verbose_name="chức vụ người ký",
                    ),
                ),
                (
                    "signed_on",
                    models.DateField(blank=True, null=True, verbose_name="ngày ký"),
                ),
                (
                    "apology_letters",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Để trống nếu chưa thống kê.",
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(999999)],
                        verbose_name="số văn bản xin lỗi và đề nghị gia hạn",
                    ),
                ),
                (
                    "as_of",
                    models.DateField(
                        blank=True, null=True, verbose_name="số liệu tính đến ngày"
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="tạo lúc"
                    ),
                ),
                (
                    "updated_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="sửa lúc"
                    ),
                ),
                ("approved_at", models.DateTimeField(null=True, verbose_name="duyệt lúc")),
                (
                    "override_reason",
                    models.CharField(
                        blank=True, max_length=300, verbose_name="lý do tự duyệt"
                    ),
                ),
            ],
            options={
                "verbose_name": "bản số liệu",
                "verbose_name_plural": "các bản số liệu",
                "ordering": ["period", "number"],
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="Procedure",
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
                    "code",
                    models.CharField(
                        help_text="Mã trên Cổng Dịch vụ công quốc gia, ví dụ 1.001193; có thể kèm đuôi địa phương.",
                        max_length=40,
                        unique=True,
                        verbose_name="mã thủ tục",
                    ),
                ),
                ("name", models.CharField(max_length=1200, verbose_name="tên thủ tục")),
                (
                    "also_known_as",
                    models.TextField(
                        blank=True,
                        help_text="Mỗi dòng một cách gọi, ví dụ: giấy khai sinh. Dùng để tìm kiếm.",
                        max_length=600,
                        verbose_name="người dân hay gọi",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        blank=True, max_length=120, verbose_name="cấp thực hiện"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("con-hieu-luc", "Còn hiệu lực"),
                            ("sua-doi", "Được sửa đổi, bổ sung"),
                            ("thay-the", "Được thay thế"),
                            ("bai-bo", "Bị bãi bỏ"),
                        ],
                        default="con-hieu-luc",
                        max_length=12,
                        verbose_name="tình trạng",
                    ),
                ),
                (
                    "effective_on",
                    models.DateField(blank=True, null=True, verbose_name="có hiệu lực từ"),
                ),
                (
                    "ended_on",
                    models.DateField(blank=True, null=True, verbose_name="hết hiệu lực từ"),
                ),
                (
                    "decision",
                    models.CharField(
                        blank=True, max_length=120, verbose_name="quyết định công bố"
                    ),
                ),
                (
                    "decision_on",
                    models.DateField(blank=True, null=True, verbose_name="ngày quyết định"),
                ),
                (
                    "handled_by",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="cơ quan giải quyết"
                    ),
                ),
                (
                    "result",
                    models.CharField(
                        blank=True,
                        help_text="Ví dụ: Giấy khai sinh.",
                        max_length=400,
                        verbose_name="kết quả nhận được",
                    ),
                ),
                (
                    "where_to_submit",
                    models.CharField(
                        blank=True,
                        help_text="Để trống nếu nộp tại bộ phận một cửa của xã.",
                        max_length=300,
                        verbose_name="nơi nộp hồ sơ",
                    ),
                ),
                (
                    "contact_phone",
                    models.CharField(
                        blank=True,
                        help_text="Để trống thì dùng số của bộ phận một cửa.",
                        max_length=30,
                        verbose_name="điện thoại hướng dẫn",
                    ),
                ),
                (
                    "national_url",
                    models.URLField(
                        blank=True,
                        help_text="Để trống thì dùng mẫu liên kết trong phần Cài đặt TTHC.",
                        max_length=400,
                        verbose_name="trang trên Cổng Dịch vụ công quốc gia",
                    ),
                ),
                ("is_common", models.BooleanField(default=False, verbose_name="hay dùng")),
                (
                    "is_core",
                    models.BooleanField(
                        default=False,
                        help_text="Theo nguồn của danh mục.",
                        verbose_name="thủ tục chính của cấp xã",
                    ),
                ),
                (
                    "source",
                    models.CharField(blank=True, max_length=400, verbose_name="nguồn"),
                ),
                (
                    "source_via",
                    models.CharField(blank=True, max_length=400, verbose_name="lấy qua"),
                ),
                (
                    "confidence",
                    models.CharField(
                        blank=True, max_length=40, verbose_name="độ tin cậy của nguồn"
                    ),
                ),
                (
                    "caveat",
                    models.TextField(
                        blank=True, max_length=1000, verbose_name="điều cần lưu ý về nguồn"
                    ),
                ),
                (
                    "reviewed_at",
                    models.DateTimeField(
                        editable=False, null=True, verbose_name="rà soát lúc"
                    ),
                ),
                (
                    "updated_at",
                    models.DateTimeField(auto_now=True, verbose_name="sửa lần cuối"),
                ),
            ],
            options={
                "verbose_name": "thủ tục hành chính",
                "verbose_name_plural": "thủ tục hành chính",
                "ordering": ["field__order", "field__name", "code"],
                "permissions": [
                    ("review_procedure", "Xác nhận đã rà soát thủ tục hành chính")
                ],
            },
        ),
        migrations.CreateModel(
            name="ProcedureChannel",
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
                    "channel",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "Trực tiếp"),
                            (2, "Trực tuyến"),
                            (3, "Bưu chính công ích"),
                        ],
                        verbose_name="cách nộp",
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=1,
                        help_text="Để trống nếu chưa biết.",
                        max_digits=6,
                        null=True,
                        verbose_name="thời hạn",
                    ),
                ),
                (
                    "unit",
                    models.CharField(
                        choices=[
                            ("ngay-lam-viec", "ngày làm việc"),
                            ("ngay", "ngày"),
                            ("gio", "giờ"),
                        ],
                        default="ngay-lam-viec",
                        max_length=14,
                        verbose_name="đơn vị",
                    ),
                ),
                (
                    "time_note",
                    models.CharField(
                        blank=True,
                        help_text="Ví dụ: nhận sau 15 giờ thì trả vào ngày làm việc tiếp theo.",
                        max_length=400,
                        verbose_name="ghi chú thời hạn",
                    ),
                ),
                (
                    "fee",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="0 là miễn phí. Để trống nếu chưa biết.",
                        null=True,
                        verbose_name="phí, lệ phí (đồng)",
                    ),
                ),
                (
                    "fee_note",
                    models.CharField(
                        blank=True, max_length=400, verbose_name="ghi chú phí"
                    ),
                ),
            ],
            options={
                "verbose_name": "cách nộp",
                "verbose_name_plural": "thời hạn và phí theo cách nộp",
                "ordering": ["channel"],
            },
        ),
        migrations.CreateModel(
            name="ProcedureFigures",
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
                    "received_online",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="Cột 4 của Biểu II.06a/VPCP/KSTT, tính bằng hồ sơ.",
                        validators=[django.core.validators.MaxValueValidator(999999)],
                        verbose_name="(4) nhận trực tuyến trong kỳ",
                    ),
                ),
                (
                    "received_direct",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="Cột 5 của Biểu II.06a/VPCP/KSTT, tính bằng hồ sơ.",
                        validators=[django.core.validators.MaxValueValidator(999999)],
                        verbose_name="(5) nhận trực tiếp, bưu chính trong kỳ",
                    ),
                ),
                (
                    "carried_over",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="Cột 6 của Biểu II.06a/VPCP/KSTT, tính bằng hồ sơ.",
                        validators=[django.core.validators.MaxValueValidator(999999)],
                        verbose_name="(6) từ kỳ trước chuyển sang",
                    ),
                ),
                (
                    "resolved_early",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="Cột 8 của Biểu II.06a/VPCP/KSTT, tính bằng hồ sơ.",
                        validators=[django.core.validators.MaxValueValidator(999999)],
                        verbose_name="(8) đã giải quyết trước hạn",
                    ),
                ),
                (
                    "resolved_on_time",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="Cột 9 của Biểu II.06a/VPCP/KSTT, tính bằng hồ sơ.",
                        validators=[django.core.validators.MaxValueValidator(999999)],
                        verbose_name="(9) đã giải quyết đúng hạn",
                    ),
                ),
                (
                    "resolved_late",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="Cột 10 của Biểu II.06a/VPCP/KSTT, tính bằng hồ sơ.",
                        validators=[django.core.validators.MaxValueValidator(999999)],
                        verbose_name="(10) đã giải quyết quá hạn",
                    ),
                ),
                (
                    "pending_in_time",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="Cột 12 của Biểu II.06a/VPCP/KSTT, tính bằng hồ sơ.",
                        validators=[django.core.validators.MaxValueValidator(999999)],
                        verbose_name="(12) đang giải quyết, trong hạn",
                    ),
                ),
                (
                    "pending_overdue",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="Cột 13 của Biểu II.06a/VPCP/KSTT, tính bằng hồ sơ.",
                        validators=[django.core.validators.MaxValueValidator(999999)],
                        verbose_name="(13) đang giải quyết, quá hạn",
                    ),
                ),
            ],
            options={
                "verbose_name": "số liệu theo thủ tục",
                "verbose_name_plural": "số liệu theo thủ tục",
                "ordering": ["procedure__field__order", "procedure__name"],
                "abstract": False,
                "default_permissions": (),
            },
            bases=(procedures.figures.DerivedFigures, models.Model),
        ),
        migrations.CreateModel(
            name="ProcedureForm",
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
                    "order",
                    models.PositiveSmallIntegerField(default=0, verbose_name="thứ tự"),
                ),
                ("title", models.CharField(max_length=300, verbose_name="tên mẫu")),
            ],
            options={
                "verbose_name": "mẫu đơn, tờ khai",
                "verbose_name_plural": "mẫu đơn, tờ khai",
                "ordering": ["order", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ProcedureSettings",
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
                    "procedure_link",
                    models.CharField(
                        default="https://dichvucong.gov.vn/",
                        help_text="Viết {code} ở chỗ của mã thủ tục, ví dụ https://…?ma={code}.",
                        max_length=300,
                        validators=[procedures.models.settings.validate_link],
                        verbose_name="liên kết tới thủ tục trên Cổng quốc gia",
                    ),
                ),
                (
                    "dossier_link",
                    models.CharField(
                        default="https://dichvucong.gov.vn/",
                        help_text="Viết {code} ở chỗ của mã hồ sơ.",
                        max_length=300,
                        validators=[procedures.models.settings.validate_link],
                        verbose_name="liên kết tra cứu hồ sơ trên Cổng quốc gia",
                    ),
                ),
                (
                    "lookup_enabled",
                    models.BooleanField(
                        default=False,
                        help_text="Người dân nhập mã hồ sơ và ngày hẹn trả. Tắt thì trang chỉ dẫn sang Cổng quốc gia.",
                        verbose_name="cho tra cứu hồ sơ ngay trên trang này",
                    ),
                ),
                (
                    "dossier_months",
                    models.PositiveSmallIntegerField(
                        default=12,
                        help_text="Hết thời gian này từng hồ sơ được xóa, số liệu tổng hợp vẫn còn.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(60),
                        ],
                        verbose_name="giữ danh sách hồ sơ (tháng)",
                    ),
                ),
                (
                    "publish_within_days",
                    models.PositiveSmallIntegerField(
                        default=10,
                        help_text="Số ngày sau khi kỳ kết thúc. Quá số ngày này, lịch công khai ghi là chậm.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(90),
                        ],
                        verbose_name="công khai trong vòng (ngày)",
                    ),
                ),
                (
                    "expected_kind",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "Tháng"),
                            (3, "Quý"),
                            (6, "6 tháng"),
                            (9, "9 tháng"),
                            (12, "Năm"),
                        ],
                        default=1,
                        verbose_name="loại kỳ phải công khai",
                    ),
                ),
                (
                    "expected_rule",
                    models.CharField(
                        choices=[
                            ("bao-cao", "Kỳ báo cáo (15–14)"),
                            ("duong-lich", "Tháng dương lịch"),
                        ],
                        default="bao-cao",
                        max_length=10,
                        verbose_name="cách tính kỳ phải công khai",
                    ),
                ),
                (
                    "office_name",
                    models.CharField(
                        default="Bộ phận Tiếp nhận và trả kết quả (một cửa)",
                        max_length=160,
                        verbose_name="nơi tiếp nhận hồ sơ",
                    ),
                ),
                (
                    "office_phone",
                    models.CharField(
                        blank=True,
                        help_text="Để trống thì dùng số điện thoại của đơn vị.",
                        max_length=30,
                        verbose_name="điện thoại nơi tiếp nhận",
                    ),
                ),
                (
                    "office_hours",
                    models.CharField(
                        blank=True,
                        help_text="Để trống thì dùng giờ làm việc của đơn vị.",
                        max_length=200,
                        verbose_name="giờ tiếp nhận",
                    ),
                ),
            ],
            options={
                "verbose_name": "cài đặt TTHC",
                "verbose_name_plural": "cài đặt TTHC",
                "default_permissions": ("change", "view"),
            },
        ),
        migrations.CreateModel(
            name="ProcedureStep",
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
                    "order",
                    models.PositiveSmallIntegerField(default=0, verbose_name="thứ tự"),
                ),
                ("text", models.TextField(max_length=1500, verbose_name="việc cần làm")),
            ],
            options={
                "verbose_name": "bước thực hiện",
                "verbose_name_plural": "các bước thực hiện",
                "ordering": ["order", "pk"],
            },
        ),
        migrations.CreateModel(
            name="RequiredPaper",
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
                    "order",
                    models.PositiveSmallIntegerField(default=0, verbose_name="thứ tự"),
                ),
                (
                    "case",
                    models.CharField(
                        blank=True,
                        help_text="Để trống nếu ai cũng phải nộp giấy này.",
                        max_length=200,
                        verbose_name="trường hợp",
                    ),
                ),
                ("name", models.CharField(max_length=600, verbose_name="giấy tờ")),
                (
                    "originals",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="số bản chính"
                    ),
                ),
                (
                    "copies",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="số bản sao"
                    ),
                ),
                (
                    "note",
                    models.CharField(blank=True, max_length=400, verbose_name="ghi chú"),
                ),
            ],
            options={
                "verbose_name": "giấy tờ phải nộp",
                "verbose_name_plural": "giấy tờ phải nộp",
                "ordering": ["order", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ResolutionTime",
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
                    "bucket",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "Trong ngày"),
                            (2, "1–2 ngày làm việc"),
                            (5, "3–5 ngày làm việc"),
                            (10, "6–10 ngày làm việc"),
                            (15, "11–15 ngày làm việc"),
                            (20, "16–20 ngày làm việc"),
                            (30, "21–30 ngày làm việc"),
                            (999, "Trên 30 ngày làm việc"),
                        ]
                    ),
                ),
                ("count", models.PositiveIntegerField()),
            ],
            options={
                "verbose_name": "thời gian giải quyết",
                "verbose_name_plural": "thời gian giải quyết",
                "ordering": ["bucket"],
                "default_permissions": (),
            },
        ),
        migrations.RemoveConstraint(
            model_name="period",
            name="period_published_has_time",
        ),
        migrations.RemoveConstraint(
            model_name="resultsheet",
            name="sheet_once_per_field",
        ),
        migrations.RemoveConstraint(
            model_name="resultsheet",
            name="sheet_is_balanced",
        ),
        migrations.AddField(
            model_name="period",
            name="remark",
            field=models.TextField(
                blank=True, editable=False, max_length=1000, verbose_name="vì sao trả lại"
            ),
        ),
        migrations.AddField(
            model_name="period",
            name="removal_reason",
            field=models.CharField(
                blank=True, editable=False, max_length=300, verbose_name="lý do gỡ"
            ),
        ),
        migrations.AddField(
            model_name="period",
            name="removed_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="gỡ lúc"),
        ),
        migrations.AddField(
            model_name="period",
            name="removed_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="người gỡ",
            ),
        ),
        migrations.AddField(
            model_name="period",
            name="stage",
            field=models.CharField(
                choices=[
                    ("dang-nhap", "Đang nhập"),
                    ("cho-duyet", "Chờ duyệt"),
                    ("tra-lai", "Trả lại để sửa"),
                    ("da-duyet", "Đã duyệt"),
                ],
                default="dang-nhap",
                editable=False,
                max_length=10,
                verbose_name="bản đang làm",
            ),
        ),
        migrations.AddField(
            model_name="period",
            name="submitted_at",
            field=models.DateTimeField(
                editable=False, null=True, verbose_name="gửi duyệt lúc"
            ),
        ),
        migrations.AddField(
            model_name="period",
            name="submitted_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="người gửi duyệt",
            ),
        ),
        migrations.AddField(
            model_name="resultsheet",
            name="carry_over_note",
            field=models.CharField(
                blank=True,
                help_text="Người dân đọc được câu này. Không ghi tên ai.",
                max_length=300,
                verbose_name="vì sao cột 6 khác kỳ trước",
            ),
        ),
        migrations.AlterField(
            model_name="period",
            name="status",
            field=models.CharField(
                choices=[
                    ("nhap", "Chưa công khai"),
                    ("cong-khai", "Đã công khai"),
                    ("go", "Đã gỡ"),
                ],
                default="nhap",
                editable=False,
                max_length=10,
                verbose_name="tình trạng",
            ),
        ),
        migrations.AddField(
            model_name="datarequest",
            name="closed_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="datarequest",
            name="created_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="dossier",
            name="field",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="dossiers",
                to="procedures.field",
                verbose_name="lĩnh vực",
            ),
        ),
        migrations.CreateModel(
            name="ImportDraft",
            fields=[
                (
                    "run",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="draft",
                        serialize=False,
                        to="procedures.importrun",
                    ),
                ),
                ("payload", models.BinaryField()),
                ("expires_at", models.DateTimeField(db_index=True)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.AddField(
            model_name="importrun",
            name="created_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="người nhập",
            ),
        ),
        migrations.AddField(
            model_name="importrun",
            name="period",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="runs",
                to="procedures.period",
                verbose_name="kỳ",
            ),
        ),
        migrations.AddField(
            model_name="dossier",
            name="run",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="dossiers",
                to="procedures.importrun",
            ),
        ),
        migrations.AddField(
            model_name="importlayout",
            name="updated_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="legalbasis",
            constraint=models.CheckConstraint(
                condition=models.Q(("number", ""), _negated=True),
                name="legal_basis_has_number",
            ),
        ),
        migrations.AddField(
            model_name="namematch",
            name="field",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="procedures.field",
                verbose_name="lĩnh vực",
            ),
        ),
        migrations.AddField(
            model_name="periodedition",
            name="approved_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="periodedition",
            name="created_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="periodedition",
            name="period",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="editions",
                to="procedures.period",
                verbose_name="kỳ",
            ),
        ),
        migrations.AddField(
            model_name="periodedition",
            name="run",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="editions",
                to="procedures.importrun",
                verbose_name="lần nhập tệp",
            ),
        ),
        migrations.AddField(
            model_name="periodedition",
            name="signed_file",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="portal.attachment",
                verbose_name="bản có chữ ký (PDF)",
            ),
        ),
        migrations.AddField(
            model_name="periodedition",
            name="updated_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="overduecount",
            name="edition",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="overdue_counts",
                to="procedures.periodedition",
            ),
        ),
        migrations.AddField(
            model_name="period",
            name="approved",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="procedures.periodedition",
                verbose_name="bản người dân xem",
            ),
        ),
        migrations.AddField(
            model_name="period",
            name="head",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="procedures.periodedition",
                verbose_name="bản đang làm",
            ),
        ),
        migrations.AddField(
            model_name="resultsheet",
            name="edition",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="sheets",
                to="procedures.periodedition",
                verbose_name="bản số liệu",
            ),
        ),
        migrations.AddField(
            model_name="procedure",
            name="field",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="procedures",
                to="procedures.field",
                verbose_name="lĩnh vực",
            ),
        ),
        migrations.AddField(
            model_name="procedure",
            name="legal_bases",
            field=models.ManyToManyField(
                blank=True,
                related_name="procedures",
                to="procedures.legalbasis",
                verbose_name="căn cứ pháp lý",
            ),
        ),
        migrations.AddField(
            model_name="procedure",
            name="replaced_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="predecessors",
                to="procedures.procedure",
                verbose_name="được thay bằng",
            ),
        ),
        migrations.AddField(
            model_name="procedure",
            name="reviewed_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="người rà soát",
            ),
        ),
        migrations.AddField(
            model_name="namematch",
            name="procedure",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="procedures.procedure",
                verbose_name="thủ tục",
            ),
        ),
        migrations.AddField(
            model_name="dossier",
            name="procedure",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="dossiers",
                to="procedures.procedure",
                verbose_name="thủ tục",
            ),
        ),
        migrations.AddField(
            model_name="procedurechannel",
            name="procedure",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="channels",
                to="procedures.procedure",
            ),
        ),
        migrations.AddField(
            model_name="procedurefigures",
            name="edition",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="procedure_figures",
                to="procedures.periodedition",
            ),
        ),
        migrations.AddField(
            model_name="procedurefigures",
            name="procedure",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="figures",
                to="procedures.procedure",
            ),
        ),
        migrations.AddField(
            model_name="procedureform",
            name="attachment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="portal.attachment",
                verbose_name="tệp",
            ),
        ),
        migrations.AddField(
            model_name="procedureform",
            name="procedure",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="forms",
                to="procedures.procedure",
            ),
        ),
        migrations.AddConstraint(
            model_name="proceduresettings",
            constraint=models.CheckConstraint(
                condition=models.Q(("pk", 1)), name="procedure_settings_single"
            ),
        ),
        migrations.AddConstraint(
            model_name="proceduresettings",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("procedure_link__regex", "^https?://"),
                    ("dossier_link__regex", "^https?://"),
                ),
                name="procedure_settings_links_are_web",
            ),
        ),
        migrations.AddField(
            model_name="procedurestep",
            name="procedure",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="steps",
                to="procedures.procedure",
            ),
        ),
        migrations.AddField(
            model_name="requiredpaper",
            name="procedure",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="papers",
                to="procedures.procedure",
            ),
        ),
        migrations.AddField(
            model_name="resolutiontime",
            name="sheet",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="times",
                to="procedures.resultsheet",
            ),
        ),
        migrations.AddConstraint(
            model_name="datarequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "due_on",
                        django.db.models.expressions.CombinedExpression(
                            models.F("received_on"),
                            "+",
                            models.Value(datetime.timedelta(days=15)),
                        ),
                    )
                ),
                name="request_due_after_15_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="datarequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_on", None), ("state", "dang-xu-ly")),
                    models.Q(
                        models.Q(("state", "dang-xu-ly"), _negated=True),
                        ("closed_on__isnull", False),
                        models.Q(("answer", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="request_closed_has_answer",
                violation_error_message="Hãy ghi đã trả lời thế nào và ngày trả lời.",
            ),
        ),
        migrations.AddConstraint(
            model_name="datarequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["dang-xu-ly", "da-lam", "khong-chap-nhan"])
                ),
                name="request_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="importrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "dang-doc",
                            "cho-xac-nhan",
                            "da-nhap",
                            "da-hoan-tac",
                            "da-huy",
                            "khong-doc-duoc",
                        ],
                    )
                ),
                name="import_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="importrun",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["ho-so", "bieu"])),
                name="import_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="importlayout",
            constraint=models.UniqueConstraint(
                fields=("kind", "signature"), name="layout_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="periodedition",
            constraint=models.UniqueConstraint(
                fields=("period", "number"), name="period_edition_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="periodedition",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gte", 1)),
                name="period_edition_counts_from_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="periodedition",
            constraint=models.CheckConstraint(
                condition=models.Q(("source__in", ["nhap-tay", "bieu", "ho-so"])),
                name="period_edition_source_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="overduecount",
            constraint=models.UniqueConstraint(
                fields=("edition", "reason"), name="overdue_reason_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="overduecount",
            constraint=models.CheckConstraint(
                condition=models.Q(("count__gt", 0)), name="overdue_reason_counts_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="overduecount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "reason__in",
                        [
                            "phoi-hop",
                            "xac-minh",
                            "bo-sung",
                            "qua-tai",
                            "he-thong",
                            "quy-dinh",
                            "thien-tai",
                            "khac",
                        ],
                    )
                ),
                name="overdue_reason_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="procedure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("code__regex", "^[1-9]\\.[0-9]{6}(?:\\.[0-9A-Z]{1,6}){0,4}$")
                ),
                name="procedure_code_is_valid",
                violation_error_message="Mã thủ tục phải có dạng 1.001193 hoặc 1.001193.H56.",
            ),
        ),
        migrations.AddConstraint(
            model_name="procedure",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="procedure_has_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="procedure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["con-hieu-luc", "sua-doi", "thay-the", "bai-bo"])
                ),
                name="procedure_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="procedure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("replaced_by", None),
                    models.Q(
                        ("status__in", ("thay-the", "bai-bo")),
                        models.Q(("replaced_by", models.F("pk")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="procedure_successor_of_ended",
                violation_error_message="Chỉ thủ tục bị thay thế hoặc bãi bỏ mới có thủ tục thay bằng, và không thể tự thay chính nó.",
            ),
        ),
        migrations.AddConstraint(
            model_name="procedure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reviewed_at", None), ("reviewed_by", None)),
                    ("reviewed_at__isnull", False),
                    _connector="OR",
                ),
                name="procedure_reviewer_has_moment",
            ),
        ),
        migrations.AddConstraint(
            model_name="procedure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_on", None),
                    ("effective_on", None),
                    ("ended_on__gte", models.F("effective_on")),
                    _connector="OR",
                ),
                name="procedure_ends_after_it_begins",
                violation_error_message="Ngày hết hiệu lực phải sau ngày có hiệu lực.",
            ),
        ),
        migrations.AddConstraint(
            model_name="namematch",
            constraint=models.UniqueConstraint(
                condition=models.Q(("procedure__isnull", False)),
                fields=("folded",),
                name="name_match_one_procedure",
            ),
        ),
        migrations.AddConstraint(
            model_name="namematch",
            constraint=models.UniqueConstraint(
                condition=models.Q(("field__isnull", False)),
                fields=("folded",),
                name="name_match_one_field",
            ),
        ),
        migrations.AddConstraint(
            model_name="namematch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("field", None), ("procedure__isnull", False)),
                    models.Q(("field__isnull", False), ("procedure", None)),
                    _connector="OR",
                ),
                name="name_match_has_one_meaning",
            ),
        ),
        migrations.AddIndex(
            model_name="dossier",
            index=models.Index(
                fields=["run", "-received_on", "-code"], name="dossier_by_day"
            ),
        ),
        migrations.AddIndex(
            model_name="dossier",
            index=models.Index(
                fields=["run", "field", "-received_on"], name="dossier_by_field"
            ),
        ),
        migrations.AddIndex(
            model_name="dossier",
            index=models.Index(
                fields=["run", "procedure", "-received_on"], name="dossier_by_procedure"
            ),
        ),
        migrations.AddIndex(
            model_name="dossier",
            index=models.Index(fields=["code"], name="dossier_by_code"),
        ),
        migrations.AddConstraint(
            model_name="dossier",
            constraint=models.UniqueConstraint(
                fields=("run", "code"), name="dossier_once_per_run"
            ),
        ),
        migrations.AddConstraint(
            model_name="dossier",
            constraint=models.CheckConstraint(
                condition=models.Q(("channel__in", [1, 2, 3])), name="dossier_channel_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="dossier",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])),
                name="dossier_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="dossier",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "outcome__in",
                        [
                            "resolved_early",
                            "resolved_on_time",
                            "resolved_late",
                            "pending_in_time",
                            "pending_overdue",
                        ],
                    )
                ),
                name="dossier_outcome_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="dossier",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("finished_on", None),
                    ("finished_on__gte", models.F("received_on")),
                    _connector="OR",
                ),
                name="dossier_finished_after_received",
            ),
        ),
        migrations.AddConstraint(
            model_name="procedurechannel",
            constraint=models.UniqueConstraint(
                fields=("procedure", "channel"),
                name="procedure_channel_once",
                violation_error_message="Mỗi cách nộp chỉ ghi một dòng.",
            ),
        ),
        migrations.AddConstraint(
            model_name="procedurechannel",
            constraint=models.CheckConstraint(
                condition=models.Q(("channel__in", [1, 2, 3])),
                name="procedure_channel_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="procedurechannel",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount", None), ("amount__gt", 0), _connector="OR"),
                name="procedure_time_is_positive",
                violation_error_message="Thời hạn phải lớn hơn 0; chưa biết thì để trống.",
            ),
        ),
        migrations.AddConstraint(
            model_name="procedurechannel",
            constraint=models.CheckConstraint(
                condition=models.Q(("unit__in", ["ngay-lam-viec", "ngay", "gio"])),
                name="procedure_time_unit_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="procedurefigures",
            constraint=models.UniqueConstraint(
                fields=("edition", "procedure"), name="procedure_figures_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="procedurefigures",
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
                name="procedurefigures_is_balanced",
            ),
        ),
        migrations.AddConstraint(
            model_name="resolutiontime",
            constraint=models.UniqueConstraint(
                fields=("sheet", "bucket"), name="resolution_time_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="resolutiontime",
            constraint=models.CheckConstraint(
                condition=models.Q(("count__gt", 0)),
                name="resolution_time_counts_something",
            ),
        ),
        # Null so that a way back exists: 0004 fills it again.
        migrations.AlterField(
            model_name="resultsheet",
            name="period",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="sheets",
                to="procedures.period",
                verbose_name="kỳ",
            ),
        ),
    ]
