"""Rules that hold for every public address of the site."""

import itertools

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from portal import pages
from portal.sitemaps import BLOCK
from tests import factory
from tests.visitors.pages import tree, words

pytestmark = pytest.mark.django_db

# Addresses for staff: they may use a session, so the rules of public pages do not bind them.
STAFF_ONLY = {"admin", "style_guide"}
# Not pages: they answer POST only, serve files, or show what is not public yet. Each has
# tests of its own.
NOT_PAGES = {
    "attachment",
    "media",
    "open_data:nothing_here",
    "page_suggestion",
    "page_vote",
    "preview",
}

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

HOSTILE_VALUES = [
    "99999999999999999999",
    "-1",
    "0",
    "abc",
    "",
    "1e9",
    "%00",
    "%ff%fe",
    "%C4%90%C3%B4ng",
    "'\"><script>alert(1)</script>",
    "../../etc/passwd",
    "x" * 3000,
]


def _patterns(resolver=None, namespace=""):
    """Yield "namespace:name" of every address below `resolver`."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            inner = pattern.namespace or namespace
            yield from _patterns(pattern, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}:{pattern.name}" if namespace else pattern.name


def _public_names():
    names = {
        name for name in _patterns() if name and name.partition(":")[0] not in STAFF_ONLY
    }
    return names - NOT_PAGES


@pytest.fixture
def addresses(django_user_model):
    """An existing address of every public page by its name."""
    factory.make_identity()
    article = factory.make_article()
    page = factory.make_page()
    period = factory.make_listed_period()
    factory.make_correction(period=period)
    sheet = factory.make_sheet(period=period)
    procedure = factory.make_procedure()
    reception = factory.make_reception()
    code = {"code": period.code}
    return {
        "home": reverse("home"),
        "healthz": reverse("healthz"),
        "robots": reverse("robots"),
        "search": reverse("search"),
        "search_suggestions": reverse("search_suggestions"),
        "search_description": reverse("search_description"),
        "contact": reverse("contact"),
        "site_map": reverse("site_map"),
        "accessibility": reverse("accessibility"),
        "privacy": reverse("privacy"),
        "security": reverse("security"),
        "webmanifest": reverse("webmanifest"),
        "favicon": reverse("favicon"),
        "sitemap": reverse("sitemap"),
        "sitemap_articles": reverse("sitemap_articles", args=[article.pk // BLOCK]),
        "sitemap_news": reverse("sitemap_news"),
        "sitemap_section": reverse("sitemap_section", args=["gioi-thieu"]),
        "page_vote_thanks": reverse("page_vote_thanks"),
        "page_suggestion_received": reverse("page_suggestion_received"),
        "articles:list": reverse("articles:list"),
        "articles:archive": reverse("articles:archive", args=[2024, 1]),
        "articles:category": article.category.get_absolute_url(),
        "articles:rss": reverse("articles:rss"),
        "articles:json_feed": reverse("articles:json_feed"),
        "articles:category_rss": f"{article.category.get_absolute_url()}rss.xml",
        "articles:category_json_feed": f"{article.category.get_absolute_url()}feed.json",
        "articles:detail": article.get_absolute_url(),
        "articles:board_notice": f"{article.get_absolute_url()}niem-yet/",
        "articles:loudspeaker": f"{article.get_absolute_url()}loa/",
        "articles:page": page.get_absolute_url(),
        "catalogue:list": reverse("catalogue:list"),
        "catalogue:alphabet": reverse("catalogue:alphabet"),
        "catalogue:field": reverse("catalogue:field", args=[procedure.field.slug]),
        "catalogue:download": reverse("catalogue:download", args=["csv"]),
        "catalogue:procedure": procedure.get_absolute_url(),
        "catalogue:procedure_json": reverse(
            "catalogue:procedure_json", args=[procedure.code]
        ),
        "procedures:list": reverse("procedures:list"),
        "procedures:period": period.get_absolute_url(),
        "procedures:download": reverse(
            "procedures:download", kwargs=code | {"file_format": "csv"}
        ),
        "procedures:calendar": reverse("procedures:calendar"),
        "procedures:procedure": reverse("procedures:procedure", args=[procedure.code]),
        "procedures:edition": reverse("procedures:edition", kwargs=code | {"number": 1}),
        "procedures:field": reverse(
            "procedures:field", kwargs=code | {"slug": sheet.field.slug}
        ),
        "procedures:dossiers": reverse("procedures:dossiers", kwargs=code),
        "procedures:download_dossiers": reverse(
            "procedures:download_dossiers", kwargs=code | {"file_format": "csv"}
        ),
        "lookup:search": reverse("lookup:search"),
        "disclosure:board": reverse("disclosure:board"),
        "disclosure:duty": factory.make_duty().get_absolute_url(),
        "open_data:home": reverse("open_data:home"),
        "open_data:document": reverse("open_data:document"),
        "open_data:items": reverse("open_data:items", args=["tin-bai"]),
        "open_data:csv": reverse("open_data:csv", args=["tin-bai"]),
        "open_data:record": reverse("open_data:record", args=["truy-cap"]),
        "open_data:item": reverse("open_data:item", args=["tin-bai", article.pk]),
        "organisation:chart": reverse("organisation:chart"),
        "organisation:body": factory.make_body().get_absolute_url(),
        "organisation:receptions": reverse("organisation:receptions"),
        "organisation:receptions_month": reverse(
            "organisation:receptions_month", args=[reception.day]
        ),
        "organisation:receptions_calendar": reverse("organisation:receptions_calendar"),
        "visitors:summary": reverse("visitors:summary"),
        "visitors:method": reverse("visitors:method"),
        "visitors:days_file": reverse("visitors:days_file", args=["csv"]),
        "visitors:months_file": reverse("visitors:months_file", args=["json"]),
    }


# Sheets that are made of a page, drawn by themselves; and thanks, without a place in the site.
WITHOUT_FRAME = {"articles:board_notice", "articles:loudspeaker"}
WITHOUT_CRUMBS = {"home", "page_vote_thanks", "page_suggestion_received"}
# What h1 and title call the home page is the unit itself.
HOME_TITLE = "Trang thông tin điện tử – Xã Đông Thanh"


@pytest.fixture
def html_pages(addresses, client):
    """Return {name: parsed page} of every public page that wears the site's frame."""
    found = {}
    for name, address in addresses.items():
        response = client.get(address)
        if response["Content-Type"].startswith("text/html") and name not in WITHOUT_FRAME:
            found[name] = tree(response)
    return found


def test_every_public_address_has_an_example_here(addresses):
    assert set(addresses) == _public_names()


def test_public_pages_answer_without_cookie_session_or_variation(addresses, client):
    for name, address in addresses.items():
        response = client.get(address)
        assert response.status_code == 200, name
        assert not response.cookies, name
        assert "Cookie" not in response.get("Vary", ""), name


def test_every_download_is_marked_as_a_file_that_names_itself(addresses, client):
    downloads = 0
    for name, address in addresses.items():
        response = client.get(address)
        is_download = response.get("Content-Disposition", "").startswith("attachment")
        downloads += is_download
        page = pages.read(response[pages.HEADER]) if pages.HEADER in response else None
        assert bool(page and page.kind == pages.FILE) == is_download, name
        assert page is None or page.title, name
    assert downloads >= 6


def test_public_pages_carry_the_strict_policy_without_nonce(addresses, client):
    for name, address in addresses.items():
        policy = client.get(address)["Content-Security-Policy"]
        assert sorted(policy.split("; ")) == sorted(POLICY.split("; ")), name


@pytest.mark.parametrize("value", HOSTILE_VALUES)
def test_any_query_string_gives_a_page_or_a_refusal(addresses, client, value):
    for address in addresses.values():
        for key in ("trang", "page", "q", "nam", "tai", "muc"):
            query = f"{key}={value}&{key}={value}"
            assert client.get(f"{address}?{query}").status_code < 500, (address, query)


@pytest.mark.parametrize("value", [value for value in HOSTILE_VALUES if value])
def test_any_address_gives_a_page_or_a_refusal(addresses, client, value):
    for address in addresses.values():
        for hostile in (f"{address}{value}/", f"{address.rstrip('/')}-{value}/"):
            response = client.get(hostile, follow=True)
            assert response.status_code < 500, hostile


def test_any_method_gives_a_page_or_a_refusal(addresses, client):
    methods = ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "X")
    for address, method in itertools.product(addresses.values(), methods):
        status = client.generic(method, address).status_code
        assert 400 <= status < 500 or (method == "OPTIONS" and status == 200), (
            method,
            address,
        )


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "a b"},
        {"X-Forwarded-For": "'; drop table articles_article --"},
        {"Cookie": "sessionid=" + "x" * 3000},
        {"Cookie": "sessionid=\x01"},
        {"If-None-Match": "\"'\\"},
        {"If-Modified-Since": "yesterday"},
        {"Accept-Encoding": "*;q=-1"},
        {"Accept-Language": "x" * 3000},
        {"Range": "bytes=-1-9999999999999999"},
        {"User-Agent": "\x7f" * 500},
    ],
    ids=lambda headers: next(iter(headers)),
)
def test_any_header_gives_a_page_or_a_refusal(addresses, client, headers):
    for address in addresses.values():
        assert client.get(address, headers=headers).status_code < 500, address


def test_head_is_answered_like_get_without_a_body(addresses, client):
    for name, address in addresses.items():
        response = client.head(address)
        assert response.status_code == 200, name
        assert response.getvalue() == b"", name


# --- What every page is called, and how one finds the way -------------------------------


def _way(page):
    return page.findall(".//nav[@class='breadcrumb']//li")


def _canonical(page):
    return [link.get("href") for link in page.findall(".//link[@rel='canonical']")]


def _is_listed(page):
    return page.find(".//meta[@name='robots']") is None


def test_titles_go_from_the_page_over_its_section_to_the_unit(html_pages):
    titles = {name: words(page.find(".//title")) for name, page in html_pages.items()}
    assert titles.pop("home") == HOME_TITLE
    for name, title in titles.items():
        section = [words(step) for step in _way(html_pages[name])[1:-1][-1:]]
        assert title.endswith(" – ".join(["", *section, "Xã Đông Thanh"])), name
    assert len(set(titles.values())) == len(titles)


def test_every_page_has_one_main_heading_a_language_and_a_way_past_the_frame(html_pages):
    for name, page in html_pages.items():
        assert len(page.findall(".//h1")) == 1, name
        assert page.get("lang") == "vi", name
        assert page.find("body").find(".//a").get("href") == "#noi-dung", name
        assert [main.get("id") for main in page.findall(".//main")] == ["noi-dung"], name


def test_landmarks_of_one_kind_are_told_apart_by_their_names(html_pages):
    for name, page in html_pages.items():
        for kind in ("nav", "aside", "form[@role='search']"):
            labels = [
                each.get("aria-label") or each.get("aria-labelledby")
                for each in page.findall(f".//{kind}")
            ]
            assert all(labels), (name, kind)
            assert len(set(labels)) == len(labels), (name, kind, labels)


def test_the_way_to_a_page_begins_at_home_and_ends_at_the_page(html_pages, client):
    ways = {name: _way(page) for name, page in html_pages.items()}
    assert {name for name, way in ways.items() if not way} == WITHOUT_CRUMBS
    links = set()
    for name, way in ways.items():
        *above, here = [step[0] for step in way] or [None]
        assert name in WITHOUT_CRUMBS or above[0].get("href") == "/", name
        assert name in WITHOUT_CRUMBS or here.get("aria-current") == "page", name
        links |= {link.get("href") for link in above}
    assert {link: client.get(link).status_code for link in links} == dict.fromkeys(
        links, 200
    )


def test_pages_that_search_engines_list_say_what_they_are_and_where(html_pages):
    listed = {name: page for name, page in html_pages.items() if _is_listed(page)}
    assert len(listed) >= 15
    for name, page in listed.items():
        (canonical,) = _canonical(page)
        assert canonical.startswith("http://testserver/"), name
        (description,) = page.findall(".//meta[@name='description']")
        assert description.get("content"), name


def test_every_page_with_an_address_of_its_own_can_be_passed_on(html_pages):
    del html_pages["home"]  # nobody needs help to pass on the name of the site
    own = {name: page for name, page in html_pages.items() if _canonical(page)}
    assert len(own) >= 15
    for name, page in own.items():
        (share,) = page.findall(".//nav[@data-share]")
        assert share.get("data-share") == _canonical(page)[0], name
        assert share.get("data-share-title"), name
