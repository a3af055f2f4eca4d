"""What the list of the admin needs to stay fast: an accent-blind index and its order."""

from django.db import migrations, models

# `unaccent` depends on a dictionary that somebody could change, so Postgres takes it for
# an index only when it is told which one, by a function that vouches for it.
_FOLD = """
CREATE FUNCTION articles_fold(text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN lower(public.unaccent('public.unaccent'::regdictionary, $1))
"""
_INDEX = """
CREATE INDEX article_folded ON articles_article
USING gin (articles_fold(title || ' ' || lead || ' ' || author_name) gin_trgm_ops)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0010_hosts_linked_so_far"),
        ("portal", "0002_extensions"),
    ]

    operations = [
        migrations.RunSQL(_FOLD, "DROP FUNCTION articles_fold(text)"),
        migrations.RunSQL(_INDEX, "DROP INDEX article_folded"),
        migrations.AddIndex(
            "article",
            models.Index(fields=["-updated_at", "-id"], name="article_last_changed"),
        ),
        migrations.AddField(
            "category",
            "quiet_after_days",
            models.PositiveSmallIntegerField(
                "nhắc khi không có tin mới sau",
                blank=True,
                null=True,
                default=60,
                help_text="Số ngày. Quá số ngày này mà chưa có tin mới, trang bắt đầu nhắc. "
                "Để trống thì không nhắc.",
            ),
        ),
    ]
