"""The organisation chart as readers see it: shown bodies below one another, with their officers.

A few dozen rows, read whole and kept under the content version, so that the pages and the
search cost the database nothing.
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from organisation.models import Body, Officer
from portal.content_version import cached

__all__ = ["Chart", "Group", "Node", "chart"]


@dataclass(frozen=True)
class Node:
    """A body in the chart with its head officer and what lies below it."""

    body: Body
    head: Officer | None
    groups: tuple["Group", ...]


@dataclass(frozen=True)
class Group:
    """Bodies below the same one that belong to the same khối."""

    kind: str
    nodes: tuple[Node, ...]


class Chart:
    """The public bodies as a `Tree`, and the officers of each in the order of the staff."""

    def __init__(self, tree, officers):
        self.tree = tree
        self._officers = defaultdict(list)
        self._named = {body.slug: body for body in tree}
        for officer in officers:
            if body := tree.get(officer.body_id):
                officer.body = body
                self._officers[body.pk].append(officer)

    def named(self, slug):
        """Return the body with this name in addresses, or None."""
        return self._named.get(slug)

    def officers(self, body):
        """Return the officers of a body, who leads it first."""
        return self._officers.get(body.pk, [])

    def head(self, body):
        """Return who leads a body: the first of its officers, or None."""
        return next(iter(self.officers(body)), None)

    @cached_property
    def roots(self):
        """Return the bodies at the head of the chart, each with all below it."""
        return tuple(map(self._node, self.tree.roots))

    def groups(self, body):
        """Return what lies directly below a body, each khối together, in the staff's order."""
        below = self.tree.children(body.pk)
        by_kind = {each.kind: [] for each in below}
        for each in below:
            by_kind[each.kind].append(each)
        return tuple(
            Group(bodies[0].kind_name, tuple(map(self._node, bodies)))
            for bodies in by_kind.values()
        )

    def _node(self, body):
        return Node(body, self.head(body), self.groups(body))


@cached
def chart():
    """Return the `Chart` as it is now; two queries once a content version."""
    return Chart(
        Body.objects.shown().tree(), Officer.objects.shown().select_related("photo")
    )
