"""Lists of the admin in which order and visibility are set without opening each row."""

from django import forms

from portal.audit_admin import AuditedAdminMixin

__all__ = ["EditableListMixin", "OrderedListMixin"]


class RowForm(forms.ModelForm):
    """Names the boxes of a list that is edited in place, which Django leaves nameless."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = f"{field.label}: {self.instance}"


class OrderedListMixin:
    """For lists whose order and visibility are set in the list itself."""

    list_editable = ["order", "is_shown"]

    def get_changelist_form(self, request, **kwargs):
        return super().get_changelist_form(request, form=RowForm, **kwargs)


class EditableListMixin(OrderedListMixin, AuditedAdminMixin):
    """The same for models whose changes the admin itself records."""
