"""Public pages of the reception timetable, and the same for calendar programs."""

from datetime import timedelta

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from organisation import calendar_file
from organisation.models import Reception
from organisation.reception_months import known_months, month_of
from portal import identity
from portal.conditional import answer
from portal.content_version import Memory, next_midnight
from portal.pages import mark

__all__ = ["calendar", "month", "receptions"]

TITLE = "Lịch tiếp công dân"
_HOME = ("Trang chủ", "/")
_PAST = timedelta(days=31)  # in the calendar file
_MOST_EVENTS = 500
_fingerprints = Memory(size=20)


@require_safe
def receptions(request):
    """Show when citizens are received next, and the month at hand."""
    now = timezone.localtime()
    return _page(request, now, now.date().replace(day=1))


@require_safe
def month(request, first):
    """Show the month that begins on `first`, if anybody receives citizens in it."""
    return _page(request, timezone.localtime(), first)


def _page(request, now, first):
    today = now.date()
    months = known_months(today)
    if first not in months:
        raise Http404
    place = months.index(first)
    shown = month_of(first, today=today)
    is_now = first == today.replace(day=1)
    address = reverse("organisation:receptions")
    if not is_now:
        address = reverse("organisation:receptions_month", args=[first])
    month_words = f"Tháng {first:%m/%Y}"
    title = TITLE if is_now else f"{TITLE} {month_words.lower()}"
    way = [_HOME, (TITLE, "")]
    if not is_now:
        way = [_HOME, (TITLE, reverse("organisation:receptions")), (month_words, "")]
    found = Reception.objects.of_unit()
    context = {
        "title": title,
        "month": shown,
        "month_words": month_words,
        "is_now": is_now,
        "before": months[place - 1] if place else None,
        "after": months[place + 1] if place + 1 < len(months) else None,
        "next_reception": found.with_host().held().coming(now).first(),
        "updated_on": shown.updated_at and timezone.localtime(shown.updated_at),
        "crumbs": way,
        "canonical": request.build_absolute_uri(address),
    }
    return mark(
        render(request, "organisation/receptions.html", context),
        kind="receptions",
        object_id="" if is_now else f"{first:%Y-%m}",
        title=title,
    )


@require_safe
def calendar(request):
    """Send the receptions since last month for a calendar program, which asks again by itself."""

    def make():
        since = timezone.localdate() - _PAST
        found = Reception.objects.of_unit().with_host()
        found = found.filter(day__gte=since)[:_MOST_EVENTS]
        return calendar_file.calendar(
            found,
            name=f"{TITLE} {identity.current().full_name}",
            host=request.get_host(),
            url=request.build_absolute_uri(reverse("organisation:receptions")),
        )

    return answer(
        request,
        make,
        content_type=calendar_file.CONTENT_TYPE,
        memory=_fingerprints,
        until=next_midnight,
    )
