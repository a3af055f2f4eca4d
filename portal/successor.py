"""The switch for a unit that became part of another: the site is kept to be read."""

from django.db import transaction

from portal import audit
from portal.identity import Identity
from portal.refusals import Refused, refuse_invalid

__all__ = ["resume", "retire"]

_COLUMNS = ("is_retired", "retired_on", "successor_name", "successor_url")


@transaction.atomic
def retire(*, actor, on, successor_name, successor_url, today):
    """Keep the site to be read only, since the day `on`, and return the unit.

    Every page then names the successor and leads there; see portal/read_only.py for what is
    refused. Raises `Refused` when the site is so already, `on` lies after `today` or the
    successor is not named with the address of its site.
    """
    unit = _locked()
    if unit.is_retired:
        raise Refused("Cổng đã ở chế độ chỉ đọc rồi.")
    if on > today:
        raise Refused("Ngày ngừng cập nhật không thể sau hôm nay.")
    before = _facts(unit)
    unit.is_retired, unit.retired_on = True, on
    unit.successor_name, unit.successor_url = successor_name.strip(), successor_url
    return _stored(unit, "site.retired", actor=actor, before=before)


@transaction.atomic
def resume(*, actor):
    """Let the site take changes again, and return the unit; the successor stays noted.

    Raises `Refused` when it never stopped.
    """
    unit = _locked()
    if not unit.is_retired:
        raise Refused("Cổng đang cập nhật bình thường.")
    before = _facts(unit)
    unit.is_retired, unit.retired_on = False, None
    return _stored(unit, "site.resumed", actor=actor, before=before)


def _locked():
    unit = Identity.objects.select_for_update().first()
    if unit is None:
        raise Refused("Hãy khai báo thông tin đơn vị trước.")
    return unit


def _stored(unit, action, *, actor, before):
    refuse_invalid(unit)
    unit.save(update_fields=_COLUMNS)
    audit.record(action, actor=actor, target=unit, before=before, after=_facts(unit))
    return unit


def _facts(unit):
    facts = audit.columns(unit)
    names = [str(Identity._meta.get_field(name).verbose_name) for name in _COLUMNS]
    return {name: facts[name] for name in names}
