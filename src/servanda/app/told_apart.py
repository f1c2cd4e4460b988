"""Evidence that is judged report by report: what one page says twice in the very same words happened twice.

Exact repeats are one incident, whoever passes them on (``incidents.identity``); but a page that lists a thing in two rows tells of two.
The second row of each page so is the second incident, the third the third.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from datetime import datetime

import numpy as np
import polars as pl

from servanda.evidence import EvidenceSource, RenumberedEvidence
from servanda.incidents import Keys
from servanda.incidents.identity import report_ids
from servanda.values.elsewhere import Positions, each_at, with_ids


class ToldApart(RenumberedEvidence):
    """Evidence in which the further rows of one page bear ids of their own."""

    def __init__(self, source: EvidenceSource, as_of: datetime | None, id_key: bytes, keys: Keys) -> None:
        """Find the rows of one page that say the very same.

        Args:
            source: the evidence; it is walked once.
            as_of: what became known later, or does not say when, stays as it is; ``None``: nothing does.
            id_key: of a record, the key of the ids of incidents that nobody named.
            keys: an engine's, by which repeats are found.
        """
        super().__init__(source)
        by_then = pl.lit(True) if as_of is None else (pl.col("known_at") <= as_of).fill_null(False)
        wanted = pl.col("incident_id").is_null() & pl.col("url").is_not_null() & by_then

        def paged(table: pl.DataFrame, at: Positions) -> pl.DataFrame:
            rows = table.with_columns(at=pl.Series(at)).filter(wanted)
            own = report_ids(rows, id_key).alias("own")
            page = [keys.hashed(pl.col(c), keys.seeds[0]) for c in ("source", "url")]
            return keys.add_to(rows).select("at", "incident", *page, "report_id", own)

        self._at, self._ids = np.empty(0, np.int64), pl.Series("id", [], dtype=pl.String)
        parts = [part for part in each_at(paged, source.batches()) if part.height]
        if parts:
            rows = pl.concat(parts)
            rank = pl.col("report_id").rank("dense").over("incident", "source", "url")
            further = rows.with_columns(n=rank).filter(pl.col("n") > 1).sort("at")
            found = further.select("at", id=pl.col("own").min().over("incident", "n"))
            self._at, self._ids = found["at"].to_numpy(), found["id"]

    def _under(self, tables: Iterable[pl.DataFrame]) -> Iterable[pl.DataFrame]:
        return each_at(functools.partial(with_ids, positions=self._at, ids=self._ids), tables)
