"""Carry the pages and exclusions of each day over to the details by day, month and year."""

from django.db import migrations

_FORWARDS = """
    INSERT INTO visitors_pagecount (grain, start, page_id, views)
    SELECT grain, date_trunc(unit, day)::date, page_id, sum(views)
    FROM visitors_daypage
        CROSS JOIN (VALUES (1, 'day'), (2, 'month'), (3, 'year')) AS grains (grain, unit)
    GROUP BY 1, 2, 3;

    INSERT INTO visitors_exclusioncount (grain, start, reason, requests)
    SELECT grain, date_trunc(unit, day)::date, reason, sum(requests)
    FROM visitors_dayexclusion
        CROSS JOIN (VALUES (1, 'day'), (2, 'month'), (3, 'year')) AS grains (grain, unit)
    GROUP BY 1, 2, 3;

    UPDATE visitors_page
    SET section = left(coalesce(
        substring(path FROM '^/(?:tin-tuc/[^/]+|[^/]*)/?'), ''
    ), 200);

    UPDATE visitors_day SET is_detailed = false;

    -- A visit that began before entries were counted has none.
    UPDATE visitors_visitorday
    SET runs = (
            SELECT coalesce(jsonb_agg(run || 'null'::jsonb ORDER BY place), '[]')
            FROM jsonb_array_elements(runs) WITH ORDINALITY AS each (run, place)
        ),
        last_at = coalesce((runs -> -1 ->> 1)::bigint, 0)
"""

_BACKWARDS = """
    INSERT INTO visitors_daypage (day, page_id, views)
    SELECT start, page_id, views FROM visitors_pagecount WHERE grain = 1;

    INSERT INTO visitors_dayexclusion (day, reason, requests)
    SELECT start, reason, requests FROM visitors_exclusioncount WHERE grain = 1;

    UPDATE visitors_visitorday
    SET runs = (
        SELECT coalesce(jsonb_agg(run - 2 ORDER BY place), '[]')
        FROM jsonb_array_elements(runs) WITH ORDINALITY AS each (run, place)
    )
"""


class Migration(migrations.Migration):
    dependencies = [("visitors", "0002_details")]

    operations = [migrations.RunSQL(_FORWARDS, _BACKWARDS)]
