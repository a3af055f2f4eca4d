"""The site's own pages."""

from django.http import HttpResponse
from django.shortcuts import render


def healthz(request):
    """Answer as long as this process can serve pages."""
    return HttpResponse("ok\n", content_type="text/plain")


def home(request):
    return render(request, "portal/home.html")


def robots(request):
    return HttpResponse("User-agent: *\nDisallow: /quan-tri/\n", content_type="text/plain")


def contact(request):
    return render(request, "portal/contact.html")


def site_map(request):
    return render(request, "portal/site_map.html")


def style_guide(request):
    return render(request, "portal/style_guide.html")
