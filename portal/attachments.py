"""Attachments: documents that readers download, and that can never act as a page.

They lie outside the folder of public media, so that no address leads to one by itself: each
download is asked for here, and given when a page that readers see offers the document, when
somebody with a preview asks, or when staff with the right do. Which pages offer what, the apps
say (`register_publicity`).
"""

import hashlib
import os
import re
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage
from django.db import IntegrityError, models, transaction
from django.http import FileResponse, Http404, HttpResponsePermanentRedirect
from django.http.request import validate_host
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from portal import audit
from portal.attachment_kinds import AttachmentRefused, Kind, kind_of
from portal.files import FileInUse, StoredFile, uses_of
from portal.pages import FILE, mark
from portal.text import clean_line, slugify
from portal.uploads import readable_name

__all__ = [
    "Attachment",
    "AttachmentRefused",
    "Offer",
    "answer",
    "delete_attachment",
    "download",
    "linked_ids",
    "offered",
    "register_publicity",
    "store_attachment",
]

MAX_BYTES = 50 * 2**20
_CHUNK = 2**20  # bytes
_UNTITLED = "Tệp đính kèm"
# What a file name may not hold on one of the systems that readers use.
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|]+')
_preview = signing.TimestampSigner(salt="portal.attachments.preview")


class _Storage(FileSystemStorage):
    """Keeps attachments below ATTACHMENT_ROOT, which no address leads to."""

    @property
    def base_location(self):
        return settings.ATTACHMENT_ROOT

    @property
    def location(self):
        return os.path.abspath(self.base_location)


_storage = _Storage()


def storage():
    """Return where attachments lie; migrations name this function."""
    return _storage


class Attachment(StoredFile):
    """A document for readers; number, issuer and day are known of official documents."""

    file = models.FileField("tệp", upload_to="tep/%Y/%m", max_length=200, storage=storage)
    title = models.CharField(
        "tên tệp",
        max_length=250,
        help_text="Tên mà người đọc thấy, ví dụ: Kế hoạch tiêm phòng đợt 1 năm 2024.",
    )
    kind = models.CharField("loại tệp", max_length=4, choices=Kind, editable=False)
    number = models.CharField(
        "số, ký hiệu",
        max_length=80,
        blank=True,
        help_text="Nếu là văn bản, ví dụ: 15/KH-UBND.",
    )
    issuer = models.CharField(
        "cơ quan ban hành",
        max_length=160,
        blank=True,
        help_text="Ví dụ: Ủy ban nhân dân xã.",
    )
    issued_on = models.DateField("ngày ban hành", null=True, blank=True)

    class Meta(StoredFile.Meta):
        verbose_name = "tệp đính kèm"
        verbose_name_plural = "tệp đính kèm"
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(title=""),
                name="attachment_has_title",
                violation_error_message="Tệp chưa có tên.",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=Kind.values), name="attachment_kind_known"
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        """Return the public address; it answers 404 while no page offers the document."""
        name = f"{slugify(self.title)}.{self.kind}"
        return reverse("attachment", kwargs={"number": self.pk, "name": name})

    @property
    def reference(self):
        """What a text holds that links to this document, whatever its title is now."""
        return reference_of(self.pk)

    @property
    def preview_url(self):
        """An address that gives the document for some days, as previews of texts do."""
        seal = _preview.sign(str(self.pk)).partition(":")[2]
        return f"{self.get_absolute_url()}?xem-truoc={seal}"

    @property
    def download_name(self):
        """The name under which browsers save the document."""
        name = _NOT_IN_NAMES.sub("-", self.title).strip(" .-")[:120].rstrip()
        return f"{name or slugify(self.title)}.{self.kind}"

    @property
    def summary(self):
        """The kind and size in words: "PDF, 1,2 MB"."""
        return f"{self.get_kind_display()}, {filesizeformat(self.size)}"

    @property
    def is_official(self):
        """Tell whether this is an official document, of which more is known than a title."""
        return bool(self.number or self.issuer or self.issued_on)

    @property
    def may_need_reading_aid(self):
        """Tell whether some readers cannot read it: a PDF may be pictures of pages."""
        return self.kind == Kind.PDF


def reference_of(pk):
    """Return the beginning of the public address of an attachment: "/tai-ve/12/"."""
    return reverse("attachment", kwargs={"number": pk, "name": "x"}).removesuffix("x")


def linked_ids(html):
    """Return the ids of the attachments that links of a clean rich text lead to, each once.

    In order. On other hosts the same numbers are other documents: a neighbouring commune may
    run this very software.
    """
    return list(
        dict.fromkeys(
            int(number)
            for host, number in _linked().findall(html)
            if not host or validate_host(host.lower(), _own_hosts())
        )
    )


@cache
def _linked():
    address = re.escape(reference_of(0)).replace("0", r"(\d{1,18})")
    return re.compile(rf'href="(?:https?://([^/":]*)(?::\d+)?)?{address}', re.ASCII | re.I)


def _own_hosts():
    named = [host for host in settings.ALLOWED_HOSTS if host != "*"]
    return [*named, urlsplit(settings.SITE_URL).hostname or ""]


# --- Storing --------------------------------------------------------------------------


def store_attachment(
    *, content, name, title="", number="", issuer="", issued_on=None, actor=None
) -> Attachment:
    """Store an uploaded document; the same file again returns the same attachment.

    `content` is bytes or a binary file open for reading, which is never held in memory whole;
    `name` is what the uploader called it and decides nothing but the title when there is none.
    Raises `AttachmentRefused`.
    """
    file = ContentFile(content) if isinstance(content, bytes) else content
    size = file.seek(0, os.SEEK_END)
    if not size:
        raise AttachmentRefused("Tệp rỗng. Hãy chọn lại tệp.")
    if size > MAX_BYTES:
        raise AttachmentRefused(
            f"Tệp lớn hơn {MAX_BYTES // 2**20} MB. Hãy giảm độ phân giải khi quét hoặc chia "
            "thành vài tệp rồi tải lên lại."
        )
    kind = kind_of(file, zip_allowed=settings.ATTACHMENT_ZIP_ALLOWED)
    digest = _sha256(file)
    if existing := Attachment.objects.filter(sha256=digest).first():
        return _known(existing)
    original_name = readable_name(name)
    attachment = Attachment(
        title=(clean_line(title) or _title_from(original_name))[:250],
        kind=kind,
        number=clean_line(number)[:80],
        issuer=clean_line(issuer)[:160],
        issued_on=issued_on,
        original_name=original_name,
        size=size,
        sha256=digest,
        uploaded_by=actor,
    )
    file.seek(0)
    attachment.file.save(
        f"{digest[:32]}.{kind}", file if isinstance(file, File) else File(file), save=False
    )
    try:
        with transaction.atomic():
            attachment.save(force_insert=True)
            audit.record("portal.attachment.add", actor=actor, target=attachment)
    except IntegrityError:
        # Somebody stored the same file in this very moment.
        _storage.delete(attachment.file.name)
        return _known(Attachment.objects.get(sha256=digest))
    return attachment


def _known(attachment):
    attachment.remark = (
        f"Tệp này đã có trong kho với tên “{attachment.title}”, hệ thống dùng lại tệp đó."
    )
    return attachment


def _title_from(name):
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 5:
        stem = name
    return " ".join(stem.replace("_", " ").split()) or _UNTITLED


def _sha256(file):
    file.seek(0)
    digest = hashlib.sha256()
    while part := file.read(_CHUNK):
        digest.update(part)
    return digest.hexdigest()


def delete_attachment(*, attachment, actor):
    """Delete an attachment and its file. Raises `FileInUse` while anything offers it."""
    if uses := uses_of(attachment):
        raise FileInUse(attachment, uses)
    name = attachment.file.name
    with transaction.atomic():
        audit.record("portal.attachment.delete", actor=actor, target=attachment)
        attachment.delete()
        transaction.on_commit(lambda: _storage.delete(name))


# --- Serving --------------------------------------------------------------------------

_offers = []


@dataclass(frozen=True)
class Offer:
    """A page on which readers find a document now: its title and address."""

    title: str
    url: str


def register_publicity(offers):
    """Let `offers(keys)` be asked which of the documents of `keys` readers find on which page.

    It returns {key: `Offer`}. Called from `AppConfig.ready()` of the app that has such pages.
    """
    if offers not in _offers:
        _offers.append(offers)


def offered(keys):
    """Return {key: `Offer`} of those of the documents that some page offers to readers now."""
    found = {}
    for offers in _offers:
        # Most documents belong to news, which are asked first: the others then need not be.
        if missing := [key for key in keys if key not in found]:
            found |= offers(missing)
    return found


@require_safe
def download(request, number, name):
    """Give a document that a public page offers, as a download; an old name leads to it.

    What is asked for from a preview is given too, and counts as nobody's download.
    """
    attachment = get_object_or_404(Attachment, pk=number)
    is_preview = _is_previewed(attachment, request.GET.get("xem-truoc", ""))
    if not is_preview and not offered([attachment.pk]):
        raise Http404
    address = attachment.get_absolute_url()
    if request.path != address:
        return HttpResponsePermanentRedirect(address)
    response = answer(request, attachment)
    if is_preview:
        return response
    title = f"{attachment.title} ({attachment.get_kind_display()})"
    return mark(response, kind=FILE, object_id=attachment.pk, title=title)


def answer(request, attachment):
    """Return the response with the file of `attachment`; 404 when the file is gone.

    An interrupted download may go on where it stopped (`Range`).
    """
    etag = f'"{attachment.sha256[:32]}"'
    if unchanged := get_conditional_response(request, etag=etag):
        return unchanged
    try:
        file = attachment.file.open()
    except OSError:
        raise Http404 from None
    response = FileResponse(
        file,
        as_attachment=True,
        filename=attachment.download_name,
        content_type=Kind(attachment.kind).content_type,
    )
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = etag
    # A document that is taken back has to be gone from every cache.
    response["Cache-Control"] = "no-cache"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    if first := _resumed_at(request, etag, attachment.size):
        file.seek(first)
        response.status_code = 206
        response["Content-Range"] = f"bytes {first}-{attachment.size - 1}/{attachment.size}"
        response["Content-Length"] = attachment.size - first
    return response


def _resumed_at(request, etag, size):
    """Return from which byte on the rest is wanted, or 0 for the whole.

    Other ranges are for players; a server may answer them with the whole file.
    """
    wanted = re.fullmatch(r"bytes=(\d{1,12})-", request.headers.get("Range", ""), re.ASCII)
    if wanted is None or request.headers.get("If-Range", etag) != etag:
        return 0
    first = int(wanted[1])
    return first if first < size else 0


def _is_previewed(attachment, seal):
    if not seal:
        return False
    try:
        _preview.unsign(
            f"{attachment.pk}:{seal}", max_age=timedelta(days=settings.PREVIEW_DAYS)
        )
    except signing.BadSignature:
        return False
    return True
