"""Whether dossiers are of a lĩnh vực with totals only is asked once for each procedure of a list.

A list has tens of thousands of rows and a hundred procedures; to join each row took a third of
the time of storing them.
"""

from django.db import migrations

_FUNCTION = """
CREATE OR REPLACE FUNCTION procedures_refuse_dossiers_of_totals() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM %s AS named
        JOIN procedures_procedure AS procedure ON procedure.id = named.procedure_id
        JOIN procedures_field AS field ON field.id IN (named.field_id, procedure.field_id)
        WHERE field.totals_only;
    IF FOUND THEN
        RAISE EXCEPTION 'Of this lĩnh vực only totals are kept.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("procedures", "0011_catalogue_words")]
    operations = [
        migrations.RunSQL(
            _FUNCTION % "(SELECT DISTINCT procedure_id, field_id FROM added)",
            _FUNCTION % "added",
        ),
    ]
