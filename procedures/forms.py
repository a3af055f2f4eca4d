"""Forms of the admin: a period."""

from django import forms
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import ValidationError

from procedures import periods
from procedures.models import Period


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


class PeriodForm(forms.ModelForm):
    """A new period; its kind follows from the code, its days from code and rule unless given."""

    starts_on = forms.DateField(label="Từ ngày", required=False, widget=AdminDateWidget)
    ends_on = forms.DateField(label="Đến ngày", required=False, widget=AdminDateWidget)

    class Meta:
        model = Period
        fields = ["code", "rule", "starts_on", "ends_on", "kind"]
        # The kind is a field of the form only so that the overlap is checked with it.
        widgets = {"kind": forms.HiddenInput}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].required = False

    def propose(self, period):
        """Say which days the unsaved `period` gets when none are typed."""
        for name in ("starts_on", "ends_on"):
            day = getattr(period, name)
            self.fields[name].help_text = (
                f"Để trống thì lấy theo mã kỳ: {day:%d/%m/%Y}."
                if day
                else "Để trống thì lấy theo mã kỳ và cách tính kỳ."
            )

    def clean_code(self):
        code = self.cleaned_data["code"].strip().upper()
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

    def mistakes(self):
        """Return what is wrong as pairs: the id of the input ("" for the whole), and a sentence."""
        return [
            ("", error)
            if name == "__all__"
            else (self[name].id_for_label, f"{self[name].label}: {error}")
            for name, errors in self.errors.items()
            for error in errors
        ]
