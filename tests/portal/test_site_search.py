from datetime import UTC, date, datetime

import pytest
from django.db import connection

from portal import site_search
from portal.search_question import parse
from portal.site_search import (
    MOST,
    Match,
    Matches,
    Narrowing,
    Result,
    Source,
    Suggestion,
    Tier,
)
from portal.title_search import Titled, source_of

AT = datetime(2025, 6, 2, 3, tzinfo=UTC)
QUESTION = parse("khai sinh")


@pytest.fixture
def register(monkeypatch):
    """Register sources that stand alone, in place of those of the site."""
    monkeypatch.setattr(site_search, "_sources", {})
    return site_search.register


def source(kind, order, *tiers, **values):
    """Make a source that has a match of each of `tiers`, ranked by its place."""
    matches = [Match(kind, place, tier, (place,)) for place, tier in enumerate(tiers)]
    found = Matches(matches, len(matches), **values)
    return Source(
        kind,
        kind.upper(),
        order,
        find=lambda question, narrowing, *, at: found,
        show=lambda keys, question: {
            key: Result([(f"{kind} {key}", False)], f"/{kind}/{key}/") for key in keys
        },
    )


def broken(*args, **kwargs):
    raise ValueError("hỏng")


def order_of(answer):
    return [(match.kind, match.key) for match in answer.matches]


@pytest.mark.django_db
def test_the_best_tier_comes_first_then_the_sources_in_their_order(register):
    register(source("tin", 60, Tier.TITLE, Tier.ANYWHERE))
    register(source("thu-tuc", 10, Tier.TITLE, Tier.TITLE_WORDS, Tier.ANYWHERE))
    answer = site_search.search(QUESTION, Narrowing(), at=AT)
    assert order_of(answer) == [
        ("thu-tuc", 0),
        ("tin", 0),
        ("thu-tuc", 1),
        ("thu-tuc", 2),
        ("tin", 1),
    ]
    assert answer.count == 5


@pytest.mark.django_db
def test_a_kind_narrows_the_list_but_not_the_counts(register):
    register(source("tin", 60, Tier.TITLE))
    register(source("thu-tuc", 10, Tier.TITLE, Tier.ANYWHERE))
    answer = site_search.search(QUESTION, Narrowing(kind="tin"), at=AT)
    assert order_of(answer) == [("tin", 0)]
    assert answer.count == 1
    assert answer.counts == {"tin": 1, "thu-tuc": 2}


@pytest.mark.django_db
def test_no_more_is_counted_or_listed_than_can_be_paged_to(register):
    register(source("tin", 60, *[Tier.ANYWHERE] * (MOST + 1)))
    register(source("tep", 70, *[Tier.ANYWHERE] * (MOST + 1)))
    answer = site_search.search(QUESTION, Narrowing(), at=AT)
    assert answer.count == MOST + 1
    assert len(answer.matches) == MOST


@pytest.mark.django_db
def test_a_correction_is_said_only_when_nothing_fits_better(register):
    register(source("tin", 60, Tier.MISTYPED, corrected=("khai", "sinh")))
    assert site_search.search(QUESTION, Narrowing(), at=AT).corrected == ("khai", "sinh")
    register(source("thu-tuc", 10, Tier.ANYWHERE))
    assert site_search.search(QUESTION, Narrowing(), at=AT).corrected == ()


@pytest.mark.django_db
def test_the_nearest_words_of_all_sources_are_named_once(register):
    register(source("tin", 60, nearest=("sinh", "chợ")))
    register(source("thu-tuc", 10, nearest=("khai", "sinh")))
    answer = site_search.search(QUESTION, Narrowing(), at=AT)
    assert answer.nearest == ("khai", "sinh", "chợ")


@pytest.mark.django_db
def test_a_source_that_fails_takes_nobody_along(register, caplog):
    register(source("tin", 60, Tier.TITLE))
    register(Source("hong", "Phần hỏng", 10, broken, broken, broken))
    answer = site_search.search(QUESTION, Narrowing(), at=AT)
    assert order_of(answer) == [("tin", 0)]
    assert answer.silent == ["Phần hỏng"]
    assert "hong" in caplog.text
    assert site_search.suggestions(QUESTION, 8) == []
    shown = site_search.show([Match("hong", 1, Tier.TITLE), *answer.matches], QUESTION)
    assert [result.url for _, result in shown] == ["/tin/0/"]


@pytest.mark.django_db(transaction=True)
def test_a_slow_source_is_stopped_and_the_next_statement_is_free(register, monkeypatch):
    def sleep(question, narrowing, *, at):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(%s)", [20])

    monkeypatch.setattr(site_search, "_SECONDS", 0.2)
    register(Source("cham", "Phần chậm", 10, sleep, broken))
    register(source("tin", 60, Tier.TITLE))
    answer = site_search.search(QUESTION, Narrowing(), at=AT)
    assert answer.silent == ["Phần chậm"]
    assert order_of(answer) == [("tin", 0)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout')")
        assert cursor.fetchone() == ("0",)


@pytest.mark.django_db
def test_what_can_no_longer_be_shown_is_left_out(register):
    gone = Source("tin", "Tin", 60, broken, lambda keys, question: {})
    register(gone)
    assert site_search.show([Match("tin", 1, Tier.TITLE)], QUESTION) == []


@pytest.mark.django_db
def test_no_source_takes_all_places_of_the_suggestions(register):
    def suggesting(kind, number):
        return lambda question, limit: [
            Suggestion(f"{kind} {place}", f"/{kind}/{place}/", kind)
            for place in range(number)
        ][:limit]

    register(Source("thu-tuc", "", 10, broken, broken, suggesting("thu-tuc", 20)))
    register(Source("muc", "", 20, broken, broken, suggesting("muc", 2)))
    register(Source("im", "", 30, broken, broken))
    found = site_search.suggestions(QUESTION, 8)
    assert [each.label for each in found] == ["thu-tuc"] * 4 + ["muc"] * 2 + ["thu-tuc"] * 2


@pytest.mark.django_db
def test_a_better_suggestion_stands_before_one_of_an_earlier_source(register):
    def suggesting(tier):
        return lambda question, limit: [Suggestion(tier.name, f"/{tier}/", "", tier)]

    def texts():
        return [each.text for each in site_search.suggestions(QUESTION, 8)]

    register(Source("a", "", 10, broken, broken, suggesting(Tier.MISTYPED)))
    assert texts() == ["MISTYPED"]
    register(Source("b", "", 20, broken, broken, suggesting(Tier.TITLE_WORDS)))
    register(Source("c", "", 30, broken, broken, suggesting(Tier.TITLE)))
    assert texts() == ["TITLE", "TITLE_WORDS"]


# --- Things found by their titles -------------------------------------------------------

THINGS = (
    Titled("lien-he", "Liên hệ", "/lien-he/", also=("số điện thoại",), text="Giờ làm việc"),
    Titled("t4", "Kết quả tháng 4", "/t4/", day=date(2025, 4, 14)),
    Titled("t5", "Kết quả tháng 5", "/t5/", day=date(2025, 5, 14)),
    Titled("cong-khai", "Công khai ngân sách xã", "/ngan-sach/"),
)
TITLES = source_of(kind="muc", label="Mục", order=20, read=lambda: THINGS)


def found(text, narrowing=None):
    matches = TITLES.find(parse(text), narrowing or Narrowing(), at=AT).matches
    return [(match.key, match.tier) for match in matches]


@pytest.mark.parametrize(
    ("typed", "key", "tier"),
    [
        ("lien he", "lien-he", Tier.TITLE),
        ("liên", "lien-he", Tier.TITLE),
        ("SO DIEN THOAI", "lien-he", Tier.TITLE),
        ("điện thoại", "lien-he", Tier.ANYWHERE),
        ("gio lam viec", "lien-he", Tier.ANYWHERE),
        ("hệ liên", "lien-he", Tier.TITLE_WORDS),
        ("ngan sach", "cong-khai", Tier.TITLE_WORDS),
        ("ngna sach", "cong-khai", Tier.MISTYPED),
        ("cong khai ngan sac", "cong-khai", Tier.MISTYPED),
        ("ngân sách xã nhà", "cong-khai", Tier.SOME_WORDS),
        ("tháng 4", "t4", Tier.TITLE_WORDS),
    ],
)
def test_a_thing_is_found_in_its_tier(typed, key, tier):
    assert found(typed)[0] == (key, tier)


@pytest.mark.parametrize(
    "typed", ["chợ phiên", "kết quả tháng 6", '"sach ngan"', "xe", "hệ thống chợ phiên"]
)
def test_what_does_not_fit_is_not_found(typed):
    assert found(typed) == []


def test_a_year_and_a_section_narrow():
    assert [key for key, _ in found("tháng", Narrowing(year=2025))] == ["t4", "t5"]
    assert found("tháng", Narrowing(year=2024)) == []
    assert found("liên hệ", Narrowing(year=2025)) == []
    assert found("liên hệ", Narrowing(section="thong-bao")) == []


def test_a_correction_is_spelled_as_the_title_is():
    question = parse("ngna sach")
    assert TITLES.find(question, Narrowing(), at=AT).corrected == ("ngân", "sách")
    shown = TITLES.show(["cong-khai"], question)["cong-khai"]
    assert ("ngân sách", True) in shown.title_pieces


@pytest.mark.parametrize(
    ("typed", "urls"),
    [
        ("lien h", ["/lien-he/"]),
        ("số điện th", ["/lien-he/"]),
        ("ket qua t", ["/t4/", "/t5/"]),
        ("chợ", []),
    ],
)
def test_half_a_word_is_enough_for_a_suggestion(typed, urls):
    assert [each.url for each in TITLES.suggest(parse(typed), 8)] == urls
