"""Parts of a page that are the same for many requests are drawn once per content version."""

from collections.abc import Hashable

from django import template
from django.template.base import token_kwargs
from django.template.loader_tags import BlockNode

from portal.content_version import Memory

register = template.Library()

_DRAWINGS = 100  # per fragment, for its different keys


class FragmentNode(template.Node):
    def __init__(self, nodelist, variables):
        self.nodelist = nodelist
        self._variables = variables
        self._memory = Memory(size=_DRAWINGS)

    def render(self, context):
        site = context.get("site")
        values = {
            name: variable.resolve(context) for name, variable in self._variables.items()
        }

        def draw():
            return self.nodelist.render(context.new({"site": site, **values}))

        if not isinstance(site, Hashable):  # no site of the context processor's
            return draw()
        return self._memory.get((site, *values.values()), draw)


@register.tag
def fragment(parser, token):
    """Draw what stands inside once for all requests that have the same site and values.

    `{% fragment marks=site.menu|marks:request.path %}…{% endfragment %}`. Inside, nothing
    is known but `site` and the values named in the tag, so that nothing else of a request
    can be drawn for another. The values must be hashable.
    """
    name, *words = token.split_contents()
    variables = token_kwargs(words, parser)
    if words:
        raise template.TemplateSyntaxError(f"{name} takes only name=value, not {words[0]}.")
    nodelist = parser.parse(["endfragment"])
    parser.delete_first_token()
    if nodelist.get_nodes_by_type(BlockNode):
        raise template.TemplateSyntaxError(
            f"{name}: pages fill blocks differently, so no block may stand inside."
        )
    return FragmentNode(nodelist, variables)
