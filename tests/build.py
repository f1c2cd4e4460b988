"""Small worlds for tests: agreements from a few lines, reports from a few words."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from servanda.agreement import Agreement, read_agreement
from servanda.engine import LocalEngine
from servanda.evidence import IngestResult, ReportTables
from servanda.evidence.decisions import Decision
from servanda.testing import report_table
from servanda.verdicts import Verification, Wanted, verify

HEAD = """agreement: test
title: A test
timezone: Europe/Kyiv
parties: {A: Aland, B: Bland}
in_force: {from: 2025-03-18, for: 30 days}
"""
ZONES = """places:
  disc: {at: [48.0, 37.0], radius: 20 km}
  box: {polygon: [[47.9, 36.9], [47.9, 37.6], [48.4, 37.6], [48.4, 36.9]]}
  line: {line: [[47.6, 36.8], [48.0, 37.1], [48.6, 37.0]], sides: {left: B, right: A}}
  strip: {within: 15 km, of: line, on_side_of: A}
"""
TERM = """terms:
  fire:
    text: No strikes on energy
    forbid: {act: strike, target: [energy], in: disc}
"""


def agreement(folder: Path, text: str) -> Agreement:
    """An agreement from the text of its file."""
    path = folder / "agreement.yaml"
    path.write_text(text, encoding="utf-8")
    return read_agreement(path)


def instant(text: str) -> datetime:
    """An instant of March or April 2025, UTC: '03-20' or '03-20 12:30'."""
    moment = datetime.fromisoformat(f"2025-{text}")
    return moment.replace(tzinfo=UTC)


def examples(number: int) -> settings:
    """The drawn examples of a property, in per cent of what the profile draws: ``make explore`` draws far more."""
    of_profile = settings().max_examples
    return settings(max_examples=number * of_profile // 100, suppress_health_check=[HealthCheck.too_slow])


def spellings(name: str) -> list[str]:
    """Other ways to write a name, which no reader can tell from it: or only by its case."""
    half = len(name) // 2
    return [
        name,
        name.upper(),
        unicodedata.normalize("NFD", name),
        name.replace(" ", "  ") + " ",
        name.replace(" ", "\u00a0"),
        f"{name[:half]}\u200b{name[half:]}",
        name.translate(str.maketrans("aeopcAMBCe", "аеорсАМВСе")),
        name.upper().translate(str.maketrans("MTHKPOA", "МТНКРОА")),
        "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in name),
    ]


def written(name: str) -> st.SearchStrategy[str]:
    """A name, mostly as it is, now and then spelt otherwise."""
    return st.sampled_from([name] * 12 + spellings(name)[1:])


reports = report_table
"""Reports in the report table; what is not said has a default."""


def judged(
    text: Agreement,
    table: pl.DataFrame,
    coverage: Any = None,
    items: pl.DataFrame | None = None,
    decisions: Sequence[Decision] = (),
    **options: Any,
) -> Verification:
    """One run over one table. On what verdicts rest is not asked: it takes a third of the time."""
    options.setdefault("engine", LocalEngine())
    options.setdefault("wanted", Wanted(grounds=False))
    ingest = IngestResult() if items is None else IngestResult(items=items)
    return verify(text, ReportTables([table], decisions=decisions, ingest=ingest), coverage, **options)


judged_with_grounds = partial(judged, wanted=Wanted())
"""The same, with all that is told where nobody says what is wanted."""


def words(run: Verification) -> dict[tuple[str, str | None, str | None], str]:
    """Verdicts by term, party and reading."""
    return {(v.term, v.party, v.reading): v.verdict for v in run.verdicts}
