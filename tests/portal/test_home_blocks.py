"""Which parts the home page has, and in which order."""

import pytest
from django.urls import reverse

from portal import home_blocks, roles
from portal.home import LOADERS
from portal.home_blocks import BLOCKS, HomeBlock
from portal.models import AuditEntry
from tests import factory

pytestmark = pytest.mark.django_db

LIST = "admin:portal_homeblock_changelist"


def _keys():
    return [block.key for block in home_blocks.arranged()]


def test_every_part_has_what_it_shows_and_the_other_way_round():
    assert set(LOADERS) == set(BLOCKS)


def test_a_new_site_shows_every_part_in_the_order_of_the_table():
    assert _keys() == list(BLOCKS)


def test_rows_are_made_once_and_keep_what_the_office_has_set():
    home_blocks.make_rows()
    HomeBlock.objects.filter(key="links").update(order=1)
    home_blocks.make_rows()
    assert HomeBlock.objects.count() == len(BLOCKS)
    assert _keys() == ["links", *(key for key in BLOCKS if key != "links")]


def test_a_part_that_is_not_to_be_shown_is_left_out(content_committed):
    home_blocks.make_rows()
    HomeBlock.objects.filter(key="counter").update(is_shown=False)
    content_committed()
    assert "counter" not in _keys()


def test_a_part_without_a_row_stands_last_and_a_row_without_a_part_nowhere():
    HomeBlock.objects.create(key="mot-phan-da-bo", order=1)
    HomeBlock.objects.create(key="phones", order=2)
    assert _keys() == ["phones", *(key for key in BLOCKS if key != "phones")]


@pytest.fixture
def approver(client):
    client.force_login(factory.make_user(roles=[roles.APPROVER]))
    return client


def test_the_list_names_every_part_and_says_which_hide_for_want_of_content(approver):
    factory.make_phone()
    HomeBlock.objects.create(key="mot-phan-da-bo")
    html = approver.get(reverse(LIST)).content.decode()
    assert all(block.title in html for block in BLOCKS.values())
    assert "mot-phan-da-bo" not in html
    assert html.count("đang hiện</td>") == 2  # the phones and the counter
    assert html.count("đang trống nên tự ẩn</td>") == len(BLOCKS) - 2


def test_order_and_visibility_are_set_in_the_list_and_recorded_by_name(approver):
    approver.get(reverse(LIST))
    rows = list(HomeBlock.objects.all())
    values = {"form-TOTAL_FORMS": len(rows), "form-INITIAL_FORMS": len(rows), "_save": "1"}
    for place, row in enumerate(rows):
        values |= {f"form-{place}-key": row.key, f"form-{place}-order": row.order}
        values |= {f"form-{place}-is_shown": "on"}
    last = len(rows) - 1
    values |= {f"form-{last}-order": 1}
    del values["form-0-is_shown"]
    approver.post(reverse(LIST), values)
    assert _keys()[0] == rows[last].key
    assert rows[0].key not in _keys()
    entries = AuditEntry.objects.filter(action="portal.homeblock.change")
    assert {entry.target_label for entry in entries} == {str(rows[0]), str(rows[last])}


def test_who_only_reads_the_list_makes_no_rows(client):
    client.force_login(factory.make_user(roles=[roles.EDITOR]))
    assert client.get(reverse(LIST)).status_code == 403
    assert not HomeBlock.objects.exists()
