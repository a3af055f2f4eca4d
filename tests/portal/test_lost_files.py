import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from portal import lost_files, roles
from portal.attachments import store_attachment
from portal.files import store_picture
from tests import factory
from tests.portal.documents import pdf
from tests.portal.test_files import image_bytes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")
    settings.ATTACHMENT_ROOT = tmp_path / "attachments"
    return tmp_path


def left_behind(path, *, days):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    moment = (timezone.now() - timedelta(days=days)).timestamp()
    os.utime(path, (moment, moment))
    return path


def files_in(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def aged(folder):
    for path in files_in(folder):
        moment = (timezone.now() - timedelta(days=9)).timestamp()
        os.utime(path, (moment, moment))


def test_what_a_rolled_back_upload_left_goes_after_a_day(store):
    store_picture(content=image_bytes(size=(1200, 800)), name="a.jpg")
    store_attachment(content=pdf(), name="a.pdf")
    aged(store)
    kept = files_in(store)
    young = left_behind(store / "media/anh/2024/01/moi.jpg", days=0.9)
    left_behind(store / "media/anh/2024/01/cu.jpg", days=1.1)
    left_behind(store / "attachments/tep/2024/01/cu.pdf", days=1.1)
    other = left_behind(store / "media/khac/cu.txt", days=99)
    lost_files.tidy(now=timezone.now())
    assert files_in(store) == sorted([*kept, young, other])


def test_nothing_goes_when_there_is_more_to_remove_than_to_keep(store, caplog):
    files = [left_behind(store / f"media/anh/2024/01/{i}.jpg", days=9) for i in range(3)]
    lost_files.tidy(now=timezone.now())
    assert files_in(store) == files
    assert "none was removed" in caplog.text


def test_a_lost_file_is_marked_and_the_mark_goes_when_it_is_back(client, store):
    picture = store_picture(content=image_bytes(), name="a.jpg", alt="Cổng làng")
    path = Path(picture.file.path)
    content = path.read_bytes()
    path.unlink()
    before = timezone.now()
    lost_files.tidy(now=before)
    lost_files.tidy(now=before + timedelta(days=1))
    picture.refresh_from_db()
    assert picture.missing_since == before

    client.force_login(factory.make_user(roles=[roles.EDITOR]))
    html = client.get(reverse("admin:index")).content.decode()
    assert "Tìm lại ảnh bị mất tệp" in html
    rows = client.get(reverse("admin:portal_picture_changelist"), {"tep": "mat"})
    assert "Cổng làng" in rows.content.decode()

    path.write_bytes(content)
    lost_files.tidy(now=timezone.now())
    picture.refresh_from_db()
    assert picture.missing_since is None
    assert "bị mất tệp" not in client.get(reverse("admin:index")).content.decode()


def test_the_command_names_what_is_missing_and_changes_nothing(capsys, store):
    attachment = store_attachment(content=pdf(), name="a.pdf", title="Kế hoạch")
    call_command("check_files")
    assert "đều còn tệp" in capsys.readouterr().out
    Path(attachment.file.path).unlink()
    extra = left_behind(store / "attachments/tep/2024/01/cu.pdf", days=9)
    with pytest.raises(CommandError, match="1 tệp bị mất"):
        call_command("check_files")
    said = capsys.readouterr().out
    assert f"(Kế hoạch): {attachment.file.name}" in said
    assert "1 tệp thừa" in said
    assert extra.exists()
    attachment.refresh_from_db()
    assert attachment.missing_since is None
