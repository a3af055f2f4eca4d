"""What the search of the site finds here: procedures, and published results by period."""

from django.urls import reverse

from portal.content_version import cached
from portal.site_search import MOST, Match, Matches, Result, Source, Suggestion, Tier
from portal.title_search import Titled, source_of
from procedures import periods
from procedures.catalogue_search import Closeness, index, search
from procedures.models import Period, ResultSheet

__all__ = ["PROCEDURES", "RESULTS"]

_TIERS = {
    Closeness.SAME: Tier.TITLE,
    Closeness.BEGINS: Tier.TITLE,
    Closeness.WITHIN: Tier.TITLE_WORDS,
    Closeness.ALL: Tier.TITLE_WORDS,
    Closeness.MOST: Tier.SOME_WORDS,
}


# --- Procedures -------------------------------------------------------------------------


def _find(question, narrowing, *, at):
    if narrowing.section or narrowing.year:
        return Matches()  # a procedure belongs to no section of the news, and to no year
    found = search(question.text)
    hits = [
        hit
        for hit in found.hits
        if all(hit.entry.holds(" ".join(phrase)) for phrase in question.phrases)
    ]
    # One that has all the words as typed may stand behind one that lacks a letter.
    ranked = sorted((_tier(hit), place, hit.entry.code) for place, hit in enumerate(hits))
    matches = [Match(PROCEDURES.kind, code, tier, (place,)) for tier, place, code in ranked]
    return Matches(
        matches=matches[: MOST + 1],
        count=min(len(matches), MOST + 1),
        corrected=_corrected(hits[ranked[0][1]])
        if ranked and ranked[0][0] == Tier.MISTYPED
        else (),
        nearest=found.nearest,
    )


def _tier(hit):
    tier = _TIERS[hit.closeness]
    return tier if hit.is_as_typed or tier == Tier.SOME_WORDS else Tier.MISTYPED


def _corrected(hit):
    return tuple(index().spelling.get(word, word) for word in hit.means)


def _show(keys, question):
    hits = search(question.text, codes=set(keys)).hits
    return {hit.entry.code: _result(hit) for hit in hits}


def _result(hit):
    entry = hit.entry
    return Result(
        title_pieces=hit.pieces,
        url=entry.address,
        label=f"{PROCEDURES.label} · {entry.field}",
        note="" if entry.is_in_force else entry.status_words,
    )


def _suggest(question, limit):
    hits = search(question.text).hits[:limit]
    return [
        Suggestion(hit.entry.name, hit.entry.address, PROCEDURES.label, _suggested(hit))
        for hit in hits
        if hit.closeness < Closeness.MOST
    ]


def _suggested(hit):
    # Words that stand scattered in a long name are less than the title of a news item.
    tier = Tier.ANYWHERE if hit.closeness == Closeness.ALL else _TIERS[hit.closeness]
    return tier if hit.is_begun else Tier.MISTYPED


PROCEDURES = Source("thu-tuc", "Thủ tục hành chính", 10, _find, _show, _suggest)


# --- Results ----------------------------------------------------------------------------


@cached
def _results():
    """Return the published periods, the newest first, then the lĩnh vực of the newest."""
    published = list(Period.objects.published().newest())
    newest = ResultSheet.objects.published().filter(edition__period__in=published[:1])
    return (
        *map(_of_period, published),
        *(_of_field(published[0], sheet.field) for sheet in newest.select_related("field")),
    )


def _of_period(period):
    spoken = _spoken(periods.parse(period.code))
    return Titled(
        key=period.code,
        title=f"Kết quả giải quyết TTHC: {period.label}",
        url=period.get_absolute_url(),
        also=(f"kết quả TTHC {spoken}", f"tỷ lệ đúng hạn {spoken}"),
        text=_TEXT,
        day=period.ends_on,
        date_text=f"đến {period.ends_on:%d/%m/%Y}",
    )


def _of_field(period, field):
    return Titled(
        key=f"{period.code}.{field.slug}",
        title=f"Kết quả giải quyết TTHC lĩnh vực {field.name}: {period.label}",
        url=reverse("procedures:field", args=[period.code, field.slug]),
        text=_TEXT,
        day=period.ends_on,
        date_text=f"đến {period.ends_on:%d/%m/%Y}",
    )


def _spoken(code):
    """Return the period as people type it: "tháng 4 năm 2025", "quý 1 năm 2025"."""
    part = {
        periods.Kind.MONTH: f"tháng {code.last_month}",
        periods.Kind.QUARTER: f"quý {code.last_month // 3}",
        periods.Kind.HALF_YEAR: "6 tháng đầu",
        periods.Kind.NINE_MONTHS: "9 tháng đầu",
        periods.Kind.YEAR: "cả",
    }[code.kind]
    return f"{part} năm {code.year}"


_TEXT = "Số liệu công khai kết quả giải quyết thủ tục hành chính, hồ sơ đúng hạn, quá hạn."

RESULTS = source_of(kind="ket-qua", label="Kết quả TTHC", order=40, read=_results)
