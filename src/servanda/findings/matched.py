"""What a batch of reports gives under the queries: matched rows, times with quantities, and remarks on incidents; and what stands in them for nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from servanda.findings.counting import NUMBER

VERSIONS = 65_535  # the "unit" of the rows that only count in how many versions an origin speaks
NO_PARTY, UNSIDED, UNKNOWN_SIDE = -1, -1, -2
PRIVATE = -3  # in the place of a party: the author is private, so that the act is no party's
MATCHES: dict[str, pl.DataType] = {
    "unit": pl.UInt16(),  # number of the query
    "incident": pl.UInt64(),
    "origin": pl.UInt32(),
    "version": pl.UInt64(),
    "named": pl.Boolean(),  # the incident has an id of its own, so that an origin may speak of it in several versions
    "p": pl.Int32(),  # millionths
    "surely": pl.Boolean(),  # act and target are the term's own, not only possibly so, and it is credible enough to confirm
    "actor": pl.Int8(),  # index of the accused party, NO_PARTY or PRIVATE
    "side": pl.Int8(),  # index of the origin's party, UNSIDED or UNKNOWN_SIDE (which hearsay always is)
    "bound": pl.Int8(),  # index of the party that the origin's word binds, or NO_PARTY
    "level": pl.Int8(),  # directness: own words, relayed, hearsay
    "first_hand": pl.Boolean(),  # an observer's: an observation of a source without a side, graded well enough
    "weighs": pl.Boolean(),  # by its grade
    "opens": pl.Boolean(),  # it weighs, and is not improbable
    "attests": pl.Boolean(),  # as far as it names an author it can confirm him: not by inference alone, and settled whose he is
    "stated": pl.Boolean(),  # it says on what it rests, beside inference
    "trace": pl.Boolean(),  # it rests on a physical trace or a recording
    "authorship": pl.Int8(),  # 0: the act has one author; 1: two sides do it against each other; 2: several may each be one
    "kept": pl.Boolean(),  # its origin can only mark it as withdrawn, and not take it back
    "means": pl.UInt32(),
    "known_at": pl.Datetime("us", "UTC"),
}
REMARKS_ON_INCIDENT: dict[str, pl.DataType] = {
    "incident": pl.UInt64(),
    "origin": pl.UInt32(),
    "side": pl.Int8(),
    "bound": pl.Int8(),
    "level": pl.Int8(),
    "first_hand": pl.Boolean(),
    "weighs": pl.Boolean(),  # by its grade and its credibility
    "trace": pl.Boolean(),
    "means": pl.UInt32(),
    "stance": pl.String(),
    "shows": pl.String(),  # each as "name" or "name@instant"
    "unit": pl.UInt16(),  # of the query under which it matters how much it was, where this is a row about that
    "start": pl.Datetime("us", "UTC"),
    "end": pl.Datetime("us", "UTC"),
    "quantity": pl.Int64(),  # thousandths
    "counted_in": pl.String(),  # of a number of acts: in what it counts
    "act": pl.String(),
    "known_at": pl.Datetime("us", "UTC"),
}
OCCURRENCE_TIMES: dict[str, pl.DataType] = {
    "unit": pl.UInt16(),
    "incident": pl.UInt64(),
    "origin": pl.UInt32(),
    "teller": pl.UInt64(),  # the origin, as one carrier tells of it
    "start": pl.Datetime("us", "UTC"),
    "end": pl.Datetime("us", "UTC"),
    "quantity": pl.Int64(),  # thousandths, or IN_ANOTHER_UNIT, or OF_ANOTHER_THING
    "toward": pl.Int8(),  # index of the actor it is addressed to, or NO_PARTY
    "actor": pl.Int8(),
    "side": pl.Int8(),
    "bound": pl.Int8(),
    "level": pl.Int8(),
    "first_hand": pl.Boolean(),
    "weighs": pl.Boolean(),
    "kept": pl.Boolean(),
    "answers": pl.UInt64(),  # the incident that it answers, where that is said
    "p": pl.Int32(),  # millionths
    "lat": pl.Float64(),
    "lon": pl.Float64(),
    "radius": pl.Float64(),  # metres, within which it is 95 % likely
    "refutes": pl.Boolean(),  # a first-hand observation that a deed was not done, or that there was none (quantity 0)
    "of_doer": pl.Boolean(),  # the side of who speaks, through whomever, is that of who is said to have done it
    "several": pl.Boolean(),  # of the act several may each be an author
    "begun": pl.Datetime("us", "UTC"),  # of what goes on from start to end: by when it had surely begun
    "over": pl.Datetime("us", "UTC"),  # and since when it may have ended
    **NUMBER,
}


@dataclass(frozen=True)
class Matches:
    """``matched``: rows of :data:`MATCHES`, without those of ``repeats``; ``times``: of :data:`OCCURRENCE_TIMES`; ``remarks``: of :data:`REMARKS_ON_INCIDENT`; all for one batch.

    ``undated``: reports that were left out as of an instant because they do not say when they became known.
    """

    matched: pl.DataFrame
    times: pl.DataFrame
    remarks: pl.DataFrame
    reports: int
    latest_known: datetime | None
    undated: int = 0


def typed(rows: pl.DataFrame, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    """Rows with all the columns of a schema, and no others; what they do not have is empty.

    Args:
        rows: of which some columns may not be there.
        schema: the columns with their types, in order.

    Returns:
        The rows, in the same order.
    """
    return rows.select((pl.col(c) if c in rows.columns else pl.lit(None)).cast(d).alias(c) for c, d in schema.items())
