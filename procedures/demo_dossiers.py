"""Invented dossier lists, as the one-stop software would export them for three months.

They hold no person at all. Every dossier goes its way: received, given a due day by the habits
of its lĩnh vực, finished early, late or not yet; what a month leaves open is in the next list.
"""

import csv
import io
import random
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from portal.working_days import add_working_days, is_working_day
from procedures.models import Channel

_SEED = 1347
_HEAD = (
    "STT",
    "Mã hồ sơ",
    "Mã TTHC",
    "Tên TTHC",
    "Lĩnh vực",
    "Nhận hồ sơ",
    "Hẹn trả kết quả",
    "Trả kết quả",
    "Hình thức nộp",
    "Trạng thái",
)


@dataclass(frozen=True)
class Pace:
    """How a lĩnh vực goes: dossiers a month, working days given, and shares from 0 to 1.

    `early` of the dossiers take a part of the days given, `late` take more, the rest end on
    the due day.
    """

    monthly: float
    days: int
    online: float
    early: float
    late: float = 0.0


@dataclass(frozen=True)
class _Dossier:
    code: str
    procedure: object = field(repr=False)
    channel: Channel
    received_on: date
    due_on: date
    finished_on: date

    def as_row(self, number, ends_on):
        is_finished = self.finished_on <= ends_on
        return (
            number,
            self.code,
            self.procedure.code,
            self.procedure.name,
            self.procedure.field.name,
            f"{self.received_on:%d/%m/%Y}",
            f"{self.due_on:%d/%m/%Y}",
            f"{self.finished_on:%d/%m/%Y}" if is_finished else "",
            self.channel.label,
            "Đã trả kết quả" if is_finished else "Đang xử lý",
        )


class OneStop:
    """The office whose software exports the lists, one month after the other.

    `paces` gives the `Pace` of every procedure's lĩnh vực by name; `procedures` lists, by the
    same names, what citizens ask for, the most common first.
    """

    def __init__(self, paces, procedures):
        self._paces, self._procedures = paces, procedures
        self._chance = random.Random(_SEED)  # noqa: S311  (for show, the same ones each time)
        self._open, self._numbers = [], {}

    def leave_open(self, name, *, in_time, overdue, ends_on):
        """Begin with so many open dossiers of the lĩnh vực `name` on the evening of `ends_on`."""
        for number in range(in_time + overdue):
            received_on = self._working_day(ends_on - timedelta(days=20), ends_on)
            dossier = self._receive(name, received_on)
            soon = add_working_days(ends_on, 2 + number % 5)
            if number < overdue:
                due_on = add_working_days(received_on, 1)
                due_on = min(due_on, ends_on - timedelta(days=1))
                received_on = min(received_on, due_on)
            else:
                due_on = max(dossier.due_on, add_working_days(ends_on, 2))
            self._open.append(
                replace(dossier, received_on=received_on, due_on=due_on, finished_on=soon)
            )

    def export(self, starts_on, ends_on):
        """Return the list of the period as a CSV file (bytes), and keep what it leaves open."""
        for name, pace in self._paces.items():
            expected = pace.monthly * self._chance.uniform(0.9, 1.1)
            for _ in range(int(expected + self._chance.random())):
                received_on = self._working_day(starts_on, ends_on)
                self._open.append(self._receive(name, received_on))
        rows = sorted(self._open, key=lambda each: (each.received_on, each.code))
        self._open = [each for each in rows if each.finished_on > ends_on]
        file = io.StringIO()
        writer = csv.writer(file, delimiter=";")
        writer.writerow(_HEAD)
        writer.writerows(
            each.as_row(number, ends_on) for number, each in enumerate(rows, start=1)
        )
        return file.getvalue().encode("utf-8-sig")

    def _receive(self, name, received_on):
        pace, chance = self._paces[name], self._chance
        choices = self._procedures[name]
        procedure = choices[min(int(chance.expovariate(1.2)), len(choices) - 1)]
        self._numbers[received_on] = self._numbers.get(received_on, 0) + 1
        due_on = add_working_days(received_on, pace.days)
        drawn = chance.random()
        if drawn < pace.early:
            finished_on = add_working_days(
                received_on, chance.randint(0, max(pace.days - 1, 0))
            )
        elif drawn < 1 - pace.late:
            finished_on = due_on
        else:
            finished_on = add_working_days(due_on, chance.randint(1, 6))
        return _Dossier(
            code=f"000.17.22.H56-{received_on:%y%m%d}-{self._numbers[received_on]:04}",
            procedure=procedure,
            channel=Channel.ONLINE if chance.random() < pace.online else Channel.DIRECT,
            received_on=received_on,
            due_on=due_on,
            finished_on=finished_on,
        )

    def _working_day(self, first, last):
        days = [
            day
            for day in (first + timedelta(days=n) for n in range((last - first).days + 1))
            if is_working_day(day)
        ]
        return self._chance.choice(days)
