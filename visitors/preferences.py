"""Changing what the administrator decides about visit statistics."""

from django.db import transaction

from portal import audit
from portal.refusals import Refused, refuse_invalid
from visitors import counting
from visitors.models import VisitSettings


@transaction.atomic
def save_settings(*, settings, actor, today):
    """Store `settings` and return them; raises `Refused` with what is wrong with them.

    When this switches the reports on, the first is that of the month of `today`.
    """
    if not actor.has_perm("visitors.change_visitsettings"):
        raise Refused("Bạn chưa được giao quyền sửa thiết lập thống kê truy cập.")
    stored = VisitSettings.objects.select_for_update().first() or VisitSettings()
    settings.pk, settings.reports_since = 1, None
    if settings.sends_report:
        settings.reports_since = stored.reports_since or counting.month_start(today)
    refuse_invalid(settings)
    settings.save()
    audit.record_difference(
        "visit_settings.changed", actor=actor, stored=stored, target=settings
    )
    return settings
