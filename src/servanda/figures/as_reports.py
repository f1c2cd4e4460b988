"""Published counts as reports of acts, where a mandate says that its claimants' counts are evidence.

A count is a claim of its claimant like any other: his side and grade decide what it is worth. Totals that begin together are parted into
what one is more than the one before, so that each stretch of time has its own number, and what they leave for days of which nobody gave a
number is one count of those days, never quiet. What says "at least" enters without its number, for that has no end; "about", "at most"
and a range stay out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

import polars as pl

from servanda.figures.published_counts import CLOSE, PublishedCount, published_counts_of
from servanda.values.codes import Vocabulary
from servanda.values.names import name_key
from servanda.values.units import ACT_WORDS, is_of_acts, units_of

_ANY_ACT = "attack"
"""What acts of any kind are taken for: a term that forbids only some of them is told of no sure one."""
REPORT_OF_COUNT: dict[str, pl.DataType] = {
    **dict.fromkeys(("report_id", "source", "side", "kind", "stance"), pl.String()),
    **dict.fromkeys(("start", "end", "known_at"), pl.Datetime("us", "UTC")),
    **dict.fromkeys(("act", "actor"), pl.String()),
    "quantity": pl.Float64(),
    **dict.fromkeys(("unit", "area", "place_name", "summary"), pl.String()),
}


def counts_as_reports(
    figures: pl.DataFrame, claimants: Sequence[str], vocabulary: Vocabulary, places: Iterable[str]
) -> tuple[pl.DataFrame, Mapping[str, int]]:
    """Published counts of acts as rows of reports.

    Args:
        figures: the figure table.
        claimants: whose counts are evidence; ``all`` for everybody's.
        vocabulary: of the agreement.
        places: the names of its places.

    Returns:
        The rows, with the columns of :data:`REPORT_OF_COUNT`; and what was left out, with how many.
    """
    everybody, named = "all" in claimants, {name_key(name) for name in claimants}
    counts = [c for c in published_counts_of(figures) if everybody or name_key(c.claimant) in named]
    units = units_of({c.unit for c in counts}, vocabulary.acts.codes)
    left: Counter[str] = Counter()
    taken: list[PublishedCount] = []
    for count in counts:
        if why := _why_not(count, units[count.unit], vocabulary):
            left[f"published counts that are no evidence here: {why}"] += 1
        else:
            taken.append(count)
    known = {name_key(name): name for name in places}
    rows = [_row(count, units[count.unit], vocabulary, known) for count in _apart(taken, left)]
    return pl.DataFrame(rows, schema=REPORT_OF_COUNT), left


def _why_not(count: PublishedCount, unit: str, vocabulary: Vocabulary) -> str:
    """Why a count is no number of acts; nothing where it is one."""
    if count.stance not in ("asserts", "confirms"):
        return "they deny or take back"
    if count.qualifier in ("about", "at_most", "between"):
        return "they say about how many, at most, or a range"
    if not is_of_acts(unit, vocabulary.acts):
        return "what they count is no act"
    return "" if count.end > count.start else "they give no length of time"


def _apart(counts: Sequence[PublishedCount], left: Counter[str]) -> Iterator[PublishedCount]:
    """The counts; of totals that begin together, what each is more than the one before."""

    def series(count: PublishedCount) -> tuple[str, ...]:
        return (
            count.whose,
            count.side,
            count.against,
            count.thing,
            count.where,
            str(count.cumulative),
            str(count.start if count.cumulative else ""),
        )

    for _, group in groupby(sorted(counts, key=lambda c: (series(c), c.end, c.known_at)), key=series):
        before: PublishedCount | None = None
        for count in _last_known(list(group)):
            if not count.cumulative:
                yield count
                continue
            if before is not None and count.count < before.count:
                left["published totals that are below an earlier one, and are left out"] += 1
                continue
            more = count.count - (before.count if before is not None else 0)
            start = before.end if before is not None else count.start
            note = f"{count.words} in all, {more:,.12g} more than before" if before is not None else count.note
            yield replace(count, start=start, count=more, note=note)
            before = count


def _last_known(counts: Sequence[PublishedCount]) -> Iterator[PublishedCount]:
    """The counts; of totals to one end what became known last, for it corrects the others."""
    for count, following in zip(counts, [*counts[1:], None], strict=True):
        corrected = following is not None and count.cumulative and following.end - count.end < CLOSE
        if not corrected:
            yield count


def _row(count: PublishedCount, unit: str, vocabulary: Vocabulary, places: Mapping[str, str]) -> dict[str, object]:
    area = places.get(name_key(count.area)) if count.area else None
    open_ = count.qualifier == "at_least"
    return {
        "report_id": f"figure {count.id}",
        "source": count.claimant,
        "side": count.side or None,
        "kind": "claim",
        "stance": count.stance,
        "start": count.start,
        "end": count.end,
        "known_at": count.known_at,
        "act": _ANY_ACT if unit in ACT_WORDS and unit not in vocabulary.acts.parent else unit,
        "actor": None if count.against in ("", "unknown") else count.against,
        "quantity": None if open_ else count.count,
        "unit": unit,
        "area": area,
        "place_name": None if area else count.area or None,
        "summary": f"published count: {count.words}" + (f" ({count.note})" if count.note else ""),
    }
