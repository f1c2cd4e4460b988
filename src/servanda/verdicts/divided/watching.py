"""What others saw of each watch, where incidents lie elsewhere: the reports that count go to where all of one watching source are compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from servanda.agreement import Agreement
from servanda.coverage import Coverage
from servanda.evidence.model import HEARSAY, NO_SIDE
from servanda.incidents import standing
from servanda.values.elsewhere import Elsewhere
from servanda.values.names import name_key, name_keys
from servanda.verdicts.divided.incidents import Share
from servanda.verdicts.watches import Check, check_watches


def checks_of(shares: Elsewhere, coverage: Coverage, agreement: Agreement) -> tuple[Check, ...]:
    """One check a watch, as :func:`servanda.verdicts.watches.check_watches` makes them of all reports.

    Args:
        shares: all incidents.
        coverage: watches and gaps.
        agreement: its mandate says what confirms.
    """
    if not coverage.watches:
        return ()
    spans = _spans(coverage)
    found: dict[str, Check] = {}
    for checks in shares.dealt(_Heard(spans), _by_source).finished(_Compared(tuple(spans), coverage, agreement)):
        found |= {check.watch.id: check for check in checks}
    return tuple(found.get(w.id, Check(w, 0, 0, min(w.probability, 1.0))) for w in coverage.watches)


def _spans(coverage: Coverage) -> dict[str, tuple[datetime, datetime] | None]:
    """By source that watches, from when to when any of its watches looked at all."""
    out: dict[str, tuple[datetime, datetime] | None] = {}
    for watch in coverage.watches:
        name = name_key(watch.reports_as)
        times = [(t.start, t.end) for t in watch.times if t.start is not None and t.end is not None]
        known = out.get(name)
        every = [*times, *([known] if known is not None else [])]
        out[name] = (min(start for start, _ in every), max(end for _, end in every)) if every else None
    return out


def _by_source(table: pl.DataFrame) -> pl.Series:
    return table["watcher"].cast(pl.UInt64)


@dataclass(frozen=True)
class _Heard:
    """The reports that bear on each source: its own, those of its time, denials."""

    spans: Mapping[str, tuple[datetime, datetime] | None]

    def __call__(self, share: Share) -> dict[str, pl.DataFrame]:
        heard = (pl.col("side") == NO_SIDE) & (pl.col("directness") > HEARSAY)
        rows = standing(share.members).filter(heard)
        parts = []
        for n, (name, span) in enumerate(self.spans.items()):
            bears = (name_keys(pl.col("origin")) == name) | (pl.col("stance") == "denies")
            if span is not None:
                bears |= (pl.col("start") <= span[1]) & (pl.col("end") >= span[0])
            parts.append(rows.filter(bears).with_columns(watcher=pl.lit(n, dtype=pl.UInt32)))
        return {"heard": pl.concat(parts)}


@dataclass(frozen=True)
class _Compared:
    """Compares the watches of some sources."""

    names: tuple[str, ...]
    coverage: Coverage
    agreement: Agreement

    def __call__(self, tables: Mapping[str, pl.DataFrame]) -> tuple[Check, ...]:
        out: tuple[Check, ...] = ()
        for (n,), rows in tables["heard"].partition_by("watcher", as_dict=True).items():
            name = self.names[int(str(n))]
            own = tuple(w for w in self.coverage.watches if name_key(w.reports_as) == name)
            out += check_watches(Coverage(own, self.coverage.gaps), rows.drop("watcher"), self.agreement)
        return out
