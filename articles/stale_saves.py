"""What a writer is shown when somebody else saved first: both texts, and two ways on.

Nothing is lost and nothing is decided for anybody: the form still holds what was typed, the
other edition stands beside it, word by word and whole. The writer either takes over what is
missing and saves on top of that edition (it stays in the history), or goes on with its text.
"""

from dataclasses import dataclass

from articles.comparison import Comparison, Run, compare, compare_lines
from articles.models import Edition
from articles.workflow import Stale
from portal.richtext import clean
from portal.text import clean_line

__all__ = ["StaleSave", "StaleSaveMixin"]

_LINES = (
    *("title", "lead", "cover_alt", "cover_credit"),
    *("author_name", "source", "updated_note"),
)


@dataclass(frozen=True, slots=True)
class DifferentLine:
    """A field of one line: its label, what they saved, and how mine came to differ."""

    label: str
    theirs: str
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class StaleSave:
    """The edition that was saved first, and how the refused text differs from it."""

    edition: Edition
    lines: list[DifferentLine]
    body: Comparison
    values: dict[str, list[str]]  # their texts by field name, for static/editor/autosave.js

    @classmethod
    def of(cls, edition, form):
        """Return what the bound `form`, whose text was refused, is to be shown beside."""
        names = [name for name in _LINES if name in form.fields]
        theirs = {name: getattr(edition, name) for name in names}
        mine = {name: clean_line(form[name].value() or "") for name in names}
        return cls(
            edition=edition,
            lines=[
                DifferentLine(
                    label=form[name].label,
                    theirs=theirs[name],
                    runs=compare_lines(theirs[name], mine[name]),
                )
                for name in names
                if theirs[name] != mine[name]
            ],
            body=compare(edition.body, clean(form["body"].value() or "")),
            values={
                name: [text] for name, text in (theirs | {"body": edition.body}).items()
            },
        )


class StaleSaveMixin:
    """For the admin of articles or pages, which notes on the request what was refused."""

    def render_change_form(self, request, context, *args, **kwargs):
        refusal = getattr(request, "refusal", None)
        if isinstance(refusal, Stale):
            context["stale"] = StaleSave.of(refusal.edition, context["adminform"].form)
        return super().render_change_form(request, context, *args, **kwargs)
