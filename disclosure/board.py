"""How each duty stands on a day: what is public, what is soon due, what is missing.

Nothing of this is stored. A time counts as published while readers can open what was
recorded, or, after that, once the time for which it had to stay has passed.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from django.db.models import Prefetch
from django.utils import timezone

from disclosure.calendar import HISTORY, Cadence
from disclosure.models import Duty, Occurrence, Outcome
from portal import identity, places, public_pages
from portal.content_version import cached, next_midnight
from portal.public_pages import Shown
from portal.standing import Badge

__all__ = [
    "DutyStanding",
    "Standing",
    "State",
    "by_state",
    "changes_at",
    "public_board",
    "public_standings",
    "read",
]


class State(Enum):
    """How a time, or a duty as a whole, stands; the value is what stands in `?tinh-trang=`.

    In the order of urgency: a duty stands as the most urgent of its times.
    """

    OVERDUE = "qua-han"
    SOON = "sap-den-han"
    PUBLISHED = "da-cong-khai"
    NOTHING = "khong-phat-sinh"
    LATER = "chua-den-han"

    @property
    def words(self):
        return _WORDS[self]


_WORDS = {
    State.OVERDUE: "Quá hạn",
    State.SOON: "Sắp đến hạn",
    State.PUBLISHED: "Đã công khai",
    State.NOTHING: "Không phát sinh",
    State.LATER: "Chưa đến hạn",
}
_LOOKS = {State.OVERDUE: "late", State.SOON: "info", State.PUBLISHED: "ok"}
_MISSING = (State.OVERDUE, State.SOON)


@dataclass(frozen=True)
class Standing:
    """One time. `where` is what readers can open; `is_gone` says that they no longer can.

    `days` are those late (published), overdue, or left until the last day.
    """

    occurrence: Occurrence
    state: State
    days: int
    where: Shown | None = None
    is_gone: bool = False

    @property
    def badge(self):
        if self.is_gone and self.state in _MISSING:
            return Badge("late", "Cần công khai lại")
        words = self.state.words
        if self.state == State.OVERDUE:
            words = f"Quá hạn {self.days} ngày"
        return Badge(_LOOKS.get(self.state, "plain"), words)

    @property
    def sentence(self):
        """How it stands, in words that go without the badge."""
        occurrence = self.occurrence
        if self.is_gone and self.state in _MISSING:
            return (
                f"đã công khai ngày {occurrence.published_on:%d/%m/%Y} nhưng trang không còn "
                "đọc được"
            )
        if self.state == State.PUBLISHED:
            punctual = f"chậm {self.days} ngày" if self.days else "đúng hạn"
            ended = ", đã hết thời gian phải giữ" if self.where is None else ""
            return f"công khai ngày {occurrence.published_on:%d/%m/%Y}, {punctual}{ended}"
        if self.state == State.NOTHING:
            return f"không phát sinh trong kỳ: {occurrence.note}"
        day = f"hạn {occurrence.due_on:%d/%m/%Y}"
        if self.state == State.OVERDUE:
            return f"{day}, quá {self.days} ngày"
        return f"{day}, còn {self.days} ngày" if self.days else f"{day}, là hôm nay"


@dataclass(frozen=True)
class DutyStanding:
    """A duty with its times, the latest due first; `section` is where it usually stands."""

    duty: Duty
    items: Sequence[Standing]
    today: date
    section: Shown | None = None

    @property
    def state(self):
        """The most urgent of what is missing; else how the last recorded time ended."""
        found = {each.state for each in self.items}
        for state in _MISSING:
            if state in found:
                return state
        recorded = (each.state for each in self.items if each.state != State.LATER)
        return next(recorded, State.LATER)

    @property
    def badge(self):
        if self.state == State.LATER and self.duty.cadence == Cadence.ON_EVENT:
            return Badge("plain", "Chưa phát sinh")
        urgent = [each for each in self.missing if each.state == self.state]
        if urgent:
            return urgent[0].badge
        return Badge(_LOOKS.get(self.state, "plain"), self.state.words)

    @property
    def missing(self):
        """What is overdue or soon due, the oldest first."""
        return [each for each in reversed(self.items) if each.state in _MISSING]

    @property
    def last(self):
        """The latest that readers can open, or None."""
        public = (each for each in self.items if each.state == State.PUBLISHED)
        return next((each for each in public if each.where), None)

    @property
    def next(self):
        """The next one that is not due yet, or None."""
        later = (State.SOON, State.LATER)
        return next((each for each in reversed(self.items) if each.state in later), None)

    @property
    def repealed_bases(self):
        """The legal documents it stands on that are no longer in force."""
        return [each for each in self.duty.bases.all() if each.is_repealed(self.today)]


def read(duties, *, today) -> list[DutyStanding]:
    """Return how the `duties` (a query set) stand on `today`, in their order.

    Times that were due more than five years ago are left out. Three queries, and one for
    each kind of page that was recorded.
    """
    recent = (
        Occurrence.objects.filter(due_on__gte=today - HISTORY)
        .select_related("attachment", "recorded_by")
        .order_by("-due_on", "-pk")
    )
    rows = list(
        duties.select_related("owner_account", "reviewed_by").prefetch_related(
            "bases", Prefetch("occurrences", recent, to_attr="recent")
        )
    )
    wanted = {each.section for each in rows}
    wanted |= {each.page for duty in rows for each in duty.recent}
    pages = places.shown(wanted - {None})
    return [_duty_standing(duty, pages, today) for duty in rows]


def changes_at():
    """Return when `public_board` changes by itself: at midnight, or as pages come and go."""
    return min(filter(None, [next_midnight(), public_pages.next_moment()]))


@cached(until=changes_at)
def public_board() -> tuple[DutyStanding, ...]:
    """Return how the duties that readers may know of stand today.

    Of a unit that has been merged, on the last day of its own: nothing grows later after it.
    """
    today = identity.current().retired_on or timezone.localdate()
    return tuple(read(Duty.objects.in_use(), today=today))


@cached(until=changes_at)
def public_standings() -> Mapping[int, Standing]:
    """Return how each time of `public_board` stands, by its key."""
    return {item.occurrence.pk: item for each in public_board() for item in each.items}


def by_state(standings: Iterable[DutyStanding]) -> Mapping[State, list[DutyStanding]]:
    """Return the duties of each state that has any, the most urgent state first."""
    groups = defaultdict(list)
    for each in standings:
        groups[each.state].append(each)
    return {state: groups[state] for state in State if state in groups}


def _duty_standing(duty, pages, today):
    items = [_standing(each, duty, pages, today) for each in duty.recent]
    return DutyStanding(duty, items, today, pages.get(duty.section))


def _standing(occurrence, duty, pages, today):
    occurrence.duty = duty  # spares a query for each name
    if occurrence.outcome == Outcome.NOTHING:
        return Standing(occurrence, State.NOTHING, 0)
    if occurrence.outcome == Outcome.PUBLISHED:
        where = _where(occurrence, pages)
        if where or _has_stood(occurrence, duty, today):
            late = max(0, (occurrence.published_on - occurrence.due_on).days)
            return Standing(occurrence, State.PUBLISHED, late, where)
    is_gone = occurrence.outcome == Outcome.PUBLISHED
    left = (occurrence.due_on - today).days
    if left < 0:
        return Standing(occurrence, State.OVERDUE, -left, is_gone=is_gone)
    state = State.SOON if left <= duty.soon_days else State.LATER
    return Standing(occurrence, state, left, is_gone=is_gone)


def _where(occurrence, pages):
    if occurrence.attachment_id:
        document = occurrence.attachment
        return Shown(document.title, document.get_absolute_url())
    return pages.get(occurrence.page)


def _has_stood(occurrence, duty, today):
    return duty.keep_days is not None and (
        occurrence.published_on + timedelta(days=duty.keep_days) < today
    )
