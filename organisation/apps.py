"""The app of the office itself: its bodies and officers, its hours, whom it receives when."""

from django.apps import AppConfig


class OrganisationConfig(AppConfig):
    name = "organisation"
    verbose_name = "Tổ chức"

    def ready(self):
        from organisation import entrances, open_data, reception_entrances, search
        from portal import admin_start, public_pages, site_search, subjects, targets
        from portal.open_data import register as register_open_data

        targets.register(entrances.targets)
        targets.register(reception_entrances.targets)
        subjects.register("body", entrances.admin_address)
        public_pages.register(entrances.SHELF)
        public_pages.register(reception_entrances.SHELF)
        admin_start.register_panels(entrances.start_panels)
        admin_start.register_panels(reception_entrances.start_panels)
        register_open_data(open_data.BODIES)
        register_open_data(open_data.OFFICERS)
        register_open_data(reception_entrances.RECEPTIONS)
        site_search.register(search.SOURCE)
