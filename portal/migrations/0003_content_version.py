"""The content version: its row, the function that raises it, the portal's own tables."""

from django.db import migrations

from portal.content_version import TrackContent

# The setting lasts until the end of the transaction, and a rolled back savepoint takes it
# back together with the raise. An UPDATE that changed no byte of its row is no change.
CREATE = """
CREATE FUNCTION portal_raise_content_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NOT (OLD *<> NEW) THEN
            RETURN NULL;
        END IF;
    END IF;
    IF current_setting('portal.raised', true) = 'yes' THEN
        RETURN NULL;
    END IF;
    PERFORM set_config('portal.raised', 'yes', true);
    INSERT INTO portal_contentversion AS version (id, number)
    VALUES (1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint)
    ON CONFLICT (id) DO UPDATE SET number = greatest(version.number + 1, excluded.number);
    RETURN NULL;
END
$$;
INSERT INTO portal_contentversion (id, number)
VALUES (1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint)
ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("portal", "0002_extensions")]
    operations = [
        migrations.RunSQL(
            CREATE,
            "DROP FUNCTION portal_raise_content_version(); DELETE FROM portal_contentversion",
        ),
        TrackContent(
            "portal_identity",
            "portal_usefulphone",
            "portal_weblink",
            "portal_menuitem",
            "portal_picture",
        ),
    ]
