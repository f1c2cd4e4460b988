"""Reports for those who work in the mission: the handover of a shift, and the report of a patrol."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from servanda.briefs import annexes, parts
from servanda.briefs.asked import Asked
from servanda.briefs.clocks import changed, due, next_to_verify
from servanda.briefs.facts import Facts
from servanda.briefs.framing import framed
from servanda.briefs.model import Block, Brief, Name, Paragraph, Points, Quote, Section
from servanda.briefs.said import phrase, say, source
from servanda.errors import Fault, ServandaError
from servanda.values.names import name_key
from servanda.wording import did_you_mean

_SOON = timedelta(days=3)


def handover(facts: Facts, asked: Asked) -> Brief:
    """What changed since the last shift, what falls due, what to verify next."""
    sections = (
        changed(facts),
        parts.told_of(facts, "new", facts.new),
        parts.told_of(facts, "confirmed", facts.newly_confirmed),
        due(facts, _SOON),
        next_to_verify(facts),
        parts.movement(facts),
    )
    return framed("handover", facts, sections, lead=parts.lead(facts), title={"day": facts.period.last})


def patrol(facts: Facts, asked: Asked) -> Brief:
    """What one observer looked at and reported on a day."""
    known = sorted(
        {w.reports_as for w in facts.now.watched.watches} | set(facts.now.members["origin"].drop_nulls().to_list())
    )
    wanted = next((one for one in known if asked.source and name_key(one) == name_key(asked.source)), None)
    if wanted is None:
        what = f"nobody reports or watches as {asked.source!r}" if asked.source else "the report is of one observer"
        hint = did_you_mean(asked.source or "", known, "name who reports, with --source")
        raise ServandaError(Fault("--source", what, hint, code="BRF013"))
    alone = facts.of_source(wanted)
    events = annexes.events_table(alone)
    n = len(events.rows)
    lead = (
        say("patrol.count", "reports", n=n, who=source(wanted))
        if n
        else say("patrol.none", "reports", who=source(wanted))
    )
    observed: Block = events if n else Paragraph((say("patrol.none", "reports", who=source(wanted)),))
    words = tuple(
        say("case.words", f"reports/{r['report_id']}", who=source(wanted), words=Quote(r["summary"]))
        for r in alone.told.filter(pl.col("summary").is_not_null()).head(parts.SHOWN).iter_rows(named=True)
    )
    sections = [
        parts.looked(alone),
        Section(phrase("section.observed"), (observed, *([Points(words)] if words else []))),
        parts.movement(alone),
    ]
    return framed(
        "patrol", facts, sections, lead=(lead,), about=wanted, title={"who": Name(wanted), "day": facts.period.last}
    )
