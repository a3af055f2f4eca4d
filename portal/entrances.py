"""The site's own pages that a menu may lead to."""

from django.urls import reverse

from portal.targets import Target


def targets():
    """Offer the pages that exist on every site."""
    return [
        Target("home", "Trang chủ", reverse("home")),
        Target("contact", "Liên hệ", reverse("contact")),
        Target("site_map", "Sơ đồ trang", reverse("site_map")),
    ]
