"""How often readers opened a text: a column of the lists, a sentence on its own page."""

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.utils.formats import number_format

from articles.models import Status
from portal import readership

__all__ = ["ReadershipAdminMixin", "ReadershipChangeList"]


class ReadershipChangeList(ChangeList):
    """A list that knows the views of its rows: one query for a page of it.

    They cannot be sorted by: that would add up the views of every text there is.
    """

    def get_results(self, request):
        super().get_results(request)
        views = readership.views_of(
            self.opts.model_name, [content.pk for content in self.result_list]
        )
        for content in self.result_list:
            content.views = views[content.pk]


class ReadershipAdminMixin:
    """For a ModelAdmin of something `Reviewed` whose pages are counted."""

    @admin.display(description="lượt xem", empty_value="—")
    def views(self, content):
        return _number(content.views) if _was_ever_shown(content) else None

    def readership(self, content, user):
        """Return a sentence on the views of `content`, and where `user` may read more or "".

        Both are empty for what readers have never seen.
        """
        if not _was_ever_shown(content):
            return "", ""
        kind, key = self.opts.model_name, content.pk
        views = _number(readership.views_of(kind, [key])[key])
        recent = _number(readership.recent_views_of(kind, key))
        return (
            f"Lượt xem: {views}, trong đó {readership.RECENT_DAYS} ngày qua {recent}.",
            readership.address_of(kind, key, user),
        )


def _was_ever_shown(content):
    return content.status != Status.DRAFT


def _number(number):
    return number_format(number, force_grouping=True)
