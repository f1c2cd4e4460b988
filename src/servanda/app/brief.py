"""Use case: a report of the mission about a reporting day, an incident or a party, in one of several languages."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from servanda.agreement import Agreement
from servanda.app.given import agreement_of, instant_of
from servanda.app.record import recorded_agreement
from servanda.app.verify import verify_files
from servanda.briefs import KINDS, Asked, Brief, Facts, Period, Words, period_of, words_of
from servanda.briefs.model import Quote
from servanda.briefs.said import say
from servanda.coverage.read import CoverageItem
from servanda.engine import Engine
from servanda.errors import Fault, ServandaError
from servanda.evidence import IngestResult
from servanda.findings.plan import Progress, quiet
from servanda.store import Store
from servanda.values.files import FileLike
from servanda.values.time import MICROSECOND
from servanda.verdicts import Verification, Wanted
from servanda.wording import did_you_mean


@dataclass(frozen=True)
class Written:
    """A report, the language that it is written in, and what was read for it."""

    brief: Brief
    words: Words
    ingest: IngestResult


def write_brief(
    agreement: Agreement | FileLike,
    evidence: Sequence[Any],
    coverage: Sequence[CoverageItem] = (),
    *,
    of: str,
    asked: Asked,
    language: str = "en",
    reader: str | None = None,
    fuse: bool = True,
    signed_by: Mapping[FileLike, str] | None = None,
    recorded: Mapping[FileLike, datetime] | None = None,
    id_key: bytes = b"",
    engine: Engine | None = None,
    progress: Progress = quiet,
) -> Written:
    """Verify as of the end of the period (and, where the kind of report compares, as of its beginning), and write the report.

    Args:
        agreement: the agreement, or its file.
        evidence: files and data frames.
        coverage: files of coverage.
        of: the kind of report.
        asked: what it is about; without a date the last reporting day of which anything is known.
        language: in which it is written.
        reader: the format of all tables; left out, each is recognised by its columns.
        fuse: find first which of the reports without an incident id describe the same event.
        signed_by: of files of a record that somebody signed who speaks for his own side only, his name there.
        recorded: of files of a record, when each became known.
        id_key: of a record, the key of the ids of incidents that nobody named.
        engine: where matching and confirmation run.
        progress: is told how far the work is.

    Returns:
        The report with its language.

    Raises:
        ServandaError: something cannot be read, or the report cannot be about what was asked.
    """
    if of not in KINDS:
        hint = did_you_mean(of, KINDS, f"one of: {', '.join(KINDS)}")
        raise ServandaError(Fault("--of", f"no report is of the kind {of!r}", hint, code="BRF005"))
    kind, text = KINDS[of], agreement_of(agreement)
    words = words_of(language, text.reporting_day.zone)
    asked = dataclasses.replace(asked, until=instant_of(asked.until, text.zone, "--until"))

    def earliest(period: Period) -> datetime | None:
        return period.reporting.window(period.days(period.before)[0]).start

    def verified(period: Period | None, as_of: datetime | None = None) -> Verification:
        return verify_files(
            text,
            evidence,
            coverage,
            as_of=as_of,
            reader=reader,
            fuse=fuse,
            signed_by=signed_by,
            recorded=recorded,
            id_key=id_key,
            engine=engine,
            wanted=Wanted(grounds=False, since=None if period is None else earliest(period)),
            progress=progress,
        )

    whole = verified(None) if asked.date is None else None
    period = period_of(text, _last_day(whole, text) if asked.date is None else asked.date, kind.span)
    period = period.numbered(asked.number, asked.numbers)
    now = whole if whole is not None and not kind.compares else verified(period, period.end)
    facts = Facts(period, now, newer=asked.newer)
    if asked.known is not None and asked.known < period.end:
        facts = dataclasses.replace(facts, known=asked.known)
    if kind.compares:
        cut = _cut(period, asked)
        facts = dataclasses.replace(facts, since=cut if cut < period.start and cut in asked.cuts.values() else None)
        facts = dataclasses.replace(facts, before=verified(period, facts.opening))
        facts = dataclasses.replace(facts, published=verified(period, cut) if cut < facts.opening else None)
    return Written(_corrected(kind.write(facts, asked), asked), words, now.ingest)


def _cut(period: Period, asked: Asked) -> datetime:
    """Until when the last report before this one knew what it tells: the end of its day, unless it was made before that."""
    last = period.last_report
    if last is None:
        return period.start
    end = period.reporting.window(last[1]).end or period.start
    return min(end, period.start, asked.cuts.get(last[1], end))


def _corrected(brief: Brief, asked: Asked) -> Brief:
    """A report that corrects a published one says so first."""
    if not asked.correction:
        return brief
    said = say("head.correction", "asked", number=asked.correction, words=Quote(asked.wrong))
    return dataclasses.replace(brief, head=(said, *brief.head))


def brief_of_record(store: Store, *, agreement: str | None, of: str, asked: Asked, language: str = "en") -> Written:
    """The same of everything that a record holds.

    Args:
        store: where the files are.
        agreement: the name of the agreement's file, where there are several.
        of: the kind of report.
        asked: what it is about.
        language: in which it is written.

    Returns:
        The report with its language.

    Raises:
        ServandaError: something cannot be read, or the report cannot be about what was asked.
    """
    inputs = store.as_of(None, agreement)
    held = store.contents(inputs)
    return write_brief(
        recorded_agreement(store, inputs),
        list(held.evidence.values()),
        held.coverage,
        of=of,
        asked=asked,
        language=language,
        signed_by=held.signed_by,
        recorded=held.known_at,
        id_key=store.id_key(),
    )


def _last_day(whole: Verification | None, agreement: Agreement) -> date:
    """The last reporting day of which anything is known."""
    if whole is None or whole.known_until is None:
        what = "nothing in the evidence says when it became known"
        raise ServandaError(
            Fault(
                "--date", what, "say it in a column known_at: a report of a day leaves out what does not", code="BRF006"
            )
        )
    return agreement.reporting_day.day_of(whole.known_until - MICROSECOND)
