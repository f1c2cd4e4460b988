"""Rows of the figure table into published counts: one for each statement, however many pages carry it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

import polars as pl

UNNAMED = "as published"
"""The unit of a number given without saying of what."""

Qualifier: TypeAlias = Literal["exact", "at_least", "about", "at_most"]
_QUALIFIERS: tuple[Qualifier, ...] = ("exact", "at_least", "about", "at_most")
_PART = re.compile(
    r"^(?P<about>about|some|around|~|≈)?\s*(?P<more>more than|over|at least|>|≥)?\s*(?P<count>\d[\d,. \u00a0]*\d|\d)\s*(?P<plus>\+)?\s+(?P<unit>\S.*?)\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Component:
    """One part of which a count is said to be made: "950+ FPV"."""

    unit: str
    count: float
    qualifier: Qualifier


@dataclass(frozen=True)
class PublishedCount:
    """One published count. ``cumulative``: it counts from a fixed beginning on; ``None``: nobody says.

    ``unread``: parts of ``components`` that are no count of something.
    """

    id: str
    claimant: str
    side: str
    against: str
    stance: str
    count: float
    qualifier: Qualifier
    unit: str
    start: datetime
    end: datetime
    known_at: datetime
    area: str
    cumulative: bool | None
    components: tuple[Component, ...] = ()
    unread: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    note: str = ""
    copies: int = 1

    @property
    def length(self) -> timedelta:
        """How long a time it counts."""
        return self.end - self.start

    @property
    def words(self) -> str:
        """The count in a few words."""
        sign = {"exact": "", "at_least": "at least ", "about": "about ", "at_most": "at most "}[self.qualifier]
        return f"{self.claimant}: {sign}{self.count:,.12g} {self.unit}"


@dataclass(frozen=True, slots=True)
class Remark:
    """A remark on some counts: its code (docs/formats.md, Figures), their ids, what is so."""

    code: str
    counts: tuple[str, ...]
    text: str


def published_counts_of(figures: pl.DataFrame) -> list[PublishedCount]:
    """Published counts, from the figure table of the evidence.

    Rows of one claimant with one count of one thing in one window are copies of one published count. A relay that changed the
    number or the window makes a count of its own; one that gives the number without the thing is a copy of the one that names it.

    Args:
        figures: the figure table.

    Returns:
        The counts in order of time.
    """
    if figures.height == 0:
        return []
    statement = ["claimant", "side", "against", "stance", "count", "start", "end", "area", "cumulation"]
    rows = figures.with_columns(
        pl.col("side", "against", "area", "cumulation").fill_null(""),
        pl.col("stance").fill_null("asserts"),
        pl.col("unit").fill_null(UNNAMED).str.strip_chars().str.to_lowercase(),
    )
    named = pl.when(pl.col("unit") != UNNAMED).then("unit")
    window = ["claimant", "count", "start", "end"]
    rows = rows.with_columns(unit=pl.coalesce(named, named.drop_nulls().sort().first().over(window), pl.lit(UNNAMED)))
    grouped = (
        rows.with_columns(
            pl.col("against").replace("", None).drop_nulls().first().over([*window, "unit"]).fill_null("")
        )
        .with_columns(length=pl.col("components").str.len_chars().fill_null(0))
        .sort("known_at", "figure_id", nulls_last=True)
        .group_by(*statement, "unit", maintain_order=True)
        .agg(
            pl.exclude("source", "components", "note", "statement_key", "length", "qualifier").first(),
            pl.col("qualifier")
            .filter(pl.col("qualifier") != "exact")
            .first(),  # a copy drops "more than" sooner than it adds it
            pl.col("components").sort_by("length", descending=True).drop_nulls().first(),
            pl.col("note").drop_nulls().unique().sort().str.join("; "),
            sources=pl.col("source").drop_nulls().unique().sort(),
            copies=pl.len(),
        )
        .sort("start", "end", "claimant", "count", "unit", "figure_id")
    )
    return [_published_count(row) for row in grouped.iter_rows(named=True)]


def _published_count(row: dict[str, object]) -> PublishedCount:
    parts, unread = components_of(str(row["components"] or ""))
    start, end = row["start"], row["end"]
    assert isinstance(start, datetime)
    assert isinstance(end, datetime)
    known = row["known_at"] or end
    assert isinstance(known, datetime)
    cumulation = str(row.get("cumulation") or "")
    qualifier = str(row["qualifier"] or "exact")
    sources = row["sources"]
    assert isinstance(sources, list)
    return PublishedCount(
        id=str(row["figure_id"]),
        claimant=str(row["claimant"]),
        side=str(row["side"] or ""),
        against=str(row["against"] or ""),
        stance=str(row["stance"] or "asserts"),
        count=float(str(row["count"])),
        qualifier=next((q for q in _QUALIFIERS if q == qualifier), "exact"),
        unit=str(row["unit"]),
        start=start,
        end=end,
        known_at=known,
        area=str(row.get("area") or ""),
        cumulative={"cumulative": True, "period": False}.get(cumulation),
        components=parts,
        unread=unread,
        sources=tuple(sources),
        note=str(row["note"] or ""),
        copies=int(str(row["copies"])),
    )


def components_of(text: str) -> tuple[tuple[Component, ...], tuple[str, ...]]:
    """Read "96 assaults; 1,882 shellings (812 heavy); 950+ FPV": its parts; what stands in brackets belongs to what is before it."""
    found, unread = [], []
    for piece in re.split(r"[;\n]", re.sub(r"\([^()]*\)", "", text)):
        if not piece.strip():
            continue
        match = _PART.match(piece.strip())
        if match is None:
            unread.append(piece.strip())
            continue
        count = float(re.sub(r"[^\d.]", "", match["count"].replace(",", "").replace("\u00a0", "")))
        more, about = match["plus"] or match["more"], match["about"]
        found.append(Component(match["unit"], count, "at_least" if more else "about" if about else "exact"))
    return tuple(found), tuple(unread)
