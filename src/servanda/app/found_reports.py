"""From sayings to reports: what documents tell of accusations, admissions and denials, as a table of evidence that a person has yet to confirm.

Each row is a claim: ``origin`` is who spoke, ``via`` the chain between him and the document, and one saying is one incident, however many documents
relay it. Day, place, act and author are taken as far as the words carry them. What they do not carry is empty, and ``missing`` says what and why.
No row counts until somebody has put his name into ``confirmed_by`` (``evidence/readers/servanda.py``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

import polars as pl

from servanda.agreement import Agreement
from servanda.app.context import context_of, outlines_of
from servanda.app.given import agreement_of
from servanda.app.sayings import accused, article_reports, in_article, reported
from servanda.errors import Fault, ServandaError
from servanda.evidence.importing import places_of
from servanda.evidence.importing.gazetteer import country_of
from servanda.evidence.importing.named_places import Match, NamedPlaces
from servanda.evidence.importing.words import words
from servanda.statements import StatementAnalysis
from servanda.values.files import FileLike
from servanda.values.filled import filled
from servanda.wording import plural

_PARTY = "it lies in a state that is a party"
FOUND: dict[str, pl.DataType] = {
    "report_id": pl.String(),
    "confirmed_by": pl.String(),
    "missing": pl.String(),
    "summary": pl.String(),
    "stance": pl.String(),
    "act": pl.String(),
    "actor": pl.String(),
    "start": pl.String(),
    "end": pl.String(),
    "known_at": pl.String(),
    "place_name": pl.String(),
    "lat": pl.Float64(),
    "lon": pl.Float64(),
    "precision_km": pl.Float64(),
    "placed": pl.String(),
    "kind": pl.String(),
    "side": pl.String(),
    "source": pl.String(),
    "origin": pl.String(),
    "via": pl.String(),
    "incident_id": pl.String(),
}
"""The columns of the file, those that a person reads first in front."""


class FoundReports(NamedTuple):
    """The rows, and what must be told of them."""

    table: pl.DataFrame
    told: tuple[str, ...]


def found_reports(analysis: StatementAnalysis, agreement: Agreement | FileLike | None) -> FoundReports:
    """What documents tell of deeds, as rows that a person confirms.

    Args:
        analysis: what the documents tell.
        agreement: gives the zone in which days are days, the codes of acts, and where its places are.

    Returns:
        The rows of :data:`FOUND`, in the order of the documents, and what must be told of them.

    Raises:
        ServandaError: there is no agreement, or its mandate lets no author be named.
    """
    if agreement is None:
        what = "without an agreement nobody knows in which time zone a day is a day, nor where its places are"
        raise ServandaError(Fault("--reports", what, "give --agreement as well", code="CLI019"))
    text = agreement_of(agreement)
    if not text.mandate.attribution:
        what = "its mandate lets no author of an act be named (attribution: false), and reports of accusations do"
        raise ServandaError(Fault(text.file, what, "leave --reports out", code="CLI017"))
    context = context_of(text)
    read = [d for d in analysis.documents if reported(d, analysis)]
    found = [row for document in read for row in accused(analysis, document)]
    states = frozenset(filter(None, (country_of(name) for name in text.parties.values())))
    matches = _placed({a.place for a, _, _ in found if a.place}, places_of(outlines_of(text), context), states)
    at = {words(name): (m.place.lat, m.place.lon, 1000 * m.place.km) for name, m in matches.items() if m and m.place}
    rows = article_reports(found, context, at)
    dated = {d.id for d in read if d.published is not None}
    of_saying = pl.Series([f"said: {occasion}" for _, _, occasion in found], dtype=pl.String)
    day = pl.col("start").dt.convert_time_zone(text.zone.key).dt.strftime("%Y-%m-%d")
    parts = [of_saying, "act", "place_name", day]
    rows = rows.with_columns(incident=pl.concat_str(parts, separator="; ", ignore_nulls=True))
    rows = in_article(rows.with_columns(incident_id="incident"))
    told = _told(rows, len(analysis.documents) - len(read))
    return FoundReports(_table(rows, matches, dated, text), told)


def _placed(names: Iterable[str], places: NamedPlaces, states: frozenset[str]) -> dict[str, Match | None]:
    """Where names are, as ``servanda import`` finds them; of several places near the agreement's, the one in a state that is a party."""
    out = {}
    for name in sorted(names):
        out[name] = match = places.find(name)
        if match and not match.place and match.others and states:
            narrowed = replace(places, countries=states).find(name)
            if narrowed and narrowed.place in match.others:
                out[name] = replace(narrowed, how=narrowed.how.replace("the mapping names the countries", _PARTY))
    return out


def _table(
    rows: pl.DataFrame, matches: Mapping[str, Match | None], dated: set[str], agreement: Agreement
) -> pl.DataFrame:
    """The rows as they are written; a window without a beginning is none."""
    zone = agreement.zone.key
    placed = {name: m.told for name, m in matches.items() if m and m.place}
    again = pl.col("report_id").cum_count().over("report_id")
    told = [_missing(row, matches, row["file"] in dated) for row in rows.iter_rows(named=True)]
    instant = {
        c: pl.col(c).dt.convert_time_zone(zone).dt.strftime("%Y-%m-%dT%H:%M:%S%:z")
        for c in ("start", "end", "known_at")
    }
    out = rows.with_columns(
        report_id=pl.when(again > 1).then(filled("{}-{}", "report_id", again)).otherwise("report_id"),
        end=pl.when(pl.col("start").is_not_null()).then("end"),
        precision_km=pl.col("precision_m") / 1000,
        placed=pl.col("place_name").replace_strict(placed, default=None, return_dtype=pl.String),
        confirmed_by=pl.lit(None, dtype=pl.String),
        missing=pl.Series(told, dtype=pl.String),
        incident_id="incident",
    ).with_columns(**instant)
    return out.select(pl.col(c).cast(dtype) for c, dtype in FOUND.items())


def _missing(row: dict[str, object], matches: Mapping[str, Match | None], dated: bool) -> str | None:
    """What the words of one row do not carry, and why it is empty."""
    out = []
    if row["start"] is None:
        out.append("start: the words name no day" + ("" if dated else ", and the document does not tell its own"))
    if row["act"] is None:
        out.append("act: the words do not say of which kind")
    if row["actor"] is None and row["stance"] != "denies":
        out.append("actor: the words do not say whose deed it is")
    name = row["place_name"]
    if name is None:
        out.append("place: the words name none")
    elif row["lat"] is None:
        match = matches.get(str(name))
        others = "; ".join(", ".join(filter(None, (p.name, p.region))) for p in match.others[:4]) if match else ""
        out.append(f"lat, lon: {name} may be {others}" if others else f"lat, lon: no place is known by the name {name}")
    if row["side"] is None:
        out.append("side: the documents do not say for whom the speaker speaks")
    return " | ".join(out) or None


def _told(rows: pl.DataFrame, unread: int) -> tuple[str, ...]:
    kinds = Counter(rows["stance"].to_list())
    lacking = rows.filter(pl.any_horizontal(pl.col("start", "act").is_null())).height
    out = [
        f"{plural(rows.height, 'report')}: {kinds['asserts']:,} accuse or admit, {kinds['denies']:,} deny. None counts until somebody puts his name into confirmed_by"
    ]
    if lacking:
        out.append(
            f"{plural(lacking, 'of them names', 'of them name')} no day or no act: who confirms it has to fill it in, or it stays in quarantine"
        )
    if unread:
        out.append(f"{plural(unread, 'document')} in languages in which none are found, of which no report is made")
    return tuple(out)
