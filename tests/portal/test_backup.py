import json
import os
import shutil
import subprocess
import sys
from urllib.parse import quote

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.utils import timezone

from portal import backup
from portal.backup import BackupError
from portal.directory import WebLink
from portal.ratelimit import RateLimit

DOCUMENT = b"%PDF not really a document"
PICTURE = b"\xff\xd8 not really a picture"


@pytest.fixture
def media(settings, tmp_path):
    folder = tmp_path / "media"
    (folder / "anh").mkdir(parents=True)
    (folder / "anh" / "lễ hội.jpg").write_bytes(PICTURE)
    settings.MEDIA_ROOT = folder
    settings.ATTACHMENT_ROOT = tmp_path / "attachments"
    (tmp_path / "attachments" / "tep").mkdir(parents=True)
    (tmp_path / "attachments" / "tep" / "a.pdf").write_bytes(DOCUMENT)
    return folder


@pytest.fixture
def site(transactional_db, media):
    """A site with content, and with rows that must stay here."""
    WebLink.objects.create(label="Cổng tỉnh", url="https://example.vn/")
    RateLimit.objects.create(key="a" * 64, free_at=timezone.now(), is_allowed=True)


@pytest.fixture
def saved(site, tmp_path):
    folder = tmp_path / "2025-03-10"
    backup.backup(folder)
    return folder


class Elsewhere:
    """Another machine: a database and a media folder of its own."""

    def __init__(self, name, folder):
        self.media = folder / "media"
        self._folder = folder
        self._database = connection.copy()
        self._database.settings_dict = connection.settings_dict | {"NAME": name}

    def restore(self, folder, *options):
        server = connection.settings_dict
        password = f":{quote(server['PASSWORD'])}" if server["PASSWORD"] else ""
        port = f":{server['PORT']}" if server["PORT"] else ""
        url = (
            f"postgres://{server['USER']}{password}@{quote(server['HOST'], safe='')}{port}"
            f"/{self._database.settings_dict['NAME']}"
        )
        return subprocess.run(
            [sys.executable, "manage.py", "restore", str(folder), *options],
            env=os.environ
            | {
                "DATABASE_URL": url,
                "PORTAL_MODE": "local",
                "PORTAL_VAR": str(self._folder),
            },
            capture_output=True,
            text=True,
        )

    def query(self, sql):
        with self._database.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else None

    def leave(self):
        self._database.close()


@pytest.fixture
def elsewhere(transactional_db, tmp_path):
    name = f"{connection.settings_dict['NAME']}_restore"
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
    machine = Elsewhere(name, tmp_path / "elsewhere")
    yield machine
    machine.leave()
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}"')


def test_a_backup_comes_back_on_another_machine(saved, elsewhere):
    done = elsewhere.restore(saved)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Đã phục hồi cơ sở dữ liệu và 2 tệp" in done.stdout
    assert elsewhere.query("SELECT label FROM portal_weblink") == [("Cổng tỉnh",)]
    assert (elsewhere.media / "anh" / "lễ hội.jpg").read_bytes() == PICTURE
    documents = elsewhere.media.with_name("attachments")
    assert (documents / "tep" / "a.pdf").read_bytes() == DOCUMENT
    migrations = "SELECT app, name FROM django_migrations ORDER BY app, name"
    with connection.cursor() as cursor:
        cursor.execute(migrations)
        assert elsewhere.query(migrations) == cursor.fetchall()


def test_what_comes_back_works_on(saved, elsewhere):
    elsewhere.restore(saved)
    version = "SELECT number FROM portal_contentversion"
    before = elsewhere.query(version)
    elsewhere.query(
        'INSERT INTO portal_weblink (label, url, "order", is_shown) '
        "VALUES ('Mới', 'https://example.vn/', 0, true)"
    )
    assert elsewhere.query(version) > before
    assert elsewhere.query("SELECT count(*) FROM portal_weblink") == [(2,)]


def test_rows_that_must_stay_here_stay_here(saved, elsewhere):
    elsewhere.restore(saved)
    assert RateLimit.objects.exists()
    assert elsewhere.query("SELECT count(*) FROM portal_ratelimit") == [(0,)]


def test_every_table_that_is_left_out_exists():
    named = {
        table
        for app in apps.get_app_configs()
        for table in getattr(app, "backup_without_data", ())
    }
    tables = {model._meta.db_table for model in apps.get_models()}
    assert {"visitors_salt", "visitors_visitorday", "django_session"} <= named
    assert named <= tables


def test_a_database_with_data_is_replaced_only_on_request(saved, elsewhere):
    elsewhere.query("CREATE TABLE old (id int)")
    refused = elsewhere.restore(saved)
    assert refused.returncode == 1
    assert "đang có dữ liệu" in refused.stderr
    assert elsewhere.query("SELECT count(*) FROM old") == [(0,)]
    elsewhere.leave()
    assert elsewhere.restore(saved, "--overwrite").returncode == 0
    assert elsewhere.query("SELECT to_regclass('old')::text") == [(None,)]
    assert elsewhere.query("SELECT count(*) FROM portal_weblink") == [(1,)]


def test_a_backup_from_before_there_were_attachments_comes_back(saved, elsewhere):
    (saved / "attachments" / "tep" / "a.pdf").unlink()
    manifest = json.loads((saved / "manifest.json").read_text())
    del manifest["files"]["attachments/tep/a.pdf"]
    (saved / "manifest.json").write_text(json.dumps(manifest | {"format": 1}))
    shutil.rmtree(saved / "attachments")
    assert elsewhere.restore(saved).returncode == 0
    assert (elsewhere.media / "anh" / "lễ hội.jpg").read_bytes() == PICTURE


def test_files_that_are_there_are_replaced_only_on_request(saved, elsewhere):
    elsewhere.media.mkdir(parents=True)
    (elsewhere.media / "old.jpg").write_bytes(b"old")
    refused = elsewhere.restore(saved)
    assert (refused.returncode, (elsewhere.media / "old.jpg").exists()) == (1, True)
    assert elsewhere.restore(saved, "--overwrite").returncode == 0
    assert [each.name for each in elsewhere.media.iterdir()] == ["anh"]


def damage_dump(folder):
    data = bytearray((folder / "database.dump").read_bytes())
    data[-10] ^= 1
    (folder / "database.dump").write_bytes(data)


def damage_picture(folder):
    (folder / "media" / "anh" / "lễ hội.jpg").write_bytes(b"other")


def lose_picture(folder):
    (folder / "media" / "anh" / "lễ hội.jpg").unlink()


def add_file(folder):
    (folder / "media" / "extra.jpg").write_bytes(b"x")


def point_elsewhere(folder):
    picture = folder / "media" / "anh" / "lễ hội.jpg"
    picture.rename(folder.parent / "lễ hội.jpg")
    picture.symlink_to(folder.parent / "lễ hội.jpg")


def lose_manifest(folder):
    (folder / "manifest.json").unlink()


def break_manifest(folder):
    (folder / "manifest.json").write_text("{")


def age_manifest(folder):
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest | {"format": 99}))


@pytest.mark.parametrize(
    "damage",
    [
        damage_dump,
        damage_picture,
        lose_picture,
        add_file,
        point_elsewhere,
        lose_manifest,
        break_manifest,
        age_manifest,
    ],
)
def test_a_damaged_backup_changes_nothing(saved, damage):
    damage(saved)
    with pytest.raises(BackupError):
        backup.restore(saved, overwrite=True)
    assert WebLink.objects.get().label == "Cổng tỉnh"


def test_a_dump_that_breaks_off_leaves_the_database_as_it_was(saved):
    dump = saved / "database.dump"
    dump.write_bytes(dump.read_bytes()[:-2_000])
    manifest = json.loads((saved / "manifest.json").read_text())
    manifest["files"]["database.dump"]["sha256"] = backup._sha256(dump)
    (saved / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(BackupError, match="vẫn như cũ"):
        backup.restore(saved, overwrite=True)
    assert WebLink.objects.get().label == "Cổng tỉnh"


def test_a_backup_never_overwrites_another(saved):
    with pytest.raises(CommandError, match="đã có rồi"):
        call_command("backup", str(saved))


def test_a_failed_backup_leaves_nothing_behind(site, tmp_path, monkeypatch):
    monkeypatch.setitem(connections["default"].settings_dict, "NAME", "no_such_database")
    with pytest.raises(CommandError, match="no_such_database"):
        call_command("backup", str(tmp_path / "saved" / "today"))
    assert list((tmp_path / "saved").iterdir()) == []


def test_a_backup_is_not_for_other_users_of_the_machine(saved):
    assert saved.stat().st_mode & 0o077 == 0


def test_an_older_pg_dump_than_the_server_is_named(site, tmp_path, monkeypatch):
    monkeypatch.setattr(backup, "_major_version", lambda program: 9)
    with pytest.raises(BackupError, match=r"là bản 9\. Hãy cài gói postgresql-client-\d+"):
        backup.backup(tmp_path / "today")


def test_a_machine_without_pg_dump_is_told_what_to_install(site, tmp_path, monkeypatch):
    monkeypatch.setattr(backup, "_major_version", lambda program: None)
    with pytest.raises(BackupError, match="Không tìm thấy pg_dump"):
        backup.backup(tmp_path / "today")


def test_the_command_says_what_it_saved(site, tmp_path, capsys):
    call_command("backup", str(tmp_path / "today"))
    assert "cơ sở dữ liệu và 2 tệp" in capsys.readouterr().out
