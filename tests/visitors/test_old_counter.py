import threading
from datetime import date
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from portal.audit import AuditEntry
from portal.refusals import Refused
from portal.roles import ADMINISTRATOR, STATISTICS_READER
from tests.factory import make_user
from visitors import opening
from visitors.imports import old_counter
from visitors.imports.old_counter import Said
from visitors.models import Day, OldMonth, OpeningBalance, Source

TODAY = date(2025, 3, 5)
CSV = "tháng;lượt truy cập\n10/2024;12.345\n11/2024;1.000\n"
OCTOBER, NOVEMBER = date(2024, 10, 1), date(2024, 11, 1)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel("2025-03-05 08:00+0700", tick=False):
        yield


def read(text, *, encoding="utf-8"):
    return old_counter.read(text.encode(encoding), name="cu.csv", today=TODAY)


def refused(text):
    with pytest.raises(Refused) as refusal:
        read(text)
    return refusal.value.reasons


def said(**visits):
    """Return what a file says: said(m10=5) is 5 visits in October 2024."""
    months = {date(2024, int(name[1:]), 1): n for name, n in visits.items()}
    return Said("cu.csv", months)


def balance(figure, dated):
    return opening.carry_over(actor=None, figure=figure, dated=dated, note="Trang cũ.")


def stored():
    return dict(OldMonth.objects.order_by("month").values_list("month", "visits"))


# --- Reading ----------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_a_file_is_read_as_excel_saves_it(encoding, separator):
    text = "Tháng;Lượt truy cập\r\nTháng 10 năm 2024;12345\r\n2024-11;7\r\n"
    found = read(text.replace(";", separator), encoding=encoding)
    assert found.visits == {OCTOBER: 12_345, NOVEMBER: 7}


def test_windows_1258_is_read():
    # Its letters carry the tone as a sign of its own: "lượt" is l, ư, ơ, dot below, t.
    text = "tha\u0301ng,lươ\u0323t truy câ\u0323p\n10/2024,5\n"
    assert read(text, encoding="cp1258").visits == {OCTOBER: 5}


@pytest.mark.parametrize(
    "month",
    [
        "10/2024",
        "10-2024",
        "2024-10",
        "2024/10",
        "Tháng 10 năm 2024",
        "tháng 10/2024",
        "T10/2024",
        "01/10/2024",
        "2024-10-01",
        "2024-10-01 00:00:00",
        "Oct-24",
        "Thg10-24",
        "October 2024",
        "45566",
    ],
)
def test_a_month_may_be_written_in_the_usual_ways(month):
    assert read(f"month\tvisits\n{month}\t5\n").visits == {OCTOBER: 5}


@pytest.mark.parametrize("number", ["12.345", '"12,345"', "12 345", "12\u00a0345", "12345"])
def test_a_number_may_have_signs_between_its_thousands(number):
    assert read(f"tháng;lượt truy cập\n10/2024;{number}\n").visits == {OCTOBER: 12_345}


def test_titles_other_columns_blank_rows_and_the_sum_are_no_months():
    text = (
        "BỘ ĐẾM;;\nSTT;Tháng;Lượt truy cập\n1;10/2024;5\n;;\n2;11/2024;6\n;Tổng cộng;11\n"
    )
    assert read(text).visits == {OCTOBER: 5, NOVEMBER: 6}


@pytest.mark.parametrize(
    ("row", "part"),
    [
        ("13/2024;5", "“13/2024” không phải là một tháng"),
        ("10/24;5", "không phải là một tháng"),
        ("10/10/2024;5", "không phải là một tháng"),
        ("03/2025;5", "tháng 03/2025 chưa kết thúc"),
        ("01/2031;5", "chưa kết thúc"),
        ("01/1980;5", "không phải là một tháng"),
        ("10/2024;12.34", "“12.34” không phải là số"),
        ("10/2024;1.234,567", "không phải là số"),
        ("10/2024;-5", "không phải là số"),
        ("10/2024;", "chưa ghi số lượt truy cập"),
        ("10/2024", "chưa ghi số lượt truy cập"),
        (f"10/2024;{'9' * 40}", "quá lớn"),
        (";5", "không phải là một tháng"),
        ("11/2024;6", "tháng 11/2024 đã có ở trên"),
    ],
)
def test_a_mistake_is_named_with_its_row(row, part):
    (sentence,) = refused(f"tháng;lượt truy cập\n11/2024;6\n{row}\n")
    assert sentence.startswith("Dòng 3: ")
    assert part in sentence


def test_all_mistakes_are_named_at_once_up_to_a_bound():
    rows = "\n".join(f"{number}/2024;x" for number in range(50, 90))
    reasons = refused(f"tháng;lượt truy cập\n{rows}\n")
    assert len(reasons) == 21
    assert reasons[-1] == "… và 20 dòng khác phải sửa."


@pytest.mark.parametrize(
    ("data", "part"),
    [
        (b"", "chưa có dòng tiêu đề"),
        (b"10/2024;5\n", "chưa có dòng tiêu đề"),
        ("tháng;lượt truy cập\n".encode(), "không có tháng nào"),
        (b"PK\x03\x04 a workbook", "CSV UTF-8"),
        (b"month,visits\n" + b"10/2024,5\n" * 3_000, "hơn 2000 dòng"),
        (b"x" * (2**20 + 1), "lớn hơn 1 MB"),
        (b'month,visits\n10/2024,"' + b"9" * 200_000, "Không đọc được"),
        (b"\xff\xfe\x00", "Không đọc được"),
    ],
)
def test_what_is_no_such_file_is_refused_in_words(data, part):
    with pytest.raises(Refused, match=part):
        old_counter.read(data, name="cu.csv", today=TODAY)


@given(
    st.binary(max_size=300)
    | st.text(max_size=200).map(lambda t: f"month,visits\n{t}".encode())
)
def test_no_bytes_break_the_reading(data):
    try:
        found = old_counter.read(data, name="cu.csv", today=TODAY)
    except Refused as refusal:
        assert all(refusal.reasons)
    else:
        assert found.visits


# --- Storing ----------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_same_file_again_changes_nothing():
    old_counter.apply(said=read(CSV), actor=None)
    before = list(OldMonth.objects.values())
    found = old_counter.apply(said=read(CSV), actor=None)
    assert found.is_nothing
    assert found.unchanged == 2
    assert list(OldMonth.objects.values()) == before
    assert AuditEntry.objects.filter(action="old_months.imported").count() == 1


@pytest.mark.django_db
def test_other_numbers_replace_the_old_ones_and_are_recorded():
    old_counter.apply(said=said(m10=5, m11=6), actor=None)
    found = old_counter.apply(said=said(m10=7, m11=6, m12=8), actor=None)
    assert found.changed == [(OCTOBER, 5, 7)]
    assert found.new == [(date(2024, 12, 1), 8)]
    assert stored() == {OCTOBER: 7, NOVEMBER: 6, date(2024, 12, 1): 8}
    entry = AuditEntry.objects.latest("pk")
    assert (entry.before, entry.after) == ({"10/2024": 5}, {"10/2024": 7, "12/2024": 8})


@pytest.mark.django_db
def test_a_comparison_changes_nothing():
    assert old_counter.compare(said(m10=5)).new == [(OCTOBER, 5)]
    assert stored() == {}
    assert not AuditEntry.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("source", "words"),
    [
        (Source.MEASURED, "đo tại cổng này"),
        (Source.LOG, "nhập từ nhật ký"),
        (Source.SAMPLE, "số liệu mẫu"),
    ],
)
def test_a_month_with_a_day_that_has_figures_is_refused_with_all_others(source, words):
    Day.objects.create(day=date(2024, 11, 30), source=source)
    with pytest.raises(Refused, match=f"Tháng 11/2024 đã có ngày 30/11/2024 .*{words}"):
        old_counter.apply(said=said(m10=5, m11=6), actor=None)
    assert stored() == {}
    Day.objects.update(day=date(2024, 12, 1))
    old_counter.apply(said=said(m10=5, m11=6), actor=None)
    assert len(stored()) == 2


@pytest.mark.django_db
def test_a_month_lies_on_one_side_of_the_day_of_the_balance():
    balance(100, date(2024, 10, 15))
    with pytest.raises(Refused, match="tính đến ngày 15/10/2024, giữa tháng 10/2024"):
        old_counter.apply(said=said(m9=1, m10=5), actor=None)
    old_counter.apply(said=said(m9=1, m11=5), actor=None)
    balance(100, date(2024, 9, 30))
    balance(100, date(2024, 11, 30))
    with pytest.raises(Refused, match="giữa tháng 11/2024"):
        balance(100, date(2024, 11, 29))
    assert OpeningBalance.objects.get().dated == date(2024, 11, 30)


@pytest.mark.django_db
def test_months_up_to_the_balance_cannot_make_more_than_it():
    balance(1_000, date(2024, 10, 31))
    with pytest.raises(
        Refused, match=r"1\.001 lượt truy cập, nhiều hơn số mang sang 1\.000"
    ):
        old_counter.apply(said=said(m9=500, m10=501), actor=None)
    old_counter.apply(said=said(m9=500, m10=500, m11=99_999), actor=None)
    Day.objects.create(day=date(2024, 8, 1), visits=1, views=1, source=Source.LOG)
    with pytest.raises(Refused, match="nhiều hơn số mang sang"):
        opening.refuse_contradiction()
    with pytest.raises(Refused, match="nhiều hơn số mang sang"):
        balance(999, date(2024, 10, 31))


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_cannot_pass_the_balance_together():
    balance(1_000, date(2024, 12, 31))
    outcomes = []

    def import_september():
        try:
            old_counter.apply(said=said(m9=600), actor=None)
            outcomes.append("stored")
        except Refused:
            outcomes.append("refused")
        finally:
            connection.close()

    other = threading.Thread(target=import_september)
    with transaction.atomic():
        old_counter.apply(said=said(m10=600), actor=None)
        other.start()
        other.join(timeout=0.5)
        assert outcomes == []  # it waits
    other.join(timeout=10)
    assert outcomes == ["refused"]
    assert stored() == {OCTOBER: 600}


# --- The command ------------------------------------------------------------------------


def run(*arguments):
    output = StringIO()
    call_command("import_old_counter", *map(str, arguments), stdout=output)
    return output.getvalue()


@pytest.mark.django_db
def test_the_command_rehearses_then_stores(tmp_path):
    file = tmp_path / "cu.csv"
    file.write_text(CSV, encoding="utf-8")
    rehearsed = run(file, "--dry-run")
    assert "[mới] 10/2024: 12.345" in rehearsed
    assert "Chạy thử: chưa ghi gì." in rehearsed
    assert stored() == {}
    assert "Tệp có 2 tháng, 13.345 lượt truy cập.\n2 tháng mới.\n" in run(file)
    assert stored() == {OCTOBER: 12_345, NOVEMBER: 1_000}
    assert "Không có thay đổi" in run(file)
    file.write_text(CSV.replace("12.345", "12.346"), encoding="utf-8")
    assert "[đổi] 10/2024: 12.345 → 12.346" in run(file)


@pytest.mark.django_db
def test_the_command_tells_wrong_use_from_a_refusal(tmp_path):
    with pytest.raises(CommandError, match="Không mở được tệp") as wrong:
        run(tmp_path / "khong-co.csv")
    assert wrong.value.returncode == 2
    file = tmp_path / "cu.csv"
    file.write_text("tháng;lượt truy cập\n10/2024;x\n", encoding="utf-8")
    with pytest.raises(CommandError, match="Dòng 2: “x”") as refusal:
        run(file)
    assert refusal.value.returncode == 1


# --- The admin --------------------------------------------------------------------------

IMPORT = "admin:visitors_oldmonth_import"


@pytest.fixture
def administrator(client):
    user = make_user(roles=[ADMINISTRATOR])
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    client.user = user
    return client


def upload(client, text=CSV, name="cu.csv"):
    file = StringIO(text)
    file.name = name
    return client.post(reverse(IMPORT), {"file": file})


def token(response):
    return response.context["token"]


@pytest.mark.django_db
def test_an_administrator_sees_first_and_then_confirms(administrator):
    shown = upload(administrator)
    assert "13.345" in shown.content.decode()
    assert stored() == {}
    confirmed = administrator.post(reverse(IMPORT), {"token": token(shown)}, follow=True)
    assert "Đã lưu: 2 tháng mới." in confirmed.content.decode()
    assert stored() == {OCTOBER: 12_345, NOVEMBER: 1_000}
    twice = administrator.post(reverse(IMPORT), {"token": token(shown)}, follow=True)
    assert "Không có thay đổi" in twice.content.decode()
    assert OldMonth.objects.first().imported_by == administrator.user
    again = upload(administrator).content.decode()
    assert "Không có thay đổi" in again
    assert "<form" not in again.partition('id="content-main"')[2].partition("</main>")[0]


@pytest.mark.django_db
def test_a_changed_number_is_shown_as_old_and_new(administrator):
    old_counter.apply(said=said(m10=5), actor=None)
    shown = upload(administrator).content.decode()
    assert '<del>5</del></td><td class="num">12.345</td>' in shown
    assert "1 tháng mới, 1 tháng có số khác" in shown


@pytest.mark.django_db
def test_a_confirmation_holds_only_for_what_was_shown(administrator):
    shown = upload(administrator)
    old_counter.apply(said=said(m10=5), actor=None)
    refused = administrator.post(reverse(IMPORT), {"token": token(shown)})
    assert "Số liệu cũ đã được sửa sau khi bạn xem" in refused.content.decode()
    assert stored() == {OCTOBER: 5}
    administrator.post(reverse(IMPORT), {"token": token(refused)})
    assert stored() == {OCTOBER: 12_345, NOVEMBER: 1_000}


@pytest.mark.django_db
@pytest.mark.parametrize("forged", ["", "x", "eyJ9:1:2", "\0", "a" * 10_000])
def test_a_forged_confirmation_is_refused(administrator, forged):
    response = administrator.post(reverse(IMPORT), {"token": forged})
    assert response.status_code == 200
    assert "không còn dùng được" in response.content.decode()
    assert stored() == {}


@pytest.mark.django_db
def test_a_confirmation_is_of_the_one_who_saw_and_of_one_hour(administrator, client):
    shown = upload(administrator)
    with time_machine.travel("2025-03-05 09:00:01+0700", tick=False):
        late = administrator.post(reverse(IMPORT), {"token": token(shown)})
    assert "không còn dùng được" in late.content.decode()
    other = make_user(roles=[ADMINISTRATOR])
    client.force_login(other, "django.contrib.auth.backends.ModelBackend")
    client.post(reverse(IMPORT), {"token": token(shown)})
    assert stored() == {}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "part"),
    [("x", "chưa có dòng tiêu đề"), ("tháng;lượt truy cập\n99/2024;1\n", "Dòng 2")],
)
def test_a_mistake_in_the_file_stands_on_the_page(administrator, text, part):
    assert part in upload(administrator, text).content.decode()
    assert stored() == {}


@pytest.mark.django_db
def test_no_file_and_a_refusal_of_the_rules_stand_on_the_page(administrator):
    assert "Chưa chọn tệp nào" in administrator.post(reverse(IMPORT)).content.decode()
    Day.objects.create(day=OCTOBER)
    assert "đo tại cổng này" in upload(administrator).content.decode()


@pytest.mark.django_db
def test_a_month_is_taken_out_with_a_record(administrator):
    old_counter.apply(said=said(m9=4, m10=5, m11=6), actor=None)
    delete = reverse("admin:visitors_oldmonth_delete", args=[OCTOBER])
    assert administrator.get(delete).status_code == 200
    administrator.post(delete, {"post": "yes"})
    assert stored() == {date(2024, 9, 1): 4, NOVEMBER: 6}
    entry = AuditEntry.objects.get(action="old_month.removed")
    assert (entry.target_label, entry.before["lượt truy cập"]) == ("10/2024", 5)
    assert entry.actor == administrator.user


@pytest.mark.django_db
def test_the_list_offers_nothing_to_do_with_several_months_at_once(administrator):
    old_counter.apply(said=said(m9=4, m10=5), actor=None)
    listed = administrator.get(reverse("admin:visitors_oldmonth_changelist"))
    assert "delete_selected" not in listed.content.decode()


@pytest.mark.django_db
def test_the_list_leads_to_the_import_and_shows_the_months(administrator):
    old_counter.apply(said=said(m10=12_345), actor=administrator.user)
    listed = administrator.get(reverse("admin:visitors_oldmonth_changelist"))
    page = listed.content.decode()
    assert "10/2024" in page
    assert "12.345" in page
    assert reverse(IMPORT) in page


@pytest.mark.django_db
def test_who_only_reads_statistics_imports_nothing(client):
    client.force_login(
        make_user(roles=[STATISTICS_READER]), "django.contrib.auth.backends.ModelBackend"
    )
    assert client.get(reverse(IMPORT)).status_code == 403
    assert upload(client).status_code == 403
    assert client.get(reverse("admin:visitors_oldmonth_changelist")).status_code == 403
