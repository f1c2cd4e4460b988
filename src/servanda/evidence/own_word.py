"""Who signs on a record speaks for his own: what a party's files say in the name of others is the party's claim of what those said.

A party's file may carry reports of sources on its own side, its counts and statements, its declared items, and its replies and dissent. A
source is on its side when the register says so, or the name is the party's own; without a register, when the row says so itself. Every
other row is kept as hearsay of the party, which accuses and does nothing else; the name that stood there is kept for people to read.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping

import polars as pl

from servanda.evidence.decisions import Decision
from servanda.evidence.model import HEARSAY, Context, TableName
from servanda.values.names import all_names, name_key, name_keys

_WHO: dict[TableName, tuple[str, str]] = {
    "reports": ("origin", "via"),
    "figures": ("claimant", "source"),
    "statements": ("speaker", "source"),
    "items": ("source", "note"),
}
"""By table: whose word a row is, and where a name is kept that was not the signer's to use."""


def own_names(signer: str, parties: Mapping[str, str]) -> tuple[str | None, str, set[str]]:
    """A signer as the agreement knows him.

    Args:
        signer: the name that a party has on the record, or of the key of somebody who is none.
        parties: the agreement's parties by their short names.

    Returns:
        The short name of the party, ``None`` where it is none of these; the name under which people know him; all his names, as they are compared.
    """
    for code, name in parties.items():
        names = {name_key(one) for one in all_names(code, name)}
        if name_key(signer) in names:
            return code, name, names
    return None, signer, {name_key(signer)}


def in_own_name(
    name: TableName, table: pl.DataFrame, signer: str, context: Context, notes: Counter[str]
) -> pl.DataFrame:
    """The rows of a party's file, each as that party's word.

    Args:
        name: which table it is.
        table: its rows, normalised.
        signer: the name that the party has on the record.
        context: the agreement's parties, and the register.
        notes: told how many rows named somebody else.

    Returns:
        The same rows in the same order.
    """
    code, shown, names = own_names(signer, context.parties)
    whose, kept = _WHO[name]
    sides: dict[str, str | None] = {
        name_key(listed): source.side for listed, source in context.sources.items() if source.side
    }
    sides |= dict.fromkeys(names, code)
    key = name_keys(pl.col(whose))
    listed = key.is_in(list(sides))
    side = key.replace_strict(sides, default=None, return_dtype=pl.String)
    if not context.sources:
        side = pl.coalesce(side, "side")
    table = table.with_columns(_own=(side == pl.lit(code, dtype=pl.String)).fill_null(False), _listed=listed)
    others = table.height - int(table["_own"].sum())
    if others:
        told = f"rows that {shown} signed on the record and that name others (kept as its own claim of what those said)"
        notes[told] += others
    own = pl.col("_own")
    marked = pl.concat_str(
        pl.col(whose), pl.lit(f" ({shown})")
    )  # an origin of its own: nobody vouches that it is the one of this name
    changed = {
        whose: pl.when(own & ~pl.col("_listed")).then(marked).when(own).then(whose).otherwise(pl.lit(shown)),
        kept: pl.when(own).then(kept).otherwise(pl.concat_str(whose, kept, separator="; ", ignore_nulls=True)),
        "side": pl.when(own).then("side").otherwise(pl.lit(code, dtype=pl.String)),
    }
    if name == "reports":
        nothing = pl.lit(None, dtype=pl.String)
        changed |= {
            "source": pl.when(own).then("source").otherwise(pl.lit(shown)),
            "kind": pl.when(own).then("kind").otherwise(pl.lit("claim")),
            "directness": pl.when(own).then("directness").otherwise(pl.lit(HEARSAY, dtype=pl.Int8)),
        } | {column: pl.when(own).then(column).otherwise(nothing) for column in ("speaks_for", "reliability", "means")}
    return table.with_columns(**changed).drop("_own", "_listed")


def as_position(decision: Decision, signer: str, parties: Mapping[str, str]) -> Decision:
    """A decision as the position of who signed the file in which it stands.

    Args:
        decision: as it stands there.
        signer: the name that the party has on the record, or of the key of somebody who is none.
        parties: the agreement's parties by their short names.

    Returns:
        The same, which decides nothing; where it names somebody else as its author, that is told as the signer's word.
    """
    _, shown, names = own_names(signer, parties)
    by = decision.by if name_key(decision.by) in names else f"{shown}, in the name of {decision.by}"
    return dataclasses.replace(decision, by=by, by_party=True, id=f"{decision.id} of {shown}")
