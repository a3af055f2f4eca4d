"""An official compares two months, follows one article, takes the table home; all agree."""

import io
import re
import time
from datetime import datetime, timedelta
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings
from python_calamine import CalamineWorkbook

from tests.browser.conftest import READER_AGENT
from visitors import counting

pytestmark = pytest.mark.browser

DASHBOARD = "/quan-tri/visitors/day/"
AGREE_WITHIN = 60  # seconds


@pytest.fixture
def stored(site):
    """Return a function that asks the site's own database for one row."""
    cluster = settings.DATABASES["default"]
    connection = psycopg2.connect(
        dbname=site.database,
        user=cluster["USER"],
        password=cluster["PASSWORD"],
        host=cluster["HOST"],
        port=cluster["PORT"] or None,
    )
    connection.autocommit = True

    def row(statement, *parameters):
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return cursor.fetchone()

    yield row
    connection.close()


def _months():
    """Return the first days of the last full month and of the one before it."""
    this = counting.month_start(counting.local_day(time.time()))
    last = counting.month_start(this - timedelta(days=1))
    return last, counting.month_start(last - timedelta(days=1))


def _sums(stored, first):
    """Return lượt xem and lượt truy cập of the month that begins on `first`."""
    return stored(
        "SELECT sum(views), sum(visits) FROM visitors_day WHERE date_trunc('month', day) = %s",
        first,
    )


def _number(text):
    return int(re.sub(r"\D", "", text))


def _workbook(page, link):
    """Follow a link to a workbook; return its rows as dicts by heading."""
    with page.expect_download() as download:
        link.click()
    content = Path(download.value.path()).read_bytes()
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    heading, *rows = sheet.to_python()
    return [dict(zip(heading, row, strict=True)) for row in rows]


def _open_month(sign_in, first, *, path=DASHBOARD, **options):
    page = sign_in("thong-ke", **options)
    page.goto(f"{page.url.split('/quan-tri/')[0]}{path}")
    page.get_by_text("Tháng, quý, năm khác").click()
    page.get_by_label("Tháng", exact=True).select_option(label=f"Tháng {first:%m/%Y}")
    with page.expect_navigation():
        page.locator("form", has=page.get_by_label("Tháng", exact=True)).get_by_role(
            "button", name="Xem"
        ).click()
    return page


def test_an_official_compares_two_months(sign_in, stored):
    last, before = _months()
    page = _open_month(sign_in, last)
    headline = page.locator(".stat-headline__figure")
    views, visits = _sums(stored, last)
    assert _number(headline.nth(0).locator(".stat-headline__value").inner_text()) == views
    assert _number(headline.nth(1).locator(".stat-headline__value").inner_text()) == visits
    views_before, visits_before = _sums(stored, before)
    for figure, number in ((0, views_before), (1, visits_before)):
        compared = headline.nth(figure).locator(".stat-change").first.inner_text()
        assert f"{number:,}".replace(",", ".") in compared
    people = headline.nth(2).inner_text().lower()
    assert "ước tính" in people
    assert "trung bình" in people


def test_the_workbook_of_a_table_adds_up_to_the_page(sign_in, stored):
    last, _ = _months()
    page = _open_month(sign_in, last)
    card = page.locator("section[aria-labelledby='bang-trang']")
    total = _number(card.locator("tr.is-total td.num").first.inner_text())
    rows = _workbook(page, card.get_by_role("link", name=re.compile("^XLSX")))
    *pages, last_row = rows
    assert last_row["Lượt xem"] == total == _sums(stored, last)[0]
    assert sum(row["Lượt xem"] for row in pages) == total
    assert (
        len(pages)
        == stored(
            """SELECT count(*) FROM visitors_pagecount
        WHERE grain = 2 AND start = %s AND views > 0""",
            last,
        )[0]
    )


def test_an_official_opens_the_trend_of_one_article(sign_in, stored):
    last, _ = _months()
    page = _open_month(sign_in, last)
    card = page.locator("section[aria-labelledby='bang-tin-bai']")
    row = card.locator("tbody tr").first
    title, views = row.locator("a").inner_text(), row.locator("td.num").first.inner_text()
    with page.expect_navigation():
        row.locator("a").click()
    assert title in page.locator("h1").first.inner_text()
    shown = page.locator(".stat-headline__value").first.inner_text()
    assert _number(shown) == _number(views)
    page.get_by_text("Xem bảng số liệu của biểu đồ").click()
    days = page.locator(".stat-figure tbody tr td:nth-of-type(1)").all_inner_texts()
    assert sum(_number(text) for text in days if text.strip("–")) == _number(views)
    with page.expect_navigation():
        page.get_by_role("link", name="Mở trang này").click()
    assert page.locator("h1").first.inner_text() == title


# --- The same stamp, the same figures ------------------------------------------------------


def _stamped(html, numbers):
    """Return the moment that a page says its figures are of, and those figures."""
    stamp = re.search(r'tính đến <time datetime="([^"]+)"', html)[1]
    return datetime.fromisoformat(stamp), [_number(each) for each in numbers(html)[:5]]


def _in_block(html):
    block = html[html.index('id="truy-cap"') :]
    return re.findall(r"<dd>([\d.]+)</dd>", block)


def _in_admin(html):
    return re.findall(r"<dd>([\d.]+)</dd>", html[html.index('class="stat-now"') :])


def _in_summary(html):
    return re.findall(r"<dd>([\d.]+)</dd>", html[html.index('id="nam-con-so"') :])


def _in_api(answer):
    keys = ("today", "yesterday", "this_week", "this_month", "total")
    return datetime.fromisoformat(answer["as_of"]), [answer[key] for key in keys]


def test_block_summary_api_and_admin_agree_to_the_digit_at_one_stamp(sign_in, site):
    page = sign_in("thong-ke")
    reader = page.context.browser.new_context(user_agent=READER_AGENT).request
    seen = {}  # the figures by stamp, then by place

    def note(place, stamp, figures):
        seen.setdefault(stamp, {})[place] = figures

    agreed = []
    until = time.monotonic() + AGREE_WITHIN
    while not agreed and time.monotonic() < until:
        note("admin", *_stamped(page.request.get(site.url + DASHBOARD).text(), _in_admin))
        for _ in range(3):
            home = reader.get(f"{site.url}/").text()  # a view: the figures move
            note("block", *_stamped(home, _in_block))
            summary = reader.get(f"{site.url}/thong-ke-truy-cap/").text()
            note("summary", *_stamped(summary, _in_summary))
            answer = reader.get(f"{site.url}/api/truy-cap/").json()
            note("api", *_in_api(answer["item"]))
        agreed = [stamp for stamp, places in seen.items() if len(places) == 4]
    contradictions = {
        stamp: places
        for stamp, places in seen.items()
        if len({tuple(figures) for figures in places.values()}) > 1
    }
    assert not contradictions
    assert agreed, "no stamp was seen in all four places"
