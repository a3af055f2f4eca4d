"""`<script type="application/ld+json">{% linked_data %}</script>` on the page of an article."""

from django import template

from articles.linked_data import article_graph
from portal.linked_data import script_json

register = template.Library()


class LinkedDataNode(template.Node):
    def render(self, context):
        graph = article_graph(
            article=context["article"],
            canonical=context["canonical"],
            image=context["share_image"],
            crumbs=context["addresses"],
            identity=context["site"].identity,
        )
        return script_json(graph)


@register.tag
def linked_data(parser, token):
    """Write what search engines are told about the article of the page."""
    return LinkedDataNode()
