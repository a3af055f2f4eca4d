from datetime import UTC, datetime

import pytest

from portal.search_question import parse
from portal.site_search import Narrowing, Tier
from procedures.models import PeriodStatus, ProcedureStatus
from procedures.search import PROCEDURES, RESULTS
from tests import factory

pytestmark = pytest.mark.django_db

AT = datetime(2025, 6, 2, 3, tzinfo=UTC)


def found(source, text, **narrowing):
    matches = source.find(parse(text), Narrowing(**narrowing), at=AT).matches
    return [(match.key, match.tier) for match in matches]


@pytest.mark.parametrize(
    ("typed", "tier"),
    [
        ("Đăng ký khai sinh", Tier.TITLE),
        ("dang ki khai", Tier.TITLE),
        ("khai sinh", Tier.TITLE_WORDS),
        ("sinh đăng ký", Tier.TITLE_WORDS),
        ("1.001193", Tier.TITLE),
        ("dang ky khia sinh", Tier.MISTYPED),
        ("khai sin", Tier.MISTYPED),
        ("khai sinh con đầu lòng", Tier.SOME_WORDS),
        ("“khai sinh”", Tier.TITLE_WORDS),
    ],
)
def test_a_procedure_is_found_in_its_tier(typed, tier):
    factory.make_procedure(name="Đăng ký khai sinh", code="1.001193")
    factory.make_procedure(name="Cấp giấy phép xây dựng")
    assert found(PROCEDURES, typed)[0] == ("1.001193", tier)


def test_words_in_quotes_stand_side_by_side():
    factory.make_procedure(name="Đăng ký khai sinh")
    assert found(PROCEDURES, '"sinh khai"') == []


def test_one_that_has_the_words_as_typed_stands_before_one_that_is_corrected():
    factory.make_procedure(name="Đăng ký khai sinh", code="1.000001")
    factory.make_procedure(name="Khai báo, đăng ký sin", code="1.000002")
    assert found(PROCEDURES, "sin")[0] == ("1.000002", Tier.TITLE_WORDS)


def test_a_procedure_belongs_to_no_section_and_no_year():
    factory.make_procedure(name="Đăng ký khai sinh")
    assert found(PROCEDURES, "khai sinh", year=2025) == []
    assert found(PROCEDURES, "khai sinh", section="thong-bao") == []


def test_the_result_says_that_a_procedure_is_no_longer_in_force():
    factory.make_procedure(
        name="Đăng ký khai sinh", code="1.001193", status=ProcedureStatus.ABOLISHED
    )
    question = parse("1.001193")
    shown = PROCEDURES.show(["1.001193"], question)["1.001193"]
    assert shown.note == ProcedureStatus.ABOLISHED.label


def test_only_published_periods_are_found():
    factory.make_period(code="2025-T04", status=PeriodStatus.DRAFT)
    factory.make_period(code="2025-T03", status=PeriodStatus.REMOVED)
    assert found(RESULTS, "kết quả tháng 4") == []
    assert found(RESULTS, "kết quả tháng 3") == []


@pytest.mark.parametrize("code", ["2025-T04", "2025-Q1", "2025-6T", "2025-9T", "2025-N"])
def test_a_period_is_found_by_its_own_name(code):
    period = factory.make_period(code=code)
    assert found(RESULTS, f"kết quả giải quyết TTHC {period.name}")[0] == (
        code,
        Tier.TITLE,
    )


def test_the_fields_of_the_newest_period_are_found():
    for code in ("2025-T03", "2025-T04"):
        period = factory.make_period(code=code)
        sheet = factory.make_sheet(period=period, field=factory.make_field(name=code))
    [(key, tier)] = found(RESULTS, f"lĩnh vực {sheet.field.name}")
    assert (key, tier) == (f"2025-T04.{sheet.field.slug}", Tier.TITLE_WORDS)
    assert found(RESULTS, "kết quả", year=2024) == []


@pytest.mark.parametrize(
    ("typed", "tiers"),
    [
        ("dang ky kh", [Tier.TITLE]),
        ("khai si", [Tier.TITLE_WORDS]),
        ("sinh dang", [Tier.ANYWHERE]),
        ("khia sinh", [Tier.MISTYPED]),
        ("khai sinh con đầu lòng", []),
    ],
)
def test_a_suggestion_says_how_well_it_fits(typed, tiers):
    factory.make_procedure(name="Đăng ký khai sinh")
    assert [each.tier for each in PROCEDURES.suggest(parse(typed), 8)] == tiers
