"""Evidence that is judged report by report: what one page says twice in the very same words happened twice.

Exact repeats are one incident, whoever passes them on (``incidents.identity``); but a page that lists a thing in two rows tells of two.
The second row of each page so is the second incident, the third the third.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

import numpy as np
import polars as pl

from servanda.evidence import EvidenceSource, RenumberedEvidence
from servanda.incidents import Keys
from servanda.incidents.identity import report_ids


class ToldApart(RenumberedEvidence):
    """Evidence in which the further rows of one page bear ids of their own."""

    def __init__(self, source: EvidenceSource, as_of: datetime | None, id_key: bytes) -> None:
        """Find the rows of one page that say the very same.

        Args:
            source: the evidence; it is walked once.
            as_of: what became known later, or does not say when, stays as it is; ``None``: nothing does.
            id_key: of a record, the key of the ids of incidents that nobody named.
        """
        super().__init__(source)
        by_then = pl.lit(True) if as_of is None else (pl.col("known_at") <= as_of).fill_null(False)
        wanted = pl.col("incident_id").is_null() & pl.col("url").is_not_null() & by_then
        keys, parts, at = Keys(), [], 0
        for table in source.batches():
            paged = table.with_columns(at=pl.int_range(at, at + table.height, dtype=pl.Int64)).filter(wanted)
            at += table.height
            if paged.height:
                own = report_ids(paged, id_key).alias("own")
                page = [pl.col(c).hash(seed=keys.seeds[0]) for c in ("source", "url")]
                parts.append(keys.add_to(paged).select("at", "incident", *page, "report_id", own))
        self._at, self._ids = np.empty(0, np.int64), pl.Series("id", [], dtype=pl.String)
        if parts:
            rows = pl.concat(parts)
            rank = pl.col("report_id").rank("dense").over("incident", "source", "url")
            further = rows.with_columns(n=rank).filter(pl.col("n") > 1).sort("at")
            found = further.select("at", id=pl.col("own").min().over("incident", "n"))
            self._at, self._ids = found["at"].to_numpy(), found["id"]

    def _under(self, tables: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
        at = 0
        for table in tables:
            first, last = np.searchsorted(self._at, [at, at + table.height])
            if last > first:
                ids = table["incident_id"].scatter(self._at[first:last] - at, self._ids[int(first) : int(last)])
                table = table.with_columns(ids)  # noqa: PLW2901
            at += table.height
            yield table
