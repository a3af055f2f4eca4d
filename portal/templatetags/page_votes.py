from django import template

from portal.page_votes import signed_page

register = template.Library()


@register.inclusion_tag("includes/_page_vote.html")
def page_vote(*, kind, title, object_id=""):
    """Draw the question "Thông tin này có hữu ích?" for the page that the view marks so."""
    return {"signed_page": signed_page(kind=kind, title=title, object_id=object_id)}
