"""The app of news articles and standing pages."""

from django.apps import AppConfig


class ArticlesConfig(AppConfig):
    name = "articles"
    verbose_name = "Tin bài"

    def ready(self):
        from articles import (
            drafting,
            enclosures,
            entrances,
            open_data,
            panels,
            rights,
            search,
        )
        from portal import (
            admin_start,
            attachments,
            files,
            public_pages,
            site_search,
            subjects,
            targets,
        )
        from portal.drafting import Drafter
        from portal.drafting import register as register_drafter
        from portal.open_data import register as register_open_data

        targets.register(entrances.targets)
        subjects.register("article", entrances.admin_address)
        public_pages.register(entrances.SHELF)
        admin_start.register(entrances.start_cards)
        admin_start.register_panels(panels.start_panels)
        attachments.register_publicity(enclosures.offers)
        site_search.register(search.NEWS)
        site_search.register(search.PAGES)
        register_open_data(open_data.ARTICLES)
        register_drafter(Drafter(may=drafting.may, make=drafting.make))
        files.register_keeper(rights.may_reword)
        # An article's own text is always that of one of its editions.
        files.register_text("articles.Edition", "body")
