"""`<script type="application/ld+json">{% structured_data graph %}</script>`."""

from django import template

from portal.linked_data import script_json

register = template.Library()


class StructuredDataNode(template.Node):
    def __init__(self, data):
        self.data = data

    def render(self, context):
        return script_json(self.data.resolve(context))


@register.tag
def structured_data(parser, token):
    """Write what search engines are told, so that no text in it can end the script."""
    _, data = token.split_contents()
    return StructuredDataNode(parser.compile_filter(data))
