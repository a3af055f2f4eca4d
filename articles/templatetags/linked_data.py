"""`<script type="application/ld+json">{% linked_data %}</script>` on the page of an article."""

import json

from django import template

from articles.linked_data import article_graph

register = template.Library()

# Nothing of the data can end the script block or begin another; no markup survives.
_ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


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


def script_json(data):
    """Return JSON that can stand in a script block, whatever the texts in `data` hold."""
    return json.dumps(data, ensure_ascii=False).translate(_ESCAPES)
