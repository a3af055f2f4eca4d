"""Which columns of Biểu II.06a a dossier counts in, seen at the end of the period.

Every dossier of a period counts once on the side of what was received (columns 4, 5, 6) and
once on the side of what became of it (8, 9, 10, 12, 13), so that figures made from dossiers
always keep the form's identities. Nothing is guessed: facts that contradict each other or do
not suffice raise `Contradiction`.

Sources: the columns, TT 01/2020/TT-VPCP, Biểu II.06a; the statuses, the list of the national
portal; early, on time and late, the due day on the receipt (NĐ 61/2018/NĐ-CP, Điều 17–20).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from procedures.figures import STORED, Figures
from procedures.models import Channel, DossierStatus, Outcome

NOT_ACCEPTED = frozenset({DossierStatus.REGISTERED, DossierStatus.NOT_ACCEPTED})
CLOSED = frozenset(
    {DossierStatus.WITHDRAWN, DossierStatus.PROCESSED, DossierStatus.RETURNED}
)

# Printed under every table that was computed from dossiers.
RULES = (
    "Hồ sơ mới đăng ký hoặc không được tiếp nhận thì không tính.",
    "Hồ sơ nhận trong kỳ tính vào cột 4 nếu nộp trực tuyến, vào cột 5 nếu nộp trực tiếp hoặc qua "
    "bưu chính; hồ sơ nhận trước kỳ mà chưa giải quyết xong tính vào cột 6.",
    "Hồ sơ trả kết quả trước ngày hẹn là trước hạn, đúng ngày hẹn là đúng hạn, sau ngày hẹn là "
    "quá hạn. Hồ sơ không ghi ngày hẹn mà trả trong ngày nhận là đúng hạn.",
    "Hồ sơ công dân rút tính là đã giải quyết.",
    "Hồ sơ chưa xong vào ngày cuối kỳ là đang giải quyết; quá hạn nếu ngày hẹn đã qua. Hồ sơ chờ "
    "bổ sung giấy tờ, chờ nghĩa vụ tài chính hoặc dừng xử lý cũng tính như vậy.",
)


class NotOfPeriod(StrEnum):
    """Why a dossier does not count in the period."""

    NOT_ACCEPTED = "not-accepted"
    RECEIVED_LATER = "received-later"
    FINISHED_EARLIER = "finished-earlier"


class Contradiction(Exception):
    """The facts of a dossier contradict each other; `code` names how, `key` which fact."""

    def __init__(self, code, key):
        super().__init__(code)
        self.code = code
        self.key = key


# A list has tens of thousands of these, and named tuples are made five times as fast as
# frozen dataclasses.
class Facts(NamedTuple):
    """What counting needs to know of a dossier; `due_on` and `finished_on` may be None."""

    received_on: date
    due_on: date | None
    finished_on: date | None
    status: DossierStatus
    channel: Channel


class Place(NamedTuple):
    """The stored column of what was received, and that of what became of it."""

    received: str
    outcome: Outcome


def status_or_usual(status, finished_on):
    """Return `status`; of a list without statuses, what the finish day says."""
    if status is not None:
        return status
    return DossierStatus.PROCESSED if finished_on else DossierStatus.IN_PROGRESS


def place(facts, starts_on, ends_on):
    """Return the `Place` of a dossier in the period of these days, both inclusive.

    Returns `NotOfPeriod` for a dossier that does not count in it, and raises `Contradiction`
    where the facts cannot be true together or leave open where it counts.
    """
    if facts.status in NOT_ACCEPTED:
        return NotOfPeriod.NOT_ACCEPTED
    if facts.received_on > ends_on:
        return NotOfPeriod.RECEIVED_LATER
    _require_sense(facts)
    finished_on = facts.finished_on
    if finished_on and finished_on < starts_on:
        return NotOfPeriod.FINISHED_EARLIER
    if facts.received_on < starts_on:
        received = "carried_over"
    elif facts.channel == Channel.ONLINE:
        received = "received_online"
    else:
        received = "received_direct"
    is_resolved = finished_on is not None and finished_on <= ends_on
    return Place(received, _resolved(facts) if is_resolved else _pending(facts, ends_on))


def _require_sense(facts):
    is_closed = facts.status in CLOSED
    if is_closed and facts.finished_on is None:
        raise Contradiction("finish-day-missing", "finished_on")
    if not is_closed and facts.finished_on is not None:
        raise Contradiction("finished-but-open", "status")
    if facts.finished_on and facts.finished_on < facts.received_on:
        raise Contradiction("finished-before-received", "finished_on")
    if facts.due_on and facts.due_on < facts.received_on:
        raise Contradiction("due-before-received", "due_on")


def _resolved(facts):
    if facts.due_on is None:
        if facts.finished_on > facts.received_on:
            raise Contradiction("due-day-missing", "due_on")
        return Outcome.RESOLVED_ON_TIME
    if facts.finished_on > facts.due_on:
        return Outcome.RESOLVED_LATE
    is_early = facts.finished_on < facts.due_on
    return Outcome.RESOLVED_EARLY if is_early else Outcome.RESOLVED_ON_TIME


def _pending(facts, ends_on):
    # On the due day itself a dossier is not late yet.
    is_overdue = facts.due_on is not None and facts.due_on < ends_on
    return Outcome.PENDING_OVERDUE if is_overdue else Outcome.PENDING_IN_TIME


def figures(places: Iterable[Place] | Mapping[Place, int]):
    """Return the `Figures` of dossiers by their places, each counted once on both sides.

    `places` has one for each dossier, or says how many dossiers each place has.
    """
    counts = Counter()
    for each, number in Counter(places).items():
        counts[each.received] += number
        counts[each.outcome.value] += number
    return Figures(**{key: counts[key] for key in STORED})
