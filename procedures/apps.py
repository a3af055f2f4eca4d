"""The app of administrative procedures and their results."""

from django.apps import AppConfig


class ProceduresConfig(AppConfig):
    name = "procedures"
    verbose_name = "Thủ tục hành chính"

    def ready(self):
        from portal import admin_start, targets
        from procedures import entrances

        targets.register(entrances.targets)
        admin_start.register(entrances.start_cards)
