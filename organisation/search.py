"""Bodies and officers in the search of the site: by position, name and duties."""

from organisation.chart import chart
from portal.content_version import cached
from portal.title_search import Titled, source_of

__all__ = ["SOURCE"]


@cached
def _titled():
    found = chart()
    bodies = [
        Titled(
            key=f"body-{body.pk}",
            title=body.name,
            url=body.get_absolute_url(),
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
            also=(officer.name,),
            text=officer.responsibilities,
            label=body.name,
        )
        for body in found.tree
        for officer in found.officers(body)
    ]
    return [*bodies, *officers]


SOURCE = source_of(kind="to-chuc", label="Cơ quan, cán bộ", order=30, read=_titled)
