"""Makes what reading a file hands on, without a file."""

from procedures.imports.staged import DOSSIERS, RESULTS, Heading, Staged

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def staged(rows, *, kind=DOSSIERS, problems=(), totals=None, keys=None):
    """Return a `Staged` whose columns are the keys of `rows`, from row 10 of "Trang 1"."""
    keys = keys or list(dict.fromkeys(key for row in rows for key in row))
    mapping = dict(zip(keys, _LETTERS, strict=False))
    return Staged(
        kind=kind,
        sheet="Trang 1",
        header_row=9,
        signature="0" * 64,
        headings=[Heading(letter, key, key) for key, letter in mapping.items()],
        mapping=mapping,
        columns={key: [row.get(key) for row in rows] for key in keys},
        candidates={},
        row_numbers=[10 + index for index in range(len(rows))],
        all_problems=list(problems),
        totals=totals,
    )


def staged_form(rows, **options):
    """Return the same for a Biểu II.06a."""
    return staged(rows, kind=RESULTS, **options)
