"""How often an object was opened, told to the app that keeps it (portal/readership.py)."""

from datetime import timedelta

from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone

from portal.readership import RECENT_DAYS, Source
from visitors.models import Grain, Page, PageCount

__all__ = ["SOURCE"]


def _views_of(kind, object_ids):
    found = PageCount.objects.filter(
        grain=Grain.YEAR, page__kind=kind, page__object_id__in=object_ids
    )
    return dict(found.values_list("page__object_id").annotate(Sum("views")).order_by())


def _recent_views_of(kind, object_id):
    today = timezone.localdate()
    found = PageCount.objects.over(today - timedelta(days=RECENT_DAYS - 1), today)
    of_object = found.filter(page__kind=kind, page__object_id=object_id)
    return of_object.aggregate(views=Sum("views", default=0))["views"]


def _address_of(kind, object_id, user):
    if not user.has_perm("visitors.view_day"):
        return ""
    # Of several addresses the last to become known: the page there shows all of them.
    page = Page.objects.filter(kind=kind, object_id=object_id).order_by("-pk").first()
    return reverse("admin:visitors_page", args=[page.pk]) if page else ""


SOURCE = Source(
    views_of=_views_of, recent_views_of=_recent_views_of, address_of=_address_of
)
