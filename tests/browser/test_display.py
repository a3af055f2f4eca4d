"""How readers make the site fit their eyes: text size and theme, on every page."""

import gzip
import urllib.request

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings

pytestmark = pytest.mark.browser

WHITE, BLACK = "rgb(255, 255, 255)", "rgb(0, 0, 0)"
FIRST_LOAD = 100 * 1024  # bytes as they travel, photographs apart
SCRIPTS = 15 * 1024
PAGES = [
    "/",
    "/tin-tuc/",
    "/thu-tuc/",
    "/ket-qua-tthc/",
    "/lien-he/",
    "/tim-kiem/?q=khai+sinh",
]


def _open_control(page):
    page.get_by_role("banner").get_by_text("Hiển thị", exact=True).click()
    return page.get_by_role("banner")


def _colours(page):
    return page.evaluate(
        "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]"
    )


def _size(page, selector="main h1"):
    return page.locator(selector).first.evaluate(
        "node => parseFloat(getComputedStyle(node).fontSize)"
    )


def test_high_contrast_is_chosen_announced_and_remembered(open_page, site):
    page = open_page("/lien-he/", scheme="dark")
    assert _colours(page)[0] != WHITE
    _open_control(page).get_by_role("radio", name="Tương phản cao").check()
    assert _colours(page) == [WHITE, BLACK]
    announced = page.locator("[data-display-announcement]")
    assert announced.inner_text() == "Giao diện: Tương phản cao"
    page.goto(site.url + "/thu-tuc/")
    assert _colours(page) == [WHITE, BLACK]
    _open_control(page)
    assert page.get_by_role("radio", name="Tương phản cao").is_checked()


@pytest.mark.parametrize(("chosen", "device"), [("Sáng", "dark"), ("Tối", "light")])
def test_a_chosen_theme_wins_over_the_device_until_it_is_given_back(
    open_page, chosen, device
):
    page = open_page("/", scheme=device)
    of_device = _colours(page)
    control = _open_control(page)
    control.get_by_role("radio", name=chosen, exact=True).check()
    assert _colours(page) != of_device
    page.reload()
    assert _colours(page) != of_device
    _open_control(page).get_by_role("button", name="Trở về ban đầu").click()
    assert _colours(page) == of_device
    page.reload()
    assert _colours(page) == of_device


def test_a_device_that_asks_for_more_contrast_gets_it_without_a_script(open_page):
    page = open_page("/", contrast="more", java_script_enabled=False)
    assert page.locator("main").evaluate("node => getComputedStyle(node).color") == BLACK


def test_what_was_chosen_is_there_before_the_first_paint(open_page):
    page = open_page("/")
    page.evaluate(
        "localStorage.setItem('theme', 'contrast'); localStorage.setItem('text-size', '150')"
    )
    # The first style sheet has only just been met: nothing can have been painted.
    page.add_init_script(
        "new MutationObserver((_, seen) => {"
        " if (!document.querySelector('link[rel=stylesheet]')) return;"
        " window.early = [document.body, { ...document.documentElement.dataset }];"
        " seen.disconnect(); }).observe(document, { childList: true, subtree: true })"
    )
    page.reload()
    assert page.evaluate("window.early") == [
        None,
        {"textSize": "150", "theme": "contrast"},
    ]


@pytest.mark.parametrize("width", [360, 1280])
def test_high_contrast_is_seven_to_one_everywhere(open_page, site, width):
    page = open_page("/", width=width)
    page.evaluate("localStorage.setItem('theme', 'contrast')")
    rules = {"color-contrast-enhanced": {"enabled": True}}
    found = {}
    for path in PAGES:
        page.goto(site.url + path)
        _open_control(page)
        answer = Axe().run(page, options={"preload": False, "rules": rules}).response
        found[path] = [
            (rule["id"], rule["nodes"][0]["target"]) for rule in answer["violations"]
        ]
    assert found == {path: [] for path in PAGES}


@pytest.mark.parametrize("path", PAGES)
def test_text_grows_to_twice_its_size_on_a_phone_without_sideways_scrolling(
    open_page, site, path
):
    page = open_page("/", width=360)
    usual = {}
    for size in ("100", "200"):
        page.evaluate(f"localStorage.setItem('text-size', '{size}')")
        page.goto(site.url + path)
        usual[size] = _size(page, "main p")
    assert usual["200"] == pytest.approx(2 * usual["100"], rel=0.01)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_control_of_the_header_and_of_an_article_agree(open_page):
    page = open_page("/tin-tuc/chuyen-doi-so/")
    page.locator(".news-item a").first.click()
    page.get_by_role("main").get_by_role("button", name="Phóng to chữ").click()
    control = _open_control(page)
    assert control.get_by_role("button", name="đang là 110%").is_visible()
    control.get_by_role("button", name="Thu nhỏ chữ").click()
    tools = page.get_by_role("main")
    assert tools.get_by_role("button", name="đang là 100%").is_visible()


def test_the_control_works_from_the_keyboard_and_gives_the_focus_back(open_page):
    page = open_page("/lien-he/")
    control = page.get_by_role("banner").get_by_text("Hiển thị", exact=True)
    control.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.ariaLabel") == "Thu nhỏ chữ"
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    assert page.get_by_role("radio", name="Sáng", exact=True).is_checked()
    page.keyboard.press("Escape")
    assert not page.get_by_role("radio", name="Sáng", exact=True).is_visible()
    assert page.evaluate("document.activeElement.innerText.trim()") == "Hiển thị"


def test_the_control_closes_when_the_reader_goes_on(open_page):
    page = open_page("/lien-he/")
    radio = _open_control(page).get_by_role("radio", name="Tối")
    page.locator("main").click(position={"x": 5, "y": 5})
    assert not radio.is_visible()
    _open_control(page).get_by_role("button", name="Trở về ban đầu").focus()
    page.keyboard.press("Tab")
    assert not radio.is_visible()


def test_without_a_script_the_control_is_not_shown(open_page):
    page = open_page("/", java_script_enabled=False)
    assert not page.get_by_text("Hiển thị", exact=True).is_visible()


def test_a_reader_whose_browser_stores_nothing_gets_the_usual_page(open_page):
    page = open_page("/")
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('no') } })"
    )
    page.reload()
    _open_control(page).get_by_role("button", name="Phóng to chữ").click()
    assert page.evaluate("document.documentElement.dataset.textSize") == "110"


def _travelling(url):
    """Return how many bytes of `url` reach a browser that knows brotli and gzip.

    What the site does not compress itself nginx does (deploy/nginx.conf).
    """
    asked = urllib.request.Request(url, headers={"Accept-Encoding": "br"})  # noqa: S310
    with urllib.request.urlopen(asked, timeout=30) as answer:  # noqa: S310
        data = answer.read()
        is_left_to_nginx = answer.headers.get_content_type() == "text/html"
    return len(gzip.compress(data, compresslevel=5) if is_left_to_nginx else data)


def test_nginx_compresses_what_the_site_does_not():
    configuration = (settings.BASE_DIR / "deploy" / "nginx.conf").read_text()
    assert "\n    gzip on;\n    gzip_comp_level 5;\n" in configuration


@pytest.mark.parametrize("path", PAGES)
def test_the_first_load_of_a_page_is_at_most_100_kb(open_page, site, path):
    page = open_page(path, width=360)
    page.wait_for_load_state("networkidle")
    loaded = page.evaluate(
        "performance.getEntriesByType('resource').map((each) => each.name)"
    )
    parts = {url for url in loaded if "/static/" in url}
    assert len(parts) >= 10
    weights = {url: _travelling(url) for url in parts | {page.url}}
    assert sum(weights.values()) <= FIRST_LOAD, weights
    scripts = {url: weight for url, weight in weights.items() if url.endswith(".js")}
    assert sum(scripts.values()) <= SCRIPTS
