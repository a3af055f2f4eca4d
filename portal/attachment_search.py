"""Documents that readers may download, in the search of the site: by name, number and issuer."""

from portal.attachments import Attachment, offered
from portal.content_version import cached
from portal.site_search import Result, Source
from portal.text_search import FewTexts, counted, marked

__all__ = ["FILES"]


class _Files(FewTexts):
    kind = "tep"
    table = "portal_attachment"
    day = "issued_on"

    def vocabulary(self):
        return _words()

    def readable_among(self, keys, at):
        return offered(keys)

    def text_of(self, key):
        names = Attachment.objects.values_list("title", "number", "issuer")
        return "\n".join(names.get(pk=key))

    def show(self, keys, question):
        offers = offered(keys)
        return {
            attachment.pk: self._result(attachment, offers[attachment.pk], question)
            for attachment in Attachment.objects.filter(pk__in=offers)
        }

    @staticmethod
    def _result(attachment, offer, question):
        number, issuer, day = attachment.number, attachment.issuer, attachment.issued_on
        facts = " · ".join(filter(None, [number, issuer, f"Có trong: {offer.title}"]))
        title, excerpt = marked(attachment.title, [facts], question)
        return Result(
            title_pieces=title,
            excerpt_pieces=excerpt,
            url=attachment.get_absolute_url(),
            label=f"Tệp {attachment.summary}",
            date_text=f"{day:%d/%m/%Y}" if day else "",
        )


@cached
def _words():
    return counted("SELECT words FROM portal_attachment")


_files = _Files()
FILES = Source(_files.kind, "Tệp tải về", 70, _files.find, _files.show)
