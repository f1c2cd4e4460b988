"""What to verify next: open and alleged incidents by what their answer could change, how soon the trace fades, how reachable they are.

An order for planning. It enters no verdict, and what it says of a change is what the rules would give if that one incident were confirmed, or were found
not to have been, and nothing else changed. How long traces last is a judgement (``data/traces.yaml``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl
import shapely

from servanda.agreement import Agreement
from servanda.coverage import Coverage
from servanda.values.filled import filled
from servanda.values.gazetteer import gazetteer
from servanda.values.geo.meridian import cut
from servanda.values.time import Interval
from servanda.verdicts.kinds.guarantee import brought_nearer
from servanda.verdicts.model import Verdict
from servanda.verdicts.verification import Verification

LISTED = 200
TO_VERIFY: dict[str, pl.DataType] = {
    "rank": pl.Int64(),
    "incident": pl.String(),
    "start": pl.Datetime("us", "UTC"),
    "end": pl.Datetime("us", "UTC"),
    "place_name": pl.String(),
    "lat": pl.Float64(),
    "lon": pl.Float64(),
    "accused": pl.String(),
    "question": pl.String(),
    "means": pl.String(),
    "could_change": pl.String(),
    "fades": pl.Datetime("us", "UTC"),
    "closed_by": pl.String(),
}
_FINDABLE = 25_000.0
"""Metres within which a place must be known for somebody to go and look."""
_TOLD = 3  # changes that are told of an incident
_GUARANTEE, _BREACH, _CLEAR, _MORE = 4, 3, 2, 1


@dataclass(frozen=True, slots=True)
class _Change:
    """What an answer could change; ``weight``: what weighs more comes first."""

    weight: int
    words: str


def to_verify(verification: Verification) -> pl.DataFrame:
    """The incidents whose verification could change most.

    Args:
        verification: what was found.

    Returns:
        Up to :data:`LISTED` rows with the columns of :data:`TO_VERIFY`, first what weighs most; of equal weight what fades first and has
        not faded; where nobody can say within 25 km, and what lies behind a closed door, come after.
    """
    agreement = verification.agreement
    waiting = verification.findings.filter(
        pl.col("status").is_in(["alleged", "open"]) & ~pl.col("answered").fill_null(False)
    )
    could = _what_could_change(waiting, verification)
    now = verification.as_of or verification.known_until
    own = verification.incidents.join(could, on="incident", how="inner")
    traces = _traces(agreement, own["acts"].unique().to_list())
    fades = pl.col("end") + pl.duration(days=pl.col("acts").replace_strict(traces[0], return_dtype=pl.Int64))
    own = own.with_columns(
        fades=fades,
        means=pl.col("acts").replace_strict(traces[1], return_dtype=pl.String),
        question=_question(attribution=agreement.mandate.attribution),
        closed_by=_closed_by(verification.watched, own, now),
        accused=pl.col("accused") if agreement.mandate.attribution else pl.lit(None, dtype=pl.String),
        nowhere=pl.col("lat").is_null() | (pl.col("precision_m") > _FINDABLE).fill_null(False),
    ).with_columns(closed=pl.col("closed_by") != "", gone=pl.lit(False) if now is None else pl.col("fades") <= now)
    order = ["weight", "nowhere", "closed", "gone", "fades", "start", "incident"]
    listed = own.sort(order, descending=[True] + [False] * 6).head(LISTED)
    return listed.with_columns(rank=pl.int_range(1, pl.len() + 1)).select(
        pl.col(c).cast(d) for c, d in TO_VERIFY.items()
    )


QUESTIONS = {
    "which": "Something happened there. Was it this act?",
    "whose": "Something happened there. Was it this act, and whose?",
    "denied": "Some say so, and some deny it. Did it happen?",
    "who": "Did it happen, and who did it?",
    "happened": "Did it happen?",
}
"""What is to be found out, in words."""


def _question(*, attribution: bool) -> pl.Expr:
    """What is to be found out of each incident; who did it is asked where the mandate lets it be said."""
    return (
        pl.when(pl.col("happened") == "confirmed")
        .then(pl.lit(QUESTIONS["whose" if attribution else "which"]))
        .when(pl.col("denials") > 0)
        .then(pl.lit(QUESTIONS["denied"]))
        .when(pl.lit(attribution) & (pl.col("accused").fill_null("") == ""))
        .then(pl.lit(QUESTIONS["who"]))
        .otherwise(pl.lit(QUESTIONS["happened"]))
    )


def _what_could_change(waiting: pl.DataFrame, verification: Verification) -> pl.DataFrame:
    """By incident the greatest ``weight`` and the words of what its answer ``could_change``."""
    after = _Changes(verification)
    about = waiting.select("term", "reading", "party").unique().sort("term", "reading", "party", nulls_last=True)
    rows = [
        (*of, change.weight, change.words)
        for of in zip(*(about[c].to_list() for c in about.columns), strict=True)
        for change in after.of(*of)
    ]
    text = pl.String()
    schema = {"term": text, "reading": text, "party": text, "weight": pl.Int64(), "words": text}
    changes = pl.DataFrame(rows, schema=schema, orient="row")
    found = waiting.select("incident", "term", "reading", "party").unique()
    found = found.join(changes, on=["term", "reading", "party"], nulls_equal=True)
    found = found.select("incident", "weight", "words").unique().sort("weight", "words", descending=[True, False])
    more = pl.len().cast(pl.Int64) - _TOLD
    rest = pl.when(more > 0).then(filled("; and {} more", more)).otherwise(pl.lit(""))
    return found.group_by("incident").agg(
        pl.col("weight").max(), could_change=pl.col("words").head(_TOLD).str.join("; ") + rest
    )


class _Changes:
    """What the answer to one finding could change, from the verdicts as they are."""

    def __init__(self, verification: Verification) -> None:
        self.verification = verification
        self.verdicts = {(v.term, v.reading, v.party): v for v in verification.verdicts}
        self.titles = {t.id: t.title for text in verification.agreement.texts for t in text.terms}

    def of(self, term: str, reading: str | None, party: str | None) -> list[_Change]:
        """The changes for one term, reading and party."""
        agreement = self.verification.agreement
        party = party if agreement.mandate.attribution else None
        verdict = self.verdicts.get((term, reading, party))
        if verdict is None:
            return []
        kind = next(t.kind for text in agreement.texts for t in text.terms if t.id == term)
        about = self.titles[term] + (f" ({party})" if party else "")
        if kind.owes == "deed":
            return (
                [_Change(_CLEAR, f"{about}: whether it was done")]
                if verdict.verdict in ("undetermined", "breached")
                else []
            )
        out = [
            _Change(_GUARANTEE if met else _BREACH, words)
            for met, words in brought_nearer(agreement, self.verification.verdicts, verdict)
        ]
        if verdict.verdict == "breached":
            return [*out, _Change(_MORE, f"{about}: one more confirmed beside {verdict.confirmed}")]
        out.append(_Change(_BREACH, f"{about}: breached, if confirmed"))
        if verdict.alleged == 1 and self._watched(verdict):
            out.append(_Change(_CLEAR, f"{about}: nothing else stands against complied, if it was not so"))
        return out

    def _watched(self, verdict: Verdict) -> bool:
        tolerance = self.verification.agreement.mandate.tolerance
        least = 1.0 - (tolerance.share if tolerance else 0.0)
        return verdict.watched is not None and verdict.watched.share >= least


def _traces(agreement: Agreement, acts: list[str]) -> tuple[dict[str, int], dict[str, str]]:
    """For the acts of incidents, as they are listed: how many days their trace lasts, and what can look at it."""
    known: Mapping[str, Mapping[str, Any]] = gazetteer("traces.yaml")
    parent = agreement.vocabulary.acts.parent
    days, means = {}, {}
    for listed in acts:
        code: str | None = (listed or "").split(",")[0].strip().replace(" ", "_")
        while code is not None and code not in known:
            code = parent.get(code)
        trace = known[code or "default"]
        days[listed], means[listed] = int(trace["days"]), ", ".join(trace["means"])
    return days, means


def _closed_by(coverage: Coverage, incidents: pl.DataFrame, now: datetime | None) -> pl.Series:
    """For each incident who denies access to its place now; nothing where nobody is known to."""
    closed = np.full(incidents.height, "", dtype=object)
    at = shapely.points(*(incidents[c].fill_null(np.nan).to_numpy() for c in ("lon", "lat")))
    for gap in coverage.gaps:
        if now is None or gap.kind != "denial" or not any(_holds(time, now) for time in gap.times):
            continue
        inside = np.isfinite(shapely.get_x(at)) if gap.where is None else shapely.intersects(cut(gap.where), at)
        closed[inside & (closed == "")] = gap.party or gap.by or "not said by whom"
    return pl.Series("closed_by", closed.tolist(), dtype=pl.String)


def _holds(time: Interval, now: datetime) -> bool:
    return (time.start is None or time.start <= now) and (time.end is None or now < time.end)
