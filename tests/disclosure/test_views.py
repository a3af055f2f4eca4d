"""The public pages: gaps are seen, nothing unconfirmed is."""

from datetime import date

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.urls import reverse

from portal import attachments, targets
from portal.models import LegalBasis
from tests import factory
from tests.portal.documents import pdf

pytestmark = pytest.mark.django_db

BOARD = "/cong-khai/"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel("2024-04-20T03:00:00Z", tick=False):
        yield


def _html(client, address=BOARD):
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_without_duties_the_page_says_so_and_the_menu_leaves_it_out(client):
    assert "chưa nhập lịch công khai" in _html(client)
    assert not targets.all_targets()["disclosure:board"].has_content
    factory.make_duty()
    assert targets.all_targets()["disclosure:board"].has_content


def test_the_board_counts_and_puts_gaps_first(client):
    factory.make_identity()
    late = factory.make_occurrence().duty
    article = factory.make_article()
    done = factory.make_occurrence(article=article, published_on=date(2024, 4, 12)).duty
    html = _html(client)
    assert "1 quá hạn, 1 đã công khai" in html
    assert html.index(late.title) < html.index(done.title)
    assert "Quá hạn 5 ngày" in html
    assert article.get_absolute_url() in html


def test_unreviewed_and_hidden_duties_are_not_shown(client):
    duties = [factory.make_duty(reviewed_at=None), factory.make_duty(is_shown=False)]
    factory.make_duty()
    html = _html(client)
    for duty in duties:
        assert duty.title not in html
        assert client.get(duty.get_absolute_url()).status_code == 404


@pytest.mark.parametrize(
    ("query", "shown"),
    [("qua-han", {"late"}), ("da-cong-khai", {"done"}), ("la", {"late", "done"})],
)
def test_the_list_is_narrowed_by_plain_links(client, query, shown):
    duties = {
        "late": factory.make_occurrence().duty,
        "done": factory.make_occurrence(
            article=factory.make_article(), published_on=date(2024, 4, 12)
        ).duty,
    }
    html = _html(client, f"{BOARD}?tinh-trang={query}")
    assert {name for name, duty in duties.items() if duty.title in html} == shown


def test_the_page_of_a_duty_says_by_which_law_and_each_time(client):
    duty = factory.make_duty(provision="Điều 11", owner="Kế toán", keep_days=30)
    basis = LegalBasis.objects.create(
        number="10/2022/QH15",
        title="Luật Thực hiện dân chủ ở cơ sở",
        repealed_on=date(2024, 1, 1),
    )
    duty.bases.add(basis)
    article = factory.make_article()
    factory.make_occurrence(
        duty=duty, article=article, published_on=date(2024, 4, 18), note="Cả ở trụ sở."
    )
    html = _html(client, duty.get_absolute_url())
    for words in (
        "Điều 11, Luật Thực hiện dân chủ ở cơ sở (số 10/2022/QH15)",
        "hết hiệu lực từ 01/01/2024",
        "Ít nhất 30 ngày",
        "chậm 3 ngày",
        "Cả ở trụ sở.",
        article.title,
    ):
        assert words in html


def test_a_document_is_given_while_a_duty_offers_it(client, settings, tmp_path):
    settings.ATTACHMENT_ROOT = tmp_path
    document = attachments.store_attachment(content=ContentFile(pdf()), name="a.pdf")
    assert client.get(document.get_absolute_url()).status_code == 404
    occurrence = factory.make_occurrence(
        attachment=document, published_on=date(2024, 4, 12)
    )
    assert document.get_absolute_url() in _html(client)
    response = client.get(document.get_absolute_url())
    assert (response.status_code, bool(response.getvalue())) == (200, True)
    occurrence.duty.is_shown = False
    occurrence.duty.save()
    assert client.get(document.get_absolute_url()).status_code == 404


def test_a_long_history_is_cut_into_pages(client):
    duty = factory.make_duty()
    for month in range(1, 13):
        for year in (2022, 2023):
            factory.make_occurrence(
                duty=duty, period=f"{year}-T{month:02}", due_on=date(year, month, 28)
            )
    address = duty.get_absolute_url()
    assert "Trang 1 trên 2" in _html(client, address)
    assert "Tháng 01/2022" in _html(client, f"{address}?trang=2")
    assert client.get(f"{address}?trang=3").status_code == 404


def test_machines_read_what_readers_see(client):
    article = factory.make_article()
    shown = factory.make_occurrence(article=article, published_on=date(2024, 4, 12))
    factory.make_occurrence(duty=factory.make_duty(reviewed_at=None))
    (row,) = client.get("/api/cong-khai.json").json()["items"]
    assert row["duty"] == shown.duty.title
    assert (row["occurrence"], row["due_on"]) == ("Quý I/2024", "2024-04-15")
    assert (row["state"], row["read_at"]) == ("Đã công khai", article.get_absolute_url())
    assert shown.duty.title in client.get("/api/cong-khai.csv").getvalue().decode()


def test_the_search_of_the_site_finds_a_duty(client):
    duty = factory.make_duty(title="Quyết toán ngân sách xã")
    factory.make_duty(title="Quyết toán chưa rà soát", reviewed_at=None)
    html = client.get(reverse("search"), {"q": "quyet toan"}).content.decode()
    assert duty.get_absolute_url() in html
    assert "chưa rà soát" not in html


def test_the_sitemap_names_the_duties(client):
    duty = factory.make_duty()
    listed = client.get("/sitemap-cong-khai.xml").content.decode()
    assert duty.get_absolute_url() in listed


def test_the_board_costs_few_queries(client, django_assert_max_num_queries):
    article = factory.make_article()
    for _ in range(4):
        factory.make_occurrence(article=article, published_on=date(2024, 4, 12))
    client.get("/lien-he/")  # the frame, which all pages share
    # Whom the site speaks for, duties, documents, times, the articles, the figures beside.
    with django_assert_max_num_queries(8):
        _html(client)
