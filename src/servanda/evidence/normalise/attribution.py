"""Who passed it on, who first said it, whose side that one is on, whom it accuses, how near the report is to its origin."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from servanda.evidence.model import HEARSAY, NO_SIDE, OWN_WORDS, RELAYED, Context, Reader, Source

_UNKNOWN = ("", "unknown", "none")


@dataclass
class Check:
    """One way in which a row can be wrong; ``data/errors/EVD.yaml`` explains the code."""

    code: str
    field: str
    bad: pl.Expr
    reason: str
    hint: str


def resolve_sources(
    table: pl.DataFrame, checks: list[Check], reader: Reader, context: Context, notes: Counter[str]
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
    relays = {name.lower(): _first(name, sources) for name, source in sources.items() if source.relays}
    origin = pl.coalesce("origin", "source")
    if relays:
        first = origin.str.to_lowercase().replace_strict(relays, default=None, return_dtype=pl.String)
        origin = pl.coalesce(first, origin)
    table = table.with_columns(origin=origin)
    table = graded(table, reader, sources, notes)
    table = table.with_columns(_directness=_directness(sources))
    side = pl.col("side")
    table = table.with_columns(side=pl.when(side == "unknown").then(None).otherwise(side))
    parties = list(context.parties)
    checks.append(
        Check(
            "EVD132",
            "toward",
            ~pl.col("toward").is_in(parties),
            "an unknown party",
            f"to whom it was addressed: one of {', '.join(parties)}",
        )
    )
    checks.append(
        Check(
            "EVD132",
            "side",
            ~pl.col("side").is_in([*parties, NO_SIDE]),
            "not a party, 'none' or 'unknown'",
            f"the parties are {', '.join(parties)}",
        )
    )
    names = {name: code for code, name in context.parties.items()} | dict(context.actors)
    actor = pl.col("actor").replace(names) if names else pl.col("actor")
    actor = pl.when(actor.is_in(list(_UNKNOWN))).then(None).otherwise(actor)
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
            f"the parties are {', '.join(parties)}; or 'unknown'",
        )
    )
    return table


def graded(table: pl.DataFrame, reader: Reader, sources: Mapping[str, Source], notes: Counter[str]) -> pl.DataFrame:
    """Side and grade from the register; where there is none, or where the reader itself knows its instruments, the row's."""
    if not sources:
        return table
    folded = pl.col("origin").str.to_lowercase()
    listed = folded.is_in([name.lower() for name in sources])
    for column in ("side", "reliability"):
        known = {name.lower(): getattr(source, column) for name, source in sources.items() if getattr(source, column)}
        entered = folded.replace_strict(known, default=None, return_dtype=pl.String)
        own = pl.col(column) if reader.knows_its_sources else pl.lit(None, dtype=pl.String)
        table = table.with_columns(pl.coalesce(entered, own).alias(column))
    if not reader.knows_its_sources:
        strangers = table.select((~listed).sum()).item()
        if strangers:
            notes["reports whose origin is not in the register of sources (its side and grade count as unknown)"] += (
                strangers
            )
    return table


def _directness(sources: Mapping[str, Source]) -> pl.Expr:
    """Own words, relayed, or hearsay; without a register every relay is believed."""
    own = pl.col("source") == pl.col("origin")
    if not sources:
        trusted = pl.lit(True)
    else:
        sides = {name.lower(): source.side for name, source in sources.items() if source.side}
        carrier = pl.col("source").str.to_lowercase().replace_strict(sides, default=None, return_dtype=pl.String)
        trusted = ((carrier == NO_SIDE) | (carrier == pl.col("side"))).fill_null(False)
    return (
        pl.when(own)
        .then(pl.lit(OWN_WORDS))
        .when(trusted)
        .then(pl.lit(RELAYED))
        .otherwise(pl.lit(HEARSAY))
        .cast(pl.Int8)
    )


def _first(name: str, sources: Mapping[str, Source]) -> str:
    """Who first said what this source passes on: along 'relays' as far as it goes, and never in a circle."""
    chain = [name]
    while True:
        here = sources.get(chain[-1])
        relays = here.relays if here else None
        if not relays or relays in chain:
            return min(chain[chain.index(relays) :]) if relays else chain[-1]
        chain.append(relays)
