"""Reports of a week or a month, and the summary of a week's verified incidents."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import polars as pl

from servanda.briefs import annexes, parts
from servanda.briefs.asked import Asked
from servanda.briefs.clocks import decided, decisions_table, due, duties
from servanda.briefs.corrections import corrections
from servanda.briefs.facts import Facts
from servanda.briefs.framing import framed
from servanda.briefs.model import Brief, Points, Section, Table, Value
from servanda.briefs.said import incident, phrase, say

_AHEAD = timedelta(days=31)


def weekly(facts: Facts, asked: Asked) -> Brief:
    """What a week brought: counts day by day, how the terms stand, open duties and clocks, and what of earlier ones stands no more."""
    return _longer("weekly", facts, asked)


def monthly(facts: Facts, asked: Asked) -> Brief:
    """The same of a month."""
    return _longer("monthly", facts, asked)


def verified(facts: Facts, asked: Asked) -> Brief:
    """The incidents of a week that are confirmed, each in a sentence."""
    rows = facts.events.filter(
        (pl.col("status") == "confirmed") & pl.col("day").is_between(facts.period.first, facts.period.last)
    )
    days = parts.about_days(facts)
    lead = (
        say("verified.count", "incidents", n=rows.height, day=days)
        if rows.height
        else say("verified.none", "incidents", day=days)
    )
    told = Points(tuple(incident(row, facts.now.agreement) for row in rows.iter_rows(named=True)))
    sections = [Section(phrase("section.verified"), (told,))] if rows.height else []
    title: dict[str, Value] = {"number": facts.period.number, "days": days}
    return framed(
        "verified", facts, [*sections, parts.looked(facts)], lead=(lead, parts.watched_in_short(facts)), title=title
    )


def _longer(kind: str, facts: Facts, asked: Asked) -> Brief:
    sections = (
        Section(phrase("section.by_day"), (_by_day(facts),)),
        parts.counts(facts),
        parts.told_of(facts, "confirmed", facts.newly_confirmed),
        decided(facts),
        parts.sides(facts),
        Section(phrase("section.terms"), (replace(parts.terms(facts), heading=None),)),
        duties(facts),
        due(facts, _AHEAD),
        parts.movement(facts),
        parts.looked(facts),
        corrections(facts, asked),
    )
    tables = (
        annexes.incidents_table(facts),
        parts.counts_annex(facts),
        decisions_table(facts),
        annexes.restrictions_table(facts),
    )
    title: dict[str, Value] = {"number": facts.period.number, "days": parts.about_days(facts)}
    return framed(kind, facts, sections, tables, lead=parts.lead(facts), title=title)


def _by_day(facts: Facts) -> Table:
    """Incidents by the day on which they begin, and how many of them are confirmed."""
    confirmed = facts.per_day(facts.events.filter(pl.col("status") == "confirmed"))
    all_ = facts.per_day(facts.events)
    rows = tuple((day, all_[day], confirmed[day]) for day in facts.period.days())
    columns = {
        "day": phrase("column.day"),
        "incidents": phrase("column.incidents"),
        "confirmed": phrase("column.confirmed"),
    }
    return Table("by_day", phrase("table.by_day"), columns, rows)
