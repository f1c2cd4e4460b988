"""Guarantee: what sets it off, what follows, what voids it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from servanda.agreement.kinds.base import Owes, Sought, TermKind
from servanda.agreement.pattern import Pattern
from servanda.agreement.phrases import Phrases, code_words
from servanda.values.time import Duration
from servanda.wording import either


@dataclass(frozen=True, slots=True)
class Trigger:
    """An event, or so many confirmed incidents under some terms."""

    event: str | None = None
    terms: tuple[str, ...] = ()
    party: str | None = None
    at_least: int = 1


@dataclass(frozen=True, slots=True)
class Consequence:
    """What follows: ``deed`` by ``by``, or ``effect`` by itself; ``unless`` an event stops it."""

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
    guards: ClassVar[bool] = True

    when: Trigger
    then: tuple[Consequence, ...]
    void_if: tuple[Trigger, ...] = ()

    @property
    def watches(self) -> tuple[str, ...]:
        """The terms whose breaches set it off or void it."""
        return tuple(term for trigger in (self.when, *self.void_if) for term in trigger.terms)

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
                lines.append(f"Then, after {step.within}, this takes effect by itself: {step.effect}{unless}.")
        return lines + [f"It is void after {_trigger(phrases, trigger)}." for trigger in self.void_if]


def _trigger(phrases: Phrases, trigger: Trigger) -> str:
    """What sets a guarantee off, or voids it, in words."""
    if trigger.event is not None:
        return f"the event '{trigger.event}'"
    by = f" by {phrases.actors[trigger.party]}" if trigger.party else ""
    breaches = f"{trigger.at_least} confirmed breaches" if trigger.at_least > 1 else "a confirmed breach"
    return f"{breaches} of {either([code_words(term) for term in trigger.terms])}{by}"
