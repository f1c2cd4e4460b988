"""Any number of evidence files to one stream of report batches, with everything that was set aside."""

from __future__ import annotations

import dataclasses
import difflib
import hashlib
import importlib
import pkgutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path

import polars as pl

from servanda.engine.threads import in_order
from servanda.errors import EvidenceError, Fault
from servanda.evidence import readers as _readers_package
from servanda.evidence.decisions import Decision, holds_decisions, read_decisions
from servanda.evidence.model import FIGURE, ITEM, PRESS_STATEMENT, QUARANTINE, Context, Reader, TableName, empty
from servanda.evidence.normalise.reports import Normalised, normalise
from servanda.evidence.register import Register, read_register
from servanda.evidence.tabular_io import RawBatch, columns_of, parquet_rows, read_rows

_KEPT_IN_MEMORY = 2_000_000  # reports; beyond that, files are read again instead
_QUARANTINE_SHOWN = 100_000  # rows kept to be shown; all are counted
_REGISTER = (".yaml", ".yml")
_FOR_PEOPLE = frozenset({"report_id", "via", "admin1", "credibility", "label", "effect", "summary", "url"})


@cache
def all_readers() -> tuple[Reader, ...]:
    """The readers that come with Servanda, then those that other packages add, by name."""
    found: list[Reader] = []
    for module in pkgutil.iter_modules(_readers_package.__path__):
        loaded = importlib.import_module(f"{_readers_package.__name__}.{module.name}")
        found.extend(getattr(loaded, "READERS", None) or (loaded.READER,))
    for point in sorted(entry_points(group="servanda.readers"), key=lambda p: p.name):
        found.append(point.load())
    return tuple(found)


def reader_for(path: Path, name: str | None = None) -> Reader:
    """The reader for a file: by ``name``, or by looking at its columns. Raises :class:`EvidenceError`."""
    readers = all_readers()
    columns = frozenset(columns_of(path))
    if name is not None:
        named = [reader for reader in readers if reader.name == name]
        if not named:
            raise EvidenceError(
                Fault(
                    str(path), f"there is no reader {name!r}", f"the readers are {', '.join(r.name for r in readers)}"
                )
            )
        missing = named[0].signature - columns
        if missing:
            raise EvidenceError(
                Fault(
                    str(path),
                    f"lacks the column {', '.join(sorted(missing))} of {named[0].title}",
                    f"its columns are {', '.join(sorted(columns))}",
                )
            )
        return named[0]
    fitting = [reader for reader in readers if reader.signature <= columns]
    if fitting:
        best = max(fitting, key=lambda reader: len(reader.signature))
        if best.name.startswith("servanda-"):
            _refuse_misspelt(path, columns - best.columns, best.columns - columns)
        return best
    nearest = max(readers, key=lambda reader: len(reader.signature & columns) / len(reader.signature))
    missing = nearest.signature - columns
    if nearest.signature & columns:
        what = f"is read by no reader; it comes nearest to {nearest.title}, and lacks the column {', '.join(sorted(missing))}"
    else:
        what = f"is read by no reader; its columns are {', '.join(sorted(columns)[:12])}"
    raise EvidenceError(Fault(str(path), what, "see 'servanda readers'; name the columns so, or choose with --reader"))


def _refuse_misspelt(path: Path, unknown: frozenset[str], absent: frozenset[str]) -> None:
    """A column of our own table that is nearly one we read is an error: nobody misspells on purpose."""
    for name in sorted(unknown):
        close = difflib.get_close_matches(name.lower().replace("-", "_").replace(" ", "_"), absent, 1, 0.8)
        if close:
            raise EvidenceError(
                Fault(str(path), f"the column {name!r} is not one that is read", f"did you mean {close[0]!r}?")
            )


@dataclass(frozen=True, slots=True)
class FileRead:
    """What became of one file: rows read as reports, figures and statements, and rows in quarantine."""

    file: str
    reader: str
    sha256: str
    reports: int = 0
    figures: int = 0
    statements: int = 0
    items: int = 0
    quarantined: int = 0


@dataclass
class IngestResult:
    """Everything in the evidence that is not a report, and what had to be assumed of those that are."""

    files: list[FileRead] = field(default_factory=list)
    figures: pl.DataFrame = field(default_factory=lambda: empty(FIGURE))
    statements: pl.DataFrame = field(default_factory=lambda: empty(PRESS_STATEMENT))
    items: pl.DataFrame = field(default_factory=lambda: empty(ITEM))
    quarantine: pl.DataFrame = field(default_factory=lambda: empty(QUARANTINE))
    quarantined: int = 0
    notes: Counter[str] = field(default_factory=Counter)


class Evidence:
    """Evidence files, read on demand.

    :meth:`batches` can be walked more than once; small evidence is kept in memory. :attr:`aside` is complete
    after the first walk.
    """

    def __init__(
        self,
        paths: Sequence[str | Path],
        context: Context,
        *,
        reader: str | None = None,
        of_parties: Sequence[str | Path] = (),
    ) -> None:
        """``of_parties``: files of decisions that a party signed. ``paths`` in any order (the order changes no result). Raises :class:`EvidenceError` for unreadable files."""
        self.aside = IngestResult()
        self.decisions: list[Decision] = []
        files = sorted({Path(p) for p in paths}, key=lambda p: (p.name, str(p)))
        register = Register()
        tables: list[Path] = []
        digests: dict[str, Path] = {}
        for path in files:
            if path.suffix.lower() in _REGISTER and not path.is_dir() and holds_decisions(path):
                self.decisions += read_decisions(path, context.zone, by_party=path in set(map(Path, of_parties)))
                self.aside.files.append(FileRead(path.name, "decisions", _digest(path)))
            elif path.suffix.lower() in _REGISTER and not path.is_dir():
                register = register.merge(read_register(path, context.parties), str(path))
                self.aside.files.append(FileRead(path.name, "sources", _digest(path)))
            else:
                tables.append(path)
        for path in list(tables):
            twins = [t for t in tables if t.is_file() and path.is_file() and t.stat().st_size == path.stat().st_size]
            if len(twins) > 1:
                same = digests.setdefault(_digest(path), path)
                if same != path:
                    tables.remove(path)
                    self.aside.files.append(FileRead(path.name, f"left out: the same as {same.name}", _digest(path)))
        self.context = dataclasses.replace(
            context, sources={**context.sources, **register.sources}, actors={**context.actors, **register.actors}
        )
        self._readers = [(path, reader_for(path, reader)) for path in tables]
        self._kept: list[pl.DataFrame] | None = None
        self._walked = False

    def batches(self) -> Iterator[pl.DataFrame]:
        """Report tables (:data:`REPORT`), one after another, in the order of the files' names and of their rows."""
        return self._walk(brief=False)

    def brief(self) -> Iterator[pl.DataFrame]:
        """The same for judging: of large Parquet files, what only people read stays unread (and is empty)."""
        return self._walk(brief=True)

    def _walk(self, *, brief: bool) -> Iterator[pl.DataFrame]:
        if self._kept is not None:
            yield from self._kept
            return
        first, self._walked = not self._walked, True
        kept: list[pl.DataFrame] | None = []
        total = 0
        for path, reader in self._readers:
            shorn = brief and reader.name.startswith("servanda-") and parquet_rows(path) > _KEPT_IN_MEMORY
            for table in self._file(
                path, reader, first=first, wanted=reader.columns - (_FOR_PEOPLE if shorn else set())
            ):
                total += table.height
                if kept is not None and total <= _KEPT_IN_MEMORY:
                    kept.append(table)
                else:
                    kept = None
                yield table
        self._kept = kept

    def _file(self, path: Path, reader: Reader, *, first: bool, wanted: frozenset[str]) -> Iterator[pl.DataFrame]:
        aside = self.aside if first else IngestResult()
        counts: Counter[str] = Counter()

        def translate(raw: RawBatch) -> tuple[dict[TableName, Normalised], pl.DataFrame]:
            try:
                return _translate(raw.table, path.name, reader, self.context), raw.unreadable
            except pl.exceptions.PolarsError as error:
                what = f"has a column that cannot be read as {reader.title}: {str(error).splitlines()[0][:160]}"
                raise EvidenceError(Fault(str(path), what, "store text, numbers and times as such")) from None

        for tables, unreadable in in_order(translate, read_rows(path, wanted)):
            for name, done in tables.items():
                counts[name] += done.good.height
                aside.notes.update(done.notes)
            if "figures" in tables:
                aside.figures = pl.concat([aside.figures, tables["figures"].good])
            if "statements" in tables:
                aside.statements = pl.concat([aside.statements, tables["statements"].good])
            if "items" in tables:
                aside.items = pl.concat([aside.items, tables["items"].good])
            for rows in (unreadable, *(done.quarantine for done in tables.values())):
                counts["quarantined"] += rows.height
                aside.quarantined += rows.height
                room = max(0, _QUARANTINE_SHOWN - aside.quarantine.height)
                if rows.height and room:
                    aside.quarantine = pl.concat([aside.quarantine, rows.head(room)])
            if "reports" in tables:
                yield tables["reports"].good
        if first:
            aside.files.append(
                FileRead(
                    path.name,
                    reader.name,
                    _digest(path),
                    counts["reports"],
                    counts["figures"],
                    counts["statements"],
                    counts["items"],
                    counts["quarantined"],
                )
            )


def _translate(table: pl.DataFrame, file: str, reader: Reader, context: Context) -> dict[TableName, Normalised]:
    """One raw batch through its reader and all checks."""
    if not reader.name.startswith("servanda-"):
        table = table.with_columns(pl.exclude("row").cast(pl.String))
    lacking = [pl.lit(None, dtype=pl.String).alias(c) for c in sorted(reader.columns) if c not in table.columns]
    tables = reader.translate(table.with_columns(lacking), context)
    return {name: normalise(name, part, file, reader, context) for name, part in tables.items()}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
