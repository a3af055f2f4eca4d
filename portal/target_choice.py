"""The choice of a page of this site in forms of the admin: the menu's, the home page's."""

from django import forms
from django.contrib import admin

from portal.targets import all_targets

__all__ = ["TargetForm", "destination_column"]

GONE = "(trang này không còn)"


class TargetForm(forms.ModelForm):
    """For models whose column `target` names a page of this site."""

    target = forms.ChoiceField(required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        model_field = self._meta.model._meta.get_field("target")
        field = self.fields["target"]
        field.label = model_field.verbose_name.capitalize()
        field.help_text = model_field.help_text
        targets = all_targets()
        choices = [(target.key, _label(target)) for target in targets.values()]
        chosen = self.instance.target
        if chosen and chosen not in targets:
            choices.append((chosen, GONE))
        field.choices = [("", "– không chọn –"), *choices]


def destination_column():
    """Return a column for a list of such rows: where each leads now."""
    targets = all_targets()

    @admin.display(description="dẫn tới")
    def destination(row):
        if row.target in targets:
            return _label(targets[row.target])
        return GONE if row.target else row.url

    return destination


def _label(target):
    return target.label if target.has_content else f"{target.label} (chưa có nội dung)"
