"""How many incidents there may be where it is not sure which reports speak of one: the bounds that verdicts count by."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

UNSURE = 0.05
"""From which probability on a report may belong to another incident, or be one of its own."""
_PAIRS: dict[str, pl.DataType] = {"incident": pl.String(), "other": pl.String()}
_SEVERAL: dict[str, pl.DataType] = {"incident": pl.String(), "most": pl.Int64()}
_Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Doubts:
    """``pairs``: incidents that may be one, each pair once; ``several``: incidents that may be more than one, and how many at most."""

    pairs: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_PAIRS))
    several: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_SEVERAL))

    def decided(self, stays: Mapping[str, str], split: Collection[str]) -> Doubts:
        """What is left of them after people decided.

        Args:
            stays: by incident that was merged into another, that one.
            split: incidents that were taken apart; what they may be beyond that is settled.

        Returns:
            The doubts about what stays.
        """
        if not stays and not split:
            return self
        names = [*stays, *split]
        if not any(column.is_in(names).any() for column in (*self.pairs, self.several["incident"])):
            return self
        pairs = self.pairs.with_columns(pl.all().replace(dict(stays))).filter(pl.col("incident") != pl.col("other"))
        low, high = pl.min_horizontal("incident", "other"), pl.max_horizontal("incident", "other")
        several = self.several.filter(~pl.col("incident").is_in(list(split)))
        several = several.with_columns(pl.col("incident").replace(dict(stays)), more=pl.col("most") - 1)
        several = several.group_by("incident").agg(most=1 + pl.col("more").sum()).sort("incident")
        return Doubts(pairs.select(incident=low, other=high).unique().sort("incident", "other"), several)

    def unlike(self, other: Doubts) -> set[str]:
        """The incidents of which others say different things."""
        if self is other:
            return set()
        return _unlike(self.pairs, other.pairs) | _unlike(self.several, other.several)

    def at_most(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Occurrences, whose greatest quantity (``high``) is that of as many incidents as each may be."""
        if not self.several.height or not rows.height:
            return rows
        found = rows.join(self.several, on="incident", how="left", maintain_order="left")
        return found.with_columns(pl.col("high") * pl.col("most").fill_null(1)).drop("most")

    def more(self, incidents: pl.Series) -> int:
        """How many more than these they may be."""
        return int((self.several.filter(pl.col("incident").is_in(incidents.implode()))["most"] - 1).sum())

    def among(self, incidents: pl.Series) -> tuple[_Numbers, _Numbers]:
        """Which of these may be one: the numbers of the one and of the other in each pair."""
        if not self.pairs.height:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        at = pl.DataFrame({"incident": incidents, "i": pl.int_range(len(incidents), dtype=pl.Int64, eager=True)})
        found = self.pairs.join(at, on="incident").join(at.rename({"incident": "other", "i": "j"}), on="other")
        i, j = found["i"].to_numpy(), found["j"].to_numpy()
        return np.minimum(i, j), np.maximum(i, j)

    def beside(self, incidents: pl.Series) -> dict[int, _Numbers]:
        """By the number of an incident those of the others that may be one with it."""
        i, j = self.among(incidents)
        if not len(i):
            return {}
        both = pl.DataFrame({"i": np.concatenate([i, j]), "j": np.concatenate([j, i])})
        return {int(str(n)): part["j"].to_numpy() for (n,), part in both.group_by("i")}


def _unlike(one: pl.DataFrame, other: pl.DataFrame) -> set[str]:
    """The incidents of which two tables say different things."""
    if one.equals(other):
        return set()
    on = one.columns
    rows = pl.concat([one.join(other, on=on, how="anti"), other.join(one, on=on, how="anti")])
    return {name for c in ("incident", "other") if c in on for name in rows[c].to_list()}
