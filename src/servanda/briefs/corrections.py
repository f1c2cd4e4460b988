"""What of earlier reports no longer stands: counts, findings, incidents that were put together or taken apart, steps that were undone, packages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from servanda.briefs.asked import Asked
from servanda.briefs.clocks import WEIGHTY
from servanda.briefs.facts import Facts, authors_of, events_of
from servanda.briefs.model import Block, Code, Paragraph, Points, Section, Sentence, Several, Value
from servanda.briefs.said import party, phrase, say, short
from servanda.verdicts import Verification

_FOUND = ("confirmed", "excused")
"""The statuses that a report told as found; that an allegation is told of otherwise is no correction of it."""


def corrections(facts: Facts, asked: Asked) -> Section:
    """What was told in earlier reports and stands no more; without a report there is nothing to correct."""
    points = [*_findings(facts), *_undone(facts), *_days(facts)]
    packages = _packages(facts, asked) if points else None
    points += [packages] if packages else []
    body: Block = Points(tuple(points)) if points else Paragraph((say("corrections.none", "counts"),))
    return Section(phrase("section.corrections"), (body,))


def _days(facts: Facts) -> Iterator[Sentence]:
    """What is known otherwise of earlier days than at the beginning of the period, by the number of their report."""
    was, now = facts.per_day(facts.then), facts.per_day(facts.events)
    for day in sorted(was, reverse=True):
        if day < facts.period.first and was[day] != now[day] and (number := facts.period.number_of(day)) is not None:
            yield say("corrections.day", f"counts/day={day}", number=number, day=day, was=was[day], now=now[day])


def _findings(facts: Facts) -> Iterator[Sentence]:
    """Incidents that the last report knew otherwise: merged, taken apart, counted no more, found no more, or as another's act."""
    told, last = facts.published or facts.before, facts.period.last_report
    if told is None or last is None:
        return
    was = dict(events_of(told).select("incident", "status").sort("incident").iter_rows())
    now = dict(facts.events.select("incident", "status").iter_rows())
    lie, authors, still = _moved(told, facts.now), _authors(told), _authors(facts.now)
    for incident, status in was.items():
        values: dict[str, Value] = {"number": last[0], "day": last[1], "incident": short(incident)}
        of, others = f"incidents/{incident}", sorted(set(lie.get(incident, ())) - {incident})
        listed = Several(tuple(short(one) for one in others))
        before = Code("status", status)
        if incident not in now and any(one in now for one in others):
            yield say("corrections.merged", of, **values, was=before, others=listed)
        elif incident not in now:
            yield say("corrections.gone", of, **values, was=before)
        elif status in _FOUND and now[incident] != status:
            yield say("corrections.status", of, **values, was=before, now=Code("status", now[incident]))
        elif gone := sorted(authors.get(incident, set()) - still.get(incident, set())):
            names = Several(tuple(party(facts.now.agreement, code) for code in gone))
            yield say("corrections.author", of, **values, was=before, accused=names)
        if incident in now and others:
            yield say("corrections.split", of, **values, others=listed)


def _moved(told: Verification, now: Verification) -> dict[str, list[str]]:
    """Where the reports of each incident lie now."""
    of = ("report_id", "source")
    lies = now.members.select(*of, pl.col("incident").alias("into"))
    rows = told.members.select(*of, "incident").join(lies, on=of).select("incident", "into").unique()
    found: dict[str, list[str]] = {}
    for incident, into in rows.iter_rows():
        found.setdefault(incident, []).append(into)
    return found


def _authors(verification: Verification) -> Mapping[str, set[str]]:
    """By incident that is confirmed as whose act, as far as the mandate names authors."""
    if not verification.agreement.mandate.attribution:
        return {}
    found: dict[str, set[str]] = {}
    for incident, code in authors_of(verification).drop_nulls().iter_rows():
        found.setdefault(incident, set()).add(code)
    return found


def _undone(facts: Facts) -> Iterator[Sentence]:
    """Decisions that earlier reports told of, and that were undone since."""
    told = facts.published or facts.before
    if told is None or facts.period.last_report is None:
        return
    now = {d.id for d in facts.now.decided.counting}
    for d in told.decided.counting:
        step, outcome = str(d.says.get("step") or d.kind), d.says.get("outcome")
        if d.id in now or (d.kind == "step" and step not in WEIGHTY):
            continue
        what: Value = Code("step", step)
        if outcome:
            what = phrase("step.outcome", step=what, outcome=Code("outcome", str(outcome)))
        about = Several(tuple(short(one) for one in d.incidents))
        yield say(
            "corrections.undone",
            f"decisions/{d.id}",
            incident=about,
            at=d.at,
            what=what,
            who=party(facts.now.agreement, d.by),
        )


def _packages(facts: Facts, asked: Asked) -> Sentence | None:
    """The last package of each tier that was made before the last of what changed."""
    known: list[Any] = [d.known_at for d in facts.now.decided.all]
    known += facts.now.members["known_at"].drop_nulls().to_list()
    last = max((at for at in known if at <= facts.period.end), default=facts.opening)
    latest = {tier: at for tier, at in sorted(asked.packages, key=lambda p: p[1]) if at < facts.period.end}
    made = [
        phrase("package", tier=phrase(f"package.{tier}"), at=at) for tier, at in sorted(latest.items()) if at < last
    ]
    return say("corrections.packages", "disclosures", packages=Several(tuple(made))) if made else None
