"""Rows of the figure table into published counts: one for each statement, however many pages carry it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Literal, TypeAlias

import polars as pl

from servanda.values.amounts import ABOUT, Amount, read_counted
from servanda.values.names import name_key
from servanda.values.units import thing_key

CLOSE = timedelta(hours=1)
"""How far apart two ends of windows may lie that are as good as one."""
UNNAMED = "as published"
"""The unit of a number given without saying of what."""

Qualifier: TypeAlias = Literal["exact", "at_least", "about", "at_most", "between"]
_QUALIFIERS: tuple[Qualifier, ...] = ("exact", "at_least", "about", "at_most", "between")


class Bounded:
    """How many, with how it is meant; of a range ``most`` is the greatest."""

    count: float
    qualifier: Qualifier
    most: float | None

    @property
    def low(self) -> float:
        """The least that it says."""
        return 0.0 if self.qualifier == "at_most" else self.count

    @property
    def high(self) -> float:
        """The most that it says; without end where it gives no bound."""
        return math.inf if self.qualifier == "at_least" else self.count if self.most is None else self.most

    @property
    def number(self) -> str:
        """How many, in words."""
        sign = {"at_least": "at least ", "about": "about ", "at_most": "at most "}.get(self.qualifier, "")
        return f"{sign}{self.count:,.12g}" + (f" to {self.most:,.12g}" if self.most is not None else "")


@dataclass(frozen=True)
class Component(Bounded):
    """One part of which a count is said to be made: "950+ FPV"."""

    unit: str
    count: float
    qualifier: Qualifier
    most: float | None = None

    @property
    def least(self) -> float:
        """The least that is meant, with some room about a number that says "about"."""
        return self.low * (1 - ABOUT) if self.qualifier == "about" else self.low

    @property
    def greatest(self) -> float:
        """The most that is meant, likewise."""
        return self.high * (1 + ABOUT) if self.qualifier == "about" else self.high

    @property
    def words(self) -> str:
        """The part in a few words."""
        short = f"{self.count:,.12g}+" if self.qualifier == "at_least" else self.number
        return f"{short} {self.unit}"


@dataclass(frozen=True)
class PublishedCount(Bounded):
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
    most: float | None = None
    """Of a range, the greatest; ``count`` is the least."""
    said: str = ""
    """What was written, where that is no plain number."""

    @cached_property
    def whose(self) -> str:
        """By what claimants are compared."""
        return name_key(self.claimant)

    @cached_property
    def thing(self) -> str:
        """By what is compared what is counted."""
        return thing_key(self.unit)

    @cached_property
    def where(self) -> str:
        """By what areas are compared."""
        return name_key(self.area)

    @property
    def length(self) -> timedelta:
        """How long a time it counts."""
        return self.end - self.start

    @property
    def words(self) -> str:
        """The count in a few words."""
        return f"{self.claimant}: {self.amount} {self.unit}"

    @property
    def amount(self) -> str:
        """How many, in words; with what was written where that is no plain number."""
        return self.number + (f" (said: {self.said})" if self.said else "")


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
    figures = _against_baselines(figures)
    if figures.height == 0:
        return []
    statement = ["_whose", "side", "against", "stance", "count", "start", "end", "_where", "cumulation"]
    rows = figures.with_columns(
        pl.col("side", "against", "area", "cumulation").fill_null(""),
        pl.col("stance").fill_null("asserts"),
        pl.col("unit").fill_null(UNNAMED).str.strip_chars().str.to_lowercase(),
    )
    named = pl.when(pl.col("unit") != UNNAMED).then("unit")
    rows = rows.with_columns(_alike("claimant", name_key, rows), _alike("area", name_key, rows))
    window = ["_whose", "count", "start", "end"]
    rows = rows.with_columns(unit=pl.coalesce(named, named.drop_nulls().sort().first().over(window), pl.lit(UNNAMED)))
    rows = rows.with_columns(_alike("unit", thing_key, rows))
    grouped = (
        rows.with_columns(
            pl.col("against").replace("", None).drop_nulls().first().over([*window, "_thing"]).fill_null("")
        )
        .with_columns(length=pl.col("components").str.len_chars().fill_null(0))
        .sort("known_at", "figure_id", nulls_last=True)
        .group_by(*statement, "_thing", maintain_order=True)
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


_KEYS = {"claimant": "_whose", "area": "_where", "unit": "_thing"}


def _alike(column: str, key: Callable[[str], str], rows: pl.DataFrame) -> pl.Series:
    """By what the texts of a column are compared."""
    keys = {text: key(text) for text in rows[column].unique().to_list()}
    return rows[column].replace_strict(keys, return_dtype=pl.String).alias(_KEYS[column])


def changes_without_a_number(figures: pl.DataFrame) -> list[Remark]:
    """Changes against another time of which the count is not known at both ends, so that they are no number.

    Args:
        figures: the figure table.

    Returns:
        A remark on each.
    """
    left = figures.filter(pl.col("ratio").is_not_null() & pl.col("count").is_null())
    left = left.join(_baselines(left, figures), on="figure_id", how="anti")
    columns = (left[c].to_list() for c in ("figure_id", "claimant", "said", "since"))
    return [
        Remark(
            "change_without_a_number",
            (i,),
            f"{who}: {said!r} is a change, and no number: nobody gives the count of {since or 'the other time'} to which it is held.",
        )
        for i, who, said, since in zip(*columns, strict=True)
    ]


def _baselines(changes: pl.DataFrame, figures: pl.DataFrame) -> pl.DataFrame:
    """Of each change, the one count of the same claimant and thing at the time that it is held against (``base``)."""
    year = pl.col("since").str.extract(r"(\d{4})").cast(pl.Int32, strict=False)
    counts = figures.filter(pl.col("count").is_not_null() & pl.col("qualifier").fill_null("exact").is_in(["exact"]))
    known = counts.select(
        "claimant", pl.col("unit").str.to_lowercase(), year=pl.col("start").dt.year(), base="count"
    ).unique()
    known = known.filter(pl.len().over("claimant", "unit", "year") == 1)
    asked = changes.select("figure_id", "claimant", pl.col("unit").str.to_lowercase(), year=year)
    return asked.join(known, on=["claimant", "unit", "year"]).select("figure_id", "base")


def _against_baselines(figures: pl.DataFrame) -> pl.DataFrame:
    """The figures; changes as about so many where the count that they are held against is known, and without the others."""
    if figures["ratio"].null_count() == figures.height:
        return figures.filter(pl.col("count").is_not_null())
    found = _baselines(figures.filter(pl.col("ratio").is_not_null()), figures)
    figures = figures.join(found, on="figure_id", how="left", maintain_order="left")
    made = pl.col("count").is_null() & pl.col("base").is_not_null()
    figures = figures.with_columns(
        count=pl.when(made).then(pl.col("ratio") * pl.col("base")).otherwise("count"),
        qualifier=pl.when(made).then(pl.lit("about")).otherwise("qualifier"),
    )
    return figures.filter(pl.col("count").is_not_null()).drop("base")


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
        most=float(str(row["most"])) if row["most"] is not None else None,
        said=str(row["said"] or ""),
    )


def components_of(text: str) -> tuple[tuple[Component, ...], tuple[str, ...]]:
    """Read "96 assaults; 1,882 shellings (812 heavy); 950+ FPV": its parts; what stands in brackets belongs to what is before it."""
    found, unread = [], []
    for piece in re.split(r"[;\n]", re.sub(r"\([^()]*\)", "", text)):
        if not piece.strip():
            continue
        try:
            amount, number, unit = read_counted(piece)
        except ValueError:
            unread.append(piece.strip())
            continue
        found.append(_component(amount, number, unit))
    return tuple(found), tuple(unread)


def _component(amount: Amount, number: Amount, unit: str) -> Component:
    """A part, by its bounds and by the number that stands there."""
    if amount.low is not None and amount.low == amount.high:
        return Component(unit, float(amount.low), "exact")
    if amount.low is None or amount.high is None:
        if amount.high is None:
            return Component(unit, float(number.low or 0), "at_least")
        return Component(unit, float(number.high or 0), "at_most")
    if number.low == number.high:
        return Component(unit, float(number.low or 0), "about")
    return Component(unit, float(amount.low), "between", float(amount.high))
