"""An entry of the catalogue as plain facts: how files write them, how they are stored.

A fact is a text, a whole number, True or False, or None, which means unknown; lists are
lines. So an entry in a workbook, in JSON and in the database can be compared fact by fact.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db.models import TextField

from portal.models import LegalBasis
from portal.text import clean_line
from procedures.imports.catalogue_rows import HEADINGS
from procedures.imports.staged import folded
from procedures.models import (
    Channel,
    Procedure,
    ProcedureChannel,
    ProcedureForm,
    ProcedureStatus,
    ProcedureStep,
    RequiredPaper,
    TimeUnit,
)
from procedures.models.catalogue import CODE_REGEX

__all__ = [
    "KEYS",
    "LABELS",
    "Parts",
    "facts_of",
    "parse",
    "parts_of",
    "prefetched",
    "problems_of",
    "procedure_from",
    "shown",
    "time_of",
    "with_facts",
]

LABELS = {key: names[0] for key, names in HEADINGS.items()}
KEYS = tuple(LABELS)

_CHANNEL_OF = {"direct": Channel.DIRECT, "online": Channel.ONLINE, "post": Channel.POST}
_OF_CHANNEL = ("time", "time_note", "fee", "fee_note")
_PLAIN = (  # facts that are one column of the table, written as they are
    *("code", "name", "level", "decision", "handled_by", "where_to_submit"),
    *("contact_phone", "result", "national_url", "source", "source_via", "confidence"),
    *("caveat",),
)
_DAYS = ("effective_on", "ended_on", "decision_on")
_MARKS = ("is_common", "is_core")
_MOST_FEE = 1_000_000_000  # đồng
_TIME = re.compile(r"(\d{1,5})(?:[.,](\d))?\s*(\D+)")
_UNITS = {folded(unit.label): unit for unit in TimeUnit}
_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_PAPER_FIELDS = ("name", "case", "originals", "copies", "note")


@dataclass(frozen=True)
class Parts:
    """What stands below a procedure; None leaves a part as it is.

    The first four hold unsaved rows in their order, `legal_bases` stored ones.
    """

    channels: list[ProcedureChannel] | None = None
    papers: list[RequiredPaper] | None = None
    steps: list[ProcedureStep] | None = None
    forms: list[ProcedureForm] | None = None
    legal_bases: list[LegalBasis] | None = None


def prefetched(procedures):
    """Return the queryset with all that `facts_of` reads."""
    return procedures.select_related("field", "replaced_by").prefetch_related(
        "channels", "papers", "steps", "forms", "legal_bases"
    )


# --- What is stored → facts -------------------------------------------------------------


def facts_of(procedure):
    """Return {key: fact} of a stored procedure, and its forms by title."""
    facts = {name: _line(getattr(procedure, name)) for name in _PLAIN}
    facts |= {name: _iso(getattr(procedure, name)) for name in _DAYS}
    facts |= {name: getattr(procedure, name) for name in _MARKS}
    facts["field"] = procedure.field.name
    facts["also_known_as"] = _lines(procedure.also_known_as.splitlines())
    facts["status"] = str(procedure.status)
    facts["replaced_by"] = procedure.replaced_by and procedure.replaced_by.code
    offered = {each.channel: each for each in procedure.channels.all()}
    facts["channels"] = _lines(each.label for each in Channel if each in offered)
    for prefix, channel in _CHANNEL_OF.items():
        row = offered.get(channel)
        facts[f"{prefix}_time"] = row and time_of(row)
        facts[f"{prefix}_time_note"] = row and _line(row.time_note)
        facts[f"{prefix}_fee"] = row and row.fee
        facts[f"{prefix}_fee_note"] = row and _line(row.fee_note)
    facts["papers"] = _lines(map(_paper_line, procedure.papers.all()))
    facts["steps"] = _lines(clean_line(each.text) for each in procedure.steps.all())
    facts["legal_bases"] = _lines(
        sorted(each.number for each in procedure.legal_bases.all())
    )
    facts["forms"] = _lines(each.title for each in procedure.forms.all())
    return facts


def time_of(row):
    """Return the time of a channel in words, "3 ngày làm việc", or None when it is unknown."""
    if row.amount is None:
        return None
    amount = f"{Decimal(row.amount).normalize():f}".replace(".", ",")
    return f"{amount} {TimeUnit(row.unit).label}"


def _line(text):
    return clean_line(text) or None


def _iso(day):
    return day and day.isoformat()


def _lines(texts):
    return "\n".join(texts) or None


def _paper_line(paper):
    cells = [getattr(paper, name) for name in _PAPER_FIELDS]
    texts = [
        "" if cell is None else clean_line(str(cell)).replace("|", "/") for cell in cells
    ]
    return " | ".join(texts).rstrip(" |")


# --- What a file says → facts -----------------------------------------------------------


def parse(key, said):
    """Return the fact that a file says by `said`: a text, or what JSON has in its place.

    Raises ValueError with a whole sentence that says what is wrong.
    """
    text = _as_text(said)
    if not text:
        return _BLANK.get(key)
    return _PARSERS.get(key, clean_line)(text)


def shown(key, fact):
    """Return a fact as our own workbooks and pages write it; "" for what is unknown."""
    if fact is None or fact is False:
        return ""
    if fact is True:
        return "x"
    if key == "status":
        return ProcedureStatus(fact).label
    if key in _DAYS:
        return f"{date.fromisoformat(fact):%d/%m/%Y}"
    return fact


def _as_text(said):
    if said is None or said is False:
        return ""
    if said is True:
        return "x"
    if isinstance(said, list):
        said = "\n".join(map(_as_text, said))
    # JSON can spell halves of characters, which nothing can store or show.
    text = str(said).encode("utf-8", "ignore").decode()
    return text.replace("\0", "").strip()


def _code(text):
    code = clean_line(text).upper()
    if not re.fullmatch(CODE_REGEX, code):
        raise ValueError(
            f"“{code[:40]}” không phải mã thủ tục. Mã có dạng 1.001193 hoặc 1.001193.H56; nếu "
            "Excel đã đổi mã thành số, hãy đặt định dạng cột là Văn bản rồi gõ lại."
        )
    return code


def _time(text):
    match = _TIME.fullmatch(clean_line(text))
    unit = _UNITS.get(folded(match[3])) if match else None
    if unit is None:
        raise ValueError(
            f"Thời hạn “{text[:40]}” chưa rõ. Hãy ghi số kèm đơn vị: 3 ngày làm việc, 15 ngày, "
            "1 giờ. Trường hợp khác hãy để trống và ghi vào cột ghi chú thời hạn."
        )
    amount = Decimal(f"{match[1]}.{match[2] or 0}")
    if not amount:
        raise ValueError("Thời hạn phải lớn hơn 0; chưa biết thì để trống.")
    return time_of(ProcedureChannel(amount=amount, unit=unit))


def _fee(text):
    if folded(text) in ("mien phi", "khong thu phi", "khong thu"):
        return 0
    match = re.fullmatch(
        r"(\d{1,3}(?:[.,\s]\d{3})+|\d+)\s*(?:đồng|đ|vnđ|vnd)?",
        clean_line(text).lower(),
        re.ASCII,
    )
    fee = int(re.sub(r"\D", "", match[1])) if match and len(match[1]) < 20 else None
    if fee is None or fee > _MOST_FEE:
        raise ValueError(
            f"Phí “{text[:40]}” chưa rõ. Hãy ghi số đồng, ghi 0 nếu miễn phí, để trống nếu "
            "chưa biết; điều khác thì ghi vào cột ghi chú phí."
        )
    return fee


def _mark(text):
    word = folded(text)
    if word in ("x", "co", "1", "true", "dung"):
        return True
    if word in ("khong", "0", "false", "sai"):
        return False
    raise ValueError(f"“{text[:40]}” chưa rõ. Hãy ghi x nếu có, để trống nếu không.")


def _status(text):
    for status in ProcedureStatus:
        if folded(text) in (folded(status.label), folded(status.value)):
            return status.value
    choices = ", ".join(label for label in ProcedureStatus.labels)
    raise ValueError(f"Tình trạng “{text[:40]}” không có. Hãy ghi một trong: {choices}.")


def _day(text):
    match = _DAY.fullmatch(clean_line(text))
    try:
        if match:
            return date(int(match[3]), int(match[2]), int(match[1])).isoformat()
        return datetime.fromisoformat(text).date().isoformat()
    except ValueError:
        raise ValueError(
            f"“{text[:40]}” không phải ngày. Hãy ghi dạng 15/01/2024."
        ) from None


def _channels(text):
    words = [folded(each) for each in re.split(r"[\n;,]", text)]
    known = {folded(each.label): each for each in Channel}
    known |= {"buu chinh": Channel.POST, "dich vu buu chinh": Channel.POST}
    if strange := [word for word in words if word and word not in known]:
        raise ValueError(
            f"Cách nộp “{strange[0][:40]}” không có. Hãy ghi: {', '.join(Channel.labels)}."
        )
    chosen = {known[word] for word in words if word}
    return _lines(each.label for each in Channel if each in chosen)


def _list(text):
    return _lines(filter(None, map(clean_line, text.splitlines())))


def _numbers(text):
    return _lines(sorted({clean_line(each) for each in re.split(r"[\n;]", text)} - {""}))


def _papers(text):
    return _lines(_paper_line(_paper(line)) for line in _list(text).splitlines())


def _paper(line):
    cells = dict(zip(_PAPER_FIELDS, map(str.strip, line.split("|")), strict=False))
    if not cells["name"] or line.count("|") >= len(_PAPER_FIELDS):
        raise ValueError(
            f"Giấy tờ “{line[:60]}” chưa rõ. Mỗi dòng một giấy tờ, các phần cách nhau bằng dấu |: "
            "tên | trường hợp | số bản chính | số bản sao | ghi chú."
        )
    for name in ("originals", "copies"):
        if not re.fullmatch(r"\d{0,2}", cells.get(name, ""), re.ASCII):
            raise ValueError(f"Số bản của giấy tờ “{line[:60]}” phải là số.")
        cells[name] = int(cells[name]) if cells.get(name) else None
    return RequiredPaper(**cells)


_PARSERS = {
    "code": _code,
    "replaced_by": _code,
    "also_known_as": _list,
    "status": _status,
    "channels": _channels,
    "papers": _papers,
    "steps": _list,
    "legal_bases": _numbers,
    **dict.fromkeys(_DAYS, _day),
    **dict.fromkeys(_MARKS, _mark),
    **{f"{prefix}_time": _time for prefix in _CHANNEL_OF},
    **{f"{prefix}_fee": _fee for prefix in _CHANNEL_OF},
}
_BLANK = dict.fromkeys(_MARKS, False) | {"status": ProcedureStatus.EFFECTIVE.value}


# --- Facts → what is stored -------------------------------------------------------------


def with_facts(known, said):
    """Return the facts `known` of an entry with those that a file says in their place.

    A channel with a time or a fee is one that is offered; one that the file leaves out of its
    list is not, and nothing is known of it.
    """
    facts = known | said
    for prefix, channel in _CHANNEL_OF.items():
        if (
            "channels" in said
            and channel.label not in (said["channels"] or "").splitlines()
        ):
            facts |= {
                f"{prefix}_{each}": said.get(f"{prefix}_{each}") for each in _OF_CHANNEL
            }
    listed = (facts.get("channels") or "").splitlines()
    facts["channels"] = _lines(
        channel.label
        for prefix, channel in _CHANNEL_OF.items()
        if channel.label in listed
        or any(facts.get(f"{prefix}_{each}") is not None for each in _OF_CHANNEL)
    )
    return facts


def procedure_from(facts, *, field, replaced_by, procedure=None):
    """Return `procedure`, or a new one, with the facts that are columns of its own."""
    procedure = procedure or Procedure()
    for name in _PLAIN:
        setattr(procedure, name, facts.get(name) or "")
    for name in _DAYS:
        day = facts.get(name)
        setattr(procedure, name, date.fromisoformat(day) if day else None)
    for name in _MARKS:
        setattr(procedure, name, bool(facts.get(name)))
    procedure.also_known_as = facts.get("also_known_as") or ""
    procedure.status = facts.get("status") or ProcedureStatus.EFFECTIVE
    procedure.field, procedure.replaced_by = field, replaced_by
    return procedure


def parts_of(facts, *, legal_bases):
    """Return the `Parts` that the facts tell of; `legal_bases` has stored ones by number."""
    listed = (facts.get("channels") or "").splitlines()
    numbers = (facts.get("legal_bases") or "").splitlines()
    return Parts(
        channels=[
            _channel_row(
                channel, {each: facts.get(f"{prefix}_{each}") for each in _OF_CHANNEL}
            )
            for prefix, channel in _CHANNEL_OF.items()
            if channel.label in listed
        ],
        papers=[_paper(line) for line in (facts.get("papers") or "").splitlines()],
        steps=[
            ProcedureStep(text=line) for line in (facts.get("steps") or "").splitlines()
        ],
        legal_bases=[legal_bases[number] for number in numbers],
    )


def _channel_row(channel, said):
    row = ProcedureChannel(
        channel=channel,
        time_note=said["time_note"] or "",
        fee=said["fee"],
        fee_note=said["fee_note"] or "",
    )
    if said["time"]:
        whole, tenth, unit = _TIME.fullmatch(said["time"]).groups()
        row.amount, row.unit = Decimal(f"{whole}.{tenth or 0}"), _UNITS[folded(unit)]
    return row


def problems_of(procedure, parts):
    """Return what of an entry is too long or otherwise no value of its column, as sentences."""
    rows = [(procedure, "")]
    for each in (parts.channels, parts.papers, parts.steps):
        rows += [(row, f"{row}: ") for row in each or ()]
    found = []
    for row, place in rows:
        try:
            row.clean_fields(exclude=["procedure", "field", "replaced_by", "order"])
        except ValidationError as error:
            found += [
                f"{place}{row._meta.get_field(name).verbose_name}: {' '.join(sentences)}"
                for name, sentences in error.message_dict.items()
            ]
        found += [
            f"{place}{column.verbose_name}: dài nhất {column.max_length} chữ."
            for column in row._meta.concrete_fields
            if isinstance(column, TextField)
            and len(getattr(row, column.name)) > column.max_length
        ]
    days = procedure.effective_on, procedure.ended_on
    if all(days) and days[1] < days[0]:
        found.append("ngày hết hiệu lực phải sau ngày có hiệu lực.")
    return found
