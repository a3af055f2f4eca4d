"""What a file of Biểu II.06a means for a period: one row of figures a lĩnh vực.

Eight figures are taken; the three derived ones and the totals row only check them. A form
whose sums do not hold is refused with the numbers, never put right here.
"""

from procedures.figures import COLUMNS, STORED, Figures
from procedures.imports.interpreted import Interpreted, problem_at
from procedures.imports.matching import FIELD, Names, Unmatched
from procedures.imports.staged import Level, Problem, folded
from procedures.workflow import SheetRow

__all__ = ["interpret"]

# Which columns each derived one adds up, as the sentences about it say it.
_SUMS = {"received": "4 + 5 + 6", "resolved": "8 + 9 + 10", "pending": "12 + 13"}
_NUMBERS = {column.key: column.number for column in COLUMNS}


def interpret(staged, *, period, choices):
    """Return as `Interpreted` what the form says.

    All or nothing: as long as one sum is broken or one lĩnh vực unknown the result has
    blockers and may not be stored. A figure left blank is 0.
    """
    del period  # a form is about the period that its title names, which reading compares
    names = Names(choices)
    problems = list(staged.problems)
    wrong = {each.row for each in problems if each.level == Level.BLOCKER}
    unmatched, figures, first_rows = [], {}, {}
    for index, name in enumerate(staged.columns.get("field_name", ())):
        row = staged.row_numbers[index]
        if row in wrong:
            continue
        if name is None:  # in a column that the clerk chose; reading names those of its own
            problems.append(problem_at(staged, "field-missing", index, "field_name"))
            continue
        said = _figures_at(staged, index)
        taken = Figures(**{key: said.get(key, 0) for key in STORED})
        problems += _broken_sums(staged, index, said, taken)
        field = names.field(name)
        if field is None:
            problems.append(
                problem_at(staged, "field-unknown", index, "field_name", value=name, rows=1)
            )
            unmatched.append(Unmatched(FIELD, folded(name), name, 1))
        elif field in figures:
            problems.append(
                problem_at(
                    staged,
                    "field-twice",
                    index,
                    "field_name",
                    value=name,
                    first=first_rows[field],
                )
            )
        else:
            figures[field], first_rows[field] = taken, row
    if not wrong and not unmatched:
        problems += _broken_totals(staged, Figures.total(figures.values()))
    fields = sorted(figures, key=lambda each: (each.order, each.name))
    return Interpreted(
        staged=staged,
        rows=[SheetRow(each, figures[each]) for each in fields],
        problems=problems,
        unmatched=unmatched,
    )


def _figures_at(staged, index):
    return {
        column.key: staged.columns[column.key][index] or 0
        for column in COLUMNS
        if column.key in staged.columns
    }


def _broken_sums(staged, index, said, taken):
    for key, parts in _SUMS.items():
        if key in said and said[key] != getattr(taken, key):
            yield problem_at(
                staged,
                "sum-broken",
                index,
                key,
                value=said[key],
                column=_NUMBERS[key],
                parts=parts,
                sum=getattr(taken, key),
            )
    if not taken.is_balanced:
        yield problem_at(
            staged,
            "not-balanced",
            index,
            "received",
            value=taken.received,
            sum=taken.resolved + taken.pending,
            resolved=taken.resolved,
            pending=taken.pending,
        )


def _broken_totals(staged, total):
    for column in COLUMNS:
        said = (staged.totals or {}).get(column.key)
        if said is not None and said != getattr(total, column.key):
            yield Problem(
                code="total-differs",
                level=Level.BLOCKER,
                sheet=staged.sheet,
                column=staged.mapping.get(column.key, ""),
                heading=column.full_label,
                value=str(said),
                params={"column": column.number, "sum": getattr(total, column.key)},
            )
