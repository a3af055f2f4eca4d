"""What the import wizard asks: which period and file, which column is what, what names mean."""

import difflib
import hashlib
from itertools import groupby, islice

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from procedures.imports.matching import FIELD, PROCEDURE, Choices, Unmatched
from procedures.imports.report import KEY_LABELS, PRIVATE
from procedures.imports.staged import KIND_OF_KEY, folded
from procedures.models import (
    Channel,
    DossierStatus,
    Field,
    ImportKind,
    PeriodStatus,
    Procedure,
    Stage,
)

__all__ = ["MOST_NAMES", "ColumnsForm", "UploadForm"]

MOST_NAMES = 30  # asked about at once; the rest follows when these are answered
_SAMPLES = 2  # cells shown of a column
_SUGGESTIONS = 3
_LEAST_LIKENESS = 0.5  # of 1
_LABEL_LENGTH = 110  # characters of a procedure's name in a list


class UploadForm(forms.Form):
    """A file, what it is, and the period that it is about.

    `periods` are those it may be about; one that is not stored yet is made with the import.
    """

    period = forms.ChoiceField(
        label="Kỳ kết quả",
        error_messages={"required": "Hãy chọn kỳ mà tệp này nói về."},
    )
    kind = forms.ChoiceField(
        label="Tệp này là",
        choices=ImportKind,
        widget=forms.RadioSelect,
        error_messages={"required": "Hãy chọn tệp này là danh sách hồ sơ hay Biểu II.06a."},
    )
    file = forms.FileField(
        label="Tệp",
        max_length=255,
        allow_empty_file=True,  # said in its own words when it is read
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
        help_text="Tệp Excel (.xlsx, .xls) hoặc CSV, tối đa 20 MB.",
        error_messages={"required": "Hãy chọn tệp cần nhập."},
    )

    def __init__(self, *args, periods, **kwargs):
        super().__init__(*args, **kwargs)
        self._periods = {period.code: period for period in periods}
        new = [each for each in periods if each.pk is None]
        stored = [each for each in periods if each.pk is not None]
        groups = (("Kỳ chưa lập", new), ("Kỳ đã lập", stored))
        self.fields["period"].choices = [
            (title, [(each.code, _described(each)) for each in members])
            for title, members in groups
            if members
        ]

    def clean_period(self):
        period = self._periods[self.cleaned_data["period"]]
        if period.pk is None:
            try:
                period.full_clean()
            except ValidationError as error:  # its days may overlap those of another
                raise ValidationError(error.messages) from error
        return period


def _described(period):
    """Return what a period is called in the list, with what an import does to it."""
    if period.pk is None:
        return period.label
    if period.status == PeriodStatus.REMOVED:
        return f"{period.label}: đã gỡ"
    if period.stage == Stage.APPROVED:
        return f"{period.label}: đã công khai, nhập tệp là đính chính"
    return f"{period.label}: {period.get_stage_display().lower()}"


class ColumnsForm(forms.Form):
    """What each column is taken for, and what the file does not say.

    `interpreted` is the file as it is understood now, `choices` what was answered before.
    When the form is valid, `mapping` and `choices` are what it says.
    """

    def __init__(self, *args, run, interpreted, choices, **kwargs):
        super().__init__(*args, **kwargs)
        self._run, self._staged = run, interpreted.staged
        self._choices = choices
        self._headings = {}  # name of an input → Heading
        for heading in self._staged.headings:
            keys = [key for key, kind in KIND_OF_KEY.items() if kind in heading.kinds]
            if keys:
                self._add_column(heading, keys)
        if run.kind == ImportKind.DOSSIERS:
            self._add_questions(interpreted.asks_channel)
        self._names = {}  # name of an input → Unmatched
        asked = [*interpreted.unmatched, *_answered(choices)]
        for unmatched in sorted(asked, key=lambda each: -each.rows)[:MOST_NAMES]:
            self._names[_input_name(unmatched)] = unmatched
        self.is_asking_all = len(asked) <= MOST_NAMES
        self._add_names()

    def _add_column(self, heading, keys):
        name = f"column_{heading.letter}"
        self._headings[name] = heading
        self.fields[name] = forms.ChoiceField(
            label=f"Cột {heading.letter} dùng làm",
            required=False,
            initial=heading.key or "",
            choices=[("", "Bỏ qua"), *((key, KEY_LABELS[key]) for key in keys)],
        )

    def _add_questions(self, asks_channel):
        chosen = self._choices.default_channel
        if asks_channel or chosen:
            self.fields["default_channel"] = forms.TypedChoiceField(
                label="Hồ sơ không ghi cách nộp là hồ sơ nộp",
                required=False,
                coerce=lambda value: Channel(int(value)),
                empty_value=None,
                initial=chosen or "",
                choices=[("", "Chưa chọn"), *Channel.choices],
                help_text="Áp dụng cho mọi dòng không cho biết nộp trực tiếp hay trực tuyến.",
            )
        self.fields["as_of"] = forms.DateField(
            label="Số liệu tính đến ngày",
            required=False,
            initial=self._choices.as_of or self._run.period.head.as_of,
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            help_text="Ngày xuất tệp từ hệ thống một cửa. Người dân thấy ngày này.",
        )

    def _add_names(self):
        if not self._names:
            return
        lists = {FIELD: _FieldList(), PROCEDURE: _ProcedureList()}
        for name, unmatched in self._names.items():
            answers = {PROCEDURE: self._choices.procedures, FIELD: self._choices.fields}
            self.fields[name] = forms.TypedChoiceField(
                label=unmatched.text,
                required=False,
                coerce=int,
                empty_value=None,
                initial=answers[unmatched.kind].get(unmatched.folded, ""),
                choices=lists[unmatched.kind].choices_for(unmatched),
            )

    def clean_as_of(self):
        as_of = self.cleaned_data["as_of"]
        if as_of and not self._run.period.starts_on <= as_of <= timezone.localdate():
            raise ValidationError(
                "Ngày này phải từ ngày đầu kỳ đến hôm nay. Hãy xem lại ngày xuất tệp."
            )
        return as_of

    def clean(self):
        said = super().clean()
        self.mapping = {}
        for name, heading in self._headings.items():
            key = said.get(name)
            if key in self.mapping:
                raise ValidationError(
                    f"Cột {self.mapping[key]} và cột {heading.letter} cùng được chọn làm "
                    f"“{KEY_LABELS[key]}”. Hãy giữ một cột, cột kia chọn “Bỏ qua”."
                )
            if key:
                self.mapping[key] = heading.letter
        self.choices = Choices(
            default_channel=said.get("default_channel"),
            as_of=said.get("as_of"),
            procedures=self._matches(PROCEDURE, self._choices.procedures),
            fields=self._matches(FIELD, self._choices.fields),
        )
        return said

    def _matches(self, kind, before):
        """Return {folded name: key}: what was answered before, as answered anew."""
        asked = {
            unmatched.folded: self.cleaned_data.get(name)
            for name, unmatched in self._names.items()
            if unmatched.kind == kind
        }
        return {name: key for name, key in (dict(before) | asked).items() if key}

    def columns(self):
        """Return each column of the file with its samples and, if one may choose, its input."""
        inputs = {heading.letter: name for name, heading in self._headings.items()}
        return [
            {
                "heading": heading,
                "samples": _samples(self._staged, heading),
                "is_private": heading.dropped == PRIVATE,
                "input": self[inputs[heading.letter]] if heading.letter in inputs else None,
            }
            for heading in self._staged.headings
        ]

    def questions(self):
        """Return the inputs for what the file does not say."""
        return [self[name] for name in ("default_channel", "as_of") if name in self.fields]

    def names(self):
        """Return pairs of a name that the catalogue lacks and its input."""
        return [(unmatched, self[name]) for name, unmatched in self._names.items()]


def _answered(choices):
    """Return the names that were answered before, so that an answer can be changed."""
    for kind, answers in ((PROCEDURE, choices.procedures), (FIELD, choices.fields)):
        yield from (Unmatched(kind, name, name, 0) for name in answers)


def _input_name(unmatched):
    digest = hashlib.sha256(f"{unmatched.kind} {unmatched.folded}".encode())
    return f"name_{digest.hexdigest()[:16]}"


def _samples(staged, heading):
    """Return the first cells of a column that was kept, as a person writes them."""
    cells = staged.columns.get(heading.key) or staged.candidates.get(heading.letter) or ()
    filled = (cell for cell in cells if cell not in (None, ""))
    return [_written(heading.key, cell) for cell in islice(filled, _SAMPLES)]


def _written(key, cell):
    if words := {"channel": Channel, "status": DossierStatus}.get(key):
        return words(cell).label
    return f"{cell:%d/%m/%Y}" if hasattr(cell, "strftime") else str(cell)


class _ProcedureList:
    """The procedures to choose from, by lĩnh vực, those that read alike first."""

    def __init__(self):
        found = Procedure.objects.select_related("field").only(
            "code", "name", "field__name"
        )
        procedures = list(found.order_by("field__order", "field__name", "name"))
        self._labels = {
            each.pk: f"{each.code} {each.name}"[:_LABEL_LENGTH] for each in procedures
        }
        self._folded = {folded(each.name): each.pk for each in procedures}
        self._groups = [
            (name, [(each.pk, self._labels[each.pk]) for each in members])
            for name, members in groupby(procedures, key=lambda each: each.field.name)
        ]

    def choices_for(self, unmatched):
        likely = [each.pk for each in unmatched.suggestions] or [
            self._folded[name]
            for name in difflib.get_close_matches(
                unmatched.folded, self._folded, _SUGGESTIONS, _LEAST_LIKENESS
            )
        ]
        first = [("Gần giống nhất", [(key, self._labels[key]) for key in likely])]
        return [("", "Chưa chọn"), *(first if likely else ()), *self._groups]


class _FieldList:
    """The lĩnh vực to choose from."""

    def __init__(self):
        self._choices = [(each.pk, each.name) for each in Field.objects.all()]

    def choices_for(self, unmatched):
        return [("", "Chưa chọn"), *self._choices]
