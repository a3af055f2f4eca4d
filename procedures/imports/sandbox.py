"""Reads an import file in a child process that may use little memory and little time.

A workbook of some kilobytes can ask for gigabytes; a child that dies of it costs a sentence.
The child has no database and no secret in its environment, the file reaches it as memory
that has no name, and what it writes to its standard error, which might quote a cell, is lost.
"""

import json
import logging
import os
import selectors
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date
from typing import BinaryIO

from django.conf import settings

from procedures.imports.caps import Unreadable
from procedures.imports.staged import CATALOGUE, FileFormat, Known, Staged
from procedures.imports.unreadable import TOO_LARGE

__all__ = ["read", "read_catalogue"]

WALL_SECONDS = 90
_MAX_ANSWER = 64 * 2**20  # bytes
_CHUNK = 2**16  # bytes
_TOO_LONG = (
    "Đọc tệp mất quá nhiều thời gian nên cổng đã dừng. Hãy chỉ giữ lại trang tính có bảng, xóa các "
    "dòng, cột và định dạng thừa, lưu thành .xlsx rồi tải lên lại."
)
_FAILED = (
    "Cổng không đọc được tệp này. Hãy mở tệp bằng Excel, chép riêng bảng sang một sổ mới, lưu thành "
    ".xlsx rồi tải lên lại."
)

_log = logging.getLogger(__name__)


def read(
    file: BinaryIO,
    *,
    file_format: FileFormat,
    kind: str,
    known: Known,
    period: tuple[date, date],
    mapping: Mapping[str, str] | None = None,
    on_progress: Callable[[str, int, int], None] | None = None,
) -> Staged:
    """Return the allowed columns of `file`. Raises `Unreadable`.

    `mapping` (key → column letter) is used instead of the one found where it fits the file.
    `on_progress(step, done, total)` is called about once a second with the step in words; a
    `total` of 0 means nobody knows.
    """
    wanted = {
        "file_format": file_format,
        "kind": kind,
        "known": {name: sorted(each) for name, each in asdict(known).items()},
        "period": [day.isoformat() for day in period],
    }
    staged = Staged.from_bytes(_in_child(file, wanted, on_progress))
    if mapping:
        try:
            return staged.remapped(mapping)
        except ValueError:
            pass  # remembered from a file that only looked the same
    return staged


def read_catalogue(file: BinaryIO, *, file_format: FileFormat) -> dict:
    """Return the rows of a catalogue as `catalogue_rows.read_rows` does. Raises `Unreadable`."""
    wanted = {"file_format": file_format, "kind": CATALOGUE}
    return json.loads(_in_child(file, wanted))


def _in_child(file, wanted, on_progress=None):
    """Return what a child makes of `file`, as bytes."""
    deadline = time.monotonic() + WALL_SECONDS
    memory = os.memfd_create("import")
    try:
        with open(memory, "wb", closefd=False) as copy:
            file.seek(0)
            shutil.copyfileobj(file, copy)
        wanted = wanted | {"path": f"/dev/fd/{memory}"}
        with _child(memory) as child:
            try:
                return _answer(child, wanted, deadline, on_progress)
            finally:
                child.kill()
    finally:
        os.close(memory)


def _child(memory):
    # No password and no address of a database goes along.
    environment = {"LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
    if path := os.environ.get("PYTHONPATH"):
        environment["PYTHONPATH"] = path
    return subprocess.Popen(
        [sys.executable, "-m", "procedures.imports.reader"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        pass_fds=(memory,),
        cwd=settings.BASE_DIR,
        env=environment,
        start_new_session=True,
    )


def _answer(child, wanted, deadline, on_progress):
    """Return what the child hands on; hear its progress until then."""
    try:
        child.stdin.write(json.dumps(wanted).encode())
        child.stdin.close()
    except BrokenPipeError:
        pass  # it died already; the end of its output says so
    received = bytearray()
    lines = _received(child, deadline, received)
    for _ in lines:
        while (end := received.find(b"\n")) >= 0:
            message = json.loads(received[:end])
            del received[: end + 1]
            if "progress" in message:
                if on_progress:
                    on_progress(*message["progress"])
            elif "staged" in message:
                for _ in lines:
                    pass
                if len(received) != message["staged"]:
                    raise _dead(child)
                return bytes(received)
            elif "refused" in message:
                raise Unreadable(message["refused"])
            else:
                _log.error("Reading an import failed: %s", message["failed"])
                raise Unreadable(_FAILED)
    raise _dead(child)


def _received(child, deadline, received):
    """Append to `received` what the child writes, and yield after each piece until its end."""
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        while True:
            if not selector.select(max(deadline - time.monotonic(), 0)):
                raise Unreadable(_TOO_LONG)
            piece = os.read(child.stdout.fileno(), _CHUNK)
            if not piece:
                return
            received += piece
            if len(received) > _MAX_ANSWER:
                raise Unreadable(TOO_LARGE)
            yield


def _dead(child):
    """Return why the child ended without an answer."""
    status = child.wait()
    _log.warning("The reader of an import ended with status %s", status)
    if status == -signal.SIGXCPU:
        return Unreadable(_TOO_LONG)
    # Rust aborts, and the kernel kills, when memory runs out.
    if status in (-signal.SIGABRT, -signal.SIGKILL):
        return Unreadable(TOO_LARGE)
    return Unreadable(_FAILED)
