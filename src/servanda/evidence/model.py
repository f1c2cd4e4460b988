"""What evidence is made of: the report table and what a reader is given and gives back.

A **report** is one source's claim or observation about one event. Its columns (``REPORT``) are the same
whatever the file was; ``docs/formats.md`` says what each means. Instants are UTC microseconds, positions
degrees (WGS 84), precision metres (radius that holds the true place with 95 %).
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

import polars as pl

from servanda.values.codes import STANDARD, Vocabulary
from servanda.wording import plural

INSTANT = pl.Datetime("us", "UTC")
REPORT: dict[str, pl.DataType] = {
    "report_id": pl.String(),
    "file": pl.String(),
    "row": pl.Int64(),
    "source": pl.String(),
    "origin": pl.String(),
    "via": pl.String(),
    "directness": pl.Int8(),
    "side": pl.String(),
    "speaks_for": pl.String(),
    "reliability": pl.String(),
    "credibility": pl.String(),
    "means": pl.String(),
    "kind": pl.String(),
    "stance": pl.String(),
    "start": INSTANT,
    "end": INSTANT,
    "known_at": INSTANT,
    "lat": pl.Float64(),
    "lon": pl.Float64(),
    "precision_m": pl.Float64(),
    "place_name": pl.String(),
    "admin1": pl.String(),
    "act": pl.String(),
    "target": pl.String(),
    "weapon": pl.String(),
    "actor": pl.String(),
    "attributes": pl.String(),
    "basis": pl.String(),
    "imputation": pl.String(),
    "toward": pl.String(),
    "quantity": pl.Float64(),
    "unit": pl.String(),
    "area": pl.String(),
    "nationality": pl.String(),
    "command": pl.String(),
    "payroll": pl.String(),
    "label": pl.String(),
    "incident_id": pl.String(),
    "answers": pl.String(),
    "shows": pl.String(),
    "effect": pl.String(),
    "summary": pl.String(),
    "url": pl.String(),
}
UNDATED = "reports that do not say when they became known"
"""What is left out as of an instant, as it is counted."""
CONFIRMED_BY = "confirmed_by"
"""The column of reports found in documents in which a person confirms a row."""
REFUSED = ("no", "not", "false", "0")
"""What stands there where somebody does not."""
AS_IT_IS = "nothing is to be corrected where it is so"
"""The hint for a row that is rightly left out."""
UNCONFIRMED = (
    "nobody has confirmed it",
    f"read its words; if they are told rightly, write your name into {CONFIRMED_BY}",
)
"""Why a row that nobody has confirmed is set aside, and what to do."""
FIGURE: dict[str, pl.DataType] = {
    "figure_id": pl.String(),
    "file": pl.String(),
    "row": pl.Int64(),
    "claimant": pl.String(),
    "side": pl.String(),
    "against": pl.String(),
    "stance": pl.String(),
    "count": pl.Float64(),
    "qualifier": pl.String(),
    "most": pl.Float64(),
    "said": pl.String(),
    "ratio": pl.Float64(),
    "since": pl.String(),
    "unit": pl.String(),
    "start": INSTANT,
    "end": INSTANT,
    "known_at": INSTANT,
    "area": pl.String(),
    "cumulation": pl.String(),
    "components": pl.String(),
    "statement_key": pl.String(),
    "source": pl.String(),
    "note": pl.String(),
    "url": pl.String(),
}
PRESS_STATEMENT: dict[str, pl.DataType] = {
    "statement_id": pl.String(),
    "file": pl.String(),
    "row": pl.Int64(),
    "speaker": pl.String(),
    "side": pl.String(),
    "stance": pl.String(),
    "start": INSTANT,
    "end": INSTANT,
    "known_at": INSTANT,
    "source": pl.String(),
    "summary": pl.String(),
    "url": pl.String(),
}
ITEM: dict[str, pl.DataType] = {
    "item_id": pl.String(),
    "file": pl.String(),
    "row": pl.Int64(),
    "finding": pl.String(),
    "party": pl.String(),
    "site": pl.String(),
    "serial": pl.String(),
    "weapon": pl.String(),
    "quantity": pl.Float64(),
    "source": pl.String(),
    "side": pl.String(),
    "reliability": pl.String(),
    "start": INSTANT,
    "end": INSTANT,
    "known_at": INSTANT,
    "note": pl.String(),
    "url": pl.String(),
}
QUARANTINE: dict[str, pl.DataType] = {
    "file": pl.String(),
    "row": pl.Int64(),
    "code": pl.String(),
    "field": pl.String(),
    "value": pl.String(),
    "reason": pl.String(),
    "hint": pl.String(),
}
OWN_WORDS, RELAYED, HEARSAY = 2, 1, 0
"""How near a report is to its origin (``directness``): its own words; relayed by a source that has no side, or its own side, and that is graded well
enough itself; carried by a source that is not, or that may have an interest, so that it can accuse but neither confirm, deny, retract nor excuse."""
STANCES = ("asserts", "confirms", "denies", "retracts")
RELAYED_OBSERVATION = "relayed_observation"
KINDS = ("claim", "observation", RELAYED_OBSERVATION)
"""What a report is: somebody says so; a source recorded it; another says that a source recorded it, which is a claim."""
ITEM_FINDINGS = ("declared", "seen", "counted", "visited", "refused", "excused")
"""What a row about items says: a party declared it; an inspector saw it, counted, was there, was not let in; the mechanism
excused its absence."""
GRADES = ("A", "B", "C", "D", "E", "F")
ATTRIBUTIONS = ("none", "direction", "territory", "party", "unit")
"""How far a report goes in naming an author; only the last two name one."""
IMPUTATIONS = ("organ", "under_command", "controlled", "tolerated", "private", "unknown")
"""In how far an actor's acts are a party's; only the first three make an act the party's."""
OF_THE_PARTY = IMPUTATIONS[:3]
TRACES = ("crater", "wreck", "recording", "radar")
"""What an observation may rest on that stays behind, or was recorded."""
BASES = ("saw_firing", "track", *TRACES, "inference")
"""What an attribution may rest on."""
INFERENCE = "inference"
IMPROBABLE, UNTESTED = "5", "6"
"""Digits of credibility: what bears one of them confirms nothing, and what is improbable opens nothing either."""
PARTIAL = "partial"
"""What stands in place of a digit where a row was read but for a field that cannot be read: it confirms nothing."""
DEFAULT_PRECISION_M = 5_000.0
NO_SIDE = "none"

READER_API = 1
"""The version of ``Reader`` that is loaded; a reader for another is named and left out."""

TableName: TypeAlias = Literal["reports", "figures", "statements", "items"]
Tables: TypeAlias = dict[TableName, pl.DataFrame]


def empty(schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """A table of that shape without rows."""
    return _empty(tuple(schema.items())).clone()


@functools.lru_cache(maxsize=256)
def _empty(schema: tuple[tuple[str, pl.DataType], ...]) -> pl.DataFrame:
    return pl.DataFrame(schema=dict(schema))


@dataclass(frozen=True)
class Source:
    """What is known of one source: its side, whose word it is, its grade of reliability and means, whom it merely relays."""

    name: str
    side: str | None = None
    reliability: str | None = None
    relays: str | None = None
    note: str = ""
    speaks_for: str | None = None
    means: str | None = None

    @property
    def carries(self) -> bool:
        """Whether what it carries for others can be trusted, as far as its grade goes: nobody graded it, or with A, B or C."""
        return self.reliability in (None, *GRADES[:3])


@dataclass(frozen=True)
class Context:
    """What a reader may know of the agreement: never its terms.

    ``extent`` is (west, south, east, north) in degrees of the agreement's places, to notice swapped coordinates;
    ``actors`` maps other people's names of armed actors to the parties' short names, ``levels`` to in how far their acts are
    that party's (:data:`IMPUTATIONS`). ``bodies``: which of ``parties`` are bodies of the agreement, which have no side of their own. ``severity``: the mandate's scale, in which bodies assess (``None``: there is no agreement, and
    any word will do).
    """

    zone: ZoneInfo
    parties: Mapping[str, str] = field(default_factory=dict)
    vocabulary: Vocabulary = STANDARD
    extent: tuple[float, float, float, float] | None = None
    sources: Mapping[str, Source] = field(default_factory=dict)
    actors: Mapping[str, str] = field(default_factory=dict)
    levels: Mapping[str, str] = field(default_factory=dict)
    severity: tuple[str, ...] | None = None
    bodies: frozenset[str] = frozenset()
    places: frozenset[str] | None = None
    """The names of the agreement's places; ``None``: there is no agreement, and any word will do."""
    preconditions: Mapping[str, str] = field(default_factory=dict)
    """What exceptions of the agreement ask for, by how it may be written (:func:`~servanda.values.units.unit_key`)."""

    @property
    def sides(self) -> Mapping[str, str]:
        """Who has a side by his very name: all ``parties`` but bodies."""
        return {code: name for code, name in self.parties.items() if code not in self.bodies}


@dataclass(frozen=True, slots=True)
class FileRead:
    """What became of one file or frame: rows read as reports, figures and statements, and rows in quarantine.

    ``sha256`` is empty for a frame, which has no bytes of its own.
    """

    file: str
    reader: str
    sha256: str
    reports: int = 0
    figures: int = 0
    statements: int = 0
    items: int = 0
    quarantined: int = 0


QUARANTINE_SHOWN = 100_000
"""Rows of the quarantine that are kept to be shown; all are counted."""


@dataclass
class IngestResult:
    """Everything in the evidence that is not a report, and what had to be assumed of those that are."""

    files: list[FileRead] = field(default_factory=list)
    figures: pl.DataFrame = field(default_factory=lambda: empty(FIGURE))
    statements: pl.DataFrame = field(default_factory=lambda: empty(PRESS_STATEMENT))
    items: pl.DataFrame = field(default_factory=lambda: empty(ITEM))
    quarantine: pl.DataFrame = field(default_factory=lambda: empty(QUARANTINE))
    quarantined: int = 0
    unsided: int = 0
    """How many of the rows in quarantine are of sources without a side."""
    notes: Counter[str] = field(default_factory=Counter)
    recorded: bool = False
    """Whether all of it comes from a record as of an instant: what does not say when it became known was recorded by then."""

    def noting(self, more: Mapping[str, int]) -> IngestResult:
        """The same with more that had to be assumed."""
        return replace(self, notes=self.notes + Counter(more)) if more else self

    def first_reason(self) -> str:
        """How many rows could not be read and why not the first of them, in words; nothing where all could."""
        if not self.quarantine.height:
            return ""
        row = self.quarantine.row(0, named=True)
        many = "1 row" if self.quarantined == 1 else f"{self.quarantined:,} rows"
        return f"{many} could not be read; {row['file']}, row {row['row']}: {row['field']}: {row['reason']}"

    @staticmethod
    def together(parts: Sequence[IngestResult]) -> IngestResult:
        """Those of several files, in this order."""
        tables = ("figures", "statements", "items", "quarantine")
        rows = {name: pl.concat([getattr(part, name) for part in parts]) for name in tables}
        rows["quarantine"] = rows["quarantine"].head(QUARANTINE_SHOWN)
        return IngestResult(
            files=[file for part in parts for file in part.files],
            quarantined=sum(part.quarantined for part in parts),
            unsided=sum(part.unsided for part in parts),
            notes=sum((part.notes for part in parts), Counter[str]()),
            recorded=any(part.recorded for part in parts),
            **rows,
        )

    def known_by(self, as_of: datetime) -> IngestResult:
        """The same with only those published counts, statements and items that were known at an instant."""
        known = (pl.col("known_at") <= as_of).fill_null(self.recorded)
        figures, statements, items = (table.filter(known) for table in (self.figures, self.statements, self.items))
        return replace(self, figures=figures, statements=statements, items=items)

    def undated(self) -> int:
        """How many published counts, statements and items do not say when they became known, and come from no record."""
        tables = (self.figures, self.statements, self.items)
        return 0 if self.recorded else sum(table["known_at"].null_count() for table in tables)

    def without_authors(self) -> IngestResult:
        """The same without the names of the authors of acts: whom counts are held against, and actors in quarantine."""
        figures = self.figures.with_columns(against=pl.lit(None, dtype=pl.String))
        value = pl.when(pl.col("field") == "actor").then(pl.lit("(withheld)")).otherwise("value")
        return replace(self, figures=figures, quarantine=self.quarantine.with_columns(value=value))

    def __repr__(self) -> str:
        others = self.figures.height + self.statements.height + self.items.height
        rows = f"{plural(others, 'row')} that are not reports, {plural(self.quarantined, 'row')} in quarantine"
        return f"<IngestResult {plural(len(self.files), 'file')}, {rows}>"


@dataclass(frozen=True)
class Reader:
    """One format of evidence.

    ``signature``: the columns by which the format is known; all must be there. ``translate`` gets a table of
    text columns (or typed ones, from Parquet) with a ``row`` column, and gives back tables whose columns bear
    the names of ``REPORT``, ``FIGURE`` or ``PRESS_STATEMENT``, each still with ``row``; what it leaves out
    is empty, what it cannot read it passes on as it stands, to be quarantined with its reason. A column ``left_out`` holds, for rows that
    are no report of what the table is for, "column: reason" in words: they go to quarantine with it. ``lenient_actors``: names
    of actors that are not parties become unknown (they are counted) instead of going to quarantine. ``local_time``:
    times carry no zone in this format and are read in the agreement's own. ``knows_its_sources``: the sides and
    grades are the format's own (instruments), and stand even where the register of sources is silent. ``optional``: further columns it uses;
    they are there, empty, when the file lacks them. ``joined_on``: the column by which a second file, which has some of them and is no such table itself,
    belongs to it. ``days``: columns of days, which an import brings to the form that the format has where a spreadsheet has written them in another. ``api``: the version of this class that it was written for
    (``READER_API``).
    """

    name: str
    title: str
    about: str
    signature: frozenset[str]
    translate: Callable[[pl.DataFrame, Context], Tables]
    lenient_actors: bool = False
    local_time: bool = False
    knows_its_sources: bool = False
    optional: frozenset[str] = frozenset()
    joined_on: str = ""
    days: frozenset[str] = frozenset()
    api: int = 1

    @property
    def columns(self) -> frozenset[str]:
        """All columns that the reader makes use of."""
        return self.signature | self.optional
