"""The app of administrative procedures and their results."""

from django.apps import AppConfig


class ProceduresConfig(AppConfig):
    name = "procedures"
    verbose_name = "Thủ tục hành chính"
    # What was read of a file lives for an hour at most.
    backup_without_data = ("procedures_importdraft",)

    def ready(self):
        from portal import (
            admin_start,
            attachments,
            open_data,
            public_pages,
            site_search,
            targets,
        )
        from procedures import (
            enclosures,
            entrances,
            expiry,  # noqa: F401  (registers)
            panels,
            requests_panel,
            search,
        )
        from procedures.imports import storing  # noqa: F401  (registers)
        from procedures.open_data import ALL

        targets.register(entrances.targets)
        site_search.register(search.PROCEDURES)
        site_search.register(search.RESULTS)
        for shelf in entrances.SHELVES:
            public_pages.register(shelf)
        admin_start.register(entrances.start_cards)
        admin_start.register_panels(panels.start_panels)
        admin_start.register_panels(requests_panel.start_panels)
        attachments.register_publicity(enclosures.offers)
        for dataset in ALL:
            open_data.register(dataset)
