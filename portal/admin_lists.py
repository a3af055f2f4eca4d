"""Lists of the admin answer only what their own links and forms can ask.

Django takes any lookup of any column from the address of a list, and any key for an action;
much of that ends in an error of the database instead of an answer.
"""

import re

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import BadRequest, ValidationError

__all__ = ["StrictListMixin"]

_LOOKUPS = {"", "exact", "isnull", "gte", "lt"}  # what Django's filters write
_DATE_PARTS = {"year", "month", "day"}
_DATE_PART = re.compile(r"[1-9][0-9]{0,3}")


class StrictListMixin:
    """For every ModelAdmin of the site; what it refuses is answered with 400."""

    def lookup_allowed(self, lookup, value, request):
        """Say whether a filter or the date hierarchy of this list writes such a lookup."""
        name, _, rest = lookup.partition("__")
        if name == self.date_hierarchy and rest in _DATE_PARTS:
            return bool(_DATE_PART.fullmatch(value))
        names = {_name_in_address(each) for each in self.get_list_filter(request)}
        return (
            name in names | {self.date_hierarchy}
            and rest.rpartition("__")[2] in _LOOKUPS
            and super().lookup_allowed(lookup, value, request)
        )

    def response_action(self, request, queryset):
        """Run an action on rows whose keys can be keys."""
        for key in request.POST.getlist(ACTION_CHECKBOX_NAME):
            try:
                self.model._meta.pk.to_python(key)
            except ValidationError:
                raise BadRequest("A key of no row.") from None
        return super().response_action(request, queryset)


def _name_in_address(list_filter):
    if isinstance(list_filter, (tuple, list)):
        list_filter = list_filter[0]
    return getattr(list_filter, "parameter_name", list_filter).partition("__")[0]
