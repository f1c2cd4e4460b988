"""Who accuses whom, who admits, denies or saw what: one row for each thing that somebody says of an incident, however many relay it.

A **saying** is all that one origin (one body, as :mod:`servanda.incidents.lineage.origins` tells them apart) says of one incident about one accused, in one of these ways (:data:`KINDS`). A report that denies and names
somebody else is two: a denial, and an accusation. Its time, place and act are those of the words nearest to the origin (its own, then
relayed, then hearsay), of these the first that became known: who relays it later moves nothing.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

import polars as pl

from servanda.evidence.model import HEARSAY, INSTANT, NO_SIDE
from servanda.evidence.retractions import BACK, is_taken_back, retractions
from servanda.incidents.lineage.origins import with_body
from servanda.incidents.lineage.relays import named_by_chain
from servanda.incidents.telling import something
from servanda.values.filled import filled
from servanda.values.names import name_keys

KINDS = ("accuses", "admits", "denies", "saw", "reports", "takes back")
"""*saw*: recorded first-hand by a source without a side. *reports*: by a source without a side, or whose side is not told, in other ways; or without
naming an author."""
SAYING: dict[str, pl.DataType] = {
    "from": pl.String(),  # report, article, count or statement
    "kind": pl.String(),
    "speaker": pl.String(),
    "side": pl.String(),
    "speaks_for": pl.String(),
    "accused": pl.String(),
    "act": pl.String(),
    "target": pl.String(),
    "weapon": pl.String(),
    "start": INSTANT,
    "end": INSTANT,
    "said": INSTANT,
    "place": pl.String(),
    "lat": pl.Float64(),
    "lon": pl.Float64(),
    "precision_m": pl.Float64(),
    "incident": pl.String(),
    "way": pl.String(),
    "relays": pl.String(),
    "relayed": pl.Int64(),
    "differ": pl.Int64(),
    "taken_back": pl.Boolean(),
    "answer": pl.String(),
    "pleads": pl.String(),
    "words": pl.String(),
    "url": pl.String(),
    "file": pl.String(),
    "row": pl.Int64(),
    "report_id": pl.String(),
}
_WAYS = {2: "own words", 1: "relayed", 0: "hearsay"}
_SIDED = (pl.col("side") != NO_SIDE).fill_null(False)
_OTHER = (_SIDED & (pl.col("actor") != pl.col("side"))).fill_null(False)
_ORDER = ("said", "report_id", "file", "row")
BETWEEN = " | "
"""Between chains of relays, and between answers, in one cell."""


def sayings(reports: pl.DataFrame) -> pl.DataFrame:
    """What is said of incidents.

    Args:
        reports: columns of the report table, ``incident``, and ``from`` (where it comes from).

    Returns:
        Rows of :data:`SAYING` without answers (:func:`answered`), in no particular order.
    """
    told = (
        with_body(named_by_chain(reports))
        .filter(something())
        .with_columns(kind=_kind(), said="known_at", accused="actor")
    )
    also = told.filter((pl.col("kind") == "denies") & _OTHER).with_columns(kind=pl.lit("accuses"))
    # a denial is of what its speaker is accused of; whom it accuses stands in a row of its own
    told = told.with_columns(
        accused=pl.when(pl.col("kind").is_in(["denies", "takes back"]) & _OTHER).then(None).otherwise("accused")
    )
    every = pl.concat([told, also]).with_columns(
        _key=pl.when(pl.col("body") != "")
        .then(filled("{} {}", pl.col("side").fill_null("unknown"), "body"))
        .otherwise(name_keys(pl.col("origin").fill_null(""))),
        _chain=_chain(),
        _doubt=pl.col("end") - pl.col("start"),
    )
    of = ["incident", "_key"]
    every = every.join(retractions(every, of), on=of, how="left").with_columns(taken_back=is_taken_back()).drop(BACK)
    first = pl.all().exclude("incident", "_key", "kind", "accused", "taken_back").first()
    grouped = (
        every.sort(
            pl.col("directness"),
            pl.col("said"),
            "_doubt",
            "report_id",
            "file",
            "row",
            descending=[True, False, False, False, False, False],
            nulls_last=True,
        )
        .group_by("incident", "_key", "kind", "accused", maintain_order=True)
        .agg(
            first,
            taken_back=pl.col("taken_back").all() & pl.col("kind").first().is_in(["accuses", "saw", "reports"]),
            _relays=pl.col("_chain").sort_by(*_ORDER, nulls_last=True).unique(maintain_order=True),
            relayed=pl.col("_chain").n_unique().cast(pl.Int64),
            differ=(pl.struct("start", "end").n_unique() - 1).cast(pl.Int64),
            _first=pl.col("said").min(),
            pleads=pl.col("shows").drop_nulls().unique().sort().str.join("; "),
        )
    )
    return grouped.select(
        *(pl.col(c).cast(t) for c, t in SAYING.items() if c in {*grouped.columns} - {"relays", "said", "pleads"}),
        speaker="origin",
        said="_first",
        place=pl.coalesce("place_name", "admin1"),
        way=pl.col("directness").replace_strict(_WAYS, default="relayed", return_dtype=pl.String),
        relays=pl.col("_relays").list.join(BETWEEN),
        answer=pl.lit(None, pl.String),
        pleads=pl.when(pl.col("pleads") != "").then("pleads"),
        words="summary",
    ).select(list(SAYING))


def _kind() -> pl.Expr:
    return (
        pl.when(pl.col("stance") == "denies")
        .then(pl.lit("denies"))
        .when(pl.col("stance") == "retracts")
        .then(pl.lit("takes back"))
        .when((_SIDED & (pl.col("side") == pl.col("actor"))).fill_null(False))
        .then(pl.lit("admits"))
        .when(_OTHER)
        .then(pl.lit("accuses"))
        .when((pl.col("kind") == "observation") & (pl.col("side") == NO_SIDE))
        .then(pl.lit("saw"))
        .otherwise(pl.lit("reports"))
    )


def _chain() -> pl.Expr:
    """Through whom a report came: its own chain, else who carries it and who said it."""
    same = (name_keys(pl.col("source")) == name_keys(pl.col("origin"))).fill_null(True)
    plain = pl.when(same).then("source").otherwise(filled("{} < {}", "source", "origin"))
    return pl.coalesce("via", plain).fill_null("")


def answered(table: pl.DataFrame, zone: ZoneInfo) -> pl.DataFrame:
    """The same rows, each accusation with what the accused's side, and sources without a side, say of the same incident.

    Args:
        table: rows of :data:`SAYING`.
        zone: in which the day of an answer is written.

    Returns:
        The same rows in the same order, with ``answer``; empty where none was found. A denial has whom it is accused by.
    """
    names = dict(
        zip(
            ("denies", "admits", "accuses"), ("denied by", "admitted by", "answered with an accusation by"), strict=True
        )
    )
    replies = table.filter(pl.col("kind").is_in(list(names)), pl.col("incident").is_not_null())
    hearsay = pl.when(pl.col("way") == _WAYS[HEARSAY]).then(pl.lit(", as others tell it")).otherwise(pl.lit(""))
    plea = pl.when(pl.col("pleads").is_not_null()).then(filled(", pleads {}", "pleads")).otherwise(pl.lit(""))
    # what was known on a day is known when it is over, which is the next
    said = (
        pl.col("said")
        .dt.offset_by("-1us")
        .dt.convert_time_zone(zone.key)
        .dt.strftime("%Y-%m-%d")
        .fill_null("day not told")
    )
    words = filled(
        "{} {} ({}{}{})",
        pl.col("kind").replace_strict(names),
        pl.col("speaker").fill_null("somebody"),
        said,
        hearsay,
        plea,
    )
    replies = replies.sort(*_ORDER, nulls_last=True).select("incident", "kind", "side", "accused", _said=words)
    numbered = table.with_row_index("_n")
    accused = numbered.filter(pl.col("kind").is_in(["accuses", "reports", "saw"])).select(
        "_n", "incident", _of="accused"
    )
    met = accused.join(replies, on="incident", how="inner", maintain_order="left_right")
    own = (pl.col("side") == pl.col("_of")).fill_null(False)
    neutral = (pl.col("kind") == "denies") & (pl.col("side") == NO_SIDE).fill_null(False)
    answers = (
        met.filter(own | neutral)
        .group_by("_n")
        .agg(answer=pl.col("_said").unique(maintain_order=True).str.join(BETWEEN))
    )
    out = numbered.drop("answer").join(answers, on="_n", how="left").sort("_n")
    return out.drop("_n").select(list(SAYING))
