"""An existing site keeps its texts and addresses when editions arrive."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from articles.models import Article, Edition, Page, Stage, Status

MOMENT = datetime(2024, 1, 26, 1, 30, tzinfo=UTC)


def migrate(*targets):
    executor = MigrationExecutor(connection)
    executor.migrate(list(targets))
    return executor.loader.project_state(list(targets)).apps


def newest():
    """Return the last migrations of all apps: going back takes others' along."""
    return MigrationExecutor(connection).loader.graph.leaf_nodes()


@pytest.mark.django_db(transaction=True)
def test_every_text_gets_its_first_edition_and_readers_see_what_they_saw():
    old = migrate(("articles", "0002_track_content"))
    try:
        category = old.get_model("articles", "Category").objects.create(
            name="Tin xã", slug="tin-xa"
        )
        articles = old.get_model("articles", "Article").objects
        texts = {"lead": "Điều chính.", "body": "<p>Chữ.</p>", "body_text": "Chữ."}
        live = articles.create(
            title="Đã đăng",
            slug="da-dang",
            category=category,
            status="published",
            published_at=MOMENT,
            updated_at=MOMENT,
            **texts,
        )
        draft = articles.create(
            title="Nháp", slug="nhap", category=category, status="draft", **texts
        )
        old.get_model("articles", "Page").objects.create(
            title="Giới thiệu", slug="gioi-thieu", body="<p>Xã.</p>", body_text="Xã."
        )
    finally:
        migrate(*newest())
    live, draft = Article.objects.get(pk=live.pk), Article.objects.get(pk=draft.pk)
    assert list(Article.objects.published()) == [live]
    assert (live.stage, live.head, live.approved_at) == (
        Stage.APPROVED,
        live.approved,
        MOMENT,
    )
    assert (live.head.number, live.head.lead, live.head.body) == (
        1,
        "Điều chính.",
        "<p>Chữ.</p>",
    )
    assert (draft.status, draft.stage, draft.approved) == (Status.DRAFT, Stage.DRAFT, None)
    assert draft.head.title == "Nháp"
    assert Page.objects.shown().get().approved.body == "<p>Xã.</p>"
    assert Edition.objects.count() == 3
