"""`{% share %}`: ways to pass on the page at hand, which its view need not name again."""

from django import template

register = template.Library()


@register.inclusion_tag("includes/_share.html", takes_context=True)
def share(context, *, article=None, has_print=False):
    """Draw the ways to pass a page on under its canonical address; nothing without one.

    The page is called as its view calls it, or as the last step of the way to it. With
    `article`, also what is made of that one for the village; `has_print`: the page has a
    button to print already.
    """
    url = context.get("canonical") or (context.get("links") or {}).get("canonical")
    if not url:
        return {}
    title = context.get("title")
    if not title and (crumbs := context.get("crumbs")):
        title = crumbs[-1][0]
    return {
        "url": url,
        "title": title or context["site"].identity.full_name,
        "article": article,
        "has_print": has_print,
    }
