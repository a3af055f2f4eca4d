"""Pictures: content checks, copies for every screen, safe serving.

An uploaded file is never kept. It is decoded and written anew, so that nothing of it but the
picture survives: no EXIF (places!), no profile, no second file hidden behind the first.
"""

import hashlib
import io
import os
import re
import struct
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, models, transaction
from django.http import FileResponse, Http404, HttpResponse
from django.template.loader import render_to_string
from django.utils._os import safe_join
from django.utils.text import capfirst
from django.views.decorators.http import require_safe
from PIL import Image, ImageCms, ImageOps

from portal import audit
from portal.text import clean_line, slugify
from portal.uploads import UploadRefused, readable_name

__all__ = [
    "FileInUse",
    "Picture",
    "PictureRefused",
    "delete_picture",
    "may_reword",
    "register_keeper",
    "register_text",
    "serve",
    "store_picture",
    "uses_of",
]

MAX_BYTES = 12 * 2**20
MAX_PIXELS = 40_000_000
MAX_SIDE = 2560  # pixels
RENDITION_WIDTHS = (480, 960, 1600)  # pixels
RENDITION_FORMATS = (
    "avif",
    "webp",
    "jpg",
)  # the best first; browsers take the first they know
FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
# What Pillow and its decoders raise on files that are broken or made to break them.
_DECODING_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    OverflowError,
    MemoryError,
    struct.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


# HEIC and its like. The decoders for it are too often the way in for attackers (see
# docs/decisions/), and an iPhone sends JPEG when a page asks for it, as our forms do.
_PHONE_FORMAT = (
    "Đây là ảnh HEIC của iPhone (hoặc ảnh AVIF, video), trang chưa nhận dạng này. Hãy gửi ảnh "
    "từ chính iPhone: mở trang này trên iPhone rồi chọn ảnh, máy tự đổi sang JPEG. Nếu đã chép "
    "ảnh sang máy tính: mở bằng Photos hoặc Paint, lưu thành JPEG rồi tải lên lại. Để iPhone "
    "luôn chụp JPEG: vào Cài đặt, Camera, Định dạng, chọn Tương thích nhất."
)


class PictureRefused(UploadRefused):
    """The file cannot become a picture; the message says why and what to do, in Vietnamese."""


class FileInUse(ValueError):
    """The picture or attachment still stands somewhere; `uses` names the places."""

    def __init__(self, target, uses):
        self.uses = uses
        name = capfirst(target._meta.verbose_name)
        super().__init__(f"{name} đang được dùng ở: " + "; ".join(uses))


@dataclass(frozen=True, slots=True)
class Source:
    """What one `<source>` of a picture offers: its MIME type and its `srcset`."""

    type: str
    srcset: str


class StoredFileQuerySet(models.QuerySet):
    def missing(self):
        """Return the rows whose file was not there at the last look."""
        return self.filter(missing_since__isnull=False)


class StoredFile(models.Model):
    """What is known of every uploaded file, a picture or a document."""

    original_name = models.CharField("tên tệp gốc", max_length=200, blank=True)
    size = models.PositiveIntegerField("dung lượng (byte)")
    sha256 = models.CharField("mã băm", max_length=64, unique=True)
    missing_since = models.DateTimeField(
        "không thấy tệp từ", null=True, blank=True, editable=False
    )
    uploaded_at = models.DateTimeField("tải lên lúc", auto_now_add=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name="người tải lên",
        related_name="+",
    )

    # What the uploader should know about this upload; said once, not stored.
    remark = ""

    objects = StoredFileQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["-uploaded_at", "-pk"]


class PictureQuerySet(StoredFileQuerySet):
    def undescribed(self):
        """Return the pictures that nobody has described and that do not merely decorate."""
        return self.filter(alt="", is_decorative=False)


class Picture(StoredFile):
    """An image that was decoded and written anew: no EXIF, no trailing data."""

    file = models.FileField("tệp ảnh", upload_to="anh/%Y/%m", max_length=200)
    alt = models.CharField(
        "mô tả ảnh",
        max_length=300,
        blank=True,
        help_text="Một câu nói ảnh chụp gì, cho người không nhìn thấy ảnh.",
    )
    is_decorative = models.BooleanField(
        "chỉ để trang trí",
        default=False,
        help_text="Ảnh không mang thông tin; phần mềm đọc màn hình sẽ bỏ qua.",
    )
    credit = models.CharField("nguồn ảnh", max_length=200, blank=True)
    width = models.PositiveIntegerField("rộng (điểm ảnh)")
    height = models.PositiveIntegerField("cao (điểm ảnh)")
    # Each of these widths exists in each of these formats, beside the file itself.
    rendition_widths = ArrayField(
        models.PositiveSmallIntegerField(),
        verbose_name="bản thu nhỏ đã có (điểm ảnh)",
        default=list,
        blank=True,
        editable=False,
    )
    rendition_formats = ArrayField(
        models.CharField(max_length=4),
        verbose_name="dạng của bản thu nhỏ",
        default=list,
        blank=True,
        editable=False,
    )

    objects = PictureQuerySet.as_manager()

    class Meta(StoredFile.Meta):
        verbose_name = "ảnh"
        verbose_name_plural = "ảnh"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_decorative=False) | models.Q(alt=""),
                name="picture_decorative_or_described",
                violation_error_message="Ảnh chỉ để trang trí thì không có mô tả.",
            )
        ]

    def __str__(self):
        return self.alt or self.original_name or self.file.name

    @property
    def url(self):
        return self.file.url

    @property
    def content_type(self):
        return _CONTENT_TYPES[PurePosixPath(self.file.name).suffix[1:]]

    @property
    def reference(self):
        """What a text holds that shows this picture."""
        return self.file.url

    @property
    def smallest_url(self):
        """The address of the narrowest copy there is, for thumbnails."""
        if not self.rendition_widths:
            return self.file.url
        return self._rendition_url(min(self.rendition_widths), "webp")

    @property
    def share_url(self):
        """The address of a copy that every service can preview: JPEG, at most 1600 wide.

        The file itself until that copy is made, and for pictures with transparent parts.
        """
        if "jpg" not in self.rendition_formats:
            return self.file.url
        return self._rendition_url(max(self.rendition_widths), "jpg")

    @property
    def sources(self):
        """The picture in its newer formats, the best first, for `<source>`."""
        if not self.rendition_widths:
            return []
        return [
            Source(f"image/{format}", self._srcset(format))
            for format in RENDITION_FORMATS
            if format in self.rendition_formats and format != "jpg"
        ]

    @property
    def srcset(self):
        """The picture in all its widths for `<img srcset>`; "" when it has but one."""
        if "jpg" not in self.rendition_formats:
            return ""
        if self.width in self.rendition_widths:
            return self._srcset("jpg")
        return f"{self._srcset('jpg')}, {self.file.url} {self.width}w"

    def _srcset(self, format):
        return ", ".join(
            f"{self._rendition_url(width, format)} {width}w"
            for width in self.rendition_widths
        )

    def _rendition_url(self, width, format):
        return default_storage.url(self.rendition_name(width, format))

    def rendition_name(self, width, format):
        """The storage name of the copy of this width and format; it need not exist."""
        path = PurePosixPath(self.file.name)
        return str(path.with_name(f"{path.stem}-{width}.{format}"))

    def file_names(self):
        """Return the storage names of all files that may belong to this picture."""
        widths = {*RENDITION_WIDTHS, self.width}
        return {
            self.file.name,
            *(
                self.rendition_name(width, format)
                for width in widths
                for format in RENDITION_FORMATS
            ),
        }


# --- Storing --------------------------------------------------------------------------


def store_picture(
    *, content, name, alt="", credit="", is_decorative=False, actor=None
) -> Picture:
    """Store an uploaded image and return it; the same upload again returns the same picture.

    `content` is bytes or a file open for reading; `name` is what the uploader called it and
    decides nothing but the readable part of the new name. The kind is read from the content:
    JPEG, PNG, GIF (its first frame, as PNG) or WebP. Raises `PictureRefused`.
    """
    raw = content if isinstance(content, bytes) else content.read(MAX_BYTES + 1)
    image, extension, remark = _decode(raw)
    stored = _encode(image, extension)
    digest = hashlib.sha256(stored).hexdigest()
    original_name = readable_name(name)
    picture = Picture(
        alt="" if is_decorative else clean_line(alt)[:300],
        is_decorative=is_decorative,
        credit=clean_line(credit)[:200],
        original_name=original_name,
        width=image.width,
        height=image.height,
        size=len(stored),
        sha256=digest,
        uploaded_by=actor,
    )
    existing = Picture.objects.filter(sha256=digest).first()
    if existing is None:
        stem = slugify(PurePosixPath(original_name).stem)
        try:
            with transaction.atomic():
                picture.file.save(
                    f"{stem}-{digest[:8]}.{extension}", ContentFile(stored), save=False
                )
                picture.save(force_insert=True)
                audit.record("portal.picture.add", actor=actor, target=picture)
                _order_renditions(picture)
        except IntegrityError:
            # Somebody stored the same picture in this very moment.
            default_storage.delete(picture.file.name)
            existing = Picture.objects.get(sha256=digest)
    if existing is not None:
        picture = _complete(existing, alt=picture.alt, credit=picture.credit, actor=actor)
        remark = (
            remark or f"Ảnh này đã có trong kho (“{existing}”), hệ thống dùng lại ảnh đó."
        )
    picture.remark = remark
    return picture


def _order_renditions(picture):
    # Imported late: the queue of jobs needs the models, and this module is one of them.
    from portal.jobs import enqueue
    from portal.renditions import make_renditions

    enqueue(make_renditions, picture.pk)


def _complete(picture, *, alt, credit, actor):
    """Fill in what was not known about a picture when it first came."""
    if not may_reword(actor, picture):
        return picture
    if alt and not picture.alt and not picture.is_decorative:
        picture.alt = alt
    picture.credit = picture.credit or credit
    picture.save(update_fields=["alt", "credit"])
    return picture


def _decode(raw):
    """Return (image, file extension, remark for the uploader) of what `raw` really is."""
    if not raw:
        raise PictureRefused("Tệp rỗng. Hãy chọn lại tệp ảnh.")
    if len(raw) > MAX_BYTES:
        raise PictureRefused(
            f"Ảnh lớn hơn {MAX_BYTES // 2**20} MB. Hãy thu nhỏ ảnh rồi tải lên lại."
        )
    if raw[4:8] == b"ftyp":
        raise PictureRefused(_PHONE_FORMAT)
    try:
        image = Image.open(io.BytesIO(raw), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except _DECODING_ERRORS:
        raise PictureRefused(
            "Tệp này không phải là ảnh JPEG, PNG, GIF hoặc WebP. Hãy lưu ảnh ở một trong "
            "các dạng đó rồi tải lên lại."
        ) from None
    # The header says how large the picture is; nothing has been unpacked yet.
    if image.width * image.height > MAX_PIXELS:
        raise _too_many_pixels()
    kind = image.format
    try:
        is_animated = getattr(image, "is_animated", False)
        image.seek(0)
        image.load()
        image = _plain(ImageOps.exif_transpose(image))
        image.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    except _DECODING_ERRORS:
        raise PictureRefused(
            "Tệp ảnh bị hỏng hoặc thiếu. Hãy mở ảnh trên máy, lưu lại rồi tải lên lại."
        ) from None
    extension = {"JPEG": "jpg", "WEBP": "webp"}.get(kind, "png")
    remark = "Ảnh động chỉ giữ lại hình đầu tiên." if is_animated else ""
    return image, extension, remark


def _too_many_pixels():
    return PictureRefused(
        f"Ảnh có hơn {MAX_PIXELS // 10**6} triệu điểm ảnh. Hãy thu nhỏ ảnh rồi tải lên lại."
    )


def _plain(image):
    """Return `image` in sRGB as RGB or RGBA, without anything that came along with it."""
    has_alpha = image.has_transparency_data
    profile = image.info.get("icc_profile")
    if profile and image.mode in ("RGB", "RGBA", "CMYK"):
        # Phones photograph in wider colours than the web assumes; a broken profile is ignored.
        with suppress(ImageCms.PyCMSError, OSError, ValueError):
            image = ImageCms.profileToProfile(
                image,
                ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
                outputMode="RGBA" if image.mode == "RGBA" else "RGB",
            )
    image = image.convert("RGBA" if has_alpha else "RGB")
    image.info = {}
    return image


def _encode(image, extension):
    out = io.BytesIO()
    if extension == "jpg":
        image.convert("RGB").save(out, "JPEG", quality=85, optimize=True, progressive=True)
    elif extension == "webp":
        image.save(out, "WEBP", quality=85, method=4)
    else:
        image.save(out, "PNG", optimize=True)
    return out.getvalue()


# --- Where a picture is used, and its end ---------------------------------------------------

_texts = []
_keepers = []


def register_keeper(allows):
    """Ask `allows(user, target)` before somebody changes the words about a file.

    Called from `AppConfig.ready()` of the app that shows such words to readers.
    """
    if allows not in _keepers:
        _keepers.append(allows)


def may_reword(user, target) -> bool:
    """Tell whether `user` may change the words about a picture or document.

    None is the system itself.
    """
    return all(allows(user, target) for allows in _keepers)


def register_text(model_label, field):
    """Say that the rich text `field` of a model ("articles.Article") may hold pictures.

    Called from `AppConfig.ready()` of the app that has the model.
    """
    if (model_label, field) not in _texts:
        _texts.append((model_label, field))


def uses_of(target, *, limit=20):
    """Return where a picture or attachment stands, in words; at most about `limit`.

    Every relation to it counts, and every registered text that holds its `reference`.
    """
    found = [
        relation.related_model._base_manager.filter(**{relation.field.name: target})
        # Hidden ones too: most models do not name the way back from a picture.
        for relation in target._meta.get_fields(include_hidden=True)
        if relation.auto_created and relation.one_to_many
    ]
    found += [
        apps.get_model(label)._base_manager.filter(
            **{f"{field}__contains": target.reference}
        )
        for label, field in _texts
    ]
    uses = {}
    for queryset in found:
        for item in queryset.order_by("pk")[:limit]:
            # A version of a text names the text as its `content`.
            place = getattr(item, "content", item)
            uses[place._meta.label, place.pk] = f"{place._meta.verbose_name}: {place}"
    return list(uses.values())[:limit]


def delete_picture(*, picture, actor):
    """Delete a picture and its files. Raises `FileInUse` while it stands anywhere."""
    if uses := uses_of(picture):
        raise FileInUse(picture, uses)
    names = picture.file_names()
    with transaction.atomic():
        audit.record("portal.picture.delete", actor=actor, target=picture)
        picture.delete()
        transaction.on_commit(lambda: [default_storage.delete(name) for name in names])


# --- Serving --------------------------------------------------------------------------------

_CONTENT_TYPES = {
    "avif": "image/avif",
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
}
# Just the names that this module makes: no dots but one, so no way up and no hidden file. A
# name that was taken has seven characters more (Django's storage).
_NAME = re.compile(
    r"(?:[a-z0-9-]+/)*[a-z0-9-]+(?:_[A-Za-z0-9]{7}(?:-\d+)?)?\.(avif|jpg|png|webp)",
    re.ASCII,
)


@require_safe
def serve(request, name):
    """Serve an uploaded file with headers under which it can never act as a page.

    Its name contains the hash of its content, so that browsers may keep it for ever. For a
    picture that is gone a neutral one is drawn, with the status 404: a page keeps its shape.
    """
    match = _NAME.fullmatch(name)
    if match is None:
        raise Http404
    try:
        # Resolved first, so that a link inside the folder leads nowhere outside it.
        path = safe_join(os.path.realpath(settings.MEDIA_ROOT), name)
        if os.path.realpath(path) != path:
            raise Http404
        file = open(path, "rb")  # noqa: SIM115 — the response closes it
    except (SuspiciousFileOperation, OSError):
        response = HttpResponse(
            render_to_string("portal/missing_picture.svg"),
            status=404,
            content_type="image/svg+xml",
        )
        response["Cache-Control"] = "no-store"
    else:
        response = FileResponse(file, content_type=_CONTENT_TYPES[match[1]])
        response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    return response
