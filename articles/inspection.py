"""The quality checks on a stored edition: gathers what they need to know, in four queries."""

from urllib.parse import urlsplit

from django.conf import settings

from articles import quality
from articles.models import Edition, LinkedHost
from articles.quality import Finding, PictureFacts, QualityInput
from portal.files import Picture

__all__ = ["inspect", "remember_links", "text_of"]


def inspect(edition: Edition) -> list[Finding]:
    """Return what is wrong with `edition`, blockers first."""
    return quality.check(text_of(edition))


def text_of(edition: Edition) -> QualityInput:
    """Return `edition` as the checks read it."""
    cover = edition.cover
    names = []
    for attachment in edition.attachments.all():
        names += [attachment.title, attachment.original_name]
    return QualityInput(
        title=edition.title,
        body=edition.body,
        lead=None if edition.page_id else edition.lead,
        cover=cover and _facts(cover),
        cover_alt=edition.cover_alt_text,
        pictures=_pictures_in(edition.body),
        attachment_names=tuple(names),
        other_lines=(
            edition.author_name,
            edition.source,
            edition.updated_note,
            edition.cover_credit_text,
        ),
        own_hosts=_own_hosts(),
        hosts_linked_before=LinkedHost.objects.among,
    )


def remember_links(*, edition: Edition, at) -> None:
    """Note the hosts that a text links to which was just approved."""
    LinkedHost.objects.bulk_create(
        [
            LinkedHost(host=host, approved_at=at)
            for host in sorted(quality.outbound_hosts(edition.body) - _own_hosts())
            if len(host) <= LinkedHost.LONGEST
        ],
        ignore_conflicts=True,
    )


def _pictures_in(html):
    sources = quality.picture_sources(html)
    names = {source.removeprefix(settings.MEDIA_URL): source for source in sources}
    return {
        names[picture.file.name]: _facts(picture)
        for picture in Picture.objects.filter(file__in=names)
    }


def _facts(picture):
    return PictureFacts(
        name=picture.original_name or picture.file.name.rpartition("/")[-1],
        is_decorative=picture.is_decorative,
    )


def _own_hosts():
    hosts = {host.lstrip(".") for host in settings.ALLOWED_HOSTS}
    return frozenset(hosts | {urlsplit(settings.SITE_URL).hostname or ""})
