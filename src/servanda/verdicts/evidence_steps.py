"""Steps that say on what findings rest: who saw it and who denies it, whose author is contested, what was withdrawn, what was pleaded."""

from __future__ import annotations

import polars as pl

from servanda.findings.matching import NO_PARTY
from servanda.verdicts.builder import VerdictBuilder
from servanda.wording import listing, plural

_NAMED = 5  # incidents that are told one by one


def accusation(findings: pl.DataFrame, alleged: tuple[str, ...]) -> str:
    """In how many of the alleged incidents observers are among the accusers, as the end of a sentence."""
    seen = findings["incident"].filter((findings["observers"] > 0) & (findings["party"] >= 0))
    n = len({*seen.to_list()}.intersection(alleged)) if len(seen) else 0
    rest = ", and only others of the rest" if n < len(alleged) else ""
    return f"; observers accuse it of {n} of them{rest}" if n else ""


def evidence_steps(builder: VerdictBuilder, findings: pl.DataFrame) -> None:
    """Adds what must be told of the evidence behind the findings of a term about a party (and what is open)."""
    if not findings.height:
        return
    _contrary(builder, findings)
    _authors(builder, findings)
    exchange = findings["incident"].filter(findings["exchange"]).unique()
    if len(exchange):
        words = f"{plural(len(exchange), 'incident is', 'incidents are')} an exchange, or an act of several: of more than one party there is enough to name it as an author. Who began is not shown by that."
        builder.step("exchange", words, exchange)
    _withdrawn(builder, findings)
    _grounds(builder, findings)
    private = findings["incident"].filter(findings["status"] == "private").unique()
    if len(private):
        words = f"{plural(len(private), 'incident is', 'incidents are')} confirmed as done by private persons: no party's act, and counted beside."
        builder.step("private", words, private)


def _contrary(builder: VerdictBuilder, findings: pl.DataFrame) -> None:
    """Incidents that observers saw and others deny, each with both counts."""
    contested = findings["contested"]
    denied = findings.filter((findings["against"] > 0) & contested.ne_missing("author"))
    if denied.height == 0:
        return
    denied = denied.sort("party", descending=True).unique("incident", keep="first", maintain_order=True)
    few = denied.sort("incident").head(_NAMED).select("incident", "observers", "against")
    each = [
        f"{incident}: {seen} saw it, {against} {'denies' if against == 1 else 'deny'} it"
        for incident, seen, against in zip(*few.get_columns(), strict=True)
    ]
    more = f"; and {denied.height - _NAMED} more" if denied.height > _NAMED else ""
    acts = int((denied["contested"] == "act").sum())
    end = f" In {acts} of them nothing is confirmed for that." if acts else ""
    builder.step("contrary", f"Observers against observers: {'; '.join(each)}{more}.{end}", denied["incident"])


def _authors(builder: VerdictBuilder, findings: pl.DataFrame) -> None:
    """Incidents of which different authors are named."""
    disputed = findings.select("key", "incident").filter(findings["contested"] == "author")
    contested = disputed["incident"].unique().sort()
    if contested.is_empty():
        return
    few = contested.head(_NAMED)
    found, keys = builder.case.found_of(builder.reading, builder.term.id, "act"), disputed["key"]
    of = found["key"].is_in(keys.filter(disputed["incident"].is_in(few.implode())).implode())
    named = found.filter(of & (found["party"] != NO_PARTY))
    told: dict[str, list[str]] = {incident: [] for incident in few.to_list()}
    few_named = named.select("incident", "party", "observers").sort("incident", "party").get_columns()
    for incident, party, n in zip(*few_named, strict=True):
        told[incident].append(f"{builder.case.actors[party]} ({_by(n)})")
    each = [f"{incident}: {listing(who)}" for incident, who in told.items()]
    more = f"; and {len(contested) - _NAMED} more" if len(contested) > _NAMED else ""
    words = (
        f"The author is contested, and nobody's is confirmed beside another's. Named are, for {'; '.join(each)}{more}."
    )
    builder.step("author_contested", words, contested)


def _by(observers: int) -> str:
    return f"by {plural(observers, 'observer')}" if observers else "by no observer"


def _withdrawn(builder: VerdictBuilder, findings: pl.DataFrame) -> None:
    """What was withdrawn: when, by whom, why."""
    taken = findings["incident"].filter(findings["withdrawn"]).unique().sort()
    if taken.is_empty():
        return
    rows = builder.case.withdrawals.filter(pl.col("incident").is_in(taken.implode()))
    rows = rows.select("incident", "origin", "known_at", "summary").unique().sort("incident", "known_at", "origin")
    each = [
        f"{incident}: {origin} on {builder.date(known_at)}, {why or 'without a reason'}"
        for incident, origin, known_at, why in zip(*rows.head(_NAMED).get_columns(), strict=True)
    ]
    more = f"; and {rows.height - _NAMED} more" if rows.height > _NAMED else ""
    words = f"Withdrawn, which leaves it open and confirms nothing: {'; '.join(each)}{more}."
    builder.step("withdrawn", words, taken)


def _grounds(builder: VerdictBuilder, findings: pl.DataFrame) -> None:
    """On what what is confirmed of a party does not say that it rests; what the party invokes and nobody shows."""
    confirmed = findings["status"].is_in(["confirmed", "excused"]) & (findings["party"] >= 0)
    silent = findings["incident"].filter(confirmed & ~findings["basis_stated"]).unique()
    if len(silent):
        words = f"On what naming {builder.party_name} rests is not stated for {plural(len(silent), 'incident')}."
        builder.step("basis", words, silent)
    plea = findings["incident"].filter(findings["plea"] == "not shown").unique()
    if len(plea):
        words = f"For {plural(len(plea), 'incident')} {builder.party_name} invokes an exception and does not show it: a plea, which excuses nothing."
        builder.step("plea", words, plea)
