"""What the open data say of procedures, periods and sheets, and what they keep back."""

import csv
import io
import json

import pytest
from django.urls import reverse

from portal.open_data import all_datasets, all_records
from procedures.figures import COLUMNS
from procedures.models import PeriodStatus, ProcedureSettings
from tests import factory
from tests.portal import open_data_schema

pytestmark = pytest.mark.django_db

SECRET = "BÍ MẬT"


def read(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status, (address, response.content)
    return json.loads(response.content)


@pytest.fixture
def published():
    """A published month with one row, and a draft, a removed and a corrected one."""
    sheet = factory.make_sheet(
        period=factory.make_period(code="2024-T01", note="Số liệu đã đối chiếu.")
    )
    for code, status in (
        ("2024-T02", PeriodStatus.DRAFT),
        ("2024-T03", PeriodStatus.REMOVED),
    ):
        hidden = factory.make_period(code=code, status=status, note=SECRET)
        factory.make_sheet(period=hidden, field=factory.make_field(name=f"{SECRET} {code}"))
    return sheet.edition.period


def test_only_published_periods_are_listed(client, published):
    periods = read(client, "/api/ky-ket-qua.json")["items"]
    assert [period["code"] for period in periods] == ["2024-T01"]
    assert (periods[0]["received"], periods[0]["resolved"], periods[0]["pending"]) == (
        12,
        10,
        2,
    )
    assert periods[0]["on_time_rate"] == 90.0
    assert periods[0]["path"] == published.get_absolute_url()


@pytest.mark.parametrize(
    "address",
    ["/api/ky-ket-qua.json", "/api/ky-ket-qua.csv", "/api/bang-ket-qua.json"]
    + ["/api/bang-ket-qua.csv", "/api/bang-ket-qua.json?ky=2024-T02"],
)
def test_what_is_not_published_is_in_no_list(client, published, address):
    assert SECRET not in b"".join(client.get(address)).decode()


def test_an_unpublished_period_is_unknown_and_a_removed_one_says_why(client, published):
    read(client, "/api/ky-ket-qua/2024-T02.json", status=404)
    gone = read(client, "/api/ky-ket-qua/2024-T03.json", status=410)
    assert gone["message"] == "Số liệu nhập nhầm kỳ."


def test_a_correction_in_hand_is_not_seen_before_its_approval(client, published):
    edition = factory.PeriodEdition.objects.create(
        period=published, number=2, note=SECRET, correction_note="Sửa cột 4."
    )
    published.head, published.stage = edition, "dang-nhap"
    published.save()
    factory.make_sheet(edition=edition, received_online=777, pending_in_time=777)
    period = read(client, "/api/ky-ket-qua/2024-T01.json")["item"]
    assert (period["edition"], period["received"]) == (1, 12)
    rows = read(client, "/api/bang-ket-qua.json")
    assert rows["total"] == 1


def test_a_corrected_period_names_its_version(client, published):
    edition = factory.PeriodEdition.objects.create(
        period=published, number=2, correction_note="Sửa cột 4 của Chứng thực."
    )
    published.head, published.stage = edition, "dang-nhap"
    published.save()
    factory.make_sheet(edition=edition, received_online=3, pending_in_time=3)
    factory.publish_head(published)
    period = read(client, "/api/ky-ket-qua/2024-T01.json")["item"]
    assert (period["edition"], period["received"]) == (2, 3)
    assert period["correction_note"] == "Sửa cột 4 của Chứng thực."
    assert [each["number"] for each in period["editions"]] == [2, 1]


def test_sheets_are_those_of_the_table_and_can_be_filtered(client, published):
    sheet = published.approved.sheets.get()
    row = read(client, f"/api/bang-ket-qua.json?ky=2024-T01&linh-vuc={sheet.field.slug}")
    (only,) = row["items"]
    assert [only[column.key] for column in COLUMNS] == [
        figure for _, figure in sheet.by_column()
    ]
    assert read(client, "/api/bang-ket-qua.json?nam=2023")["items"] == []


def test_files_hold_the_same_figures_as_json(client, published):
    for name in ("ky-ket-qua", "bang-ket-qua"):
        (row,) = read(client, f"/api/{name}.json")["items"]
        text = client.get(f"/api/{name}.csv").getvalue().decode("utf-8-sig")
        head, line = csv.reader(io.StringIO(text))
        dataset = next(each for each in all_datasets() if each.name == name)
        assert head == [column.label for column in dataset.columns]
        figures = {
            column.key: cell
            for column, cell in zip(dataset.columns, line, strict=True)
            if column.kind == "integer"
        }
        assert len(figures) >= len(COLUMNS)
        assert figures == {
            key: "" if row[key] is None else str(row[key]) for key in figures
        }


def test_an_unreviewed_procedure_says_no_more_than_that_it_exists(client):
    procedure = factory.make_procedure(
        code="1.001193", reviewed_at=None, handled_by=SECRET, decision=SECRET, caveat=SECRET
    )
    procedure.channels.create(channel=1, fee=8000, fee_note=SECRET)
    procedure.papers.create(name=SECRET)
    for address in ("/api/thu-tuc.json", "/api/thu-tuc/1.001193.json", "/api/thu-tuc.csv"):
        body = b"".join(client.get(address)).decode()
        assert "1.001193" in body
        assert SECRET not in body
        assert "8000" not in body


def test_a_reviewed_procedure_has_its_papers_and_fees(client):
    ProcedureSettings.objects.update_or_create(
        pk=1, defaults={"procedure_link": "https://quoc-gia.example/?ma={code}"}
    )
    procedure = factory.make_procedure(code="1.001193.H56", also_known_as="giấy khai sinh")
    procedure.channels.create(channel=2, amount=3, fee=0)
    procedure.papers.create(name="Tờ khai", originals=1)
    item = read(client, "/api/thu-tuc/1.001193.H56.json")["item"]
    assert item["also_known_as"] == "giấy khai sinh"
    assert item["papers"][0]["originals"] == 1
    assert (item["channels"][0]["amount"], item["channels"][0]["fee"]) == (3.0, 0)
    assert item["national_url"] == "https://quoc-gia.example/?ma=1.001193.H56"


def test_every_documented_address_answers_as_documented(client, published):
    procedure = factory.make_procedure()
    procedure.channels.create(channel=1, amount=3)
    procedure.papers.create(name="Tờ khai")
    procedure.steps.create(text="Nộp.")
    examples = {
        "thu-tuc": procedure.code,
        "ky-ket-qua": published.code,
        "tin-bai": factory.make_article().pk,
        "co-cau-to-chuc": factory.make_body().slug,
    }
    document = read(client, reverse("open_data:document"))
    expected = 2 * len(all_datasets()) + len(examples) + len(all_records())
    assert len(document["paths"]) == expected
    for path, operations in document["paths"].items():
        name = path.removeprefix("/api/").partition(".")[0].partition("/")[0]
        stem, brace, rest = path.partition("{")
        address = f"{stem}{examples[name]}{rest.partition('}')[2]}" if brace else path
        ((media_type, described),) = operations["get"]["responses"]["200"][
            "content"
        ].items()
        response = client.get(address)
        assert response.status_code == 200, address
        assert response["Content-Type"].partition(";")[0] == media_type
        wrong = open_data_schema.errors(
            open_data_schema.body(response), described["schema"], document
        )
        assert list(wrong) == [], address


def test_every_filter_finds_something_to_refuse_and_something_to_accept(client, published):
    good = {"year": "2024", "slug": "a", "code": "2024-T01", "date": "2024-01-31"}
    for dataset in all_datasets():
        for each in dataset.filters:
            value = each.choices[0] if each.choices else good[each.kind]
            read(client, f"/api/{dataset.name}.json?{each.key}={value}")
            read(client, f"/api/{dataset.name}.json?{each.key}=%3F", status=400)
