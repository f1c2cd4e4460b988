"""A letter to a party: what is alleged against it and by whom, what it is asked, and until when. It finds nothing."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from servanda.briefs import case
from servanda.briefs.asked import Asked
from servanda.briefs.facts import ASSERTS, Facts
from servanda.briefs.framing import framed
from servanda.briefs.model import Brief, Name, Paragraph, Points, Section, Several
from servanda.briefs.said import incident, party, phrase, say
from servanda.errors import Fault, ServandaError
from servanda.wording import did_you_mean

_ASKED = ("happened", "done", "evidence")


def letter(facts: Facts, asked: Asked) -> Brief:
    """One letter, about one incident or several."""
    agreement = facts.now.agreement
    to = _party(facts, asked)
    incidents = _about(facts, asked, to)
    ids = [str(one) for one in incidents["incident"].to_list()]
    until = _until(facts, asked, ids, to)
    name = party(agreement, to)
    accusers = case.accusers(facts, ids, to) if agreement.mandate.attribution else []
    who = Several(tuple(Name(agreement.actors[code]) for code in accusers))
    opening = (
        say("letter.accused_by", "reports", n=len(ids), party=name, accuser=who)
        if accusers
        else say("letter.reported", "reports", n=len(ids))
    )
    told = Points(tuple(incident(row, agreement, inside=False) for row in incidents.iter_rows(named=True)))
    sections = [
        Section(phrase("section.allegation"), (told,)),
        case.clauses(facts, ids),
        Section(
            phrase("section.asked"),
            (
                Points(tuple(say(f"letter.asked_{one}", party=name) for one in _ASKED)),
                Paragraph((say("letter.until", "asked", until=until),)),
            ),
        ),
    ]
    lead = (opening, say("letter.no_finding"))
    return framed("letter", facts, sections, lead=lead, about=to, counts=False, inside=False, title={"party": name})


def _party(facts: Facts, asked: Asked) -> str:
    parties = facts.now.agreement.parties
    if asked.to in parties:
        return str(asked.to)
    what = f"{asked.to!r} is no party" if asked.to else "the letter is written to a party"
    hint = did_you_mean(asked.to or "", parties, f"one of: {', '.join(parties)}")
    raise ServandaError(Fault("--to", what, hint, code="BRF010"))


def _about(facts: Facts, asked: Asked, to: str) -> pl.DataFrame:
    """The incident that was named, or all that became known in the period, are alleged against the party, and not answered by its sources."""
    if asked.incident is not None:
        row = case.incident_of(facts, asked.incident)
        return facts.events.filter(pl.col("incident") == row["incident"])
    said = facts.reports.filter(~pl.col("owed")).join(facts.new.select("incident"), on="incident", how="semi")
    other = (pl.col("side") != to).fill_null(True)
    against = said.filter((pl.col("actor") == to) & pl.col("stance").is_in(ASSERTS) & other).select("incident").unique()
    answered = said.filter((pl.col("side") == to) & (pl.col("stance") == "denies")).select("incident").unique()
    found = facts.new.join(against, on="incident", how="semi").join(answered, on="incident", how="anti")
    if not found.height:
        what = f"nothing became known in that time that is alleged against {to} and not answered"
        raise ServandaError(Fault("--to", what, "name an incident with --incident, or another day", code="BRF011"))
    return found.sort("start", "incident")


def _until(facts: Facts, asked: Asked, incidents: list[str], to: str) -> datetime:
    """Until when an answer is asked for: as it was said, or as the decisions give the party its right of reply."""
    if isinstance(asked.until, datetime):
        return asked.until
    given = [
        d.says["until"]
        for life in facts.now.decided.lives
        for d in life.steps
        if life.incident in incidents and d.says.get("step") == "right_of_reply" and d.says.get("of") == to
    ]
    if not given:
        hint = "give --until, or a step right_of_reply among the decisions"
        raise ServandaError(Fault("--until", "nothing says until when the party may answer", hint, code="BRF012"))
    until: datetime = max(given)
    return until
