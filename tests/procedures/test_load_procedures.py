import json
import re
from collections import Counter

import pytest
from django.core.management import call_command

from portal import roles
from procedures.catalogue_update import SHIPPED
from procedures.demo_catalogue import load_demo_catalogue
from procedures.models import Channel, Field, Procedure, ProcedureChannel, TimeUnit
from tests import factory

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded(capsys):
    call_command("load_procedures")
    assert "Đã nạp 216 thủ tục" in capsys.readouterr().out


def channel_of(code, channel):
    return ProcedureChannel.objects.get(procedure__code=code, channel=channel)


def test_all_are_there_and_nobody_has_confirmed_them(loaded):
    assert Procedure.objects.unreviewed().count() == 216
    assert Field.objects.count() == 48
    assert Counter(Procedure.objects.values_list("source", flat=True))[""] == 0


def test_private_matters_keep_totals_only(loaded):
    names = set(Field.objects.filter(totals_only=True).values_list("name", flat=True))
    assert names == {
        "Hộ tịch",
        "Nuôi con nuôi",
        "Bảo trợ xã hội",
        "Giải quyết khiếu nại",
        "Giải quyết tố cáo",
    }


def test_a_time_has_the_unit_that_the_source_says(loaded):
    row = channel_of("1.005412", Channel.POST)
    assert (row.amount, row.unit, row.fee) == (45, TimeUnit.DAYS, 0)
    row = channel_of("1.004222", Channel.ONLINE)
    assert (row.amount, row.unit, row.fee) == (7, TimeUnit.WORKING_DAYS, 10_000)
    assert channel_of("2.001159", Channel.DIRECT).unit == TimeUnit.HOURS


def test_a_number_without_unit_is_no_time_and_stays_visible_to_staff(loaded):
    row = channel_of("1.001193", Channel.DIRECT)
    assert (row.amount, row.time_note, row.fee) == (None, "", 0)
    assert "“1” không kèm đơn vị" in Procedure.objects.get(code="1.001193").caveat


def test_what_the_source_does_not_know_is_not_free(loaded):
    row = channel_of("1.000656", Channel.DIRECT)
    assert row.fee is None
    assert "HĐND cấp tỉnh" in row.fee_note


def test_a_time_without_a_channel_is_told_to_staff_and_makes_no_channel(loaded):
    procedure = Procedure.objects.get(code="1.001731")
    assert not procedure.channels.exists()
    assert "3 ngày làm việc, không ghi theo cách nộp" in procedure.caveat


def test_only_a_page_of_its_own_is_linked(loaded):
    own = r"https://dichvucong\.gov\.vn/thu-tuc-hanh-chinh/[0-9a-f-]{36}"
    links = Procedure.objects.exclude(national_url="").values_list(
        "national_url", flat=True
    )
    assert len(links) == 194
    assert all(re.fullmatch(own, link) for link in links)


def test_papers_and_steps_are_not_invented(loaded):
    assert not Procedure.objects.filter(papers__isnull=False).exists()
    assert not Procedure.objects.filter(steps__isnull=False).exists()


def test_loading_again_changes_nothing(loaded, capsys):
    Procedure.objects.filter(code="1.001193").update(name="Tên của xã")
    Field.objects.filter(name="Hộ tịch").update(name="HO TICH", totals_only=False)
    call_command("load_procedures")
    assert "Không có thay đổi" in capsys.readouterr().out
    assert Procedure.objects.get(code="1.001193").name == "Tên của xã"
    assert Field.objects.count() == 48
    assert not Field.objects.get(name="HO TICH").totals_only


def test_the_data_name_no_entry_twice_and_every_source():
    rows = json.loads(SHIPPED.read_text(encoding="utf-8"))["rows"]
    assert len({row["code"] for row in rows}) == len(rows) == 216
    assert all(row["source"] and row["source_via"] and row["confidence"] for row in rows)
    assert 12 <= sum(row.get("is_common", False) for row in rows) <= 20


def test_the_demo_confirms_a_dozen_each_with_something_known():
    clerk = factory.make_user(roles=[roles.PROCEDURES_CLERK])
    load_demo_catalogue(clerk=clerk)
    reviewed = Procedure.objects.reviewed()
    assert reviewed.count() == 13
    assert set(reviewed.values_list("reviewed_by", flat=True)) == {clerk.pk}
    birth = reviewed.get(code="1.001193")
    assert birth.papers.first().name == "Tờ khai đăng ký khai sinh theo mẫu"
    assert "sau 15 giờ" in birth.channels.first().time_note
    without_law = reviewed.filter(legal_bases=None).filter(papers__isnull=False)
    assert not without_law.exists()
    assert load_demo_catalogue(clerk=clerk) == []
