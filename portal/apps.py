"""The project's own app and the admin site that the whole product shares."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = "Cổng thông tin"
    # Rows that name people's addresses or open sessions, and counts that soon expire.
    backup_without_data = (
        "axes_accessattempt",
        "axes_accessattemptexpiration",
        "axes_accessfailurelog",
        "axes_accesslog",
        "django_session",
        "portal_presence",
        "portal_ratelimit",
    )

    def ready(self):
        from portal import (
            admin_start,
            attachment_search,
            checks,  # noqa: F401  (registers)
            entrances,
            lost_files,  # noqa: F401  (registers)
            renditions,
            richtext,
            roles,
            sign_in,
            site_search,
            target_search,
            targets,
        )

        roles.keep_in_step()
        sign_in.watch()
        targets.register(entrances.targets)
        site_search.register(target_search.TARGETS)
        site_search.register(attachment_search.FILES)
        admin_start.register(entrances.start_cards)
        admin_start.register_panels(entrances.start_panels)
        richtext.register_picture_sources(renditions.sources_of)


class PortalAdminConfig(AdminConfig):
    default_site = "portal.admin_site.PortalAdminSite"
