"""Which reports people moved to another incident than fusion found, and to which."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from servanda.incidents.decisions import Rewrite
from servanda.live.kept import KeptReports, Rows


@dataclass(frozen=True)
class Moved:
    """``rows``: the numbers of reports of incidents that decisions may have taken apart or away, ascending; ``ids``: where each lies."""

    rows: Rows = field(default_factory=lambda: np.empty(0, np.int64))
    ids: pl.Series = field(default_factory=lambda: pl.Series("incident_id", [], dtype=pl.String))

    @staticmethod
    def by(rewrite: Rewrite, kept: KeptReports, rows: Rows) -> Moved:
        """Those that decisions moved; ``rows``: of the incidents that reports may have left."""
        if not len(rows):
            return Moved()
        return Moved(rows, rewrite.moved(kept.take(rows).select("incident_id", "report_id"))["incident_id"])

    def of(self, ids: pl.Series, rows: Rows) -> pl.Series:
        """The incidents of some reports (``rows``) as decided; ``ids``: of all reports as found."""
        lies = ids.gather(rows)
        if not len(self.rows) or not len(rows):
            return lies
        at = np.searchsorted(self.rows, rows)
        went = np.flatnonzero(self.rows[np.minimum(at, len(self.rows) - 1)] == rows)
        return lies.scatter(went, self.ids.gather(at[went])) if len(went) else lies

    def whole(self, ids: pl.Series) -> pl.Series:
        """The same of all reports."""
        return ids.clone().scatter(self.rows, self.ids) if len(self.rows) else ids
