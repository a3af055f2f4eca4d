"""The contact page: where the office is, when it is open, whom to call."""

from calendar import day_name

from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from organisation import hours, today
from organisation.models import Reception
from portal import identity
from portal.content_version import cached, next_midnight
from portal.linked_data import organization
from portal.pages import mark

__all__ = ["contact"]

TITLE = "Liên hệ"


@cached(until=next_midnight)
def _office():
    """Return what the page says of this day on every host of the site."""
    day, unit = timezone.localdate(), identity.current()
    return {
        "week": [] if unit.is_retired else hours.week(day),
        "has_receptions": Reception.objects.of_unit().filter(day__gte=day).exists(),
        "facts": _facts(unit, hours.timetable(day).plan_on(day)),
    }


@require_safe
def contact(request):
    """Show the office in words, in hours and on its map."""
    day = timezone.localdate()
    address = request.build_absolute_uri(reverse("contact"))
    office = _office()
    context = {
        **office,
        "title": TITLE,
        "today": today.current(),
        "day": day,
        "crumbs": [("Trang chủ", reverse("home")), (TITLE, "")],
        "canonical": address,
        "graph": office["facts"] | {"url": address},
    }
    return mark(
        render(request, "portal/contact.html", context), kind="contact", title=TITLE
    )


def _facts(unit, plan):
    """Return the unit in JSON-LD, with the hours of the plan in force."""
    facts = {
        "@context": "https://schema.org",
        **organization(unit),
        "address": unit.address,
        "telephone": unit.phone_link.removeprefix("tel:"),
        "email": unit.email,
        "hasMap": unit.map_url,
        "openingHoursSpecification": [
            {
                "@type": "OpeningHoursSpecification",
                # Names of the C locale: nothing here sets another for the process.
                "dayOfWeek": f"https://schema.org/{day_name[weekday - 1]}",
                "opens": f"{opens_at:%H:%M}",
                "closes": f"{closes_at:%H:%M}",
            }
            for weekday, spans in sorted((plan or {}).items())
            for opens_at, closes_at in spans
        ],
    }
    return {name: value for name, value in facts.items() if value}
