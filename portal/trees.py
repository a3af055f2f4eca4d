"""Trees of a few dozen rows (categories, pages, bodies) that are read whole, in one query."""

from collections import defaultdict

from django.db import models

__all__ = ["Tree", "TreeQuerySet", "is_below_itself", "locked_tree"]


class Tree:
    """The nodes of one table, each with `pk` and `parent_id`, given in sibling order.

    Everything is reached from the roots downwards, so rows that are each other's
    ancestors (which the workflow refuses) are left out instead of looping for ever.
    """

    def __init__(self, nodes):
        self._children = defaultdict(list)
        for node in nodes:
            self._children[node.parent_id].append(node)
        self._ancestors = {}  # primary key -> the nodes above; in the order of a walk
        self._nodes = {}
        self._visit(self.roots, ())

    def _visit(self, siblings, ancestors):
        for node in siblings:
            self._ancestors[node.pk] = ancestors
            self._nodes[node.pk] = node
            self._visit(self.children(node.pk), (*ancestors, node))

    def __iter__(self):
        """Yield every node, parents before their children."""
        return iter(self._nodes.values())

    def get(self, pk):
        """Return the node with this key, or None."""
        return self._nodes.get(pk)

    @property
    def roots(self):
        return self.children(None)

    def children(self, pk):
        return self._children.get(pk, [])

    def ancestors(self, pk):
        """Return the nodes above, the root first; none for an unknown key."""
        return self._ancestors.get(pk, ())

    def line(self, pk):
        """Return the node with this key behind its ancestors, the root first."""
        node = self.get(pk)
        return () if node is None else (*self.ancestors(pk), node)

    def branch(self, pk):
        """Return the keys of the node and of everything below it."""
        keys = [pk]
        for child in self.children(pk):
            keys.extend(self.branch(child.pk))
        return keys


class TreeQuerySet(models.QuerySet):
    def tree(self):
        """Return all these rows as a `Tree`; one query.

        Of shown rows only, it leaves out what lies below a hidden one.
        """
        return Tree(self)


def locked_tree(model):
    """Return the whole tree, locked, so that two moves at once cannot close a circle."""
    list(model.objects.select_for_update().order_by("pk"))
    return model.objects.tree()


def is_below_itself(node, tree):
    """Tell whether the parent that `node` is to have lies in its own branch of `tree`."""
    return node.pk is not None and node.parent_id in tree.branch(node.pk)
