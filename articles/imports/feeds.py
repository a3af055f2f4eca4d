"""Reads the articles out of an RSS or Atom file."""

import re
from collections.abc import Iterator
from contextlib import suppress
from email.utils import parsedate_to_datetime
from html import escape
from xml.etree.ElementTree import ParseError, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from articles.imports import dates, leftovers
from articles.imports.outline import Outline, parse
from articles.imports.reading import NoArticle, OldArticle, Unreadable

__all__ = ["read_feed"]

_ENTRIES = {"item", "entry"}
_ATOM = "{http://www.w3.org/2005/Atom}"
_XHTML_PREFIX = re.compile(r"(</?)\w+:")
_TAG = re.compile(r"<[a-zA-Z/!]")


def read_feed(file) -> Iterator[OldArticle | NoArticle | Unreadable]:
    """Yield the entries of a feed, one at a time; for one that is left out, the reason.

    `file` is open for reading bytes. RSS 0.9 to 2.0 and Atom. Entities and anything outside
    the file are refused. Raises `Unreadable` where the file is no feed or breaks off; what
    was yielded before is whole.
    """
    above = []
    is_feed = False
    try:
        for event, element in iterparse(file, events=("start", "end")):
            name = _local(element.tag)
            if event == "start":
                is_feed = is_feed or name in ("rss", "feed", "RDF", *_ENTRIES)
                if not is_feed:
                    break
                above.append(element)
                continue
            above.pop()
            if name in _ENTRIES:
                yield _article_or_reason(element)
            if above and (name in _ENTRIES or len(above) == 1):
                above[-1].remove(element)  # memory for one entry, not for the file
    except DefusedXmlException:
        raise Unreadable(
            "Tệp XML có khai báo thực thể (ENTITY) nên bị từ chối vì lý do an toàn."
        ) from None
    except (ParseError, ValueError, LookupError) as error:
        line = getattr(error, "position", ("?",))[0]
        raise Unreadable(
            f"Tệp RSS/Atom hỏng từ dòng {line}; các bài trước đó đã được đọc. "
            "Hãy tải lại tệp từ trang cũ."
        ) from None
    if not is_feed:
        raise Unreadable("Tệp XML này không phải là RSS hoặc Atom.")


def _article_or_reason(entry):
    try:
        return _article(entry)
    except (NoArticle, Unreadable) as reason:
        return reason
    except RecursionError:
        return Unreadable("Mục hỏng: các thẻ lồng vào nhau quá sâu.")


def _article(entry):
    """Return the article of an `<item>` or `<entry>`."""
    texts = {}
    for child in entry:
        name = _local(child.tag)
        if name == "link":
            texts["link"] = texts.get("link") or _link(child)
        elif name in ("guid", "id") and child.get("isPermaLink") != "false":
            texts.setdefault("guid", _text(child))
        elif name == "author":
            texts.setdefault(name, _text(child.find(f"{_ATOM}name")) or _text(child))
        else:
            texts.setdefault(name, _html(child))
    title = _plain(texts.get("title", ""))
    if not title:
        raise NoArticle("Mục không có tiêu đề.")
    summary = texts.get("description") or texts.get("summary", "")
    content = texts.get("encoded") or texts.get("content", "")
    body, trimmed = _trimmed(content or summary, title)
    lead = _plain(summary) if content else ""
    article = OldArticle(
        title=title,
        body=body,
        lead="" if leftovers.says_the_same(lead, title) else lead,
        author_name=trimmed.author_name or _author(texts),
        source=trimmed.source or _plain(texts.get("source", "")),
        address=_address(texts),
    )
    moment = next(
        filter(
            None,
            (
                _moment(texts.get(name, ""))
                for name in ("pubDate", "published", "date", "updated")
            ),
        ),
        None,
    )
    if moment:
        article.published_at, article.precision = moment
    if not content:
        article.remarks.append(
            "Tệp RSS chỉ có phần tóm tắt; hãy mở bài trên trang cũ và chép nốt nội dung."
        )
    return article


def _trimmed(html, title):
    """Return (the HTML without what is no article, what was found)."""
    if not _TAG.search(html):
        html = escape(html, quote=False)
    tree = parse(html)
    outline = Outline(tree.body)
    end = len(outline.lines)
    trimmed = leftovers.trim(outline, 0, end, title=title)
    if not trimmed.lines:
        raise NoArticle("Mục chỉ có tiêu đề, không có nội dung.")
    leftovers.keep_only(outline, trimmed.lines, 0, end)
    return leftovers.html_of(tree.body), trimmed


def _address(texts):
    candidates = (texts.get("link", ""), texts.get("guid", ""))
    return next((text for text in candidates if re.match(r"https?://", text)), "")


def _author(texts):
    """Return a name; RSS wants "a@b.vn (Tên)", most feeds write the name alone."""
    name = _plain(texts.get("creator") or texts.get("author", ""))
    if found := re.fullmatch(r"\S+@\S+ \((.+)\)", name):
        name = found[1]
    return "" if "@" in name else name


def _moment(text):
    """Return (moment, precision) of "Fri, 26 Jan 2024 08:30:00 +0700" or what stands for it."""
    text = text.strip()
    with suppress(ValueError, TypeError, IndexError, OverflowError):
        text = parsedate_to_datetime(text).isoformat()
    return dates.read_iso(text) or dates.read_line(text)


def _link(element):
    is_page = element.get("rel", "alternate") == "alternate"
    return (element.get("href") or _text(element)).strip() if is_page else ""


def _html(element):
    """Return the content of a text element as HTML; XHTML in Atom is markup of its own."""
    if element.get("type") == "xhtml":
        inner = "".join(tostring(child, encoding="unicode") for child in element)
        return _XHTML_PREFIX.sub(r"\1", inner)
    text = _text(element)
    return escape(text, quote=False) if element.get("type") == "text" else text


def _plain(html):
    return " ".join(parse(html).text(separator=" ").split()) if html else ""


def _text(element):
    return (element.text or "").strip() if element is not None else ""


def _local(tag):
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
