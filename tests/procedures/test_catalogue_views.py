"""The pages of the catalogue, as readers get them."""

import csv
import io
import json
import re
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils.html import escape

from portal import targets
from portal.models import LegalBasis
from portal.pages import HEADER, read
from procedures.models import (
    Channel,
    Procedure,
    ProcedureSettings,
    ProcedureStatus,
    TimeUnit,
)
from tests.factory import (
    make_field,
    make_identity,
    make_period,
    make_procedure,
    make_procedure_figures,
)

pytestmark = pytest.mark.django_db

LIST = reverse("catalogue:list")
SECRET = "điều chỉ cán bộ được đọc"


def page(client, address, **query):
    response = client.get(address, query)
    assert response.status_code == 200
    return response.content.decode()


def main(html):
    """Return the text of the page's own part, blanks joined."""
    inner = html.partition("<main")[2].partition("</main>")[0]
    inner = re.sub(r'<span class="channels__label"[^>]*>.*?</span>', "", inner)
    return " ".join(re.sub(r"<[^>]+>", " ", inner).split())


@pytest.fixture
def birth():
    """A reviewed procedure of which everything is known."""
    field = make_field(name="Hộ tịch", slug="ho-tich")
    procedure = make_procedure(
        code="1.001193",
        name="Đăng ký khai sinh",
        field=field,
        also_known_as="giấy khai sinh",
        level="Cấp xã",
        decision="3606/QĐ-BTP",
        decision_on=date(2025, 12, 1),
        effective_on=date(2026, 1, 1),
        handled_by="Ủy ban nhân dân xã",
        result="Giấy khai sinh",
        source=SECRET,
        source_via=SECRET,
        caveat=SECRET,
        confidence=SECRET,
        reviewed_at=datetime(2024, 1, 2, 0, 30, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh")),
    )
    procedure.channels.create(channel=Channel.DIRECT, amount=Decimal("1.0"), fee=8000)
    procedure.channels.create(channel=Channel.ONLINE, amount=Decimal("1.5"), fee=0)
    procedure.channels.create(
        channel=Channel.POST, unit=TimeUnit.HOURS, time_note="Tính từ khi nhận bưu phẩm."
    )
    papers = procedure.papers
    papers.create(order=1, name="Văn bản ủy quyền", case="Nhờ người khác", copies=2)
    papers.create(order=2, name="Tờ khai", originals=1)
    papers.create(order=3, name="Giấy chứng sinh", originals=1, copies=1)
    procedure.steps.create(order=1, text="Nộp tờ khai.")
    basis = LegalBasis.objects.create(
        number="60/2014/QH13", title="Luật Hộ tịch", issued_on=date(2014, 11, 20)
    )
    procedure.legal_bases.add(basis)
    return procedure


@pytest.fixture
def office():
    make_identity(phone="0237.3742.289", working_hours="7 giờ đến 17 giờ")


# --- One procedure ------------------------------------------------------------------------


def test_a_reviewed_procedure_tells_what_it_takes(client, birth, office):
    text = main(page(client, birth.get_absolute_url()))
    for told in (
        "Đăng ký khai sinh",
        "Mã thủ tục: 1.001193",
        "Kết quả nhận được Giấy khai sinh",
        "Bộ phận Tiếp nhận và trả kết quả (một cửa), Thôn Phúc Triền 1, xã Đông Thanh",
        "7 giờ đến 17 giờ",
        "0237.3742.289",
        "Cơ quan giải quyết Ủy ban nhân dân xã",
        "Trực tiếp 1 ngày làm việc 8.000 đồng",
        "Trực tuyến 1,5 ngày làm việc Miễn phí",
        "Nộp tờ khai.",
        "60/2014/QH13 ngày 20/11/2014 : Luật Hộ tịch",
        "Quyết định số 3606/QĐ-BTP ngày 01/12/2025",
        "Có hiệu lực từ ngày 01/01/2026",
        "Cán bộ rà soát ngày 02/01/2024",
    ):
        assert told.replace(" :", ":") in text.replace(" :", ":")


def test_the_telephone_can_be_tapped(client, birth, office):
    assert 'href="tel:+842373742289"' in page(client, birth.get_absolute_url())


def test_what_is_unknown_is_said_to_be_unknown_and_is_never_nothing(client, birth, office):
    text = main(page(client, birth.get_absolute_url()))
    ask = (
        "Chưa có thông tin, hãy hỏi Bộ phận Tiếp nhận và trả kết quả (một cửa), điện thoại"
    )
    row = text.partition("Bưu chính công ích")[2].partition("Các bước")[0]
    assert row.count(ask) == 1  # the fee
    assert "Miễn phí" not in row
    assert " 0 " not in row


def test_words_about_the_time_stand_for_a_time_that_no_number_says(client, birth, office):
    row = main(page(client, birth.get_absolute_url()))
    row = row.partition("Bưu chính công ích")[2].partition("Các bước")[0]
    assert "Tính từ khi nhận bưu phẩm. Cần biết thêm, hãy hỏi Bộ phận" in row


def test_a_procedure_without_times_and_papers_says_whom_to_ask(client, office):
    procedure = make_procedure(contact_phone="0912 345 678")
    text = main(page(client, procedure.get_absolute_url()))
    assert text.count("Chưa có thông tin, hãy hỏi") == 2
    assert text.count("điện thoại 0912 345 678") == 2


def test_papers_stand_by_case_and_what_everybody_brings_comes_first(client, birth):
    text = main(page(client, birth.get_absolute_url()))
    order = [
        "Trường hợp nào cũng cần",
        "Tờ khai 1 bản chính",
        "Giấy chứng sinh 1 bản chính, 1 bản sao",
        "Nhờ người khác",
        "Văn bản ủy quyền 2 bản sao",
    ]
    places = [text.index(each) for each in order]
    assert places == sorted(places)


def test_another_place_to_hand_in_replaces_the_office(client, office):
    procedure = make_procedure(where_to_submit="Công an xã")
    text = main(page(client, procedure.get_absolute_url()))
    assert "Nơi nộp hồ sơ Công an xã" in text
    assert "Giờ tiếp nhận" not in text


def test_the_settings_name_the_office(client, birth, office):
    ProcedureSettings.objects.create(
        office_name="Trung tâm Phục vụ hành chính công",
        office_phone="0237 3742 290",
        office_hours="Sáng thứ Hai đến thứ Sáu",
        procedure_link="https://dichvucong.example/?ma={code}",
    )
    html = page(client, birth.get_absolute_url())
    assert "Trung tâm Phục vụ hành chính công" in html
    assert "tel:+842373742290" in html
    assert "Sáng thứ Hai đến thứ Sáu" in html
    assert 'href="https://dichvucong.example/?ma=1.001193"' in html


def test_an_unreviewed_procedure_shows_its_name_and_the_national_portal_only(
    client, birth, office
):
    Procedure.objects.update(reviewed_at=None, national_url="https://dichvucong.example/x")
    html = page(client, birth.get_absolute_url())
    text = main(html)
    assert "Cán bộ xã chưa rà soát thủ tục này." in text
    assert 'href="https://dichvucong.example/x"' in html
    for hidden in (
        "8.000",
        "Tờ khai",
        "3606",
        "Luật Hộ tịch",
        "Giấy chứng sinh",
        "giấy khai",
    ):
        assert hidden not in html


def test_what_only_staff_may_read_is_in_no_answer(client, birth):
    addresses = [
        birth.get_absolute_url(),
        LIST,
        reverse("catalogue:procedure_json", args=[birth.code]),
        *(reverse("catalogue:download", args=[kind]) for kind in ("csv", "json")),
    ]
    for address in addresses:
        assert SECRET not in body(client.get(address)).decode()


def test_a_replaced_procedure_leads_along_the_chain_to_what_holds_now(client):
    now = make_procedure(code="3.000722", name="Liên thông điện tử")
    between = make_procedure(status=ProcedureStatus.REPLACED, replaced_by=now)
    old = make_procedure(
        status=ProcedureStatus.ABOLISHED, replaced_by=between, ended_on=date(2025, 3, 1)
    )
    html = page(client, old.get_absolute_url())
    assert "Thủ tục này không còn áp dụng từ ngày 01/03/2025." in main(html)
    assert f'<a href="{now.get_absolute_url()}">Liên thông điện tử</a> (3.000722)' in html
    assert f'href="{between.get_absolute_url()}"' not in html


def test_an_abolished_procedure_without_a_successor_says_whom_to_ask(client, office):
    old = make_procedure(status=ProcedureStatus.ABOLISHED)
    text = main(page(client, old.get_absolute_url()))
    assert "Chưa có thông tin về thủ tục thay thế, hãy hỏi" in text


def test_a_circle_of_successors_ends(client):
    one = make_procedure(status=ProcedureStatus.REPLACED)
    two = make_procedure(status=ProcedureStatus.REPLACED, replaced_by=one)
    Procedure.objects.filter(pk=one.pk).update(replaced_by=two)
    assert "Thủ tục thay thế" in main(page(client, one.get_absolute_url()))


@pytest.mark.parametrize("name", ["catalogue:procedure", "catalogue:procedure_json"])
def test_a_local_suffix_leads_to_the_procedure(client, birth, name):
    response = client.get(reverse(name, args=["1.001193.H56"]))
    assert response.status_code == 302
    assert response["Location"] == reverse(name, args=["1.001193"])


@pytest.mark.parametrize(
    "address", ["1.999999/", "1.999999.json", "x/", "linh-vuc/khong-co/", "danh-muc.pdf"]
)
def test_what_does_not_exist_is_not_found(client, address):
    assert client.get(f"{LIST}{address}").status_code == 404


def test_the_page_is_marked_and_asks_for_a_vote(client, birth):
    response = client.get(birth.get_absolute_url())
    marked = read(response[HEADER])
    assert (marked.kind, marked.object_id) == ("procedure", "1.001193")
    assert "Thông tin này có hữu ích?" in response.content.decode()


def test_search_engines_are_told_what_the_service_is(client, birth, office):
    html = page(client, birth.get_absolute_url())
    service, way = json.loads(re.search(r'ld\+json">(.*?)</script>', html, re.DOTALL)[1])[
        "@graph"
    ]
    assert service["@type"] == "GovernmentService"
    assert (service["identifier"], service["serviceType"]) == ("1.001193", "Hộ tịch")
    assert service["provider"]["name"] == "Xã Đông Thanh"
    assert [item["name"] for item in way["itemListElement"]] == [
        "Trang chủ",
        "Thủ tục hành chính",
        "Hộ tịch",
        "Đăng ký khai sinh",
    ]


def test_published_results_of_the_procedure_are_one_tap_away(client, birth):
    counted = make_procedure()
    make_procedure_figures(period=make_period(), procedure=counted)
    for procedure, is_counted in ((counted, True), (birth, False)):
        link = reverse("procedures:procedure", args=[procedure.code])
        assert (link in page(client, procedure.get_absolute_url())) is is_counted


def test_no_name_ends_a_script_or_becomes_markup(client):
    evil = "</script><script>alert(1)</script><b>"
    procedure = make_procedure(name=evil, also_known_as=evil, is_common=True)
    addresses = [procedure.get_absolute_url(), LIST, f"{LIST}a-z/", f"{LIST}?q=alert"]
    for address in addresses:
        html = page(client, address)
        assert evil not in html
        assert "alert(1)" in html or "alert</mark>(1)" in html


def test_a_changed_procedure_is_shown_after_its_commit(client, birth, content_committed):
    page(client, birth.get_absolute_url())
    Procedure.objects.update(name="Khai sinh mới")
    birth.channels.update(fee=5000)
    content_committed()
    text = main(page(client, birth.get_absolute_url()))
    assert "Khai sinh mới" in text
    assert "5.000 đồng" in text


# --- Lists ------------------------------------------------------------------------------


def test_the_catalogue_offers_search_common_procedures_and_fields(client, birth):
    Procedure.objects.update(is_common=True)
    make_procedure(field=birth.field)
    make_procedure(field=birth.field, status=ProcedureStatus.ABOLISHED)
    make_procedure(
        field=make_field(name="Trống", slug="trong"), status=ProcedureStatus.ABOLISHED
    )
    html = page(client, LIST)
    assert html.index('name="q"') < html.index("Hay dùng") < html.index("Theo lĩnh vực")
    text = main(html)
    assert "Hay dùng Đăng ký khai sinh 1.001193" in text
    assert "Hộ tịch 2 thủ tục" in text
    assert "Trống" not in text


def test_an_empty_catalogue_says_whom_to_ask(client, office):
    assert "Danh mục thủ tục chưa được đăng." in main(page(client, LIST))
    assert not targets.all_targets()["catalogue:list"].has_content


def test_the_menu_can_lead_to_a_catalogue_that_is_not_empty(birth):
    assert targets.all_targets()["catalogue:list"].has_content


def test_a_field_lists_what_is_in_force_in_it(client, birth):
    gone = make_procedure(field=birth.field, status=ProcedureStatus.REPLACED)
    other = make_procedure()
    html = page(client, reverse("catalogue:field", args=["ho-tich"]))
    assert birth.get_absolute_url() in html
    assert gone.get_absolute_url() not in html
    assert other.get_absolute_url() not in html


def test_a_to_z_is_in_vietnamese_order_under_letters(client):
    for name in ("Đăng ký", "Ân xá", "Dân số", "An táng", "Ăn trưa", "Ích lợi", "Ở trọ"):
        make_procedure(name=name)
    html = page(client, reverse("catalogue:alphabet"))
    assert re.findall(r'<h2 id="chu-(.)"', html) == list("AĂÂDĐIƠ")
    assert re.findall(r'<a href="#chu-([^"]+)">', html)[4] == "%C4%90"


def test_fields_stand_in_vietnamese_order(client):
    for number, name in enumerate(("Đất đai", "Y tế", "Chứng thực", "Hộ tịch")):
        make_procedure(field=make_field(name=name, slug=f"f{number}"))
    text = main(page(client, LIST))
    places = [text.index(name) for name in ("Chứng thực", "Đất đai", "Hộ tịch", "Y tế")]
    assert places == sorted(places)


# --- Searching --------------------------------------------------------------------------


def test_one_tap_leads_from_the_words_to_the_procedure(client, birth):
    make_procedure(name="Đăng ký khai sinh lưu động")
    html = page(client, LIST, q="dang ky khai sinh")
    first = html[html.index('<ul class="procedures') :].partition("</li>")[0]
    assert f'href="{birth.get_absolute_url()}"' in first
    assert "<mark>Đăng ký khai sinh</mark>" in first


def test_a_search_is_kept_from_search_engines_and_out_of_titles(client, birth):
    response = client.get(LIST, {"q": "khai sinh"})
    html = response.content.decode()
    assert '<meta name="robots" content="noindex">' in html
    assert "khai sinh" not in re.search(r"<title>(.*?)</title>", html, re.DOTALL)[1]
    assert "khai sinh" not in read(response[HEADER]).title
    assert 'rel="canonical"' not in html


def test_a_search_that_finds_nothing_tells_its_phrase(client, birth):
    def missed(**query):
        return read(client.get(LIST, query)[HEADER]).missed

    assert missed(q="Mượn sân bóng?") == "mượn sân bóng"
    assert missed(q="Nguyễn Văn Tám") == ""
    assert missed(q="khai sinh") == ""
    assert missed() == ""


def test_a_search_that_filters_hide_is_not_told_as_missing(client, birth):
    birth.channels.all().delete()
    response = client.get(LIST, {"q": "khai sinh", "kenh": "truc-tuyen"})
    assert "Chưa tìm thấy thủ tục nào" in response.content.decode()
    assert read(response[HEADER]).missed == ""


def test_what_was_typed_stands_in_the_box_as_text(client, birth):
    typed = '"><script>alert(1)</script>'
    html = page(client, LIST, q=typed)
    assert typed not in html
    assert f'value="{escape(typed)}"' in html


def test_nothing_found_offers_words_the_common_and_the_telephone(client, birth, office):
    Procedure.objects.update(is_common=True)
    html = page(client, LIST, q="khaaii")
    text = main(html)
    assert "Chưa tìm thấy thủ tục nào" in text
    assert 'href="/thu-tuc/?q=khai"' in html
    assert "Hay dùng Đăng ký khai sinh" in text
    assert "tel:+842373742289" in html


def test_filters_stand_in_the_address_and_stay_through_the_pages(client, birth):
    for number in range(25):
        procedure = make_procedure(name=f"Khai việc {number}", field=birth.field)
        procedure.channels.create(channel=Channel.ONLINE)
    query = {"q": "khai", "linh-vuc": "ho-tich", "kenh": "truc-tuyen"}
    html = page(client, LIST, **query)
    assert "Có 26 thủ tục cho “khai”, lĩnh vực Hộ tịch, nộp được qua mạng." in main(html)
    assert "?q=khai&amp;linh-vuc=ho-tich&amp;kenh=truc-tuyen&amp;trang=2" in html
    assert html.count('<span class="procedures__about">') == 20
    assert page(client, LIST, **query, trang=2).count('class="procedures__about"') == 6
    assert client.get(LIST, query | {"trang": 3}).status_code == 404


def test_filters_that_leave_nothing_can_be_dropped_in_one_tap(client, birth):
    make_procedure(field=make_field(slug="khac"), name="Việc khác")
    html = page(client, LIST, q="khai sinh", **{"linh-vuc": "khac"})
    assert 'href="/thu-tuc/?q=khai+sinh"' in html


@pytest.mark.parametrize("key", ["q", "linh-vuc", "kenh", "trang"])
@pytest.mark.parametrize(
    "value", ["", "x", "-1", "'", "a" * 3000, "%00", "ho-tich", "9" * 30]
)
def test_any_value_gives_a_page_or_a_refusal(client, birth, key, value):
    for address in (LIST, birth.get_absolute_url(), f"{LIST}a-z/"):
        assert client.get(address, {key: [value, value]}).status_code in (200, 400, 404)


# --- Files, machines, cost --------------------------------------------------------------


def body(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_the_files_hold_all_procedures_and_of_the_unreviewed_their_name_only(client, birth):
    make_procedure(code="1.000002", name="Chưa rà soát", result=SECRET, reviewed_at=None)
    rows = json.loads(body(client.get(reverse("catalogue:download", args=["json"]))))[
        "rows"
    ]
    by_code = {row["code"]: row for row in rows}
    assert by_code["1.001193"]["result"] == "Giấy khai sinh"
    assert by_code["1.000002"]["name"] == "Chưa rà soát"
    assert by_code["1.000002"]["result"] is None
    text = body(client.get(reverse("catalogue:download", args=["csv"]))).decode("utf-8-sig")
    assert {line[0] for line in list(csv.reader(io.StringIO(text)))[1:]} == set(by_code)
    assert body(client.get(reverse("catalogue:download", args=["xlsx"])))[:2] == b"PK"


def test_json_says_what_the_page_says(client, birth):
    response = client.get(reverse("catalogue:procedure_json", args=["1.001193"]))
    assert response["Content-Type"] == "application/json"
    known = response.json()
    assert [(each["amount"], each["fee"]) for each in known["channels"]] == [
        (1.0, 8000),
        (1.5, 0),
        (None, None),
    ]
    assert known["papers"][1]["name"] == "Tờ khai"
    unchanged = client.get(
        response.request["PATH_INFO"], headers={"If-None-Match": response["ETag"]}
    )
    assert unchanged.status_code == 304


def test_an_unchanged_page_is_not_sent_twice(client, birth):
    response = client.get(birth.get_absolute_url())
    again = client.get(
        birth.get_absolute_url(), headers={"If-None-Match": response["ETag"]}
    )
    assert again.status_code == 304


def test_pages_need_few_queries(client, birth, django_assert_max_num_queries):
    addresses = (
        LIST,
        f"{LIST}?q=khai+sinh",
        f"{LIST}a-z/",
        f"{LIST}linh-vuc/ho-tich/",
        birth.get_absolute_url(),
    )
    for address in addresses:
        client.get(address)  # what is kept until content changes
        # The content version, and the visit figures once a second.
        with django_assert_max_num_queries(2):
            assert client.get(address).status_code == 200


def test_a_procedure_nobody_asked_for_yet_costs_few_queries(
    client, birth, django_assert_max_num_queries
):
    client.get(LIST)  # the frame and the index
    # The procedure, its forms and their files, four other parts; and the two of every page.
    with django_assert_max_num_queries(8):
        client.get(birth.get_absolute_url())
