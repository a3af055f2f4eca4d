"""What an old article shows or links to: pictures, documents, other pages."""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from urllib.parse import unquote, urljoin, urlsplit

from articles.imports.outline import parse
from articles.imports.reading import OldArticle, Unreadable
from portal.attachment_kinds import AttachmentRefused, Kind
from portal.attachments import MAX_BYTES as MAX_ATTACHMENT
from portal.attachments import store_attachment
from portal.files import MAX_BYTES as MAX_PICTURE
from portal.files import PictureRefused, store_picture

__all__ = ["Enclosed"]

_DOCUMENTS = {f".{kind.value}" for kind in Kind}
_DATA = re.compile(r"data:image/[\w.+-]+;base64,", re.I)
_MOST_MEANT = 2  # pixels: a picture so small counts readers, or makes room
_TOOL = re.compile(
    r"(?:^|[\W_])(?:spacer|blank|pixel|print(?:er)?|e?mail|facebook|fb|zalo|twitter|share|icon|btn"
    r"|button|arrow|bullet|loading)(?:[\W_\d]|$)",
    re.I,
)
_CAMERA_NAME = re.compile(
    r"(?:img|dsc|dscn|image|picture|photo|anh|hinh|untitled)?[\W_\d]*", re.I
)
_LAZY = ("data-src", "data-original", "data-lazy-src")


@dataclass
class Enclosed:
    """The files that the text of an old article needs; read from disk, stored on demand.

    `find(reference)` returns a function that gives the bytes of the file that lies beside the
    page (it takes a limit and raises `Unreadable`), or None.
    """

    article: OldArticle
    find: Callable
    digests: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def __post_init__(self):
        self._tree = parse(self.article.body)
        self._pictures = []  # (node, reading, reference)
        self._documents = []
        self._missing = {"ảnh": [], "tệp đính kèm": []}
        for node in self._tree.css("img"):
            self._look_at_picture(node)
        for node in self._tree.css("a[href]"):
            self._look_at_link(node)
        for what, names in self._missing.items():
            if names:
                self.remarks.append(
                    f"Không thấy {len(names)} {what} nằm cạnh trang: {_some(names)}."
                )

    def store(self) -> str:
        """Store pictures and documents, and return the text with their new addresses.

        Storing again what is there already gives what is there.
        """
        undescribed = 0
        for node, read, name in self._pictures:
            try:
                picture = store_picture(
                    content=read(MAX_PICTURE), name=name, alt=_meaningful_alt(node, name)
                )
            except (PictureRefused, Unreadable) as error:
                self.remarks.append(f"Không dùng được ảnh {name}: {error}")
                node.decompose()
                continue
            alt = _meaningful_alt(node, name) or picture.alt
            for attribute in list(node.attributes):
                if attribute not in ("class", "style", "align"):
                    del node.attrs[attribute]
            node.attrs["src"] = picture.url
            node.attrs["width"], node.attrs["height"] = (
                str(picture.width),
                str(picture.height),
            )
            if alt:
                node.attrs["alt"] = alt
            undescribed += not alt
        if undescribed:
            self.remarks.append(f"{undescribed} ảnh chưa có mô tả.")
        for node, read, name in self._documents:
            title = " ".join(node.text().split())
            try:
                attachment = store_attachment(
                    content=read(MAX_ATTACHMENT), name=name, title=title[:250]
                )
            except (AttachmentRefused, Unreadable) as error:
                self.remarks.append(f"Không dùng được tệp {name}: {error}")
                continue
            node.attrs["href"] = attachment.get_absolute_url()
        return self._tree.body.inner_html or ""

    def _look_at_picture(self, node):
        attributes = node.attributes
        reference = next(filter(None, map(attributes.get, (*_LAZY, "src"))), "").strip()
        name = _file_name(reference)
        if not reference or _is_tool(attributes, name):
            node.decompose()
            return
        read = _embedded(reference) if _DATA.match(reference) else self.find(reference)
        if self._keep(read, "ảnh", name, MAX_PICTURE):
            self._pictures.append((node, read, name))
        else:
            node.decompose()

    def _look_at_link(self, node):
        reference = (node.attributes["href"] or "").strip()
        name = _file_name(reference)
        address = self._absolute(reference)
        if PurePosixPath(name).suffix.lower() in _DOCUMENTS:
            read = self.find(reference)
            if self._keep(read, "tệp đính kèm", name, MAX_ATTACHMENT):
                self._documents.append((node, read, name))
        # Links with scripts or to places in the page itself lead nowhere; their words stay.
        node.attrs["href"] = address

    def _keep(self, read, what, name, limit):
        """Note the digest of a file that lies beside, or that it does not."""
        if read is None:
            self._missing[what].append(name)
            self.digests.append("")
            return False
        try:
            self.digests.append(hashlib.sha256(read(limit)).hexdigest())
        except Unreadable as error:
            self.remarks.append(f"Không dùng được {what} {name}: {error}")
            self.digests.append("")
            return False
        return True

    def _absolute(self, reference):
        try:
            address = urljoin(self.article.address, reference)
        except ValueError:
            return ""
        return (
            address
            if address.startswith(("http://", "https://", "mailto:", "tel:"))
            else ""
        )


def _embedded(reference):
    """Return how to read a picture that is written out in the page itself."""

    def read(limit):
        encoded = unquote(reference.partition(",")[2])
        if len(encoded) > limit * 4 // 3 + 4:
            raise Unreadable(f"Ảnh lớn hơn {limit // 2**20} MB.")
        try:
            return base64.b64decode(encoded)
        except (binascii.Error, ValueError):
            raise Unreadable("Ảnh nhúng trong trang bị hỏng.") from None

    return read


def _is_tool(attributes, name):
    """Tell whether a picture is a button of the page or a counter, by its name and size."""
    sizes = [attributes.get(side) or "" for side in ("width", "height")]
    tiny = any(size.isdecimal() and int(size[:4]) <= _MOST_MEANT for size in sizes)
    return tiny or bool(_TOOL.search(PurePosixPath(name).stem))


def _meaningful_alt(node, name):
    """Return what the old page said of a picture, unless it is a file name or a mere number."""
    alt = " ".join((node.attributes.get("alt") or "").split())
    stem = PurePosixPath(name).stem
    if not alt or alt.casefold() in (name.casefold(), stem.casefold()):
        return ""
    if _CAMERA_NAME.fullmatch(alt) or re.search(r"\.(?:jpe?g|png|gif|webp)$", alt, re.I):
        return ""
    return alt[:300]


def _file_name(reference):
    """Return the name of the file that an address ends with, to call it by."""
    if _DATA.match(reference):
        return "ảnh nhúng"
    try:
        path = unquote(urlsplit(reference).path)
    except ValueError:
        path = reference
    return PurePosixPath(path.replace("\\", "/")).name[:120]


def _some(names):
    shown = ", ".join(names[:5])
    return f"{shown} …" if len(names) > 5 else shown
