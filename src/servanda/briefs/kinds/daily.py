"""Reports of a day: the daily report of a mission (one page, and annexes in the columns that missions use), and the short situation report."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from servanda.briefs import annexes, parts
from servanda.briefs.asked import Asked
from servanda.briefs.clocks import decided, decisions_table, due
from servanda.briefs.corrections import corrections
from servanda.briefs.facts import Facts
from servanda.briefs.framing import framed
from servanda.briefs.model import Brief, Section
from servanda.briefs.said import phrase

_SOON = timedelta(days=3)


def daily(facts: Facts, asked: Asked) -> Brief:
    """The report of one reporting day."""
    tables = (
        annexes.events_table(facts),
        annexes.incidents_table(facts),
        parts.counts_annex(facts),
        decisions_table(facts),
        annexes.restrictions_table(facts),
        annexes.weapons_table(facts),
        parts.terms(facts),
    )
    sections = (
        parts.counts(facts),
        parts.told_of(facts, "new", facts.new),
        *([nowhere] if (nowhere := parts.unplaced(facts, asked)) else []),
        parts.told_of(facts, "confirmed", facts.newly_confirmed),
        decided(facts),
        parts.sides(facts),
        parts.movement(facts),
        parts.looked(facts),
        corrections(facts, asked),
    )
    return framed(
        "daily",
        facts,
        sections,
        tables,
        lead=parts.lead(facts),
        title={"number": facts.period.number, "day": facts.period.last},
    )


def sitrep(facts: Facts, asked: Asked) -> Brief:
    """The situation in short: what stands, what is new, what is due."""
    sections = (
        parts.told_of(facts, "new", facts.new),
        Section(phrase("section.terms"), (replace(parts.terms(facts), heading=None),)),
        parts.movement(facts),
        due(facts, _SOON),
    )
    tables = (annexes.incidents_table(facts),)
    return framed(
        "sitrep",
        facts,
        sections,
        tables,
        lead=parts.lead(facts),
        title={"number": facts.period.number, "day": facts.period.last},
    )
