"""Who is said to have broken it first, and by whom: everything that somebody says, in order of time, and the earliest of each voice.

Never a finding and never a side: what each side claims, what it admits, and what sources without a side saw or report stand beside one another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

import polars as pl

from servanda.evidence.model import NO_SIDE
from servanda.incidents.lineage.claims import SAYING
from servanda.incidents.lineage.earliest import UNTOLD, Earliest, Order, earliest_of, orders, times_to
from servanda.values.filled import filled
from servanda.values.time import Interval

CLAIMED, ADMITTED, SEEN, REPORTED = "claimed", "admitted", "seen", "reported"
TOLD: dict[str, pl.DataType] = {
    "claim": pl.String(),
    **{column: dtype for column, dtype in SAYING.items() if column != "precision_m"},
    "doubt_hours": pl.Float64(),
    "terms": pl.String(),
    "in_force": pl.String(),
    "earliest": pl.String(),
}
"""Columns of the table of sayings."""


@dataclass(frozen=True)
class ReadingFirst:
    """One reading: when it is in force, the earliest of each voice, and what their times say of each other."""

    reading: str | None
    window: Interval
    earliest: tuple[Earliest, ...]
    orders: tuple[Order, ...]


@dataclass(frozen=True)
class First:
    """Sayings in order of time (:data:`TOLD`), and the earliest of them in each reading.

    ``names``: of the sides; ``zone``: in which times are written; ``left``: what was left out or could not be read, with how many.
    """

    told: pl.DataFrame
    readings: tuple[ReadingFirst, ...]
    names: Mapping[str, str]
    zone: ZoneInfo
    title: str = ""
    as_of: datetime | None = None
    left: Mapping[str, int] = field(default_factory=dict)


def first(
    table: pl.DataFrame,
    windows: Sequence[tuple[str | None, Interval]],
    spoken_of: pl.DataFrame | None,
    names: Mapping[str, str],
) -> tuple[pl.DataFrame, tuple[ReadingFirst, ...]]:
    """Put what is said in order, and find the earliest of each voice in each reading.

    Args:
        table: rows of :data:`SAYING`, with their answers.
        windows: the readings, each with the time in which it is in force; one without a name and bounds where there is no agreement.
        spoken_of: columns ``row``, ``reading`` and ``term``: which terms each row speaks of; ``None`` where there is no agreement.
        names: the sides in their order.

    Returns:
        The rows of :data:`TOLD` in order of time, and the readings.
    """
    numbered = table.with_row_index("row_").with_columns(pl.col("row_").cast(pl.Int64), terms=pl.lit(None, pl.String))
    if spoken_of is not None:
        terms = spoken_of.group_by(row_="row").agg(terms=pl.col("term").unique().sort().str.join("; "))
        numbered = numbered.drop("terms").join(terms, on="row_", how="left")
    order = ["start", "end", "said", "from", "report_id", "file", "row", "kind"]
    numbered = numbered.sort(order, nulls_last=True, maintain_order=True)
    numbered = numbered.with_columns(claim=filled("C{}", pl.int_range(1, pl.len() + 1)))
    marks, found = [], []
    for reading, window in windows:
        lies = times_to(numbered, window).alias("lies")
        marks.append(filled("{}: {}", pl.lit(reading), lies) if reading else pl.lit(lies))
        rows = numbered.with_columns(lies).filter(_meant(numbered, spoken_of, reading), ~pl.col("taken_back"))
        earliest = tuple(earliest_of(some, voice, side, window.start) for voice, side, some in _voices(rows, names))
        found.append(ReadingFirst(reading, window, earliest, tuple(orders(earliest))))
    bounded = any(window != Interval(None, None) for _, window in windows)
    untold = pl.when(pl.col("start").is_null()).then(pl.lit(UNTOLD))
    ranks: dict[str, list[str]] = {}
    for one in found:
        for voice in one.earliest:
            for claim in voice.claims:
                ranks.setdefault(claim, []).append(f"{one.reading}: {voice.voice}" if one.reading else voice.voice)
    rank = {claim: "; ".join(words) for claim, words in ranks.items()}
    told = numbered.with_columns(
        doubt_hours=(pl.col("end") - pl.col("start")).dt.total_seconds() / 3600,
        in_force=pl.concat_str(marks, separator="; ") if bounded else untold,
        earliest=pl.col("claim").replace_strict(rank, default=None, return_dtype=pl.String) if rank else None,
    )
    return told.select(pl.col(c).cast(t) for c, t in TOLD.items()), tuple(found)


def _meant(rows: pl.DataFrame, spoken_of: pl.DataFrame | None, reading: str | None) -> pl.Series:
    """Of which rows a reading's terms speak: by their act, or, of what was seen or reported, by what somebody makes of the same incident.

    What does not name its act may be meant. Without an agreement everything is.
    """
    if spoken_of is None:
        return pl.repeat(value=True, n=rows.height, eager=True)
    spoken = spoken_of.filter(pl.col("reading").eq_missing(reading))["row"].unique()
    under = rows["act"].is_null() | rows["row_"].is_in(spoken.implode())
    accused = rows.filter(under & rows["kind"].is_in(["accuses", "admits"]))["incident"].drop_nulls().unique()
    return under | (
        rows["kind"].is_in(["saw", "reports"]) & rows["incident"].is_in(accused.implode()).fill_null(value=False)
    )


def _voices(rows: pl.DataFrame, names: Mapping[str, str]) -> list[tuple[str, str, pl.DataFrame]]:
    """What each party claims and admits, and what those without a side saw and report; a party of which nothing is there is there as well."""
    single = pl.col("from") != "statement"
    own = pl.col("way") != "hearsay"
    mine = [(side, rows.filter(single, pl.col("side") == side)) for side in names]
    out = [(CLAIMED, side, some.filter(pl.col("kind") == "accuses")) for side, some in mine]
    admitted = [(ADMITTED, side, some.filter(own, pl.col("kind") == "admits")) for side, some in mine]
    out += [voice for voice in admitted if voice[2].height]
    out.append((SEEN, "", rows.filter(pl.col("kind") == "saw")))
    sideless = pl.col("side").is_null() | (pl.col("side") == NO_SIDE)
    others = rows.filter(single, pl.col("kind") == "reports", sideless)
    out += [(REPORTED, "", others)] if others.height else []
    return out
