"""The app of what the commune must publish by law."""

from django.apps import AppConfig


class DisclosureConfig(AppConfig):
    name = "disclosure"
    verbose_name = "Công khai theo luật"

    def ready(self):
        from disclosure import (
            entrances,
            reminders,  # noqa: F401  (registers)
            search,
        )
        from disclosure.open_data import OCCURRENCES
        from portal import (
            admin_start,
            attachments,
            open_data,
            public_pages,
            site_search,
            targets,
        )

        targets.register(entrances.targets)
        public_pages.register(entrances.SHELF)
        admin_start.register_panels(entrances.start_panels)
        attachments.register_publicity(entrances.offers)
        open_data.register(OCCURRENCES)
        site_search.register(search.SOURCE)
