"""What a writer is shown when somebody else saved first: both texts, and two ways on.

Nothing is lost and nothing is decided for anybody: the form still holds what was typed, the
other edition stands beside it, word by word and whole. The writer either makes its own text
the newest edition (the other stays in the history), or goes on from the other one.
"""

from dataclasses import dataclass

from articles.comparison import compare, compare_lines
from articles.edition_changes import EditionChanges, LineChange
from articles.models import Edition
from articles.workflow import Stale
from portal.richtext import clean
from portal.text import clean_line

__all__ = ["StaleSave", "StaleSaveMixin"]

_LINES = (
    *("title", "lead", "cover_alt", "cover_credit"),
    *("author_name", "source", "updated_note"),
)


@dataclass(frozen=True)
class StaleSave:
    """The edition that was saved first, and how the refused text differs from it.

    `lines` has its fields of one line by label, `values` all its texts by field name, in
    the shape that static/editor/autosave.js writes into a form.
    """

    edition: Edition
    changes: EditionChanges
    lines: dict[str, str]
    values: dict[str, list[str]]

    @classmethod
    def of(cls, edition, form):
        """Return what the bound `form`, whose text was refused, is to be shown beside."""
        labels = {name: form[name].label for name in _LINES if name in form.fields}
        theirs = {name: getattr(edition, name) for name in labels}
        mine = {name: clean_line(form[name].value() or "") for name in labels}
        lines = (
            LineChange(labels[name], compare_lines(theirs[name], mine[name]))
            for name in labels
            if theirs[name] != mine[name]
        )
        body = compare(edition.body, clean(form["body"].value() or ""))
        return cls(
            edition=edition,
            changes=EditionChanges(tuple(lines), body),
            lines={labels[name]: text for name, text in theirs.items() if text},
            values={name: [text] for name, text in theirs.items()}
            | {"body": [edition.body]},
        )


class StaleSaveMixin:
    """For the admin of a text, which notes on the request what the workflow refused."""

    def render_change_form(self, request, context, *args, **kwargs):
        refusal = getattr(request, "refusal", None)
        if isinstance(refusal, Stale):
            context["stale"] = StaleSave.of(refusal.edition, context["adminform"].form)
        return super().render_change_form(request, context, *args, **kwargs)
