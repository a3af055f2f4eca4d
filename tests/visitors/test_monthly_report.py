import smtplib
from datetime import date, timedelta
from io import BytesIO, StringIO

import pytest
import time_machine
from django.core import mail
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from python_calamine import CalamineWorkbook

from portal import jobs
from portal.roles import ADMINISTRATOR, EDITOR, STATISTICS_READER
from tests.factory import make_identity
from tests.visitors.builders import count, count_days, view
from tests.visitors.conftest import local
from visitors import figures, headlines, monthly_report, report_mail, report_schedule
from visitors.counting import Hit
from visitors.models import Day, ExclusionCount, OpeningBalance, SentReport, VisitSettings

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
NOW = local("2026-11-23 10:00:00")
CHAIRMAN, OFFICE = "chu-tich@xa.example", "van-phong@xa.example"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def october(db):
    """Some visits in October without its 17th, and in what it is compared with."""
    make_identity()
    for first, missing in ((date(2025, 10, 1), 0), (date(2026, 9, 1), 0), (OCTOBER, 17)):
        days = [
            first + timedelta(days=number)
            for number in range(30 if first.month == 9 else 31)
        ]
        count_days(first, days[2], seed=first.year)
        Day.objects.bulk_create(
            [Day(day=day) for day in days[3:] if day.day != missing], ignore_conflicts=True
        )
    Day.objects.update(closed_at=timezone.now())
    ExclusionCount.objects.filter(reason="unwritten").delete()


def switch_on(*, since=OCTOBER, recipients=(CHAIRMAN, OFFICE), **fields):
    return VisitSettings.objects.create(
        pk=1,
        sends_report=True,
        reports_since=since,
        recipients="\n".join(recipients),
        **fields,
    )


def report_page(client, month="2026-10", **query):
    return client.get(reverse("admin:visitors_report", args=[month]), query)


def text(response):
    return response.content.decode()


# --- The report -----------------------------------------------------------------------------


def test_the_report_agrees_with_the_days_and_with_itself(october):
    report = monthly_report.build(OCTOBER)
    days = Day.objects.between(OCTOBER, date(2026, 10, 31))
    views, visits = sum(day.views for day in days), sum(day.visits for day in days)
    headline = {each.label: each.value for each in report.headline}
    assert (headline["Lượt xem"], headline["Lượt truy cập"]) == (views, visits)
    assert sum(point.views or 0 for point in report.days) == views
    totals = {
        table.key: [cell.text for cell in table.rows[-1].cells] for table in report.tables
    }
    assert headlines.number(views) in totals["trang"]
    assert headlines.number(visits) in totals["nguon"]
    assert {headlines.number(views), headlines.number(visits)} <= set(totals["thiet-bi"])


def test_the_report_has_everything_that_officials_are_asked_for(october):
    report = monthly_report.build(OCTOBER)
    keys = [table.key for table in report.tables]
    assert keys == [
        *("trang", "tin-bai", "phan", "nguon", "thiet-bi", "gio-thu", "tai-ve"),
        *("tim-khong-thay", "khong-dem"),
    ]
    assert [len(each.changes) for each in report.headline] == [2, 2, 2]
    assert "tháng 09/2026" in report.headline[0].changes[0].sentence
    assert "tháng 10/2025" in report.headline[0].changes[1].sentence


def test_a_day_without_figures_is_named_and_is_not_zero(october):
    report = monthly_report.build(OCTOBER)
    missing = [point.first for point in report.days if point.views is None]
    assert missing == [date(2026, 10, 17)]
    assert any("Không có số liệu: 17/10/2026" in each for each in report.notices)


def test_a_closed_month_without_gaps_has_nothing_to_be_noted(october):
    assert monthly_report.build(date(2026, 9, 1)).notices == []


def test_a_month_that_is_not_over_says_so_and_is_compared_with_as_many_days(october):
    count_days(NOVEMBER, date(2026, 11, 3))
    report = monthly_report.build(NOVEMBER)
    assert report.period.last == date(2026, 11, 23)
    assert report.notices[0].startswith("Tháng chưa kết thúc.")
    assert "10:00:00 ngày 23/11/2026" in report.notices[0]
    assert "từ 01/10 đến 23/10/2026" in report.headline[0].changes[0].sentence


@time_machine.travel(local("2026-10-31 09:00:00"), tick=False)
def test_the_last_day_of_a_month_is_not_taken_for_over(october):
    assert monthly_report.build(OCTOBER).notices[0] == (
        "Tháng chưa kết thúc. Số liệu của ngày cuối tháng chỉ tính đến 09:00:00 ngày "
        "31/10/2026."
    )


def test_days_that_are_not_closed_are_told(october):
    Day.objects.filter(day=date(2026, 10, 31)).update(closed_at=None)
    notices = monthly_report.build(OCTOBER).notices
    assert any("Chưa chốt số liệu ngày 31/10/2026" in each for each in notices)


def test_views_lost_to_a_fault_are_told(october):
    lost = local("2026-10-05 08:00:00")
    count(Hit(at=int(lost.timestamp()), reason="unwritten", requests=12))
    notices = monthly_report.build(OCTOBER).notices
    assert any("ít nhất 12 lượt xem không ghi lại được (ngày 05/10)" in n for n in notices)


def test_a_month_without_any_figures_is_a_report_too(db):
    report = monthly_report.build(date(2026, 8, 1))
    assert {each.value for each in report.headline} == {None}
    assert report.notices == ["Không có số liệu: 01/08/2026–31/08/2026 (31 ngày)."]


@pytest.mark.parametrize(
    ("written", "month"),
    [
        ("2026-10", OCTOBER),
        ("2026-13", None),
        ("1999-10", None),
        ("2026-1", None),
        ("2026-10-01", None),
        ("٢٠٢٦-10", None),
        ("", None),
    ],
)
def test_a_month_is_written_in_one_way(written, month):
    assert monthly_report.month_of(written) == month


# --- The page -------------------------------------------------------------------------------


def test_the_page_looks_like_a_document_of_the_unit(october, sign_in):
    shown = text(report_page(sign_in(STATISTICS_READER)))
    assert "ỦY BAN NHÂN DÂN XÃ ĐÔNG THANH" in shown
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in shown
    assert "Đông Thanh, ngày 23 tháng 11 năm 2026" in shown
    assert "Thống kê truy cập tháng 10/2026" in shown
    assert "THỦ TRƯỞNG ĐƠN VỊ" in shown


def test_the_signatures_can_be_left_out(october, sign_in):
    client = sign_in(STATISTICS_READER)
    assert "THỦ TRƯỞNG ĐƠN VỊ" not in text(report_page(client, **{"chu-ky": "khong"}))
    assert "THỦ TRƯỞNG ĐƠN VỊ" in text(report_page(client, **{"chu-ky": "\x01"}))


def test_the_page_shows_the_five_figures_of_its_stamp_and_the_balance(october, sign_in):
    OpeningBalance.objects.create(
        pk=1, figure=293_386, dated=date(2024, 12, 31), note="Bộ đếm của trang cũ."
    )
    shown = text(report_page(sign_in(STATISTICS_READER)))
    current = figures.sidebar()
    assert f">{headlines.number(current.total)}</td>" in shown
    assert "tính đến 10:00:00 ngày 23/11/2026" in shown
    assert "gồm 293.386 lượt mang sang tính đến ngày 31/12/2024" in shown
    assert "Bộ đếm của trang cũ." in shown


def test_the_list_of_months_leads_to_each_report(october, sign_in):
    client = sign_in(STATISTICS_READER)
    shown = text(client.get(reverse("admin:visitors_reports")))
    months = ["2026-10", "2026-09", "2025-10"]
    places = [shown.index(reverse("admin:visitors_report", args=[each])) for each in months]
    assert places == sorted(places)
    assert "2026-08" not in shown


@pytest.mark.parametrize("month", ["2026-12", "2026-13", "x", "0000-01", "2026-10%00"])
def test_a_month_that_is_none_or_has_not_begun_has_no_report(db, sign_in, month):
    path = f"/quan-tri/visitors/day/bao-cao/{month}/"
    assert sign_in(STATISTICS_READER).get(path).status_code in (400, 404)


def test_the_page_is_for_readers_of_statistics_and_only_reads(october, sign_in):
    assert report_page(sign_in(EDITOR)).status_code == 403
    client = sign_in(STATISTICS_READER)
    address = reverse("admin:visitors_report", args=["2026-10"])
    assert client.post(address).status_code == 405


def test_the_page_takes_a_fixed_number_of_queries(
    october, sign_in, django_assert_max_num_queries
):
    client = sign_in(ADMINISTRATOR)
    report_page(client)
    # Session, user and rights 4; the moment 3; three periods 9; days, notices, balance and
    # unit 8; ten tables with their totals, names and what they lack 27.
    with django_assert_max_num_queries(51):
        report_page(client)


# --- The mail -------------------------------------------------------------------------------


def composed(month=OCTOBER):
    return report_mail.compose(monthly_report.build(month), CHAIRMAN)


def test_the_mail_says_the_same_figures_in_text_and_html(october):
    report = monthly_report.build(OCTOBER)
    message = composed()
    ((html, kind),) = [(part.content, part.mimetype) for part in message.alternatives]
    assert kind == "text/html"
    assert message.subject == "Báo cáo thống kê truy cập tháng 10/2026 – Xã Đông Thanh"
    for each in report.headline:
        assert headlines.number(each.value) in message.body
        assert headlines.number(each.value) in html
        assert all(change.sentence in message.body for change in each.changes)
        assert all(change.sentence in html for change in each.changes)
    for table in report.tables:
        assert table.title.upper() in message.body
        assert table.title in html


def test_nothing_in_the_mail_is_fetched_from_elsewhere(october):
    html = composed().alternatives[0].content
    for lure in ("<img", "<link", "<script", "style=", "src=", "url("):
        assert lure not in html


def test_a_title_cannot_write_html_into_the_mail(db):
    page = ("/x/", "article", "7", "<b>Lũ & lụt</b>")
    count(view("2026-10-05 08:00:00", page=page))
    message = composed()
    assert "<b>Lũ & lụt</b>" in message.body
    assert "&lt;b&gt;Lũ &amp; lụt&lt;/b&gt;" in message.alternatives[0].content


def test_the_days_are_attached_as_a_workbook(october):
    ((name, content, kind),) = composed().attachments
    assert name == "truy-cap-theo-ngay-2026-10.xlsx"
    assert kind.endswith("spreadsheetml.sheet")
    workbook = CalamineWorkbook.from_filelike(BytesIO(content))
    cells = [
        cell
        for n in workbook.sheet_names
        for row in workbook.get_sheet_by_name(n).to_python()
        for cell in row
    ]
    visits = sum(day.visits for day in Day.objects.between(OCTOBER, date(2026, 10, 31)))
    assert float(visits) in cells


# --- The schedule ---------------------------------------------------------------------------


def sent_to():
    return [message.to[0] for message in mail.outbox]


def test_the_report_goes_out_once_from_its_day_on(october):
    switch_on(report_day=3)
    report_schedule.send_due(now=local("2026-11-02 23:59:00"))
    assert mail.outbox == []
    report_schedule.send_due(now=local("2026-11-03 00:01:00"))
    report_schedule.send_due(now=local("2026-11-04 00:01:00"))
    assert sent_to() == [CHAIRMAN, OFFICE]
    assert SentReport.objects.get().month == OCTOBER


def test_a_server_that_was_off_catches_up(october):
    switch_on(since=date(2026, 9, 1), report_day=3, recipients=[CHAIRMAN])
    report_schedule.send_due(now=local("2026-11-20 08:00:00"))
    assert [message.subject[:44] for message in mail.outbox] == [
        "Báo cáo thống kê truy cập tháng 09/2026 – Xã",
        "Báo cáo thống kê truy cập tháng 10/2026 – Xã",
    ]


def test_no_month_before_the_switch_is_sent(october):
    switch_on(since=NOVEMBER)
    report_schedule.send_due(now=NOW)
    assert mail.outbox == []
    assert not SentReport.objects.exists()


def test_nothing_is_sent_while_the_switch_is_off(october):
    VisitSettings.objects.create(pk=1, recipients=CHAIRMAN)
    report_schedule.send_due(now=NOW)
    assert mail.outbox == []


def test_the_next_report_is_announced_in_a_sentence(db):
    settings = switch_on(since=NOVEMBER, report_day=5)
    today = timezone.localdate()
    assert report_schedule.announcement(settings, today=today) == (
        "Báo cáo tháng 11 sẽ được gửi ngày 05/12/2026 tới 2 địa chỉ."
    )
    late = date(2026, 12, 9)
    assert "trong vòng 24 giờ" in report_schedule.announcement(settings, today=late)
    SentReport.objects.create(month=NOVEMBER, sent_at=NOW)
    assert "tháng 12 sẽ được gửi ngày 05/01/2027" in report_schedule.announcement(
        settings, today=late
    )


QUEUE = {"default": {"BACKEND": "portal.jobs.DatabaseJobs"}}


@pytest.mark.django_db(transaction=True)
def test_one_address_that_fails_stops_and_repeats_no_other(settings, monkeypatch):
    settings.TASKS = QUEUE
    Day.objects.create(day=OCTOBER, views=1)
    switch_on()
    real = report_mail.EmailMultiAlternatives.send

    def failing(message):
        if message.to == [CHAIRMAN]:
            raise smtplib.SMTPRecipientsRefused({})
        return real(message)

    with monkeypatch.context() as patch:
        patch.setattr(report_mail.EmailMultiAlternatives, "send", failing)
        report_schedule.send_due(now=timezone.now())
        jobs.work(until_idle=True)
    assert sent_to() == [OFFICE]
    waiting = DBTaskResult.objects.filter(status=TaskResultStatus.READY)
    assert waiting.count() == 1
    waiting.update(run_after=timezone.now())
    jobs.work(until_idle=True)
    assert sent_to() == [OFFICE, CHAIRMAN]


@pytest.mark.django_db(transaction=True)
def test_a_crash_between_mark_and_mails_leaves_neither(settings, monkeypatch):
    settings.TASKS = QUEUE
    switch_on()
    with monkeypatch.context() as patch:
        patch.setattr(report_schedule, "enqueue", _die_at_the_second())
        with pytest.raises(KeyboardInterrupt):
            report_schedule.send_due(now=timezone.now())
    assert not SentReport.objects.exists()
    assert not DBTaskResult.objects.exists()
    report_schedule.send_due(now=timezone.now())
    assert DBTaskResult.objects.count() == 2


def _die_at_the_second():
    calls = []

    def enqueue(*arguments):
        calls.append(arguments)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return jobs.enqueue(*arguments)

    return enqueue


# --- The command ----------------------------------------------------------------------------


def run(*arguments):
    out, err = StringIO(), StringIO()
    call_command("send_visit_report", *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_a_dry_run_prints_the_mail_of_last_month_and_sends_nothing(october):
    switch_on()
    said, _ = run("--dry-run")
    assert f"Người nhận: {CHAIRMAN}, {OFFICE}" in said
    assert "Tiêu đề: Báo cáo thống kê truy cập tháng 10/2026" in said
    assert "truy-cap-theo-ngay-2026-10.xlsx" in said
    assert "SỐ CHÍNH" in said
    assert mail.outbox == []
    assert not SentReport.objects.exists()


def test_the_command_sends_to_the_recipients_once(october):
    switch_on()
    assert "tới 2 địa chỉ" in run()[0]
    assert "Không gửi lại: báo cáo tháng 10/2026 đã được gửi" in run()[0]
    assert sent_to() == [CHAIRMAN, OFFICE]
    report_schedule.send_due(now=timezone.now())
    assert len(mail.outbox) == 2


def test_a_month_that_is_not_over_is_not_taken_for_sent(october):
    switch_on()
    with pytest.raises(CommandError, match="Tháng 11/2026 chưa kết thúc"):
        run("--month", "2026-11")
    assert mail.outbox == []
    assert not SentReport.objects.exists()
    run("--month", "2026-11", "--to", OFFICE)
    assert sent_to() == [OFFICE]


def test_the_command_sends_to_other_addresses_as_often_as_asked(october):
    run("--month", "2026-09", "--to", "a@xa.example", "b@xa.example")
    run("--month", "2026-09", "--to", "a@xa.example")
    assert sent_to() == ["a@xa.example", "b@xa.example", "a@xa.example"]
    assert "09/2026" in mail.outbox[0].subject
    assert not SentReport.objects.exists()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (smtplib.SMTPRecipientsRefused({}), "máy chủ thư không nhận địa chỉ này"),
        (smtplib.SMTPServerDisconnected("x"), "máy chủ thư từ chối"),
        (ConnectionRefusedError(111, "x"), "không kết nối được máy chủ thư"),
    ],
)
def test_a_mail_that_fails_is_named_and_the_others_go(october, monkeypatch, error, words):
    real = report_mail.EmailMultiAlternatives.send

    def failing(message):
        if message.to == ["a@xa.example"]:
            raise error
        return real(message)

    monkeypatch.setattr(report_mail.EmailMultiAlternatives, "send", failing)
    err = StringIO()
    with pytest.raises(CommandError, match="1 trên 2 thư không gửi được"):
        call_command(
            *("send_visit_report", "--to", "a@xa.example", "b@xa.example"),
            stdout=StringIO(),
            stderr=err,
        )
    assert f"Không gửi được tới a@xa.example: {words}" in err.getvalue()
    assert sent_to() == ["b@xa.example"]


def test_without_anybody_to_send_to_the_command_says_what_to_do(october):
    with pytest.raises(CommandError, match="Chưa có người nhận"):
        run()
    assert not SentReport.objects.exists()


@pytest.mark.parametrize(
    "arguments",
    [["--month", "2026-12"], ["--month", "10/2026"], ["--to", "khong-phai-thu"]],
)
def test_the_command_refuses_what_it_cannot_take(db, arguments):
    with pytest.raises(CommandError):
        run(*arguments)
