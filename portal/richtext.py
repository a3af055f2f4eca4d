"""Rich text: cleaning what editors wrote, and showing it.

`clean()` runs on every save and again on every rendering (remembered by text). Three steps:

1. nh3 parses the input as a browser would and drops what is never wanted (scripts, forms,
   frames, unknown tags); what comes out is well-formed. Text that is well-formed as it came,
   such as every stored one, goes without this step.
2. `Rewriter` (portal/richtext_habits.py) walks over that and turns the habits of Word, Google
   Docs and CKEditor into our own few words: `style="text-align:center"` becomes
   `class="align-center"`, a `div` a paragraph, a bold `span` a `strong`; empty paragraphs go.
3. nh3 again, strictly: this pass alone decides what is safe. Step 2 can add nothing to it,
   and where it changes anything, all three steps begin anew.

The allow-list is portal/richtext_rules.py.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from html import escape, unescape
from itertools import chain, count

import nh3
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from portal.content_version import Memory
from portal.richtext_habits import (
    BOXES,
    RENAMED,
    WRAPPERS,
    NotWellFormed,
    Rewriter,
    tidy_text,
)
from portal.richtext_report import Report
from portal.richtext_rules import (
    ATTRIBUTES,
    CLASSES,
    DROPPED_WHOLE,
    INLINE,
    TAGS,
    URL_SCHEMES,
    VOID,
    WIDTHS,
    kept_value,
)
from portal.text import slugify

__all__ = [
    "ATTRIBUTES",
    "CLASSES",
    "TAGS",
    "PictureSources",
    "Report",
    "clean",
    "clean_with_report",
    "plain_text",
    "register_picture_sources",
    "render",
    "render_with_contents",
]

# Addresses that lead nowhere from a page, let through the first step to be counted.
_REPORTED_SCHEMES = {
    *("file", "data", "cid", "blob", "webkit-fake-url"),
    *("javascript", "vbscript", "about", "ftp"),
}
_ATTRIBUTE_SETS = {
    tag: {*ATTRIBUTES.get(tag, ()), *(["class"] if tag in CLASSES else [])} for tag in TAGS
}
_LOOSE = nh3.Cleaner(
    tags=TAGS | BOXES | WRAPPERS | set(RENAMED),
    clean_content_tags=DROPPED_WHOLE,
    attributes=_ATTRIBUTE_SETS | {"*": {"style", "class", "align"}, "font": {"color"}},
    url_schemes=URL_SCHEMES | _REPORTED_SCHEMES,
    link_rel=None,
)
_STRICT = nh3.Cleaner(
    tags=set(TAGS),
    clean_content_tags=DROPPED_WHOLE,
    attributes=_ATTRIBUTE_SETS,
    attribute_filter=kept_value,
    url_schemes=URL_SCHEMES,
    link_rel="noopener",
)
_WORDS = nh3.Cleaner(
    tags=(TAGS | BOXES | set(RENAMED)) - INLINE - {"b", "i", "img"},
    clean_content_tags=DROPPED_WHOLE,
    attributes={"*": set()},
    link_rel=None,
)

_ANY_TAG = re.compile(r"<[^<>]*>")
_ROUNDS = 5
# Parsing as browsers do is quadratic in depth: 100,000 open tags would take minutes.
_MOST_OPEN = 5_000
_TAG_NAME = re.compile(r"<(/?)([a-z][a-z0-9]*)")


def clean(html: str) -> str:
    """Return the part of `html` that editors may write, in one normal form.

    Never raises, whatever the text. Cleaning twice changes nothing. Text without any tag
    becomes paragraphs at its blank lines.
    """
    return _clean(html)[0]


def clean_with_report(html: str) -> tuple[str, Report]:
    """Return `clean(html)` and the report on what went, for the writer of the text."""
    cleaned, losses = _clean(html)
    return cleaned, Report() if cleaned == html else Report.of(html, losses)


def _clean(html):
    """Return `clean(html)` and what went, counted by field of `Report`."""
    html = html.encode("utf-8", "ignore").decode()
    html = html.replace("\r\n", "\n").replace("\r", "\n")
    if "<" not in html:
        html = _as_paragraphs(html)
    try:
        cleaned, losses, is_settled = _rewritten(html)
        if is_settled:
            return cleaned, losses
    except NotWellFormed:
        pass
    if _most_open(html) > _MOST_OPEN:
        html = _as_paragraphs(escape(_ANY_TAG.sub(" ", html), quote=False))
    first_losses = None
    for _ in range(_ROUNDS):
        # Taking a box away can leave its contents where they do not belong, which only the
        # next walk sees.
        cleaned, losses, is_settled = _rewritten(_LOOSE.clean(html))
        first_losses = losses if first_losses is None else first_losses
        if is_settled or cleaned == html:
            return cleaned, first_losses
        html = cleaned
    # Markup so crossed that every parsing changes it is no one's article: keep its words.
    words = _as_paragraphs(escape(plain_text(html), quote=False))
    return words, first_losses + Counter(words_only=1)


def _rewritten(html):
    """Return well-formed `html` after steps 2 and 3, what went, and whether that is all."""
    rewriter = Rewriter()
    rewritten = rewriter.rewrite(html)
    cleaned = _STRICT.clean(rewritten)
    return cleaned, rewriter.losses, rewriter.is_settled and cleaned == rewritten


def plain_text(html: str) -> str:
    """Return the words of `html`, one line a paragraph, heading, list item or cell."""
    html = html.encode("utf-8", "ignore").decode()
    lines = _ANY_TAG.split(_WORDS.clean(html))
    words = (" ".join(tidy_text(unescape(line)).split()) for line in lines)
    return "\n".join(line for line in words if line)


def _most_open(html):
    """Return how many elements of `html` are open at once, at most.

    A closing tag counts only after an opening one of its name, as parsers have it.
    """
    if html.count("<") <= _MOST_OPEN:
        return 0  # cannot be too many; nearly every text ends here
    is_open = Counter()
    depth = deepest = 0
    for closing, name in _TAG_NAME.findall(html.lower()):
        if name in VOID:
            continue
        if not closing:
            is_open[name] += 1
            depth += 1
            deepest = max(deepest, depth)
        elif is_open[name]:
            is_open[name] -= 1
            depth -= 1
    return deepest


def _as_paragraphs(text):
    blocks = (block.strip() for block in re.split(r"\n\s*\n", text))
    return "\n".join(
        f"<p>{block.replace(chr(10), '<br>')}</p>" for block in blocks if block
    )


# --- Showing ----------------------------------------------------------------------------


@dataclass(frozen=True)
class PictureSources:
    """What is known of a stored picture, so that each screen loads the copy that fits it."""

    width: int  # of the stored file, in pixels
    height: int
    # (MIME type, srcset with widths) of the formats that not every browser reads, the best
    # first: (("image/avif", "/media/a-480.avif 480w, …"), ("image/webp", …)).
    srcsets: tuple[tuple[str, str], ...] = ()
    srcset: str = ""  # in the format of the stored file, or one that every browser reads


_read_sources = None
_sources = Memory(size=256)  # by the set of addresses


def register_picture_sources(
    function: Callable[[set[str]], dict[str, PictureSources]],
) -> None:
    """Let `function` tell `render` about pictures; called from `AppConfig.ready()`.

    It gets the addresses of all stored pictures of a text ("/media/anh/2024/03/cho.jpg") and
    returns what it knows by address, in one query; an address that it does not know may be
    left out. Its answer is remembered until content changes, so the tables it reads must be
    tracked (`TrackContent`).
    """
    global _read_sources
    _read_sources = function


def render(html: str) -> SafeString:
    """Return stored rich text as the page shows it.

    Cleaned, wide tables in a scroll box, pictures in the formats and widths that there are,
    and loaded late unless they stand at the beginning. A process remembers the last 256
    texts, so a page costs a look-up, not a parsing.
    """
    shown, addresses = _shown(html)
    return _with_pictures(shown, _sources_of(addresses)) if addresses else shown


def render_with_contents(html: str) -> tuple[SafeString, list[tuple[str, str]]]:
    """Return `render(html)` with an anchor at each main heading (h2), and the list of them.

    The list holds (anchor, words of the heading). Anchors are made of the words, so that a link
    to a part of the page outlives other changes of the text.
    """
    contents = {}

    def anchored(match):
        words = plain_text(match["words"]).replace("\n", " ")
        if not words:
            return match[0]
        name = f"muc-{slugify(words)}"
        numbered = chain([name], (f"{name}-{number}" for number in count(2)))
        anchor = next(each for each in numbered if each not in contents)
        contents[anchor] = words
        return f'<h2 id="{anchor}"{match["others"]}>{match["words"]}</h2>'

    shown = _HEADING.sub(anchored, render(html))
    return mark_safe(shown), list(contents.items())  # noqa: S308 — see `_shown`; anchors are slugs


@lru_cache(maxsize=256)
def _shown(html):
    """Return (`html` cleaned and its tables in boxes, the addresses of its pictures)."""
    shown = clean(html).replace("<table>", _TABLE_BEGIN).replace("</table>", _TABLE_END)
    addresses = frozenset(match["address"] for match in _PICTURE.finditer(shown))
    return mark_safe(shown), addresses - {None}  # noqa: S308 — `clean` ends with nh3


# Headings hold no headings, and what `clean` returns is well-formed.
_HEADING = re.compile(r"<h2(?P<others>[^>]*)>(?P<words>.*?)</h2>", re.DOTALL)
# Reached by keyboard, so that it can be scrolled without a mouse. What `clean` returns has no
# attributes on tables, and no "<" but those of tags.
_TABLE_BEGIN = (
    '<div class="table-scroll" tabindex="0" role="group" aria-label="Bảng"><table>'
)
_TABLE_END = "</table></div>"
_PICTURE = re.compile(
    r'<img src="(?P<address>[^"]*)"(?P<others>[^>]*)>|<figure(?P<figure>[^>]*)>|</figure>'
)
_SIZE = re.compile(r' (width|height)="(\d+)"')
_CLASS = re.compile(r' class="([^"]*)"')
_FOLD = 600  # characters of HTML; a picture that begins later is not on the first screen
# The width of a picture on the page: `.prose` and its classes in static/css/site.css.
_COLUMN = 40  # rem
_ON_WIDE_SCREENS = "(min-width: 48rem)"
_SIZES = {
    **{
        f"width-{share}": (
            f"{_ON_WIDE_SCREENS} {_COLUMN * share / 100:g}rem, max({share}vw, 9rem)"
        )
        for share in WIDTHS
    },
    **dict.fromkeys(
        ("align-left", "align-right"),
        f"{_ON_WIDE_SCREENS} {_COLUMN * 0.6:g}rem, (min-width: 40rem) 60vw, 100vw",
    ),
    "": f"{_ON_WIDE_SCREENS} {_COLUMN}rem, 100vw",
}


def _sources_of(addresses):
    if _read_sources is None:
        return {}
    return _sources.get(addresses, lambda: _read_sources(set(addresses)))


def _with_pictures(html, sources):
    parts, position, figure = [], 0, None
    for match in _PICTURE.finditer(html):
        if match["address"] is None:
            figure = match["figure"]  # None at its end
            continue
        picture = _picture(match, figure, sources.get(match["address"]))
        parts += [html[position : match.start()], picture]
        position = match.end()
    return mark_safe("".join([*parts, html[position:]]))  # noqa: S308 — see `_shown`


def _picture(match, figure, source):
    """Return the stored `<img>` as the page shows it; `figure`: the attributes around it."""
    others = match["others"]
    added = {}
    if source:
        size = {name: int(value) for name, value in _SIZE.findall(others)}
        added = _missing_size(size, source)
        sizes = _sizes(others if figure is None else figure + others, size, figure)
        if source.srcset:
            added |= {"srcset": source.srcset, "sizes": sizes}
    if match.start() >= _FOLD:
        added["loading"] = "lazy"
    image = format_html(
        '<img src="{}"{}{}>',
        match["address"],
        mark_safe(others),  # noqa: S308 — as `clean` wrote it
        format_html_join("", ' {}="{}"', (added | {"decoding": "async"}).items()),
    )
    if not source or not source.srcsets:
        return image
    offers = format_html_join(
        "",
        '<source type="{}" srcset="{}" sizes="{}">',
        ((kind, srcset, sizes) for kind, srcset in source.srcsets),
    )
    return format_html("<picture>{}{}</picture>", offers, image)


def _missing_size(size, source):
    """Return the width and height that the editor did not set, in the picture's proportion.

    With both the browser keeps the place free, so that nothing jumps.
    """
    if "width" in size:
        height = round(size["width"] * source.height / source.width)
        return {} if "height" in size else {"height": max(1, height)}
    if "height" in size:
        return {"width": max(1, round(size["height"] * source.width / source.height))}
    return {"width": source.width, "height": source.height}


def _sizes(attributes, size, figure):
    """Return how wide the picture will stand, in the words of the attribute `sizes`."""
    classes = " ".join(_CLASS.findall(attributes)).split()
    for name in _SIZES:
        if name in classes:
            return _SIZES[name]
    width = size.get("width", _COLUMN * 16)
    if figure is None and width < _COLUMN * 16:  # in a figure a picture fills the figure
        return f"(min-width: {width}px) {width}px, 100vw"
    return _SIZES[""]
