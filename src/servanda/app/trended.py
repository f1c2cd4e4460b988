"""What ``servanda.trend`` returns: rates, ratios, days of change and series as frames, with the page."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from servanda.app.results import Result, write_files
from servanda.report.trend_page import TrendResult, trend_data, trend_files, trend_tables
from servanda.wording import plural


@dataclass(frozen=True, eq=False, repr=False)
class Trends(Result):
    """How often what an agreement forbids was counted, before, in and after it. ``servanda.trend`` makes it. A trend is no verdict."""

    _found: TrendResult

    def _about(self) -> str:
        periods = ", ".join(f"{p.name} {p.first} to {p.last}" for p in self._found.periods)
        return f"{self._found.agreement.id}: {plural(len(self._found.trends), 'series', 'series')} ({periods})"

    def _shown(self) -> pl.DataFrame:
        whole = self.rates.filter(pl.col("area") == "(all)")
        return whole.select("term", "party", "counted", "unit", "period", "count", "days", "rate", "low", "high")

    @cached_property
    def _tables(self) -> Mapping[str, pl.DataFrame]:
        return trend_tables(self._found)

    @property
    def rates(self) -> pl.DataFrame:
        """One row per series and period (``servanda schema rates``)."""
        return self._tables["rates"]

    @property
    def ratios(self) -> pl.DataFrame:
        """One row per series and pair of periods (``servanda schema ratios``)."""
        return self._tables["ratios"]

    @property
    def level_changes(self) -> pl.DataFrame:
        """Days on which the level changed (``servanda schema level_changes``)."""
        return self._tables["level_changes"]

    @property
    def series(self) -> pl.DataFrame:
        """What was counted by reporting day, week or month (``servanda schema series``)."""
        return self._tables["series"]

    def report(self, path: str | os.PathLike[str]) -> Path:
        """Write the page, its pictures, tables and data.

        Args:
            path: a folder, or the name of a page that ends in .html.

        Returns:
            The folder or page.

        Raises:
            ServandaError: it cannot be written there.
        """
        return write_files(path, trend_files(self._found), page="trend.html")

    def to_dict(self) -> dict[str, Any]:
        """What ``trend.json`` holds, as plain data."""
        return trend_data(self._found)
