"""Narrower copies of pictures, made in the background, so that phones load little.

Until they are there, pages use the picture itself.
"""

import io

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from portal.files import FORMATS, RENDITION_WIDTHS, Picture
from portal.jobs import job

__all__ = ["make_renditions"]


@job
def make_renditions(picture_id):
    """Make the WebP copies of a picture; done again, it changes nothing."""
    picture = Picture.objects.filter(pk=picture_id).first()
    if picture is None:
        return
    widths = [width for width in RENDITION_WIDTHS if width < picture.width]
    with picture.file.open() as file, Image.open(file, formats=FORMATS) as image:
        for width in widths:
            name = picture.rendition_name(width)
            if not default_storage.exists(name):
                default_storage.save(name, ContentFile(_narrow(image, width)))
    Picture.objects.filter(pk=picture_id).update(rendition_widths=widths)


def _narrow(image, width):
    height = max(1, round(image.height * width / image.width))
    out = io.BytesIO()
    narrow = image.resize((width, height), Image.Resampling.LANCZOS)
    narrow.save(out, "WEBP", quality=80, method=4)
    return out.getvalue()
