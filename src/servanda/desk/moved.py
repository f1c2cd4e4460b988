"""What is to be written anew when reports, merges and the like come: told by the session, which knows where each report lies now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from servanda.desk.lives import Row
from servanda.desk.picture import decided_row, report_rows
from servanda.desk.session import Live, Seen
from servanda.errors import ServandaError
from servanda.evidence.decisions import Decision

MOST = 5_000
"""Incidents from which on everything is written anew."""


@dataclass(frozen=True)
class Moved:
    """Rows that are new or others: ``decided`` with the number of their entry where it is new; ``told``: by incident, whose row is to be made anew;
    ``left``: ids that were given up, with nothing where one is borne again.
    """

    reports: list[Row]
    decided: list[Row]
    told: Mapping[str, tuple[str, ...]]
    left: Mapping[str, str | None]
    quarantined: int


def moved(live: Live, since: int, size: int, numbers: Mapping[str, int], key: bytes) -> Moved | None:
    """What changed since the record had a size.

    Args:
        live: the session.
        since: how many entries are projected.
        size: how many there are.
        numbers: by the id of a decision that came since, the number of its entry.
        key: of the record, by which decisions tell who made them.

    Returns:
        What is to be written; ``None`` where that is not known, or is too much.
    """
    with live.lock:
        try:
            live.look()
        except ServandaError:
            return None  # reading all of it says what is wrong
        seen = live.seen(since)
        if seen is None or seen[1].size != size:
            return None
        before, now = seen
        rows = _others(before.lies, now.lies)
        reports = now.session.reports(rows)
        entries = _entries(live)
    if entries is None or now.lies.select("file", "row").is_duplicated().any():
        return None
    files = pl.col("file").replace_strict(entries, default=-1, return_dtype=pl.Int64)
    incidents = now.lies["incident_id"].gather(rows)
    table = reports.with_columns(base="incident_id", incident_id=incidents, entry=files)
    early = before.lies["incident_id"].gather(rows[rows < before.lies.height])
    touched = {*incidents.to_list(), *early.to_list()}
    left = _different(_given(before), _given(now))
    touched |= {into for name in left for into in (before.gone.get(name), now.gone.get(name), name) if into}
    decided = _decided(before, now)
    touched |= {seen.decided_on.get(d.id, "") for seen in (before, now) for d in decided}
    touched |= set(_different(before.followed.remarks, now.followed.remarks))
    touched.discard("")
    if len(touched) > MOST:
        return None
    return Moved(
        report_rows(table),
        [decided_row(numbers.get(d.id, -1), d, now.decided_on.get(d.id, ""), key) for d in decided],
        {name: now.followed.remarks.get(name, ()) for name in sorted(touched)},
        left,
        now.session.ingest.quarantined,
    )


def _others(before: pl.DataFrame, now: pl.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The numbers of the reports that are new, or lie elsewhere."""
    there = now.head(before.height)
    other = there["base"].ne_missing(before["base"]) | there["incident_id"].ne_missing(before["incident_id"])
    return np.concatenate([other.arg_true().to_numpy().astype(np.int64), np.arange(before.height, now.height)])


def _entries(live: Live) -> dict[str, int] | None:
    """The entries of files by their names; nothing where two files of one name are tables."""
    entries: dict[str, int] = {}
    for index, name in live.follower.tables():
        if name in entries:
            return None
        entries[name] = int(index)
    return entries


def _given(seen: Seen) -> dict[str, str]:
    return {name: into for name, into in seen.gone.items() if name != into}


def _different(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """What is other now, under its name; nothing for what is no more."""
    return {name: now.get(name) for name in {**before, **now} if before.get(name) != now.get(name)}


def _decided(before: Seen, now: Seen) -> list[Decision]:
    """The decisions that are new, are about another incident, or lie elsewhere; each once, as it was made last."""
    was = {d.id: d for d in before.followed.decisions}
    every = {d.id: d for d in now.followed.decisions}
    return [
        d
        for d in every.values()
        if (was.get(d.id) is not d and was.get(d.id) != d) or before.decided_on.get(d.id) != now.decided_on.get(d.id)
    ]
