"""What holds for every template, style sheet and script that readers receive."""

import re
from datetime import UTC, date, datetime, time
from pathlib import Path
from types import SimpleNamespace

import brotli
import pytest
from django.conf import settings
from django.core.paginator import Paginator
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory

from organisation.models import Reception
from organisation.today import Today
from portal.alerts import Alert, Grade
from portal.directory import UsefulPhone, WebLink
from portal.home import Part
from portal.home_blocks import BLOCKS
from portal.identity import Identity
from portal.menu import Node
from procedures.figures import Figures as ResultFigures
from visitors.figures import Figures as VisitFigures

TEMPLATES = settings.BASE_DIR / "templates"
STATIC = settings.BASE_DIR / "static"
# The admin has its own policy with nonces; the editor's pages too.
PUBLIC_TEMPLATES = sorted(
    path
    for path in TEMPLATES.rglob("*.html")
    if not {"admin", "editor"} & set(path.relative_to(TEMPLATES).parts)
)
MOMENT = datetime(2024, 1, 26, 1, 30, tzinfo=UTC)
INLINE = re.compile(
    r"<style|\sstyle\s*=|\son[a-z]+\s*=|javascript:"
    r"|<script(?![^>]*\ssrc=)(?![^>]*application/(?:ld\+)?json)",
    re.IGNORECASE,
)


def name_of(path: Path):
    return path.relative_to(TEMPLATES).as_posix()


def article(title, **kwargs):
    values = {
        "title": title,
        "lead": "Tóm tắt.",
        "get_absolute_url": "/tin-tuc/thong-bao/bai-1/",
        "cover": None,
        "category": SimpleNamespace(pk=3, name="Thông báo", get_absolute_url="/tin-tuc/"),
        "published_at": MOMENT,
        "published_iso": "2024-01-26",
    }
    return SimpleNamespace(**values | kwargs)


@pytest.fixture
def site():
    return SimpleNamespace(
        identity=Identity(
            pk=1,
            name="Đông Thanh",
            district="huyện Đông Sơn",
            province="tỉnh Thanh Hóa",
            governing_body="Ủy ban nhân dân xã Đông Thanh",
            address="Thôn Kim Bôi",
            phone="0237 000 0001",
            email="ubnd@example.vn",
            working_hours="7:30–17:00",
            responsible_person="Nguyễn Văn Mẫu",
        ),
        menu=[
            Node(label="Trang chủ", url="/", is_external=False, children=()),
            Node(
                label="Tin tức",
                url="/tin-tuc/",
                is_external=False,
                children=(
                    Node(
                        label="Nông nghiệp",
                        url="/tin-tuc/nn/",
                        is_external=False,
                        children=(),
                    ),
                ),
            ),
            Node(
                label="Công khai",
                url="",
                is_external=False,
                children=(
                    Node(
                        label="Ngân sách", url="https://a.vn", is_external=True, children=()
                    ),
                ),
            ),
        ],
        phones=[("Khẩn cấp", [UsefulPhone(label="Công an xã", number="0237 000 0113")])],
        alerts=[
            Alert(grade=Grade.EMERGENCY, title="Bão số 3", text="Sơ tán trước 17 giờ."),
            Alert(grade=Grade.NOTICE, title="Nghỉ chiều thứ Sáu"),
        ],
        links=[WebLink(label="Cổng tỉnh", url="https://tinh.example.vn")],
        newest_results=[
            SimpleNamespace(label="Tháng 01/2024", get_absolute_url="/ket-qua/")
        ],
        counter=VisitFigures(1, 2, 3, 3, 293_386, MOMENT, 4, [], shows_online=True),
        footer_links=(("Lịch tiếp công dân", "/lich-tiep-cong-dan/"),),
        measurement=None,
        is_demo=False,
        is_official=False,
    )


def _parts():
    """Every part of the home page with something in it."""
    period = SimpleNamespace(
        label="Tháng 01/2024",
        get_absolute_url="/ket-qua/",
        totals=ResultFigures(90, 30, 4, 100, 20, 1, 3, 0),
    )
    reception = Reception(
        day=date(2024, 1, 25), starts_at=time(7, 30), ends_at=time(11), host="Chủ tịch"
    )
    office = Today(
        is_open=True,
        words="Đang mở cửa đến 11 giờ 30",
        office=None,
        receptions=(reception,),
        next_reception=None,
        duty_phone="0237 000 0003",
        until=MOMENT,
    )
    section = (article("").category, (article("Một"), article("Hai")))
    contents = {
        "today": office,
        "tasks": (Node("Tra cứu hồ sơ", "/tra-cuu-ho-so/"),),
        "leads": (article("Bài lớn"), article("Bài nổi bật")),
        "procedures": (("Đăng ký khai sinh", "/thu-tuc/1.001193/"),),
        "notices": (article("Thông báo họp"),),
        "results": period,
        "sections": (section,),
        "phones": True,
        "counter": VisitFigures(1, 2, 3, 3, 293_386, MOMENT, 4, [], shows_online=True),
        "links": True,
    }
    return [Part(block, contents[key]) for key, block in BLOCKS.items()]


@pytest.fixture
def context(site):
    return {
        "site": site,
        "request": RequestFactory().get("/tin-tuc/"),
        "canonical": "http://testserver/",
        "crumbs": [("Trang chủ", "/"), ("Tin tức", "")],
        "title": "Sơ đồ trang",
        "page": Paginator(range(3), per_page=1).page(2),
        "node": site.menu[1],
        "marks": (("/tin-tuc/", "page"),),
        "article": article("Bài"),
        "articles": [article("Bài")],
        "parts": _parts(),
    }


@pytest.fixture
def strict(monkeypatch):
    """Make a misspelt variable visible, as everywhere it would be silently empty."""
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", "INVALID: %s")


OWN = [
    "portal/home.html",
    "portal/contact.html",
    "portal/site_map.html",
    "portal/style_guide.html",
    "404.html",
    "includes/_alerts.html",
    "includes/_header.html",
    "includes/_menu.html",
    "includes/_menu_link.html",
    "includes/_footer.html",
    "includes/_sidebar.html",
    "includes/_phone_groups.html",
    "includes/_breadcrumb.html",
    "includes/_pager.html",
    "includes/_article_tools.html",
    "includes/_article_card.html",
    "includes/_article_lines.html",
]


@pytest.mark.parametrize("template", OWN)
def test_a_template_names_no_variable_that_does_not_exist(template, context, strict):
    assert "INVALID" not in render_to_string(template, context)


@pytest.mark.parametrize(
    "template", ["portal/home.html", "404.html", "portal/contact.html"]
)
def test_a_page_stands_without_any_content(template):
    html = render_to_string(template, {"site": {}})
    assert html.count("<h1") == 1
    assert "None" not in html


@pytest.mark.parametrize("path", PUBLIC_TEMPLATES, ids=name_of)
def test_no_template_has_inline_script_style_or_handler(path):
    assert INLINE.findall(path.read_text()) == []


@pytest.mark.parametrize(
    "path",
    [
        path
        for path in PUBLIC_TEMPLATES
        if "base.html" in path.read_text().partition("\n")[0]
    ],
    ids=name_of,
)
def test_a_page_has_one_main_heading(path):
    assert path.read_text().count("<h1") == 1


@pytest.mark.parametrize("path", PUBLIC_TEMPLATES, ids=name_of)
def test_no_template_fetches_anything_from_another_host(path):
    assert not re.search(r"""(src|srcset)=["'](https?:)?//""", path.read_text())


def test_the_welcome_sentence_stands_on_every_page(context):
    for template in ("portal/home.html", "portal/contact.html", "404.html"):
        assert (
            "Chào mừng bạn đến với Trang thông tin điện tử Xã Đông Thanh - Huyện Đông Sơn"
            " - Tỉnh Thanh Hóa" in render_to_string(template, context)
        )


def test_demo_content_says_so_and_stays_out_of_search_engines(context, site):
    assert "noindex" not in render_to_string("portal/home.html", context)
    site.is_demo = True
    html = render_to_string("portal/home.html", context)
    assert "TRANG MẪU – số liệu minh họa" in html
    assert '<meta name="robots" content="noindex">' in html


def test_only_an_official_host_calls_itself_official(context, site):
    assert "chính thức" not in render_to_string("includes/_header.html", context)
    site.is_official = True
    assert (
        "Trang thông tin điện tử chính thức của Ủy ban nhân dân xã Đông Thanh"
        in render_to_string("includes/_header.html", context)
    )


def test_the_menu_marks_where_the_reader_is(context):
    html = render_to_string("includes/_menu.html", context)
    assert re.findall(r'href="([^"]*)"[^>]*aria-current="([a-z]+)"', html) == [
        ("/tin-tuc/", "page")
    ]


def test_a_phone_number_can_be_called(context):
    assert 'href="tel:+842370000113"' in render_to_string(
        "includes/_phone_groups.html", context
    )


def test_the_pager_keeps_only_what_the_view_gives_it(context):
    context["keep"] = "nam=2024"
    html = render_to_string("includes/_pager.html", context)
    assert re.findall(r'href="([^"]*)"', html) == ["?nam=2024", "?nam=2024&amp;trang=3"]


def test_a_printed_page_says_where_it_was_read(context):
    assert "Đọc tại: http://testserver/tin-tuc/" in render_to_string(
        "portal/contact.html", context
    )


# --- Style sheets, fonts, icons ------------------------------------------------------


def css(name):
    return (STATIC / "css" / name).read_text()


def declarations(block):
    return dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{6})", block))


THEMES = ["light", "dark", "contrast"]


def themes():
    """Return the colours of each theme, and of those that a device may ask for by itself."""
    tokens = css("tokens.css")
    chosen, asked = {}, {}
    for selector, block in re.findall(r"([^{};]+)\{\s*(color-scheme:[^}]*)\}", tokens):
        theme = re.search(r'data-theme="(\w+)"', selector)
        if theme:
            chosen[theme[1]] = declarations(block)
        else:
            asked[len(asked)] = declarations(block)
    return chosen, list(asked.values())


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_what_a_device_asks_for_is_what_a_reader_can_choose():
    chosen, asked = themes()
    assert list(chosen) == THEMES
    assert asked == [chosen["dark"], chosen["contrast"]]
    assert chosen["light"].keys() == chosen["dark"].keys() == chosen["contrast"].keys()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(
    ("text", "ground", "least"),
    [
        *((text, ground, 4.5) for text in ("ink", "ink-soft", "link", "red", "red-deep", "ok", "late", "info") for ground in ("paper", "paper-soft")),
        ("ink", "gold-soft", 4.5),
        ("ink", "mark", 4.5),
        ("ok", "ok-soft", 4.5),
        ("late", "late-soft", 4.5),
        ("info", "info-soft", 4.5),
        ("link", "info-soft", 4.5),
        ("link", "late-soft", 4.5),
        ("on-band", "band", 4.5),
        ("on-band", "band-deep", 4.5),
        ("focus", "paper", 3),
        ("focus", "paper-soft", 3),
        ("line-strong", "paper", 3),
        ("line-strong", "paper-soft", 3),
        ("band-line", "paper", 3),
    ],
)  # fmt: skip
def test_colours_can_be_told_apart(text, ground, least, theme):
    colours = themes()[0][theme]
    # High contrast asks for AAA of text (WCAG 2.2, 1.4.6), and for as much of lines and rings.
    assert contrast(colours[text], colours[ground]) >= (7 if theme == "contrast" else least)


FRAME_SHEETS = ("tokens.css", "site.css", "print.css")


def test_style_sheets_fonts_and_scripts_do_not_grow_unseen():
    # As they lie here; what they weigh on their way stands in the test below.
    sizes = {path.name: path.stat().st_size for path in (STATIC / "css").glob("*.css")}
    assert sum(sizes.pop(name) for name in FRAME_SHEETS) <= 42 * 1024
    assert max(sizes.values()) <= 5 * 1024
    scripts = [path.stat().st_size for path in (STATIC / "js").glob("*.js")]
    assert sum(scripts) <= 15 * 1024
    assert max(scripts) <= 3 * 1024
    fonts = sum(path.stat().st_size for path in (STATIC / "fonts").rglob("*.woff2"))
    assert fonts <= 60 * 1024


def test_the_frame_of_every_page_leaves_half_of_the_first_load_to_its_content(context):
    # 100 KB is the first load of a page without photographs (tests/browser/test_display.py
    # weighs whole pages); fonts travel as they are, the rest compressed.
    html = render_to_string("portal/contact.html", context)
    linked = re.findall(r'(?:href|src)="/static/([^"]+\.(?:css|js|woff2))"', html)
    assert {"css/site.css", "js/display.js"} <= set(linked)
    weight = 0
    for path in linked:
        data = (STATIC / path).read_bytes()
        weight += len(data if path.endswith(".woff2") else brotli.compress(data))
    assert weight <= 50 * 1024


def test_every_icon_is_used_and_every_used_icon_is_there():
    sheets = "".join(css(path.name) for path in (STATIC / "css").glob("*.css"))
    used = set(re.findall(r"icons/lucide/([a-z0-9-]+\.svg)", sheets))
    assert used == {path.name for path in (STATIC / "icons" / "lucide").glob("*.svg")}


def test_every_variable_of_the_style_sheets_is_a_token():
    defined = set(re.findall(r"--([a-z0-9-]+):", css("tokens.css")))
    # By static/js/early.js, by the icon classes, by the sizes of the sheet for the board.
    set_elsewhere = {"zoom", "icon", "points", "unit"}
    for name in ("site.css", "print.css", "article.css", "notice.css", "visits.css"):
        assert set(re.findall(r"var\(--([a-z0-9-]+)", css(name))) <= defined | set_elsewhere
