"""What changed from one edition of a text to another: its lines, its documents, its body."""

from dataclasses import dataclass

from articles import enclosures
from articles.comparison import Comparison, Kind, Run, compare, compare_lines
from articles.models import Edition

__all__ = ["EditionChanges", "LineChange", "between"]

_LINES = (
    "title",
    "lead",
    "cover_alt",
    "cover_credit",
    "author_name",
    "source",
    "updated_note",
)


@dataclass(frozen=True)
class LineChange:
    label: str
    runs: tuple[Run, ...]


@dataclass(frozen=True)
class EditionChanges:
    """`lines` has only those that differ; the body also what stayed."""

    lines: tuple[LineChange, ...]
    body: Comparison

    @property
    def has_changes(self) -> bool:
        return bool(self.lines) or self.body.has_changes


def between(old: Edition, new: Edition) -> EditionChanges:
    """Return how the text of `old` became that of `new`, which belongs to the same article."""
    lines = [
        LineChange(_label(name), compare_lines(getattr(old, name), getattr(new, name)))
        for name in _LINES
        if getattr(old, name) != getattr(new, name)
    ]
    for name, before, after in (
        ("cover", _cover(old), _cover(new)),
        ("attachments", enclosures.listed(old), enclosures.listed(new)),
    ):
        if before != after:
            lines.append(LineChange(_label(name), _replaced(before, after)))
    return EditionChanges(tuple(lines), compare(old.body, new.body))


def _label(name):
    return Edition._meta.get_field(name).verbose_name.capitalize()


def _cover(edition):
    return [edition.cover] if edition.cover else []


def _replaced(before, after):
    """Return what went, came and stayed of two lists of pictures or documents."""
    if set(before) == set(after):
        return (Run(Kind.SAME, "; ".join(map(str, after)), "đổi thứ tự"),)
    kinds = [(Kind.REMOVED, each) for each in before if each not in after]
    kinds += [(Kind.SAME if each in before else Kind.ADDED, each) for each in after]
    return tuple(Run(kind, str(each)) for kind, each in kinds)
