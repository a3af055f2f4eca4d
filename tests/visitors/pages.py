"""Reads pages of HTML as trees, the way a reader's browser has them."""

from html.parser import HTMLParser
from xml.etree.ElementTree import TreeBuilder

_VOID = {"br", "col", "hr", "img", "input", "link", "meta", "source", "use"}


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.builder, self.open = TreeBuilder(), []

    def handle_starttag(self, tag, attributes):
        self.builder.start(tag, {name: value or "" for name, value in attributes})
        self.open.append(tag)
        if tag in _VOID:
            self.handle_endtag(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        self.handle_endtag(tag)

    def handle_endtag(self, tag):
        if tag in self.open:
            while self.open.pop() != tag:
                self.builder.end(tag)
            self.builder.end(tag)

    def handle_data(self, data):
        if self.open:
            self.builder.data(data)


def tree(response):
    """Return the root of the page that `response` answers with; it has to be a page."""
    assert response.status_code == 200
    reader = _Reader()
    reader.feed(response.content.decode())
    return reader.builder.close()


def words(node):
    """Return the text of a node and all below it, with single spaces."""
    return " ".join("".join(node.itertext()).split())


def of_class(node, name, tag="*"):
    """Return what below `node` has the class `name`."""
    return [
        each for each in node.iterfind(f".//{tag}") if name in each.get("class", "").split()
    ]
