"""Approved figures stay as they are, and a lĩnh vực with totals only has no rows."""

from django.db import migrations

from portal.content_version import TrackContent

_KEEP = """
CREATE FUNCTION procedures_refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.approved_at IS NOT NULL THEN
        RAISE EXCEPTION 'Approved figures are kept; correct them by the next edition.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER procedures_edition_is_kept
    BEFORE DELETE OR UPDATE OF period_id, number, revision, source, run_id, note,
        correction_note, report_number, signer, signer_position, signed_on, signed_file_id,
        apology_letters, as_of
    ON procedures_periodedition FOR EACH ROW EXECUTE FUNCTION procedures_refuse_rewriting();

CREATE FUNCTION procedures_refuse_rows_of_approved() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    edition bigint;
BEGIN
    edition := CASE TG_OP WHEN 'DELETE' THEN OLD.edition_id ELSE NEW.edition_id END;
    PERFORM 1 FROM procedures_periodedition
        WHERE id IN (edition, CASE TG_OP WHEN 'UPDATE' THEN OLD.edition_id END)
        AND approved_at IS NOT NULL;
    IF FOUND THEN
        RAISE EXCEPTION 'Approved figures are kept; correct them by the next edition.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER procedures_sheet_is_kept
    BEFORE INSERT OR UPDATE OR DELETE ON procedures_resultsheet
    FOR EACH ROW EXECUTE FUNCTION procedures_refuse_rows_of_approved();
CREATE TRIGGER procedures_overdue_is_kept
    BEFORE INSERT OR UPDATE OR DELETE ON procedures_overduecount
    FOR EACH ROW EXECUTE FUNCTION procedures_refuse_rows_of_approved();
-- They may go: a lĩnh vực can become one with totals only.
CREATE TRIGGER procedures_procedure_figures_are_kept
    BEFORE INSERT OR UPDATE ON procedures_procedurefigures
    FOR EACH ROW EXECUTE FUNCTION procedures_refuse_rows_of_approved();
"""
_LET_GO = """
DROP TRIGGER procedures_procedure_figures_are_kept ON procedures_procedurefigures;
DROP TRIGGER procedures_overdue_is_kept ON procedures_overduecount;
DROP TRIGGER procedures_sheet_is_kept ON procedures_resultsheet;
DROP FUNCTION procedures_refuse_rows_of_approved();
DROP TRIGGER procedures_edition_is_kept ON procedures_periodedition;
DROP FUNCTION procedures_refuse_rewriting();
"""
# By statement, since a list has tens of thousands of rows.
_HIDE = """
CREATE FUNCTION procedures_refuse_dossiers_of_totals() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM added
        JOIN procedures_procedure AS procedure ON procedure.id = added.procedure_id
        JOIN procedures_field AS field ON field.id IN (added.field_id, procedure.field_id)
        WHERE field.totals_only;
    IF FOUND THEN
        RAISE EXCEPTION 'Of this lĩnh vực only totals are kept.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER procedures_dossier_not_of_totals
    AFTER INSERT ON procedures_dossier REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION procedures_refuse_dossiers_of_totals();

CREATE FUNCTION procedures_refuse_figures_of_totals() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM added
        JOIN procedures_procedure AS procedure ON procedure.id = added.procedure_id
        JOIN procedures_field AS field ON field.id = procedure.field_id
        WHERE field.totals_only;
    IF FOUND THEN
        RAISE EXCEPTION 'Of this lĩnh vực only totals are kept.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER procedures_figures_not_of_totals
    AFTER INSERT ON procedures_procedurefigures REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION procedures_refuse_figures_of_totals();

CREATE FUNCTION procedures_refuse_hiding_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM procedures_dossier WHERE field_id = NEW.id)
        OR EXISTS (
            SELECT FROM procedures_procedurefigures AS figures
            JOIN procedures_procedure AS procedure ON procedure.id = figures.procedure_id
            WHERE procedure.field_id = NEW.id
        )
    THEN
        RAISE EXCEPTION 'Delete the rows of this lĩnh vực before only totals are kept.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER procedures_field_totals_has_no_rows
    AFTER UPDATE OF totals_only ON procedures_field
    FOR EACH ROW WHEN (NEW.totals_only AND NOT OLD.totals_only)
    EXECUTE FUNCTION procedures_refuse_hiding_rows();
"""
_SHOW = """
DROP TRIGGER procedures_field_totals_has_no_rows ON procedures_field;
DROP FUNCTION procedures_refuse_hiding_rows();
DROP TRIGGER procedures_figures_not_of_totals ON procedures_procedurefigures;
DROP FUNCTION procedures_refuse_figures_of_totals();
DROP TRIGGER procedures_dossier_not_of_totals ON procedures_dossier;
DROP FUNCTION procedures_refuse_dossiers_of_totals();
"""
# Rows appear with the edition that shows them; only their going needs a notice of its own.
_NOTICE = """
CREATE TRIGGER procedures_dossier_is_content
    AFTER DELETE ON procedures_dossier
    FOR EACH STATEMENT EXECUTE FUNCTION portal_raise_content_version();
"""
_NO_NOTICE = "DROP TRIGGER procedures_dossier_is_content ON procedures_dossier"


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0003_content_version"),
        ("procedures", "0005_editions_rules"),
    ]
    operations = [
        migrations.RunSQL(_KEEP, _LET_GO),
        migrations.RunSQL(_HIDE, _SHOW),
        migrations.RunSQL(_NOTICE, _NO_NOTICE),
        TrackContent(
            "procedures_legalbasis",
            "procedures_overduecount",
            "procedures_periodedition",
            "procedures_procedure",
            "procedures_procedure_legal_bases",
            "procedures_procedurechannel",
            "procedures_procedurefigures",
            "procedures_procedureform",
            "procedures_procedurestep",
            "procedures_proceduresettings",
            "procedures_requiredpaper",
            "procedures_resolutiontime",
        ),
    ]
