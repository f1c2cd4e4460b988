"""Tables of findings and acts that lie in shares of the incidents: cut into ranges by what they are sorted by, each of which is put together by itself."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from servanda.findings.plan import concat
from servanda.values.elsewhere import Elsewhere
from servanda.values.keyed_hash import keyed_hash
from servanda.verdicts.findings_table import ACTS, FINDING_OUT

ROWS = 50_000
"""Some so many rows of a table are in one range."""
_SEED = 23
_SAMPLES = 50
"""From so many samples a range is told."""
SCHEMAS = {"findings": FINDING_OUT, "acts": ACTS}
ORDER = {
    "findings": ["_unit", "_party", "incident", "status"],
    "acts": ["term", "reading", "party", "start", "end", "incident", "unit", "status"],
}
"""What the tables are sorted by; ``_unit`` and ``_party`` are the numbers of the query and of the actor."""


@dataclass(frozen=True)
class Rows:
    """The rows of one share, by the name of the table, in its order."""

    tables: Mapping[str, pl.DataFrame]

    def samples(self) -> dict[str, pl.DataFrame]:
        """Every so many rows one, with how many it stands for (``_for``)."""
        out = {}
        for name, table in self.tables.items():
            some = table.select(ORDER[name]).gather_every(max(1, ROWS // _SAMPLES))
            out[name] = some.with_columns(_for=pl.lit(table.height / max(1, some.height)))
        return out


def cuts(name: str, samples: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Where a table is cut: the first row of every range but the first.

    Args:
        name: of the table.
        samples: of all shares.
    """
    every = pl.concat(samples).sort(ORDER[name])
    number = (pl.col("_for").cum_sum() - pl.col("_for")) // ROWS
    return every.filter(number > number.shift().fill_null(0)).select(ORDER[name])


@dataclass(frozen=True)
class Tables:
    """The tables of a verification that grow with what was found, where they lie; ``cuts``: where each is cut, of the findings and of those that have rows."""

    shares: Elsewhere
    """Things with ``rows`` (:class:`Rows`)."""
    cuts: Mapping[str, pl.DataFrame]

    @property
    def names(self) -> frozenset[str]:
        """Those that there are."""
        return frozenset(self.cuts)

    def parts(self, name: str) -> Iterator[tuple[Any, pl.DataFrame]]:
        """The parts of ``findings`` or ``acts``, each with what it is sorted by among them, in any order; few are here at a time."""
        dealt = self.shares.dealt(_Ranged(name, self.cuts[name]), _by_range)
        for parts in dealt.finished(_InOrder(name)).streamed():
            yield from parts

    def whole(self, name: str) -> pl.DataFrame:
        """All of one of them, here."""
        parts = sorted(self.parts(name), key=lambda part: part[0]) if name in self.cuts else []
        return concat([part for _, part in parts], SCHEMAS[name])

    def of(self, incidents: pl.DataFrame) -> Mapping[str, pl.DataFrame]:
        """What the tables tell of some incidents (column ``incident``), here."""
        found = list(self.shares.each(_Of(incidents)))
        return {
            name: pl.concat([rows.tables[name] for rows in found]).sort(ORDER[name]).select(schema.keys())
            if found
            else pl.DataFrame(schema=schema)
            for name, schema in SCHEMAS.items()
        }


@dataclass(frozen=True)
class _Of:
    incidents: pl.DataFrame

    def __call__(self, share: Any) -> Rows:
        return Rows({name: t.join(self.incidents, on="incident", how="semi") for name, t in share.rows.tables.items()})


@dataclass(frozen=True)
class _Ranged:
    """The rows of one table, on their way to the machine of their range."""

    name: str
    cuts: pl.DataFrame

    def __call__(self, share: Any) -> dict[str, pl.DataFrame]:
        table, order = share.rows.tables[self.name], ORDER[self.name]
        if not table.height:
            return {}
        rows = table.select(order).with_row_index("_at").with_columns(_row=True)
        marks = self.cuts.with_columns(_at=pl.lit(0, dtype=pl.UInt32), _row=False).select(rows.columns)
        both = pl.concat([rows, marks]).sort([*order, "_row"])  # a cut stands before what is equal to it
        numbered = both.select("_at", "_row", _n=(~pl.col("_row")).cum_sum()).filter("_row").sort("_at")
        return {"rows": table.with_columns(numbered["_n"].cast(pl.Int64))}


def _by_range(table: pl.DataFrame) -> pl.Series:
    return keyed_hash(table["_n"].cast(pl.String), _SEED)


@dataclass(frozen=True)
class _InOrder:
    """The ranges that came to a machine, each with its number."""

    name: str

    def __call__(self, tables: Mapping[str, pl.DataFrame]) -> list[tuple[Any, pl.DataFrame]]:
        parts = tables["rows"].partition_by("_n", as_dict=True, include_key=False)
        columns = list(SCHEMAS[self.name])
        return [(n, part.sort(ORDER[self.name]).select(columns)) for (n,), part in parts.items()]


def without_rows(share: Any) -> Any:
    """What a share tells, without its rows of tables."""
    return dataclasses.replace(share, rows=Rows({}))
