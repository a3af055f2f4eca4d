import json
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from articles.models import Article, Precision, Status, WithdrawalKind
from portal.redirects import remember
from tests.factory import make_article, make_category, make_identity, make_picture

pytestmark = pytest.mark.django_db

MOMENT = datetime(2024, 1, 26, 1, 30, 5, tzinfo=UTC)  # 08:30:05 in Viet Nam
NOT_READABLE = [
    {"status": Status.DRAFT},
    {"status": Status.WITHDRAWN, "withdrawal_kind": WithdrawalKind.MISTAKE},
    {"expires_at": MOMENT + timedelta(days=30)},
    {"published_at": MOMENT + timedelta(days=365 * 100)},
]


def read(client, article, part=""):
    response = client.get(f"{article.get_absolute_url()}{part}")
    assert response.status_code == 200
    return response.content.decode()


# --- The article page -------------------------------------------------------------------


def test_the_page_shows_title_lead_body_author_and_source(client):
    article = make_article(
        title="Lịch họp",
        lead="Họp tối thứ Bảy.",
        body="<h2>Địa điểm</h2><p>Nhà văn hóa.</p>",
        author_name="Lê Thị Hoa",
        source="Đài truyền thanh xã",
    )
    page = read(client, article)
    assert "<h1>Lịch họp</h1>" in page
    assert "Họp tối thứ Bảy." in page
    assert "<h2>Địa điểm</h2><p>Nhà văn hóa.</p>" in page
    assert "Tác giả: Lê Thị Hoa" in page
    assert "Nguồn: Đài truyền thanh xã" in page


def test_the_date_line_tells_the_second_that_is_known(client):
    page = read(client, make_article(published_at=MOMENT))
    line = "Đăng lúc: 08:30:05 26/01/2024 (GMT+7)"
    assert f'<time datetime="2024-01-26T08:30:05+07:00">{line}</time>' in page


def test_the_date_line_tells_only_the_day_when_the_time_is_unknown(client):
    article = make_article(published_at=MOMENT, published_precision=Precision.DATE)
    page = read(client, article)
    assert '<time datetime="2024-01-26">Đăng ngày: 26/01/2024</time>' in page
    assert "00:00:00" not in page


def test_the_breadcrumb_leads_from_home_through_the_categories(client):
    parent = make_category(name="Đời sống", slug="doi-song")
    article = make_article(category=make_category(name="Y tế", slug="y-te", parent=parent))
    crumbs = client.get(article.get_absolute_url()).context["crumbs"]
    assert crumbs == [
        ("Trang chủ", "/"),
        ("Tin tức", "/tin-tuc/"),
        ("Đời sống", "/tin-tuc/doi-song/"),
        ("Y tế", "/tin-tuc/y-te/"),
        (article.title, ""),
    ]


def test_the_page_has_zoom_and_print_of_its_own(client):
    page = read(client, make_article())
    tools = page.partition("data-article-tools")[2]
    assert tools.count('data-zoom="in"') == 1
    assert page.count("data-print") == 1


def test_the_cover_has_its_description_and_credit(client):
    picture = make_picture(alt="Ảnh trong kho", credit="Văn phòng UBND")
    page = read(client, make_article(cover=picture, cover_alt="Bà con họp thôn"))
    assert 'alt="Bà con họp thôn"' in page
    assert "Ảnh: Văn phòng UBND" in page
    assert f'content="http://testserver{picture.file.url}"' in page


def test_an_update_is_told_with_its_moment_and_note(client):
    article = make_article(
        updated_note="Sửa giờ họp.", revised_at=MOMENT + timedelta(days=1)
    )
    page = read(client, article)
    assert "Cập nhật" in page
    assert "08:30 27/01/2024" in page
    assert "Sửa giờ họp." in page


def test_an_article_without_a_note_tells_of_no_update(client):
    assert "Cập nhật</strong>" not in read(client, make_article())


def test_at_most_five_others_of_the_category_follow(client):
    article = make_article()
    others = [make_article(category=article.category) for _ in range(6)]
    hidden = make_article(category=article.category, status=Status.DRAFT)
    response = client.get(article.get_absolute_url())
    assert list(response.context["related"]) == others[:0:-1]
    assert hidden.title not in response.content.decode()


def test_a_page_alone_in_its_category_announces_no_others(client):
    assert "Tin cùng chuyên mục" not in read(client, make_article())


def test_search_engines_and_shared_links_get_title_description_and_address(client):
    article = make_article(title='Họp "thôn" & xã', lead="Tối thứ Bảy.")
    page = read(client, article)
    address = f"http://testserver{article.get_absolute_url()}"
    assert '<meta name="description" content="Tối thứ Bảy.">' in page
    assert f'<link rel="canonical" href="{address}">' in page
    assert '<meta property="og:title" content="Họp &quot;thôn&quot; &amp; xã">' in page
    assert f'<meta property="og:url" content="{address}">' in page


def test_a_hostile_body_that_bypassed_the_workflow_is_cleaned_when_shown(client):
    article = make_article(
        title="<script>alert(1)</script>",
        lead="<img src=x onerror=alert(2)>",
        body='<p onclick="alert(3)">Bài<script>alert(4)</script></p><a href="javascript:alert(5)">x</a>',
    )
    page = read(client, article)
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "onclick" not in page
    assert "javascript:" not in page
    assert "<p>Bài</p>" in page


def test_the_counter_learns_which_article_was_read(client):
    article = make_article(title="Lịch họp")
    marker = client.get(article.get_absolute_url())["X-Portal-Page"]
    assert marker.startswith(f"article;{article.pk};L")


def test_the_article_page_needs_few_queries(client):
    article = make_article(cover=make_picture())
    for _ in range(5):
        make_article(category=article.category, cover=make_picture())
    client.get(article.get_absolute_url())  # fills what is kept per content version
    with CaptureQueriesContext(connection) as queries:
        client.get(article.get_absolute_url())
    # The article with its category and cover; all else is the frame's: the counter's figures
    # once a second and the content version twice a second.
    own = [query["sql"] for query in queries if "articles_" in query["sql"]]
    assert len(own) == 1, own
    assert len(queries) <= 3, [query["sql"] for query in queries]


# --- What search engines and shared links get ---------------------------------------------


def linked_data(html):
    blocks = re.findall(
        r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL
    )
    assert len(blocks) == 1
    return json.loads(blocks[0])["@graph"]


def test_search_engines_are_told_what_the_article_is(client):
    make_identity()
    category = make_category(name="Y tế", slug="y-te")
    article = make_article(
        category=category, title="Lịch tiêm", published_at=MOMENT, author_name="Lê Thị Hoa"
    )
    news, way = linked_data(read(client, article))
    address = f"http://testserver{article.get_absolute_url()}"
    assert news["@type"] == "NewsArticle"
    assert news["headline"] == "Lịch tiêm"
    assert news["url"] == news["mainEntityOfPage"] == address
    assert news["datePublished"] == news["dateModified"] == "2024-01-26T08:30:05+07:00"
    assert news["author"] == {"@type": "Person", "name": "Lê Thị Hoa"}
    assert news["publisher"]["name"] == "Xã Đông Thanh"
    assert news["image"] == ["http://testserver/static/img/share.png"]
    assert "expires" not in news
    assert [
        (item["position"], item["name"], item["item"]) for item in way["itemListElement"]
    ] == [
        (1, "Trang chủ", "http://testserver/"),
        (2, "Tin tức", "http://testserver/tin-tuc/"),
        (3, "Y tế", "http://testserver/tin-tuc/y-te/"),
        (4, "Lịch tiêm", address),
    ]


def test_search_engines_are_told_of_an_update_and_of_an_end(client):
    article = make_article(
        published_at=MOMENT,
        published_precision=Precision.DATE,
        updated_note="Sửa giờ.",
        revised_at=MOMENT + timedelta(days=1),
        expires_at=MOMENT + timedelta(days=365 * 100),
    )
    news, _ = linked_data(read(client, article))
    assert news["datePublished"] == "2024-01-26"
    assert news["dateModified"] == "2024-01-27T08:30:05+07:00"
    assert news["expires"].startswith("2124-01-02T08:30:05")


@pytest.mark.parametrize(
    "title",
    ["</script><script>alert(1)</script>", "<!--<script>", "a & b", "\u2028\u2029", '"\\'],
)
def test_no_title_ends_the_block_it_stands_in(client, title):
    article = make_article(title=title)
    html = read(client, article)
    assert linked_data(html)[0]["headline"] == title
    raw = html.partition('ld+json">')[2].partition("</script>")[0]
    assert not set(raw) & set("<>&\u2028\u2029")


def test_shared_links_show_the_cover_as_every_service_can_read_it(client):
    picture = make_picture()
    html = read(client, make_article(cover=picture, cover_alt="Bà con họp"))
    assert (
        f'<meta property="og:image" content="http://testserver{picture.share_url}">' in html
    )
    assert '<meta property="og:image:alt" content="Bà con họp">' in html
    assert '<meta name="twitter:card" content="summary_large_image">' in html


def test_without_a_cover_shared_links_show_a_picture_of_the_site(client):
    html = read(client, make_article())
    assert (
        '<meta property="og:image" content="http://testserver/static/img/share.png">'
        in html
    )
    assert "og:image:alt" not in html
    path = settings.BASE_DIR / "static/img/share.png"
    with Image.open(path) as image:
        assert (image.format, image.size) == ("PNG", (1200, 630))
    assert path.stat().st_size < 20_000


def test_an_article_is_passed_on_by_plain_links(client):
    article = make_article(title="Họp & bàn")
    html = read(client, article)
    address = f"http%3A%2F%2Ftestserver{article.get_absolute_url().replace('/', '%2F')}"
    facebook = f"https://www.facebook.com/sharer/sharer.php?u={address}"
    assert f'href="{facebook}" rel="noopener nofollow"' in html
    assert f'href="mailto:?subject=H%E1%BB%8Dp%20%26%20b%C3%A0n&amp;body={address}"' in html
    assert f'data-share="http://testserver{article.get_absolute_url()}"' in html


def test_the_printed_page_ends_with_its_address_and_a_code(client):
    article = make_article()
    html = read(client, article)
    end = html.partition('class="print-only wrap"')[2]
    assert f"Đọc tại: http://testserver{article.get_absolute_url()}" in end
    assert '<svg class="qr-code"' in end
    assert html.count("Đọc tại:") == 1


def test_the_code_leads_to_the_article_whatever_becomes_of_its_address(client):
    article = make_article()
    response = client.get(f"/tin-tuc/bai/-{article.pk}/")
    assert (response.status_code, response["Location"]) == (301, article.get_absolute_url())


# --- Withdrawn, merged, expired -------------------------------------------------------------


def withdrawn(kind, **fields):
    return make_article(
        **{
            "status": Status.WITHDRAWN,
            "withdrawal_kind": kind,
            "withdrawn_at": datetime(2024, 2, 3, 2, 0, tzinfo=UTC),
            "withdrawal_reason": "Lộ số điện thoại của người dân.",
        }
        | fields
    )


def test_what_was_published_by_mistake_is_gone_with_the_reason_and_whom_to_ask(client):
    make_identity(phone="0237.000.0000")
    article = withdrawn(WithdrawalKind.MISTAKE, title="Tên bài lộ", slug="ten-bai-lo")
    for address in (article.get_absolute_url(), f"/tin-tuc/x/x-{article.pk}/"):
        response = client.get(address)
        html = response.content.decode()
        assert response.status_code == 410
        assert "Bài viết này đã được gỡ" in html
        assert "Lý do: Lộ số điện thoại của người dân." in html
        assert "03/02/2024" in html
        assert 'href="tel:+842370000000"' in html
        assert '<meta name="robots" content="noindex">' in html
        assert "X-Portal-Page" not in response
        for secret in (article.title, article.slug, article.lead, "Bà con xem lịch"):
            assert secret not in html


def test_an_expired_article_is_gone_and_says_until_when_it_stood(client):
    article = make_article(title="Tên bài cũ", expires_at=MOMENT)
    Article.objects.filter(pk=article.pk).update(published_at=MOMENT - timedelta(days=1))
    with time_machine.travel(MOMENT - timedelta(seconds=1), tick=False):
        assert client.get(article.get_absolute_url()).status_code == 200
    with time_machine.travel(MOMENT, tick=False):
        response = client.get(article.get_absolute_url())
    html = response.content.decode()
    assert response.status_code == 410
    assert "Bài viết này đã hết thời gian đăng" in html
    assert "08:30 ngày 26/01/2024" in html
    assert article.title not in html


def test_what_readers_have_never_seen_is_not_gone_but_unknown(client):
    later = MOMENT + timedelta(days=365 * 100)
    for article in (
        make_article(status=Status.DRAFT),
        withdrawn(WithdrawalKind.MISTAKE, published_at=later),
        merged(make_article(), published_at=later),
    ):
        response = client.get(article.get_absolute_url())
        assert response.status_code == 404
        assert article.title not in response.content.decode()


def merged(into, **fields):
    return withdrawn(WithdrawalKind.MERGED, merged_into=into, **fields)


def test_a_merged_article_leads_to_the_last_one_it_went_into(client):
    last = make_article()
    middle = merged(last)
    for article in (middle, merged(middle)):
        response = client.get(article.get_absolute_url())
        assert (response.status_code, response["Location"]) == (
            301,
            last.get_absolute_url(),
        )


def test_an_article_merged_into_one_that_is_gone_is_gone(client):
    hidden = withdrawn(WithdrawalKind.MISTAKE, title="Tên bị lộ")
    response = client.get(merged(hidden).get_absolute_url())
    assert response.status_code == 410
    assert "nay cũng không còn đăng" in response.content.decode()
    assert hidden.title not in response.content.decode()


def test_articles_merged_in_a_circle_are_gone(client):
    one = make_article()
    other = merged(one)
    Article.objects.filter(pk=one.pk).update(
        status=Status.WITHDRAWN,
        withdrawal_kind=WithdrawalKind.MERGED,
        withdrawal_reason="Gộp.",
        withdrawn_at=MOMENT,
        merged_into=other,
    )
    assert client.get(one.get_absolute_url()).status_code == 410
    assert client.get(other.get_absolute_url()).status_code == 410


def test_a_long_row_of_mergers_costs_few_queries(client):
    article = make_article()
    for _ in range(12):
        article = merged(article)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(article.get_absolute_url()).status_code == 410
    # Two look-ups, five mergers, one check of the last; the rest is the frame's first drawing.
    assert len([q for q in queries if '"articles_article"."body"' in q["sql"]]) <= 8


def test_an_outdated_article_is_read_under_a_notice_and_stays_findable(client):
    article = withdrawn(WithdrawalKind.OUTDATED, title="Lịch cũ")
    make_article(category=article.category)
    html = read(client, article)
    assert "<strong>Bài này không còn hiệu lực</strong>" in html
    assert "03/02/2024" in html
    assert "Lý do: Lộ số điện thoại của người dân." in html
    assert "Bà con xem lịch ở nhà văn hóa thôn." in html
    assert "<title>[Không còn hiệu lực] Lịch cũ" in html
    assert 'content="[Không còn hiệu lực] Lịch cũ"' in html
    # Who searches for the old rule should find the notice, not a copy elsewhere.
    assert "noindex" not in html
    assert "niem-yet" not in html
    assert linked_data(html)[0]["expires"].startswith("2024-02-03")


def test_the_board_and_the_loudspeaker_take_no_outdated_article(client):
    article = withdrawn(WithdrawalKind.OUTDATED)
    for part in ("niem-yet/", "loa/"):
        response = client.get(f"{article.get_absolute_url()}{part}")
        assert response["Location"] == article.get_absolute_url()


def test_an_old_address_of_the_former_portal_leads_on_to_a_merged_article(client):
    last = make_article()
    gone = merged(last)
    remember(old="/portal/Pages/Tin.aspx?id=5", new=gone.get_absolute_url())
    response = client.get("/portal/Pages/Tin.aspx?id=5", follow=True)
    assert [address for address, _ in response.redirect_chain] == [
        gone.get_absolute_url(),
        last.get_absolute_url(),
    ]


# --- The sheet for the board, the text for the loudspeaker -------------------------------------


@pytest.mark.parametrize("part", ["niem-yet/", "loa/"])
@pytest.mark.parametrize("fields", NOT_READABLE)
def test_what_readers_may_not_read_is_not_given_in_another_form(client, part, fields):
    article = make_article(title="Tên bài kín", **fields)
    response = client.get(f"{article.get_absolute_url()}{part}")
    assert response.status_code in (404, 410)
    assert article.title not in response.content.decode()


@pytest.mark.parametrize("part", ["niem-yet/", "loa/"])
def test_a_mistyped_address_leads_to_the_right_form(client, part):
    article = make_article()
    response = client.get(f"/tin-tuc/x/y-{article.pk}/{part}")
    address = f"{article.get_absolute_url()}{part}"
    assert (response.status_code, response["Location"]) == (301, address)


def test_the_sheet_has_who_what_when_and_a_code(client):
    make_identity(phone="0237.000.0000")
    body = "<h2>Địa điểm</h2><p>Nhà văn hóa.</p><ul><li>Mang giấy tờ</li></ul>"
    body += "<table><tr><th>Thôn</th></tr><tr><td>Kiệm</td></tr></table>"
    article = make_article(title="Lịch họp", body=body)
    html = read(client, article, "niem-yet/")
    for words in (
        "Ủy ban nhân dân xã Đông Thanh",
        "Đông Thanh, ngày 26 tháng 1 năm 2024",
        "<h1>Lịch họp</h1>",
        "Các thôn họp vào tối thứ Bảy.",
        "<h2>Địa điểm</h2>",
        "Mang giấy tờ",
        '<th scope="col">Thôn</th>',
        "<td>Kiệm</td>",
        "Quét để đọc trên điện thoại",
        "Hỏi thêm: 0237.000.0000",
        '<svg class="qr-code"',
    ):
        assert words in html
    assert '<meta name="robots" content="noindex">' in html
    assert (
        f'<link rel="canonical" href="http://testserver{article.get_absolute_url()}">'
        in html
    )
    assert "site-nav" not in html


def test_a_long_text_is_cut_on_the_sheet_and_says_so(client):
    article = make_article(
        body="".join(f"<p>Đoạn {i}. {'chữ ' * 60}</p>" for i in range(40))
    )
    html = read(client, article, "niem-yet/")
    assert "Còn nữa. Quét mã để đọc tiếp trên điện thoại" in html
    assert "Đoạn 0." in html
    assert "Đoạn 39." not in html


def test_the_text_for_the_loudspeaker_is_plain_and_not_for_search_engines(client):
    make_identity(phone="0237.000.0000")
    article = make_article(title="Lịch làm CCCD", lead="UBND xã báo tin.")
    response = client.get(f"{article.get_absolute_url()}loa/")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["X-Robots-Tag"] == "noindex"
    assert "X-Portal-Page" not in response
    text = response.content.decode()
    assert "bà con xã Đông Thanh" in text
    assert "Lịch làm căn cước công dân." in text
    assert "Ủy ban nhân dân xã báo tin." in text
    assert "0237 000 0000" in text


def test_what_is_printed_of_an_article_needs_few_queries(client):
    article = make_article()
    for part, most in (("", 4), ("niem-yet/", 4), ("loa/", 4)):
        address = f"{article.get_absolute_url()}{part}"
        client.get(address)  # fills what is kept per content version
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        # The article with its cover, the unit for the loudspeaker, the frame's counter and
        # the content version.
        assert len(queries) <= most, [query["sql"] for query in queries]
