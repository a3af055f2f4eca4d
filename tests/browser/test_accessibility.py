"""No violation of WCAG that axe can see, on every kind of page, in all themes and widths."""

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser

PAGES = [
    "/",
    "/tin-tuc/",
    "/tin-tuc/cai-cach-hanh-chinh/",
    "/tin-tuc/luu-tru/",
    "/tin-tuc/luu-tru/2024/",
    "/gioi-thieu/",
    "/gioi-thieu/cac-thon/",
    "/gioi-thieu/di-tich/nguyen-van-nghi/",
    "/co-cau-to-chuc/",
    "/co-cau-to-chuc/uy-ban-nhan-dan-xa/",
    "/thu-tuc/",
    "/thu-tuc/?q=dang+ky+khai+sinh",
    "/thu-tuc/?q=khong+co+gi&kenh=truc-tuyen",
    "/thu-tuc/a-z/",
    "/ket-qua-tthc/",
    "/ket-qua-tthc/lich/",
    "/ket-qua-tthc/2025-T04/ho-so/",
    "/ket-qua-tthc/2025-T04/ho-so/?tinh-trang=dung-han",
    "/ket-qua-tthc/2025-T04/linh-vuc/chung-thuc/",
    "/thong-ke-truy-cap/",
    "/thong-ke-truy-cap/cach-tinh/",
    "/cong-khai/",
    "/cong-khai/?tinh-trang=qua-han",
    "/cong-khai/thu-tuc-hanh-chinh/",
    "/api/",
    "/tim-kiem/",
    "/tim-kiem/?q=dang+ky+khia+sinh",
    "/tim-kiem/?q=thu+tuc+hanh+chinh",
    "/tim-kiem/?q=xyzxyz+xyzxyz",
    "/lien-he/",
    "/lich-tiep-cong-dan/",
    "/so-do-trang/",
    "/tro-nang/",
    "/quyen-rieng-tu/",
    "/khong-co-trang-nay/",
]


def _violations(page):
    # Axe would load the style sheets once more, as inline styles, which our policy forbids.
    options = {"preload": False, "rules": {"target-size": {"enabled": True}}}
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
@pytest.mark.parametrize("width", [360, 768, 1280])
def test_public_pages_have_no_violation(open_page, site, width, theme):
    page = open_page("/", width=width)
    page.evaluate("theme => localStorage.setItem('theme', theme)", theme)
    found = {}
    for path in PAGES:
        page.goto(site.url + path)
        found[path] = _violations(page)
    for listing, link in (
        ("/tin-tuc/chuyen-doi-so/", ".news-item a"),
        ("/ket-qua-tthc/", "main a[href*='/ket-qua-tthc/2']"),
    ):
        page.goto(site.url + listing)
        page.locator(link).first.click()
        page.wait_for_load_state()
        found[page.url] = _violations(page)
    page.goto(site.url + "/tin-tuc/chuyen-doi-so/")
    page.locator(".news-item a").first.click()
    page.get_by_role("button", name="Chưa hữu ích").click()
    page.wait_for_url("**/cam-on/**")
    found["suggestion"] = _violations(page)
    page.go_back()
    page.get_by_role("link", name="Bản niêm yết khổ A4").click()
    page.wait_for_url("**/niem-yet/")
    found["board"] = _violations(page)
    assert {path: violations for path, violations in found.items() if violations} == {}


ADMIN_PAGES = {
    "bien-tap": (
        "articles/article/",
        "articles/article/add/",
        "portal/picture/",
        "portal/attachment/",
        "disclosure/duty/",
        "organisation/reception/",
        "organisation/reception/theo-tuan/",
        "organisation/specialday/add/",
    ),
    "tthc": (
        "procedures/period/",
        "procedures/period/cong-khai/",
        "procedures/procedure/",
        "procedures/procedure/add/",
        "portal/legalbasis/",
    ),
    "lanh-dao": (
        "articles/article/?tinh-trang=cho-duyet",
        "portal/alert/",
        "portal/alert/add/",
        "portal/homeblock/",
        "portal/quicktask/",
        "organisation/body/",
        "organisation/officer/",
        "organisation/officer/add/",
        "organisation/hoursplan/add/",
        "disclosure/duty/add/",
        "disclosure/duty/lan/1/",
    ),
    "quan-tri": (
        "portal/identity/1/change/",
        "portal/identity/che-do-chi-doc/",
        "portal/menuitem/",
        "portal/auditentry/",
        "portal/user/",
    ),
}


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
@pytest.mark.parametrize("account", ADMIN_PAGES)
def test_main_admin_pages_have_no_violation(sign_in, site, account, scheme, width):
    page = sign_in(account, scheme=scheme, width=width)
    found = {"start": _violations(page)}
    for path in ADMIN_PAGES[account]:
        answer = page.goto(f"{site.url}/quan-tri/{path}")
        assert answer.status == 200, path
        page.evaluate(
            "document.querySelectorAll('details').forEach(each => each.open = true)"
        )
        found[path] = _violations(page)
    assert {path: violations for path, violations in found.items() if violations} == {}


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_the_statistics_of_officials_have_no_violation(sign_in, site, scheme, width):
    page = sign_in("thong-ke", scheme=scheme, width=width)
    found = {}
    for path in ("", "truc-tiep/", "thong-ke/gio-thu/", "bao-cao/"):
        page.goto(f"{site.url}/quan-tri/visitors/day/{path}")
        page.evaluate(
            "document.querySelectorAll('details').forEach(each => each.open = true)"
        )
        found[path] = _violations(page)
    assert {path: violations for path, violations in found.items() if violations} == {}


def test_the_sign_in_page_has_no_violation(open_page):
    assert _violations(open_page("/quan-tri/login/", width=360)) == []
