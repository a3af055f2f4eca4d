"""What every page shows around its content: identity, menu, phones, figures.

Everything that staff edit is kept per content version, so an unchanged site costs a page no
query for it. Nothing is loaded before a template asks: an admin or error page pays nothing.
"""

from dataclasses import dataclass, field

from django.conf import settings
from django.utils.functional import cached_property

from articles.models import next_moment
from organisation import hours
from portal import directory, identity, measurement, menu
from portal.alerts import Alert
from portal.content_version import cached
from portal.targets import known_targets
from procedures.models import Period
from visitors import figures

NEWEST_RESULTS = 5  # periods in the sidebar


@cached
def _identity():
    return identity.current()


# What everybody may ask of an office, wherever its menu leads; each only when there is any.
_FOOTER_TARGETS = ("organisation:receptions", "disclosure:board")


@cached(until=next_moment)
def _footer_links():
    found = (known_targets().get(key) for key in _FOOTER_TARGETS)
    return tuple((each.label, each.url) for each in found if each and each.has_content)


# An entry is hidden while its page is empty, and a scheduled article fills a page by itself.
@cached(until=next_moment)
def _menu():
    return tuple(menu.tree(known_targets()))  # hashable, as the key of a fragment


@cached(until=Alert.objects.next_moment)
def _alerts():
    return tuple(Alert.objects.in_force().most_urgent_first())


@cached
def _phones():
    return directory.phones_by_group()


@cached
def _links():
    return directory.links()


@cached
def _newest_results():
    return list(Period.objects.newest_published(NEWEST_RESULTS))


@dataclass(frozen=True)
class Site:
    """The frame around a page, as the templates' variable `site`.

    Two are equal when they show the same at the same content version, but for `counter`:
    the fragments of templates (portal/templatetags/fragments.py) rely on that.
    """

    is_official_host: bool
    # What the view read already: all figures of one page are those of one moment.
    figures_of_view: figures.Figures | None = field(default=None, compare=False)

    @property
    def identity(self):
        return _identity()

    @property
    def alerts(self):
        return _alerts()

    @property
    def hours_words(self):
        """When the office is open, in one line; changes at midnight with the plan in force."""
        if self.identity.is_retired:
            return ""
        return hours.usual_words() or self.identity.working_hours

    @property
    def menu(self):
        return _menu()

    @property
    def footer_links(self):
        return _footer_links()

    @property
    def phones(self):
        return _phones()

    @property
    def links(self):
        return _links()

    @property
    def newest_results(self):
        return _newest_results()

    @cached_property
    def counter(self):
        return self.figures_of_view or figures.sidebar()

    @property
    def measurement(self):
        """The script that measures state sites, never on pages of a sample."""
        return None if self.is_demo else measurement.current()

    @property
    def is_demo(self):
        return self.identity.is_demo

    @property
    def is_official(self):
        """True only on the hosts that are configured as official, never with demo content."""
        return self.is_official_host and not self.is_demo


def site(request):
    """Give templates the variable `site`.

    A view that has read the figures of visits itself leaves them as `request.figures`.
    """
    host = request.get_host().partition(":")[0]
    is_official_host = host in settings.OFFICIAL_HOSTS
    return {"site": Site(is_official_host, getattr(request, "figures", None))}
