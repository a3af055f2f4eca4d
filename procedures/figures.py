"""The figures of Biểu II.06a/VPCP/KSTT (TT 01/2020/TT-VPCP): eight stored, the rest derived.

All count dossiers (hồ sơ). The numbers in parentheses are the form's column numbers:
3 = 4+5+6, 7 = 8+9+10, 11 = 12+13, 3 = 7+11, and the next period's 6 is this period's 11.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

# Below this number of dossiers a percentage says nothing and may point at a person.
FEWEST_FOR_A_RATE = 10


@dataclass(frozen=True)
class Column:
    """A figure column of the form: its number, our name, and its words."""

    number: int
    key: str
    group: str
    label: str

    @property
    def full_label(self):
        """The label without its group above it, as a file needs it."""
        return f"{self.group}: {self.label[0].lower()}{self.label[1:]} ({self.number})"

    @property
    def group_id(self):
        """The `id` of the group's header cell on the page."""
        return f"g{GROUPS.index(self.group) + 1}"


RECEIVED = "Số hồ sơ nhận giải quyết"
RESOLVED = "Số hồ sơ đã giải quyết"
PENDING = "Số hồ sơ đang giải quyết"
GROUPS = (RECEIVED, RESOLVED, PENDING)

COLUMNS = (
    Column(3, "received", RECEIVED, "Tổng số"),
    Column(4, "received_online", RECEIVED, "Trực tuyến trong kỳ"),
    Column(5, "received_direct", RECEIVED, "Trực tiếp, dịch vụ bưu chính trong kỳ"),
    Column(6, "carried_over", RECEIVED, "Từ kỳ trước chuyển sang"),
    Column(7, "resolved", RESOLVED, "Tổng số"),
    Column(8, "resolved_early", RESOLVED, "Trước hạn"),
    Column(9, "resolved_on_time", RESOLVED, "Đúng hạn"),
    Column(10, "resolved_late", RESOLVED, "Quá hạn"),
    Column(11, "pending", PENDING, "Tổng số"),
    Column(12, "pending_in_time", PENDING, "Trong hạn"),
    Column(13, "pending_overdue", PENDING, "Quá hạn"),
)
# The first heading row of the form: each group, and how many columns it spans.
SPANS = tuple((group, sum(column.group == group for column in COLUMNS)) for group in GROUPS)
DERIVED = ("received", "resolved", "pending")
STORED = tuple(column.key for column in COLUMNS if column.key not in DERIVED)


@dataclass(frozen=True)
class Ending:
    """How dossiers stand at the end of a period, in the words of citizens.

    `slug` names it in addresses and colours, `keys` are its stored columns. Early and on time
    are one: a dossier resolved on the very day that was promised would give that day away,
    which only its applicant knows.
    """

    slug: str
    label: str
    keys: tuple[str, ...]

    def count(self, figures):
        """Return how many of the dossiers of `figures` ended so."""
        return sum(getattr(figures, key) for key in self.keys)


# Together they are column 3, since 3 = 7 + 11.
ENDINGS = (
    Ending("dung-han", "Đã giải quyết đúng hạn", ("resolved_early", "resolved_on_time")),
    Ending("qua-han", "Đã giải quyết quá hạn", ("resolved_late",)),
    Ending("dang-giai-quyet", "Đang giải quyết, trong hạn", ("pending_in_time",)),
    Ending("dang-qua-han", "Đang giải quyết, quá hạn", ("pending_overdue",)),
)


def ending_of(outcome):
    """Return the `Ending` that the stored column `outcome` belongs to."""
    return next(each for each in ENDINGS if outcome in each.keys)


def percentage(part, whole):
    """Return 100·part/whole to one decimal, or None when `whole` is too small to say anything.

    Rounding never turns "nearly all" into 100.
    """
    if whole < FEWEST_FOR_A_RATE:
        return None
    exact = Decimal(100 * part) / whole
    rounded = exact.quantize(Decimal("0.1"), ROUND_HALF_UP)
    return Decimal("99.9") if part < whole and rounded == 100 else rounded


class DerivedFigures:
    """What follows from the eight stored figures; for anything that has them."""

    @property
    def received(self):
        """Column 3: all that was to be resolved in the period."""
        return self.received_online + self.received_direct + self.carried_over

    @property
    def resolved(self):
        """Column 7."""
        return self.resolved_early + self.resolved_on_time + self.resolved_late

    @property
    def resolved_in_time(self):
        """Columns 8 and 9: resolved before the promised day or on it."""
        return self.resolved_early + self.resolved_on_time

    @property
    def pending(self):
        """Column 11: what the next period carries over."""
        return self.pending_in_time + self.pending_overdue

    @property
    def is_balanced(self):
        """Whether column 3 = column 7 + column 11."""
        return self.received == self.resolved + self.pending

    @property
    def is_empty(self):
        """Whether nothing happened: "không phát sinh hồ sơ"."""
        return not any(getattr(self, key) for key in STORED)

    @property
    def on_time_rate(self):
        """Resolved early or on time among the resolved, (8+9)/7, in percent; None below 10."""
        return percentage(self.resolved_in_time, self.resolved)

    @property
    def in_time_rate(self):
        """(8+9+12)/3 in percent, as QĐ 766/QĐ-TTg counts; None below 10 dossiers."""
        return percentage(self.resolved_in_time + self.pending_in_time, self.received)

    @property
    def online_rate(self):
        """Received online among those received in the period, 4/(4+5), in percent; None below 10."""
        return percentage(self.received_online, self.received_online + self.received_direct)

    def by_column(self):
        """Return the eleven columns in the order of the form, each with its figure."""
        return [(column, getattr(self, column.key)) for column in COLUMNS]


@dataclass(frozen=True)
class Figures(DerivedFigures):
    """Eight figures that belong to no row: totals, and plain data."""

    received_online: int = 0
    received_direct: int = 0
    carried_over: int = 0
    resolved_early: int = 0
    resolved_on_time: int = 0
    resolved_late: int = 0
    pending_in_time: int = 0
    pending_overdue: int = 0

    @classmethod
    def total(cls, rows: Iterable[DerivedFigures]):
        """Return the sum of `rows`, figure by figure."""
        rows = list(rows)
        return cls(**{key: sum(getattr(row, key) for row in rows) for key in STORED})
