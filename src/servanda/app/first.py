"""Use case: who is said to have broken an agreement first, by whom, and what was answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import polars as pl

from servanda.agreement import Agreement
from servanda.app.fuse import fuse_reports, read_reports
from servanda.app.given import agreement_of, instant_of
from servanda.app.sayings import accused, article_reports, counted, day_end, in_article, places_of, reported, stated
from servanda.app.statements import read_statements
from servanda.engine import Engine, LocalEngine
from servanda.errors import EvidenceError, Fault, ServandaError
from servanda.evidence import IngestResult
from servanda.evidence.folders import PASSED_OVER, in_folders
from servanda.evidence.model import NO_SIDE, UNDATED, Context
from servanda.evidence.source import EvidenceSource, Item
from servanda.figures import published_counts_of
from servanda.findings.plan import Progress, quiet
from servanda.findings.queries import ALWAYS
from servanda.findings.speaks_of import terms_spoken_of
from servanda.incidents.fusion.tables import ids
from servanda.incidents.lineage.claims import answered, sayings
from servanda.incidents.lineage.first import First, first
from servanda.incidents.telling import warning
from servanda.statements import Accusation
from servanda.values.files import FileLike, name_of, suffix_of
from servanda.values.time import Interval

ARTICLES = (".txt", ".md", ".html", ".htm", ".xhtml", ".pdf")
"""How files end that are read as articles; all others are evidence."""


class FirstResult(NamedTuple):
    """What is said, and what was read."""

    first: First
    ingest: IngestResult
    """What was read of the tables."""
    articles: tuple[str, ...]
    """The articles that were read."""


def who_first(
    files: Iterable[Item],
    agreement: Agreement | FileLike | None = None,
    *,
    as_of: datetime | str | None = None,
    reader: str | None = None,
    engine: Engine | None = None,
    progress: Progress = quiet,
) -> FirstResult:
    """Find who accuses whom of what, since when, through whom, and what was answered.

    Args:
        files: tables (or folders of them) of reports, counts and statements, registers and decisions; and articles, by the end of their names (:data:`ARTICLES`).
        agreement: take parties, terms, readings, zone and codes from it; left out, every actor named is a party and every act counts.
        as_of: leave out what became known later, and what does not say when.
        reader: the format of all tables; left out, each is recognised by its columns.
        engine: where the work runs; left out, on the threads of this machine.
        progress: is told how far the work is.

    Returns:
        All sayings in order of time, and the earliest of each voice.

    Raises:
        ServandaError: something cannot be read, the mandate withholds authors, or nobody accuses, admits, denies or saw anything.
    """
    passed: list[Path] = []
    engine, items = engine or LocalEngine(), list(in_folders(files, passed))
    text = None if agreement is None else agreement_of(agreement)
    moment = instant_of(as_of, ZoneInfo("UTC") if text is None else text.zone, "--as-of")
    if text is not None and not text.mandate.attribution:
        what = "its mandate lets no author of an act be named (attribution: false), and this table names nothing else"
        raise ServandaError(Fault(text.file, what, "read the evidence without --agreement", code="CLI017"))
    docs = [item for item in items if isinstance(item, FileLike) and suffix_of(item) in ARTICLES]
    tables = [item for item in items if not any(item is doc for doc in docs)]
    left = Counter(f"{path.name}: {PASSED_OVER}" for path in passed)
    source, reports = read_reports(tables, text, reader=reader, engine=engine, progress=progress, as_of=moment)
    undated = sum(table.filter(pl.col("known_at").is_null()).height for table in source.batches()) if moment else 0
    ingest = source.ingest if moment is None else source.ingest.known_by(moment)
    left[UNDATED] += undated
    names = _names(text, reports, ingest)
    told_by, articles, more = _article_rows(docs, text, source.context, moment, reports, left, progress)
    names = {**names, **{code: name for code, name in more.items() if code not in names}}
    every = _together(source, reports, told_by, engine, moment, progress)
    words = source.context.vocabulary
    signs = warning(words)
    kept_by = pl.col("act").is_in(sorted(words.acts.below(words.natures["compliance"]))).fill_null(False)
    kept_by &= pl.lit(text is None)  # an agreement says itself what it forbids
    left["warnings, which are no acts"] += every.filter(signs).height
    left["deeds that keep an agreement, as a delivery"] += every.filter(kept_by).height
    told = [sayings(every.filter(~signs & ~kept_by))]
    told += [counted(published_counts_of(ingest.figures)), stated(ingest.statements)]
    table = answered(pl.concat(told), source.context.zone)
    left["row in quarantine" if ingest.quarantined == 1 else "rows in quarantine"] += ingest.quarantined
    if not table.height:
        raise _nothing(items, left, ingest.first_reason())
    spoken_of = None if text is None else terms_spoken_of(text, table)
    told_all, readings = first(table, _readings(text), spoken_of, names)
    title = "" if text is None else text.title
    left = Counter({what: many for what, many in left.items() if many})
    return FirstResult(First(told_all, readings, names, source.context.zone, title, moment, left), ingest, articles)


def _nothing(items: Sequence[Item], left: Counter[str], unread: str) -> EvidenceError:
    named = ", ".join(name_of(item) if isinstance(item, FileLike) else "frame" for item in items) or "evidence"
    told = "; ".join(f"{many:,} {what}" for what, many in left.items() if many)
    hint = (
        "give tables with 'side' and 'actor' (docs/formats.md), or articles in English in which somebody accuses a side"
    )
    return EvidenceError(
        Fault(
            named,
            "nobody accuses, admits, denies or saw anything in it" + (f" ({told})" if told else ""),
            unread or hint,
            code="CLI018",
        )
    )


def _names(text: Agreement | None, reports: Sequence[pl.DataFrame], ingest: IngestResult) -> dict[str, str]:
    """The sides in their order: the agreement's parties; without it, everybody who has a side or is accused, by name."""
    if text is not None:
        return dict(text.parties)
    columns = [t[c] for t in reports for c in ("side", "actor")] + [ingest.figures["side"], ingest.figures["against"]]
    found = {name for column in columns for name in column.unique().drop_nulls().to_list()}
    return {name: name for name in sorted(found - {NO_SIDE, "unknown", ""})}


def _readings(text: Agreement | None) -> list[tuple[str | None, Interval]]:
    """The readings with the time in which each is in force."""
    return [(None, ALWAYS)] if text is None else [(one.reading, one.in_force) for one in text.texts]


def _together(
    source: EvidenceSource,
    reports: Sequence[pl.DataFrame],
    articles: pl.DataFrame,
    engine: Engine,
    as_of: datetime | None,
    progress: Progress,
) -> pl.DataFrame:
    """Reports and what articles tell, each under its incident; what has no place or time of its own stands alone, or answers in its article."""
    alone = pl.col("incident_id").is_not_null()
    tables = [t.with_columns(pl.lit("report").alias("from")) for t in reports] + [articles.filter(~alone)]
    tables = [t for t in tables if t.height]
    if not tables:
        return in_article(articles.with_columns(incident="incident_id"))
    progress("reports to put together", sum(t.height for t in tables))
    fusion, every = fuse_reports(source, tables, engine, as_of)
    every = every.with_columns(incident=ids(fusion))
    return in_article(pl.concat([every, articles.filter(alone).with_columns(incident="incident_id")]))


def _article_rows(
    docs: Sequence[FileLike],
    text: Agreement | None,
    context: Context,
    as_of: datetime | None,
    reports: Sequence[pl.DataFrame],
    left: Counter[str],
    progress: Progress,
) -> tuple[pl.DataFrame, tuple[str, ...], dict[str, str]]:
    """What articles tell, as rows of reports; which articles they are; and the names of the sides that occur."""
    if not docs:
        return article_reports([], context, {}), (), {}
    analysis = read_statements(docs, text, progress=progress)
    found: list[tuple[Accusation, date | None, str]] = []
    for document in analysis.documents:
        known = None if document.published is None else day_end(document.published, context.zone)
        if not reported(document, analysis):
            left["articles that are not in English, Russian or Ukrainian, in which accusations are found"] += 1
        elif as_of is not None and (known is None or known > as_of):
            left["articles published later, or on a day that is not told"] += 1
        else:
            several = accused(analysis, document)
            left["articles in which nobody accuses, admits or denies"] += not several
            found += several
    rows = article_reports(found, context, places_of(reports))
    codes = {code for column in ("side", "actor") for code in rows[column].drop_nulls().to_list()}
    names = {code: name for code, name in analysis.names.items() if code in codes}
    return rows, tuple(document.id for document in analysis.documents), names


__all__ = ["ARTICLES", "First", "FirstResult", "who_first"]
