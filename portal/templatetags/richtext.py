"""`{% load richtext %}{{ article.body|richtext }}`: stored rich text as HTML."""

from django import template

from portal.richtext import render

register = template.Library()


@register.filter
def richtext(value):
    return render(value or "")
