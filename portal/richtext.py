"""Rich text: one allow-list for what editors may write, and the way to show it.

`clean()` runs on every save and again on every rendering (remembered by text). Three steps:

1. nh3 parses the input as a browser would and drops what is never wanted (scripts, forms,
   frames, unknown tags); what comes out is well-formed.
2. `_Rewriter` walks over that and turns the habits of Word, Google Docs and CKEditor into
   our own few words: `style="text-align:center"` becomes `class="align-center"`, `h1`
   becomes `h2`, a `div` a paragraph, a bold `span` a `strong`; empty paragraphs go.
3. nh3 again, strictly: this pass alone decides what is safe. Step 2 can add nothing to it.

The allow-list mirrors the toolbar of portal/editor.py. There are classes instead of style
attributes, because the policy of the public pages forbids those.
"""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape, unescape

import nh3
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

__all__ = ["ATTRIBUTES", "CLASSES", "TAGS", "clean", "plain_text", "render"]

_TEXT_CLASSES = {"align-center", "align-right", "align-justify"}
_WIDTHS = (25, 50, 75)  # per cent of the column; a wider picture takes all of it
_PICTURE_CLASSES = {"align-left", "align-right", *(f"width-{width}" for width in _WIDTHS)}

CLASSES = {
    **dict.fromkeys(("p", "h2", "h3", "h4", "li", "td", "th", "figcaption"), _TEXT_CLASSES),
    "img": _PICTURE_CLASSES,
    "figure": _PICTURE_CLASSES | {"image"},
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
_LISTS = {"ul", "ol"}
_CELLS = {"td", "th"}
_INLINE = {"strong", "em", "sub", "sup", "a", "span"}  # a span never stays
_VOID = {"br", "hr", "img"}
TAGS = frozenset(
    (_INLINE - {"span"})
    | _VOID
    | _LISTS
    | _CELLS
    | {"p", "h2", "h3", "h4", "li", "blockquote", "figure", "figcaption", "div"}
    | {"table", "caption", "thead", "tbody", "tfoot", "tr"}
)

_RENAMED = {"h1": "h2", "h5": "h4", "h6": "h4", "b": "strong", "i": "em"}
# Boxes of foreign pages become paragraphs, or vanish around blocks of their own.
_BOXES = {
    *("div", "section", "article", "header", "footer", "main", "aside", "nav", "center"),
    *("address", "pre", "dl", "dt", "dd", "details", "summary", "fieldset", "form"),
}
_TRANSPARENT = _BOXES | _INLINE
_ONE_LINE = {"h2", "h3", "h4", "caption", "figcaption"}  # hold no paragraphs
_PARENTS = {"li": _LISTS, "figcaption": {"figure"}}
# Parts of a page that are no text go with all that they contain.
_DROPPED_WHOLE = {
    *("script", "style", "template", "noscript", "noembed", "noframes", "iframe", "object"),
    *("svg", "math", "xml", "select", "title", "audio", "video", "canvas"),
}
_URL_SCHEMES = {"http", "https", "mailto", "tel"}

_LINK = re.compile(r"(?:https?://|mailto:|tel:|/(?!/))[^\s\\]*", re.IGNORECASE)
_OWN_FILE = re.compile(re.escape(settings.MEDIA_URL) + r"(?!.*\.\.)[\w./-]+", re.ASCII)
_VALUES = {
    "href": _LINK,
    "src": _OWN_FILE,
    "alt": re.compile(r".*", re.DOTALL),
    "width": re.compile(r"[1-9]\d{0,3}", re.ASCII),
    "height": re.compile(r"[1-9]\d{0,3}", re.ASCII),
    "start": re.compile(r"\d{1,3}", re.ASCII),
    "colspan": re.compile(r"[1-9]\d{0,2}", re.ASCII),
    "rowspan": re.compile(r"[1-9]\d{0,2}", re.ASCII),
    "scope": re.compile(r"row|col|rowgroup|colgroup"),
}


def _kept_value(tag: str, name: str, value: str) -> str | None:
    """Return what attribute `name` of `tag` may say, or None when it must go.

    nh3 asks for every attribute it meets and would keep one for which this raised. `rel` is
    nh3's own.
    """
    if name == "class":
        return " ".join(_kept_classes(tag, value.split())) or None
    if name == "rel":
        return value
    rule = _VALUES.get(name)
    return value if rule and rule.fullmatch(value) else None


def _kept_classes(tag, classes):
    allowed = CLASSES.get(tag, ())
    return [name for name in dict.fromkeys(classes) if name in allowed]


_ATTRIBUTE_SETS = {
    tag: {*ATTRIBUTES.get(tag, ()), *(["class"] if tag in CLASSES else [])} for tag in TAGS
}
_LOOSE = nh3.Cleaner(
    tags=TAGS | _BOXES | set(_RENAMED) | {"span"},
    clean_content_tags=_DROPPED_WHOLE,
    attributes=_ATTRIBUTE_SETS | {"*": {"style", "class", "align"}},
    url_schemes=_URL_SCHEMES,
    link_rel=None,
)
_STRICT = nh3.Cleaner(
    tags=set(TAGS),
    clean_content_tags=_DROPPED_WHOLE,
    attributes=_ATTRIBUTE_SETS,
    attribute_filter=_kept_value,
    url_schemes=_URL_SCHEMES,
    link_rel="noopener",
)
_WORDS = nh3.Cleaner(
    tags=(TAGS | _BOXES | set(_RENAMED)) - _INLINE - {"b", "i", "img"},
    clean_content_tags=_DROPPED_WHOLE,
    attributes={"*": set()},
    link_rel=None,
)

# How nh3 writes: every attribute in double quotes, every "<" of the text as "&lt;".
_TOKEN = re.compile(r'<(/?)([a-z][a-z0-9]*)((?: [^\s="<>]+="[^"]*")*)>|([^<]+)')
_ANY_TAG = re.compile(r"<[^<>]*>")
_ATTRIBUTE = re.compile(r' ([^\s="<>]+)="([^"]*)"')
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u0338\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)
_NBSP_RUN = re.compile(r" ?&nbsp;(?: |&nbsp;)+")
# Editors write one where a word meets a tag, so that their own frame shows the blank.
_NBSP_AT_TAG = re.compile(r"^&nbsp;|&nbsp;$")
_TEXT_ALIGN = re.compile(
    r"(?:^|[;\s])text-align\s*:\s*(center|right|justify)", re.IGNORECASE
)
_FLOAT = re.compile(r"(?:^|[;\s])float\s*:\s*(left|right)", re.IGNORECASE)
_WIDTH = re.compile(
    r"(?:^|[;\s])width\s*:\s*(\d{1,3})(?:\.\d+)?%", re.ASCII | re.IGNORECASE
)
_BOLD = re.compile(r"(?<!-)font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_NOT_BOLD = re.compile(r"(?<!-)font-weight\s*:\s*(?:normal|[1-5]00)", re.IGNORECASE)
_ITALIC = re.compile(r"(?<!-)font-style\s*:\s*italic", re.IGNORECASE)
_RAISED = re.compile(r"(?<!-)vertical-align\s*:\s*(sub|super)", re.IGNORECASE)

_ROUNDS = 5
_DEEPEST = 60  # elements; what lies deeper loses its tags, its text stays
# Parsing as browsers do is quadratic in depth: 100,000 open tags would take minutes.
_MOST_OPEN = 5_000
_TAG_NAME = re.compile(r"<(/?)([a-z][a-z0-9]*)")


def clean(html: str) -> str:
    """Return the part of `html` that editors may write, in one normal form.

    Never raises, whatever the text. Cleaning twice changes nothing. Text without any tag
    becomes paragraphs at its blank lines.
    """
    html = html.encode("utf-8", "ignore").decode()
    if "<" not in html:
        html = _as_paragraphs(html)
    elif _most_open(html) > _MOST_OPEN:
        html = _as_paragraphs(escape(_ANY_TAG.sub(" ", html), quote=False))
    for _ in range(_ROUNDS):
        # Taking a box away can leave its contents where they do not belong, which only the
        # next walk sees; what was stored clean is through after one.
        before, html = html, _STRICT.clean(_Rewriter().rewrite(_LOOSE.clean(html)))
        if html == before:
            return html
    # Markup so crossed that every parsing changes it is no one's article: keep its words.
    return _as_paragraphs(escape(plain_text(html), quote=False))


def plain_text(html: str) -> str:
    """Return the words of `html`, one line a paragraph, heading, list item or cell."""
    html = html.encode("utf-8", "ignore").decode()
    lines = _ANY_TAG.split(_WORDS.clean(html))
    words = (" ".join(_tidy_text(unescape(line)).split()) for line in lines)
    return "\n".join(line for line in words if line)


@lru_cache(maxsize=256)
def render(html: str) -> SafeString:
    """Return stored rich text as the page shows it: cleaned, wide tables in a scroll box.

    A process remembers the last 256 texts, so a page costs a look-up, not a parsing.
    """
    cleaned = clean(html)
    if "<table" in cleaned or "<img" in cleaned:
        cleaned = _TOKEN.sub(_shown, cleaned)
    return mark_safe(cleaned)  # noqa: S308 — the one place; `clean` ends with nh3


def _most_open(html):
    """Return how many elements of `html` are open at once, at most.

    A closing tag counts only after an opening one of its name, as parsers have it.
    """
    if html.count("<") <= _MOST_OPEN:
        return 0  # cannot be too many; nearly every text ends here
    is_open = Counter()
    depth = deepest = 0
    for closing, name in _TAG_NAME.findall(html.lower()):
        if name in _VOID:
            continue
        if not closing:
            is_open[name] += 1
            depth += 1
            deepest = max(deepest, depth)
        elif is_open[name]:
            is_open[name] -= 1
            depth -= 1
    return deepest


_SHOWN = {
    # Reached by keyboard, so that it can be scrolled without a mouse.
    (
        "",
        "table",
    ): '<div class="table-scroll" tabindex="0" role="group" aria-label="Bảng"><table>',
    ("/", "table"): "</table></div>",
}


def _shown(match):
    closing, name, attributes, _text = match.groups()
    if name == "img":
        return f'<img{attributes} loading="lazy" decoding="async">'
    return _SHOWN.get((closing, name), match[0])


def _as_paragraphs(text):
    blocks = (block.strip() for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n")))
    return "\n".join(
        f"<p>{block.replace(chr(10), '<br>')}</p>" for block in blocks if block
    )


def _tidy_text(text):
    """Make NFC of `text`, drop invisible characters, keep no-break spaces single."""
    text = _INVISIBLE.sub("", text.replace("=\u0338", "≠"))
    text = unicodedata.normalize("NFC", text)
    return _NBSP_RUN.sub(" ", text).replace(" &nbsp;", " ")


def _inline_name(name, values):
    """Return what an inline element means; "span" when it means nothing."""
    style = values.get("style", "")
    if name == "a" and not _LINK.fullmatch(values.get("href", "")):
        return "span"
    if name == "strong" and _NOT_BOLD.search(style):
        # Google Docs wraps every paste in <b style="font-weight:normal">.
        return "span"
    if name == "span" and style:
        if _BOLD.search(style):
            return "strong"
        if _ITALIC.search(style):
            return "em"
        if raised := _RAISED.search(style):
            return "sub" if raised[1].lower() == "sub" else "sup"
    return name


def _classes(tag, values):
    """Return the classes of `tag`, those that its old-fashioned attributes mean included."""
    style = values.get("style", "")
    classes = ["image"] if tag == "figure" else []
    if found := (_FLOAT if tag in ("figure", "img") else _TEXT_ALIGN).search(style):
        classes.append(f"align-{found[1].lower()}")
    elif align := values.get("align"):
        classes.append(f"align-{align.lower()}")
    if found := _WIDTH.search(style):
        nearest = min((*_WIDTHS, 100), key=lambda width: abs(width - int(found[1])))
        classes.append(f"width-{nearest}")
    return _kept_classes(tag, [*values.get("class", "").split(), *classes])


def _attributes(tag, values):
    """Return the attributes of `tag` as nh3 will write them; values are already escaped."""
    if tag == "a":
        return f' href="{values["href"]}" rel="noopener"'
    kept = [
        f' {name}="{_tidy_text(values[name])}"'
        for name in ATTRIBUTES.get(tag, ())
        if name in values and _VALUES[name].fullmatch(values[name])
    ]
    if tag in CLASSES and (classes := _classes(tag, values)):
        kept.append(f' class="{" ".join(classes)}"')
    return "".join(kept)


@dataclass(slots=True)
class _Element:
    """An element being read: its finished children as HTML, and what they amount to."""

    name: str
    values: dict[str, str] = field(default_factory=dict)
    parts: list[str] = field(default_factory=list)
    has_content: bool = False
    has_block: bool = False
    has_picture: bool = False
    has_figure: bool = False

    def learn_from(self, child):
        self.has_content |= child.has_content
        self.has_block |= child.has_block
        self.has_picture |= child.has_picture
        self.has_figure |= child.has_figure


class _Rewriter:
    """Step 2 of `clean`: one walk over the well-formed output of nh3."""

    def __init__(self):
        self.open = [_Element("")]
        self.too_deep = 0

    def rewrite(self, html: str) -> str:
        is_tidy = (
            "&nbsp;" not in html
            and unicodedata.is_normalized("NFC", html)
            and not _INVISIBLE.search(html)
        )
        for closing, name, attributes, text in _TOKEN.findall(html):
            if text:
                if not is_tidy:
                    text = _NBSP_AT_TAG.sub(" ", _tidy_text(text))
                self._text(text)
            elif closing:
                self._end()
            else:
                values = dict(_ATTRIBUTE.findall(attributes)) if attributes else {}
                (self._void if name in _VOID else self._begin)(name, values)
        html = "".join(self.open[0].parts).strip()
        if not self.open[0].has_content:
            return ""
        return html if self.open[0].has_block else f"<p>{html}</p>"

    def _text(self, text):
        element = self.open[-1]
        if not element.has_content and text.replace("&nbsp;", " ").strip():
            element.has_content = True
        element.parts.append(text)

    def _void(self, name, values):
        element = self.open[-1]
        if name == "img":
            if not _OWN_FILE.fullmatch(values.get("src", "")):
                return
            values.setdefault("alt", "")
            element.has_picture = True
        element.has_block |= name == "hr"
        element.has_content |= name != "br"
        element.parts.append(f"<{name}{_attributes(name, values)}>")

    def _begin(self, name, values):
        if len(self.open) > _DEEPEST:
            self.too_deep += 1
            return
        name = _RENAMED.get(name, name)
        if name in _INLINE:
            name = _inline_name(name, values)
            if any(outer.name == name for outer in self.open):
                name = "span"
        elif self._is_misplaced(name):
            name = "div"
        elif name == "th" and any(outer.name == "thead" for outer in self.open):
            values.setdefault("scope", "col")
        self.open.append(_Element(name, values))

    def _is_misplaced(self, name):
        if name in _PARENTS:
            return self._structure() not in _PARENTS[name]
        # A figure that turns out to have no picture would leave its paragraphs here.
        return name in ("p", "figure") and self._structure() in _ONE_LINE

    def _structure(self):
        """Return the name of the nearest open element that is no box and not inline."""
        return next(e.name for e in reversed(self.open) if e.name not in _TRANSPARENT)

    def _end(self):
        if self.too_deep:
            self.too_deep -= 1
            return
        element = self.open.pop()
        if element.name in _INLINE:
            if element.name == "span" or not element.has_content:
                self._unwrap(element)
            else:
                self._keep(element)
            return
        if element.name == "figure" and not element.has_picture:
            self._open_figure(element)
        if element.name in _BOXES:
            element.name = self._meaning_of_box(element)
        if not element.has_content and element.name not in _CELLS:
            return
        if element.name:
            self._keep(element)
        else:
            self._unwrap(element)
            self.open[-1].parts.append("\n")

    @staticmethod
    def _open_figure(element):
        """Make a plain box of a figure without picture, a paragraph of its caption."""
        element.name = "div"
        for i, part in enumerate(element.parts):
            if part.startswith("<figcaption"):
                inner = part.removeprefix("<figcaption").removesuffix("</figcaption>")
                element.parts[i] = f"<p{inner}</p>"

    def _meaning_of_box(self, element):
        """Return what becomes of a box: a centring div, a paragraph, or nothing ("")."""
        if element.has_figure and "align-center" in _classes("div", element.values):
            return "div"
        if element.has_block or self._structure() in _ONE_LINE | _LISTS:
            return ""
        return "p"

    def _unwrap(self, element):
        outer = self.open[-1]
        outer.parts += element.parts
        outer.learn_from(element)

    def _keep(self, element):
        outer, name = self.open[-1], element.name
        html = (
            f"<{name}{_attributes(name, element.values)}>{''.join(element.parts)}</{name}>"
        )
        if name in _LISTS and outer.name in _LISTS:
            html = self._as_item(html, outer.parts)
        outer.parts.append(html)
        outer.learn_from(element)
        outer.has_content = True
        outer.has_block |= name not in _INLINE
        outer.has_figure |= name == "figure"

    @staticmethod
    def _as_item(html, before):
        """Put a list that stands directly in a list into the item before it."""
        while before and before[-1].isspace():
            before.pop()
        if before and before[-1].endswith("</li>"):
            return f"{before.pop().removesuffix('</li>')}{html}</li>"
        return f"<li>{html}</li>"
