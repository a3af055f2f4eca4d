"""Makes drafts of the articles of an old site, each in a transaction of its own.

Importing again changes nothing: an article is known by its old address, or by its content
where it has none. A draft that staff have touched belongs to them, and is never overwritten.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from django.db import models, transaction
from django.utils import timezone

from articles import workflow
from articles.imports.enclosed import Enclosed
from articles.imports.feeds import read_feed
from articles.imports.folders import SavedFolder, is_page, read_file
from articles.imports.pages import read_page
from articles.imports.reading import NoArticle, OldArticle, Unreadable
from articles.models import Article, ImportedItem, Stage, Status
from articles.quality import QualityInput, check
from portal.redirects import normal
from portal.refusals import Refused
from portal.richtext import clean
from portal.text import clean_line

__all__ = ["ItemReport", "Outcome", "import_old_site"]

MAX_PAGE = 10 * 2**20  # bytes
MAX_FEED = 50 * 2**20  # bytes
# Old sites were less careful; what else the quality checks find, they say when it is submitted.
_SENSITIVE = {"identity_number", "mobile_number", "birth_date", "betting"}


class Outcome(models.TextChoices):
    """What became of one page or entry."""

    CREATED = "created", "tạo bản nháp"
    UPDATED = "updated", "cập nhật bản nháp"
    UNCHANGED = "unchanged", "không đổi"
    LEFT_ALONE = "left_alone", "để nguyên"
    SKIPPED = "skipped", "bỏ qua"
    FAILED = "failed", "lỗi"


@dataclass
class ItemReport:
    """One line of the report: where from, what became of it, and what staff should check."""

    origin: str
    outcome: Outcome
    title: str = ""
    address: str = ""
    reason: str = ""
    remarks: list[str] = field(default_factory=list)
    article: int | None = None

    def as_dict(self) -> dict:
        return asdict(self) | {"outcome": self.outcome.value}


@dataclass(frozen=True)
class _Found:
    """Something read from the source: an article, or why there is none."""

    origin: str
    article: OldArticle | NoArticle | Unreadable
    find: object = None  # see Enclosed


def import_old_site(
    *, source: Path, category, dry_run=False, base_url="", at=None
) -> Iterator[ItemReport]:
    """Import a feed, a saved page or a folder of saved pages into `category`; yield reports.

    Work is done as the reports are taken. Whoever stops halfway has whole articles, and the
    next run goes on. With `dry_run` nothing is written, not even a picture. `base_url` is
    where the folder lay as a site, for pages that do not say their address.
    """
    at = timezone.now() if at is None else at
    seen = set()
    for found in _read(source, base_url):
        if isinstance(found.article, NoArticle):
            yield ItemReport(found.origin, Outcome.SKIPPED, reason=str(found.article))
        elif isinstance(found.article, Unreadable):
            yield ItemReport(found.origin, Outcome.FAILED, reason=str(found.article))
        else:
            yield _import(found, category, dry_run=dry_run, seen=seen, at=at)


# --- Reading ------------------------------------------------------------------------------


def _read(source, base_url):
    if source.is_dir():
        folder = SavedFolder(source)
        pages = folder.pages()
    elif is_page(source.name):
        folder = SavedFolder(source.parent)
        pages = [folder.root / source.name]
    else:
        return _read_feed(source)
    return (_read_page(folder, path, base_url) for path in pages)


def _read_page(folder, path, base_url):
    origin = folder.name_of(path)
    if path.suffix.lower() in (".mht", ".mhtml"):
        return _Found(
            origin,
            NoArticle(
                "Tệp .mht chưa đọc được. Hãy mở trang và lưu lại theo kiểu "
                "“Trang web, toàn bộ” (Webpage, Complete)."
            ),
        )
    try:
        article = read_page(read_file(path, MAX_PAGE))
    except (NoArticle, Unreadable) as error:
        return _Found(origin, error)
    if base_url and not article.address:
        article.address = folder.address_of(path, base_url)
    return _Found(origin, article, _finder(folder, path))


def _read_feed(source):
    folder = SavedFolder(source.parent)
    find = _finder(folder, folder.root / source.name)
    try:
        if source.stat().st_size > MAX_FEED:
            raise Unreadable(f"Tệp lớn hơn {MAX_FEED // 2**20} MB.")
        with source.open("rb") as file:
            for number, article in enumerate(read_feed(file), start=1):
                yield _Found(f"{source.name} mục {number}", article, find)
    except OSError:
        yield _Found(source.name, Unreadable("Không mở được tệp."))
    except Unreadable as error:
        yield _Found(source.name, error)


def _finder(folder, page):
    def find(reference):
        path = folder.find(page, reference)
        return path and (lambda limit: read_file(path, limit))

    return find


# --- Writing ------------------------------------------------------------------------------


def _import(found, category, *, dry_run, seen, at):
    old = found.article
    report = ItemReport(found.origin, Outcome.FAILED, title=old.title, address=old.address)
    try:
        enclosed = Enclosed(old, found.find)
        _check(old, at)
        source_hash = _hash(old, enclosed)
        old_address = _identity(old.address)
        identity = old_address or source_hash
        if identity in seen:
            report.outcome = Outcome.SKIPPED
            report.reason = "Cùng một bài đã gặp ở tệp khác trong lần chạy này."
            return report
        seen.add(identity)
        item = _known(old_address, source_hash)
        report.outcome, report.reason = _decide(item, source_hash)
        if item and item.article:
            report.article = item.article_id
        if report.outcome in (Outcome.CREATED, Outcome.UPDATED):
            if not dry_run:
                body = enclosed.store()
                report.article = _write(
                    old, body, category, item, old_address, source_hash, enclosed, at
                )
            report.remarks = [*old.remarks, *enclosed.remarks]
    except Unreadable as error:
        report.outcome, report.reason = Outcome.FAILED, str(error)
    except Refused as error:
        report.outcome, report.reason = Outcome.FAILED, " ".join(error.reasons)
    return report


def _check(old, at):
    """Make the parts of an article fit their columns, and note what staff must look at."""
    if not clean_line(old.title):
        raise Unreadable("Tiêu đề không có chữ nào.")
    if len(old.body) > Article._meta.get_field("body").max_length:
        raise Unreadable("Bài dài quá mức lưu được. Hãy tách bài và đăng bằng tay.")
    for name in ("title", "lead", "author_name", "source"):
        column = Article._meta.get_field(name)
        if len(getattr(old, name)) > column.max_length:
            setattr(old, name, getattr(old, name)[: column.max_length])
            old.remarks.append(
                f"Phần {column.verbose_name} dài quá {column.max_length} ký tự nên đã bị cắt."
            )
    if old.published_at and old.published_at > at:
        old.published_at = None
        old.remarks.append("Ngày đăng trên trang cũ nằm trong tương lai nên không lấy.")
    elif not old.published_at:
        old.remarks.append("Không tìm thấy ngày đăng.")
    if not old.lead:
        old.remarks.append("Bài không có tóm tắt.")
    text = QualityInput(
        title=old.title,
        lead=old.lead,
        body=clean(old.body),
        other_lines=(old.author_name, old.source),
    )
    old.remarks += [f.message for f in check(text) if f.code in _SENSITIVE]


def _hash(old, enclosed):
    """Return what changes when, and only when, the article of the old site does."""
    parts = [
        old.title,
        old.lead,
        old.body,
        old.author_name,
        old.source,
        old.published_at and old.published_at.isoformat(),
        enclosed.digests,
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _identity(address):
    """Return the old address as it is kept, host first; "" when it names no page."""
    if not address:
        return ""
    try:
        return (urlsplit(address).hostname or "") + normal(address)
    except (Refused, ValueError):
        return ""


def _known(old_address, source_hash):
    items = ImportedItem.objects.select_related("article__head")
    if old_address:
        return items.filter(old_address=old_address).first()
    return items.filter(old_address="", source_hash=source_hash).first()


def _decide(item, source_hash):
    """Return (outcome, reason) for what is known of an item; None is a new one."""
    if item is None:
        return Outcome.CREATED, ""
    if item.source_hash == source_hash:
        return Outcome.UNCHANGED, ""
    if item.article is None:
        return Outcome.LEFT_ALONE, "Trang cũ đã đổi, nhưng bản nháp ở đây đã bị xóa."
    if not _is_untouched(item):
        return (
            Outcome.LEFT_ALONE,
            "Trang cũ đã đổi, nhưng cán bộ đã sửa hoặc gửi duyệt bài này.",
        )
    return Outcome.UPDATED, ""


def _is_untouched(item):
    article = item.article
    return (
        article.status == Status.DRAFT
        and article.stage == Stage.DRAFT
        and article.head.number == item.edition_number
    )


def _write(old, body, category, item, old_address, source_hash, enclosed, at):
    """Store the draft and that it was imported, both or neither; return the article's id."""
    with transaction.atomic():
        if item is None:
            item = ImportedItem(old_address=old_address, article=Article(category=category))
        article = item.article
        article.title, article.body, article.lead = old.title, body, old.lead
        article.author_name, article.source = old.author_name, old.source
        article.published_at, article.published_precision = old.published_at, old.precision
        based_on = item.edition_number if item.pk else None
        origin = f"Chuyển từ trang cũ{': ' if old.address else ''}{old.address}."
        item.article = workflow.save_article(
            article=article,
            actor=None,
            based_on=based_on,
            note=" ".join([origin, *old.remarks, *enclosed.remarks]),
            at=at,
        )
        item.source_hash, item.imported_at = source_hash, at
        item.edition_number = item.article.head.number
        item.save()
    return item.article_id
