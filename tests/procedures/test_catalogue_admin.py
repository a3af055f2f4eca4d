import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from portal import roles
from portal.attachments import Attachment
from portal.models import LegalBasis
from procedures.models import (
    Field,
    Procedure,
    ProcedureChannel,
    ProcedureForm,
    ProcedureSettings,
    ProcedureStatus,
    ProcedureStep,
)
from tests import factory
from tests.portal.documents import pdf
from tests.procedures.test_catalogue_update import BIRTH, as_json, workbook

pytestmark = pytest.mark.django_db

LIST = "admin:procedures_procedure_changelist"
UPDATE = "admin:procedures_procedure_update"


@pytest.fixture
def clerk(client):
    user = factory.make_user(roles=[roles.PROCEDURES_CLERK])
    client.force_login(user)
    return user


@pytest.fixture
def procedure():
    made = factory.make_procedure(
        reviewed_at=None, source="dichvucong", caveat="Cần tra lại."
    )
    ProcedureChannel.objects.create(procedure=made, channel=2, amount=3, fee=0)
    return made


def page(name, procedure):
    return reverse(f"admin:procedures_procedure_{name}", args=[procedure.pk])


def sent(response, **changes):
    """Return what the form of a page sends when nothing but `changes` is typed."""
    context = response.context
    data = {
        name: context["adminform"].form[name].value()
        for name in context["adminform"].form.fields
        if name != "downloads"
    }
    for inline in context["inline_admin_formsets"]:
        forms = [inline.formset.management_form, *inline.formset.forms]
        for form in forms:
            data |= {form.add_prefix(name): form[name].value() for name in form.fields}
    if "based_on" in context:
        data["based_on"] = context["based_on"]
    data = {
        name: value
        for name, value in (data | changes).items()
        if value is not None and value is not False
    }
    return data


# --- The list --------------------------------------------------------------------------


def names_in(response):
    return {each.name for each in response.context["cl"].result_list}


@pytest.mark.parametrize("typed", ["so do", "SỔ ĐỎ", "1.013978", "quyen su dung dat"])
def test_the_list_finds_by_code_name_and_what_people_say(client, clerk, typed):
    factory.make_procedure(
        code="1.013978", name="Cấp Giấy chứng nhận quyền sử dụng đất", also_known_as="sổ đỏ"
    )
    factory.make_procedure(name="Đo đạc, lập hồ sơ")
    response = client.get(reverse(LIST), {"q": typed})
    assert names_in(response) == {"Cấp Giấy chứng nhận quyền sử dụng đất"}


def test_the_list_is_narrowed_by_confirmation_channel_and_field(client, clerk, procedure):
    other = factory.make_procedure(status=ProcedureStatus.ABOLISHED)
    for query, found in (
        ({"ra-soat": "chua"}, procedure),
        ({"ra-soat": "roi"}, other),
        ({"cach-nop": "2"}, procedure),
        ({"field__id__exact": other.field_id}, other),
        ({"status__exact": "bai-bo"}, other),
    ):
        assert names_in(client.get(reverse(LIST), query)) == {found.name}, query


@pytest.mark.parametrize("query", ["ra-soat=x", "cach-nop=99", "cach-nop=a%00", "q=%00"])
def test_hostile_addresses_of_the_list_are_answered(client, clerk, procedure, query):
    assert client.get(f"{reverse(LIST)}?{query}").status_code < 500


def test_the_list_does_not_ask_once_a_row(client, clerk, django_assert_max_num_queries):
    for _ in range(10):
        factory.make_procedure()
    # Session, user, rights (2), counts, rows, lĩnh vực of the filter, names for the search.
    with django_assert_max_num_queries(12):
        client.get(reverse(LIST), {"q": "thu tuc"})


# --- The form --------------------------------------------------------------------------


def test_source_and_caveat_stand_at_the_top(client, clerk, procedure):
    html = client.get(page("change", procedure)).content.decode()
    assert html.index("Cần tra lại.") < html.index('name="name"')


def test_what_is_unknown_is_an_empty_box(client, clerk, procedure):
    response = client.get(page("change", procedure))
    rows = {
        form.label_of_channel: form
        for form in response.context["inline_admin_formsets"][0].formset.by_channel
    }
    assert list(rows) == ["Trực tiếp", "Trực tuyến", "Bưu chính công ích"]
    assert rows["Trực tuyến"]["fee"].value() == 0
    assert rows["Trực tiếp"]["fee"].value() is None
    assert not rows["Trực tiếp"]["offered"].value()


def test_saving_without_typing_changes_nothing(client, clerk, procedure):
    ProcedureStep.objects.create(procedure=procedure, order=1, text="Nộp")
    kept = procedure.channels.get().pk, procedure.steps.get().pk
    data = sent(client.get(page("change", procedure)))
    assert client.post(page("change", procedure), data).status_code == 302
    assert (procedure.channels.get().pk, procedure.steps.get().pk) == kept


def test_the_parts_are_stored_in_the_order_of_their_numbers(client, clerk, procedure):
    changes = {
        "channels-0-fee": "",
        "channels-1-offered": "on",
        "channels-1-time_note": "Trong ngày",
        "papers-0-name": "Giấy chứng sinh",
        "papers-1-name": "Tờ khai",
        "papers-1-order": "1",
        "steps-0-text": "Nộp hồ sơ.",
    }
    data = sent(client.get(page("change", procedure)), **changes)
    assert client.post(page("change", procedure), data).status_code == 302
    rows = procedure.channels.values_list("channel", "amount", "time_note", "fee")
    assert list(rows) == [(1, None, "Trong ngày", None), (2, 3, "", None)]
    names = procedure.papers.values_list("name", flat=True)
    assert list(names) == ["Tờ khai", "Giấy chứng sinh"]
    assert procedure.steps.get().text == "Nộp hồ sơ."


def test_a_way_without_its_tick_is_not_kept(client, clerk, procedure):
    data = sent(client.get(page("change", procedure)), **{"channels-0-offered": None})
    client.post(page("change", procedure), data)
    assert not procedure.channels.exists()


def test_facts_of_a_way_that_is_not_offered_are_asked_back(client, clerk, procedure):
    data = sent(client.get(page("change", procedure)), **{"channels-1-fee": "5000"})
    response = client.post(page("change", procedure), data)
    assert "Có nhận" in str(response.context["errors"])
    assert procedure.channels.count() == 1


def test_a_new_procedure_is_entered_with_its_ways(client, clerk):
    address = reverse("admin:procedures_procedure_add")
    field = factory.make_field()
    changes = {"code": "1.001193", "name": "Đăng ký khai sinh", "field": field.pk}
    changes |= {"channels-0-offered": "on", "channels-0-fee": "0", "status": "con-hieu-luc"}
    client.post(address, sent(client.get(address), **changes))
    made = Procedure.objects.get(code="1.001193")
    assert (made.channels.get().fee, made.is_reviewed) == (0, False)


def test_the_newer_text_of_somebody_else_is_not_lost(client, clerk, procedure):
    data = sent(client.get(page("change", procedure)), name="Tên của tôi")
    other = Procedure.objects.get(pk=procedure.pk)
    other.name = "Tên người khác"
    other.save()
    response = client.post(page("change", procedure), data)
    assert response.status_code == 409
    assert "sau khi bạn mở" in response.content.decode()
    assert "Tên của tôi" in response.content.decode()
    assert Procedure.objects.get(pk=procedure.pk).name == "Tên người khác"
    again = sent(response, name="Tên của tôi")
    assert client.post(page("change", procedure), again).status_code == 302
    assert Procedure.objects.get(pk=procedure.pk).name == "Tên của tôi"


@pytest.mark.parametrize("moment", ["", "abc", "2024-01-01", "9" * 40])
def test_a_form_of_unknown_age_does_not_overwrite(client, clerk, procedure, moment):
    data = sent(client.get(page("change", procedure)), name="Khác") | {"based_on": moment}
    assert client.post(page("change", procedure), data).status_code == 409


@pytest.mark.parametrize(
    "broken",
    [
        {"channels-TOTAL_FORMS": "9999999"},
        {"channels-TOTAL_FORMS": "x"},
        {"channels-0-channel": "99"},
        {"channels-0-channel": "a\0"},
        {"channels-1-channel": "2", "channels-1-offered": "on"},
        {"channels-0-fee": "9" * 30},
        {"replaced_by": "abc"},
        {"legal_bases": "9" * 30},
        {"field": "a\0"},
        {"papers-0-order": "-1", "papers-0-name": "Tờ khai"},
    ],
)
def test_hostile_forms_are_answered(client, clerk, procedure, broken):
    data = sent(client.get(page("change", procedure))) | broken
    assert client.post(page("change", procedure), data).status_code == 200


def test_a_form_to_download_is_offered_with_its_title(
    client, clerk, procedure, settings, tmp_path
):
    settings.ATTACHMENT_ROOT = tmp_path
    data = sent(client.get(page("change", procedure)))
    upload = SimpleUploadedFile("to-khai.pdf", pdf())
    client.post(page("change", procedure), data | {"downloads-uploads": upload})
    form = ProcedureForm.objects.get()
    assert form.attachment == Attachment.objects.get()
    kept = {"downloads-kept": form.attachment_id}
    data = sent(client.get(page("change", procedure))) | kept
    client.post(page("change", procedure), data)
    assert ProcedureForm.objects.get().pk == form.pk


def test_who_only_reads_sees_all_and_changes_nothing(client, procedure):
    client.force_login(factory.make_user(roles=[roles.APPROVER]))
    ProcedureChannel.objects.create(procedure=procedure, channel=1)
    html = client.get(page("change", procedure)).content.decode()
    assert "3 ngày làm việc" in html
    assert "chưa biết" in html
    assert 'name="_save"' not in html
    assert "Xác nhận đã rà soát" not in html
    assert client.post(page("change", procedure), {"name": "x"}).status_code == 403


# --- Confirmation ----------------------------------------------------------------------


def test_a_press_confirms_and_another_takes_it_back(client, clerk, procedure):
    assert "Xác nhận đã rà soát" in client.get(page("change", procedure)).content.decode()
    client.post(page("review", procedure))
    procedure.refresh_from_db()
    assert procedure.reviewed_by == clerk
    html = client.get(page("change", procedure)).content.decode()
    assert "Bỏ xác nhận rà soát" in html
    client.post(page("review", procedure), {"unreview": "1"})
    procedure.refresh_from_db()
    assert not procedure.is_reviewed


def test_saving_can_confirm_and_is_refused_as_a_whole(client, clerk, procedure):
    nothing = {"channels-0-amount": "", "channels-0-fee": "", "_review": "1"}
    data = sent(client.get(page("change", procedure)), name="Tên mới", **nothing)
    response = client.post(page("change", procedure), data)
    assert "chưa có gì để xác nhận" in response.content.decode()
    assert Procedure.objects.get(pk=procedure.pk).name != "Tên mới"
    data = sent(client.get(page("change", procedure)), name="Tên mới", _review="1")
    client.post(page("change", procedure), data)
    procedure.refresh_from_db()
    assert (procedure.name, procedure.reviewed_by) == ("Tên mới", clerk)


def test_the_start_page_counts_what_waits_for_confirmation(client, clerk, procedure):
    html = client.get(reverse("admin:index")).content.decode()
    assert "1 thủ tục chưa rà soát" in html
    Procedure.objects.update(status=ProcedureStatus.ABOLISHED)
    html = client.get(reverse("admin:index")).content.decode()
    assert "chưa rà soát" not in html


def test_a_procedure_with_dossiers_stays_when_its_deletion_is_asked(client, clerk):
    used = factory.make_procedure()
    period = factory.make_period(status="nhap")
    factory.make_dossier(run=factory.make_run(period=period), procedure=used)
    client.post(page("delete", used), {"post": "yes"})
    free = factory.make_procedure()
    client.post(page("delete", free), {"post": "yes"})
    assert list(Procedure.objects.all()) == [used]


# --- Update from a file ----------------------------------------------------------------


def upload(client, file, name="danh-muc.xlsx"):
    file = SimpleUploadedFile(name, file.read())
    return client.post(reverse(UPDATE), {"file": file})


def test_a_file_is_compared_and_stored_after_a_yes(client, clerk):
    response = upload(client, workbook(BIRTH))
    assert "1.001193 Đăng ký khai sinh" in response.content.decode()
    assert not Procedure.objects.exists()
    client.post(reverse(UPDATE), {"token": response.context["token"]})
    assert Procedure.objects.get().code == "1.001193"
    assert "Không có thay đổi" in upload(client, workbook(BIRTH)).content.decode()


def test_confirmed_entries_change_only_where_ticked(client, clerk):
    ticked, left = factory.make_procedure(), factory.make_procedure()
    rows = [{"code": each.code, "name": "Tên mới"} for each in (ticked, left)]
    response = upload(client, as_json(*rows), "danh-muc.json")
    data = {"token": response.context["token"], "reviewed": [ticked.code, "9.999999"]}
    client.post(reverse(UPDATE), data)
    ticked.refresh_from_db()
    left.refresh_from_db()
    assert (ticked.name, ticked.is_reviewed) == ("Tên mới", False)
    assert (left.name == "Tên mới", left.is_reviewed) == (False, True)


def test_a_comparison_that_is_out_of_date_is_shown_anew(client, clerk):
    procedure = factory.make_procedure(reviewed_at=None)
    file = as_json({"code": procedure.code, "name": "Tên của tệp"})
    response = upload(client, file, "danh-muc.json")
    Procedure.objects.update(name="Tên người khác sửa")
    again = client.post(reverse(UPDATE), {"token": response.context["token"]})
    html = again.content.decode()
    assert "đã được sửa sau khi bạn xem" in html
    assert "Tên người khác sửa" in html
    client.post(reverse(UPDATE), {"token": again.context["token"]})
    assert Procedure.objects.get().name == "Tên của tệp"


def test_mistakes_of_a_file_are_shown_at_the_box(client, clerk):
    html = upload(client, workbook(["1.1", "Tên", "Hộ tịch", ""])).content.decode()
    assert "Dòng 2, cột “Mã thủ tục”" in html
    for data in ({}, {"token": "x"}, {"token": ""}):
        assert client.post(reverse(UPDATE), data).status_code == 200
    assert "Tệp rỗng" in upload(client, io.BytesIO()).content.decode()


def test_the_export_is_given_in_three_forms_and_no_other(client, clerk, procedure):
    address = reverse("admin:procedures_procedure_export")
    for kind in ("xlsx", "csv", "json"):
        response = client.get(address, {"dang": kind})
        assert f"danh-muc-thu-tuc.{kind}" in response["Content-Disposition"]
        response.getvalue()
    assert client.get(address, {"dang": "exe"}).status_code == 404


# --- Lĩnh vực, legal bases, settings --------------------------------------------------------


def test_a_field_becomes_one_with_totals_only_after_a_tick(client, clerk):
    procedure = factory.make_procedure()
    run = factory.make_run(period=factory.make_period(status="nhap"))
    factory.make_dossier(run=run, procedure=procedure)
    address = reverse("admin:procedures_field_change", args=[procedure.field_id])
    field = procedure.field
    data = {"name": field.name, "slug": field.slug, "order": 0, "totals_only": "on"}
    assert "1 hồ sơ" in client.post(address, data).content.decode()
    assert run.dossiers.exists()
    client.post(address, data | {"drop_rows": "on"})
    assert not run.dossiers.exists()
    assert Field.objects.get().totals_only


def test_a_field_gets_its_address_from_its_name(client, clerk):
    address = reverse("admin:procedures_field_add")
    client.post(address, {"name": "Đất đai", "slug": "", "order": 3})
    assert Field.objects.get().slug == "dat-dai"


def test_a_legal_basis_in_use_is_not_deleted(client, clerk, procedure):
    basis = LegalBasis.objects.create(number="60/2014/QH13", title="Luật Hộ tịch")
    procedure.legal_bases.add(basis)
    address = reverse("admin:portal_legalbasis_change", args=[basis.pk])
    assert procedure.name in client.get(address).content.decode()
    delete = reverse("admin:portal_legalbasis_delete", args=[basis.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403
    procedure.legal_bases.clear()
    client.post(delete, {"post": "yes"})
    assert not LegalBasis.objects.exists()


def test_the_settings_are_one_row(client):
    client.force_login(factory.make_user(roles=[roles.APPROVER]))
    address = reverse("admin:procedures_proceduresettings_add")
    form = client.get(address).context["adminform"].form
    data = {name: form[name].value() or "" for name in form.fields}
    data |= {"office_phone": "0237.000.0002", "lookup_enabled": ""}
    bad = client.post(address, data | {"procedure_link": "javascript:alert(1)"})
    assert bad.status_code == 200
    assert client.post(address, data).status_code == 302
    assert ProcedureSettings.current().office_phone == "0237.000.0002"
    assert client.get(address).status_code == 403
