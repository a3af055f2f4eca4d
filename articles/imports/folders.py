"""A folder of saved pages: which pages it has, and what lies beside them.

Names in pages come from strangers. Nothing outside the folder is opened, no link is followed,
and no more is read of a file than a page or a picture can have.
"""

import os
import re
import stat
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path, PurePosixPath
from urllib.parse import quote, unquote, urlsplit

from articles.imports.reading import Unreadable
from portal.text import nfc

__all__ = ["SavedFolder", "is_page", "read_file"]

_PAGES = {".html", ".htm", ".xhtml", ".mht", ".mhtml"}
# Where browsers put what belongs to a saved page; frames in there are pages as well.
_BESIDE = re.compile(r".+[_.](?:files|fichiers|archivos|dateien|tep)", re.I)


class SavedFolder:
    """The folder at `root`, of which nothing outside is ever read."""

    def __init__(self, root: Path):
        self.root = Path(os.path.realpath(root))
        self._names = lru_cache(maxsize=4)(_names_in)

    def pages(self) -> Iterator[Path]:
        """Yield the saved pages below the folder, in the order of their names."""
        for folder, subfolders, names in os.walk(self.root):
            subfolders[:] = sorted(n for n in subfolders if not _BESIDE.fullmatch(n))
            yield from (Path(folder, name) for name in sorted(names) if is_page(name))

    def name_of(self, path: Path) -> str:
        """Return how reports call a file: its path inside the folder."""
        return str(path.relative_to(self.root)).encode("utf-8", "replace").decode()

    def address_of(self, path: Path, base_url: str) -> str:
        """Return where a page of a mirrored site stood, which lay at `base_url`."""
        return base_url.rstrip("/") + "/" + quote(self.name_of(path))

    def find(self, page: Path, reference: str) -> Path | None:
        """Return the file beside `page` that its `src` or `href` means; None if there is none.

        Browsers write a path from the page; copies of whole sites keep addresses that begin
        at the root; and where only the page was rewritten, the file name is what is left.
        """
        try:
            parts = urlsplit(reference.strip())
        except ValueError:
            return None
        wanted = unquote(parts.path).replace("\\", "/")
        if not wanted or "\0" in wanted or parts.scheme == "data":
            return None
        near = PurePosixPath(page.parent.relative_to(self.root).as_posix())
        name = PurePosixPath(wanted).name
        candidates = [near / f"{page.stem}{end}" / name for end in ("_files", ".files")]
        if parts.scheme in ("", "http", "https"):
            candidates.insert(0, PurePosixPath(wanted.lstrip("/")))
        if not parts.scheme and not parts.netloc and not wanted.startswith("/"):
            candidates.insert(0, near / wanted)
        return next(filter(None, map(self._inside, candidates)), None)

    def _inside(self, relative):
        """Return the regular file at a path from the root, or None."""
        steps = os.path.normpath(relative).split("/")
        if ".." in steps:
            return None
        path = self.root
        for step in steps:
            path = path / step
            if not os.path.lexists(path):
                # Archives made on a Mac take accents apart, Windows ignores capitals.
                same = self._names(path.parent).get(nfc(step).casefold())
                if same is None:
                    return None
                path = path.with_name(same)
            if path.is_symlink():
                return None
        return path if path.is_file() else None


def is_page(name: str) -> bool:
    """Tell whether a file of this name is a saved page."""
    return PurePosixPath(name).suffix.lower() in _PAGES


def read_file(path: Path, limit: int) -> bytes:
    """Return the content of a regular file of at most `limit` bytes; raises `Unreadable`."""
    try:
        # Neither a link nor a pipe, on which a program would wait for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with open(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise Unreadable("Đây không phải là một tệp thường.")
            content = file.read(limit + 1)
    except (OSError, ValueError):
        raise Unreadable(
            "Không mở được tệp (liên kết tượng trưng, hoặc không có quyền đọc)."
        ) from None
    if len(content) > limit:
        raise Unreadable(f"Tệp lớn hơn {limit // 2**20} MB.")
    return content


def _names_in(folder):
    """Return {name as it is compared: name} of what lies in a folder."""
    try:
        return {nfc(name).casefold(): name for name in os.listdir(folder)}
    except OSError:
        return {}
