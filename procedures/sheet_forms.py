"""The forms of a result sheet: its rows as the official form has them, and what stands around.

Nothing typed is ever lost: a form with mistakes shows every cell as it was typed, and names
each mistake by row and column.
"""

import re
from dataclasses import dataclass

from django import forms
from django.contrib.admin.widgets import AdminDateWidget

from portal.attachment_kinds import Kind, kind_of
from portal.attachments import Attachment, AttachmentRefused, store_attachment
from portal.key_select import KeySelect
from procedures.figures import COLUMNS, DERIVED, STORED, Column, Figures
from procedures.models import Field, OverdueReason, PeriodEdition
from procedures.workflow import Details, SheetRow

__all__ = ["DetailsForm", "RowForm", "SheetFormSet"]

MOST_ROWS = 200
# As many digits as the columns of the database allow: 999 999.
_WHOLE = re.compile(r"[0-9]{1,6}|[0-9]{1,3}\.[0-9]{3}", re.ASCII)
_SPACES = re.compile(r"\s+")


class FigureField(forms.Field):
    """A number of dossiers: "1200" or "1.200" as Excel shows it; an empty cell counts as 0."""

    widget = forms.TextInput

    def clean(self, value):
        typed = _SPACES.sub("", value or "")
        if not typed:
            return 0
        if not _WHOLE.fullmatch(typed):
            raise forms.ValidationError(
                f"“{typed[:20]}” không phải số hồ sơ. Hãy gõ số nguyên từ 0 đến 999.999."
            )
        return int(typed.replace(".", ""))


@dataclass(frozen=True)
class GridCell:
    """A cell of a row: an input, or the derived figure that follows from the inputs."""

    column: Column
    bound: forms.BoundField | None
    figure: int | None


class RowForm(forms.Form):
    """One row of the grid; without lĩnh vực and figures it is no row at all.

    `expected` is column 11 of the period before by the key of the lĩnh vực as text; None when
    there is no such period.
    """

    expected = None

    field = forms.TypedChoiceField(
        required=False,
        empty_value=None,
        widget=forms.Select(attrs={"aria-label": "Lĩnh vực (2)"}),
        error_messages={"invalid_choice": "Lĩnh vực này không còn trong danh sách."},
    )
    carry_over_note = forms.CharField(
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"class": "sheet__note"}),
        error_messages={"max_length": "Câu giải thích cột 6 dài nhất 300 chữ."},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for column in COLUMNS:
            if column.key not in DERIVED:
                self.fields[column.key] = FigureField(
                    required=False,
                    widget=forms.TextInput(
                        attrs={
                            "aria-label": column.full_label,
                            "autocomplete": "off",
                            "class": "sheet__figure",
                            "data-column": column.key,
                            "inputmode": "numeric",
                        }
                    ),
                )

    @property
    def row(self):
        """The row of a valid form; None for one that was left empty."""
        if self.cleaned_data.get("field") is None:
            return None
        return SheetRow(
            self.cleaned_data["field"],
            Figures(**{key: self.cleaned_data[key] for key in STORED}),
            self.cleaned_data["carry_over_note"],
        )

    def clean(self):
        cleaned = super().clean()
        if self.errors:
            return cleaned
        if cleaned["field"] is None:
            if any(cleaned[key] for key in STORED) or cleaned["carry_over_note"]:
                self.add_error("field", "Hãy chọn lĩnh vực cho dòng này.")
            return cleaned
        figures = self.row.figures
        if not figures.is_balanced:
            received, rest = figures.received, figures.resolved + figures.pending
            self.add_error(
                None,
                f"cột 3 (4+5+6 = {received}) phải bằng cột 7 + cột 11 (= {rest}); đang "
                f"{'thừa' if rest > received else 'thiếu'} {abs(rest - received)} hồ sơ ở "
                "các cột 8, 9, 10, 12, 13.",
            )
        return cleaned

    def cells(self):
        """Return the eleven figure cells in the order of the form."""
        typed = {key: _figure_or_none(self[key].value()) for key in STORED}
        whole = None if None in typed.values() else Figures(**typed)
        return [
            GridCell(
                column,
                None if column.key in DERIVED else self[column.key],
                getattr(whole, column.key, None),
            )
            for column in COLUMNS
        ]

    @property
    def is_broken(self):
        """Whether column 3 differs from 7 + 11, as far as the cells hold numbers."""
        sums = {cell.column.key: cell.figure for cell in self.cells()}
        others = set(STORED) - {"carried_over"}
        is_begun = self.is_bound or any(self[key].value() for key in others)
        if None in sums.values() or not is_begun:
            return False
        return sums["received"] != sums["resolved"] + sums["pending"]

    @property
    def asks_why(self):
        """Whether column 6 is to be explained: it differs from what the period before left open."""
        if self["carry_over_note"].value():
            return True
        if self.expected is None or not self["field"].value():
            return False
        left_open = self.expected.get(str(self["field"].value()), 0)
        return _figure_or_none(self["carried_over"].value()) not in (None, left_open)

    @property
    def place(self):
        """What the row is called in a sentence: its lĩnh vực, else its number."""
        number = int(self.prefix.rpartition("-")[2]) + 1
        chosen = str(self["field"].value() or "")
        names = {key: name for key, name in self.fields["field"].choices if key}
        return f"Dòng {number}" + (f", lĩnh vực {names[chosen]}" if chosen in names else "")

    def mistakes(self):
        """Return what is wrong as pairs: the id of the cell to go to, and a sentence."""
        found = []
        for key, errors in self.errors.items():
            target = "received_online" if key == "__all__" else key
            number = _NUMBERS.get(key)
            for error in errors:
                words = (
                    f"{self.place}, cột {number}: {error}"
                    if number
                    else f"{self.place}: {error}"
                )
                found.append((self[target].id_for_label, words))
        return found


_NUMBERS = {column.key: column.number for column in COLUMNS}


def _figure_or_none(value):
    try:
        return FigureField().clean(str(value or ""))
    except forms.ValidationError:
        return None


class BaseSheetFormSet(forms.BaseFormSet):
    """The rows of a sheet; one query finds the lĩnh vực for all of them."""

    default_error_messages = {
        "missing_management_form": (
            "Bảng gửi lên bị thiếu phần đầu nên chưa lưu được. Hãy mở lại trang rồi nhập."
        )
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._fields = {str(each.pk): each for each in Field.objects.all()}

    def add_fields(self, form, index):
        super().add_fields(form, index)
        offered = ((key, each.name) for key, each in self._fields.items())
        form.fields["field"].choices = [("", "– Chọn lĩnh vực –"), *offered]
        form.fields["field"].coerce = self._field
        form.fields["DELETE"].widget.attrs = {"aria-label": "Bỏ dòng này", "data-drop": ""}

    def _field(self, key):
        if key not in self._fields:
            raise ValueError(key)
        return self._fields[key]

    def clean(self):
        seen = set()
        for form in self.forms:
            if self._should_delete_form(form) or form.errors or form.row is None:
                continue
            field = form.row.field
            if field in seen:
                form.add_error(
                    "field", "Lĩnh vực này đã có ở dòng trên. Hãy gộp lại thành một dòng."
                )
            seen.add(field)

    def expect(self, left_open):
        """Tell the rows what the period before left open: {lĩnh vực: dossiers}, or None."""
        for form in self.forms:
            form.expected = left_open

    @property
    def has_figures(self):
        """Whether anything but column 6, which is prefilled, was typed into any row."""
        keys = set(STORED) - {"carried_over"}
        return any(
            _figure_or_none(form[key].value()) != 0 for form in self.forms for key in keys
        )

    def totals(self):
        """Return the columns with the sums of what was typed; cells that are no number count 0."""
        typed = (
            Figures(**{key: _figure_or_none(form[key].value()) or 0 for key in STORED})
            for form in self.forms
        )
        return Figures.total(typed).by_column()

    def rows(self):
        """Return the rows of a valid sheet."""
        kept = (form for form in self.forms if not self._should_delete_form(form))
        return [form.row for form in kept if form.row is not None]

    def chosen_fields(self):
        """Return the lĩnh vực that the rows name, whatever their figures."""
        keys = {str(form["field"].value() or "") for form in self.forms}
        return [each for key, each in self._fields.items() if key in keys]

    def mistakes(self):
        """Return all that is wrong, row by row, as `RowForm.mistakes` does."""
        if not self.is_bound:
            return []
        own = [("", str(error)) for error in self.non_form_errors()]
        return own + [
            mistake
            for form in self.forms
            if not self._should_delete_form(form)
            for mistake in form.mistakes()
        ]


SheetFormSet = forms.formset_factory(
    RowForm,
    formset=BaseSheetFormSet,
    extra=1,
    can_delete=True,
    max_num=MOST_ROWS,
    absolute_max=MOST_ROWS,
)


def initial_rows(rows):
    """Return `SheetRow`s as the initial values of a `SheetFormSet`."""
    return [
        {"field": row.field.pk, "carry_over_note": row.carry_over_note} | vars(row.figures)
        for row in rows
    ]


_OVERDUE = "overdue_"


class DetailsForm(forms.ModelForm):
    """What is said around the figures, and which version of them the clerk began with."""

    field_order = (
        *("correction_note", "note", "as_of", "report_number", "signer"),
        *("signer_position", "signed_on", "new_signed_file", "signed_file"),
    )

    number = forms.IntegerField(required=False, widget=forms.HiddenInput)
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)
    new_signed_file = forms.FileField(
        label="Tải bản có chữ ký lên",
        required=False,
        widget=forms.FileInput(attrs={"accept": ".pdf"}),
        help_text="Tệp PDF, không quá 50 MB. Tệp mới thay cho tệp đang chọn.",
    )

    class Meta:
        model = PeriodEdition
        fields = [
            "correction_note",
            "note",
            "as_of",
            "report_number",
            "signer",
            "signer_position",
            "signed_on",
            "signed_file",
            "apology_letters",
        ]
        labels = {"signed_file": "Hoặc chọn tệp PDF đã có trong kho"}
        widgets = {
            "correction_note": forms.Textarea(attrs={"rows": 2}),
            "note": forms.Textarea(attrs={"rows": 3}),
            "as_of": AdminDateWidget,
            "signed_on": AdminDateWidget,
            "signed_file": KeySelect(PeriodEdition._meta.get_field("signed_file")),
            "apology_letters": forms.TextInput(attrs={"inputmode": "numeric"}),
        }

    def __init__(self, *args, is_correction, **kwargs):
        super().__init__(*args, prefix="details", **kwargs)
        if not is_correction:
            del self.fields["correction_note"]
        self.fields["signed_file"].queryset = Attachment.objects.filter(kind=Kind.PDF)
        self.fields["signed_file"].error_messages["invalid_choice"] = (
            "Bản có chữ ký phải là một tệp PDF trong kho. Hãy chọn lại."
        )
        for reason in OverdueReason:
            self.fields[_OVERDUE + reason] = FigureField(
                label=reason.label,
                required=False,
                widget=forms.TextInput(
                    attrs={"inputmode": "numeric", "autocomplete": "off"}
                ),
            )

    @property
    def overdue_fields(self):
        """The inputs of the fixed list of reasons, in its order."""
        return [self[_OVERDUE + reason] for reason in OverdueReason]

    @property
    def around_fields(self):
        """The visible inputs that are no reason for lateness."""
        return [
            bound
            for bound in self.visible_fields()
            if not bound.name.startswith(_OVERDUE) and bound.name != "correction_note"
        ]

    @property
    def based_on(self):
        """The (number, revision) that the clerk began with."""
        return self.cleaned_data.get("number"), self.cleaned_data.get("revision")

    def clean_new_signed_file(self):
        upload = self.cleaned_data["new_signed_file"]
        if upload is None:
            return None
        try:
            kind = kind_of(upload)
        except AttachmentRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        if kind != Kind.PDF:
            raise forms.ValidationError(
                "Bản có chữ ký phải là tệp PDF. Hãy lưu hoặc quét lại thành PDF rồi tải lên."
            )
        return upload

    def details(self, *, actor):
        """Store the signed file, if one was sent, and return what the valid form says.

        Called last, so that a form with mistakes leaves no file behind.
        """
        said = self.cleaned_data
        upload = said["new_signed_file"]
        if upload is not None:
            stored = store_attachment(content=upload, name=upload.name, actor=actor)
            # Shown as chosen if the page comes back: a browser forgets a file that was sent.
            said["signed_file"] = stored
            self._put(signed_file=stored.pk)
        counts = {reason.value: said[_OVERDUE + reason] for reason in OverdueReason}
        return Details(
            **{name: said[name] for name in self._meta.fields if name in said},
            overdue={reason: count for reason, count in counts.items() if count},
        )

    def go_on_from(self, edition):
        """Let the next save of this form replace `edition`, which its sender now sees."""
        self._put(number=edition.number, revision=edition.revision)

    def _put(self, **values):
        self.data = self.data.copy()
        for name, value in values.items():
            self.data[self.add_prefix(name)] = str(value)

    def mistakes(self):
        """Return what is wrong as pairs: the id of the input, and a sentence."""
        return [
            (self[name].id_for_label, f"{self[name].label}: {error}")
            for name, errors in self.errors.items()
            for error in errors
        ]


def initial_details(details, *, edition):
    """Return `Details` and the version they are of as the initial values of a `DetailsForm`."""
    texts = {name: getattr(details, name) for name in DetailsForm._meta.fields}
    overdue = {_OVERDUE + reason: count for reason, count in details.overdue.items()}
    return (
        texts
        | overdue
        | ({"number": edition.number, "revision": edition.revision} if edition else {})
    )
