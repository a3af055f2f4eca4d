"""A choice among rows that is made by searching, for the forms of the admin."""

import re

from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect

__all__ = ["KeySelect"]


class KeySelect(AutocompleteSelect):
    """Django's, which breaks on what can be no key; the field itself refuses that."""

    def __init__(self, field):
        super().__init__(field, admin.site)

    def optgroups(self, name, value, attr=None):
        keys = [key for key in value if re.fullmatch(r"[0-9]{1,18}", str(key))]
        return super().optgroups(name, keys, attr)
