"""Nothing private reaches a reader, the database or a file: seeded secrets, looked for everywhere.

What may never be stored comes in through real imports and is looked for in every table and
file. What is stored but not public is looked for in whatever this site answers: each address
of the table of public pages, every address that a page, feed, sitemap or the open data name,
downloads unpacked, error pages, headers.
"""

import html
import io
import json
import re
import zipfile
from collections import deque
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
import time_machine
from django.db import connection

from articles.models import Stage as ArticleStage
from articles.models import Status, WithdrawalKind
from portal.models import RateLimit
from portal.roles import APPROVER, PROCEDURES_CLERK
from portal.text import fold
from procedures import workflow
from procedures.imports import storing
from procedures.models import (
    Dossier,
    Field,
    ImportKind,
    Period,
    PeriodEdition,
    PeriodStatus,
    Procedure,
    ProcedureSettings,
)
from procedures.periods import Rule
from tests import factory
from tests.portal.test_public_pages import addresses  # noqa: F401  (a fixture)
from tests.procedures.imports.workbooks import SECRETS, dossier_list, form

pytestmark = pytest.mark.django_db

TODAY = datetime(2024, 4, 1, 3, 0, tzinfo=UTC)
MOST_PAGES = 3_000  # a crawl that finds more has fallen into a pit

# --- The secrets --------------------------------------------------------------------

# Of the people in the files: no column exists for any of it.
NEVER_STORED = {
    "name": SECRETS["applicant"],
    "identity number": SECRETS["identity"],
    "telephone": "0912345678",
    "address": "Thôn Phúc Triền 1, 0912345678",
    "remark": SECRETS["remarks"],
    "second name": "Quách Thị Ẩn Danh",
    "birthday": "03/04/1957",
    "mail": "an.danh.1957@thu-rieng.example",
    "name of the file": "Lò Văn Tệp Tin",
    "name of the sheet": "Bàn Thị Trang Tính",
    "dossier of a lĩnh vực with totals only": "000.17.22.H56-240205-7777",
}
# Stored for staff, or published at another time.
NOT_PUBLIC = {
    "promised day": "29/11/2031",
    "promised day, ISO": "2031-11-29",
    "figure of a draft": "801811",
    "figure of a returned period": "802822",
    "figure of a removed period": "803833",
    "figure of a correction in hand": "804844",
    "note of a draft": "Ghi chú kín của bản nháp",
    "note of a removed period": "Ghi chú kín của kỳ đã gỡ",
    "note of a correction in hand": "Ghi chú kín của bản đính chính",
    "remark of the approver": "Ý kiến trả lại kín",
    "reason for approving one's own": "Lý do tự duyệt kín",
    "paper of an unreviewed procedure": "Giấy tờ chưa rà soát",
    "step of an unreviewed procedure": "Bước chưa rà soát",
    "fee of an unreviewed procedure": "805855",
    "note on it": "Ghi chú phí chưa rà soát",
    "caveat": "Điều lưu ý của nguồn",
    "source": "Nguồn nội bộ của danh mục",
    "wish of a request": "Mong muốn kín trong sổ yêu cầu",
    "paper number of a request": "Văn bản kín 806866",
    "draft article": "Bài nháp chưa ai được đọc",
    "scheduled article": "Bài hẹn đăng năm sau",
    "withdrawn article": "Bài đăng nhầm đã gỡ",
    "new text of a live article": "Bản sửa chưa duyệt",
    "draft page": "Trang giới thiệu chưa duyệt",
    "mail of staff": "can-bo-kin@xa.example",
    "account of staff": "tai-khoan-kin",
}
SECRET = NEVER_STORED | NOT_PUBLIC


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def clerk():
    return factory.make_user(
        roles=[PROCEDURES_CLERK],
        username=SECRET["account of staff"],
        email=SECRET["mail of staff"],
    )


@pytest.fixture
def seeded(clerk):
    """A site in full use, with every secret somewhere behind it."""
    factory.make_identity()
    ProcedureSettings.objects.update_or_create(pk=1, defaults={"lookup_enabled": True})
    approver = factory.make_user(roles=[APPROVER])
    public = Field.objects.create(name="Chứng thực", slug="chung-thuc", order=1)
    totals = Field.objects.create(name="Hộ tịch", slug="ho-tich", order=2, totals_only=True)
    factory.make_procedure(
        code="2.000815",
        name="Chứng thực bản sao từ bản chính",
        field=public,
        caveat=SECRET["caveat"],
        source=SECRET["source"],
    )
    factory.make_procedure(code="1.001193", name="Đăng ký khai sinh", field=totals)
    _import_dossiers(clerk)
    earlier = _import_form(clerk)
    _publish(earlier, approver)
    _correct(earlier, note="Sửa một số.")
    _publish(earlier, approver)
    _publish(Period.objects.get(code="2024-T02"), approver)
    _correct_unseen(Period.objects.get(code="2024-T02"))
    _hidden_periods(public)
    _unreviewed_procedure(public)
    _articles()
    factory.make_data_request(
        wish=SECRET["wish of a request"],
        paper_number=SECRET["paper number of a request"],
    )


def _import_dossiers(clerk):
    day = {"received_on": date(2024, 2, 5), "due_on": date(2031, 11, 29)}
    done = {"finished_on": date(2024, 2, 7), "status": "Đã trả kết quả"}
    row = day | done | {"channel": "Trực tiếp"}
    copy = {"procedure_name": "Chứng thực bản sao từ bản chính"}
    birth = {
        "procedure_name": "Đăng ký khai sinh",
        "code": SECRET["dossier of a lĩnh vực with totals only"],
        "applicant": SECRET["second name"],
        "remarks": f"Sinh ngày {SECRET['birthday']}, thư {SECRET['mail']}",
    }
    rows = [row | copy | {"code": f"000.17.22.H56-240205-{n:04}"} for n in range(1, 13)]
    file = dossier_list(
        [*rows, row | birth], sheet=SECRET["name of the sheet"], totals=False
    )
    name = f"{SECRET['name of the file']} {SECRET['telephone']}.xlsx"
    _import(clerk, "2024-T02", ImportKind.DOSSIERS, file, name)


def _import_form(clerk):
    figures = {"received": 12, "received_direct": 12, "resolved": 12, "resolved_early": 12}
    row = {"field_name": "Chứng thực", "number": 1} | figures
    file = form([row], sheet=SECRET["name of the sheet"])
    return _import(clerk, "2023-T11", ImportKind.RESULTS, file, "bieu.xlsx")


def _import(clerk, code, kind, file, name):
    period = factory.make_period(code=code, rule=Rule.CALENDAR, status=PeriodStatus.DRAFT)
    run = storing.begin(
        period=period, kind=kind, file=io.BytesIO(file), name=name, actor=clerk
    )
    # What waits for a yes is compressed, so no search of the table would see into it.
    assert _found(str(storing.staged_of(run)), NEVER_STORED_OF_DRAFTS) == []
    storing.confirm(run=run, actor=clerk)
    period.refresh_from_db()
    return period


# Until it is confirmed, a draft knows the code that will count and not be stored.
NEVER_STORED_OF_DRAFTS = {
    key: value for key, value in NEVER_STORED.items() if "totals" not in key
}


def _publish(period, approver):
    workflow.submit(period=period, actor=None)
    workflow.approve(
        period=period,
        actor=approver,
        number=period.head.number,
        revision=period.head.revision,
    )


def _correct(period, *, note):
    """Begin a correction of the same figures."""
    workflow.save_sheet(
        period=period,
        actor=None,
        rows=workflow.rows_of(period.approved),
        details=workflow.Details(correction_note=note),
    )
    period.refresh_from_db()


def _correct_unseen(period):
    """Begin a correction that nobody has approved."""
    head = PeriodEdition.objects.create(
        period=period,
        number=period.approved.number + 1,
        note=SECRET["note of a correction in hand"],
    )
    Period.objects.filter(pk=period.pk).update(head=head, stage="dang-nhap")
    _one_row(head, period.approved.sheets.first().field, "figure of a correction in hand")


def _hidden_periods(field):
    draft = factory.make_period(
        code="2024-T04", status=PeriodStatus.DRAFT, note=SECRET["note of a draft"]
    )
    _one_row(draft.head, field, "figure of a draft")
    returned = factory.make_period(code="2024-T03", status=PeriodStatus.DRAFT)
    _one_row(returned.head, field, "figure of a returned period")
    Period.objects.filter(pk=returned.pk).update(
        stage="tra-lai", remark=SECRET["remark of the approver"]
    )
    removed = factory.make_period(
        code="2023-T10",
        status=PeriodStatus.REMOVED,
        note=SECRET["note of a removed period"],
    )
    PeriodEdition.objects.filter(pk=removed.head_id).update(
        override_reason=SECRET["reason for approving one's own"]
    )
    _one_row(removed.head, field, "figure of a removed period")


def _one_row(edition, field, secret):
    number = int(SECRET[secret])
    factory.make_sheet(
        edition=edition, field=field, received_direct=number, pending_in_time=number
    )


def _unreviewed_procedure(field):
    procedure = factory.make_procedure(
        code="1.009999",
        name="Thủ tục chưa rà soát",
        field=field,
        reviewed_at=None,
        caveat=SECRET["caveat"],
        source=SECRET["source"],
    )
    procedure.papers.create(name=SECRET["paper of an unreviewed procedure"])
    procedure.steps.create(text=SECRET["step of an unreviewed procedure"])
    procedure.channels.create(
        channel=1,
        fee=int(SECRET["fee of an unreviewed procedure"]),
        fee_note=SECRET["note on it"],
    )


def _articles():
    live = factory.make_article()
    factory.make_edition(live, title=SECRET["new text of a live article"])
    factory.make_article(status=Status.DRAFT, title=SECRET["draft article"])
    factory.make_article(
        title=SECRET["scheduled article"], published_at=TODAY + timedelta(days=365)
    )
    factory.make_article(
        status=Status.WITHDRAWN,
        withdrawal_kind=WithdrawalKind.MISTAKE,
        title=SECRET["withdrawn article"],
    )
    factory.make_page(title="Giới thiệu", slug="gioi-thieu")
    factory.make_page(
        status=Status.DRAFT, stage=ArticleStage.DRAFT, title=SECRET["draft page"]
    )


# --- Looking ------------------------------------------------------------------------


def _found(text, secrets):
    """Return the names of those of `secrets` that `text` holds, in whatever writing."""
    plain = fold(unquote(html.unescape(re.sub(r"\\u([0-9a-fA-F]{4})", _letter, text))))
    joined = re.sub(r"(?<=\d)[ .\-](?=\d)", "", plain)
    return [
        name
        for name, secret in secrets.items()
        if (folded := fold(secret)) in plain
        or (re.sub(r"\D", "", secret) == secret and folded in joined)
    ]


def _letter(escape):
    return chr(int(escape[1], 16))


def _texts(response):
    """Yield the texts of an answer: its headers, its body, the parts of a workbook."""
    yield "\n".join(f"{name}: {value}" for name, value in response.items())
    body = response.getvalue()
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            for name in archive.namelist():
                yield archive.read(name).decode("utf-8", "replace")
    else:
        yield body.decode("utf-8", "replace")


_LINKS = re.compile(
    r"""(?:href|src|action)=["']([^"']+)|<(?:loc|link|guid)[^>]*>([^<]+)<"""
)


def _links(address, text):
    """Yield the paths on this site that `text` names; of JSON every value that is one."""
    found = [one or other for one, other in _LINKS.findall(text)]
    found += re.findall(r'"((?:https?://testserver)?/[^"\s]*)"', text)
    for link in found:
        target = urlsplit(urljoin(f"http://testserver{address}", html.unescape(link)))
        is_ours = target.netloc == "testserver" and target.scheme in ("http", "https")
        if is_ours and not target.path.startswith(("/static/", "/quan-tri/")):
            yield target.path + (f"?{target.query}" if target.query else "")


def _crawl(client, starts):
    """Ask for `starts` and all they lead to; return {address: names of secrets found}."""
    queue, seen, leaks = deque(starts), set(starts), {}
    while queue:
        address = queue.popleft()
        RateLimit.objects.all().delete()
        response = client.get(address)
        assert response.status_code < 500, address
        for text in _texts(response):
            if names := _found(text, SECRET):
                leaks.setdefault(address, []).extend(names)
            for link in _links(address, text):
                if link not in seen:
                    assert len(seen) < MOST_PAGES, link
                    seen.add(link)
                    queue.append(link)
    return leaks, seen


def _error_pages(client):
    """Yield answers that refuse: 400, 403, 404, 405, 410, 429."""
    yield client.get("/%00")
    yield client.get("/khong-co/")
    yield client.get("/api/khong-co.json")
    yield client.get("/ket-qua-tthc/2023-T10/")
    yield client.get("/ket-qua-tthc/2024-T04/")
    yield client.get("/api/ky-ket-qua/2023-T10.json")
    yield client.get("/api/ky-ket-qua.json?nam=x")
    yield client.put("/")
    yield client.post("/tra-cuu-ho-so/")
    for _ in range(12):
        yield client.get("/api/thu-tuc.csv")


def _tables():
    with connection.cursor() as cursor:
        return connection.introspection.table_names(cursor)


def _rows(table):
    with connection.cursor() as cursor:
        quoted = connection.ops.quote_name(table)
        # The name comes from the catalogue of the database itself.
        cursor.execute(f"/* tests.leaks */ SELECT each::text FROM {quoted} AS each")  # noqa: S608
        return [row for (row,) in cursor.fetchall()]


def _in_database():
    return {
        table: names
        for table in _tables()
        if (names := _found("\n".join(_rows(table)), NEVER_STORED))
    }


def _in_files(folders):
    """Return {file: names} of what was written below `folders`."""
    files = [
        path for folder in folders for path in Path(folder).rglob("*") if path.is_file()
    ]
    return {
        path.name: names
        for path in files
        if (names := _found(_text_of(path.read_bytes()), NEVER_STORED))
    }


def _text_of(data):
    return data.decode("utf-8", "replace") + data.decode("utf-16-le", "replace")


# --- The tests ----------------------------------------------------------------------


def test_no_reader_finds_a_secret_anywhere(seeded, addresses, client, caplog):  # noqa: F811
    items = [f"/api/ky-ket-qua/{each.code}.json" for each in Period.objects.all()]
    items += [f"/api/thu-tuc/{each.code}.json" for each in Procedure.objects.all()]
    leaks, seen = _crawl(client, [*addresses.values(), *items])
    assert leaks == {}
    assert seen >= {
        "/ket-qua-tthc/2023-T11/ban-1/",
        "/ket-qua-tthc/2024-T02/ho-so.xlsx",
        "/thu-tuc/1.009999/",
        "/thu-tuc/1.009999.json",
    }
    statuses = set()
    for response in _error_pages(client):
        statuses.add(response.status_code)
        for text in _texts(response):
            assert _found(text, SECRET) == [], response
    assert statuses >= {400, 403, 404, 405, 410, 429}
    assert _found(caplog.text, SECRET) == []


def test_what_is_private_in_a_file_is_stored_nowhere(
    clerk, tmp_path, settings, monkeypatch, request
):
    media, temporary = tmp_path / "media", tmp_path / "tmp"
    for folder in (media, temporary):
        folder.mkdir()
    settings.MEDIA_ROOT = settings.ATTACHMENT_ROOT = media
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    request.getfixturevalue("seeded")
    assert Dossier.objects.count() == 12
    assert _in_database() == {}
    assert _in_files([media, temporary]) == {}


def test_the_search_of_answers_sees_what_leaks(seeded, addresses, client):  # noqa: F811
    article = factory.make_article(
        title=f"Danh sách: {SECRET['name']}, {SECRET['identity number']}"
    )
    leaks, _ = _crawl(client, list(addresses.values()))
    assert set(leaks[article.get_absolute_url()]) == {"name", "identity number"}
    assert {"/", "/rss.xml", "/api/tin-bai.json", "/api/tin-bai.csv"} <= set(leaks)


def test_the_search_of_the_database_sees_what_was_stored(clerk):
    factory.make_data_request(wish=SECRET["remark"])
    assert _in_database() == {"procedures_datarequest": ["remark"]}


def test_the_search_of_files_sees_what_was_written(tmp_path):
    (tmp_path / "a.csv").write_text(SECRET["name"], encoding="utf-16")
    assert _in_files([tmp_path]) == {"a.csv": ["name"]}


@pytest.mark.parametrize(
    "text",
    [
        SECRET["name"],
        SECRET["name"].upper(),
        html.escape(SECRET["name"]),
        json.dumps(SECRET["name"]),
        "NGUYEN THI BI MAT",
        "nguy%E1%BB%85n%20th%E1%BB%8B%20b%C3%AD%20m%E1%BA%ADt",
    ],
)
def test_a_secret_is_seen_in_every_writing(text):
    assert _found(f"Hồ sơ của {text}.", SECRET) == ["name"]


def test_a_number_is_seen_with_separators():
    assert _found("Gọi 0912.345.678", SECRET) == ["telephone"]
    assert _found("801 811 hồ sơ", SECRET) == ["figure of a draft"]
