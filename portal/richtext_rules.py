"""The allow-list of rich text: which elements, attributes and classes editors may write.

It mirrors the toolbar of portal/editor.py. There are classes instead of style attributes,
because the policy of the public pages forbids those.
"""

import re

from django.conf import settings

__all__ = ["ATTRIBUTES", "CLASSES", "TAGS"]

TEXT_CLASSES = {"align-center", "align-right", "align-justify"}
WIDTHS = (25, 50, 75)  # per cent of the column; a wider picture takes all of it
PICTURE_CLASSES = {"align-left", "align-right", *(f"width-{width}" for width in WIDTHS)}

CLASSES = {
    **dict.fromkeys(("p", "h2", "h3", "h4", "li", "td", "th", "figcaption"), TEXT_CLASSES),
    # "decorative" says that the empty alt is a decision, made in the picture's dialog; without
    # it a picture without alt is one whose description was forgotten.
    "img": PICTURE_CLASSES | {"decorative"},
    "figure": PICTURE_CLASSES | {"image"},
    # CKEditor centres a captioned picture by a box around it; no other div is kept.
    "div": {"align-center"},
}
# In the order in which they are written.
ATTRIBUTES = {
    "a": ("href",),
    "img": ("src", "alt", "width", "height"),
    "ol": ("start",),
    "td": ("colspan", "rowspan"),
    "th": ("colspan", "rowspan", "scope"),
}
LISTS = {"ul", "ol"}
CELLS = {"td", "th"}
INLINE = {"strong", "em", "sub", "sup", "a"}
VOID = {"br", "hr", "img"}
TAGS = frozenset(
    INLINE
    | VOID
    | LISTS
    | CELLS
    | {"p", "h2", "h3", "h4", "li", "blockquote", "figure", "figcaption", "div"}
    | {"table", "caption", "thead", "tbody", "tfoot", "tr"}
)
# Parts of a page that are no text go with all that they contain.
DROPPED_WHOLE = {
    *("script", "style", "template", "noscript", "noembed", "noframes", "iframe", "object"),
    *("svg", "math", "xml", "select", "title", "audio", "video", "canvas"),
}
URL_SCHEMES = {"http", "https", "mailto", "tel"}

LINK = re.compile(r"(?:https?://|mailto:|tel:|/(?!/))[^\s\\]*", re.IGNORECASE)
OWN_FILE = re.compile(re.escape(settings.MEDIA_URL) + r"(?!.*\.\.)[\w./-]+", re.ASCII)
VALUES = {
    "href": LINK,
    "src": OWN_FILE,
    "alt": re.compile(r".*", re.DOTALL),
    "width": re.compile(r"[1-9]\d{0,3}", re.ASCII),
    "height": re.compile(r"[1-9]\d{0,3}", re.ASCII),
    "start": re.compile(r"\d{1,3}", re.ASCII),
    "colspan": re.compile(r"[1-9]\d{0,2}", re.ASCII),
    "rowspan": re.compile(r"[1-9]\d{0,2}", re.ASCII),
    "scope": re.compile(r"row|col|rowgroup|colgroup"),
}


def kept_value(tag: str, name: str, value: str) -> str | None:
    """Return what attribute `name` of `tag` may say, or None when it must go.

    nh3 asks for every attribute it meets and would keep one for which this raised. `rel` is
    nh3's own.
    """
    if name == "class":
        if value in CLASSES.get(tag, ()):
            return value
        return " ".join(kept_classes(tag, value.split())) or None
    if name == "rel":
        return value
    rule = VALUES.get(name)
    return value if rule and rule.fullmatch(value) else None


def kept_classes(tag: str, classes: list[str]) -> list[str]:
    """Return those of `classes` that `tag` may have, each once, in their order."""
    allowed = CLASSES.get(tag, ())
    return [name for name in dict.fromkeys(classes) if name in allowed]
