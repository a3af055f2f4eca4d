import time
from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from portal import page_suggestions
from portal.audit import AuditEntry
from portal.page_suggestions import PageSuggestion, blotted, forget_old, keep
from portal.page_votes import signed_page
from portal.roles import (
    ADMINISTRATOR,
    APPROVER,
    EDITOR,
    PROCEDURES_CLERK,
    STATISTICS_READER,
)
from tests.factory import make_identity, make_user

pytestmark = pytest.mark.django_db

FROM_HERE = {"sec-fetch-site": "same-origin"}
PAGE = {"kind": "article", "object_id": 7, "title": 'Lịch <b>"tiếp"</b>'}


@pytest.fixture
def client():
    """A client that insists on CSRF tokens, as browsers meet the site."""
    return Client(enforce_csrf_checks=True)


def send(client, text="Thiếu giờ họp của thôn Kiệm.", *, page=None, **data):
    page = signed_page(**PAGE) if page is None else page
    return client.post(
        "/phan-hoi/gop-y/", {"trang": page, "gop_y": text} | data, headers=FROM_HERE
    )


def vote(client, answer):
    data = {"trang": signed_page(**PAGE), "tra_loi": answer}
    return client.post("/phan-hoi/", data, headers=FROM_HERE, follow=True)


# --- Hostile texts ------------------------------------------------------------------------


def test_a_text_longer_than_the_form_sends_is_refused_unread(client, monkeypatch):
    """Five megabytes may come in; looking for links in them took a worker for hours."""
    monkeypatch.setattr(page_suggestions, "clean_line", None)
    page = send(client, "x" * 2_000_000)
    assert page.status_code == 400
    assert "dài quá 500 ký tự" in page.text
    assert not PageSuggestion.objects.exists()


@pytest.mark.parametrize(
    "piece", ["x", "1", "+", "h+", "a.", "a:", "@", "a@", "1 ", "www."]
)
def test_no_text_takes_long_to_blot(piece):
    start = time.process_time()
    blotted(piece * (100_000 // len(piece)))
    assert time.process_time() - start < 2  # seconds; it was two minutes


# --- Asking -------------------------------------------------------------------------------


def test_who_found_a_page_of_no_help_is_asked_what_it_lacks(client):
    make_identity(phone="0237.000.0000")
    page = vote(client, "khong")
    assert "Lịch &lt;b&gt;&quot;tiếp&quot;&lt;/b&gt;" in page.text
    assert f'name="trang" value="{signed_page(**PAGE)}"' in page.text
    assert "Không có ai trả lời ở đây" in page.text
    assert 'href="tel:+842370000000"' in page.text
    assert "tự xóa sau 12 tháng" in page.text
    assert not page.cookies


def test_who_was_helped_is_not_asked(client):
    assert "<textarea" not in vote(client, "co").text


@pytest.mark.parametrize("value", ["", "nonsense", "WyJhIl0:abc", "%00", "x" * 3000])
def test_the_question_names_only_pages_of_this_site(client, value):
    page = client.get("/phan-hoi/cam-on/", {"trang": value})
    assert page.status_code == 200
    assert "<textarea" not in page.text


# --- Keeping ------------------------------------------------------------------------------


@pytest.mark.time_machine("2025-03-10 17:30:00+00:00")
def test_a_text_is_kept_with_its_page_and_local_day_and_nothing_else(client):
    response = send(client, dia_chi_trang_web="")
    assert (response.status_code, response["Location"]) == (303, "/phan-hoi/da-nhan-gop-y/")
    thanks = client.get(response["Location"])
    assert "Đã nhận góp ý của bạn" in thanks.text
    assert not response.cookies
    assert not thanks.cookies
    row = PageSuggestion.objects.values().get()
    del row["id"]
    assert row == {
        "kind": "article",
        "object_id": "7",
        "title": 'Lịch <b>"tiếp"</b>',
        "day": date(2025, 3, 11),  # 00:30 in Việt Nam
        "text": "Thiếu giờ họp của thôn Kiệm.",
    }


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Gọi tôi 0912 345 678 nhé", "Gọi tôi [số đã ẩn] nhé"),
        ("0912.345.678, +84912345678", "[số đã ẩn], [số đã ẩn]"),
        ("CCCD 038\u200b201\n012345", "CCCD [số đã ẩn]"),
        ("(0237) 3742-289 x", "([số đã ẩn] x"),
        ("CMND １７１２３４５６７", "CMND [số đã ẩn]"),
        ("a.b@mail.vn hoặc HTTPS://xau.example/a?b", "[địa chỉ thư đã ẩn] hoặc [liên kết đã bỏ]"),
        ("họp ngày 26/01/2024, 1.654 hộ", "họp ngày 26/01/2024, 1.654 hộ"),
        ("ngày 26.01.2024", "ngày 26.01.2024"),
    ],
)  # fmt: skip
def test_what_could_name_or_reach_a_person_is_blotted_out(written, kept):
    assert blotted(written) == kept


@given(st.text(max_size=700))
def test_no_text_keeps_a_long_number_or_grows_too_long(text):
    kept = blotted(text)
    assert len(kept) <= 500
    assert not page_suggestions._NUMBER.search(kept)


def test_a_long_text_is_cut(client):
    assert send(client, "chữ " * 400).status_code == 303
    assert len(PageSuggestion.objects.get().text) <= 500


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "còn trống"),
        (" \u200b\n", "còn trống"),
        ("mua http://a.example http://b.example", "bị xem là quảng cáo"),
    ],
)
def test_an_empty_text_and_advertising_are_refused_with_what_to_do(client, text, sentence):
    response = send(client, text)
    assert response.status_code == 400
    assert sentence in response.text
    assert not PageSuggestion.objects.exists()


def test_a_text_without_any_letter_to_keep_is_refused_by_the_database(client):
    with pytest.raises(IntegrityError):
        keep(kind="article", object_id="7", title="Lịch", text="", day=date(2025, 3, 1))


@pytest.mark.parametrize("page", ["", "nonsense", "article:7:x", "WyJhIl0:abc"])
def test_only_pages_of_this_site_take_texts(client, page):
    assert send(client, page=page).status_code == 400
    assert not PageSuggestion.objects.exists()


def test_what_fills_the_hidden_box_is_refused(client):
    assert send(client, dia_chi_trang_web="x").status_code == 400
    assert not PageSuggestion.objects.exists()


def test_one_address_sends_five_texts_an_hour(client):
    statuses = [send(client).status_code for _ in range(7)]
    assert statuses == [303] * 5 + [429] * 2
    assert PageSuggestion.objects.count() == 5


def test_all_readers_together_cannot_flood_the_table(client, monkeypatch):
    monkeypatch.setattr(page_suggestions, "_PER_DAY", 2)
    statuses = [send(client).status_code for _ in range(3)]
    assert statuses == [303, 303, 429]
    assert PageSuggestion.objects.count() == 2


def test_texts_go_after_twelve_months():
    for day in (date(2024, 3, 10), date(2024, 3, 12)):
        keep(kind="article", object_id="7", title="Lịch", text="Thiếu giờ.", day=day)
    forget_old(now=datetime(2025, 3, 11, 17, 30, tzinfo=UTC))  # 12/3 in Việt Nam
    assert [row.day for row in PageSuggestion.objects.all()] == [date(2024, 3, 12)]


# --- Reading and deleting -----------------------------------------------------------------


@pytest.fixture
def suggestion():
    return keep(
        kind="article",
        object_id="7",
        title="Lịch tiếp",
        text="Con bà Năm ở thôn Kiệm hỏi giờ.",
        day=date(2025, 3, 1),
    )


@pytest.mark.parametrize(
    ("role", "may_read", "may_delete"),
    [
        (EDITOR, True, True),
        (APPROVER, True, True),
        (STATISTICS_READER, True, False),
        (PROCEDURES_CLERK, False, False),
        (ADMINISTRATOR, False, False),
    ],
)
def test_only_who_works_with_the_pages_reads_and_deletes(
    client, suggestion, role, may_read, may_delete
):
    client = Client()
    client.force_login(make_user(roles=[role]))
    listing = client.get(reverse("admin:portal_pagesuggestion_changelist"))
    assert listing.status_code == (200 if may_read else 403)
    assert (suggestion.text in listing.text) == may_read
    delete = reverse("admin:portal_pagesuggestion_delete", args=[suggestion.pk])
    client.post(delete, {"post": "yes"})
    assert PageSuggestion.objects.exists() != may_delete
    change = reverse("admin:portal_pagesuggestion_change", args=[suggestion.pk])
    assert client.post(change, {"text": "khác"}).status_code in (302, 403)
    assert not PageSuggestion.objects.filter(text="khác").exists()


@pytest.mark.parametrize("many", [False, True])
def test_a_deleted_text_stays_in_no_record(suggestion, many):
    client = Client()
    client.force_login(make_user(roles=[EDITOR]))
    if many:
        address = reverse("admin:portal_pagesuggestion_changelist")
        data = {
            "action": "delete_selected",
            "_selected_action": suggestion.pk,
            "post": "yes",
        }
    else:
        address = reverse("admin:portal_pagesuggestion_delete", args=[suggestion.pk])
        data = {"post": "yes"}
    client.post(address, data)
    entry = AuditEntry.objects.get(action="portal.pagesuggestion.delete")
    assert entry.target_label == "Lịch tiếp (01/03/2025)"
    assert "bà Năm" not in f"{entry.before}{entry.after}{entry.note}"
    assert not PageSuggestion.objects.exists()
