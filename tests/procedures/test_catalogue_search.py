"""What people type finds what they mean, on the names of the 216 real procedures."""

import json
from pathlib import Path

import pytest
from django.conf import settings

from portal.text import slugify
from procedures.catalogue_search import index, search
from procedures.models import Channel, Field, Procedure, ProcedureStatus
from tests.factory import make_field, make_procedure

pytestmark = pytest.mark.django_db

BIRTH, DEATH, MARRIAGE = "1.001193", "1.000656", "1.000894"
SINGLE, HOUSEHOLD, STAY = "1.004873", "1.010038", "1.004194"
LAND = "1.013978"
COPY_OF_BOOK, COPY_OF_RECORD = "2.000908", "2.000635"


@pytest.fixture
def real_names():
    """Store the shipped catalogue, with what people call things."""
    data = json.loads(
        Path(settings.BASE_DIR, "procedures/data/procedures.json").read_text()
    )
    fields = {
        field["name"]: Field(name=field["name"], slug=slugify(field["name"]))
        for field in data["fields"]
    }
    Field.objects.bulk_create(fields.values())
    Procedure.objects.bulk_create(
        Procedure(
            code=row["code"],
            name=row["name"],
            field=fields[row["field"]],
            also_known_as="\n".join(row.get("also_known_as") or ()),
            is_common=bool(row.get("is_common")),
        )
        for row in data["rows"]
    )


def codes(text, **narrow):
    return [hit.entry.code for hit in search(text, **narrow).hits]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("Đăng ký khai sinh", BIRTH),
        ("dang ky khai sinh", BIRTH),
        ("ĐĂNG KÝ KHAI SINH", BIRTH),
        ("đăng kí khai sinh", BIRTH),
        ("  dang   ky,khai sinh. ", BIRTH),
        ("khai sinh", BIRTH),
        ("giay khai sinh", BIRTH),
        ("làm giấy khai sinh cho con ở đâu", BIRTH),
        ("đăng ký khai sinh cần giấy tờ gì", BIRTH),
        ("thủ tục đăng ký khai sinh như thế nào", BIRTH),
        ("thu tuc dang ky ket hon mat bao lau", MARRIAGE),
        ("dang ky khia sinh", BIRTH),  # two letters swapped
        ("dang ky kai sinh", BIRTH),  # one missing
        ("dang ky khaai sinh", BIRTH),  # one too many
        ("dang ky khoi sinh", BIRTH),  # one wrong, and still no other word
        ("đang ky ket hom", MARRIAGE),
        ("dang ky khai tu", DEATH),
        ("ket hon", MARRIAGE),
        ("doc than", SINGLE),
        ("tinh trang hon nhan", SINGLE),
        ("tach ho", HOUSEHOLD),
        ("sao y ban chinh", "2.000815"),
        ("so do", LAND),
        ("lam bia do", LAND),
        ("khai tu", DEATH),
        ("lam ho kinh doanh", "1.001612"),  # "lam" is rarer in the names, and meant by none
        ("so goc", COPY_OF_BOOK),
        ("trich luc", COPY_OF_RECORD),
        ("dang ky tam t", STAY),  # the beginning of a word
        (BIRTH, BIRTH),
        (" 1.001193 ", BIRTH),
        ("001193", BIRTH),
        ("1001193", BIRTH),
        ("1.001193.H56", BIRTH),
        ("Thủ tục 1.001193 (khai sinh)", BIRTH),
    ],
)
def test_the_answer_is_the_first_hit(real_names, typed, first):
    assert codes(typed)[0] == first


@pytest.mark.parametrize("typed", ["xyzzq", "qwfp", "9.999999", "?!", "....."])
def test_what_nobody_has_finds_nothing_or_all(real_names, typed):
    found = len(search(typed).hits)
    assert found == (216 if typed in ("?!", ".....") else 0)


def test_shorter_names_stand_before_longer_ones_that_begin_alike(real_names):
    names = [hit.entry.name for hit in search("đăng ký kết hôn").hits]
    assert names[:2] == ["Đăng ký kết hôn", "Đăng ký kết hôn lưu động"]
    assert names.index("Đăng ký lại kết hôn") > 1


def test_every_name_finds_its_procedure_first(real_names):
    lost = [
        entry.code
        for entry in index().in_force
        if search(entry.name).hits[0].entry.name != entry.name
    ]
    # Names longer than what is read of a question share their beginning with others.
    assert [code for code in lost if len(Procedure.objects.get(code=code).name) < 100] == []


def test_hits_with_all_words_leave_no_room_for_others(real_names):
    found = search("giám hộ")
    assert not found.is_close
    assert all({"giam", "ho"} <= hit.entry.words for hit in found.hits)


def test_what_lacks_one_word_that_tells_little_stands_below_what_is_meant():
    make_procedure(code="1.000001", name="Cấp bản sao giấy khai sinh")
    make_procedure(
        code="1.000002", name="Đăng ký khai sinh", also_known_as="giấy khai sinh"
    )
    make_procedure(code="1.000003", name="Cấp giấy phép")
    assert codes("cấp lại giấy khai sinh") == ["1.000002", "1.000001"]


def test_without_a_hit_for_all_words_those_with_most_of_them_are_shown():
    make_procedure(code="1.000001", name="Đăng ký khai sinh")
    make_procedure(code="1.000002", name="Đăng ký kết hôn")
    found = search("khai sinh quốc tế")
    assert found.is_close
    assert [hit.entry.code for hit in found.hits] == ["1.000001"]


def test_nothing_found_offers_words_that_exist(real_names):
    found = search("khoangsan")
    assert found.hits == []
    assert "khoáng" in found.nearest


@pytest.mark.parametrize(
    ("typed", "marked"),
    [
        ("khai sinh", [("Đăng ký ", False), ("khai sinh", True)]),
        ("dang sinh", [("Đăng", True), (" ký khai ", False), ("sinh", True)]),
        ("dang ky khia sinh", [("Đăng ký khai sinh", True)]),
    ],
)
def test_the_words_that_were_asked_for_are_marked_in_the_name_as_written(typed, marked):
    make_procedure(name="Đăng ký khai sinh")
    assert search(typed).hits[0].pieces == marked


def test_the_pieces_of_a_name_are_the_name(real_names):
    for hit in search("cấp giấy chứng nhận quyền sử dụng đất").hits:
        assert "".join(text for text, _ in hit.pieces) == hit.entry.name


def test_what_people_call_it_finds_it_as_its_name_does():
    make_procedure(code="1.000001", name="Đăng ký biến động")
    make_procedure(
        code="1.000002", name="Cấp giấy chứng nhận", also_known_as="Sổ đỏ\nBìa đỏ"
    )
    assert codes("so do") == ["1.000002"]
    assert codes("bia do") == ["1.000002"]


def test_a_search_is_narrowed_to_a_field_and_to_what_is_handed_in_online():
    land, civil = make_field(name="Đất đai", slug="dat-dai"), make_field()
    online = make_procedure(code="1.000001", name="Xin đất", field=land)
    online.channels.create(channel=Channel.ONLINE)
    make_procedure(code="1.000002", name="Xin đất ở", field=land)
    make_procedure(code="1.000003", name="Xin đất khác", field=civil)
    assert codes("dat", field="dat-dai") == ["1.000001", "1.000002"]
    assert codes("dat", field="dat-dai", channel=Channel.ONLINE) == ["1.000001"]
    assert codes("", channel=Channel.ONLINE) == ["1.000001"]


def test_how_an_unreviewed_procedure_is_handed_in_is_told_by_no_filter():
    procedure = make_procedure(reviewed_at=None)
    procedure.channels.create(channel=Channel.ONLINE)
    assert codes("", channel=Channel.ONLINE) == []


def test_what_is_no_longer_in_force_is_found_by_its_code_only():
    make_procedure(code="1.000001", name="Xin đất", status=ProcedureStatus.ABOLISHED)
    assert codes("xin đất") == []
    assert codes("1.000001") == ["1.000001"]


def test_a_common_procedure_stands_before_its_equals():
    make_procedure(code="1.000001", name="Xin đất A")
    make_procedure(code="1.000002", name="Xin đất B", is_common=True)
    assert codes("xin dat") == ["1.000002", "1.000001"]


def test_a_search_asks_only_whether_the_content_changed(
    real_names, django_assert_max_num_queries
):
    search("khai sinh")
    with django_assert_max_num_queries(1):
        search("ket hon")


@pytest.mark.parametrize(
    "typed", ["\0", "%", "'; --", "\\", "a" * 5000, "a " * 3000, "१.२३४", "￿", "()[]*+"]
)
def test_any_text_is_a_question(real_names, typed):
    search(typed)


def test_a_code_with_a_local_suffix_means_the_national_one_and_the_other_way_round():
    national = make_procedure(code="1.000001")
    local = make_procedure(code="1.000002.H56")
    make_procedure(code="1.000003.H36")
    make_procedure(code="1.000003.H56")
    named = index().named
    assert named("1.000001.H56").pk == national.pk
    assert named("1.000002").pk == local.pk
    assert named("1.000003") is None  # two can be meant
    assert named("1.999999") is None
