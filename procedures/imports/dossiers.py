"""What a list of dossiers means for a period: its figures, and the dossiers behind them."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from dataclasses import field as dataclass_field

from django.utils import timezone

from procedures import counting
from procedures.counting import Contradiction, Facts, NotOfPeriod
from procedures.durations import bucket_between
from procedures.imports.interpreted import Interpreted, Record, problem_at
from procedures.imports.matching import PROCEDURE, Names, Unmatched, split_code
from procedures.imports.staged import Level, Problem, folded
from procedures.models import DossierStatus, Field, Outcome, Procedure
from procedures.workflow import SheetRow

__all__ = ["interpret"]

_KEYS = (
    "code",
    "procedure_code",
    "procedure_name",
    "field_name",
    "channel",
    "received_on",
    "due_on",
    "finished_on",
    "status",
)
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
    if any(each.code == "column-missing" for each in staged.problems):
        return reading.result()  # what each row lacks is said once, of the column
    blank = [None] * staged.rows_read
    columns = [staged.columns.get(key, blank) for key in _KEYS]
    # What is wrong in the file already is not complained about again. Of a column with very
    # many bad cells reading names only some; the others are blank like those.
    wrong = {each.row for each in staged.problems if each.level == Level.BLOCKER}
    cut = {each.column for each in staged.problems if each.code == "more-problems"}
    unnamed = [n for n, key in enumerate(_KEYS) if staged.mapping.get(key) in cut]
    for index, cells in enumerate(zip(*columns, strict=True)):
        if staged.row_numbers[index] in wrong:
            continue
        if unnamed and any(cells[each] is None for each in unnamed):
            continue
        reading.take(index, *cells)
    return reading.result()


@dataclass(eq=False)
class _Meaning:
    """What code, name and lĩnh vực of a row mean; `wrong` is the problem if they mean nothing.

    Of a lĩnh vực with totals only, the procedure may be unknown: nothing is stored of it.
    What rows of this meaning add up to is counted here.
    """

    field: Field | None = None
    procedure: Procedure | None = None
    wrong: str = ""
    key: str = ""
    name: str = ""  # by which a procedure is asked for and remembered, in full
    found: tuple = ()
    other_field: Field | None = None
    places: Counter = dataclass_field(default_factory=Counter)
    times: Counter = dataclass_field(default_factory=Counter)


class _Reading:
    """Goes through the rows once, adding up."""

    def __init__(self, staged, period, choices, today):
        self._staged = staged
        self._period = period
        self._choices = choices
        self._today = today
        self._names = Names(choices)
        self._meanings = {}  # (code, name, lĩnh vực) as written → _Meaning
        self._seen = {}  # dossier code → what its first row said, and where
        self._by_status = Counter()
        self._not_counted = Counter()
        self._records = []
        self._problems = list(staged.problems)
        self._repeated = {}  # (code, what is meant) → first index, key, level, text, params
        self._repetitions = Counter()

    def take(
        self,
        index,
        code,
        procedure_code,
        procedure_name,
        field_name,
        channel,
        received_on,
        due_on,
        finished_on,
        status,
    ):
        """Count one row, or name what is wrong with it."""
        if code is None:  # in a column that the clerk chose; reading names those of its own
            self._complain("code-missing", index, "code")
            return
        if received_on is None:
            self._complain("received-missing", index, "received_on")
            return
        meaning = self._meaning(procedure_code, procedure_name, field_name)
        if meaning.wrong:
            text = meaning.name[:_VALUE_LENGTH]
            self._repeat(meaning.wrong, index, meaning.key, meaning, text=text)
            return
        if meaning.other_field:
            self._note_other_field(index, meaning, field_name)
        channel = channel or self._choices.default_channel
        if channel is None:
            self._repeat("channel-missing", index, "channel")
            return
        if finished_on and finished_on > self._today:
            self._complain("finished-in-future", index, "finished_on", finished_on)
            return
        status = counting.status_or_usual(status, finished_on)
        facts = Facts(received_on, due_on, finished_on, status, channel)
        if not self._is_new(index, code, (meaning, facts)):
            return
        self._by_status[status] += 1
        try:
            place = counting.place(facts, self._period.starts_on, self._period.ends_on)
        except Contradiction as contradiction:
            key = contradiction.key
            value = DossierStatus(status).label if key == "status" else getattr(facts, key)
            self._complain(contradiction.code, index, key, value)
            return
        if isinstance(place, NotOfPeriod):
            self._leave_out(place, index, facts)
        else:
            self._count(code, meaning, facts, place)

    def _count(self, code, meaning, facts, place):
        meaning.places[place] += 1
        if place.outcome in _RESOLVED:
            meaning.times[bucket_between(facts.received_on, facts.finished_on)] += 1
        if meaning.field.totals_only:
            return
        # In the order of its columns: keywords would cost a list a tenth of its time.
        self._records.append(
            Record(
                code,
                meaning.procedure.id,
                meaning.procedure.field_id,
                facts.channel,
                facts.received_on,
                facts.due_on,
                facts.finished_on,
                facts.status,
                place.outcome,
                place.received == "carried_over",
            )
        )

    def _leave_out(self, reason, index, facts):
        self._not_counted[reason] += 1
        if reason != NotOfPeriod.NOT_ACCEPTED:
            key = "received_on" if reason == NotOfPeriod.RECEIVED_LATER else "finished_on"
            self._complain(reason, index, key, getattr(facts, key), level=Level.WARNING)

    def _is_new(self, index, code, said):
        first = self._seen.setdefault(code.upper(), (said, index))
        if first[1] == index:
            return True
        is_same = _same(first[0], said)
        self._complain(
            "duplicate-same" if is_same else "duplicate-differs",
            index,
            "code",
            code,
            level=Level.WARNING if is_same else Level.BLOCKER,
            first=self._staged.row_numbers[first[1]],
        )
        return False

    def _meaning(self, *written):
        meaning = self._meanings.get(written)
        if meaning is None:
            meaning = self._meanings[written] = self._find_meaning(*written)
        return meaning

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

    def _note_other_field(self, index, meaning, written):
        # A list that takes a dossier for a private one is not overruled unasked.
        is_private = meaning.other_field.totals_only and not meaning.field.totals_only
        self._repeat(
            "field-differs-private" if is_private else "field-differs",
            index,
            "field_name",
            meaning,
            text=written[:_VALUE_LENGTH],
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
        for each in self._meanings.values():
            if each.places:
                of_fields[each.field] += each.places
                times[each.field.pk] += each.times
                if not each.field.totals_only:
                    of_procedures[each.procedure] += each.places
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
            by_status=self._by_status,
            not_counted=self._not_counted,
        )

    def _refuse_nothing(self):
        """Take a list without any dossier of the period for the wrong file or period.

        Storing it would empty the sheet. That nothing came is said on the sheet itself.
        """
        if any(each.places for each in self._meanings.values()):
            return
        if any(each.level == Level.BLOCKER for each in self._problems):
            return
        self._problems.append(
            Problem("none-of-period", level=Level.BLOCKER, sheet=self._staged.sheet)
        )


def _same(one, other):
    """Whether two rows say the same of a dossier, though perhaps in other words."""
    return (one[0].field, one[0].procedure, one[1]) == (
        other[0].field,
        other[0].procedure,
        other[1],
    )
