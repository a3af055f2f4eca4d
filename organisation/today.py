"""What the office says of itself at one moment: open or closed, and who receives citizens."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils import timezone

from organisation import hours
from organisation.clock import clock_words
from organisation.hours import OfficeDay
from organisation.models import Reception, Weekday
from portal import identity
from portal.content_version import cached
from portal.phone import tel_uri

__all__ = ["Today", "at", "current", "next_moment"]

# A break between these hours is what everybody calls the noon break.
_NOON_FROM, _NOON_TO = time(10, 30), time(14, 30)


@dataclass(frozen=True)
class Today:
    """The office at one moment.

    `is_open` is None and `words` are "" while nobody has entered working hours; the text of
    the unit (`Identity.working_hours`) then stands for them. `receptions` are those of the
    day, cancelled ones too; `next_reception` is the first of a later day that takes place.
    All of it stays true until the moment `until`.
    """

    is_open: bool | None
    words: str
    office: OfficeDay | None
    receptions: tuple[Reception, ...]
    next_reception: Reception | None
    duty_phone: str
    until: datetime

    @property
    def spans(self):
        """Return when the office is open today, as (opens at, closes at)."""
        return self.office.spans if self.office else ()

    @property
    def hours_words(self):
        """Return today's hours in words, or "" while nobody has entered any."""
        return self.office.words if self.office else ""

    @property
    def duty_phone_link(self):
        """Return the `tel:` address of the phone that is answered out of hours, or ""."""
        return tel_uri(self.duty_phone)

    def __bool__(self):
        """Whether there is anything to tell."""
        return bool(self.words or self.receptions or self.next_reception or self.duty_phone)


def at(moment: datetime) -> Today:
    """Return what holds at the aware `moment`; at most six queries, once known
    whether the unit is no more."""
    local = timezone.localtime(moment)
    known = hours.timetable(local.date())
    office = known.on(local.date())
    is_open, words = _state(local, office, known) if office else (None, "")
    receptions = Reception.objects.of_unit().with_host()
    return Today(
        is_open=is_open,
        words=words,
        office=office,
        receptions=tuple(receptions.filter(day=local.date())),
        next_reception=receptions.held().filter(day__gt=local.date()).first(),
        duty_phone=identity.current().duty_phone,
        until=_until(local, office),
    )


def next_moment() -> datetime:
    """Return the moment from which `current()` says something else without a commit."""
    local = timezone.localtime()
    return _until(local, hours.timetable(local.date()).on(local.date()))


@cached(until=next_moment)
def current() -> Today:
    """Return what holds now; kept until it changes."""
    return at(timezone.now())


def _state(local, office, known):
    """Return whether the office is open at `local`, and the sentence for it."""
    now = local.time()
    closed_last = None
    for opens_at, closes_at in office.spans:
        if opens_at <= now < closes_at:
            return True, f"Đang mở cửa đến {clock_words(closes_at)}"
        if now < opens_at:
            return False, _before(opens_at, closed_last)
        closed_last = closes_at
    opening = known.next_opening(local)
    again = f"mở lại {_when(opening, local)}" if opening else ""
    if office.spans:
        return False, ", ".join(filter(None, ("Đã hết giờ làm việc", again)))
    if office.reason:
        return False, "; ".join(filter(None, (f"Hôm nay nghỉ: {office.reason}", again)))
    return False, ", ".join(filter(None, ("Hôm nay nghỉ", again)))


def _before(opens_at, closed_at):
    """Return the sentence while the office is closed and opens today at `opens_at`."""
    if closed_at is None:
        return f"Chưa đến giờ làm việc, mở cửa lúc {clock_words(opens_at)}"
    at_noon = closed_at >= _NOON_FROM and opens_at <= _NOON_TO
    resting = "Đang nghỉ trưa" if at_noon else "Đang nghỉ giữa giờ"
    return f"{resting}, mở lại lúc {clock_words(opens_at)}"


def _when(opening, local):
    """Return when the office opens again, on a later day than `local`."""
    days = (opening.date() - local.date()).days
    clock = clock_words(opening)
    if days == 1:
        return f"ngày mai {clock}"
    weekday = Weekday(opening.isoweekday()).label
    return f"{weekday} {clock}" if days < 7 else f"{weekday} {opening:%d/%m/%Y} {clock}"


def _until(local, office):
    """Return the next moment at which the office opens or closes, at the latest midnight."""
    midnight = datetime.combine(local.date() + timedelta(days=1), time.min, local.tzinfo)
    turns = (
        datetime.combine(local.date(), clock, local.tzinfo)
        for span in (office.spans if office else ())
        for clock in span
    )
    return min((turn for turn in turns if turn > local), default=midnight)
