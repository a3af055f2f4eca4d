"""Save the database and the uploaded files in a folder, and bring them back.

    <folder>/database.dump    pg_dump's custom format
    <folder>/media/…          the uploaded pictures
    <folder>/attachments/…    the documents for download
    <folder>/manifest.json    when, from which Postgres, and the SHA-256 of each file

Apps name the tables whose rows must not leave the machine in `backup_without_data` of their
AppConfig: visit salts and keys, sessions, addresses. The site's secret key is no part of a
backup. Messages are for the person at the terminal, hence Vietnamese.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.utils import timezone

from portal.postgres import PostgresError, find_programs

__all__ = ["BackupError", "Summary", "backup", "restore"]

_DUMP, _MANIFEST = "database.dump", "manifest.json"
_FORMAT = 2
_READABLE = (1, 2)  # the first had no attachments
_CHUNK = 2**20  # bytes
_LOCK_WAIT = "30s"


class BackupError(Exception):
    """Nothing was saved, or nothing was changed; the message says why."""


@dataclass(frozen=True)
class Summary:
    """What a backup holds: the number of uploaded files, and all bytes."""

    uploads: int
    size: int


def _upload_folders():
    """Return the folders of uploaded files by the name that they have in a backup."""
    return {
        "media": Path(settings.MEDIA_ROOT),
        "attachments": Path(settings.ATTACHMENT_ROOT),
    }


def backup(folder):
    """Save everything in `folder`, which must not exist yet, and return a `Summary`.

    It is written under another name and renamed when it is complete. Raises `BackupError`.
    """
    folder = Path(folder).absolute()
    if folder.exists():
        raise BackupError(f"{folder} đã có rồi. Hãy chọn một thư mục chưa có.")
    if any(folder.is_relative_to(uploads) for uploads in _upload_folders().values()):
        raise BackupError("Không thể sao lưu vào chính thư mục tệp đã tải lên.")
    partial = folder.with_name(f"{folder.name}.dang-ghi")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        partial.mkdir(mode=0o700, parents=True)
        # The dump comes first: a file that comes later is too many, none is missing.
        _dump(partial / _DUMP)
        for name, uploads in _upload_folders().items():
            _copy(uploads, partial / name)
        manifest = _manifest_of(partial)
        (partial / _MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1))
        partial.rename(folder)
    except OSError as error:
        raise BackupError(f"Không ghi được bản sao lưu: {error}") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    sizes = [file["size"] for file in manifest["files"].values()]
    return Summary(uploads=len(sizes) - 1, size=sum(sizes))


def restore(folder, *, overwrite=False):
    """Bring back what `folder` holds and return a `Summary`.

    All hashes are checked before anything is touched. A database or a folder of uploads that
    is not empty is replaced only with `overwrite`. The database comes back in one transaction.
    Raises `BackupError`.
    """
    folder = Path(folder).absolute()
    files = _verified(folder)
    folders = _upload_folders()
    if not overwrite:
        if connection.introspection.table_names():
            raise BackupError(
                "Cơ sở dữ liệu đang có dữ liệu. Thêm --overwrite nếu thật sự muốn thay thế "
                "toàn bộ bằng bản sao lưu."
            )
        for uploads in folders.values():
            if uploads.exists() and any(uploads.iterdir()):
                raise BackupError(
                    f"Thư mục {uploads} đang có tệp. Thêm --overwrite nếu thật sự muốn thay thế."
                )
    # This connection would wait for itself, and what it knows will be gone.
    connection.close()
    try:
        for name, uploads in folders.items():
            shutil.rmtree(_beside(uploads, "moi"), ignore_errors=True)
            shutil.rmtree(_beside(uploads, "cu"), ignore_errors=True)
            _copy(folder / name, _beside(uploads, "moi"))
        _load(folder / _DUMP)
        for uploads in folders.values():
            if uploads.exists():
                uploads.rename(_beside(uploads, "cu"))
            _beside(uploads, "moi").rename(uploads)
    except OSError as error:
        raise BackupError(f"Không phục hồi được: {error}") from error
    finally:
        for uploads in folders.values():
            shutil.rmtree(_beside(uploads, "moi"), ignore_errors=True)
            shutil.rmtree(_beside(uploads, "cu"), ignore_errors=True)
    return Summary(
        uploads=len(files) - 1, size=sum(file["size"] for file in files.values())
    )


def _beside(folder, ending):
    return folder.with_name(f"{folder.name}.{ending}")


# --- The folder -----------------------------------------------------------------------


def _copy(source, target):
    if source.exists():
        shutil.copytree(source, target)
    else:
        target.mkdir(parents=True)


def _manifest_of(folder):
    return {
        "format": _FORMAT,
        "made_at": timezone.localtime().isoformat(timespec="seconds"),
        "postgres": connection.pg_version // 10_000,
        "files": {
            path.relative_to(folder).as_posix(): {
                "sha256": _sha256(path),
                "size": path.stat().st_size,
            }
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        },
    }


def _verified(folder):
    """Return the manifest's files after comparing each with what lies in the folder."""
    try:
        manifest = json.loads((folder / _MANIFEST).read_text())
        files = manifest["files"]
        is_known = manifest["format"] in _READABLE and _DUMP in files
    except FileNotFoundError:
        raise BackupError(
            f"{folder} không phải là bản sao lưu: thiếu {_MANIFEST}."
        ) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackupError(f"Không đọc được {_MANIFEST}: {error}") from error
    if not is_known:
        raise BackupError(
            "Bản sao lưu này do phiên bản phần mềm khác tạo ra nên không đọc được."
        )
    lying = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if not path.is_dir() or path.is_symlink()
    } - {_MANIFEST}
    wrong = sorted(lying.symmetric_difference(files))
    wrong += [
        name for name in sorted(lying.intersection(files)) if _differs(folder, name, files)
    ]
    if wrong:
        named = ", ".join(wrong[:5]) + (" …" if len(wrong) > 5 else "")
        raise BackupError(
            f"Bản sao lưu đã bị thay đổi hoặc hỏng; {len(wrong)} tệp không khớp bảng kê: {named}. "
            "Chưa có gì bị thay đổi trên trang."
        )
    return files


def _differs(folder, name, files):
    path = folder / name
    return path.is_symlink() or _sha256(path) != files[name]["sha256"]


def _sha256(path):
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# --- The database -----------------------------------------------------------------------


def _dump(path):
    excluded = [
        f"--exclude-table-data=public.{table}"
        for app in apps.get_app_configs()
        for table in getattr(app, "backup_without_data", ())
    ]
    command = [_program("pg_dump"), "--format=custom", "--no-owner", "--no-privileges"]
    _run([*command, *excluded, f"--file={path}", *_connection_options()])


def _load(path):
    """Replace the schema by the dump's, in one transaction that only a whole dump commits."""
    read = [_program("pg_restore"), "--no-owner", "--no-privileges", "--file=-", str(path)]
    write = [_program("psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"]
    write += ["--output", os.devnull, *_connection_options()]
    with (
        subprocess.Popen(read, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as reader,
        subprocess.Popen(
            write, stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=_environment()
        ) as writer,
    ):
        try:
            writer.stdin.write(
                f"BEGIN; SET LOCAL lock_timeout = '{_LOCK_WAIT}';"
                "SET LOCAL client_min_messages = warning;"
                "DROP SCHEMA public CASCADE; CREATE SCHEMA public;\n".encode()
            )
            shutil.copyfileobj(reader.stdout, writer.stdin, _CHUNK)
            reader.stdout.close()
            if reader.wait() == 0:
                writer.stdin.write(b"COMMIT;\n")
            writer.stdin.close()
        except BrokenPipeError:
            reader.kill()  # psql has stopped at an error, which it tells below
        complaints = (reader.stderr.read() + writer.stderr.read()).decode(errors="replace")
    if reader.returncode or writer.returncode:
        raise BackupError(
            "PostgreSQL không nhận bản sao lưu; cơ sở dữ liệu vẫn như cũ. "
            f"{_first_lines(complaints)}"
        )


def _run(command):
    done = subprocess.run(command, env=_environment(), capture_output=True, text=True)
    if done.returncode:
        raise BackupError(
            f"{Path(command[0]).name} báo lỗi (mã {done.returncode}): {_first_lines(done.stderr)}"
        )


def _first_lines(text):
    return " ".join(text.strip().splitlines()[:3])


def _connection_options():
    server = connection.settings_dict
    options = {"host": "HOST", "port": "PORT", "username": "USER", "dbname": "NAME"}
    return [f"--{option}={server[key]}" for option, key in options.items() if server[key]]


def _environment():
    # A command line can be read by everybody on the machine, an environment cannot.
    password = connection.settings_dict["PASSWORD"]
    return os.environ | ({"PGPASSWORD": password} if password else {})


def _program(name):
    """Return the path of a client program whose version suits the server.

    pg_dump refuses a newer server; a program of just the server's version is best.
    """
    with connection.cursor():
        server = connection.pg_version // 10_000
    found = {}
    for folder in _client_folders():
        program = folder / name
        version = _major_version(program)
        if version:
            found.setdefault(version, program)
    fitting = sorted(version for version in found if version >= server)
    if fitting:
        return str(found[fitting[0]])
    if found:
        raise BackupError(
            f"Máy chủ dữ liệu là PostgreSQL {server} nhưng {name} trên máy này là bản "
            f"{max(found)}. Hãy cài gói postgresql-client-{server}."
        )
    raise BackupError(
        f"Không tìm thấy {name} trên máy này. Hãy cài gói postgresql-client-{server}."
    )


def _client_folders():
    with suppress(PostgresError):  # a machine with the client programs only
        yield find_programs().folder
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        yield Path(folder)
    yield from Path("/usr/lib/postgresql").glob("[0-9]*/bin")


def _major_version(program):
    try:
        said = subprocess.run(
            [program, "--version"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    number = re.search(r"\) (\d+)", said.stdout)
    return int(number[1]) if number else None
