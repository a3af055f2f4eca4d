import re
from datetime import date

import pytest
import time_machine

from procedures import lookup
from procedures.models import DossierStatus, Outcome, PeriodStatus, ProcedureSettings
from tests import factory

pytestmark = pytest.mark.django_db

PAGE = "/tra-cuu-ho-so/"
CODE = "000.17.22.H56-231218-0001"
HERE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def enabled():
    return _choose(
        lookup_enabled=True, dossier_link="https://quoc-gia.example/tra?ma={code}"
    )


def _choose(**fields):
    return ProcedureSettings.objects.update_or_create(pk=1, defaults=fields)[0]


def _published(code="2024-T01", *, period_is=PeriodStatus.PUBLISHED, as_of=None, **dossier):
    """Make a period whose figures come from a list with one dossier; return the dossier."""
    period = factory.make_period(code=code, status=PeriodStatus.DRAFT, as_of=as_of)
    run = factory.make_run(period=period)
    period.head.run, period.head.source = run, "ho-so"
    period.head.save()
    if period_is != PeriodStatus.DRAFT:
        factory.publish_head(period)
    if period_is == PeriodStatus.REMOVED:
        period.status, period.removed_at = period_is, factory.RESULTS_PUBLISHED
        period.removal_reason = "Nhầm kỳ."
        period.save()
    return factory.make_dossier(
        run=run, **({"code": CODE, "due_on": date(2024, 2, 5)} | dossier)
    )


def _ask(client, code=CODE, day="05/02/2024", status=200, **data):
    response = client.post(PAGE, {"ma": code, "ngay": day} | data, headers=HERE)
    assert response.status_code == status, response.content
    return response


def _text(response):
    """Return what a reader sees of the answer, without marks."""
    main = re.search("<main.*</main>", response.content.decode(), re.DOTALL)[0]
    return " ".join(re.sub("<[^>]*>", " ", main).split())


# --- What people type ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (CODE, CODE),
        (" 000.17.22.h56-231218-0001 ", CODE),
        ("000.17.22.H56 - 231218 - 0001", CODE),
        ("000.17.22.H56–231218–0001", CODE),
        ("h56.17.22-250701-0001", "H56.17.22-250701-0001"),
        ("H56.17.22-250701-000123", "H56.17.22-250701-000123"),
    ],
)
def test_codes_are_read_as_people_type_them(typed, code):
    assert lookup.read_code(typed) == code


@pytest.mark.parametrize(
    "typed", ["", " ", "0001", "1.001193", "000.17.22.H56-231218", "a\0b", "x" * 9999, "٠"]
)
def test_what_is_no_code_is_explained(typed):
    with pytest.raises(lookup.NotRead, match="giấy tiếp nhận"):
        lookup.read_code(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "05/02/2024",
        "5/2/2024",
        "5-2-24",
        "05.02.2024",
        "05 02 2024",
        "05022024",
        "2024-02-05",
    ]
    + ["ngày 5 tháng 2 năm 2024", " 05/02/2024 16:30", "\u200b5/2/2024"],
)
def test_days_are_read_as_people_type_them(typed):
    assert lookup.read_day(typed) == date(2024, 2, 5)


@pytest.mark.parametrize(
    "typed", ["", "mai", "31/02/2024", "5/2", "2024", "0/0/0", "5/2/0", "9" * 500, "5/2/"]
)
def test_what_is_no_day_is_explained(typed):
    with pytest.raises(lookup.NotRead, match="ngày, tháng, năm"):
        lookup.read_day(typed)


# --- The page without a question ----------------------------------------------------


def test_the_page_always_says_where_to_look(client):
    factory.make_identity()
    _choose(office_phone="0237 3742 289", office_hours="Sáng thứ Hai đến thứ Sáu")
    response = client.get(PAGE)
    text = _text(response)
    assert "Cổng Dịch vụ công quốc gia" in text
    assert "0237 3742 289" in text
    assert "Sáng thứ Hai đến thứ Sáu" in text
    assert "Ngày hẹn trả" not in text
    assert b"<form" not in re.search(b"<main.*</main>", response.content, re.DOTALL)[0]


def test_the_unit_s_own_phone_stands_in_for_the_office_s(client):
    factory.make_identity(phone="0237.3.742.289")
    assert "0237.3.742.289" in _text(client.get(PAGE))


def test_without_an_own_look_up_the_code_is_filled_into_the_portal_s_link(client):
    _choose(dossier_link="https://quoc-gia.example/tra?ma={code}")
    _published()
    assert "Ngày hẹn trả" not in _text(client.get(PAGE))
    response = _ask(client, code=CODE.lower(), day="")
    assert f'href="https://quoc-gia.example/tra?ma={CODE}"'.encode() in response.content
    assert "đang" not in _text(response)


def test_the_page_costs_few_queries(client, enabled, django_assert_max_num_queries):
    _published()
    client.get(PAGE)  # the frame is kept until content changes
    # The choices; the content version, and the visit figures once a second.
    with django_assert_max_num_queries(3):
        client.get(PAGE)
    # The limit and the dossier come on top; one call in a hundred sweeps the limits.
    with django_assert_max_num_queries(6):
        _ask(client)


# --- Answers ------------------------------------------------------------------------


def test_a_resolved_dossier_is_told_with_its_timeline(client, enabled):
    _published(
        as_of=date(2024, 1, 15),
        received_on=date(2023, 12, 18),
        finished_on=date(2024, 1, 10),
        status=DossierStatus.PROCESSED,
    )
    text = _text(_ask(client))
    assert "Hồ sơ đã giải quyết xong" in text
    timeline = (
        "18/12/2023 Nhận hồ sơ (trực tiếp) 10/01/2024 Có kết quả, trước hạn 05/02/2024"
    )
    assert timeline in text
    assert "Số liệu tính đến ngày 15/01/2024" in text
    assert "ngày làm việc" not in text


PENDING = {
    "finished_on": None,
    "status": DossierStatus.IN_PROGRESS,
    "outcome": Outcome.PENDING_IN_TIME,
}


@pytest.mark.parametrize(
    ("today", "sentence"),
    [
        ("2024-01-29", "Còn 5 ngày làm việc đến ngày hẹn trả"),
        ("2024-02-03", "Còn 1 ngày làm việc đến ngày hẹn trả"),
        ("2024-02-05", "Hôm nay là ngày hẹn trả kết quả."),
        # The new year's holidays of 8–14 February are no working days.
        ("2024-02-15", "Ngày hẹn trả đã qua 3 ngày làm việc."),
    ],
)
def test_the_rest_of_the_time_is_told_in_working_days(client, enabled, today, sentence):
    _published(**PENDING)
    with time_machine.travel(f"{today}T03:00:00Z", tick=False):
        assert sentence in _text(_ask(client))


@pytest.mark.parametrize("status", DossierStatus)
def test_every_status_has_plain_words(client, enabled, status):
    dossier = _published(status=status)
    finding = lookup.Finding(dossier, as_of=date(2024, 1, 14), today=date(2024, 1, 15))
    assert finding.status in _text(_ask(client))


def test_the_newest_period_that_knows_the_dossier_answers(client, enabled):
    _published("2024-T01", **PENDING)
    second = _published(
        "2024-T02", finished_on=date(2024, 2, 2), status=DossierStatus.RETURNED
    )
    assert second.run.period.code == "2024-T02"
    text = _text(_ask(client))
    assert "Kết quả đã được trả." in text
    assert "Số liệu tính đến ngày 14/02/2024" in text


def test_a_moved_day_and_the_one_on_the_receipt_both_open_the_newest(client, enabled):
    _published("2024-T01", **PENDING)
    more_papers = PENDING | {"status": DossierStatus.MORE_PAPERS}
    _published("2024-T02", due_on=date(2024, 3, 1), **more_papers)
    for day in ("05/02/2024", "01/03/2024"):
        assert "Hồ sơ cần bổ sung giấy tờ." in _text(_ask(client, day=day))


# --- What nobody learns -------------------------------------------------------------


def test_unknown_code_wrong_day_and_hidden_dossiers_answer_alike(client, enabled):
    with time_machine.travel("2024-03-01T03:00:00Z", tick=False):
        nothing = _ask(client).content
        assert "Không tìm thấy hồ sơ nào" in nothing.decode()
        draft = _published("2024-T02", period_is=PeriodStatus.DRAFT)
        assert _ask(client).content == nothing
        _published("2024-T03", period_is=PeriodStatus.REMOVED)
        assert _ask(client).content == nothing
        other = factory.make_run(period=factory.make_period(code="2024-T04"))
        factory.make_dossier(run=other, code=CODE, due_on=date(2024, 2, 5))
        assert _ask(client).content == nothing
        wrong_day = _published("2024-T05", due_on=date(2024, 2, 6))
        assert _ask(client).content == nothing
        no_day = _published("2024-T06", due_on=None)
        assert _ask(client).content == nothing
    assert {draft.code, wrong_day.code, no_day.code} == {CODE}


def test_an_answer_is_stored_nowhere_and_found_by_no_search_engine(client, enabled):
    _published()
    response = _ask(client)
    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in response.content.decode()
    assert "X-Portal-Page" not in response
    assert not response.cookies
    assert "ETag" not in response


def test_the_code_stands_in_no_title_and_no_address(client, enabled):
    _published()
    html = _ask(client).content.decode()
    title = re.search("<title>(.*?)</title>", html, re.DOTALL)[1]
    assert CODE not in title
    assert not [
        address
        for address in re.findall('(?:href|action|src)="([^"]*)"', html)
        if CODE in address and not address.startswith("https://quoc-gia.example/")
    ]
    assert 'method="post"' in html


def test_a_question_in_the_address_is_not_answered(client, enabled):
    _published()
    response = client.get(f"{PAGE}?ma={CODE}&ngay=05/02/2024")
    assert CODE not in response.content.decode()


def test_questions_of_one_address_are_limited(client, enabled):
    with time_machine.travel("2024-03-01T03:00:00Z", tick=False):
        for _ in range(10):
            _ask(client)
        response = _ask(client, status=429)
    assert int(response["Retry-After"]) > 0
    assert CODE not in response.content.decode()


def test_other_sites_cannot_ask(client, enabled):
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert client.post(PAGE, {"ma": CODE}, headers=headers).status_code == 403


def test_mistakes_are_named_at_their_field(client, enabled):
    html = _ask(client, code="<script>", day="31/02/2024").content.decode()
    assert html.count('aria-invalid="true"') == 2
    assert '<script>"' not in html
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize("value", ["\0", "\ud800", "%", "x" * 100_000, "🌾", "'; --"])
def test_any_input_gives_a_page(client, enabled, value):
    text = value.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    _ask(client, code=text, day=text)
