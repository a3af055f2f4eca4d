"""The public list of dossiers: filters, counts, pages, and what it never shows."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from procedures import dossier_list
from procedures.models import Channel, Dossier, DossierStatus, Outcome, PeriodStatus
from tests import factory
from tests.procedures.reading import body_of, tables_of

pytestmark = pytest.mark.django_db

ADDRESS = reverse("procedures:dossiers", args=["2024-T01"])


@pytest.fixture
def period():
    """Five dossiers: three of copies (one late, by post), two of land (one open, online)."""
    period = factory.make_listed_period()
    run = period.head.run
    copies = factory.make_procedure(
        code="1.000001",
        name="Chứng thực bản sao",
        field=factory.make_field(name="Chứng thực", slug="chung-thuc"),
    )
    land = factory.make_procedure(
        code="1.000002",
        name="Đăng ký đất đai",
        field=factory.make_field(name="Đất đai", slug="dat-dai"),
    )
    day = date(2023, 12, 18)
    factory.make_dossier(run=run, code="A1", procedure=copies, received_on=day)
    factory.make_dossier(
        run=run,
        code="A2",
        procedure=copies,
        received_on=day + timedelta(1),
        due_on=date(2023, 12, 22),
        outcome=Outcome.RESOLVED_ON_TIME,
    )
    factory.make_dossier(
        run=run,
        code="A3",
        procedure=copies,
        received_on=day + timedelta(2),
        due_on=date(2023, 12, 21),
        outcome=Outcome.RESOLVED_LATE,
        channel=Channel.POST,
    )
    factory.make_dossier(
        run=run,
        code="B1",
        procedure=land,
        received_on=day + timedelta(3),
        finished_on=None,
        status=DossierStatus.MORE_PAPERS,
        outcome=Outcome.PENDING_IN_TIME,
        channel=Channel.ONLINE,
    )
    factory.make_dossier(run=run, code="B2", procedure=land, received_on=day + timedelta(4))
    return period


def _codes(response):
    assert response.status_code == 200
    tables = tables_of(response)
    return [row[0][2] for row in tables[0][1:]] if tables else []


def _options(response, parameter):
    """Return {value: (label with its count, whether it is chosen)} of a filter."""
    html = response.content.decode()
    select = re.search(rf'name="{parameter}">(.*?)</select>', html, re.S)[1]
    return {
        value: (label, bool(chosen))
        for value, chosen, label in re.findall(
            r'<option value="([^"]+)"( selected)?>(.*?)</option>', select
        )
    }


def test_the_list_shows_the_newest_received_first(client, period):
    assert _codes(client.get(ADDRESS)) == ["B2", "B1", "A3", "A2", "A1"]


def test_a_row_tells_what_is_public_of_a_dossier(client, period):
    _, _, open_one, late, *_ = tables_of(client.get(ADDRESS))[0]
    assert [cell[2] for cell in open_one] == [
        "B1",
        "Đăng ký đất đai",
        "Đất đai",
        "Trực tuyến",
        "21/12/2023",
        "chưa có",
        "Yêu cầu bổ sung giấy tờ",
        "Đang giải quyết, trong hạn",
    ]
    assert [cell[2] for cell in late][3:] == [
        "Bưu chính công ích",
        "20/12/2023",
        "22/12/2023",
        "Đã trả kết quả",
        "Đã giải quyết quá hạn",
    ]


def test_neither_page_nor_file_gives_the_promised_day_away(client, period):
    promised = date(2023, 12, 29)
    Dossier.objects.filter(code="A1").update(due_on=promised)
    addresses = [ADDRESS, f"{ADDRESS[:-1]}.csv", f"{ADDRESS[:-1]}.json"]
    for address in addresses:
        body = body_of(client.get(address)).decode()
        for form in (f"{promised:%d/%m/%Y}", promised.isoformat()):
            assert form not in body, address
        # Resolved on the very day or before it is one word.
        assert "trước hạn" not in body.lower(), address


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("linh-vuc=dat-dai", ["B2", "B1"]),
        ("thu-tuc=1.000001", ["A3", "A2", "A1"]),
        ("tinh-trang=dung-han", ["B2", "A2", "A1"]),
        ("tinh-trang=qua-han", ["A3"]),
        ("tinh-trang=dang-giai-quyet", ["B1"]),
        ("tinh-trang=dang-qua-han", []),
        ("kenh=buu-chinh-cong-ich", ["A3"]),
        ("linh-vuc=dat-dai&tinh-trang=dung-han&kenh=truc-tiep", ["B2"]),
        ("linh-vuc=dat-dai&thu-tuc=1.000001", []),
        ("linh-vuc=&thu-tuc=&tinh-trang=&kenh=", ["B2", "B1", "A3", "A2", "A1"]),
        ("linh-vuc=chung-thuc&linh-vuc=dat-dai", ["B2", "B1"]),
        ("khac=x", ["B2", "B1", "A3", "A2", "A1"]),
    ],
)
def test_the_address_filters(client, period, query, codes):
    response = client.get(f"{ADDRESS}?{query}")
    assert _codes(response) == codes
    said = re.search(r"<strong>(\d+) hồ sơ</strong>", response.content.decode())
    assert (int(said[1]) if said else 0) == len(codes)


@pytest.mark.parametrize(
    "value", ["khong-co", "'--", "99999999999999999999", "x" * 3000, "1.000001'"]
)
@pytest.mark.parametrize("parameter", ["linh-vuc", "thu-tuc", "tinh-trang", "kenh"])
def test_an_unknown_value_finds_nothing_and_says_so(client, period, parameter, value):
    html = client.get(f"{ADDRESS}?{parameter}={value}").content.decode()
    assert "Không có hồ sơ nào như vậy" in html
    assert "khong-co" not in html
    assert "Bỏ lọc" in html


@pytest.mark.parametrize("value", ["%00", "%ff", "%C4%90", "%F0%9F%98%80", "%E2%80%AE"])
@pytest.mark.parametrize(
    "parameter", ["linh-vuc", "thu-tuc", "tinh-trang", "kenh", "trang"]
)
def test_hostile_values_give_a_page_or_a_refusal(client, period, parameter, value):
    for address in (ADDRESS, f"{ADDRESS[:-1]}.csv"):
        response = client.get(f"{address}?{parameter}={value}")
        assert response.status_code in (200, 400)
        assert body_of(response)


def test_filters_count_what_they_would_leave_under_the_others(client, period):
    response = client.get(f"{ADDRESS}?linh-vuc=dat-dai")
    assert _options(response, "linh-vuc") == {
        "chung-thuc": ("Chứng thực (3)", False),
        "dat-dai": ("Đất đai (2)", True),
    }
    assert _options(response, "thu-tuc") == {"1.000002": ("Đăng ký đất đai (2)", False)}
    assert _options(response, "tinh-trang") == {
        "dung-han": ("Đã giải quyết đúng hạn (1)", False),
        "dang-giai-quyet": ("Đang giải quyết, trong hạn (1)", False),
    }
    assert _options(response, "kenh") == {
        "truc-tiep": ("Trực tiếp (1)", False),
        "truc-tuyen": ("Trực tuyến (1)", False),
    }


def test_pages_keep_the_filters_and_stop_at_the_cap(client, period, monkeypatch):
    monkeypatch.setattr("procedures.views.PER_PAGE", 1)
    monkeypatch.setattr("procedures.dossier_list.MOST", 2)
    response = client.get(f"{ADDRESS}?thu-tuc=1.000001&x=1")
    assert _codes(response) == ["A3"]
    html = response.content.decode()
    assert "<strong>3 hồ sơ</strong>" in html
    assert 'href="?thu-tuc=1.000001&amp;trang=2"' in html
    assert "hãy lọc bớt hoặc tải tệp" in html
    assert _codes(client.get(f"{ADDRESS}?thu-tuc=1.000001&trang=2")) == ["A2"]
    assert client.get(f"{ADDRESS}?thu-tuc=1.000001&trang=3").status_code == 404
    assert 'ho-so.csv?thu-tuc=1.000001"' in html


def test_only_the_dossiers_behind_what_readers_see_are_listed(client, period):
    other = factory.make_run(period=period)
    procedure = factory.make_procedure()
    factory.make_dossier(run=other, code="NHAP", procedure=procedure)
    assert "NHAP" not in client.get(ADDRESS).content.decode()


def test_figures_without_a_list_have_no_dossiers(client):
    factory.make_sheet(period=factory.make_period())
    assert client.get(ADDRESS).status_code == 404
    assert client.get(f"{ADDRESS[:-1]}.csv").status_code == 404


def test_a_list_whose_time_is_over_says_so(client, period):
    Dossier.objects.all().delete()
    response = client.get(ADDRESS)
    assert "mỗi hồ sơ chỉ được giữ 12 tháng" in response.content.decode()


@pytest.mark.parametrize(
    ("status", "code"), [(PeriodStatus.DRAFT, 404), (PeriodStatus.REMOVED, 410)]
)
def test_the_list_of_a_period_that_readers_do_not_see_is_closed(client, status, code):
    period = factory.make_period(status=status)
    factory.make_dossier(run=factory.make_run(period=period))
    for address in (ADDRESS, f"{ADDRESS[:-1]}.csv", f"{ADDRESS[:-1]}.json"):
        assert client.get(address).status_code == code


def test_search_engines_do_not_keep_rows_that_expire(client, period):
    assert '<meta name="robots" content="noindex">' in client.get(ADDRESS).content.decode()


def test_the_list_needs_few_queries(client, period, django_assert_max_num_queries):
    client.get(ADDRESS)
    # The period, the settings, the counts with two kinds of names, the rows; besides the
    # content version and the visit figures.
    with django_assert_max_num_queries(8):
        client.get(f"{ADDRESS}?linh-vuc=chung-thuc")


def test_a_page_of_the_list_never_reads_the_promised_day(period):
    listing = dossier_list.DossierList(period.approved, {})
    assert all(row.keys() == {*dossier_list.privacy.PUBLIC_DOSSIER} for row in listing[:5])
