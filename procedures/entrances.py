"""Where the rest of the site meets this app: menu targets, public lists, the start page."""

from operator import itemgetter

from django.urls import reverse
from django.utils import timezone

from portal.admin_start import StartCard
from portal.public_pages import Shelf, Shown
from portal.targets import Target
from procedures import catalogue, publishing, workflow
from procedures.models import Field, Period, Procedure, Source, Stage


def targets():
    """Offer the catalogue, the published results and the look-up of dossiers to the menu."""
    has_procedures = Procedure.objects.in_force().exists()
    has_results = Period.objects.published().exists()
    return [
        Target(
            "catalogue:list",
            "Thủ tục hành chính",
            reverse("catalogue:list"),
            has_content=has_procedures,
            also=("danh mục thủ tục", "làm giấy tờ", "TTHC"),
            about="Cần giấy tờ gì, nộp ở đâu, bao lâu có kết quả, lệ phí bao nhiêu.",
        ),
        Target(
            "catalogue:alphabet",
            "Thủ tục hành chính từ A đến Y",
            reverse("catalogue:alphabet"),
            has_content=has_procedures,
        ),
        Target(
            "procedures:list",
            "Công khai kết quả giải quyết TTHC",
            reverse("procedures:list"),
            has_content=has_results,
            also=("kết quả thủ tục hành chính", "tỷ lệ đúng hạn", "hồ sơ quá hạn"),
            about="Mỗi kỳ nhận bao nhiêu hồ sơ, giải quyết đúng hạn bao nhiêu.",
        ),
        Target(
            "procedures:calendar",
            "Lịch công khai kết quả TTHC",
            reverse("procedures:calendar"),
            has_content=has_results,
            about="Kỳ nào đã công khai, kỳ nào sắp đến hạn, kỳ nào chậm.",
        ),
        Target(
            "lookup:search",
            "Tra cứu hồ sơ",
            reverse("lookup:search"),
            also=("tình trạng hồ sơ", "hồ sơ đã nộp", "mã hồ sơ", "giấy hẹn trả kết quả"),
            about="Xem hồ sơ đã nộp đang giải quyết đến đâu, theo mã hồ sơ.",
        ),
    ]


def _procedures(codes):
    found = Procedure.objects.filter(code__in=codes)
    return {each.code: Shown(each.name, each.get_absolute_url()) for each in found}


def _fields(slugs):
    found = Field.objects.filter(slug__in=slugs)
    return {
        each.slug: Shown(
            f"Thủ tục lĩnh vực {each.name}", reverse("catalogue:field", args=[each.slug])
        )
        for each in found
    }


def _periods(codes):
    return _shown_periods(Period.objects.published().filter(code__in=codes))


def _newest_periods(limit):
    return _shown_periods(Period.objects.newest_published(limit))


def _shown_periods(found):
    return {
        each.code: Shown(f"Kết quả giải quyết TTHC: {each.label}", each.get_absolute_url())
        for each in found
    }


def _dossier_lists(codes):
    found = Period.objects.published().filter(
        code__in=codes, approved__source=Source.DOSSIERS
    )
    return {
        each.code: Shown(
            f"Danh sách hồ sơ TTHC: {each.label}",
            reverse("procedures:dossiers", args=[each.code]),
        )
        for each in found
    }


SHELVES = (
    Shelf("procedure", _procedures, addresses={"catalogue:procedure": itemgetter("code")}),
    Shelf("procedures", _fields, addresses={"catalogue:field": itemgetter("slug")}),
    Shelf(
        "result",
        _periods,
        addresses={"procedures:period": itemgetter("code")},
        newest=_newest_periods,
    ),
    Shelf(
        "dossiers",
        _dossier_lists,
        addresses={"procedures:dossiers": itemgetter("code")},
    ),
)


def start_cards(request):
    """Offer what is to be published next, publishing what waits, and what is not reviewed.

    Nothing is counted for people who may not act on it.
    """
    may = request.user.has_perm
    if may(workflow.ENTER):
        yield StartCard(
            title="Công khai tháng này",
            text=_next_duty(),
            url=reverse("admin:procedures_period_due"),
            permission=workflow.ENTER,
            order=20,
        )
    if may(workflow.PUBLISH) and (waiting := Period.objects.awaiting_approval().count()):
        yield StartCard(
            title="Duyệt kết quả TTHC",
            text=f"{waiting} kỳ đã nhập xong, chờ bạn duyệt.",
            url=reverse("admin:procedures_period_changelist")
            + f"?stage__exact={Stage.SUBMITTED}",
            permission=workflow.PUBLISH,
            order=21,
        )
    if may(catalogue.REVIEW) and (
        unreviewed := Procedure.objects.in_force().unreviewed().count()
    ):
        yield StartCard(
            title="Rà soát danh mục thủ tục",
            text=f"{unreviewed} thủ tục chưa rà soát: người dân chưa thấy thời hạn, phí, giấy tờ.",
            url=reverse("admin:procedures_procedure_changelist") + "?ra-soat=chua",
            permission=catalogue.REVIEW,
            order=22,
        )


def _next_duty():
    """Return what is owed to the readers next and until when, as a sentence."""
    duties = publishing.duties(timezone.localdate())
    owed = [each for each in duties if each.is_owed]
    if owed:
        more = f" Còn {len(owed) - 1} kỳ khác." if len(owed) > 1 else ""
        first = publishing.next_owed(duties)
        return f"{first.expected.code.name}: {first.standing}, {first.deadline}.{more}"
    if duties:
        running = duties[0].expected
        return f"Đã công khai đủ. {running.code.name}: hạn {running.due_on:%d/%m/%Y}."
    return "Nhập kết quả của kỳ đầu tiên: từ tệp hoặc bằng tay."
