"""Which reports speak of one incident, and which say the very same.

Without fusion, one incident is: all reports that carry the same incident id; else all exact repeats, that is
reports in which the same origin says the same of the same time, place (and its precision), act, target, weapon and actor. Who
passed it on, when, and in which words makes no difference.

The 64-bit keys below serve to group rows within one run and never appear in a result: the ids that people see come
from :func:`incident_ids`.
"""

from __future__ import annotations

import functools
import hashlib
import hmac

import polars as pl

from servanda.values.names import name_keys

EVENT = ("start", "end", "lat", "lon", "place_name", "act", "target", "weapon", "actor")
MORE = ("toward", "quantity", "nationality", "command", "payroll", "answers")
"""What a report says of the event itself; :data:`MORE` is said of few."""


def _event(reports: pl.DataFrame) -> pl.Expr:
    """One 64-bit number for what is said of the event: its columns' hashes under different seeds, combined bit by bit.

    What no report of the batch says is hashed once and not once for each.
    """
    hashes = []
    for n, column in enumerate((*EVENT, *MORE)):
        if column in MORE and reports[column].null_count() == reports.height:
            nothing = pl.Series([None], dtype=reports.schema[column]).hash(seed=100 + n)[0]
            hashes.append(pl.lit(nothing, dtype=pl.UInt64))
        else:
            hashes.append(pl.col(column).hash(seed=100 + n))
    return functools.reduce(lambda a, b: a ^ b, hashes)


def _short(key: pl.Expr) -> pl.Expr:
    """Its lower 32 bits: enough to tell apart the origins, and the versions, of one incident."""
    return (key % 2**32).cast(pl.UInt32)


def key_of(incident_id: pl.Expr) -> pl.Expr:
    """The key of the incident that carries an id of its own.

    Args:
        incident_id: the id.

    Returns:
        A hash of 64 bits.
    """
    return incident_id.hash(seed=2)


def origin_key(name: pl.Expr) -> pl.Expr:
    """The key of an origin (32 bits) by its name, in letters of whatever case.

    Args:
        name: names of origins.

    Returns:
        The key that :func:`with_keys` gives them.
    """
    return _short(name.str.to_lowercase().hash(seed=4))


def with_keys(reports: pl.DataFrame) -> pl.DataFrame:
    """Reports with the keys by which they are grouped.

    Args:
        reports: a table of reports.

    Returns:
        The same with three keys: ``incident`` (64 bits), ``origin`` and ``version`` (32 bits, within an incident). The version is what
        a report says but for the words: relays that change nothing have the same.
    """
    event = pl.col("_event")
    version = event ^ pl.col("precision_m").hash(seed=3)
    own = version ^ pl.col("_origin").hash(seed=1)
    return (
        reports.with_columns(_event=_event(reports), _origin=name_keys(pl.col("origin")).hash(seed=4))
        .with_columns(
            incident=pl.when(pl.col("incident_id").is_not_null()).then(key_of(pl.col("incident_id"))).otherwise(own),
            origin=_short(pl.col("_origin")),
            version=_short(version),
        )
        .drop("_event", "_origin")
    )


def incident_ids(rows: pl.DataFrame, key: bytes = b"") -> pl.Series:
    """The id that people see: the incident's own, or ``x-`` and 12 hex digits of the SHA-256 of what is said.

    The digest is over origin, start, end (microseconds since 1970 UTC), lat, lon, place name, act, target, weapon,
    actor and precision in metres, joined by the unit separator (U+001F), so that anyone can make it again; then, each
    only where it is said, the same separator and ``name=value`` of what :data:`MORE` names. Inside a record it is the HMAC of the
    same under the record's key of ids: whoever may not see what a report says could else find it out by trying.

    Args:
        rows: reports.
        key: the key of ids of a record; none outside.

    Returns:
        The id of the incident of each.
    """
    parts = [pl.col("origin").fill_null("")]
    for column in (*EVENT, "precision_m"):
        value = pl.col(column)
        if column in ("start", "end"):
            value = value.dt.epoch("us")
        parts.append(value.cast(pl.String).fill_null(""))
    more = [
        pl.when(pl.col(c).is_not_null()).then(pl.lit(f"\x1f{c}=") + pl.col(c).cast(pl.String)).otherwise(pl.lit(""))
        for c in MORE
    ]
    content = pl.concat_str(parts, separator="\x1f") + pl.concat_str(more)
    text = rows.select(content.alias("t"), "incident_id")
    unnamed = text.filter(pl.col("incident_id").is_null())["t"].unique(maintain_order=True)
    made = {t: "x-" + _digest(t.encode(), key)[:12] for t in unnamed.to_list()}
    if not made:
        return rows["incident_id"]
    named = text.with_columns(made=pl.col("t").replace_strict(made, default=None, return_dtype=pl.String))
    return named.select(pl.coalesce("incident_id", "made"))["incident_id"]


def _digest(text: bytes, key: bytes) -> str:
    return hmac.digest(key, text, "sha256").hex() if key else hashlib.sha256(text).hexdigest()
