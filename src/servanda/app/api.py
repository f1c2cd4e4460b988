"""The Python API, behind ``import servanda`` (``docs/python.md``): each function takes paths, mappings or frames and calls one use case.

Nothing is decided here: ``given`` brings the arguments to one form, ``results`` holds what comes back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from servanda.agreement import Agreement
from servanda.agreement.plain_language import say as in_plain_language
from servanda.app import given
from servanda.app.brief import write_brief
from servanda.app.check import check_data, check_file
from servanda.app.figures import read_figures
from servanda.app.fuse import fuse_files
from servanda.app.fuse import read_reports as read_reports_of
from servanda.app.given import AgreementLike, CoverageLike, EvidenceLike
from servanda.app.mission_report import MissionReport
from servanda.app.results import Verification
from servanda.app.speech_models import reader_of
from servanda.app.statements import read_statements
from servanda.app.tables import CheckResult, Figures, Fusion, Reports, Statements
from servanda.app.verify import verify_files
from servanda.app.views import typed_frames
from servanda.briefs import Asked
from servanda.drafting import check_agreement
from servanda.errors import EvidenceError, Fault
from servanda.evidence.model import REPORT, empty
from servanda.findings.plan import Engine, Progress, quiet
from servanda.report.statements_page import said_frames
from servanda.report.tables import figure_frames, fusion_frames
from servanda.statements import reading_of
from servanda.values.files import FileLike, name_of
from servanda.values.reporting_day import SPANS

if TYPE_CHECKING:
    from servanda.app.trended import Trends


def read_agreement(agreement: AgreementLike) -> Agreement:
    """Read an agreement.

    Args:
        agreement: the path of a YAML file, a mapping with the same content, or ``NamedBytes``. Times without an offset are in its ``timezone``.

    Returns:
        The agreement with every code, place and instant resolved.

    Raises:
        AgreementError: with every fault of the agreement.
    """
    return given.agreement_of(agreement)


def read_reports(
    evidence: EvidenceLike, agreement: AgreementLike | None = None, *, reader: str | None = None
) -> Reports:
    """Read evidence without judging it: what is read as a report, and what goes to quarantine.

    Args:
        evidence: as for ``verify``.
        agreement: whose parties, zone and codes are used; left out, whoever is named is a party and times without an offset are UTC.
        reader: read all tables as this format (``servanda readers``); left out, their columns decide.

    Returns:
        ``reports`` (a frame, one row per report; instants UTC, degrees WGS 84, ``precision_m`` in metres), ``quarantine``, ``figures``,
        ``statements`` and ``items``.

    Raises:
        EvidenceError: a file or frame cannot be read at all.
        AgreementError: with every fault of the agreement.
    """
    text = None if agreement is None else given.agreement_of(agreement)
    source, tables = read_reports_of(given.evidence_items(evidence), text, reader=reader)
    return Reports(pl.concat(tables) if tables else empty(REPORT), source.ingest)


def verify(
    agreement: AgreementLike,
    evidence: EvidenceLike,
    coverage: CoverageLike | None = None,
    *,
    as_of: datetime | date | str | None = None,
    by: Literal["day", "week", "month"] | None = None,
    reader: str | None = None,
    fuse: bool = True,
    mapping: FileLike | None = None,
    engine: Engine | None = None,
    progress: Progress | None = None,
) -> Verification:
    """Judge every term of an agreement by the evidence.

    Args:
        agreement: the path of a YAML file, a mapping with the same content, ``NamedBytes``, or what ``read_agreement`` returned.
        evidence: reports, and if there are any registers of sources, decisions, figures, statements and items: a path, a frame
            (Polars, Arrow, pandas), rows as dicts, a mapping with ``sources`` or ``decisions``, ``NamedBytes``; or several of these. Columns
            are those of ``servanda schema servanda-reports``, or of any reader.
        coverage: who could have seen what: a path, a mapping as the YAML file has it, a frame of a patrol log; or several. Left out: nobody
            was looking, and no prohibition is complied with.
        as_of: leave out what became known later; text and dates without an offset are in the agreement's zone.
        by: also give verdicts for every reporting ``"day"``, ``"week"`` or ``"month"``.
        reader: read all tables as this format; left out, their columns decide.
        fuse: first find which of the reports without an incident id speak of the same event; ``False`` judges each by itself.
        mapping: how spreadsheets and tables that no reader knows are read, as ``servanda import`` kept it.
        engine: where the work runs, as ``servanda.Spark(session)``; left out, on the threads of this machine.
        progress: is called with a stage and a number as the work goes on.

    Returns:
        The verdicts, findings, incidents and the rest as frames, with the page.

    Raises:
        ServandaError: an argument is not what it must be; ``AgreementError``, ``EvidenceError`` and ``CoverageError`` tell every fault of
            what was read. Rows that cannot be read raise nothing: they are in ``quarantine``.
    """
    given.one_of(by, SPANS, "by")
    text = given.agreement_of(agreement)
    judged = verify_files(
        text,
        given.evidence_items(evidence),
        given.coverage_items(coverage, text.id),
        as_of=given.instant_of(as_of, text.zone),
        by=by,
        reader=reader,
        fuse=fuse,
        mapping=mapping,
        engine=engine,
        progress=progress or quiet,
    )
    return Verification.of(judged)


def fuse(
    evidence: EvidenceLike,
    agreement: AgreementLike | None = None,
    *,
    reader: str | None = None,
    engine: Engine | None = None,
    progress: Progress | None = None,
) -> Fusion:
    """Put reports together to incidents, and trace who said so first.

    Args:
        evidence: as for ``verify``.
        agreement: whose parties, zone and codes are used; left out, whoever is named is a party and times without an offset are UTC.
        reader: read all tables as this format; left out, their columns decide.
        engine: as for ``verify``.
        progress: is called with a stage and a number as the work goes on.

    Returns:
        Incidents, members with the reason for each, counts, and lineage, as frames.

    Raises:
        EvidenceError: there is no report that can be read.
        AgreementError: with every fault of the agreement.
    """
    text = None if agreement is None else given.agreement_of(agreement)
    items = given.evidence_items(evidence)
    found, lineage, ingest = fuse_files(items, text, reader=reader, engine=engine, progress=progress or quiet)
    frames = {**fusion_frames(found, lineage), "quarantine": ingest.quarantine}
    return Fusion(typed_frames(frames, Fusion.TABLES), {"total": list(found.total)})


def figures(evidence: EvidenceLike, agreement: AgreementLike | None = None) -> Figures:
    """Tell of published counts which may be compared, and what is odd about them.

    Args:
        evidence: tables of figures (``servanda schema servanda-figures``), and reports if there are any; in the forms that ``verify`` takes.
        agreement: whose parties and zone are used; left out, whoever is named is a party and times without an offset are UTC.

    Returns:
        Counts, remarks and comparisons as frames.

    Raises:
        EvidenceError: a file or frame cannot be read at all, or none holds figures.
        AgreementError: with every fault of the agreement.
    """
    text = None if agreement is None else given.agreement_of(agreement)
    analysis = read_figures(given.evidence_items(evidence), text)
    if not analysis.counts:
        hint = "servanda schema servanda-figures has the columns"
        raise EvidenceError(Fault("figures", "the evidence holds no figures", hint, code="API011"))
    frames = figure_frames(analysis.counts, analysis.remarks, analysis.comparisons, analysis.beside)
    return Figures(typed_frames({**frames, "quarantine": analysis.ingest.quarantine}, Figures.TABLES), {})


def trend(
    agreement: AgreementLike,
    evidence: EvidenceLike,
    coverage: CoverageLike | None = None,
    *,
    baseline: str = "",
    by: Literal["day", "week", "month"] = "day",
    terms: Sequence[str] = (),
    as_of: datetime | date | str | None = None,
    reader: str | None = None,
    progress: Progress | None = None,
) -> Trends:
    """Count what an agreement forbids, before it was in force, in it and after. A trend is no verdict.

    Args:
        agreement: as for ``verify``.
        evidence: as for ``verify``.
        coverage: as for ``verify``; with it, what was watched is the denominator.
        baseline: the days before, as ``"2025-02-01..2025-03-01"``; left out, all days before with reports.
        by: what rows of ``series`` are.
        terms: only these prohibitions; left out, all of them.
        as_of: leave out what became known later.
        reader: read all tables as this format; left out, their columns decide.
        progress: is called with a stage and a number as the work goes on.

    Returns:
        Rates with intervals, their ratios, days of change and series as frames, with the page.

    Raises:
        ServandaError: the baseline is none, there is nothing to count, or ``servanda[trends]`` is not installed; and what ``verify`` raises.
    """
    from servanda.app.trend import find_trends  # only here: its page is slow to load
    from servanda.app.trended import Trends

    given.one_of(by, SPANS, "by")
    text = given.agreement_of(agreement)
    found = find_trends(
        text,
        given.evidence_items(evidence),
        given.coverage_items(coverage, text.id),
        baseline=baseline,
        by=by,
        terms=terms,
        as_of=given.instant_of(as_of, text.zone),
        reader=reader,
        progress=progress or quiet,
    )
    return Trends(found)


def brief(
    agreement: AgreementLike,
    evidence: EvidenceLike,
    coverage: CoverageLike | None = None,
    *,
    of: str,
    date: date | str | None = None,
    incident: str | None = None,
    to: str | None = None,
    until: datetime | str | None = None,
    source: str | None = None,
    language: str = "en",
    reader: str | None = None,
    fuse: bool = True,
    progress: Progress | None = None,
) -> MissionReport:
    """Write a report of the mission: daily, sitrep, weekly, monthly, verified, spot, sincrep, violation, letter, handover or patrol.

    Args:
        agreement: as for ``verify``.
        evidence: as for ``verify``.
        coverage: as for ``verify``.
        of: the kind of report.
        date: the reporting day at whose end it is cut off; left out, the last of which anything is known.
        incident: the incident that it is about, where it is about one.
        to: the party that a letter is written to.
        until: until when a letter asks for an answer; left out, as a right of reply among the decisions says.
        source: whose patrol it is.
        language: ``"en"``, ``"uk"``, ``"ru"``, ``"fr"``, ``"es"`` or ``"ar"``.
        reader: read all tables as this format; left out, their columns decide.
        fuse: first find which of the reports without an incident id speak of the same event.
        progress: is called with a stage and a number as the work goes on.

    Returns:
        The report: its text, its sentences with their data, its tables and files.

    Raises:
        ServandaError: the report cannot be about what was asked, the language has no catalogue, or ``servanda[reports]`` is not installed;
            and what ``verify`` raises.
    """
    text = given.agreement_of(agreement)
    written = write_brief(
        text,
        given.evidence_items(evidence),
        given.coverage_items(coverage, text.id),
        of=of,
        asked=Asked(date, incident, to, until, source),
        language=language,
        reader=reader,
        fuse=fuse,
        progress=progress or quiet,
    )
    return MissionReport(written)


def statements(
    documents: Any, agreement: AgreementLike | None = None, *, by: str = "", model: str | Path | None = None
) -> Statements:
    """Find who said what in articles (English, Russian, Ukrainian).

    Args:
        documents: the path of a text, a saved web page or a PDF; or several.
        agreement: whose terms and parties are asked about; left out, common topics and states.
        by: whose own words the articles are, where they are a speech, a post or a statement.
        model: the path of a model of attributions that ``servanda train`` wrote, to read English with.

    Returns:
        Statements, occasions, what was changed on the way, and who stands where, as frames, with the page.

    Raises:
        ServandaError: an article or the model cannot be read, or ``servanda[documents]``, with a model ``servanda[speech]``, is not installed.
        AgreementError: with every fault of the agreement.
    """
    text = None if agreement is None else given.agreement_of(agreement)
    rules = reading_of if model is None else reader_of(model)
    analysis = read_statements(given.article_files(documents), text, by=by, english_rules=rules)
    return Statements(typed_frames(said_frames(analysis), Statements.TABLES), {}, analysis)


def check(agreement: AgreementLike) -> CheckResult:
    """Validate an agreement, or a draft as people write it, and tell what will be fought over later. Needs no evidence.

    Args:
        agreement: the path of a YAML file or of a draft (.docx, .odt, .pdf, .md, .txt), a mapping with the content of a YAML file, or ``NamedBytes``.

    Returns:
        The faults of one that cannot be read; else findings with code, clause, reason and hint, and scores from 0 to 100.

    Raises:
        ServandaError: the argument is none of these; or a draft cannot be read, or has tracked changes or hidden words that nobody settled.
    """
    file = given.agreement_file(agreement)
    name = "agreement" if isinstance(file, Mapping) else name_of(file)
    return CheckResult(check_data(check_agreement(file) if isinstance(file, Mapping) else check_file(file), name))


def say(agreement: AgreementLike) -> str:
    """Say the terms of an agreement in plain English.

    Args:
        agreement: the path of a YAML file, a mapping with the same content, ``NamedBytes``, or what ``read_agreement`` returned.

    Returns:
        The text, term by term.

    Raises:
        AgreementError: with every fault of the agreement.
    """
    return in_plain_language(given.agreement_of(agreement))
