"""Steps that say on what findings rest: who saw it and who denies it, whose author is contested, what was withdrawn, what was pleaded.

First it is found (:func:`evidence_of`), of all incidents or of a share of them; what is found of shares is put together
(:func:`together`) and told as if it had been found of all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import polars as pl

from servanda.findings.exceptions import UNMET
from servanda.findings.matched import NO_PARTY
from servanda.verdicts.builder import VerdictBuilder
from servanda.verdicts.listed import Listed
from servanda.wording import listing, plural

_NAMED = 5  # incidents that are told one by one


@dataclass(frozen=True, slots=True)
class Some:
    """Incidents of which the first ``few`` (by their ids) are told one by one, in words, out of ``count``."""

    incidents: Sequence[str] = ()
    few: tuple[tuple[str, str], ...] = ()
    count: int = 0

    @staticmethod
    def together(parts: Sequence[Some]) -> Some:
        """Those of shares that have no incident in common."""
        few = sorted(chain.from_iterable(one.few for one in parts), key=lambda told: told[0])
        return Some(
            Listed.together(*(one.incidents for one in parts)), tuple(few[:_NAMED]), sum(one.count for one in parts)
        )

    def changed(self, was: Some, now: Some) -> Some | None:
        """The same, where some of these incidents tell other things now; nothing where the first of them are not known any more."""
        if not was.incidents and not now.incidents:
            return self
        kept = [told for told in self.few if told[0] not in was.incidents]
        if len(kept) < min(_NAMED, self.count - was.count):
            return None
        few = sorted((*kept, *now.few), key=lambda told: told[0])[:_NAMED]
        incidents = Listed.of(self.incidents).changed(was.incidents, now.incidents)
        return Some(incidents, tuple(few), self.count - was.count + now.count)

    @property
    def words(self) -> str:
        """The few, and how many more there are."""
        more = f"; and {self.count - _NAMED} more" if self.count > _NAMED else ""
        return "; ".join(words for _, words in self.few) + more


@dataclass(frozen=True, slots=True)
class Evidence:
    """What must be told of the evidence behind findings; ``denied_acts``: in how many of what is ``denied`` that concerns the act itself."""

    denied: Some = field(default_factory=Some)
    denied_acts: int = 0
    contested: Some = field(default_factory=Some)
    exchange: Sequence[str] = ()
    withdrawn: Some = field(default_factory=Some)
    silent: Sequence[str] = ()
    plea: Sequence[str] = ()
    private: Sequence[str] = ()
    unshown: Sequence[str] = ()
    after: Sequence[str] = ()
    when: Sequence[str] = ()
    unsaid: Sequence[str] = ()
    more: Sequence[str] = ()
    act: Sequence[str] = ()

    @staticmethod
    def together(parts: Sequence[Evidence]) -> Evidence:
        """That of shares that have no incident in common."""
        some: dict[str, Any] = {name: Some.together([getattr(one, name) for one in parts]) for name in _SOME}
        lists: dict[str, Any] = {name: Listed.together(*(getattr(one, name) for one in parts)) for name in _LISTS}
        return Evidence(**some, **lists, denied_acts=sum(one.denied_acts for one in parts))

    def changed(self, was: Evidence, now: Evidence) -> Evidence | None:
        """The same, where some of the incidents tell other things now; nothing where that does not follow."""
        some = {name: getattr(self, name).changed(getattr(was, name), getattr(now, name)) for name in _SOME}
        if None in some.values():
            return None
        lists: dict[str, Any] = {
            name: Listed.of(getattr(self, name)).changed(getattr(was, name), getattr(now, name)) for name in _LISTS
        }
        return Evidence(**some, **lists, denied_acts=self.denied_acts - was.denied_acts + now.denied_acts)

    @property
    def incidents(self) -> set[str]:
        """All of which it tells."""
        some = (getattr(self, name).incidents for name in _SOME)
        return {*chain.from_iterable(some), *chain.from_iterable(getattr(self, name) for name in _LISTS)}


NOTHING_TOLD = Evidence()
_SOME = ("denied", "contested", "withdrawn")
_LISTS = ("exchange", "silent", "plea", "private", *UNMET)
_WHY_UNMET = {
    "unshown": "somebody says that the precondition of an exception holds, and that is not shown",
    "after": "the precondition of an exception is shown, but by its own time it came after the act",
    "when": "the precondition of an exception is shown, but not that it was as soon before as the exception asks ('within'): its own time is not stated, or another",
    "unsaid": "the precondition of an exception is shown that allows no more than so much ('at_most'), and nobody whose word counts says how much it was",
    "more": "the precondition of an exception is shown, and it was more than the exception allows ('at_most')",
    "act": "the precondition of an exception is shown, and it was another act than the exception allows ('act')",
}
"""What is said for incidents that an exception does not excuse, by why it does not."""


def accusers(findings: pl.DataFrame, alleged: pl.Series) -> int:
    """In how many of the alleged incidents (their keys) observers are among the accusers."""
    seen = findings["key"].filter((findings["observers"] > 0) & (findings["party"] >= 0))
    return seen.filter(seen.is_in(alleged.implode())).n_unique()


def accusation(accused: int, alleged: int) -> str:
    """In how many of the alleged incidents observers are among the accusers, as the end of a sentence."""
    rest = ", and only others of the rest" if accused < alleged else ""
    return f"; observers accuse it of {accused} of them{rest}" if accused else ""


def evidence_of(builder: VerdictBuilder, findings: pl.DataFrame) -> Evidence:
    """What must be told of the evidence behind the findings of a term about a party (and what is open)."""
    if not findings.height:
        return NOTHING_TOLD
    denied, acts = _denied(findings)
    status = findings["status"]
    confirmed = ((status == "confirmed") | (status == "excused")) & (findings["party"] >= 0)
    # what is shown and goes too far is no plea that is not shown
    plea = (findings["plea"] == "not shown").fill_null(False) & (findings["unmet"] == "unshown").fill_null(True)
    return Evidence(
        denied,
        acts,
        _contested(builder, findings),
        _names(findings, findings["exchange"]),
        _withdrawn(builder, findings),
        _names(findings, confirmed & ~findings["basis_stated"]),
        _names(findings, plea),
        _names(findings, status == "private"),
        **{why: _names(findings, ~plea & (findings["unmet"] == why)) for why in UNMET},
    )


def evidence_steps(builder: VerdictBuilder, found: Evidence) -> None:
    """Adds what must be told of the evidence."""
    if found.denied.count:
        end = f" In {found.denied_acts} of them nothing is confirmed for that." if found.denied_acts else ""
        words = f"Observers against observers: {found.denied.words}.{end}"
        builder.step("contrary", words, found.denied.incidents)
    if found.contested.count:
        words = f"The author is contested, and nobody's is confirmed beside another's. Named are, for {found.contested.words}."
        builder.step("author_contested", words, found.contested.incidents)
    if found.exchange:
        words = f"{plural(len(found.exchange), 'incident is', 'incidents are')} an exchange, or an act of several: of more than one party there is enough to name it as an author. Who began is not shown by that."
        builder.step("exchange", words, found.exchange)
    if found.withdrawn.incidents:
        words = f"Withdrawn, which leaves it open and confirms nothing: {found.withdrawn.words}."
        builder.step("withdrawn", words, found.withdrawn.incidents)
    if found.silent:
        words = f"On what naming {builder.party_name} rests is not stated for {plural(len(found.silent), 'incident')}."
        builder.step("basis", words, found.silent)
    if found.plea:
        words = f"For {plural(len(found.plea), 'incident')} {builder.party_name} invokes an exception and does not show it: a plea, which excuses nothing."
        builder.step("plea", words, found.plea)
    for why, text in _WHY_UNMET.items():
        if those := getattr(found, why):
            words = f"For {plural(len(those), 'incident')} {text}: it excuses nothing."
            builder.step("not_excused", words, those)
    if found.private:
        words = f"{plural(len(found.private), 'incident is', 'incidents are')} confirmed as done by private persons: no party's act, and counted beside."
        builder.step("private", words, found.private)


def _names(findings: pl.DataFrame, of: pl.Series) -> Listed:
    return Listed(findings["incident"].filter(of))


def _denied(findings: pl.DataFrame) -> tuple[Some, int]:
    """Incidents that observers saw and others deny, each with both counts."""
    against = findings["against"] > 0
    if not against.any():
        return Some(), 0
    told = findings[["key", "incident", "party", "observers", "against", "contested"]]
    denied = told.filter(against & told["contested"].ne_missing("author"))
    if denied.height == 0:
        return Some(), 0
    denied = denied.sort("party", descending=True).unique("key", keep="first", maintain_order=True)
    few = denied.sort("incident").head(_NAMED).select("incident", "observers", "against")
    each = [
        (incident, f"{incident}: {seen} saw it, {against} {'denies' if against == 1 else 'deny'} it")
        for incident, seen, against in zip(*few.get_columns(), strict=True)
    ]
    acts = int((denied["contested"] == "act").sum())
    return Some(Listed(denied["incident"]), tuple(each), denied.height), acts


def _contested(builder: VerdictBuilder, findings: pl.DataFrame) -> Some:
    """Incidents of which different authors are named."""
    disputed = findings["contested"] == "author"
    if not disputed.any():
        return Some()
    contested = Listed(findings["incident"].filter(disputed))
    few = contested.column.head(_NAMED)
    keys = findings["key"].filter(disputed)
    keys = keys.filter(findings["incident"].filter(disputed).is_in(few.implode()))
    found = builder.case.found_of(builder.reading, builder.term.id, "act")
    named = found[["incident", "party", "observers"]].filter(found["key"].is_in(keys.implode()))
    told: dict[str, list[str]] = {incident: [] for incident in few.to_list()}
    named = named.filter(pl.col("party") != NO_PARTY).group_by("incident", "party").agg(pl.col("observers").min())
    for incident, party, n in zip(*named.sort("incident", "party").get_columns(), strict=True):
        told[incident].append(f"{builder.case.actors[party]} ({_by(n)})")
    each = tuple((incident, f"{incident}: {listing(who)}") for incident, who in told.items())
    return Some(contested, each, len(contested))


def _by(observers: int) -> str:
    return f"by {plural(observers, 'observer')}" if observers else "by no observer"


def _withdrawn(builder: VerdictBuilder, findings: pl.DataFrame) -> Some:
    """What was withdrawn: when, by whom, why."""
    if not findings["withdrawn"].any():
        return Some()
    taken = findings["incident"].filter(findings["withdrawn"]).unique().sort()
    rows = builder.case.withdrawals.filter(pl.col("incident").is_in(taken.implode()))
    text = builder.case.agreement
    if not text.mandate.attribution:  # what a side can only mark as withdrawn it said of itself
        own = pl.col("side").is_in(list(text.parties)).fill_null(False)
        rows = rows.with_columns(
            origin=pl.when(own).then(pl.lit("a party")).otherwise("origin"), summary=pl.when(~own).then("summary")
        )
    rows = rows.select("incident", "origin", "known_at", "summary").unique().sort("incident", "known_at", "origin")
    each = tuple(
        (incident, f"{incident}: {origin} on {builder.date(known_at)}, {why or 'without a reason'}")
        for incident, origin, known_at, why in zip(*rows.head(_NAMED).get_columns(), strict=True)
    )
    return Some(Listed(taken), each, rows.height)
