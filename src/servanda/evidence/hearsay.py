"""Which reports count for less than they say, and why: what is carried for others, by whom the register does not let it be believed."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from servanda.evidence.model import HEARSAY, NO_SIDE, PARTIAL, RELAYED_OBSERVATION, Source
from servanda.values.filled import filled
from servanda.values.names import name_key, name_keys

HEARSAY_ROW = dict.fromkeys(("incident", "source", "stance", "taken_as", "why"), pl.String())
"""What the steps say of reports that count for less than they say."""
_CARRIED = "an observation that another carries; the register does not say that its carrier merely relays it (relays)"
_UNREAD = "a field of its row cannot be read; the row stands in quarantine"


def doubted(sources: Mapping[str, Source]) -> pl.Expr:
    """Why what the row's ``source`` carries for its ``origin`` is hearsay (``side`` is the origin's).

    Args:
        sources: the register; where there is none, everybody is believed.

    Returns:
        The reason; nothing where it is believed, as it is of who has no side, or the origin's own, and is graded well enough.
    """
    if not sources:
        return pl.lit(None, dtype=pl.String)
    carrier = name_keys(pl.col("source"))
    sides: dict[str, str] = {}
    reasons: dict[str, str] = {}
    for name, source in sources.items():
        if not source.carries:
            reasons[name_key(name)] = f"its carrier is graded {source.reliability}"
        elif not source.side:
            reasons[name_key(name)] = "the register does not say on which side its carrier is"
        else:
            sides[name_key(name)] = source.side
            reasons[name_key(name)] = f"its carrier is on the side of {source.side}, and its origin is not"
    side = carrier.replace_strict(sides, default=None, return_dtype=pl.String)
    reason = carrier.replace_strict(reasons, default="its carrier is not in the register", return_dtype=pl.String)
    trusted = ((side == NO_SIDE) | (side == pl.col("side"))).fill_null(False)
    return pl.when(~trusted).then(reason)


def _signed_for_another(reports: pl.DataFrame) -> pl.Expr:
    """Of rows that a party signed on a record in another's name (``own_word``): by whom, and in whose; it is their source and their origin."""
    name = pl.col("via").str.split("; ").list.first() if "via" in reports.columns else pl.lit(None, dtype=pl.String)
    words = filled("signed by {} in the name of {}", pl.col("source"), name.fill_null("another"))
    return pl.when(name_keys(pl.col("source")) == name_keys(pl.col("origin"))).then(words)


def taken(reports: pl.DataFrame, sources: Mapping[str, Source]) -> pl.DataFrame:
    """Reports with what they count as.

    Args:
        reports: a table of reports.
        sources: the register by which they were read.

    Returns:
        The same with ``taken_as`` (``observation``, ``claim``, ``hearsay``, or ``partial`` where a field of the row cannot be read) and, where that is less than they say, ``why``.
    """
    hearsay, carried = pl.col("directness") == HEARSAY, pl.col("kind") == RELAYED_OBSERVATION
    partial = (pl.col("credibility") == PARTIAL).fill_null(False)
    if not reports.select((hearsay | carried | partial).any()).item():
        return reports.with_columns(taken_as="kind", why=pl.lit(None, dtype=pl.String))
    because = pl.coalesce(_signed_for_another(reports), doubted(sources), pl.lit("what others say that it said"))
    return reports.with_columns(
        taken_as=pl.when(hearsay)
        .then(pl.lit("hearsay"))
        .when(partial)
        .then(pl.lit(PARTIAL))
        .when(carried)
        .then(pl.lit("claim"))
        .otherwise("kind"),
        why=pl.when(hearsay).then(because).when(partial).then(pl.lit(_UNREAD)).when(carried).then(pl.lit(_CARRIED)),
    )
