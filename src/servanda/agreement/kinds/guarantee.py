"""Guarantee: what sets it off, what follows, what voids it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from servanda.agreement.kinds.base import Owes, Sought, TermKind
from servanda.agreement.pattern import Pattern
from servanda.agreement.phrases import Phrases, code_words
from servanda.agreement.resolve.clause import Clause, only_acts
from servanda.agreement.schema import guarantee as written
from servanda.values.document import Path_
from servanda.values.time import Duration
from servanda.wording import did_you_mean, either


@dataclass(frozen=True, slots=True)
class Apart:
    """Breaches nearer to each other than this, in time and place, are one."""

    time: Duration
    metres: float


ONE_HOUR_ONE_KILOMETRE = Apart(Duration(1, "hours"), 1000.0)
"""What is taken for one breach where something is to take effect and the text does not say."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """An event, or so many breaches of some terms: all ``within`` a time, those that are not ``apart`` counted as one, and
    only those of a ``severity`` or graver (one of ``severities``), where these are asked for.
    """

    event: str | None = None
    terms: tuple[str, ...] = ()
    party: str | None = None
    at_least: int = 1
    within: Duration | None = None
    apart: Apart | None = None
    severity: str | None = None
    severities: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Consequence:
    """What follows: ``deed`` by ``by``, or ``effect``, of which only the condition is told; ``unless`` an event stops it."""

    within: Duration
    by: str | None = None
    deed: Pattern | None = None
    effect: str = ""
    unless: str | None = None


@dataclass(frozen=True, slots=True)
class Guarantee(TermKind):
    """What sets it off, what follows, what voids it."""

    name: ClassVar[str] = "guarantee"
    owes: ClassVar[Owes] = "deed"
    keys: ClassVar[tuple[str, ...]] = ("when",)
    beside: ClassVar[tuple[str, ...]] = ("then", "void_if")
    guards: ClassVar[bool] = True

    when: Trigger
    then: tuple[Consequence, ...]
    void_if: tuple[Trigger, ...] = ()

    @classmethod
    def resolve(cls, clause: Clause) -> Self | None:
        """What sets it off, what follows, what voids it."""
        term = clause.term
        assert term.when is not None
        if term.then is None:
            hint = "say what sets it off and what follows"
            clause.fault((), "a guarantee needs 'when' and 'then'", hint, code="AGR042")
            return None
        unit = ONE_HOUR_ONE_KILOMETRE if any(step.effect for step in term.then) else None
        when = _resolve_trigger(clause, ("when",), term.when, unit)
        voids = [
            _resolve_trigger(clause, ("void_if", n), trigger, unit) for n, trigger in enumerate(term.void_if or ())
        ]
        steps = [_resolve_consequence(clause, ("then", n), step) for n, step in enumerate(term.then)]
        then = tuple(step for step in steps if step)
        return cls(when, then, tuple(void for void in voids if void)) if when and all(voids) and then else None

    @property
    def obliges(self) -> tuple[str, ...] | None:
        """Those who must do what follows."""
        return tuple(dict.fromkeys(step.by for step in self.then if step.by))

    @property
    def watches(self) -> tuple[str, ...]:
        """The terms whose breaches set it off or void it."""
        return tuple(term for trigger in (self.when, *self.void_if) for term in trigger.terms)

    @property
    def set_off_by(self) -> tuple[str, ...]:
        """The event, or the terms whose breaches, set it off."""
        return (self.when.event,) if self.when.event else self.when.terms

    def sought(self) -> Iterator[Sought]:
        """The deeds that follow, each by who owes it."""
        for n, step in enumerate(self.then):
            if step.deed is not None and step.by is not None:
                yield Sought(f"deed {n}", step.deed, (step.by,), "deed")

    def describe(self, phrases: Phrases) -> list[str]:
        """What sets it off, what follows, what voids it."""
        lines = [f"This is a guarantee. It is set off by {_trigger(phrases, self.when)}."]
        for step in self.then:
            unless = f", unless before that {code_words(step.unless)} has come" if step.unless else ""
            if step.deed is not None and step.by is not None:
                deed = either([code_words(code) for code in step.deed.act_codes])
                lines.append(f"Then {phrases.actors[step.by]} must do this within {step.within}: {deed}{unless}.")
            else:
                lines.append(f"Then, after {step.within}, the condition of this is met: {step.effect}{unless}.")
        return lines + [f"The condition for its end is {_trigger(phrases, trigger)}." for trigger in self.void_if]


def _trigger(phrases: Phrases, trigger: Trigger) -> str:
    """What sets a guarantee off, or voids it, in words."""
    if trigger.event is not None:
        return f"the event '{trigger.event}'"
    by = f" by {phrases.actors[trigger.party]}" if trigger.party else ""
    several = trigger.at_least > 1
    breaches = f"{trigger.at_least} breaches shown" if several else "a breach shown"
    words = f"{breaches} of {either([code_words(term) for term in trigger.terms])}{by}"
    if trigger.severity is not None:
        words += f", {'each ' if several else ''}assessed as {code_words(trigger.severity)} or graver"
    if trigger.within is not None:
        words += f", all within {trigger.within}"
    if several and trigger.apart is not None:
        words += (
            f"; breaches nearer to each other than {trigger.apart.time} and {trigger.apart.metres / 1000:g} km are one"
        )
    return words


def _resolve_trigger(clause: Clause, at: Path_, trigger: written.Trigger, unit: Apart | None) -> Trigger | None:
    """What sets a guarantee off, or voids it: an event, or breaches of some terms; ``unit``: what is one breach, left out."""
    if (trigger.event is None) == (trigger.verdict is None):
        what = "a guarantee is set off by exactly one of 'event' and 'verdict'"
        clause.fault(at, what, "write 'event: ...', or 'verdict: breached' with 'of'", code="AGR046")
        return None
    if trigger.event is not None:
        return _resolve_event(clause, at, trigger)
    terms = clause.document.mapping("terms")
    for name in trigger.of or ():
        if name not in terms:
            clause.fault((*at, "of"), f"there is no term {name!r}", did_you_mean(name, terms), code="AGR018")
        elif isinstance(terms[name], dict) and "when" in terms[name]:
            what = f"{name!r} is a guarantee, which sets no other off"
            clause.fault((*at, "of"), what, "name the term that it guards", code="AGR046")
    if not trigger.of:
        clause.fault(at, "the trigger names no terms", "add 'of: [term]'", code="AGR046")
        return None
    if trigger.party and not clause.known_actors((*at, "party"), [trigger.party]):
        return None
    within = clause.duration((*at, "within"), trigger.within) if trigger.within else None
    apart = _resolve_apart(clause, (*at, "apart"), trigger.apart) if trigger.apart else unit
    severities = _severities(clause, at, trigger.severity)
    if (trigger.within and not within) or (trigger.apart and not apart) or severities is None:
        return None
    return Trigger(
        terms=tuple(trigger.of),
        party=trigger.party,
        at_least=trigger.at_least,
        within=within,
        apart=apart,
        severity=trigger.severity,
        severities=severities,
    )


def _resolve_event(clause: Clause, at: Path_, trigger: written.Trigger) -> Trigger | None:
    """An event, of which there is one, so that nothing is counted."""
    if trigger.within or trigger.apart or trigger.severity:
        what = "'within', 'apart' and 'severity' are about breaches, and this waits for an event"
        clause.fault(at, what, "leave them out, or write 'verdict: breached' with 'of'", code="AGR046")
        return None
    assert trigger.event is not None
    return Trigger(event=trigger.event) if clause.known_event((*at, "event"), trigger.event) else None


def _resolve_apart(clause: Clause, at: Path_, apart: written.Apart) -> Apart | None:
    """What is one breach: so near in time, and so near in place."""
    time, metres = clause.duration((*at, "time"), apart.time), clause.length((*at, "distance"), apart.distance)
    return Apart(time, metres) if time and metres is not None else None


def _severities(clause: Clause, at: Path_, least: str | None) -> frozenset[str] | None:
    """The words of the mandate's scale that are as grave as one, or graver; ``None`` where a fault was noted."""
    if least is None:
        return frozenset()
    said = clause.document.mapping("mandate").get("severity")
    scale = [str(word) for word in said] if isinstance(said, list) else []
    if least not in scale:
        hint = did_you_mean(least, scale, "give the scale: 'mandate: {severity: [minor, serious, grave]}'")
        clause.fault((*at, "severity"), f"{least!r} is not on the mandate's scale of severity", hint, code="AGR053")
        return None
    return frozenset(scale[scale.index(least) :])


def _resolve_consequence(clause: Clause, at: Path_, step: written.Consequence) -> Consequence | None:
    """What follows: somebody's deed, or an effect."""
    within = clause.duration((*at, "within"), step.within)
    if (step.effect is None) == (step.do is None) or (step.do is None) != (step.by is None):
        what = "a consequence is either somebody's deed or an effect"
        clause.fault(at, what, "write 'by' and 'do', or 'effect'", code="AGR046")
        return None
    deed = clause.pattern(at, only_acts(step.do), (step.by or "",)) if step.do else None
    if step.by and not clause.known_actors((*at, "by"), [step.by]):
        return None
    if step.unless is not None:
        clause.known_event((*at, "unless"), step.unless)
    if not within or not (deed or step.effect):
        return None
    return Consequence(within, step.by, deed, step.effect or "", step.unless)
