import io
import json
import os
import subprocess
import sys
import time
import zlib
from contextlib import suppress
from datetime import date

import pytest
from django.conf import settings

from procedures.imports import caps, reader, sandbox
from procedures.imports.caps import Unreadable
from procedures.imports.staged import DOSSIERS, RESULTS, FileFormat, Staged
from tests.procedures.imports import staging, workbooks
from tests.procedures.imports.tables import (
    HEADINGS,
    KNOWN,
    PERIOD,
    code,
    dossier,
    text,
    xlsx,
)

ROWS = [HEADINGS, dossier(1), dossier(2, F="x")]


def read(content, **options):
    file = io.BytesIO(content)
    file_format = caps.check(file, "tep", len(content))
    options = {"kind": DOSSIERS, "known": KNOWN, "period": PERIOD} | options
    return sandbox.read(file, file_format=file_format, **options)


@pytest.fixture
def child(monkeypatch):
    """Let some other program stand in for the child."""

    def use(program):
        real = subprocess.Popen
        monkeypatch.setattr(
            subprocess,
            "Popen",
            lambda _, **options: real([sys.executable, "-c", program], **options),
        )

    return use


def test_the_child_hands_on_what_it_read():
    staged = read(xlsx(ROWS))

    assert staged.columns["code"] == [code(1), code(2)]
    assert staged.columns["received_on"][1] is None
    assert [(each.code, each.row) for each in staged.problems] == [("date-unclear", 3)]
    assert [h.kinds for h in staged.headings if h.key == "due_on"] == [("ngay",)]


@pytest.mark.parametrize("kind", [DOSSIERS, RESULTS])
def test_what_is_kept_until_confirmed_comes_back_the_same(kind):
    content = {
        DOSSIERS: workbooks.dossier_list(
            list(workbooks.many_dossiers(30, [("Đăng ký khai sinh", "Hộ tịch")]))
        ),
        RESULTS: workbooks.form([{"field_name": "Hộ tịch", "carried_over": 3}]),
    }[kind]
    staged = read(content, kind=kind)

    assert Staged.from_bytes(staged.to_bytes()) == staged


def test_nothing_of_the_private_columns_leaves_the_child(tmp_path):
    rows = list(workbooks.many_dossiers(300, [("Đăng ký khai sinh", "Hộ tịch")]))
    rows[5]["received_on"] = "Lò Thị Bí Mật"
    rows[6]["code"] = "038199000777"
    rows[7]["channel"] = "ông Lò Văn Kín nộp hộ"
    path = tmp_path / "tep"
    path.write_bytes(workbooks.dossier_list(rows))

    said = subprocess.run(
        [sys.executable, "-m", "procedures.imports.reader"],
        input=json.dumps(
            {
                "path": str(path),
                "file_format": FileFormat.XLSX,
                "kind": DOSSIERS,
                "known": {"procedure_codes": [], "procedure_names": [], "field_names": []},
                "period": [day.isoformat() for day in PERIOD],
            }
        ).encode(),
        capture_output=True,
        cwd=settings.BASE_DIR,
        check=True,
        env={},
    )

    *lines, packed = said.stdout.split(b"\n", said.stdout.count(b'{"progress"') + 1)
    output = b"\n".join(lines) + zlib.decompress(packed) + said.stderr
    assert code(1)[:8].encode() not in output  # the codes of this list begin otherwise
    assert rows[0]["code"].encode() in output
    secrets = ["Lò Thị Bí Mật", "038199000777", "Lò Văn Kín", *workbooks.SECRETS.values()]
    for row in rows:
        secrets += [row[key] for key in workbooks.SECRETS]
    text = output.decode()
    assert [secret for secret in secrets if secret in text] == []
    # Nor in the form in which JSON escapes letters.
    assert [secret for secret in secrets if json.dumps(secret)[1:-1] in text] == []


def test_a_mapping_from_before_is_used_where_it_fits():
    swapped = {"code": "B", "procedure_name": "C", "received_on": "F"}
    swapped |= {"due_on": "H", "finished_on": "G"}

    assert read(xlsx(ROWS), mapping=swapped).mapping == swapped
    assert read(xlsx(ROWS), mapping=swapped | {"channel": "D"}).mapping["due_on"] == "G"


def test_progress_is_told_in_words():
    told = []

    read(xlsx(ROWS), on_progress=lambda *step: told.append(step))

    assert told == [("Đang mở tệp", 0, 0), ("Đang đọc các dòng", 0, 2)]


def test_the_reason_of_the_child_reaches_the_clerk():
    with pytest.raises(Unreadable, match="Không tìm thấy dòng tiêu đề"):
        read(xlsx([["a", "b"]]))


def test_the_child_gets_no_secret_and_no_django(child):
    child(
        "import os, sys, json; sys.stdin.read();"
        "import procedures.imports.reader;"
        "found = [n for n in ('DATABASE_URL', 'SECRET_KEY') if n in os.environ];"
        "found += [n for n in sys.modules if n.split('.')[0] in ('django', 'psycopg2')];"
        "print(json.dumps({'refused': f'found {found}'}))"
    )

    with pytest.raises(Unreadable, match=r"^found \[\]$"):
        read(xlsx(ROWS))


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("import os; os.abort()", "quá lớn"),
        ("import os; os.kill(os.getpid(), 9)", "quá lớn"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGXCPU)", "quá nhiều thời gian"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "không đọc được"),
        ("raise SystemExit(3)", "không đọc được"),
        ("", "không đọc được"),
        ("""print('{"staged": 99}'); print('short')""", "không đọc được"),
        ("""print('{"failed": "TypeError in layout.py:1"}')""", "không đọc được"),
        ("import sys; sys.stdout.write('x' * 70_000_000)", "quá lớn"),
    ],
)
def test_a_child_that_dies_gives_a_sentence(child, program, words):
    child(f"import resource; resource.setrlimit(resource.RLIMIT_CORE, (0, 0)); {program}")

    with pytest.raises(Unreadable, match=words):
        read(xlsx(ROWS))


def test_a_child_that_hangs_is_stopped(child, monkeypatch):
    monkeypatch.setattr(sandbox, "WALL_SECONDS", 0.5)
    child("import time; time.sleep(60)")

    with pytest.raises(Unreadable, match="quá nhiều thời gian"):
        read(xlsx(ROWS))


def test_no_process_and_no_file_stays_behind(monkeypatch):
    children = []

    class Recorded(subprocess.Popen):
        def __init__(self, *args, **options):
            super().__init__(*args, **options)
            children.append(self)

    monkeypatch.setattr(sandbox.subprocess, "Popen", Recorded)
    before = set(os.listdir("/proc/self/fd"))

    for content in (xlsx(ROWS), xlsx([["a"]])):
        with suppress(Unreadable):
            read(content)

    assert set(os.listdir("/proc/self/fd")) == before
    # Without a return code a child still runs, or nobody has asked how it ended.
    assert [child.returncode is not None for child in children] == [True, True]


def test_a_bug_in_the_reader_says_where_and_not_what(child, caplog):
    child(
        "from procedures.imports import reader\n"
        "def broken(*a, **k): raise TypeError('Lò Thị Kín')\n"
        "reader.read = broken\n"
        "reader.main()"
    )

    with pytest.raises(Unreadable, match="không đọc được"):
        read(xlsx(ROWS))
    assert "TypeError in" in caplog.text
    assert "Kín" not in caplog.text


def test_memory_is_limited_in_the_child(child):
    child(
        "from procedures.imports import reader\n"
        "def greedy(*a, **k): return bytearray(reader.MAX_MEMORY)\n"
        "reader.read = greedy\n"
        "reader.main()"
    )

    with pytest.raises(Unreadable, match="quá lớn"):
        read(xlsx(ROWS))


@pytest.mark.parametrize("width", [1_000, 300])
def test_a_wide_sheet_is_read(width):
    rows = [[*row, *["x"] * width] for row in ROWS]

    assert read(xlsx(rows)).columns["code"] == [code(1), code(2)]


def test_more_rows_than_allowed_are_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(reader, "MAX_ROWS", 100)
    path = tmp_path / "tep"
    path.write_bytes(text([HEADINGS, *map(dossier, range(1, 102))]).encode())

    with pytest.raises(Exception, match="chia thành nhiều kỳ"):
        reader.read(
            str(path),
            file_format=FileFormat.CSV,
            kind=DOSSIERS,
            known=KNOWN,
            period=PERIOD,
            on_progress=lambda *step: None,
        )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (
            ";".join(HEADINGS).encode() + b"\n" + b"1;x;y;z;1;2;3;4\n" * 6_000,
            "Hơn 5.000 dòng",
        ),
        (b"<html>" + b"<table><tr><td>" * 300_000, "quá lớn"),
        (b"<html><table>" + b"<tr><td>1" * 1_500_000, "quá lớn"),
        (b"<table>" + b"<tr><td colspan=999 rowspan=999>x</tr>" * 50_000, "quá lớn"),
        (b"<table><tr><td>" + b"<b>" * 500_000, "."),
        (b";" * 2_000_000, "quá lớn"),
        (b'"' * 2_000_000, "bị hỏng"),
        (b"\n" * 2_000_000, "Không tìm thấy dòng tiêu đề"),
    ],
    ids=[
        "no codes",
        "tables in tables",
        "cells",
        "spans",
        "deep",
        "wide",
        "quotes",
        "lines",
    ],
)
def test_what_would_take_long_is_refused_soon(content, words):
    started = time.monotonic()

    with pytest.raises(Unreadable, match=words):
        read(content)
    assert time.monotonic() - started < 20


@pytest.mark.parametrize("different", [3, 2**16 + 1])
def test_what_waits_for_a_yes_is_unpacked_as_it_was_packed(different):
    names = [f"Thủ tục {number}" for number in range(different)]
    days = [None, date(2024, 1, 5)] * (different // 2 + 1)
    rows = [
        {"code": f"H56.17.22-240105-{n:06}", "procedure_name": name, "received_on": day}
        for n, (name, day) in enumerate(zip([*names, names[-1]], days, strict=False))
    ]
    read = staging.staged(rows)
    assert Staged.from_bytes(read.to_bytes()).columns == read.columns
