"""The published articles as open data."""

from django.utils.timezone import localdate

from articles.models import Article, Precision, next_moment
from portal.exports import Column
from portal.open_data import Dataset, Filter, Key


def _items():
    articles = Article.objects.published().select_related("category")
    return articles.defer("body", "body_text").newest()


def _row(article):
    is_timed = article.published_precision == Precision.DATE_TIME
    return {
        "id": article.pk,
        "title": article.title,
        "lead": article.lead,
        "category": article.category.name,
        "category_slug": article.category.slug,
        "author": article.author_name or None,
        "source": article.source or None,
        "published_on": localdate(article.published_at),
        "published_at": article.published_at if is_timed else None,
        "changed_at": article.changed_at,
        "path": article.get_absolute_url(),
    }


def _detail(article):
    return _row(article) | {"text": article.body_text}


ARTICLES = Dataset(
    name="tin-bai",
    title="Tin bài",
    description="Tin tức và thông báo đang đăng, bài mới nhất trước.",
    columns=(
        Column("id", "Số của bài", "integer"),
        Column("title", "Tiêu đề"),
        Column("lead", "Tóm tắt"),
        Column("category", "Chuyên mục"),
        Column("category_slug", "Chuyên mục trong địa chỉ"),
        Column("author", "Tác giả"),
        Column("source", "Nguồn"),
        Column("published_on", "Đăng ngày", "date"),
        Column("published_at", "Đăng lúc, nếu biết giờ", "datetime"),
        Column("changed_at", "Thay đổi lần cuối", "datetime"),
        Column("path", "Địa chỉ của trang trên cổng này"),
    ),
    extra=(Column("text", "Toàn văn, không định dạng"),),
    items=_items,
    row=_row,
    detail=_detail,
    key=Key(column="id", lookup="pk", pattern=r"[1-9][0-9]{0,8}"),
    filters=(
        Filter(
            "chuyen-muc",
            "chuyên mục, như trong địa chỉ, không gồm mục con",
            "category__slug",
            "slug",
        ),
        Filter("tu-ngay", "đăng từ ngày (2024-01-31)", "published_at__date__gte", "date"),
        Filter(
            "den-ngay", "đăng đến hết ngày (2024-01-31)", "published_at__date__lte", "date"
        ),
    ),
    until=next_moment,
)
