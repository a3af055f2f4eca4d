"""What the search reads of approved articles, kept by the database itself.

A column of `articles_article` would have made its rows three times as wide, and held the
words of texts that nobody may read. Here an article has a narrow row while it is published;
the words themselves lie beside (`toast_tuple_target`), since the index alone answers.
"""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

_NARROW = """
ALTER TABLE articles_articlewords SET (toast_tuple_target = 128);
ALTER TABLE articles_articlewords ALTER COLUMN title_words SET STORAGE MAIN;
"""
_WIDE = """
ALTER TABLE articles_articlewords ALTER COLUMN title_words SET STORAGE EXTENDED;
ALTER TABLE articles_articlewords RESET (toast_tuple_target);
"""

# The year and quarter are those of the readers' own clock.
_KEEP = r"""
CREATE FUNCTION public.articles_marks(moment timestamptz, category bigint) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN array_to_tsvector(ARRAY[
    to_char(moment AT TIME ZONE 'Asia/Ho_Chi_Minh', '"#"YYYY'),
    to_char(moment AT TIME ZONE 'Asia/Ho_Chi_Minh', '"#"YYYY"q"Q'),
    '/' || category
]);

CREATE FUNCTION public.articles_count_words(gone tsvector, come tsvector) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    lost text[] := ARRAY(
        SELECT lexeme FROM unnest(gone) EXCEPT SELECT lexeme FROM unnest(come)
    );
    won text[] := ARRAY(
        SELECT lexeme FROM unnest(come) EXCEPT SELECT lexeme FROM unnest(gone)
    );
BEGIN
    IF lost = won THEN
        RETURN;
    END IF;
    -- Two texts share most of their words: one after the other, so that none waits in a ring.
    LOCK TABLE public.articles_word IN SHARE ROW EXCLUSIVE MODE;
    DELETE FROM public.articles_word WHERE text = ANY (lost) AND articles = 1;
    UPDATE public.articles_word SET articles = articles - 1 WHERE text = ANY (lost);
    INSERT INTO public.articles_word AS word (text, articles)
    SELECT lexeme, 1 FROM unnest(won) AS lexeme WHERE lexeme ~ '^[a-z]{1,24}$'
    ON CONFLICT (text) DO UPDATE SET articles = word.articles + 1;
END $$;

CREATE FUNCTION public.articles_keep_words() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    marks tsvector;
    known tsvector := (
        SELECT words FROM public.articles_articlewords
        WHERE article_id = CASE TG_OP WHEN 'DELETE' THEN OLD.id ELSE NEW.id END
    );
    made tsvector;
BEGIN
    IF TG_OP = 'DELETE' OR NEW.status <> 'published' THEN
        IF known IS NOT NULL THEN
            DELETE FROM public.articles_articlewords WHERE article_id = OLD.id;
            PERFORM public.articles_count_words(known, '');
        END IF;
        RETURN NULL;
    END IF;
    IF known IS NOT NULL AND (NEW.title, NEW.lead, NEW.body_text, NEW.published_at,
            NEW.category_id) = (OLD.title, OLD.lead, OLD.body_text, OLD.published_at,
            OLD.category_id) THEN
        UPDATE public.articles_articlewords SET expires_at = NEW.expires_at
        WHERE article_id = NEW.id AND expires_at IS DISTINCT FROM NEW.expires_at;
        RETURN NULL;
    END IF;
    marks := public.articles_marks(NEW.published_at, NEW.category_id);
    made := marks || public.portal_vector(NEW.title, NEW.lead, NEW.body_text);
    INSERT INTO public.articles_articlewords AS kept
        (article_id, published_at, expires_at, title_words, words)
    VALUES (NEW.id, NEW.published_at, NEW.expires_at,
        marks || public.portal_vector(NEW.title, '', ''), made)
    ON CONFLICT (article_id) DO UPDATE SET published_at = excluded.published_at,
        expires_at = excluded.expires_at, title_words = excluded.title_words,
        words = excluded.words;
    PERFORM public.articles_count_words(coalesce(known, ''), made);
    RETURN NULL;
END $$;

CREATE TRIGGER articles_article_keeps_words
    AFTER INSERT OR DELETE OR UPDATE OF title, lead, body_text, status, published_at,
        expires_at, category_id
    ON articles_article FOR EACH ROW EXECUTE FUNCTION public.articles_keep_words();

CREATE FUNCTION public.articles_write_all_words() RETURNS void LANGUAGE sql
BEGIN ATOMIC
    DELETE FROM public.articles_word;
    DELETE FROM public.articles_articlewords;
    INSERT INTO public.articles_articlewords
        (article_id, published_at, expires_at, title_words, words)
    SELECT id, published_at, expires_at, marks || public.portal_vector(title, '', ''),
        marks || public.portal_vector(title, lead, body_text)
    FROM public.articles_article
    CROSS JOIN LATERAL public.articles_marks(published_at, category_id) AS marks
    WHERE status = 'published';
    INSERT INTO public.articles_word (text, articles)
    SELECT lexeme, count(*)
    FROM public.articles_articlewords CROSS JOIN LATERAL unnest(words)
    WHERE lexeme ~ '^[a-z]{1,24}$'
    GROUP BY lexeme;
END;
SELECT public.articles_write_all_words();
"""
_DROP = """
DROP TRIGGER articles_article_keeps_words ON articles_article;
DROP FUNCTION public.articles_write_all_words();
DROP FUNCTION public.articles_keep_words();
DROP FUNCTION public.articles_count_words(tsvector, tsvector);
DROP FUNCTION public.articles_marks(timestamptz, bigint);
"""
# Pages are few and have such a column; not in the model: rows are read without it.
_ADD_WORDS = """
ALTER TABLE articles_page ADD COLUMN words tsvector NOT NULL
    GENERATED ALWAYS AS (public.portal_vector(title, '', body_text)) STORED;
CREATE INDEX page_words ON articles_page USING gin (words);
"""
_REMOVE_WORDS = "ALTER TABLE articles_page DROP COLUMN words"


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0012_draft_permission"),
        ("portal", "0012_search"),
    ]

    operations = [
        migrations.CreateModel(
            name="Word",
            fields=[
                (
                    "text",
                    models.CharField(
                        max_length=24, primary_key=True, serialize=False, verbose_name="chữ"
                    ),
                ),
                ("articles", models.PositiveIntegerField(verbose_name="số bài")),
            ],
            options={
                "verbose_name": "chữ trong bài viết",
                "verbose_name_plural": "chữ trong bài viết",
            },
        ),
        migrations.CreateModel(
            name="ArticleWords",
            fields=[
                (
                    "article",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="articles.article",
                        verbose_name="bài viết",
                    ),
                ),
                ("published_at", models.DateTimeField(verbose_name="đăng lúc")),
                (
                    "expires_at",
                    models.DateTimeField(null=True, verbose_name="hết hạn hiển thị lúc"),
                ),
                (
                    "title_words",
                    django.contrib.postgres.search.SearchVectorField(
                        verbose_name="chữ của tiêu đề"
                    ),
                ),
                (
                    "words",
                    django.contrib.postgres.search.SearchVectorField(
                        verbose_name="chữ của cả bài"
                    ),
                ),
            ],
            options={
                "verbose_name": "chữ của bài viết",
                "verbose_name_plural": "chữ của bài viết",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["title_words"], name="article_title_words"
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["words"], name="article_words"
                    ),
                ],
            },
        ),
        migrations.RunSQL(_NARROW, _WIDE),
        migrations.RunSQL(_KEEP, _DROP),
        migrations.RunSQL(_ADD_WORDS, _REMOVE_WORDS),
    ]
