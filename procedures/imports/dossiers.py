"""What a list of dossiers means for a period: its figures, and the dossiers behind them."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from functools import cache

from django.utils import timezone

from procedures import counting
from procedures.counting import Contradiction, Facts, NotOfPeriod
from procedures.durations import bucket_between
from procedures.imports.interpreted import End, Interpreted, Record, Told, problem_at
from procedures.imports.matching import PROCEDURE, Names, Unmatched, split_code
from procedures.imports.staged import Level, Problem, folded
from procedures.models import DossierStatus, Field, Outcome, Procedure
from procedures.workflow import SheetRow

__all__ = ["interpret"]

# What a row says of its procedure, and the facts of its dossier.
_OF_PROCEDURE = ("procedure_code", "procedure_name", "field_name")
_OF_FACTS = Facts._fields
_RESOLVED = frozenset(
    {Outcome.RESOLVED_EARLY, Outcome.RESOLVED_ON_TIME, Outcome.RESOLVED_LATE}
)
_VALUE_LENGTH = 60  # characters of a name that a problem repeats


def interpret(staged, *, period, choices, today=None):
    """Return as `Interpreted` what the list says about `period`.

    All or nothing: as long as one row is wrong the result has blockers and may not be stored.
    `today` is the last day on which a dossier can have been finished.
    """
    reading = _Reading(staged, period, choices, today or timezone.localdate())
    # What each row lacks without a column is said once, of the column.
    if all(each.code != "column-missing" for each in staged.problems):
        reading.go_through()
    return reading.result()


@dataclass(eq=False)
class _Meaning:
    """What code, name and lĩnh vực of a row mean; `wrong` is the problem if they mean nothing.

    Of a lĩnh vực with totals only, the procedure may be unknown: nothing is stored of it.
    How often rows of this meaning come to which end is counted here.
    """

    field: Field | None = None
    procedure: Procedure | None = None
    wrong: str = ""
    key: str = ""
    name: str = ""  # by which a procedure is asked for and remembered, in full
    found: tuple = ()
    other_field: Field | None = None
    ends: Counter = dataclass_field(default_factory=Counter)

    def __post_init__(self):
        self.is_plain = not self.wrong and self.other_field is None
        self.is_stored = bool(self.field) and not self.field.totals_only


class _Reading:
    """Goes through the rows once, adding up.

    Of tens of thousands of rows many name the same procedure or have the same facts: what
    these mean is found out once, so that of most rows only the code is looked at.
    """

    def __init__(self, staged, period, choices, today):
        self._staged = staged
        self._period = period
        self._choices = choices
        self._today = today
        self._names = Names(choices)
        self._end = cache(End)
        self._meanings = self._each(self._find_meaning, _OF_PROCEDURE)
        self._told = self._each(self._tell, _OF_FACTS)
        self._seen = {}  # dossier code → index of its first row
        self._not_counted = Counter()
        self._records = []
        self._problems = list(staged.problems)
        self._repeated = {}  # (code, what is meant) → first index, key, level, text, params
        self._repetitions = Counter()

    def _each(self, find, keys):
        """Return for each row what `find` makes of its cells; equal cells give one object."""
        return list(map(cache(find), *map(self._column, keys)))

    def _column(self, key):
        return self._staged.columns.get(key) or [None] * self._staged.rows_read

    def go_through(self):
        """Count each row, or name what is wrong with it."""
        unread, seen, records = self._unread(), self._seen, self._records
        rows = zip(self._column("code"), self._meanings, self._told, strict=True)
        for index, (code, meaning, told) in enumerate(rows):
            if index in unread:
                continue
            is_plain = code and meaning.is_plain and told.is_usable
            if not is_plain and not self._is_usable(index, code, meaning, told):
                continue
            first = seen.setdefault(code.upper(), index)
            if first != index:
                self._note_duplicate(index, first, code)
                continue
            told.rows += 1
            if told.end is None:
                self._leave_out(index, told)
                continue
            meaning.ends[told.end] += 1
            if meaning.is_stored:
                procedure = meaning.procedure
                records.append(Record(code, procedure.id, procedure.field_id, told))

    def _unread(self):
        """Return the indexes of rows that reading the file found wrong already.

        Of a column with very many bad cells it names only some; the others are blank as well.
        """
        wrong = {each.row for each in self._staged.problems if each.level == Level.BLOCKER}
        cut = {
            each.column for each in self._staged.problems if each.code == "more-problems"
        }
        unread = {
            index
            for index, row in enumerate(self._staged.row_numbers if wrong else ())
            if row in wrong
        }
        for key, letter in self._staged.mapping.items():
            if letter in cut:
                cells = enumerate(self._column(key))
                unread |= {index for index, cell in cells if cell is None}
        return unread

    def _is_usable(self, index, code, meaning, told):
        """Tell whether a row says what counting needs; name what is wrong or odd with it."""
        if code is None:  # in a column that the clerk chose; reading names those of its own
            self._complain("code-missing", index, "code")
            return False
        facts = told.facts
        if facts.received_on is None:
            self._complain("received-missing", index, "received_on")
            return False
        if meaning.wrong:
            text = meaning.name[:_VALUE_LENGTH]
            self._repeat(meaning.wrong, index, meaning.key, meaning, text=text)
            return False
        if meaning.other_field:
            self._note_other_field(index, meaning)
        if facts.channel is None:
            self._repeat("channel-missing", index, "channel")
        elif not told.is_usable:
            day = facts.finished_on
            self._complain("finished-in-future", index, "finished_on", day)
        return told.is_usable

    def _tell(self, received_on, due_on, finished_on, status, channel):
        facts = Facts(
            *(received_on, due_on, finished_on),
            counting.status_or_usual(status, finished_on),
            channel or self._choices.default_channel,
        )
        is_future = finished_on is not None and finished_on > self._today
        told = Told(facts, bool(received_on and facts.channel and not is_future))
        if not told.is_usable:
            return told
        try:
            place = counting.place(facts, self._period.starts_on, self._period.ends_on)
        except Contradiction as contradiction:
            told.conflict = contradiction.code, contradiction.key
            return told
        if isinstance(place, NotOfPeriod):
            told.left_out = place
            return told
        is_resolved = place.outcome in _RESOLVED
        bucket = bucket_between(received_on, finished_on) if is_resolved else None
        told.end = self._end(place, bucket)
        return told

    def _leave_out(self, index, told):
        """Say why a dossier does not count; one of the period can only contradict itself."""
        if told.conflict:
            (code, key), level = told.conflict, Level.BLOCKER
        else:
            self._not_counted[told.left_out] += 1
            if told.left_out == NotOfPeriod.NOT_ACCEPTED:
                return
            is_later = told.left_out == NotOfPeriod.RECEIVED_LATER
            key = "received_on" if is_later else "finished_on"
            code, level = told.left_out, Level.WARNING
        value = getattr(told.facts, key)
        if key == "status":
            value = DossierStatus(value).label
        self._complain(code, index, key, value, level=level)

    def _note_duplicate(self, index, first, code):
        is_same = self._said(first) == self._said(index)
        self._complain(
            "duplicate-same" if is_same else "duplicate-differs",
            index,
            "code",
            code,
            level=Level.WARNING if is_same else Level.BLOCKER,
            first=self._staged.row_numbers[first],
        )

    def _said(self, index):
        """Return what a row says of its dossier, in whichever words."""
        meaning = self._meanings[index]
        return meaning.field, meaning.procedure, self._told[index].facts

    def _find_meaning(self, code, name, field_name):
        code, name = split_code(code, name)
        key = "procedure_name" if name else "procedure_code"
        field = self._names.field(field_name)
        found = tuple(self._names.procedures(code, name))
        if len(found) == 1:
            differs = field is not None and field.pk != found[0].field_id
            return _Meaning(
                found[0].field, found[0], other_field=field if differs else None
            )
        if not found and field and field.totals_only:
            return _Meaning(field)
        if not (name or code):
            wrong = "procedure-missing"
        elif not found:
            wrong = "procedure-unknown"
        elif code and name:
            wrong = "code-and-name-differ"
        else:
            wrong = "procedure-ambiguous"
        return _Meaning(wrong=wrong, key=key, name=name or code or "", found=found)

    def _note_other_field(self, index, meaning):
        # A list that takes a dossier for a private one is not overruled unasked.
        is_private = meaning.other_field.totals_only and not meaning.field.totals_only
        self._repeat(
            "field-differs-private" if is_private else "field-differs",
            index,
            "field_name",
            meaning,
            text=self._column("field_name")[index][:_VALUE_LENGTH],
            level=Level.BLOCKER if is_private else Level.WARNING,
            procedure=meaning.procedure.code,
            field=meaning.field.name,
        )

    def _complain(self, code, index, key, value="", *, level=Level.BLOCKER, **params):
        value = f"{value:%d/%m/%Y}" if key.endswith("_on") and value else value or ""
        self._problems.append(
            problem_at(self._staged, code, index, key, level=level, value=value, **params)
        )

    def _repeat(
        self, code, index, key, meant=None, *, text="", level=Level.BLOCKER, **params
    ):
        """Name once what many rows have in common, at the first of them."""
        which = (code, meant)
        self._repetitions[which] += 1
        self._repeated.setdefault(which, (index, key, level, text, params))

    def result(self):
        """Return what all rows together mean."""
        unmatched = []
        for which, (index, key, level, text, params) in self._repeated.items():
            code, meant = which
            rows = self._repetitions[which]
            self._complain(code, index, key, text, level=level, rows=rows, **params)
            if code in ("procedure-unknown", "procedure-ambiguous"):
                unmatched.append(
                    Unmatched(PROCEDURE, folded(meant.name), meant.name, rows, meant.found)
                )
        self._refuse_nothing()
        of_fields, of_procedures = defaultdict(Counter), defaultdict(Counter)
        times = defaultdict(Counter)
        for meaning in dict.fromkeys(self._meanings):
            for end, rows in meaning.ends.items():
                of_fields[meaning.field][end.place] += rows
                if end.bucket is not None:
                    times[meaning.field.pk][end.bucket] += rows
                if meaning.is_stored:
                    of_procedures[meaning.procedure][end.place] += rows
        by_status = Counter()
        for told in set(self._told):
            if told.rows:
                by_status[told.facts.status] += told.rows
        return Interpreted(
            staged=self._staged,
            rows=[
                SheetRow(each, counting.figures(of_fields[each]))
                for each in sorted(of_fields, key=lambda each: (each.order, each.name))
            ],
            procedure_rows=[
                (procedure, counting.figures(places))
                for procedure, places in of_procedures.items()
            ],
            times=times,
            records=self._records,
            problems=self._problems,
            unmatched=unmatched,
            asks_channel=any(code == "channel-missing" for code, _ in self._repeated),
            by_status=by_status,
            not_counted=self._not_counted,
        )

    def _refuse_nothing(self):
        """Take a list without any dossier of the period for the wrong file or period.

        Storing it would empty the sheet. That nothing came is said on the sheet itself.
        """
        if any(each.ends for each in self._meanings):
            return
        if any(each.level == Level.BLOCKER for each in self._problems):
            return
        self._problems.append(
            Problem("none-of-period", level=Level.BLOCKER, sheet=self._staged.sheet)
        )
