"""What happens on the site right now: the last half hour, and the day so far."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.timezone import localtime

from visitors import admin_charts, counting, figures, periods, tables
from visitors.admin_charts import Plot, Value
from visitors.headlines import number
from visitors.models import Day, Minute
from visitors.periods import Kind

MINUTES = 30  # the present one is the last of them
MOST_PAGES = 10


@dataclass(frozen=True)
class LivePage:
    """A page that was read today, how often, and where the admin tells more of it."""

    title: str
    url: str
    views: str


@dataclass(frozen=True)
class Live:
    """All that the page shows; numbers are written out, "–" for what is not known."""

    at: datetime
    figures: dict[str, str]
    minutes: list[tuple[str, str]]
    plot: Plot
    pages: list[LivePage]

    @property
    def summary(self):
        """One sentence for those who do not see the figures change."""
        return (
            f"Lúc {localtime(self.at):%H:%M}: {self.figures['online']} người đang truy cập, "
            f"{self.figures['recent']} lượt xem trong {MINUTES} phút qua, "
            f"{self.figures['views']} lượt xem từ đầu ngày."
        )

    def as_json(self):
        """Return what the script needs to show the same anew."""
        return {
            "at": f"{localtime(self.at):%H:%M:%S}",
            "figures": self.figures,
            "summary": self.summary,
            "ticks": [number(tick) for tick in self.plot.ticks],
            "minutes": self.minutes,
            "labels": [label.words for label in self.plot.labels],
            "columns": [
                {"words": each.words, "y": each.outer.y, "height": each.outer.height}
                for each in self.plot.columns
            ],
            "pages": [asdict(each) for each in self.pages],
        }


def read(*, now: datetime) -> Live:
    """Return what is known at the moment `now`."""
    today = counting.local_day(now.timestamp())
    current = figures.sidebar(now=now)
    day = Day.objects.filter(day=today).first()
    minutes = _minutes(now)
    told = [(f"{at:%H:%M}", number(views)) for at, views in minutes]
    return Live(
        at=now,
        figures={
            "online": number(current.online) if current else "–",
            "recent": number(sum(views for _, views in minutes)),
            "views": number(day.views if day else 0),
            "visits": number(day.visits if day else 0),
        },
        minutes=told,
        plot=admin_charts.plot(
            [
                Value(at, f"{at}: {words} lượt xem", views)
                for (at, words), (_, views) in zip(told, minutes, strict=True)
            ]
        ),
        pages=_pages_of(today),
    )


def _minutes(now):
    """Return (local time, views) of the last minutes, oldest first."""
    last = int(now.timestamp()) // 60
    known = dict(
        Minute.objects.filter(minute__gt=last - MINUTES, minute__lte=last).values_list(
            "minute", "views"
        )
    )
    begin = localtime(now).replace(second=0, microsecond=0)
    return [
        (begin - timedelta(minutes=back), known.get(last - back, 0))
        for back in range(MINUTES - 1, -1, -1)
    ]


def _pages_of(today):
    period = periods.chosen({"ky": Kind.TODAY}, today=today)
    rows = tables.table("trang", period, today=today, limit=MOST_PAGES).rows
    return [
        LivePage(
            row["name"],
            f"{reverse('admin:visitors_page', args=[row['page']])}?{period.query}",
            number(row["views"]),
        )
        for row in rows
        if row["page"]
    ]
