"""The app of news articles and standing pages."""

from django.apps import AppConfig


class ArticlesConfig(AppConfig):
    name = "articles"
    verbose_name = "Tin bài"

    def ready(self):
        from articles import entrances
        from portal import admin_start, files, targets

        targets.register(entrances.targets)
        admin_start.register(entrances.start_cards)
        # An article's own text is always that of one of its editions.
        files.register_text("articles.Edition", "body")
