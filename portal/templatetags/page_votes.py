from django import template

from portal.page_votes import signed_page

register = template.Library()


@register.inclusion_tag("includes/_page_vote.html", takes_context=True)
def page_vote(context, *, kind, title, object_id=""):
    """Draw the question "Thông tin này có hữu ích?" for the page that the view marks so.

    A site that takes no changes any more does not ask.
    """
    if context["site"].identity.is_retired:
        return {}
    return {"signed_page": signed_page(kind=kind, title=title, object_id=object_id)}
