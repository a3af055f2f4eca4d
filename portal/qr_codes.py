"""QR codes, drawn by a template as plain SVG: no script, no picture from elsewhere."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

import segno

__all__ = ["QrCode", "qr_code"]

QUIET = 4  # modules of white around the code, as ISO/IEC 18004 asks


@dataclass(frozen=True)
class QrCode:
    """A code of `size` × `size` modules, the quiet zone included.

    `path` strokes every dark run of a row by a line one module thick.
    """

    size: int
    path: str


@lru_cache(maxsize=256)
def qr_code(text):
    """Return `text` (an address, some 300 characters at most) as a code for phones.

    Error correction M: readable with 15 % of the sheet stained or torn.
    """
    symbol = segno.make_qr(text, error="m", boost_error=False)
    lines = []
    for y, row in enumerate(symbol.matrix_iter(border=QUIET)):
        x = 0
        for is_dark, run in groupby(row):
            length = len(list(run))
            if is_dark:
                lines.append(f"M{x} {y}.5h{length}")
            x += length
    return QrCode(size=symbol.symbol_size(border=QUIET)[0], path="".join(lines))
