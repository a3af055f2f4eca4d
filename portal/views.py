"""The site's own pages: home and contact, and what shows that it lives."""

from django.conf import settings
from django.contrib.admin.views.decorators import staff_member_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from articles.models import Article, category_tree
from portal.content_version import cached
from portal.pages import mark
from procedures.models import Period

LEADS = 4  # one large article and three beside it
SECTION_LENGTH = 4
NOTICES = 5


@require_safe
def healthz(request):
    """Answer as long as this process can serve pages; asks the database nothing."""
    return HttpResponse("ok\n", content_type="text/plain")


@cached
def _newest_period():
    return Period.objects.with_totals().newest_published(1).first()


@cached(until=Article.objects.next_moment)
def _front():
    """Return the articles of the home page, as its template names them.

    In tuples, as the keys of fragments.
    """
    published = Article.objects.published().for_list()
    leads = tuple(published.featured().newest()[:LEADS])
    tree = category_tree()
    shown = [category for category in tree.roots if category.is_shown]
    newest = published.newest_in_each(
        {
            node: NOTICES if node.is_notice_board else SECTION_LENGTH + LEADS
            for node in shown
        },
        tree=tree,
    )
    sections = [
        (node, tuple(article for article in newest[node] if article not in leads))
        for node in shown
        if not node.is_notice_board
    ]
    return {
        "lead_article": leads[0] if leads else None,
        "featured": leads[1:],
        "notices": tuple(a for node in shown if node.is_notice_board for a in newest[node]),
        "sections": [(node, articles[:SECTION_LENGTH]) for node, articles in sections],
    }


@require_safe
def home(request):
    """Show what leads, what is announced, and the newest of each section."""
    context = {
        **_front(),
        "newest_period": _newest_period(),
        "canonical": request.build_absolute_uri(reverse("home")),
    }
    return mark(
        render(request, "portal/home.html", context), kind="home", title="Trang chủ"
    )


@require_safe
def contact(request):
    """Show where the office is, when it is open and whom to call."""
    context = {"crumbs": [("Trang chủ", reverse("home")), ("Liên hệ", "")]}
    return mark(
        render(request, "portal/contact.html", context), kind="contact", title="Liên hệ"
    )


@staff_member_required(login_url=settings.LOGIN_URL)
@require_safe
def style_guide(request):
    """Show every component of the pages, for those who build or check them."""
    context = {
        "crumbs": [("Trang chủ", reverse("home")), ("Phong cách trình bày", "")],
        "page": Paginator(range(3), per_page=1).page(2),
    }
    return render(request, "portal/style_guide.html", context)
