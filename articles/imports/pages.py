"""Reads the article out of a page of an old portal, as a browser saved it."""

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser

from articles.imports import dates, labels, leftovers
from articles.imports.decoding import decode
from articles.imports.outline import Box, Outline, parse
from articles.imports.reading import NoArticle, OldArticle
from portal import legacy_fonts
from portal.text import fold

__all__ = ["read_page"]

_LEAST_TEXT = 200  # characters of running text, where nothing but their density speaks
_MOST_DATE_LINES = 2  # a page with more of them lists articles
_LEAST_LINKS = 3  # lines that are links; a list of articles has no fewer
_LEAST_TITLE, _LONGEST_TITLE = 8, 250  # characters
_LEAD_LENGTH = range(40, 1001)  # characters


@dataclass(frozen=True)
class Recogniser:
    """How the pages of one kind of portal mark the parts of an article: CSS selectors."""

    body: str
    title: str
    date: str = ""
    lead: str = ""
    author: str = ""


# The first that fits exactly one box of the page is taken. Pages of other portals, the former
# one of the commune among them, are told by their date line and by where their text is.
_RECOGNISERS = (
    # NukeViet, on which many Vietnamese communes and schools run
    Recogniser(
        "#news-bodyhtml, .news_column .bodytext",
        "h1.title, h1",
        ".news_column .time, .h-day, em.time",
        ".hometext",
        ".news_column .author",
    ),
    # Liferay, SharePoint and the portals made by VNPT
    Recogniser(
        ".journal-content-article, .ArticleContent, .chi-tiet-noi-dung, .detail-content"
        ", .news-detail-content, .noi-dung-chi-tiet, .content-detail",
        ".ArticleTitle, .chi-tiet-tieu-de, .detail-title, .news-detail-title, .title-detail",
        ".ArticleDate, .detail-date, .news-detail-date, .date-detail",
        ".ArticleSummary, .detail-sapo, .news-detail-sapo, .sapo",
        ".ArticleAuthor, .detail-author, .news-detail-author",
    ),
    # WordPress
    Recogniser(".entry-content", ".entry-title", "time.entry-date", "", ".author .fn"),
    # Joomla, and whatever describes itself in the words of schema.org
    Recogniser(
        "[itemprop=articleBody]",
        "[itemprop=headline]",
        "[itemprop=datePublished]",
        "[itemprop=description]:not(meta)",
        "[itemprop=author]",
    ),
)
_LEAD_NAMES = (
    "[class*=sapo], [class*=lead], [class*=summary], [class*=tomtat], [class*=tom-tat]"
)

_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d{4}\)(https?://[^\s>]+)\s*-->")
_SITE_NAME = re.compile(
    r"(?:chao mung|trang (?:thong tin|chu)|(?:cong|website)\b|uy ban nhan dan|ubnd\b)"
)
_BETWEEN_TITLES = re.compile(r"\s+[-|–—»:]+\s+|\s*\|\s*")


def read_page(raw: bytes) -> OldArticle:
    """Return the article on a saved page.

    Raises `NoArticle` when the page shows none, or more than one, and `Unreadable` when it is
    no page at all. Neither fetches nor stores anything.
    """
    text, legacy = decode(raw)
    tree = parse(text)
    head = _Head.of(tree, text)
    if tree.body is None:
        raise NoArticle("Tệp không có nội dung trang web.")
    recogniser, body_node = _recognised(tree)
    marked = {
        part: _marked_text(tree, getattr(recogniser, part, ""))
        for part in ("title", "date", "lead", "author")
    }
    outline = Outline(tree.body)
    box, start, date_index = _find_body(outline, body_node)
    title = marked["title"] or _find_title(outline, head, start, date_index)
    if not title:
        raise NoArticle("Không tìm thấy tiêu đề bài viết trên trang.")
    trimmed = leftovers.trim(outline, start, box.end, title=title)
    if not trimmed.lines:
        raise NoArticle("Sau khi bỏ menu và các phần phụ, trang không còn nội dung.")
    lead = _find_lead(outline, trimmed.lines, marked["lead"], title, start, date_index)
    lines = [
        line
        for line in trimmed.lines
        if line.has_picture
        or (line.text != lead and not _repeats_title(line, title, trimmed.lines))
    ]
    if not lines:  # what looks like a lead is all there is
        lead, lines = "", trimmed.lines
    had_stray_digits = leftovers.keep_only(outline, lines, box.start, box.end)
    moment = _find_moment(outline, head, marked["date"], title, date_index, start)
    article = OldArticle(
        title=title,
        body=leftovers.html_of(box.node),
        lead=lead,
        author_name=trimmed.author_name
        or labels.author(marked["author"])
        or marked["author"],
        source=trimmed.source,
        address=head.address,
    )
    if moment:
        article.published_at, article.precision = moment
    if had_stray_digits:
        article.remarks.append("Đã bỏ chữ số chú thích lạc còn sót trong bài.")
    return _in_unicode(article, legacy)


@dataclass(frozen=True)
class _Head:
    """What the page says of itself, to programs."""

    address: str
    title: str
    site_title: str
    published: str

    @classmethod
    def of(cls, tree, text):
        def content(selector, attribute="content"):
            node = tree.css_first(selector)
            return (node.attributes.get(attribute) or "").strip() if node else ""

        saved = _SAVED_FROM.search(text[:4096])
        addresses = [
            content("link[rel=canonical]", "href"),
            content('meta[property="og:url"]'),
            saved[1] if saved else "",
        ]
        title = tree.css_first("title")
        return cls(
            # Many portals name their home page as the canonical address of every page.
            address=next(filter(_names_a_page, addresses), ""),
            title=_line(content('meta[property="og:title"]')),
            site_title=_line(title.text() if title else ""),
            published=content('meta[property="article:published_time"]'),
        )

    def agrees(self, title):
        """Tell whether the head knows these words as the page's title."""
        words = _words(title)
        return len(words) >= 3 and any(
            words <= _words(known) for known in (self.title, self.site_title)
        )


def _names_a_page(address):
    match = re.match(r"https?://[^/?#]+/([^#]*)", address)
    return match is not None and match[1] not in (
        "",
        "index.html",
        "index.php",
        "default.aspx",
    )


# --- Where the article is ---------------------------------------------------------------


def _recognised(tree: LexborHTMLParser):
    """Return the recogniser that fits the page and the box of the article, or (None, None)."""
    for recogniser in _RECOGNISERS:
        # A box that two of the selectors name is found twice.
        found = list(dict.fromkeys(tree.css(recogniser.body)))
        if len(found) == 1 and (found[0].text(strip=True) or found[0].css_first("img")):
            return recogniser, found[0]
    return None, None


def _find_body(outline, marked_node):
    """Return (box, index of its first line that counts, index of the date line or None)."""
    labelled = [i for i, line in enumerate(outline.lines) if dates.is_labelled(line.text)]
    if len(labelled) > _MOST_DATE_LINES:
        raise NoArticle("Trang liệt kê nhiều bài viết, không phải một bài.")
    everything = Box(outline.boxes[0].node, 0, len(outline.lines))
    marked = outline.box_of(marked_node) if marked_node else None
    date_index = labelled[0] if labelled else None
    if marked and marked.end > marked.start:
        return marked, marked.start, date_index
    if date_index is not None and _begins_text(outline, date_index):
        return *_after_date(outline, date_index, everything), date_index
    box = outline.densest(everything)
    if outline.reading(box.start, box.end) < _LEAST_TEXT:
        raise NoArticle(
            "Không thấy ngày đăng và cũng không thấy đoạn văn nào đủ dài để là một bài viết."
        )
    if _lists_articles(outline.lines[box.start : box.end]):
        raise NoArticle("Trang liệt kê nhiều bài viết, không phải một bài.")
    return box, box.start, date_index


def _begins_text(outline, date_index):
    """Tell whether a date line stands before the text, as is usual, and not below it."""
    before = outline.reading(0, date_index)
    return 3 * outline.reading(date_index, len(outline.lines)) >= before


def _after_date(outline, date_index, everything):
    """Return the box of the text that follows the date line, and its first line in there."""
    begin = date_index + 1
    boxes = [*outline.around(date_index), everything]
    around = next((box for box in boxes if _has_content(outline, begin, box.end)), None)
    if around is None:
        raise NoArticle("Có ngày đăng nhưng không có nội dung nào sau đó.")
    # A box with the date and a lead only has its text beside it.
    for box in boxes[boxes.index(around) + 1 :]:
        here = outline.reading(begin, around.end)
        long_lines = sum(line.reading > 0 for line in outline.lines[begin : around.end])
        if long_lines < 2 and outline.reading(begin, box.end) > 1.5 * here:
            around = box
    box = outline.densest(around, start=begin)
    return box, max(box.start, begin)


def _has_content(outline, start, end):
    return any(
        line.has_picture or not leftovers.is_noise(line)
        for line in outline.lines[start:end]
    )


def _lists_articles(lines):
    links = sum(line.is_link and len(line.text) >= 20 for line in lines)
    return links >= _LEAST_LINKS and 2 * links >= sum(line.reading > 0 for line in lines)


# --- Title, lead, date -------------------------------------------------------------------


def _find_title(outline, head, start, date_index):
    """Return the title: best one that the page shows and its head knows, or ""."""
    until = start if date_index is None else min(start, date_index)
    shown = [line for line in outline.lines[:until] if _may_be_title(line.text)]
    inside = [line for line in outline.lines[start : start + 5] if line.is_heading]
    headings = [line.text for line in [*inside, *reversed(shown)] if line.is_heading]
    before_date = [line.text for line in shown[-1:]] if date_index is not None else []
    # Behind the site's name or before it; of the rest the longest is not the section.
    of_page = sorted(_BETWEEN_TITLES.split(head.site_title), key=len, reverse=True)
    candidates = list(
        filter(_may_be_title, [*headings, *before_date, head.title, *of_page])
    )
    known = (text for text in candidates if head.agrees(text))
    return next(known, candidates[0] if candidates else "")


def _may_be_title(text):
    return (
        _LEAST_TITLE <= len(text) <= _LONGEST_TITLE
        and not _SITE_NAME.match(fold(text))
        and dates.read_line(text) is None
    )


def _find_lead(outline, lines, marked, title, start, date_index):
    """Return the lead: as marked, or between date and text, or a bold first paragraph."""
    between = [] if date_index is None else outline.lines[date_index + 1 : start]
    named = [
        line.text for line in [*between, *lines[:4]] if line.box.css_matches(_LEAD_NAMES)
    ]
    loose = [line.text for line in between if not leftovers.is_noise(line)]
    opening = [line.text for line in lines[:1] if line.is_bold and len(lines) > 1]
    for lead in (marked, " ".join(named), " ".join(loose), *opening):
        if len(lead) in _LEAD_LENGTH and not leftovers.says_the_same(lead, title):
            return lead
    return ""


def _repeats_title(line, title, lines):
    return line in lines[:4] and leftovers.says_the_same(line.text, title)


def _find_moment(outline, head, marked, title, date_index, start):
    """Return (moment, precision) of publishing, or None.

    A date without a label counts only just below the title: elsewhere it is today's.
    """
    labelled = "" if date_index is None else outline.lines[date_index].text
    below_title = [
        line.text
        for index, shown in enumerate(outline.lines[: start + 5])
        if leftovers.says_the_same(shown.text, title)
        for line in outline.lines[index + 1 : index + 4]
    ]
    found = [
        dates.read_line(marked),
        dates.read_line(labelled),
        dates.read_iso(head.published),
        *map(dates.read_line, below_title),
    ]
    return next(filter(None, found), None)


# --- Words -------------------------------------------------------------------------------


def _marked_text(tree, selector):
    node = tree.css_first(selector) if selector else None
    return _line(node.text(separator=" ")) if node else ""


def _in_unicode(article, legacy):
    """Convert what was typed for TCVN3 or VNI fonts on a page that is Unicode itself."""
    for name in ("title", "lead", "author_name", "source"):
        text = getattr(article, name)
        if encoding := legacy_fonts.recognise(text):
            setattr(article, name, legacy_fonts.to_unicode(text, encoding))
    body = legacy_fonts.to_unicode_html(article.body)
    if legacy or body != article.body:
        article.remarks.append(
            "Chữ gõ bằng phông cũ (TCVN3 hoặc VNI) đã được chuyển sang Unicode; hãy đọc soát."
        )
    article.body = body
    return article


def _line(text):
    return " ".join(text.split())


def _words(text):
    return set(re.sub(r"\W+", " ", fold(text)).split())
