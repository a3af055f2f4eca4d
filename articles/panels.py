"""What waits in the newsroom, for the admin's start page."""

from datetime import timedelta

from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from articles.models import Article, Category, Page
from articles.rights import categories_open_to
from articles.states import moment
from portal.admin_start import PanelRow, StartPanel

__all__ = ["SOON", "start_panels"]

SOON = timedelta(days=7)  # ahead: what expires by then is worth a look today
MOST_ROWS = 10


def start_panels(request):
    """Yield what waits for this member of staff; at most eight queries, each of few rows."""
    user, at = request.user, timezone.now()
    if user.has_perm("articles.publish_article") or user.has_perm("articles.publish_page"):
        yield _awaiting(user)
    if not user.has_perm("articles.view_article"):
        return
    mine = Q(created_by=user) | Q(head__created_by=user)
    yield _panel(
        "Bị trả lại cho bạn",
        [
            *_open_to(user).returned().filter(mine)[: MOST_ROWS + 1],
            *_bare(Page).returned().filter(mine)[: MOST_ROWS + 1],
        ],
        when=lambda content: content.remark[:120],
        state="tra-lai",
        order=20,
    )
    yield _panel(
        "Sắp đăng",
        _open_to(user).scheduled(at),
        when=lambda article: f"lúc {moment(article.published_at)}",
        state="hen-dang",
        order=30,
    )
    yield _panel(
        "Sắp hết hạn",
        _open_to(user).expiring(before=at + SOON, at=at),
        when=lambda article: f"tự ẩn lúc {moment(article.expires_at)}",
        state="sap-het-han",
        order=40,
    )
    yield _panel(
        "Đến hạn xem lại",
        _open_to(user).overdue_for_review(timezone.localdate(at)),
        when=lambda article: (
            f"hẹn xem lại ngày {date_format(article.review_on, 'DATE_FORMAT')}"
        ),
        state="can-xem-lai",
        order=50,
    )
    yield _quiet_categories(user, at)


def _awaiting(user):
    """Return what this person has to decide about, except what they submitted themselves."""
    waiting = []
    if user.has_perm("articles.publish_article"):
        waiting += (
            _open_to(user).awaiting_approval().exclude(submitted_by=user)[: MOST_ROWS + 1]
        )
    if user.has_perm("articles.publish_page"):
        waiting += (
            _bare(Page).awaiting_approval().exclude(submitted_by=user)[: MOST_ROWS + 1]
        )
    waiting.sort(key=lambda content: content.submitted_at)
    return _panel(
        "Chờ bạn duyệt",
        waiting,
        page="review",
        when=lambda content: f"gửi lúc {moment(content.submitted_at)}",
        state="cho-duyet",
        empty="Không có bài nào đang chờ.",
        order=10,
    )


def _panel(title, contents, *, when, state, order, page="change", empty=""):
    contents = list(contents[: MOST_ROWS + 1])
    return StartPanel(
        title=title,
        rows=[
            PanelRow(
                text=content.head.title,
                url=reverse(
                    f"admin:articles_{content._meta.model_name}_{page}", args=[content.pk]
                ),
                when=when(content),
            )
            for content in contents[:MOST_ROWS]
        ],
        more_url=_list_address(state) if len(contents) > MOST_ROWS else "",
        empty=empty,
        order=order,
    )


def _bare(model):
    """Return the rows without their long texts, with the title in hand."""
    rows = model.objects.select_related("head")
    return rows.defer("body", "body_text", "head__body", "head__body_text")


def _open_to(user):
    """Return the articles of the categories that this person works in."""
    articles = Article.objects.select_related("head").defer(
        "body", "body_text", "head__body"
    )
    keys = categories_open_to(user)
    return articles if keys is None else articles.filter(category__in=keys)


def _quiet_categories(user, at):
    """Return the categories in which nothing new appeared for the days that they allow."""
    newest = Article.objects.published(at).filter(category=OuterRef("pk")).newest()
    tree = Category.objects.annotate(
        newest=Subquery(newest.values("published_at")[:1])
    ).tree()
    keys = categories_open_to(user)
    rows = []
    for category in tree:
        days = category.quiet_after_days
        if (
            days is None
            or not category.is_shown
            or keys is not None
            and category.pk not in keys
        ):
            continue
        moments = [tree.get(key).newest for key in tree.branch(category.pk)]
        last = max(filter(None, moments), default=None)
        if last is None or last < at - timedelta(days=days):
            rows.append(
                PanelRow(
                    text=category.name,
                    url=_next_step(user, category),
                    when=f"tin mới nhất: {_day(last)}" if last else "chưa có tin nào",
                )
            )
    return StartPanel(
        title="Chuyên mục chưa có tin mới",
        rows=rows[:MOST_ROWS],
        more_url=reverse("admin:articles_category_changelist")
        if len(rows) > MOST_ROWS
        else "",
        order=60,
    )


def _next_step(user, category):
    """Return where to write for a category, or for those who do not write its articles."""
    if user.has_perm("articles.add_article"):
        return reverse("admin:articles_article_add", query={"category": category.pk})
    address = "admin:articles_article_changelist"
    return reverse(address, query={"chuyen-muc": category.pk})


def _day(at):
    return date_format(timezone.localtime(at), "DATE_FORMAT")


def _list_address(state):
    return reverse("admin:articles_article_changelist", query={"tinh-trang": state})
