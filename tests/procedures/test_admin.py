"""Entering and publishing a sheet through the real forms of the admin."""

import re

import pytest
from django.urls import reverse

from portal import roles
from procedures.models import Field, Period, PeriodStatus, ResultSheet
from procedures.periods import Kind
from tests import factory

pytestmark = pytest.mark.django_db

ADD = reverse("admin:procedures_period_add")
PREFIX = "sheets"


@pytest.fixture
def clerk(client):
    user = factory.make_user(roles=[roles.PROCEDURES_CLERK])
    client.force_login(user)
    return user


def _form(page):
    """Return what the browser would send back: every input and chosen option of the form."""
    values = {}
    for admin_form in [page.context["adminform"].form]:
        for bound in admin_form:
            values[bound.html_name] = "" if bound.value() is None else bound.value()
    for inline in page.context["inline_admin_formsets"]:
        for form in [inline.formset.management_form, *inline.formset.forms]:
            for bound in form:
                values[bound.html_name] = "" if bound.value() is None else bound.value()
    return values


def _row(number, **figures):
    return {f"{PREFIX}-{number}-{key}": value for key, value in figures.items()}


def _messages(page):
    return [str(message) for message in page.context["messages"]]


def _new(client, *, code, **values):
    return client.post(ADD, _form(client.get(ADD)) | {"code": code} | values, follow=True)


def test_a_clerk_enters_a_period_with_its_sheet(client, clerk):
    field = factory.make_field(name="Hộ tịch")
    page = _new(
        client,
        code="2024-T01",
        **_row(
            0, field=field.pk, received_online=4, received_direct=8, resolved_on_time=12
        ),
    )
    assert page.redirect_chain, page.context["errors"]
    period = Period.objects.get()
    assert (period.kind, period.status) == (Kind.MONTH, PeriodStatus.DRAFT)
    assert period.label == "Tháng 01/2024 (15/12/2023–14/01/2024)"
    assert period.sheets.get().resolved == 12


def test_a_broken_identity_is_explained_and_nothing_is_saved(client, clerk):
    field = factory.make_field(name="Hộ tịch")
    page = _new(
        client,
        code="2024-T01",
        **_row(
            0, field=field.pk, received_online=12, resolved_on_time=9, pending_in_time=2
        ),
    )
    sentence = "Lĩnh vực Hộ tịch: cột 3 (4+5+6 = 12) phải bằng cột 7 + cột 11 (= 11)."
    assert page.content.decode().count(sentence) == 1
    assert not Period.objects.exists()


@pytest.mark.parametrize(
    "figures",
    [
        {"received_online": "-1"},
        {"received_online": "1000000"},
        {"received_online": "99999999999999999999"},
        {"received_online": "mười"},
        {"received_online": ""},
        {"received_online": "1.5"},
        {"received_online": "5", "field": ""},
        {"field": "999999"},
    ],
)
def test_impossible_figures_are_refused_with_the_page_again(client, clerk, figures):
    field = factory.make_field()
    page = _new(client, code="2024-T01", **_row(0, **{"field": field.pk} | figures))
    assert page.status_code == 200
    assert page.context["errors"]
    assert not ResultSheet.objects.exists()


def test_a_lĩnh_vực_entered_twice_is_refused(client, clerk):
    field = factory.make_field()
    factory.make_sheet(period=factory.make_period(code="2023-T12"))
    page = _new(
        client, code="2024-T01", **_row(0, field=field.pk), **_row(1, field=field.pk)
    )
    assert page.context["errors"]
    assert Period.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"code": "2024-13"}, "không phải mã kỳ"),
        ({"code": "2024-T01-DL"}, "Đuôi -DL chỉ dùng"),
        ({"code": "2024-T02"}, "trùng với một kỳ khác cùng loại"),
        ({"code": "2024-T01", "starts_on": "15/02/2024"}, "Ngày đầu kỳ phải trước"),
        ({"code": "2024-T01", "ends_on": "14/01/2025"}, "phải thuộc năm ghi trong mã kỳ"),
        ({"code": "2024-T01", "ends_on": "hôm qua"}, "ngày"),
        ({"code": "2024-T01", "rule": "am-lich"}, "rule"),
    ],
)
def test_a_contradictory_period_is_explained(client, clerk, values, words):
    factory.make_period(
        code="2024-T05",
        starts_on="2024-01-15",
        ends_on="2024-02-14",
        published_at=None,
        status=PeriodStatus.DRAFT,
    )
    page = _new(client, **({"rule": "bao-cao"} | values))
    assert page.status_code == 200
    assert (
        words
        in str(page.context["errors"]) + page.context["adminform"].form.errors.as_text()
    )
    assert Period.objects.count() == 1


def test_a_period_that_exists_is_explained(client, clerk):
    factory.make_period(code="2024-T01")
    page = _new(client, code="2024-T01")
    assert page.context["errors"]
    assert Period.objects.count() == 1


def test_a_new_period_offers_the_next_code_and_the_rows_of_the_last(client, clerk):
    last = factory.make_period(code="2024-T01")
    fields = [factory.make_field(name=name) for name in ("Chứng thực", "Hộ tịch")]
    for field in fields:
        factory.make_sheet(period=last, field=field)
    offered = _form(client.get(ADD))
    assert (offered["code"], offered["rule"]) == ("2024-T02", "bao-cao")
    rows = [
        (offered[f"{PREFIX}-{number}-field"], offered[f"{PREFIX}-{number}-carried_over"])
        for number in range(2)
    ]
    assert rows == [(field.pk, 2) for field in fields]


def test_rows_left_as_offered_are_saved(client, clerk):
    last = factory.make_period(code="2024-T01")
    field = factory.make_field()
    factory.make_sheet(period=last, field=field, received_online=1, resolved_early=1)
    page = _new(client, code="2024-T02")
    assert page.redirect_chain
    assert Period.objects.get(code="2024-T02").sheets.get().field == field


@pytest.mark.parametrize("query", ["?code=x", "?rule=x", "?code=2024-Q1&rule=duong-lich"])
def test_the_add_page_takes_any_query(client, clerk, query):
    assert client.get(ADD + query).status_code == 200


def test_a_carry_over_that_differs_is_saved_with_a_warning(client, clerk):
    field = factory.make_sheet(period=factory.make_period(code="2024-T01")).field
    page = _new(
        client,
        code="2024-T02",
        **_row(0, field=field.pk, carried_over=3, pending_in_time=3),
    )
    (warning,) = [text for text in _messages(page) if "cột 6" in text]
    assert "là 3, nhưng cột 11 của kỳ trước là 2." in warning
    assert Period.objects.get(code="2024-T02").sheets.get().carried_over == 3


def test_the_grid_names_every_input_and_shows_the_official_columns(client, clerk):
    factory.make_field()
    html = client.get(ADD).content.decode()
    grid = html[html.index("sheet-grid") :]
    numbers = re.findall(r"<td>\((\d+)\)</td>", grid)
    assert numbers == [str(number) for number in range(2, 14)]
    inputs = re.findall(r"<input[^>]*sheet-figure[^>]*>", grid)
    assert len(inputs) == 16  # eight columns of one empty row, and of the row to copy
    assert all("aria-label=" in each for each in inputs)


def test_published_figures_are_read_only(client, clerk):
    sheet = factory.make_sheet()
    address = reverse("admin:procedures_period_change", args=[sheet.period_id])
    page = client.get(address)
    assert page.status_code == 200
    assert not re.search(r"<input[^>]*sheet-figure", page.content.decode())
    assert client.post(address, {"code": "2024-T09"}).status_code == 403
    delete = reverse("admin:procedures_period_delete", args=[sheet.period_id])
    assert client.post(delete, {"post": "yes"}).status_code == 403
    assert Period.objects.get().code == "2024-T01"


@pytest.mark.parametrize("code", ["2024-T01", "", "x"])
def test_a_form_without_its_days_is_explained(client, clerk, code):
    period = factory.make_period(status=PeriodStatus.DRAFT)
    change = reverse("admin:procedures_period_change", args=[period.pk])
    page = client.post(change, {"code": code, "starts_on": "", "ends_on": "x"})
    assert page.status_code == 200
    assert page.context["adminform"].form.errors["ends_on"]


def test_a_clerk_publishes_and_takes_back_with_the_buttons(client, clerk):
    period = factory.make_sheet(
        period=factory.make_period(status=PeriodStatus.DRAFT)
    ).period
    publish = reverse("admin:procedures_period_publish", args=[period.pk])
    change = reverse("admin:procedures_period_change", args=[period.pk])
    assert publish in client.get(change).content.decode()
    page = client.post(publish, follow=True)
    assert any("Đã công khai" in text for text in _messages(page))
    assert Period.objects.published().get().published_by == clerk
    unpublish = reverse("admin:procedures_period_unpublish", args=[period.pk])
    page = client.post(unpublish, follow=True)
    assert any("Hãy ghi lý do" in text for text in _messages(page))
    assert Period.objects.published().exists()
    client.post(unpublish, {"reason": "Cột 8 nhập nhầm."})
    assert not Period.objects.published().exists()


def test_what_stands_in_the_way_is_shown_instead_of_the_button(client, clerk):
    period = factory.make_period(status=PeriodStatus.DRAFT)
    html = client.get(
        reverse("admin:procedures_period_change", args=[period.pk])
    ).content.decode()
    assert "chưa có dòng kết quả nào" in html
    assert reverse("admin:procedures_period_publish", args=[period.pk]) not in html


def test_selected_periods_are_published_and_refusals_are_named(client, clerk):
    ready = factory.make_sheet(period=factory.make_period(status=PeriodStatus.DRAFT)).period
    empty = factory.make_period(code="2024-T02", status=PeriodStatus.DRAFT)
    page = client.post(
        reverse("admin:procedures_period_changelist"),
        {"action": "publish_selected", "_selected_action": [ready.pk, empty.pk]},
        follow=True,
    )
    assert list(Period.objects.published()) == [ready]
    assert any(text.startswith("Tháng 02/2024") for text in _messages(page))


@pytest.mark.parametrize("name", ["publish", "unpublish"])
def test_publishing_takes_only_a_post_of_somebody_who_may(client, name):
    period = factory.make_sheet(
        period=factory.make_period(status=PeriodStatus.DRAFT)
    ).period
    address = reverse(f"admin:procedures_period_{name}", args=[period.pk])
    assert client.post(address).status_code == 302  # to the sign-in
    client.force_login(factory.make_user(roles=[roles.EDITOR]))
    client.post(address, {"reason": "Thử."})
    assert client.get(address).status_code == 405
    assert not Period.objects.published().exists()


def test_publishing_needs_the_token_of_the_form(client, clerk):
    period = factory.make_sheet(
        period=factory.make_period(status=PeriodStatus.DRAFT)
    ).period
    client.handler.enforce_csrf_checks = True
    address = reverse("admin:procedures_period_publish", args=[period.pk])
    assert client.post(address).status_code == 403
    assert not Period.objects.published().exists()


def test_a_new_lĩnh_vực_gets_its_part_of_the_address_from_its_name(client, clerk):
    address = reverse("admin:procedures_field_add")
    client.post(address, {"name": "  Đất   đai ", "order": 1})
    field = Field.objects.get()
    assert (field.name, field.slug) == ("Đất đai", "dat-dai")
    page = client.post(address, {"name": "Đất-đai", "order": 2})
    assert "slug" in page.context["adminform"].form.errors


def test_the_list_shows_totals_without_a_query_a_row(
    client, clerk, django_assert_max_num_queries
):
    for month in range(1, 8):
        factory.make_sheet(period=factory.make_period(code=f"2024-T{month:02}"))
    address = reverse("admin:procedures_period_changelist")
    client.get(address)
    # Session, user, two for permissions, two counts, the rows, three of the date hierarchy,
    # the filters, and what the frame of the page asks.
    with django_assert_max_num_queries(16):
        page = client.get(address)
    assert "12" in page.content.decode()
