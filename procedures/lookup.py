"""Where a dossier stands, told to who holds its receipt: code and promised day.

The day is the second factor. It is published of no dossier, though where a whole table was on
time it can be guessed from the day of the result; what it opens is no more than the list says,
with the promised day. A code that does not exist, a day that does not fit and a dossier of a lĩnh vực with
totals only (it has no row) get the same answer. Only figures that readers see are asked, and
the newest period that knows the dossier answers.
"""

import re
from dataclasses import dataclass
from datetime import date

from portal.text import clean_line
from portal.working_days import working_days_between
from procedures import privacy
from procedures.imports.staged import Kind
from procedures.imports.values import Bad, parser
from procedures.models import Channel, Dossier, DossierStatus, Outcome

__all__ = ["Finding", "NotRead", "find", "read_code", "read_day"]

_read_code = parser(Kind.DOSSIER_CODE, None)
_DAY_FIRST = re.compile(r"(\d{1,2})\D{1,9}(\d{1,2})\D{1,6}(\d{4}|\d{2})", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})\D(\d{1,2})\D(\d{1,2})", re.ASCII)
_TOGETHER = re.compile(r"(\d{2})(\d{2})(\d{4})", re.ASCII)

_IN_PLAIN_WORDS = {
    DossierStatus.REGISTERED: "Hồ sơ đã được gửi và đang chờ tiếp nhận.",
    DossierStatus.ACCEPTED: "Hồ sơ đã được tiếp nhận.",
    DossierStatus.NOT_ACCEPTED: "Hồ sơ không được tiếp nhận. Mời bạn hỏi nơi tiếp nhận để biết cần làm gì.",
    DossierStatus.IN_PROGRESS: "Hồ sơ đang được giải quyết.",
    DossierStatus.MORE_PAPERS: "Hồ sơ cần bổ sung giấy tờ. Mời bạn hỏi nơi tiếp nhận để biết cần nộp thêm giấy gì.",
    DossierStatus.FINANCIAL_DUTY: "Hồ sơ đang chờ bạn nộp thuế, phí hoặc lệ phí. Mời bạn hỏi nơi tiếp nhận để biết số tiền và nơi nộp.",
    DossierStatus.WITHDRAWN: "Hồ sơ đã được rút theo yêu cầu của người nộp.",
    DossierStatus.STOPPED: "Việc giải quyết hồ sơ đã dừng. Mời bạn hỏi nơi tiếp nhận để biết lý do.",
    DossierStatus.PROCESSED: "Hồ sơ đã giải quyết xong. Mời bạn mang giấy hẹn đến nhận kết quả.",
    DossierStatus.RETURNED: "Kết quả đã được trả.",
}
_WHEN_FINISHED = {
    Outcome.RESOLVED_EARLY: "Có kết quả, trước hạn",
    Outcome.RESOLVED_ON_TIME: "Có kết quả, đúng hạn",
    Outcome.RESOLVED_LATE: "Có kết quả, quá hạn",
}


class NotRead(ValueError):
    """The text is no code or no day; the message says in Vietnamese what one looks like."""


@dataclass(frozen=True)
class Finding:
    """What the newest published figures know of a dossier, as of a day."""

    dossier: Dossier
    as_of: date
    today: date

    @property
    def status(self):
        """Where the dossier stands, as a sentence."""
        return _IN_PLAIN_WORDS[self.dossier.status]

    @property
    def events(self):
        """What happened and what was promised: (day, words), the earliest first."""
        dossier = self.dossier
        channel = Channel(dossier.channel).label.lower()
        events = [(dossier.received_on, f"Nhận hồ sơ ({channel})")]
        if dossier.due_on:
            events.append((dossier.due_on, "Ngày hẹn trả kết quả"))
        if dossier.finished_on:
            words = _WHEN_FINISHED.get(dossier.outcome, "Có kết quả")
            events.append((dossier.finished_on, words))
        return sorted(events, key=lambda event: event[0])

    @property
    def remaining(self):
        """How many working days are left or have passed, as a sentence; "" once resolved."""
        dossier = self.dossier
        if dossier.finished_on or dossier.outcome in _WHEN_FINISHED or not dossier.due_on:
            return ""
        days = working_days_between(self.today, dossier.due_on)
        if dossier.due_on == self.today:
            return "Hôm nay là ngày hẹn trả kết quả."
        if dossier.due_on > self.today:
            return (
                f"Còn {days} ngày làm việc đến ngày hẹn trả, không kể ngày nghỉ, lễ, Tết."
            )
        return (
            f"Ngày hẹn trả đã qua {-days} ngày làm việc. Số liệu ở đây chỉ đến ngày "
            f"{self.as_of:%d/%m/%Y}, nên hồ sơ có thể đã xong sau ngày ấy."
        )


def read_code(text: str) -> str:
    """Return the code that `text` spells; blanks, case and kinds of dashes are forgiven."""
    code = _read_code(text)
    if code is None or isinstance(code, Bad):
        raise NotRead(
            "Mã hồ sơ chưa đúng. Mã ghi trên giấy tiếp nhận, ví dụ "
            "H56.17.22-250701-0001 hoặc 000.17.22.H56-210531-0001."
        )
    return code


def read_day(text: str) -> date:
    """Return the day that `text` spells, day first: 5/2/2024, 05-02-24, 05022024, 2024-02-05."""
    text = clean_line(text)
    try:
        if match := _YEAR_FIRST.fullmatch(text):
            return date(*map(int, match.groups()))
        if match := _TOGETHER.fullmatch(text) or _DAY_FIRST.search(text):
            day, month, year = map(int, match.groups())
            return date(year if year > 99 else 2000 + year, month, day)
    except ValueError:
        pass  # no such day
    raise NotRead("Ngày hẹn trả chưa đúng. Hãy ghi ngày, tháng, năm, ví dụ 05/02/2024.")


def find(*, code: str, due_on: date, today: date) -> Finding | None:
    """Return what is known of the dossier `code`, if `due_on` was ever its promised day.

    A promised day may have been moved: the day on an older receipt opens it too.
    """
    known = list(
        privacy.public_dossiers()
        .filter(code=code)
        .select_related("procedure", "field", "run__period__approved")
        .order_by("-run__period__ends_on", "run__period__kind")
    )
    if due_on not in {dossier.due_on for dossier in known}:
        return None
    period = known[0].run.period
    return Finding(known[0], as_of=period.approved.as_of or period.ends_on, today=today)
