"""The app that counts visits and shows the figures."""

from django.apps import AppConfig


class VisitorsConfig(AppConfig):
    name = "visitors"
    verbose_name = "Thống kê truy cập"
    # Salts and visitor keys never leave the machine (docs/counting.md).
    backup_without_data = ("visitors_salt", "visitors_visitorday")

    def ready(self):
        from portal import admin_start, open_data, readership, targets
        from visitors import (
            care,  # noqa: F401  (registers)
            entrances,
            fault_notes,
        )
        from visitors.open_data import DAYS, FIGURES
        from visitors.readership import SOURCE

        targets.register(entrances.targets)
        open_data.register(DAYS)
        open_data.register_record(FIGURES)
        readership.register(SOURCE)
        admin_start.register(entrances.start_cards)
        admin_start.register_panels(fault_notes.start_panels)
