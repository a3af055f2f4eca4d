"""The catalogue and the published results as open data."""

from portal.exports import Column
from portal.open_data import Dataset, Filter, Key, Part
from procedures import periods, privacy
from procedures.figures import COLUMNS
from procedures.models import (
    Period,
    Procedure,
    ProcedureSettings,
    ProcedureStatus,
    ResultSheet,
)
from procedures.models.catalogue import CODE_REGEX

_FIGURES = tuple(Column(column.key, column.full_label, "integer") for column in COLUMNS)
_RATES = (
    Column("on_time_rate", "Tỷ lệ trước và đúng hạn, (8+9)/7, phần trăm", "decimal"),
    Column("in_time_rate", "Tỷ lệ trong hạn, (8+9+12)/3, phần trăm", "decimal"),
    Column("online_rate", "Tỷ lệ nộp trực tuyến, 4/(4+5), phần trăm", "decimal"),
)


def _columns_of(row, columns):
    return {column.key: getattr(row, column.key) for column in columns}


# --- Procedures ---------------------------------------------------------------------


def _procedures():
    found = Procedure.objects.select_related("field", "replaced_by")
    return found.order_by("field__order", "field__name", "code")


def _procedure(row):
    """Return what the allow-lists let out, with None for what they keep back."""
    public = privacy.procedure(row)
    values = dict.fromkeys(column.key for column in PROCEDURES.columns + PROCEDURES.extra)
    values |= {key: value for key, value in public.items() if key in values}
    values["path"] = row.get_absolute_url()
    if "also_known_as" in public:
        values["also_known_as"] = "; ".join(public["also_known_as"])
    return {key: None if value == "" else value for key, value in values.items()}


def _whole_procedure(row):
    values = _procedure(row) | privacy.procedure_parts(row)
    values["national_url"] = ProcedureSettings.current().procedure_url(row)
    return values


PROCEDURES = Dataset(
    name="thu-tuc",
    title="Danh mục thủ tục hành chính",
    description=(
        "Các thủ tục mà xã tiếp nhận. Thủ tục chưa được cán bộ rà soát chỉ có mã, tên, lĩnh "
        "vực và tình trạng; các ô khác để trống."
    ),
    columns=(
        Column("code", "Mã thủ tục"),
        Column("name", "Tên thủ tục"),
        Column("field", "Lĩnh vực"),
        Column("field_slug", "Lĩnh vực trong địa chỉ"),
        Column("status", "Tình trạng"),
        Column("replaced_by", "Mã thủ tục thay thế"),
        Column("reviewed_at", "Rà soát lúc; trống là chưa rà soát", "datetime"),
        Column("level", "Cấp thực hiện"),
        Column("effective_on", "Có hiệu lực từ", "date"),
        Column("ended_on", "Hết hiệu lực từ", "date"),
        Column("decision", "Quyết định công bố"),
        Column("decision_on", "Ngày quyết định", "date"),
        Column("handled_by", "Cơ quan giải quyết"),
        Column("result", "Kết quả nhận được"),
        Column("path", "Địa chỉ của trang trên cổng này"),
    ),
    extra=(
        Column("also_known_as", "Người dân hay gọi"),
        Column("where_to_submit", "Nơi nộp; trống là bộ phận một cửa của xã"),
        Column("contact_phone", "Điện thoại hướng dẫn; trống là của bộ phận một cửa"),
        Column("national_url", "Trang trên Cổng Dịch vụ công quốc gia"),
    ),
    parts=(
        Part(
            "channels",
            "Thời hạn và phí theo cách nộp",
            (
                Column("channel", "Cách nộp"),
                Column("amount", "Thời hạn", "decimal"),
                Column("unit", "Đơn vị của thời hạn"),
                Column("time_note", "Ghi chú thời hạn"),
                Column("fee", "Phí, lệ phí (đồng); 0 là miễn phí", "integer"),
                Column("fee_note", "Ghi chú phí"),
            ),
        ),
        Part(
            "papers",
            "Giấy tờ phải nộp",
            (
                Column("case", "Trường hợp; trống là mọi trường hợp"),
                Column("name", "Giấy tờ"),
                Column("originals", "Số bản chính", "integer"),
                Column("copies", "Số bản sao", "integer"),
                Column("note", "Ghi chú"),
            ),
        ),
        Part("steps", "Các bước", (Column("text", "Việc cần làm"),)),
        Part(
            "forms",
            "Mẫu đơn, tờ khai",
            (Column("title", "Tên mẫu"), Column("path", "Địa chỉ của tệp")),
        ),
        Part(
            "legal_bases",
            "Căn cứ pháp lý",
            (
                Column("number", "Số, ký hiệu"),
                Column("title", "Trích yếu"),
                Column("issuer", "Cơ quan ban hành"),
                Column("issued_on", "Ngày ban hành", "date"),
                Column("url", "Địa chỉ toàn văn"),
            ),
        ),
    ),
    items=_procedures,
    row=_procedure,
    detail=_whole_procedure,
    key=Key("code", "code", CODE_REGEX),
    filters=(
        Filter("linh-vuc", "lĩnh vực, như trong địa chỉ", "field__slug", "slug"),
        Filter(
            "tinh-trang",
            "tình trạng",
            "status",
            "choice",
            tuple(ProcedureStatus.values),
        ),
    ),
)


# --- Periods ------------------------------------------------------------------------


def _periods():
    return Period.objects.published().select_related("approved").with_totals().newest()


def _period(row):
    edition, totals = row.approved, row.totals
    return {
        "code": row.code,
        "name": row.label,
        "kind": periods.Kind(row.kind).label,
        "rule": periods.Rule(row.rule).label,
        "starts_on": row.starts_on,
        "ends_on": row.ends_on,
        "published_at": row.published_at,
        "edition": edition.number,
        "edition_approved_at": edition.approved_at,
        "correction_note": edition.correction_note or None,
        "note": edition.note or None,
        "source": edition.get_source_display(),
        "as_of": edition.as_of,
        "report_number": edition.report_number or None,
        "apology_letters": edition.apology_letters,
        "path": row.get_absolute_url(),
        **_columns_of(totals, _FIGURES + _RATES),
    }


def _whole_period(row):
    edition = row.approved
    return _period(row) | {
        "signer": edition.signer or None,
        "signer_position": edition.signer_position or None,
        "signed_on": edition.signed_on,
        "editions": [
            {
                "number": each.number,
                "approved_at": each.approved_at,
                "correction_note": each.correction_note or None,
            }
            for each in row.editions.approved()
        ],
        "overdue_reasons": [
            {"reason": each.get_reason_display(), "count": each.count}
            for each in edition.overdue_counts.all()
        ],
        "sheets": [
            {"field": sheet.field.name, "field_slug": sheet.field.slug}
            | _columns_of(sheet, _FIGURES)
            for sheet in edition.sheets.select_related("field")
        ],
    }


def _reason_removed(code):
    reason = (
        Period.objects.removed().filter(code=code).values_list("removal_reason", flat=True)
    )
    return next(iter(reason), "")


PERIODS = Dataset(
    name="ky-ket-qua",
    title="Kỳ kết quả giải quyết thủ tục hành chính",
    description=(
        "Mỗi kỳ đã công khai một dòng, với số tổng theo Biểu II.06a. Kỳ được đính chính có số "
        "của bản đang có giá trị và nội dung đính chính."
    ),
    columns=(
        Column("code", "Mã kỳ"),
        Column("name", "Tên kỳ"),
        Column("kind", "Loại kỳ"),
        Column("rule", "Cách tính kỳ"),
        Column("starts_on", "Từ ngày", "date"),
        Column("ends_on", "Đến ngày", "date"),
        Column("published_at", "Công khai lần đầu lúc", "datetime"),
        Column("edition", "Bản số", "integer"),
        Column("edition_approved_at", "Bản này được duyệt lúc", "datetime"),
        Column("correction_note", "Nội dung đính chính"),
        Column("note", "Ghi chú"),
        Column("source", "Nguồn số liệu"),
        Column("as_of", "Số liệu tính đến ngày", "date"),
        Column("report_number", "Số báo cáo"),
        Column(
            "apology_letters",
            "Số văn bản xin lỗi và đề nghị gia hạn; trống là chưa thống kê",
            "integer",
        ),
        Column("path", "Địa chỉ của trang trên cổng này"),
        *_FIGURES,
        *_RATES,
    ),
    extra=(
        Column("signer", "Người ký"),
        Column("signer_position", "Chức vụ người ký"),
        Column("signed_on", "Ngày ký", "date"),
    ),
    parts=(
        Part(
            "editions",
            "Các bản đã công khai, mới nhất trước",
            (
                Column("number", "Bản số", "integer"),
                Column("approved_at", "Duyệt lúc", "datetime"),
                Column("correction_note", "Nội dung đính chính"),
            ),
        ),
        Part(
            "overdue_reasons",
            "Nguyên nhân quá hạn",
            (Column("reason", "Nguyên nhân"), Column("count", "Số hồ sơ", "integer")),
        ),
        Part(
            "sheets",
            "Bảng theo lĩnh vực",
            (Column("field", "Lĩnh vực"), Column("field_slug", "Lĩnh vực trong địa chỉ"))
            + _FIGURES,
        ),
    ),
    items=_periods,
    row=_period,
    detail=_whole_period,
    key=Key("code", "code", periods.CODE_REGEX),
    filters=(Filter("nam", "năm của ngày cuối kỳ", "ends_on__year", "year"),),
    reason_gone=_reason_removed,
)


# --- Sheets -------------------------------------------------------------------------


def _sheets():
    """Return the rows of the editions that readers see now."""
    shown = Period.objects.published().values("approved")
    found = ResultSheet.objects.filter(edition__in=shown)
    return found.select_related("field", "edition__period").order_by(
        "-edition__period__ends_on", "edition__period__code", "field__order", "field__name"
    )


def _sheet(row):
    period = row.edition.period
    return {
        "period": period.code,
        "starts_on": period.starts_on,
        "ends_on": period.ends_on,
        "edition": row.edition.number,
        "field": row.field.name,
        "field_slug": row.field.slug,
        "carry_over_note": row.carry_over_note or None,
        **_columns_of(row, _FIGURES + _RATES),
    }


SHEETS = Dataset(
    name="bang-ket-qua",
    title="Kết quả giải quyết theo lĩnh vực",
    description=(
        "Các dòng của Biểu II.06a/VPCP/KSTT: mỗi kỳ, mỗi lĩnh vực một dòng, tính bằng hồ sơ."
    ),
    columns=(
        Column("period", "Mã kỳ"),
        Column("starts_on", "Từ ngày", "date"),
        Column("ends_on", "Đến ngày", "date"),
        Column("edition", "Bản số", "integer"),
        Column("field", "Lĩnh vực"),
        Column("field_slug", "Lĩnh vực trong địa chỉ"),
        Column("carry_over_note", "Vì sao cột 6 khác kỳ trước"),
        *_FIGURES,
        *_RATES,
    ),
    items=_sheets,
    row=_sheet,
    filters=(
        Filter("ky", "mã kỳ", "edition__period__code", "code"),
        Filter("linh-vuc", "lĩnh vực, như trong địa chỉ", "field__slug", "slug"),
        Filter("nam", "năm của ngày cuối kỳ", "edition__period__ends_on__year", "year"),
    ),
)

ALL = (PROCEDURES, PERIODS, SHEETS)
