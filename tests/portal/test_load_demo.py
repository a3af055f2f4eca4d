"""The demo content: complete, marked, loaded once, and never on a real site."""

import stat

import pytest
from django.core.management import CommandError, call_command

import visitors.demo
from articles.models import Article, Category
from portal import renditions
from portal.models import Identity, User
from procedures.models import Period
from tests import factory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def var(settings, tmp_path, monkeypatch):
    """A folder of its own for pictures and for the file of sign-ins.

    The narrower copies of the pictures and a year of visits are tested elsewhere and would
    take half a minute here.
    """
    monkeypatch.setattr(renditions, "widths_for", lambda picture: [])
    monkeypatch.setattr(visitors.demo, "DAYS", 2)
    settings.VAR_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path


def _accounts(var):
    lines = (var / "demo-accounts.txt").read_text().splitlines()
    return {line.split("\t")[0]: line.split("\t")[1] for line in lines}


def test_an_empty_site_becomes_complete_and_is_marked(client):
    call_command("load_demo")
    assert Identity.objects.get().is_demo
    assert Article.objects.published().count() >= 20
    assert Category.objects.count() == 8
    assert Period.objects.published().count() == 22
    page = client.get("/").content.decode()
    assert "TRANG MẪU – số liệu minh họa" in page
    assert "noindex" in page


def test_every_demo_article_is_older_than_the_merger_of_the_commune():
    call_command("load_demo")
    newest = Article.objects.published().newest().first()
    assert (newest.published_at.year, newest.published_at.month) < (2025, 7)


def test_sign_ins_are_random_and_only_their_owner_can_read_them(client, var):
    call_command("load_demo")
    accounts = _accounts(var)
    assert stat.S_IMODE((var / "demo-accounts.txt").stat().st_mode) == 0o600
    assert set(accounts) == set(User.objects.values_list("username", flat=True))
    assert len(set(accounts.values())) == len(accounts)
    assert all(
        User.objects.get(username=name).check_password(accounts[name]) for name in accounts
    )
    assert not User.objects.filter(is_superuser=True).exists()


def test_loading_again_changes_nothing(var):
    call_command("load_demo")
    accounts, articles = _accounts(var), Article.objects.count()
    call_command("load_demo")
    assert (_accounts(var), Article.objects.count()) == (accounts, articles)


@pytest.mark.parametrize(
    "make", [factory.make_article, factory.make_identity, factory.make_user]
)
def test_a_site_with_content_is_left_alone(make, var):
    make()
    before = User.objects.count()
    with pytest.raises(CommandError, match="đã có nội dung"):
        call_command("load_demo")
    assert User.objects.count() == before
    assert not (var / "demo-accounts.txt").exists()


def test_a_real_site_refuses_demo_content(settings):
    settings.DEMO_ALLOWED = False
    with pytest.raises(CommandError, match="PORTAL_MODE=local"):
        call_command("load_demo")
    assert not User.objects.exists()
