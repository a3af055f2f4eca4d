"""Text search for Vietnamese, and what it knows of attachments.

`portal_vector(title, lead, body)` gives the words of a text, without accents and with their
places, and beside them, without places, the accented words as they are written: who types
accents gets those first. Punctuation goes before the parser sees it, so that "15/KH-UBND" is
three words that stand side by side, as in a question. The functions name schemas, since a
restored dump has an empty search path; they may be used in generated columns.
"""

from django.db import migrations

# A tsvector holds at most 1 MB. The worst of 200,000 characters needs 0.9 of it.
CREATE = """
CREATE TEXT SEARCH CONFIGURATION public.vi (COPY = pg_catalog.simple);
ALTER TEXT SEARCH CONFIGURATION public.vi
    ALTER MAPPING FOR asciiword, word, numword, asciihword, hword, numhword,
        hword_asciipart, hword_part, hword_numpart
    WITH unaccent, simple;

CREATE FUNCTION public.portal_words(text text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN regexp_replace(normalize(left(text, 200000), NFC), '[!-/:-@[-`{-~]', ' ', 'g');

CREATE FUNCTION public.portal_vector(title text, lead text, body text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    title := public.portal_words(title);
    lead := public.portal_words(lead);
    body := public.portal_words(body);
    RETURN setweight(to_tsvector('public.vi', title), 'A')
        || setweight(to_tsvector('public.vi', lead), 'B')
        || setweight(to_tsvector('public.vi', body), 'C')
        || array_to_tsvector(ARRAY(
            SELECT lexeme
            FROM unnest(to_tsvector('pg_catalog.simple', title || ' ' || lead || ' ' || body))
            WHERE octet_length(lexeme) > length(lexeme)
        ));
END $$;
"""
DROP = """
DROP FUNCTION public.portal_vector(text, text, text);
DROP FUNCTION public.portal_words(text);
DROP TEXT SEARCH CONFIGURATION public.vi;
"""
# Not in the model: rows are read without it.
ADD_WORDS = """
ALTER TABLE portal_attachment ADD COLUMN words tsvector NOT NULL
    GENERATED ALWAYS AS (public.portal_vector(title, number || ' ' || issuer, '')) STORED;
CREATE INDEX attachment_words ON portal_attachment USING gin (words);
"""
REMOVE_WORDS = "ALTER TABLE portal_attachment DROP COLUMN words"


class Migration(migrations.Migration):
    dependencies = [("portal", "0011_legal_basis")]
    operations = [
        migrations.RunSQL(CREATE, DROP),
        migrations.RunSQL(ADD_WORDS, REMOVE_WORDS),
    ]
