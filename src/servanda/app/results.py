"""What the functions of the Python API return: frames, pages and plain data of one run, with a short ``repr`` and a view for notebooks.

Every frame is a Polars frame (``.to_pandas()``, ``.to_arrow()``); instants are UTC with microseconds, places degrees (WGS 84),
distances metres, probabilities 0 to 1. ``to_dict`` gives plain data for JSON that begins with ``"format": 2``; ``from_dict`` makes a
result of it again.
"""

from __future__ import annotations

import json
import os
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import polars as pl

from servanda import FORMAT
from servanda.agreement import Agreement
from servanda.app.output import Written, write_all
from servanda.app.views import expect_format, html_table, told_as_fault
from servanda.errors import Fault, ServandaError
from servanda.evidence import IngestResult
from servanda.evidence.model import INSTANT
from servanda.report import all_files, long_tables
from servanda.report.tables import hearsay_table, lives_table
from servanda.report.verdicts_json import verdicts_json
from servanda.verdicts import Verification as Judged
from servanda.wording import plural

_PAGE = (".html", ".htm")
_LONGEST = 200
VERDICT_ROW: dict[str, pl.DataType] = {
    "term": pl.String(),
    "party": pl.String(),
    "reading": pl.String(),
    "verdict": pl.String(),
    "window_start": INSTANT,
    "window_end": INSTANT,
    "confirmed": pl.Int64(),
    "alleged": pl.Int64(),
    "excused": pl.Int64(),
    "reports": pl.Int64(),
    "origins": pl.Int64(),
    "coverage": pl.Float64(),
    "watched": pl.Float64(),
    "standard": pl.Float64(),
    "incidents": pl.List(pl.String()),
    "measure": pl.String(),
}
"""The columns of ``Verification.verdicts``; ``measure`` is JSON text, empty where a term of its kind is measured by nothing."""
COVERAGE_ROW: dict[str, pl.DataType] = {
    "term": pl.String(),
    "reading": pl.String(),
    "start": INSTANT,
    "end": INSTANT,
    "probability": pl.Float64(),
    "watched": pl.Float64(),
    "act": pl.String(),
}
"""The columns of ``Verification.coverage``."""
STEP_ROW: dict[str, pl.DataType] = {
    "n": pl.Int64(),
    "rule": pl.String(),
    "text": pl.String(),
    "uses": pl.List(pl.String()),
}
"""The columns of ``Verification.steps``."""


class Result(ABC):
    """What all results have: a short ``repr`` and a small table for notebooks."""

    @abstractmethod
    def _about(self) -> str: ...

    @abstractmethod
    def _shown(self) -> pl.DataFrame: ...

    def __repr__(self) -> str:
        about = "".join(letter if letter.isprintable() else " " for letter in self._about())
        return f"<servanda.{type(self).__name__} {about if len(about) <= _LONGEST else about[: _LONGEST - 1] + '…'}>"

    def _repr_html_(self) -> str:
        return html_table(f"servanda.{type(self).__name__}", self._about(), self._shown())


def write_files(path: str | os.PathLike[str], files: Mapping[str, bytes | Written], page: str = "") -> Path:
    """All files into a folder, or the page alone under a name that ends as one."""
    name = os.fspath(path) if isinstance(path, (str, os.PathLike)) else None
    if not isinstance(name, str) or not name or "\0" in name:
        what = f"not a valid path: {type(path).__name__ if name is None else repr(name)}"
        raise ServandaError(Fault("report", what, "give the name of a folder or of a page, as 'out/'", code="API007"))
    target = Path(name)
    if target.suffix.lower() in _PAGE:
        if not page:
            what = f"there is no page to write to {str(path)!r}"
            raise ServandaError(Fault("report", what, "name a folder for the tables", code="API007"))
        write_all(target.parent, {target.name: files[page]})
    elif os.path.exists(name) and not os.path.isdir(name):  # noqa: PTH110, PTH112  of a name too long these raise nothing
        hint = "name a folder, new or not, or a page that ends in .html"
        raise ServandaError(Fault(str(path), "is a file; the report needs a folder", hint, code="API007"))
    else:
        write_all(target, files)
    return target


@dataclass(frozen=True, eq=False, repr=False)
class Verification(Result):
    """The verdicts of one run and all that they rest on. ``servanda.verify`` makes it.

    Every frame is a Polars frame. One that ``from_dict`` made holds the verdicts and their steps, and nothing else.
    """

    _data: Mapping[str, Any]
    _judged: Judged | None = None

    def _about(self) -> str:
        words = [row["verdict"] for row in self._data["verdicts"]]
        counts = ", ".join(f"{words.count(word)} {word}" for word in dict.fromkeys(sorted(words)))
        out = [f"{self._data['agreement']}: {plural(len(words), 'verdict')} ({counts})"]
        if self._judged is None:
            return out[0]
        out.append(plural(self._judged.reports, "report"))
        if unread := self._data["quarantined"]:
            out.append(f"{plural(unread, 'row')} in quarantine")
        if undated := self._data["undated"]:
            out.append(f"{plural(undated, 'row')} left out, for nothing says since when known")
        return "; ".join(out)

    def _shown(self) -> pl.DataFrame:
        return self.verdicts.select("term", "party", "reading", "verdict", "confirmed", "alleged", "watched")

    def _full(self, wanted: str) -> Judged:
        if self._judged is None:
            what = f"holds no {wanted}: it was made by from_dict, from what verdicts.json holds"
            raise ServandaError(Fault("Verification", what, "call servanda.verify again", code="API009"))
        return self._judged

    @property
    def agreement(self) -> Agreement:
        """The agreement that was judged, resolved."""
        return self._full("agreement").agreement

    @property
    def as_of(self) -> datetime | None:
        """What became known later than this instant was left out; ``None``: nothing was."""
        return None if self._data["as_of"] is None else datetime.fromisoformat(self._data["as_of"])

    @cached_property
    def verdicts(self) -> pl.DataFrame:
        """One row per term, party and reading (``VERDICT_ROW``): the verdict, its window, the counts, the coverage and the incidents.

        ``reading`` is null in the row that puts all readings together, ``party`` where the mandate names nobody. ``coverage`` is the
        probability that an act against the term would have been seen, null where nothing is to be seen; ``watched`` is the share of place and
        time in which that reached ``standard``, which the mandate asks for.
        """
        return _verdict_rows(self._data["verdicts"])

    @cached_property
    def timeline(self) -> pl.DataFrame:
        """The same columns for every day or week, where ``by`` was given; else no rows."""
        judged = self._full("timeline")
        return _verdict_rows([v.as_data(judged.agreement.zone) for v in judged.slices])

    @property
    def findings(self) -> pl.DataFrame:
        """One row per term, reading, role, incident and party: status, probability, standard (``servanda schema findings``)."""
        judged = self._full("findings")
        return judged.findings if judged.tables is None else judged.tables.whole("findings")

    @property
    def incidents(self) -> pl.DataFrame:
        """One row per incident: where, when, what, who says so; of very many, those 20,000 that weigh most."""
        return self._full("incidents").incidents

    @property
    def members(self) -> pl.DataFrame:
        """One row per report of those incidents: the columns of a report, ``incident``, what it is ``taken_as`` (``observation``, ``claim`` or
        ``hearsay``) and, where that is less than it says, ``why``.
        """
        return self._full("members").members

    @property
    def no_term(self) -> pl.DataFrame:
        """One row per report of which there is no finding, with the reason (``servanda schema no-term``); of very many, the first 10,000."""
        return self._full("no_term").no_term.rows

    @property
    def hearsay(self) -> pl.DataFrame:
        """One row per report that counts for less than it says, with the reason (``servanda schema hearsay``)."""
        return hearsay_table(self._full("hearsay"))

    @property
    def quarantine(self) -> pl.DataFrame:
        """One row per cell of the evidence that could not be read: file, row, field, value, reason, hint."""
        return self._full("quarantine").ingest_shown().quarantine

    @property
    def items(self) -> pl.DataFrame:
        """One row per declared or found item, of terms that speak of items."""
        return self._full("items").items

    @property
    def watches(self) -> pl.DataFrame:
        """One row per watch: what was declared, what others saw in its place and time, and what is used (``servanda schema watches``)."""
        return self._full("watches").watches

    @property
    def exceptions(self) -> pl.DataFrame:
        """How often each exception was invoked, by whom, and granted."""
        return self._full("exceptions").exceptions

    @property
    def acts(self) -> pl.DataFrame:
        """How many acts were counted, by term, party, incident and unit (``servanda schema acts``)."""
        judged = self._full("acts")
        return judged.acts if judged.tables is None else judged.tables.whole("acts")

    @property
    def lives(self) -> pl.DataFrame:
        """How every incident stands that people decided about."""
        return lives_table(self._full("lives"))

    @cached_property
    def coverage(self) -> pl.DataFrame:
        """One row per term, reading and spell of time in which nothing changes (``COVERAGE_ROW``).

        ``probability``: that an act of the kind that is seen least (``act``), anywhere in the term's place, would have been seen then;
        ``watched``: how much of the place was watched to the standard.
        """
        judged = self._full("coverage")
        rows = [
            (term, reading, start, end, probability, watched, measured.kind)
            for (reading, term), measured in judged.coverage.items()
            for (start, end, probability), (_, _, watched) in zip(
                measured.over_time, measured.watched_over_time, strict=True
            )
        ]
        return pl.DataFrame(rows, schema=COVERAGE_ROW, orient="row")

    @property
    def ingest(self) -> IngestResult:
        """What of the evidence is not a report, and what had to be assumed."""
        return self._full("record of what was read").ingest

    def steps(self, term: str, party: str | None = None, reading: str | None = None) -> pl.DataFrame:
        """How one verdict follows, step by step.

        Args:
            term: id of the term.
            party: id of the party; it may be left out where the term has one row only.
            reading: name of the reading; left out, all readings together.

        Returns:
            A frame with ``n`` (from 1), ``rule``, ``text`` and ``uses`` (ids of incidents).

        Raises:
            ServandaError: there is no such verdict, or more than one.
        """
        rows = [row for row in self._data["verdicts"] if row["term"] == term]
        rows = [row for row in rows if row["reading"] == reading and party in (None, row["party"])]
        if len(rows) != 1:
            asked = f"term {term!r}, party {party!r}, reading {reading!r}"
            keys = [f"({r['term']!r}, {r['party']!r}, {r['reading']!r})" for r in self._data["verdicts"]]
            hint = f"there are {', '.join(keys[:12])}{' ...' if len(keys) > 12 else ''}"
            raise ServandaError(Fault("steps", f"{plural(len(rows), 'verdict')} for {asked}", hint, code="API010"))
        return pl.DataFrame(rows[0]["steps"], schema=STEP_ROW)

    def report(self, path: str | os.PathLike[str]) -> Path:
        """Write the page, or the page with all files.

        Args:
            path: ``"report.html"`` gives the page alone, which works from disk and makes no request; any other name is a folder that gets
                the page and every table (docs/formats.md, Results), all or none.

        Returns:
            The path that was written.

        Raises:
            ServandaError: it cannot be written there.
        """
        judged = self._full("page")
        return write_files(path, {**all_files(judged), **long_tables(judged)}, "report.html")

    def to_dict(self) -> dict[str, Any]:
        """The content of ``verdicts.json`` as plain data (``servanda schema verdicts``)."""
        data: dict[str, Any] = json.loads(json.dumps(self._data))
        return data

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """A result out of what ``to_dict`` gave, or of the content of ``verdicts.json``.

        Args:
            data: plain data with ``"format": 2``.

        Returns:
            A result with verdicts and steps.

        Raises:
            ServandaError: the data are of another format or lack something.
        """
        expect_format(data, cls.__name__, ("agreement", "as_of", "verdicts"), FORMAT)
        with told_as_fault(cls.__name__):
            result = cls(json.loads(json.dumps(data)))
            for row in result._data["verdicts"]:
                pl.DataFrame(row["steps"], schema=STEP_ROW)
            _ = result.verdicts, result.as_of
        return result

    @classmethod
    def of(cls, judged: Judged) -> Self:
        """The result of one run."""
        return cls(json.loads(verdicts_json(judged)), judged)


def _verdict_rows(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Verdicts as a frame."""
    table = pl.DataFrame(
        [
            {
                **{name: row[name] for name in VERDICT_ROW if name in row},
                "window_start": row["window"][0],
                "window_end": row["window"][1],
                "coverage": row["coverage"]["probability"],
                "watched": row["coverage"]["watched"],
                "standard": row["coverage"]["standard"],
                "measure": json.dumps(row["measure"], ensure_ascii=False) if "measure" in row else None,
            }
            for row in rows
        ],
        schema={name: pl.String() if dtype == INSTANT else dtype for name, dtype in VERDICT_ROW.items()},
    )
    return table.with_columns(pl.col("window_start", "window_end").str.to_datetime(time_unit="us", time_zone="UTC"))
