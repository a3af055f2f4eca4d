"""Bodies and officers in the search of the site: by position, name and duties."""

from organisation.chart import chart
from portal.content_version import cached
from portal.text import fold
from portal.title_search import Titled, source_of

__all__ = ["SOURCE"]

# What everybody writes for the long names, as `fold` has these.
_SHORT = {
    "uy ban nhan dan": "ubnd",
    "hoi dong nhan dan": "hđnd",
    "mat tran to quoc": "mttq",
}


@cached
def _titled():
    found = chart()
    bodies = [
        Titled(
            key=f"body-{body.pk}",
            title=body.name,
            url=body.get_absolute_url(),
            also=_shortened(body.name),
            text=". ".join(body.duty_list),
            label=body.kind_name,
        )
        for body in found.tree
    ]
    officers = [
        Titled(
            key=f"officer-{officer.pk}",
            title=str(officer),
            url=officer.get_absolute_url(),
            also=(officer.name, officer.position, *_shortened(officer.position)),
            text=officer.responsibilities,
            label=body.name,
        )
        for body in found.tree
        for officer in found.officers(body)
    ]
    return [*bodies, *officers]


def _shortened(name):
    """Return `name` with the usual abbreviations ("chu tich ubnd"), if there are any for it."""
    short = whole = fold(name)
    for words, letters in _SHORT.items():
        short = short.replace(words, letters)
    return () if short == whole else (short,)


SOURCE = source_of(kind="to-chuc", label="Cơ quan, cán bộ", order=30, read=_titled)
