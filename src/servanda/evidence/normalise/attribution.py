"""Who passed it on, who first said it, whose side that one is on, whom it accuses, how near the report is to its origin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import polars as pl

from servanda.evidence.hearsay import doubted
from servanda.evidence.model import (
    ATTRIBUTIONS,
    BASES,
    HEARSAY,
    IMPUTATIONS,
    NO_SIDE,
    OWN_WORDS,
    RELAYED,
    RELAYED_OBSERVATION,
    Context,
    Reader,
    Source,
)
from servanda.values.coded import Texts
from servanda.values.names import looks, mapped, name_key, name_keys, name_keys_of, names_of, spelled, turns
from servanda.wording import closest

_UNKNOWN = ("", "unknown", "none")


Notes: TypeAlias = dict[str, pl.Series]
"""What had to be assumed, by sentence: of which rows of the table."""


_MOST_HINTS = 200
_LONGEST_NAME = 80
_ALIKE = 0.75
"""For how many unknown names, and how long ones, the nearest known one is looked for, and how near it must be."""


@dataclass
class Check:
    """One way in which a row can be wrong; ``data/errors/EVD.yaml`` explains the code."""

    code: str
    field: str
    bad: pl.Expr
    reason: str
    hint: str
    known: tuple[str, ...] = ()
    """What would have been right, where a name is unknown: the nearest is the hint."""

    def hints(self, rows: pl.DataFrame) -> pl.Expr:
        """The hint for each of the rows in which it is wrong."""
        if not self.known or self.field not in rows.columns:
            return pl.lit(self.hint)
        values = rows[self.field].cast(pl.String).drop_nulls().unique(maintain_order=True).head(_MOST_HINTS)
        alike = {v: closest(v, self.known, _ALIKE) for v in values if len(v) <= _LONGEST_NAME}
        near = {v: f"did you mean {one!r}?" for v, one in alike.items() if one}
        value = pl.col(self.field).cast(pl.String)
        return value.replace_strict(near, default=self.hint, return_dtype=pl.String) if near else pl.lit(self.hint)


def resolve_sources(
    table: pl.DataFrame, checks: list[Check], reader: Reader, context: Context, notes: Notes
) -> pl.DataFrame:
    """Who passed it on, who first said it, whose side that one is on, whom it accuses.

    Where there is a register of sources, it alone says sides and grades: a source does not declare its own.
    """
    checks.append(Check("EVD130", "source", pl.col("source").is_null(), "no source", "say who carries the report"))
    made_up = pl.col("incident_id").str.starts_with("x-")
    checks.append(
        Check("EVD131", "incident_id", made_up, "ids that begin with x- are Servanda's own", "give another id")
    )
    sources = context.sources
    table = named(table, ("source", "origin"), checks, context)
    by_key = {name_key(name): source for name, source in sources.items()}
    relays = {name: _first(source.name, by_key) for name, source in by_key.items() if source.relays}
    origin = pl.coalesce("origin", "source")
    if relays:
        first = name_keys(origin).replace_strict(relays, default=None, return_dtype=pl.String)
        origin = pl.coalesce(first, origin)
    table = table.with_columns(origin=origin)
    table = graded(table, reader, sources, notes)
    table = of_parties(_imputed(table, checks, context), context)
    table = _bound(table, checks, context)
    table = table.with_columns(_directness=_directness(table, sources))
    if sources:  # what others say that somebody observed is a claim of what was observed
        carried = (pl.col("_directness") < OWN_WORDS) & ~_merely_relays(relays)
        told = carried & (pl.col("kind") == "observation")
        table = table.with_columns(kind=pl.when(told).then(pl.lit(RELAYED_OBSERVATION)).otherwise("kind"))
    side = pl.col("side")
    table = table.with_columns(side=pl.when(side == "unknown").then(None).otherwise(side))
    parties = list(context.parties)
    hint = f"to whom it was addressed: one of {', '.join(parties)}"
    checks.append(Check("EVD132", "toward", ~pl.col("toward").is_in(parties), "an unknown party", hint, tuple(parties)))
    checks.append(
        Check(
            "EVD132",
            "side",
            ~pl.col("side").is_in([*parties, NO_SIDE]),
            "not a party, 'none' or 'unknown'",
            f"the parties are {', '.join(parties)}",
            tuple(parties),
        )
    )
    actor = pl.when(pl.col("actor").is_in(list(_UNKNOWN))).then(None).otherwise("actor")
    if reader.lenient_actors:
        actor = pl.when(actor.is_in(parties)).then(actor).otherwise(None)
        return table.with_columns(actor=actor)
    table = table.with_columns(_actor=actor)
    checks.append(
        Check(
            "EVD132",
            "actor",
            pl.col("_actor").is_not_null() & ~pl.col("_actor").is_in(parties),
            "an unknown party",
            f"the parties are {', '.join(parties)}; or 'unknown'; of several who did it together a row each, under one incident id; other names go under 'actors:' in the register of sources",
            tuple(parties),
        )
    )
    return table


def named(table: pl.DataFrame, columns: tuple[str, ...], checks: list[Check], context: Context) -> pl.DataFrame:
    """Names as they are meant: as the register spells them, else without what nobody sees and in one script.

    A name that turns the direction of writing, or could be taken for one in the register, is a fault.
    """
    listed = {name_key(name): name for name in context.sources}
    seen = {look for name in context.sources for look in looks(name)}

    def as_meant(name: str) -> str:
        return listed.get(name_key(name)) or spelled(name)

    def wrong(name: str) -> str | None:
        if turns(name):
            return "turns"
        return "looks" if name_key(name) not in listed and not seen.isdisjoint(looks(name)) else None

    for column in columns:
        texts = Texts.of(table[column])
        table = table.with_columns(
            mapped(texts, wrong, pl.String()).alias(f"__{column}"), mapped(texts, as_meant).alias(column)
        )
        fault = pl.col(f"__{column}")
        turned, hint = "holds characters that turn the direction of writing", "write the name without them"
        checks.append(Check("EVD133", column, fault == "turns", turned, hint))
        alike = "could be taken for another name, which is in the register of sources"
        hint = "write the name as the register has it; or enter this one with 'relays', if they are one"
        checks.append(Check("EVD134", column, fault == "looks", alike, hint))
    return table


def of_parties(table: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Sides, authors and addressees by the short names of parties, however they are written; others stay as they are."""
    codes = names_of(context.parties)
    known = {name_key(name): party for name, party in context.actors.items()} | codes
    whose = (
        ("side", codes),
        ("speaks_for", codes),
        ("toward", codes),
        ("party", codes),
        ("against", known),
        ("actor", known),
    )
    for column, names in whose:
        if column in table.columns:
            meant = mapped(table[column], lambda name, names=names: names.get(name_key(name), name))  # type: ignore[misc]
            table = table.with_columns(meant.alias(column))
    return table


def graded(table: pl.DataFrame, reader: Reader, sources: Mapping[str, Source], notes: Notes) -> pl.DataFrame:
    """Side and grade from the register; where there is none, or where the reader itself knows its instruments, the row's."""
    if not sources:
        return table
    origin = Texts.of(table["origin"])
    for column in ("side", "reliability"):
        known = {name_key(name): getattr(source, column) for name, source in sources.items() if getattr(source, column)}
        entered = _by_name(origin, known)
        own = [pl.col(column)] if reader.knows_its_sources else []
        table = table.with_columns(pl.coalesce(entered, *own).alias(column))
    if not reader.knows_its_sources:
        strangers = "reports whose origin is not in the register of sources (its side and grade count as unknown)"
        listed = name_keys_of(origin).is_in([name_key(name) for name in sources])
        notes[strangers] = ~listed
    return table


def _bound(table: pl.DataFrame, checks: list[Check], context: Context) -> pl.DataFrame:
    """Whose word it is (``speaks_for``), and by which means: by the register, or where there is none by the row itself; and who
    bears a party's name speaks for it; a body has no side, and speaks for itself all the same.
    """
    origin, names = Texts.of(table["origin"]), names_of(context.parties)
    bound = {name_key(name): s.speaks_for for name, s in context.sources.items() if s.speaks_for}
    sided = {key: code for key, code in names.items() if code in context.sides}
    table = table.with_columns(_own=_by_name(origin, {**names, **bound}), _itself=_by_name(origin, sided))
    if not context.sources:
        table = table.with_columns(_own=pl.coalesce("speaks_for", "_own"))
    # who bears a party's name is on its side, whatever he says of himself
    table = table.with_columns(side=pl.coalesce("_itself", "side", "_own")).drop("_itself")
    unknown = ~pl.col("speaks_for").is_in(list(context.parties))
    hint = f"the parties are {', '.join(context.parties)}"
    checks.append(Check("EVD132", "speaks_for", unknown, "an unknown party", hint))
    means = {name_key(name): s.means for name, s in context.sources.items() if s.means}
    if means:
        by = _by_name(origin, means).cast(pl.String)
        table = table.with_columns(means=pl.coalesce(pl.col("means"), by))
    if table["means"].null_count() < table.height:
        table = table.with_columns(pl.col("means").str.to_lowercase())
    itself = pl.col("_own").is_in(list(context.bodies)) & (pl.col("side") == NO_SIDE)
    return table.with_columns(_speaks_for=pl.when((pl.col("_own") == pl.col("side")) | itself).then("_own"))


def _imputed(table: pl.DataFrame, checks: list[Check], context: Context) -> pl.DataFrame:
    """How far an attribution goes, on what it rests, and in how far the actor's acts are the party's; actors are still named as they were."""
    for column, allowed in (("attributes", ATTRIBUTIONS), ("imputation", IMPUTATIONS)):
        if table[column].null_count() == table.height:
            continue
        table = table.with_columns(pl.col(column).str.to_lowercase())
        hint = f"one of: {', '.join(allowed)}"
        bad = ~pl.col(column).is_in(list(allowed))
        checks.append(Check("EVD126", column, bad, f"not one of {', '.join(allowed)}", hint))
    if table["basis"].null_count() < table.height:
        table = _based(table, checks)
    if not context.levels:
        return table
    levels = {name_key(name): level for name, level in context.levels.items()}
    table = table.with_columns(_level=_by_name(table["actor"], levels).cast(pl.String))
    settled = pl.when(pl.col("_level") != "unknown").then("_level")
    return table.with_columns(imputation=pl.coalesce(settled, "imputation", "_level")).drop("_level")


def _based(table: pl.DataFrame, checks: list[Check]) -> pl.DataFrame:
    """On what attributions rest, written in one way."""
    said = pl.col("basis").str.to_lowercase().str.replace_all(r"\s*;\s*", ";").str.strip_chars("; ")
    table = table.with_columns(basis=said)
    known = f"^({'|'.join(BASES)})(;({'|'.join(BASES)}))*$"
    unread = ~pl.col("basis").str.contains(known)
    checks.append(
        Check("EVD126", "basis", unread, f"not among {', '.join(BASES)}", f"of: {', '.join(BASES)}; joined by ;")
    )
    return table


def _by_name(names: pl.Series | Texts, known: Mapping[str, str]) -> pl.Series:
    """What is known of each name, by its key."""
    return mapped(names, lambda name: known.get(name_key(name)))


def _directness(table: pl.DataFrame, sources: Mapping[str, Source]) -> pl.Expr:
    """Own words, relayed, or hearsay; without a register every relay is believed, with one those whose carrier weighs itself."""
    if (table["source"] == table["origin"]).fill_null(False).all():
        return pl.lit(OWN_WORDS, dtype=pl.Int8)
    numbers: dict[str, int] = {}  # two ways to write one name are one number
    source, origin = (
        mapped(table[c], lambda name: numbers.setdefault(name_key(name), len(numbers)), pl.UInt32())
        for c in ("source", "origin")
    )
    return (
        pl.when(source == origin)
        .then(pl.lit(OWN_WORDS))
        .when(doubted(sources).is_null())
        .then(pl.lit(RELAYED))
        .otherwise(pl.lit(HEARSAY))
        .cast(pl.Int8)
    )


def _merely_relays(relays: Mapping[str, str]) -> pl.Expr:
    """Whether the register says of who carries it that he merely relays this origin."""
    if not relays:
        return pl.lit(False)
    of = name_keys(pl.col("source")).replace_strict(relays, default=None, return_dtype=pl.String)
    return (name_keys(of) == name_keys(pl.col("origin"))).fill_null(False)


def _first(name: str, by_key: Mapping[str, Source]) -> str:
    """Who first said what this source passes on: along 'relays' as far as it goes, and never in a circle."""
    chain = [name]
    while True:
        here = by_key.get(name_key(chain[-1]))
        relays = here.relays if here else None
        if not relays:
            return here.name if here else spelled(chain[-1])
        passed = [name_key(name) for name in chain]
        if name_key(relays) in passed:
            return min(chain[passed.index(name_key(relays)) :])
        chain.append(relays)
