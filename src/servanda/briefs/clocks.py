"""What falls due, what changed, what was decided, and what to verify next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

import polars as pl

from servanda.agreement import Term
from servanda.agreement.model import Text
from servanda.briefs.annexes import FILE_COLUMNS
from servanda.briefs.case import REPLIES, step
from servanda.briefs.facts import Facts, kept_of
from servanda.briefs.model import Block, Code, Name, Paragraph, Phrase, Points, Section, Sentence, Several, Table
from servanda.briefs.parts import SHOWN
from servanda.briefs.said import heads, party, phrase, place, say, short
from servanda.evidence.decisions import STEPS, Decision
from servanda.verdicts.periods import periods_of
from servanda.verdicts.to_verify import QUESTIONS, to_verify

NEXT = 10
"""So many incidents are named as those to verify next."""
WEIGHTY = frozenset({"determined", "attributed", "replied", "dissent", "signed", "disclosed", "closed", "reopened"})
"""The steps that a report tells one by one; of the others it gives the number."""


def due(facts: Facts, within: timedelta) -> Section:
    """The clocks that run out within a time after the period."""
    end = facts.period.end
    found = {
        (at, key.key, str(key.values)): (at, key, of) for at, key, of in _clocks(facts) if end < at <= end + within
    }
    points = [
        Sentence(Phrase("due.at", {"at": at, "what": what}), (of,))
        for at, what, of in sorted(found.values(), key=lambda c: (c[0], c[1].key, c[2]))
    ]
    body: Block = Points(tuple(points)) if points else Paragraph((say("due.none", "agreement"),))
    return Section(phrase("section.due"), (body,))


def _clocks(facts: Facts) -> Iterator[tuple[datetime, Phrase, str]]:
    for text in facts.now.agreement.texts:
        reading = {} if text.reading is None else {"reading": Name(text.reading)}
        suffix = "_reading" if reading else ""
        if text.in_force.end is not None:
            yield text.in_force.end, Phrase(f"due.force_ends{suffix}", reading), "agreement/in_force"
        for term in text.terms:
            yield from _of_term(facts, text, term)
    for life in facts.now.decided.lives:
        for decision in life.steps:
            until = decision.says.get("until")
            if decision.says.get("step") == "right_of_reply" and isinstance(until, datetime):
                values = {
                    "incident": Name(life.incident),
                    "party": party(facts.now.agreement, str(decision.says["of"])),
                }
                yield until, Phrase("due.reply", values), f"decisions/{decision.id}"


def _of_term(facts: Facts, text: Text, term: Term) -> Iterator[tuple[datetime, Phrase, str]]:
    """When a term begins and ends to bind, and until when it must be done."""
    title, of = Name(term.title), f"terms/{term.id}"
    if term.window.start is not None and term.window.start != text.in_force.start:
        yield term.window.start, Phrase("due.term_begins", {"term": title}), of
    if term.window.end is not None and term.window.end != text.in_force.end:
        yield term.window.end, Phrase("due.term_ends", {"term": title}), of
    every, start, end = term.kind.recurs, term.window.start, facts.period.end
    if every is not None and start is not None and not term.moves:
        zone = facts.now.agreement.zone
        for period in periods_of(start, every.after(max(start, end), zone), every, zone)[-1:]:
            if period.end and (term.window.end is None or period.end <= term.window.end):
                yield period.end, Phrase("due.deadline", {"term": title}), of
    if term.deadline is not None:
        at = term.deadline.instant
        if term.deadline.event is not None:
            surely = facts.now.moments.get((text.reading, term.deadline.event), (None, None))[1]
            at = None if surely is None else term.deadline.moved(surely, facts.now.agreement.zone)
        if at is not None:
            yield at, Phrase("due.deadline", {"term": title}), of


def duties(facts: Facts) -> Section:
    """The duties that are not settled: not due yet, or nothing shows whether they were done."""
    agreement = facts.now.agreement
    terms = {t.id: t for text in agreement.texts for t in text.terms}
    points = [
        say(
            "duties.open",
            f"verdicts/{v.term}",
            term=Name(terms[v.term].title),
            party=party(agreement, v.party) if v.party else phrase("whoever"),
            verdict=Code("verdict", v.verdict),
        )
        for v in facts.now.verdicts
        if v.reading is None
        and terms[v.term].kind.owes == "deed"
        and v.verdict in ("not_due", "undetermined", "disputed")
    ]
    body: Block = Points(tuple(points)) if points else Paragraph((say("duties.none", "verdicts"),))
    return Section(phrase("section.duties"), (body,))


def changed(facts: Facts) -> Section:
    """The verdicts that are others at the end than at the beginning, and the decisions that became known between."""
    before = {(v.term, v.party): v for v in facts.before.verdicts if v.reading is None} if facts.before else {}
    titles = {t.id: t.title for text in facts.now.agreement.texts for t in text.terms}
    points = []
    for v in facts.now.verdicts:
        was = before.get((v.term, v.party)) if v.reading is None else None
        if was is not None and was.verdict != v.verdict:
            who = party(facts.now.agreement, v.party) if v.party else phrase("whoever")
            values = {"term": Name(titles[v.term]), "party": who}
            points.append(
                say(
                    "changed.verdict",
                    f"verdicts/{v.term}",
                    **values,
                    was=Code("verdict", was.verdict),
                    now=Code("verdict", v.verdict),
                )
            )
    points += [step(d, facts.now.agreement) for d in decisions_of(facts)]
    body: Block = Points(tuple(points)) if points else Paragraph((say("changed.none", "verdicts"),))
    return Section(phrase("section.changed"), (body,))


def decided(facts: Facts) -> Section:
    """How many of each step were recorded in the period, and those that weigh, one by one."""
    taken = decisions_of(facts)
    if not taken:
        return Section(phrase("section.decided"), (Paragraph((say("decided.none", "decisions"),)),))
    counted = Counter((d.says.get("step") or d.kind, str(d.says.get("outcome") or "")) for d in taken)
    order = {name: n for n, name in enumerate(STEPS)}
    rows = sorted(counted.items(), key=lambda c: (order.get(c[0][0], len(order)), c[0]))
    body = tuple(
        (phrase("step.outcome", step=Code("step", s), outcome=Code("outcome", o)) if o else Code("step", s), n)
        for (s, o), n in rows
    )
    blocks: list[Block] = [
        Paragraph((say("decided.count", "decisions", n=len(taken)),)),
        Table("decided", None, heads(("step", "decisions")), body),
    ]
    weighty = [d for d in taken if d.says.get("step") in WEIGHTY]
    if weighty:
        blocks.append(Points(tuple(step(d, facts.now.agreement) for d in weighty[:SHOWN])))
    if len(weighty) > SHOWN:
        blocks.append(Paragraph((say("more.in_annex", "decisions", n=len(weighty) - SHOWN),)))
    return Section(phrase("section.decided"), tuple(blocks))


def decisions_table(facts: Facts) -> Table:
    """Every decision of the period, one row each."""
    rows = tuple(
        (
            Several(tuple(Name(one) for one in d.incidents)) if d.incidents else None,
            Code("step", d.says.get("step") or d.kind),
            Code("outcome", str(d.says["outcome"])) if d.says.get("outcome") else Name(""),
            d.at,
            Name(d.by),
            Name(d.why),
        )
        for d in decisions_of(facts)
    )
    return Table("decisions", phrase("table.decisions"), heads(FILE_COLUMNS["decisions"]), rows)


def decisions_of(facts: Facts) -> list[Decision]:
    """The decisions that became known in the period and were not undone by its end, and what was replied and dissented."""
    start, end = facts.opening, facts.period.end
    said = [d for life in facts.now.decided.lives for d in life.steps if d.says.get("step") in REPLIES]
    made = {d.id: d for d in (*facts.now.decided.counting, *said) if start < d.known_at <= end}
    return sorted(made.values(), key=lambda d: (d.known_at, d.at, d.id))


def next_to_verify(facts: Facts) -> Section:
    """The incidents whose verification could change most, in the order of ``to_verify``."""
    listed = to_verify(facts.now).head(NEXT)
    waiting = facts.now.findings.filter(pl.col("status").is_in(["alleged", "open"])).unique(["incident", "term"])
    titles = {t.id: t.title for text in facts.now.agreement.texts for t in text.terms}
    of: dict[str, set[str]] = {}
    for one, term in waiting.select("incident", "term").iter_rows():
        of.setdefault(one, set()).add(term)
    kept = set(kept_of(facts.now))
    keys = {words: key for key, words in QUESTIONS.items()}
    rows = []
    for row in listed.iter_rows(named=True):
        terms = [Name(titles[t]) for t in facts.now.agreement.term_ids if t in of.get(row["incident"], ())]
        shut = row["closed_by"]
        rows.append(
            (
                row["rank"],
                short(row["incident"]),
                phrase("place.kept") if row["incident"] in kept else place(row["place_name"]),
                phrase(f"question.{keys[row['question']]}"),
                Several(tuple(terms)),
                row["fades"],
                party(facts.now.agreement, shut) if shut else None,
            )
        )
    if not rows:
        return Section(phrase("section.verify"), (Paragraph((say("verify.none", "to_verify"),)),))
    columns = ("rank", "incident", "place", "question", "terms", "trace_until", "closed_by")
    table = Table("to_verify", phrase("table.to_verify"), heads(columns), tuple(rows))
    return Section(phrase("section.verify"), (Paragraph((say("verify.order", "to_verify"),)), table))
