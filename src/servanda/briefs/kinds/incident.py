"""Reports of one event: the spot report, the serious incident report (SINCREP), and the whole case of an incident (violation report)."""

from __future__ import annotations

from typing import Any

from servanda.briefs import case
from servanda.briefs.asked import Asked
from servanda.briefs.facts import Facts
from servanda.briefs.framing import framed
from servanda.briefs.model import Brief, Points, Section, Sentence, Value
from servanda.briefs.said import names, parties, phrase, say, short, what, when, where


def spot(facts: Facts, asked: Asked) -> Brief:
    """One event, as soon as it is known."""
    row = case.incident_of(facts, asked.incident)
    words = case.words_of_reports(facts, row)
    sections = [
        *([Section(phrase("section.words"), (Points(words),))] if words else []),
        case.clauses(facts, [row["incident"]]),
        case.could_see(facts, row),
    ]
    return _of("spot", facts, row, sections)


def sincrep(facts: Facts, asked: Asked) -> Brief:
    """One serious event by the questions what, where, when, who, and what was done."""
    row = case.incident_of(facts, asked.incident)
    of = f"incidents/{row['incident']}"
    told: dict[str, Value] = {
        "what": what(row),
        "where": where(row),
        "when": when(row["begins"], row["ends"]),
        "accused": None if row["owed"] else parties(facts.now.agreement, row["accused"]),
        "told_by": names(row["claimed_by"]),
        "observed_by": names(row["observed_by"]),
        "denied_by": names(row["denied_by"]),
    }
    points = tuple(say(f"sincrep.{key}", of, value=value) for key, value in told.items() if value is not None)
    taken, replies = case.steps(facts, row)
    sections = [
        Section(phrase("section.facts"), (Points(points),)),
        taken,
        replies,
        case.clauses(facts, [row["incident"]]),
    ]
    return _of("sincrep", facts, row, sections)


def violation(facts: Facts, asked: Asked) -> Brief:
    """The whole case of an incident: reports and their lineage, assessment, steps, replies, dissent, standard of proof."""
    row = case.incident_of(facts, asked.incident)
    taken, replies = case.steps(facts, row)
    sections = [
        case.clauses(facts, [row["incident"]]),
        case.assessment(facts, row),
        case.could_see(facts, row),
        taken,
        replies,
    ]
    table = case.reports_table(facts, row)
    return _of("violation", facts, row, sections, table)


def _of(kind: str, facts: Facts, row: dict[str, Any], sections: list[Section], *tables: Any) -> Brief:
    lead: tuple[Sentence, ...] = case.told(facts, row)
    return framed(
        kind,
        facts,
        sections,
        tables,
        lead=lead,
        about=row["incident"],
        counts=False,
        title={"incident": short(row["incident"])},
    )
