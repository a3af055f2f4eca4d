"""`manage.py load_demo`: fills an empty site with a complete, clearly marked example."""

import os
import secrets
from datetime import date, timedelta

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from articles import workflow
from articles.categories import save_category
from articles.models import Article, Category, Page, Precision
from disclosure.demo import load_demo_duties
from organisation.demo import load_demo_office
from organisation.demo_hours import load_demo_hours
from portal import home_blocks, roles
from portal.demo import content, pictures
from portal.files import store_picture
from portal.models import (
    Alert,
    Identity,
    MenuItem,
    QuickTask,
    UsefulPhone,
    User,
    WebLink,
)
from portal.pages import FILE
from procedures.demo import load_demo_periods
from procedures.demo_catalogue import load_demo_catalogue
from procedures.models import Period, Procedure
from visitors.demo import SamplePage, load_demo_visits
from visitors.opening import carry_over

ACCOUNTS_FILE = "demo-accounts.txt"

# (user name, role); what each may do is in portal/roles.py.
ACCOUNTS = [
    ("bien-tap", roles.EDITOR),
    ("lanh-dao", roles.APPROVER),
    ("tthc", roles.PROCEDURES_CLERK),
    ("thong-ke", roles.STATISTICS_READER),
    ("quan-tri", roles.ADMINISTRATOR),
]


class Command(BaseCommand):
    help = "Nạp nội dung mẫu vào một trang còn trống (không dùng khi vận hành thật)."

    def handle(self, *args, **options):
        if not settings.DEMO_ALLOWED:
            raise CommandError(
                "Nội dung mẫu chỉ nạp được khi PORTAL_MODE=local. Trang vận hành thật phải "
                "bắt đầu bằng nội dung thật."
            )
        if Identity.objects.filter(is_demo=True).exists():
            self.stdout.write("Nội dung mẫu đã có sẵn, không nạp lại.")
            return
        if Identity.objects.exists() or Article.objects.exists() or User.objects.exists():
            raise CommandError("Trang đã có nội dung nên không nạp nội dung mẫu.")
        with transaction.atomic():
            users, passwords = _make_accounts()
            _load_identity(actor=users["quan-tri"])
            staff = {"writer": users["bien-tap"], "approver": users["lanh-dao"]}
            categories = _load_categories(actor=users["lanh-dao"])
            _load_articles(categories, **staff)
            pages = _load_pages(**staff)
            load_demo_catalogue(clerk=users["tthc"])
            load_demo_periods(clerk=users["tthc"], approver=users["lanh-dao"])
            load_demo_office(actor=users["lanh-dao"])
            load_demo_hours(actor=users["lanh-dao"], today=timezone.localdate())
            load_demo_duties(
                editor=users["bien-tap"],
                approver=users["lanh-dao"],
                today=timezone.localdate(),
            )
            _load_menu(categories, pages)
            _load_home()
            _load_visits(categories, pages)
            # Last, since a file is not taken back when the transaction is.
            _keep_passwords(passwords)
        self.stdout.write(
            f"Đã nạp nội dung mẫu: {Article.objects.count()} bài viết trong "
            f"{len(categories)} chuyên mục, {len(pages)} trang giới thiệu."
        )


def _make_accounts():
    """Make one account a role; return them and their random passwords by user name."""
    users, passwords = {}, {}
    for username, role in ACCOUNTS:
        passwords[username] = secrets.token_urlsafe(12)
        user = User.objects.create_user(
            username,
            password=passwords[username],
            last_name="Tài khoản mẫu:",
            first_name=role,
            is_staff=True,
        )
        user.groups.add(Group.objects.get(name=role))
        users[username] = user
    return users, passwords


def _keep_passwords(passwords):
    """Write the sign-ins where only the owner of this installation can read them."""
    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    path = settings.VAR_DIR / ACCOUNTS_FILE
    path.unlink(missing_ok=True)
    lines = [f"{username}\t{passwords[username]}\t{role}\n" for username, role in ACCOUNTS]
    with open(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w") as file:
        file.writelines(lines)


def _load_identity(*, actor):
    Identity.objects.create(
        pk=1, is_demo=True, **content.IDENTITY, map_picture=_map(actor=actor)
    )
    UsefulPhone.objects.bulk_create(
        UsefulPhone(group=group, label=label, number=number, hours=hours, order=order)
        for order, (group, label, number, hours) in enumerate(content.PHONES)
    )
    WebLink.objects.bulk_create(
        WebLink(label=label, url=url, order=order)
        for order, (label, url) in enumerate(content.LINKS)
    )
    carry_over(
        actor=actor,
        figure=293_386,
        dated=date(2025, 6, 30),
        note="Theo bộ đếm trên trang cũ của xã.",
    )


def _map(*, actor):
    return store_picture(
        content=pictures.draw("ban-do"),
        name="ban-do.jpg",
        alt=content.MAP_ALT,
        credit="Bản đồ minh họa của trang mẫu",
        actor=actor,
    )


def _load_categories(*, actor):
    """Return the demo categories by slug."""
    return {
        slug: save_category(
            category=Category(
                slug=slug,
                name=name,
                description=description,
                order=order,
                is_notice_board=slug == "thong-bao",
            ),
            actor=actor,
        )
        for order, (slug, name, description) in enumerate(content.CATEGORIES)
    }


def _load_articles(categories, *, writer, approver):
    for document in content.documents("articles"):
        head = document.head
        published_at, has_time = content.moment(head["published"])
        article = Article(
            title=head["title"],
            category=categories[head["category"]],
            lead=head["lead"],
            body=document.body,
            author_name=head["author"],
            is_featured="featured" in head,
            published_at=published_at,
            published_precision=Precision.DATE_TIME if has_time else Precision.DATE,
        )
        if "picture" in head:
            article.cover = store_picture(
                content=pictures.draw(head["picture"]),
                name=f"{head['picture']}.jpg",
                alt=head["alt"],
                credit="Tranh minh họa của trang mẫu",
                actor=writer,
            )
        workflow.save_article(article=article, actor=writer)
        _let_readers_see(article, writer=writer, approver=approver)


def _let_readers_see(content, *, writer, approver):
    workflow.submit(content=content, actor=writer)
    workflow.approve(content=content, actor=approver, number=content.head.number)


def _load_pages(*, writer, approver):
    """Return the demo pages by name; a page stands in its folder after the one above it."""
    pages = {}
    documents = content.documents("pages")
    for document in sorted(documents, key=lambda document: "parent" in document.head):
        page = Page(
            title=document.head["title"],
            slug=document.name,
            parent=pages.get(document.head.get("parent")),
            body=document.body,
            order=len(pages),
        )
        pages[document.name] = workflow.save_page(page=page, actor=writer)
        _let_readers_see(page, writer=writer, approver=approver)
    return pages


def _load_menu(categories, pages):
    def add(label, target, *, parent=None):
        return MenuItem.objects.create(
            label=label, target=target, parent=parent, order=MenuItem.objects.count()
        )

    add("Trang chủ", "home")
    introduction = add("Giới thiệu", f"articles:page:{pages['gioi-thieu'].pk}")
    for page in pages.values():
        if page.parent == pages["gioi-thieu"]:
            add(page.title, f"articles:page:{page.pk}", parent=introduction)
    add("Cơ cấu tổ chức", "organisation:chart", parent=introduction)
    news = add("Tin tức", "articles:list")
    for category in categories.values():
        if not category.is_notice_board:
            add(category.name, f"articles:category:{category.pk}", parent=news)
    add("Thông báo", f"articles:category:{categories['thong-bao'].pk}")
    services = add("Thủ tục hành chính", "catalogue:list")
    add("Tra cứu thủ tục", "catalogue:list", parent=services)
    add("Kết quả giải quyết", "procedures:list", parent=services)
    add("Tra cứu hồ sơ", "lookup:search", parent=services)
    add("Công khai", "disclosure:board")
    contact = add("Liên hệ", "contact")
    add("Lịch tiếp công dân", "organisation:receptions", parent=contact)


def _load_home():
    """Fill what the first screen shows besides the news."""
    home_blocks.make_rows()
    QuickTask.objects.bulk_create(
        QuickTask(label=label, target=target, url=url, order=order)
        for order, (label, target, url) in enumerate(content.TASKS, start=1)
    )
    ends_at = timezone.now() + timedelta(days=content.ALERT_DAYS)
    Alert.objects.create(ends_at=ends_at, **content.ALERT)


def _load_visits(categories, pages):
    """Have the pages read as they name themselves to the visit counter, some more than others."""
    periods = list(Period.objects.published().newest()[:3])
    read = [
        SamplePage("/", "home", "", "Trang chủ", 30),
        SamplePage(reverse("articles:list"), "news", "", "Tin tức", 6),
        SamplePage(reverse("catalogue:list"), "procedures", "", "Thủ tục hành chính", 9),
        SamplePage(reverse("procedures:list"), "results", "", "Kết quả TTHC", 5),
        SamplePage(reverse("disclosure:board"), "board", "", "Công khai theo luật", 2),
        SamplePage(reverse("contact"), "contact", "", "Liên hệ", 4),
        SamplePage(reverse("organisation:chart"), "chart", "", "Cơ cấu tổ chức", 3),
        *(_read("category", each, each.name, 2) for each in categories.values()),
        *(_read("page", each, each.title, 1.5) for each in pages.values()),
        *(_read("result", each, str(each), 1.5, name="code") for each in periods),
    ]
    for procedure in Procedure.objects.reviewed():
        read.append(_read("procedure", procedure, procedure.name, 3, name="code"))
    # The newest is read most; what lies years back is still found by somebody.
    for rank, article in enumerate(Article.objects.published().newest(), start=1):
        read.append(_read("article", article, article.title, 14 / rank**0.8))
    tables = [
        SamplePage(f"{each.get_absolute_url()}ket-qua.xlsx", FILE, "", f"{each} (XLSX)", 1)
        for each in periods[:2]
    ]
    load_demo_visits(pages=read, files=tables, today=timezone.localdate())


def _read(kind, item, title, weight, *, name="pk"):
    number = str(getattr(item, name))
    return SamplePage(item.get_absolute_url(), kind, number, title[:200], weight)
