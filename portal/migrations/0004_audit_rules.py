"""Rules that the models cannot state: the audit only grows, rate limits are not logged."""

from django.db import migrations

FORBID = """
CREATE FUNCTION portal_refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'portal_auditentry is append-only: % refused', TG_OP
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER portal_auditentry_is_append_only BEFORE UPDATE OR DELETE ON portal_auditentry
FOR EACH ROW EXECUTE FUNCTION portal_refuse_audit_change()
"""

ALLOW = """
DROP TRIGGER portal_auditentry_is_append_only ON portal_auditentry;
DROP FUNCTION portal_refuse_audit_change()
"""


class Migration(migrations.Migration):
    dependencies = [("portal", "0003_content_version")]
    operations = [
        migrations.RunSQL(FORBID, ALLOW),
        migrations.RunSQL(
            "ALTER TABLE portal_ratelimit SET UNLOGGED",
            "ALTER TABLE portal_ratelimit SET LOGGED",
        ),
    ]
