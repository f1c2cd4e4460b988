"""What is said in counts, statements and articles, brought to the rows in which reports are told of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

import polars as pl

from servanda.evidence.hearsay import doubted
from servanda.evidence.importing.words import acts_in, words
from servanda.evidence.model import HEARSAY, NO_SIDE, RELAYED, REPORT, Context
from servanda.figures import PublishedCount
from servanda.incidents.lineage.claims import BETWEEN, SAYING
from servanda.statements import Accusation, Document, Statement, StatementAnalysis, accusations, english
from servanda.statements.finder import FOUND
from servanda.statements.languages import SLAVIC
from servanda.statements.slavic import slavic_accusations
from servanda.values.names import name_key
from servanda.values.time import day_start

ROW = {**REPORT, "from": pl.String()}
"""Columns of a report, and where it comes from."""
Places: TypeAlias = dict[str, tuple[float, float, float]]
"""By the words of a name latitude, longitude and radius in metres."""
_STANCES = {"accuses": "asserts", "admits": "asserts", "denies": "denies"}
_COUNTS = {"asserts": "accuses", "confirms": "accuses", "denies": "denies", "retracts": "takes back"}
_MORE = {"at_least": "at least ", "about": "about ", "at_most": "at most "}


def counted(counts: Sequence[PublishedCount]) -> pl.DataFrame:
    """Published counts as sayings: each accuses of at least one act in its window; a count of none denies.

    Args:
        counts: the counts, each once.

    Returns:
        Rows of sayings, which have no incident.
    """
    whole = [{**dict.fromkeys(SAYING), **_counted(n, count)} for n, count in enumerate(counts)]
    return pl.DataFrame(whole, schema=SAYING, orient="row")


def _counted(n: int, count: PublishedCount) -> dict[str, object]:
    against = None if count.against in ("", "unknown") else count.against
    side = count.side or None
    kind = "denies" if count.count == 0 else _COUNTS[count.stance]
    if kind == "accuses":
        kind = "reports" if not against or side in (None, NO_SIDE) else "admits" if against == side else kind
    return {
        "from": "count",
        "kind": kind,
        "speaker": count.claimant,
        "side": side,
        "accused": None if kind == "denies" else against,
        "start": count.start,
        "end": count.end,
        "said": count.known_at,
        "place": count.area or None,
        "way": "relayed",
        "relays": BETWEEN.join(f"{s} < {count.claimant}" for s in count.sources),
        "relayed": len(count.sources),
        "differ": 0,
        "taken_back": False,
        "words": f"{_MORE.get(count.qualifier, '')}{count.count:,.0f} {count.unit}",
        "report_id": count.id,
        "row": n,
    }


def stated(table: pl.DataFrame) -> pl.DataFrame:
    """Statements of a position as sayings: a denial, a retraction, or what is merely said; none names an act.

    Args:
        table: rows of the table of statements.

    Returns:
        Rows of sayings, which have no incident and no accused.
    """
    made = {
        "from": pl.lit("statement"),
        "kind": pl.col("stance").replace_strict(
            {"denies": "denies", "retracts": "takes back"}, default="reports", return_dtype=pl.String
        ),
        "said": pl.col("known_at"),
        "way": pl.lit("relayed"),
        "relays": pl.concat_str("source", "speaker", separator=" < ", ignore_nulls=True),
        "relayed": pl.lit(1),
        "differ": pl.lit(0),
        "taken_back": pl.lit(False),
        "words": pl.col("summary"),
        "report_id": pl.col("statement_id"),
    }
    nothing = pl.lit(None)
    return table.select(
        made.get(c, pl.col(c) if c in table.columns else nothing).cast(t).alias(c) for c, t in SAYING.items()
    )


def accused(analysis: StatementAnalysis, document: Document) -> list[tuple[Accusation, date | None, str]]:
    """Accusations, admissions and denials of one document.

    Args:
        analysis: what some documents tell.
        document: one of them.

    Returns:
        Each with the day on which the document was published, and the occasion of its saying.
    """
    mine = [s for s in analysis.statements if s.document == document.id]
    return [
        (a, document.published, analysis.aligned.occasion_of.get(a.statement.id, a.statement.id))
        for a in accusations_of(document, mine, analysis)
    ]


def accusations_of(
    document: Document, statements: Sequence[Statement], analysis: StatementAnalysis
) -> list[Accusation]:
    """Accusations, admissions and denials of a document, by the rules of its language; what only the finder found accuses nobody.

    Args:
        document: an article or a message.
        statements: its statements.
        analysis: what some documents tell.

    Returns:
        Them in the order of the text.
    """
    statements = [s for s in statements if s.read_by != FOUND]
    language = analysis.languages.get(document.id)
    if language is not None and language.code in SLAVIC:
        return slavic_accusations(document, statements, language.code, analysis.people.words)
    return accusations(document, statements, analysis.people)


def reported(document: Document, analysis: StatementAnalysis) -> bool:
    """Whether accusations are found in the language of a document.

    Args:
        document: an article or a message.
        analysis: what some documents tell.

    Returns:
        True for English, and for Russian and Ukrainian where the packages that read them are installed.
    """
    language = analysis.languages.get(document.id)
    return english(document.text) or (
        language is not None and language.code in SLAVIC and all(u.document != document.id for u in analysis.unread)
    )


def article_reports(
    found: Sequence[tuple[Accusation, date | None, str]],
    context: Context,
    places: Places,
) -> pl.DataFrame:
    """What articles tell, as rows of reports.

    Args:
        found: accusations, admissions and denials, each with the day on which its article was published and the occasion of its saying.
        context: the zone in which days are days, the codes of acts, and the register.
        places: positions by the words of names (:func:`places_of`).

    Returns:
        A row for each. What has place and day can be put together with reports; all else bears the occasion, the act and the place as its incident.
    """
    attacks = context.vocabulary.acts.below(["attack"])
    rows = [_told(a, published, occasion, context, places, attacks) for a, published, occasion in found]
    table = pl.DataFrame([{**dict.fromkeys(ROW), **row} for row in rows], schema=ROW, orient="row")
    trusted = doubted(context.sources).is_null()
    return table.with_columns(directness=pl.when(trusted).then(RELAYED).otherwise(HEARSAY).cast(pl.Int8))


def _told(
    a: Accusation,
    published: date | None,
    occasion: str,
    context: Context,
    places: Places,
    attacks: frozenset[str],
) -> dict[str, object]:
    """One of them; the codes of acts that its words name count before the word for a deed."""
    s = a.statement
    acts = sorted(attacks.intersection(acts_in(s.content, context.vocabulary.acts)))
    act = acts[0] if len(acts) == 1 else a.act or None
    start, end = _window(a, published, context.zone)
    at = places.get(words(a.place))
    source = context.sources.get(s.speaker)
    together = at is not None and start is not None and act
    alone = "; ".join((f"said: {name_key(occasion)}", *acts, *([words(a.place)] if a.place else [])))
    return {
        "report_id": s.id,
        "file": s.document,
        "row": s.at,
        "source": s.document,
        "origin": s.speaker,
        "via": " < ".join((*reversed(s.via), s.speaker)),
        "side": (source.side if source else None) or s.side or None,
        "speaks_for": source.speaks_for if source else None,
        "kind": "claim",
        "stance": _STANCES[a.kind],
        "start": start,
        "end": end,
        "known_at": None if published is None else day_end(published, context.zone),
        "place_name": a.place or None,
        "act": act,
        "actor": None if a.kind == "denies" else a.of,
        "summary": s.content,
        "incident_id": None if together else alone,
        "from": "article",
        **(dict(zip(("lat", "lon", "precision_m"), at, strict=True)) if at else {}),
    }


def in_article(rows: pl.DataFrame) -> pl.DataFrame:
    """Reports with ``incident``, in which a denial of an article that names neither day nor place is of the last accusation before it there.

    Args:
        rows: columns of :data:`ROW`, and ``incident``.

    Returns:
        The same rows in the same order.
    """
    alone = (pl.col("from") == "article") & pl.col("incident_id").is_not_null()
    vague = alone & (pl.col("stance") == "denies") & pl.col("start").is_null() & pl.col("place_name").is_null()
    numbered = rows.with_row_index("_n")
    accusing = (pl.col("from") == "article") & (pl.col("stance") == "asserts")
    met = (
        numbered.filter(vague)
        .select("_n", "file", "row", "side")
        .join(numbered.filter(accusing).select("file", _at="row", side="actor", _of="incident"), on=["file", "side"])
        .filter(pl.col("_at") < pl.col("row"))
        .sort("_at")
        .group_by("_n")
        .agg(pl.col("_of").last())
    )
    out = numbered.join(met, on="_n", how="left").sort("_n")
    return out.with_columns(incident=pl.coalesce("_of", "incident")).drop("_n", "_of")


def places_of(reports: Sequence[pl.DataFrame]) -> Places:
    """The places that reports name and place.

    Args:
        reports: tables of reports.

    Returns:
        By the words of a name (of ``A, B`` the first part) latitude, longitude, and the largest radius given for it, in metres.
    """
    if not reports:
        return {}
    placed = pl.concat([t.select("place_name", "lat", "lon", "precision_m") for t in reports]).drop_nulls()
    rows = (
        placed.group_by("place_name").agg(pl.col("lat", "lon").median(), pl.col("precision_m").max()).sort("place_name")
    )
    return {words(name.partition(",")[0]): (lat, lon, radius) for name, lat, lon, radius in rows.iter_rows()}


def day_end(day: date, zone: ZoneInfo) -> datetime:
    """The first instant after a day in a zone."""
    return day_start(day + timedelta(days=1), zone)


def _window(a: Accusation, published: date | None, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
    """The days that are named; where none is, nothing to begin with, and at the latest the day of publication."""
    if a.days is None:
        return None, None if published is None else day_end(published, zone)
    return day_start(a.days[0], zone), day_end(a.days[1], zone)
