"""What programs ask for under fixed names: robots.txt, security.txt, the web manifest, the icon.

The icons are of the neutral mark, never of the emblem that the unit uploads: an emblem of the
state is not cut down to sixteen pixels.
"""

from datetime import UTC, timedelta
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal import identity
from portal.text import clean_line

__all__ = ["favicon", "robots", "security", "webmanifest"]

_ICON = Path(settings.BASE_DIR) / "static" / "img" / "favicon.ico"
# RFC 9116 advises less than a year, so that nobody writes to an address of long ago.
_EXPIRES_IN = timedelta(days=180)
_AN_HOUR, _A_DAY = 3600, 24 * 3600  # seconds


@require_safe
def robots(request):
    """Tell search engines what to leave alone, and where they find all else.

    What only must not be listed says so itself (`noindex`), which a robot has to read: it is
    not forbidden here. Forms that are sent by POST have nothing to read.
    """
    sitemaps = [reverse("sitemap"), reverse("sitemap_news")]
    rules = [
        "User-agent: *",
        f"Disallow: {reverse('admin:index')}",
        *(f"Sitemap: {request.build_absolute_uri(path)}" for path in sitemaps),
    ]
    return _kept(_text(rules), seconds=_AN_HOUR)


@require_safe
def security(request):
    """Say whom to tell of a weakness of this site (RFC 9116); 404 while nobody is named."""
    unit = identity.current()
    contacts = [f"mailto:{unit.email}"] if unit.email else []
    contacts += [unit.phone_link] if unit.phone_link else []
    if not contacts:
        raise Http404
    today = timezone.now().astimezone(UTC).replace(hour=0, minute=0, second=0)
    lines = [
        *(f"Contact: {clean_line(contact)}" for contact in contacts),
        f"Expires: {today + _EXPIRES_IN:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: vi",
        f"Canonical: {request.build_absolute_uri(reverse('security'))}",
    ]
    return _kept(_text(lines), seconds=_AN_HOUR)


@require_safe
def webmanifest(request):
    """Describe the site to phones that put it on their first screen; it opens in the browser."""
    unit = identity.current()
    manifest = {
        "id": reverse("home"),
        "name": f"{identity.SITE} {unit.full_name}" if unit.name else identity.SITE,
        "short_name": unit.name or "Trang xã",
        "lang": settings.LANGUAGE_CODE,
        "dir": "ltr",
        "start_url": reverse("home"),
        "scope": reverse("home"),
        "display": "browser",
        "background_color": "#ffffff",
        "theme_color": "#8a111b",
        "icons": [
            _icon("icon-192.png", size=192, purpose="any"),
            _icon("icon-512.png", size=512, purpose="any"),
            _icon("icon-maskable-512.png", size=512, purpose="maskable"),
        ],
    }
    response = JsonResponse(
        manifest,
        content_type="application/manifest+json",
        json_dumps_params={"ensure_ascii": False},
    )
    return _kept(response, seconds=_AN_HOUR)


@require_safe
def favicon(request):
    """Send the mark to programs that ask for it without having read a page."""
    return _kept(HttpResponse(_icon_bytes(), content_type="image/x-icon"), seconds=_A_DAY)


@cache
def _icon_bytes():
    return _ICON.read_bytes()


def _icon(name, *, size, purpose):
    return {
        "src": static(f"img/{name}"),
        "sizes": f"{size}x{size}",
        "type": "image/png",
        "purpose": purpose,
    }


def _text(lines):
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def _kept(response, *, seconds):
    response["Cache-Control"] = f"public, max-age={seconds}"
    return response
