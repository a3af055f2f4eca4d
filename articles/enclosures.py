"""Which documents go with which edition of a text, and which of them readers may have.

An edition offers a document in the list below its text or by a link in the text. Both stand
in one table, so that one look at an index tells whether a page that readers see offers it.
"""

from django.db.models import F

from articles.models import Article, EditionAttachment, Page
from portal.attachments import Attachment, Offer, linked_ids

__all__ = ["differ", "enclose", "listed", "listed_in", "offers"]


def listed(edition):
    """Return the documents listed below the text of `edition`, in their order."""
    if edition is None:
        return []
    enclosures = edition.enclosures.filter(is_listed=True).select_related("attachment")
    return [enclosure.attachment for enclosure in enclosures]


def listed_in(editions):
    """Return {edition: its listed documents} for the keys of many editions; one query."""
    listed = {edition: [] for edition in editions}
    enclosures = EditionAttachment.objects.filter(edition__in=editions, is_listed=True)
    for enclosure in enclosures.select_related("attachment"):
        listed[enclosure.edition_id].append(enclosure.attachment)
    return listed


def differ(edition, attachments):
    """Tell whether another list of documents is wanted than `edition` has."""
    return listed(edition) != list(attachments)


def enclose(edition, attachments):
    """Keep with the new `edition` the documents listed below it, and those its text links to."""
    listed_ids = list(dict.fromkeys(attachment.pk for attachment in attachments))
    linked = Attachment.objects.filter(pk__in=linked_ids(edition.body)).exclude(
        pk__in=listed_ids
    )
    EditionAttachment.objects.bulk_create(
        [
            EditionAttachment(edition=edition, attachment_id=pk, order=order)
            for order, pk in enumerate(listed_ids)
        ]
        + [
            EditionAttachment(
                edition=edition, attachment=attachment, order=0, is_listed=False
            )
            for attachment in linked
        ]
    )


def offers(keys):
    """Return {key: `Offer`} of the attachments of `keys` that readers find in a text now.

    Of several texts an article stands before a page, and the newest before others.
    """
    enclosed = F("approved__enclosures__attachment")
    articles = Article.objects.readable().annotate(attachment=enclosed)
    articles = (
        articles.filter(attachment__in=keys).for_links().order_by("published_at", "pk")
    )
    found = {each.attachment: _offer(each) for each in articles}
    if missing := set(keys) - found.keys():
        pages = Page.objects.shown().annotate(attachment=enclosed)
        for page in pages.filter(attachment__in=missing).only("title", "path"):
            # A page is hidden by a hidden page above it.
            if Page.objects.along(page.path):
                found[page.attachment] = _offer(page)
    return found


def _offer(text):
    return Offer(text.title, text.get_absolute_url())
