"""The style guide, and what shows that it lives."""

from django.conf import settings
from django.contrib.admin.views.decorators import staff_member_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe


@require_safe
def healthz(request):
    """Answer as long as this process can serve pages; asks the database nothing."""
    return HttpResponse("ok\n", content_type="text/plain")


@staff_member_required(login_url=settings.LOGIN_URL)
@require_safe
def style_guide(request):
    """Show every component of the pages, for those who build or check them."""
    context = {
        "crumbs": [("Trang chủ", reverse("home")), ("Phong cách trình bày", "")],
        "page": Paginator(range(3), per_page=1).page(2),
    }
    return render(request, "portal/style_guide.html", context)
