"""Forms of the admin: a lĩnh vực, a period, and one row of its sheet."""

from django import forms
from django.core.exceptions import ValidationError

from portal.text import clean_line, slugify
from procedures import periods
from procedures.figures import COLUMNS, DERIVED
from procedures.models import Field, Period, ResultSheet


def new_period(given):
    """Return an unsaved period as the add page offers it.

    `given` may name a code and a rule (the address of the add page); otherwise it is the month
    after the latest one, under the same rule. An unknown code gives a period without days.
    """
    latest = Period.objects.latest_month()
    rule = given.get("rule")
    if rule not in periods.Rule.values:
        rule = latest.rule if latest else periods.Rule.REPORTING
    code = given.get("code") or (
        str(periods.following(periods.parse(latest.code))) if latest else ""
    )
    period = Period(code=code, rule=rule)
    try:
        parsed = periods.parse(code)
    except periods.BadCodeError:
        return period
    period.kind = parsed.kind
    period.starts_on, period.ends_on = periods.proposed_days(parsed, rule)
    return period


class FieldForm(forms.ModelForm):
    """A lĩnh vực; its part of the address follows from the name unless given."""

    class Meta:
        model = Field
        fields = ["name", "slug", "order", "totals_only"]

    def clean_name(self):
        return clean_line(self.cleaned_data["name"])

    def clean(self):
        super().clean()
        if self.cleaned_data.get("name") and not self.cleaned_data.get("slug"):
            self.cleaned_data["slug"] = slugify(self.cleaned_data["name"])


class PeriodForm(forms.ModelForm):
    """A period; its kind follows from the code, its days from code and rule unless given."""

    class Meta:
        model = Period
        fields = ["code", "kind", "rule", "starts_on", "ends_on"]
        # The kind is a field of the form only so that the overlap is checked with it.
        widgets = {"kind": forms.HiddenInput}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("kind", "starts_on", "ends_on"):
            if name in self.fields:
                self.fields[name].required = False
        for name in ("starts_on", "ends_on"):
            if name in self.fields:
                self.fields[name].help_text = "Để trống thì lấy theo mã kỳ và cách tính kỳ."

    def clean_code(self):
        code = self.cleaned_data["code"].upper()
        try:
            self.parsed_code = periods.parse(code)
        except periods.BadCodeError as error:
            raise ValidationError(str(error)) from error
        return code

    def clean(self):
        super().clean()
        if "code" not in self.cleaned_data or "rule" not in self.cleaned_data:
            return
        self.cleaned_data["kind"] = self.parsed_code.kind
        days = periods.proposed_days(self.parsed_code, self.cleaned_data["rule"])
        for name, proposed in zip(("starts_on", "ends_on"), days, strict=True):
            if name not in self.errors and self.cleaned_data.get(name) is None:
                self.cleaned_data[name] = proposed


class ResultSheetForm(forms.ModelForm):
    """One row of the grid; each input is named by its column for those who do not see it."""

    class Meta:
        model = ResultSheet
        fields = ["field", *(column.key for column in COLUMNS if column.key not in DERIVED)]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for column in COLUMNS:
            if column.key in self.fields:
                self.fields[column.key].widget.attrs |= {
                    "aria-label": column.full_label,
                    "class": "sheet-figure",
                    "inputmode": "numeric",
                }
        if "field" in self.fields:
            self.fields["field"].widget.attrs["aria-label"] = "Lĩnh vực (2)"
