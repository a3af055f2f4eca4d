"""Copies of pictures for every screen, made in the background, so that phones load little.

Each width is made as AVIF, WebP and JPEG (a picture with transparent parts has no JPEG).
Until they are there, pages use the picture itself.
"""

import io

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from portal.files import FORMATS, RENDITION_FORMATS, RENDITION_WIDTHS, Picture
from portal.jobs import daily, enqueue, job
from portal.richtext import PictureSources

__all__ = ["make_renditions", "order_lacking", "sources_of"]

# Speed 8 costs less than half the time of the library's own choice and about a tenth more
# bytes; one thread leaves the other cores to readers. All nine copies of a photograph of 12
# megapixels take 2 seconds of processor time.
_OPTIONS = {
    "avif": {"format": "AVIF", "quality": 60, "speed": 8, "max_threads": 1},
    "webp": {"format": "WEBP", "quality": 80, "method": 4},
    "jpg": {"format": "JPEG", "quality": 80, "optimize": True, "progressive": True},
}


@job
def make_renditions(picture_id):
    """Make the copies of a picture; done again, it changes nothing."""
    picture = Picture.objects.filter(pk=picture_id).first()
    if picture is None or not default_storage.exists(picture.file.name):
        return  # deleted meanwhile, or lost: portal/lost_files.py reports it
    widths = widths_for(picture)
    if not widths:
        return
    with picture.file.open() as file, Image.open(file, formats=FORMATS) as image:
        formats = [
            format
            for format in RENDITION_FORMATS
            if format != "jpg" or not image.has_transparency_data
        ]
        for width in widths:
            _make(picture, image, width, formats)
    Picture.objects.filter(pk=picture_id).update(
        rendition_widths=widths, rendition_formats=formats
    )


def sources_of(addresses):
    """Return what rich text shows of the pictures at these addresses; one query."""
    names = [address.removeprefix(settings.MEDIA_URL) for address in addresses]
    pictures = Picture.objects.filter(file__in=names).only(
        "file", "width", "height", "rendition_widths", "rendition_formats"
    )
    return {
        picture.url: PictureSources(
            width=picture.width,
            height=picture.height,
            srcsets=tuple((source.type, source.srcset) for source in picture.sources),
            srcset=picture.srcset,
        )
        for picture in pictures
    }


@daily
def order_lacking(*, now):
    """Have the copies made that a picture lacks: the formats have become more, or a job failed."""
    lacking = Picture.objects.filter(
        width__gt=min(RENDITION_WIDTHS), missing_since=None
    ).exclude(rendition_formats__contains=[RENDITION_FORMATS[0]])
    for pk in lacking.values_list("pk", flat=True):
        enqueue(make_renditions, pk)


def widths_for(picture):
    """Return the widths that copies of `picture` have: no picture is made larger.

    A browser takes the best format it knows, so each has to hold a copy wide enough.
    """
    if picture.width <= min(RENDITION_WIDTHS):
        return []
    return sorted({min(width, picture.width) for width in RENDITION_WIDTHS})


def _make(picture, image, width, formats):
    names = {picture.rendition_name(width, format): format for format in formats}
    lacking = [name for name in names if not default_storage.exists(name)]
    if not lacking:
        return
    height = max(1, round(image.height * width / image.width))
    narrow = image.resize((width, height), Image.Resampling.LANCZOS)
    for name in lacking:
        out = io.BytesIO()
        narrow.save(out, **_OPTIONS[names[name]])
        default_storage.save(name, ContentFile(out.getvalue()))
