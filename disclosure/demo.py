"""The publication calendar of the example site, alive on whatever day it is loaded."""

from datetime import timedelta

from disclosure import workflow
from disclosure.calendar import Cadence
from disclosure.models import Duty
from disclosure.shipped import load_shipped
from portal import places
from portal.models import LegalBasis
from portal.text import fold

__all__ = ["load_demo_duties"]

_WITHIN = timedelta(days=430)  # of the past that the example knows of
_KEPT = timedelta(days=4)  # before the last day most is published

# Of the duties that come with the software, those that the example commune has compared with
# the law: words in the title of the page on which they are published.
_PUBLISHED_ON = {
    "quy-va-khoan-dong-gop": "Hội nghị lấy ý kiến",
    "giam-ngheo-vay-von": "Vay vốn chính sách",
    "nghia-vu-quan-su": "nghĩa vụ quân sự",
}
_EVENTS = {
    "tiep-thu-y-kien": (
        "Làm đường trục thôn: tiếp thu ý kiến của bà con",
        "lấy ý kiến",
        60,
    ),
    "can-bo-va-quy-tac-ung-xu": ("Lịch tiếp công dân năm nay", "lịch tiếp công dân", 120),
    "thu-tuc-hanh-chinh": ("Danh mục thủ tục của xã năm nay", "Bộ phận một cửa", 90),
    "dau-tu-dat-dai-quy-hoach": ("Thay đường ống nước tại ba thôn", "cấp nước", 45),
}


def load_demo_duties(*, editor, approver, today):
    """Load the shipped duties, confirm some, and record most of what was due by `today`.

    One is left overdue and one soon due, so that the page shows what gaps look like.
    """
    load_shipped()
    since = today - _WITHIN
    offered = places.offered()

    def page(words):
        """Return the page whose title has `words`, as a form would send it."""
        wanted = fold(words)
        return next(line for line in offered if wanted in fold(line))

    results = _duty_of_results(
        since, page("Công khai kết quả giải quyết TTHC"), approver=approver
    )
    for slug in (*_PUBLISHED_ON, *_EVENTS):
        duty = Duty.objects.get(slug=slug)
        duty.since = since
        workflow.review(duty=duty, actor=approver)
    for slug, words in _PUBLISHED_ON.items():
        for occurrence in Duty.objects.get(slug=slug).occurrences.filter(due_on__lt=today):
            _record(occurrence, page(words), editor=editor)
    oldest = Duty.objects.get(slug="quy-va-khoan-dong-gop").occurrences.last()
    workflow.record_nothing(
        occurrence=oldest,
        note="Trong kỳ này xã không vận động khoản đóng góp nào.",
        actor=editor,
    )
    for occurrence in results.occurrences.filter(due_on__lt=today):
        _record(occurrence, page("Kết quả giải quyết TTHC"), editor=editor)
    for slug, (title, words, days) in _EVENTS.items():
        occurrence = workflow.add_occurrence(
            duty=Duty.objects.get(slug=slug),
            title=title,
            arose_on=today - timedelta(days=days),
            actor=editor,
        )
        _record(occurrence, page(words), editor=editor)
    workflow.add_occurrence(
        duty=Duty.objects.get(slug="dau-tu-dat-dai-quy-hoach"),
        title="Kế hoạch sử dụng đất khu dân cư thôn Phúc Triền 1",
        arose_on=today - timedelta(days=14),
        actor=editor,
    )
    workflow.add_occurrence(
        duty=Duty.objects.get(slug="tiep-thu-y-kien"),
        title="Quy ước thôn sửa đổi: kết quả lấy ý kiến",
        arose_on=today,
        actor=editor,
    )


def _duty_of_results(since, section, *, approver):
    """Add the kind of duty that a commune adds by itself."""
    basis = LegalBasis.objects.filter(number="61/2018/NĐ-CP").first()
    duty = workflow.save_duty(
        duty=Duty(
            title="Kết quả giải quyết thủ tục hành chính",
            content="Mỗi quý xã nhận bao nhiêu hồ sơ, giải quyết đúng hạn bao nhiêu.",
            forms="trang thông tin điện tử",
            owner="Bộ phận Tiếp nhận và trả kết quả",
            cadence=Cadence.QUARTERLY,
            due_days=10,
            since=since,
            order=20,
        ),
        bases=[basis] if basis else [],
        section=section,
        actor=approver,
    )
    return workflow.review(duty=duty, actor=approver)


def _record(occurrence, page, *, editor):
    workflow.record(
        occurrence=occurrence,
        page=page,
        published_on=occurrence.due_on - _KEPT,
        actor=editor,
    )
