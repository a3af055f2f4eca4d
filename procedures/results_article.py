"""The article that tells of a published period, for the newsroom to finish."""

from django.template.loader import render_to_string

from portal import drafting
from portal.refusals import Refused
from procedures.figures import COLUMNS, SPANS, Figures
from procedures.workflow import rows_of

__all__ = ["draft"]


def draft(period, *, actor):
    """Have an article with the approved figures of `period` drafted; return what was made.

    Raises `Refused` for a period that readers do not see, and what the newsroom refuses.
    """
    if not period.is_published:
        raise Refused("Kỳ này chưa công khai nên chưa lập bài viết được.")
    rows = rows_of(period.approved)
    totals = Figures.total(row.figures for row in rows)
    name = period.name[0].lower() + period.name[1:]
    context = {
        "period": period,
        "edition": period.approved,
        "columns": COLUMNS,
        "groups": SPANS,
        "rows": rows,
        "totals": totals,
    }
    return drafting.draft(
        title=f"Công khai kết quả giải quyết thủ tục hành chính {name}",
        lead=(
            f"Từ ngày {period.starts_on:%d/%m/%Y} đến ngày {period.ends_on:%d/%m/%Y}: nhận "
            f"giải quyết {totals.received} hồ sơ, đã giải quyết {totals.resolved} hồ sơ, đang "
            f"giải quyết {totals.pending} hồ sơ."
        ),
        body=render_to_string("procedures/admin/article_body.html", context).strip(),
        actor=actor,
    )
