"""Rows that stand below one another, in the lists and forms of the admin."""

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Case, IntegerField, Value, When

from portal.refusable_admin import RefusableAdmin

__all__ = ["TreeAdmin", "TreeChangeList", "offer_tree"]


class TreeChangeList(ChangeList):
    def get_ordering(self, request, queryset):
        return ["place"]


class TreeAdmin(RefusableAdmin):
    """Lists the rows as a tree: children below their parents, indented."""

    sortable_by = ()
    list_per_page = 500
    show_full_result_count = False

    def get_queryset(self, request):
        tree = self.model.objects.tree()

        def per_node(number_of):
            cases = [When(pk=node.pk, then=number_of[node.pk]) for node in tree]
            return Case(*cases, default=Value(len(cases)), output_field=IntegerField())

        return self.model.objects.annotate(
            place=per_node({node.pk: place for place, node in enumerate(tree)}),
            depth=per_node({node.pk: len(tree.ancestors(node.pk)) for node in tree}),
        )

    def get_changelist(self, request, **kwargs):
        return TreeChangeList

    @admin.display(description="tên")
    def name_in_tree(self, node):
        return f"{'— ' * node.depth}{node}"


def offer_tree(form, name, tree, *, without=None, only=None):
    """Let the field `name` offer the nodes in tree order, each with the way to it.

    The node `without` and all below it are not offered, and of the others only those whose
    keys are in `only` (None: all). A form for reading only has no fields.
    """
    if name not in form.fields:
        return
    left_out = set() if without is None else set(tree.branch(without))
    form.fields[name].choices = [
        ("", "---------"),
        *(
            (node.pk, " › ".join(map(str, tree.line(node.pk))))
            for node in tree
            if node.pk not in left_out and (only is None or node.pk in only)
        ),
    ]
