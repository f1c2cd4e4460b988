"""What the other functions of the Python API return: tables of one run, and what the checker finds. ``results`` says what all results share."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Self

import polars as pl

from servanda import FORMAT, __version__
from servanda.app.results import Result, write_files
from servanda.app.views import expect_format, frame_of, rows_of, told_as_fault
from servanda.errors import Fault, ServandaError
from servanda.evidence import IngestResult
from servanda.report.statements_page import said_page
from servanda.report.tables import csv_files, fusion_files
from servanda.statements import StatementAnalysis
from servanda.wording import count_between, plural


@dataclass(frozen=True, eq=False, repr=False)
class Tables(Result):
    """A result that is some frames and a few facts."""

    TABLES: ClassVar[Mapping[str, str]] = {}
    """The frames by attribute, each with the name of its schema."""
    tables: Mapping[str, pl.DataFrame]
    facts: Mapping[str, Any]

    def __getattr__(self, name: str) -> pl.DataFrame:
        if name in type(self).TABLES:
            return self.tables[name]
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def _files(self) -> Mapping[str, bytes]:
        return csv_files(self.tables)

    def report(self, path: str | os.PathLike[str]) -> Path:
        """Write the tables that the command of the same name writes with ``--out``.

        Args:
            path: a folder, new or not.

        Returns:
            The folder.

        Raises:
            ServandaError: it cannot be written there.
        """
        return write_files(path, self._files())

    def to_dict(self) -> dict[str, Any]:
        """All tables as lists of rows, and the facts, as plain data for JSON."""
        rows = {name: rows_of(table) for name, table in self.tables.items()}
        return {"format": FORMAT, "servanda": __version__, **self.facts, **rows}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """A result out of what ``to_dict`` gave.

        Args:
            data: plain data with ``"format": 2``.

        Returns:
            The same tables.

        Raises:
            ServandaError: the data are of another format or lack a table.
        """
        expect_format(data, cls.__name__, cls.TABLES, FORMAT)
        with told_as_fault(cls.__name__):
            tables = {name: frame_of(data[name], schema) for name, schema in cls.TABLES.items()}
            result = cls(tables, {k: v for k, v in data.items() if k not in (*cls.TABLES, "format", "servanda")})
            result._about()
        return result


@dataclass(frozen=True, eq=False, repr=False)
class Fusion(Tables):
    """Reports put together to incidents. ``servanda.fuse`` makes it.

    Its frames, each described by ``servanda schema``: ``incidents`` (fusion-incidents), ``members``, ``counts``, ``lineage``, ``origins``,
    ``disagreements``, ``strays``, ``grades``, ``quarantine``.
    """

    TABLES: ClassVar[Mapping[str, str]] = {"incidents": "fusion-incidents"} | {
        name: name
        for name in ("members", "counts", "lineage", "origins", "disagreements", "strays", "grades", "quarantine")
    }

    @property
    def total(self) -> tuple[int, int, int]:
        """How many incidents there may be: at least, found, at most."""
        least, found, most = self.facts["total"]
        return least, found, most

    def _about(self) -> str:
        least, found, most = self.total
        between = count_between(least, most, "incident")
        return f"{plural(int(self.counts['reports'].sum()), 'report')} in {plural(found, 'incident')} ({between})"

    def _shown(self) -> pl.DataFrame:
        return self.incidents.select("incident", "reports", "independent_origins", "start", "act", "target", "accused")

    def _files(self) -> Mapping[str, bytes]:
        return fusion_files(self.tables)


@dataclass(frozen=True, eq=False, repr=False)
class Figures(Tables):
    """Published counts, what is odd about them, and which may be compared. ``servanda.figures`` makes it.

    Its frames, each described by ``servanda schema``: ``figures``, ``remarks``, ``comparisons``, ``quarantine``.
    """

    TABLES: ClassVar[Mapping[str, str]] = {n: n for n in ("figures", "remarks", "comparisons", "quarantine")}

    def _about(self) -> str:
        odd, pairs = self.remarks.height, self.comparisons
        return f"{plural(self.figures.height, 'count')}; {plural(odd, 'remark')}; {int(pairs['comparable'].sum())} of {plural(pairs.height, 'pair')} can be compared"

    def _shown(self) -> pl.DataFrame:
        return self.figures.select("figure_id", "claimant", "count", "qualifier", "unit", "start", "end")


@dataclass(frozen=True, eq=False, repr=False)
class Statements(Tables):
    """Who said what in some articles. ``servanda.statements`` makes it.

    Its frames, each described by ``servanda schema``: ``statements``, ``occasions``, ``changes``, ``matrix``, ``documents``, ``left_out``.
    """

    TABLES: ClassVar[Mapping[str, str]] = {
        n: n for n in ("statements", "occasions", "changes", "matrix", "documents", "left_out")
    }
    _analysis: StatementAnalysis | None = None

    def _about(self) -> str:
        said = plural(self.statements.height, "statement")
        return f"{said} on {plural(self.occasions.height, 'occasion')} in {plural(self.documents.height, 'article')}"

    def _shown(self) -> pl.DataFrame:
        return self.statements.select("speaker", "side", "stances", "content", "document")

    def report(self, path: str | os.PathLike[str]) -> Path:
        """Write the page, or the page with all tables.

        Args:
            path: ``"statements.html"`` gives the page alone; any other name is a folder that gets the page and the tables.

        Returns:
            The path that was written.

        Raises:
            ServandaError: it cannot be written there; or the result was made by ``from_dict``, which has no page.
        """
        if self._analysis is None:
            what = "holds no page: it was made by from_dict"
            raise ServandaError(Fault("Statements", what, "call servanda.statements again", code="API009"))
        analysis = self._analysis
        page = said_page(analysis, analysis.title or plural(len(analysis.documents), "article"))
        return write_files(path, {"statements.html": page.encode(), **csv_files(self.tables)}, "statements.html")


@dataclass(frozen=True, eq=False, repr=False)
class CheckResult(Result):
    """What is wrong with an agreement, or will be fought over later. ``servanda.check`` makes it."""

    _data: Mapping[str, Any]

    @property
    def readable(self) -> bool:
        """Whether the agreement can be read; where it cannot, ``faults`` says why and there are no findings."""
        return "faults" not in self._data

    @property
    def score(self) -> int:
        """Verifiability of the whole, 0 to 100; 0 where it cannot be read."""
        return int(self._data.get("score", 0))

    @cached_property
    def scores(self) -> pl.DataFrame:
        """Verifiability of each term, 0 to 100: ``term``, ``score``."""
        rows = list(self._data.get("scores", {}).items())
        return pl.DataFrame(rows, schema={"term": pl.String, "score": pl.Int64}, orient="row")

    @cached_property
    def findings(self) -> pl.DataFrame:
        """One row per thing that will be fought over: ``code, term, what, why, hint, clause, file, line, column``."""
        return _placed(self._data.get("findings", []), "code", "term", "what", "why", "hint", "clause")

    @cached_property
    def faults(self) -> pl.DataFrame:
        """One row per thing that keeps the agreement from being read: ``code, term, what, hint, file, line, column``."""
        return _placed(self._data.get("faults", []), "code", "term", "what", "hint")

    def _about(self) -> str:
        if not self.readable:
            return f"cannot be read: {plural(self.faults.height, 'fault')}"
        return (
            f"{self._data['agreement']}: {plural(self.findings.height, 'finding')}; verifiability {self.score} of 100"
        )

    def _shown(self) -> pl.DataFrame:
        return (self.findings if self.readable else self.faults).select("code", "term", "what", "hint", "line")

    def to_dict(self) -> dict[str, Any]:
        """What ``servanda check --json`` prints, as plain data (``servanda schema check``)."""
        data: dict[str, Any] = json.loads(json.dumps(self._data))
        return data

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """A result out of what ``to_dict`` gave.

        Args:
            data: plain data with ``"format": 2``.

        Returns:
            The same result.

        Raises:
            ServandaError: the data are of another format or lack something.
        """
        needed = ("faults",) if isinstance(data, Mapping) and "faults" in data else ("agreement", "findings", "scores")
        expect_format(data, cls.__name__, needed, FORMAT)
        with told_as_fault(cls.__name__):
            result = cls(json.loads(json.dumps(data)))
            _ = result.score, result.scores, result.findings, result.faults
        return result


def _placed(rows: list[dict[str, Any]], *texts: str) -> pl.DataFrame:
    schema = dict.fromkeys((*texts, "file"), pl.String) | {"line": pl.Int64, "column": pl.Int64}
    return pl.DataFrame([{name: row[name] for name in schema} for row in rows], schema=schema)


@dataclass(frozen=True, eq=False, repr=False)
class Reports(Result):
    """What some evidence holds, read and checked. ``servanda.read_reports`` makes it."""

    reports: pl.DataFrame
    """One row per report; its columns are those of ``servanda schema servanda-reports``, with ``precision_m`` in metres, and ``file`` and ``row``."""
    ingest: IngestResult
    """Everything else: figures, statements, items, quarantine, the files, and what had to be assumed."""

    @property
    def quarantine(self) -> pl.DataFrame:
        """One row per cell that could not be read: file, row, code, field, value, reason, hint."""
        return self.ingest.quarantine

    @property
    def figures(self) -> pl.DataFrame:
        """Published counts as they stand in the evidence."""
        return self.ingest.figures

    @property
    def statements(self) -> pl.DataFrame:
        """Statements of a position as they stand in the evidence."""
        return self.ingest.statements

    @property
    def items(self) -> pl.DataFrame:
        """Declared and inspected items as they stand in the evidence."""
        return self.ingest.items

    def _about(self) -> str:
        files = plural(len(self.ingest.files), "file or frame", "files and frames")
        return f"{plural(self.reports.height, 'report')} of {files}; {plural(self.ingest.quarantined, 'row')} in quarantine"

    def _shown(self) -> pl.DataFrame:
        return self.reports.select("report_id", "source", "start", "act", "target", "actor", "place_name")
