from types import SimpleNamespace

from portal.trees import Tree


def node(pk, parent=None):
    return SimpleNamespace(pk=pk, parent_id=parent)


def keys(nodes):
    return [node.pk for node in nodes]


FAMILY = [node(2, 1), node(1), node(3, 1), node(4, 2), node(5)]


def test_a_walk_visits_parents_before_their_children():
    assert keys(Tree(FAMILY)) == [1, 2, 4, 3, 5]


def test_a_line_leads_from_the_root_to_the_node():
    assert keys(Tree(FAMILY).line(4)) == [1, 2, 4]


def test_a_branch_holds_the_node_and_all_below_it():
    assert Tree(FAMILY).branch(1) == [1, 2, 4, 3]


def test_rows_that_are_each_others_ancestors_are_left_out():
    tree = Tree([node(1), node(2, 3), node(3, 2)])
    assert keys(tree) == [1]
    assert keys(tree.line(2)) == []


def test_an_unknown_key_has_neither_line_nor_children():
    tree = Tree(FAMILY)
    assert (tree.get(99), tree.line(99), tree.children(99)) == (None, (), [])
