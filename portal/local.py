"""The environment of a site on one's own machine: its database, its key, local mode.

`bin/run` and `bin/manage` both stand on this, so that a command reaches the same site
that is being served. Nothing of Django is imported: the settings read what is set here.
"""

import contextlib
import logging
import os
import secrets
import sys
from pathlib import Path

import environ
import psycopg2

from portal.postgres import Cluster, PostgresError

BASE_DIR = Path(__file__).resolve().parent.parent


class LocalError(Exception):
    """The site cannot be run as asked; the message (Vietnamese) says what to do."""


def var_folder():
    """Return the folder that this installation writes to, the same as in the settings."""
    return Path(os.environ.get("PORTAL_VAR") or BASE_DIR / "var").resolve()


@contextlib.contextmanager
def environment():
    """Put local mode into the process's environment, with a Postgres that answers.

    A DATABASE_URL that is set, in .env too, is used as it stands. Otherwise the embedded
    Postgres runs at least as long as the context. Raises LocalError.
    """
    environ.Env.read_env(BASE_DIR / ".env")
    var = var_folder()
    try:
        var.mkdir(parents=True, exist_ok=True)
        os.environ.setdefault("SECRET_KEY", _kept_secret(var / "secret_key"))
    except OSError as error:
        raise LocalError(
            f"Không ghi được vào thư mục {var}: {error.strerror}. Hãy kiểm tra quyền của "
            "thư mục, hoặc đặt PORTAL_VAR trỏ tới một thư mục khác."
        ) from error
    os.environ["PORTAL_MODE"] = "local"
    os.environ["HTTPS"] = "false"
    with contextlib.ExitStack() as at_end:
        if not os.environ.get("DATABASE_URL"):
            try:
                os.environ["DATABASE_URL"] = at_end.enter_context(Cluster(var / "postgres"))
            except PostgresError as error:
                raise LocalError(str(error)) from error
            at_end.callback(os.environ.pop, "DATABASE_URL", None)
        connect().close()
        yield


def connect():
    """Open the database that DATABASE_URL names and return the psycopg2 connection.

    Raises LocalError, whose message never holds the password.
    """
    url = os.environ["DATABASE_URL"]
    if not url.startswith(("postgres://", "postgresql://")):
        raise LocalError(
            "DATABASE_URL phải bắt đầu bằng postgres:// ; phần mềm này chỉ chạy trên "
            "PostgreSQL. Ví dụ: postgres://nguoidung:matkhau@127.0.0.1:5432/portal"
        )
    try:
        return psycopg2.connect(url, connect_timeout=5)
    except psycopg2.OperationalError as error:
        raise LocalError(
            "Không kết nối được cơ sở dữ liệu mà DATABASE_URL chỉ tới. "
            f"PostgreSQL báo: {str(error).strip()}"
        ) from error
    except psycopg2.ProgrammingError:
        # What libpq says about an address it cannot read quotes it, password and all.
        raise LocalError(
            "DATABASE_URL viết sai dạng. Dạng đúng: "
            "postgres://nguoidung:matkhau@maychu:5432/tencsdl ; ký tự đặc biệt trong mật "
            "khẩu phải viết dạng phần trăm, ví dụ @ là %40."
        ) from None


def _kept_secret(path):
    """Return the secret key in `path`, making one that only its owner can read."""
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
    return path.read_text().strip()


def main():
    """Run a management command against the local site (`bin/manage`)."""
    from django.core.management import execute_from_command_line

    logging.basicConfig(format="%(message)s")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    try:
        with environment():
            execute_from_command_line(["bin/manage", *sys.argv[1:]])
    except LocalError as error:
        sys.exit(f"Lỗi: {error}")


if __name__ == "__main__":
    main()
