"""Guarantee: what sets it off, what follows, what voids it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from servanda.agreement.kinds.base import Owes
from servanda.agreement.pattern import Pattern
from servanda.values.time import Duration


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
class Guarantee:
    """What sets it off, what follows, what voids it."""

    name: ClassVar[str] = "guarantee"
    owes: ClassVar[Owes] = "deed"

    when: Trigger
    then: tuple[Consequence, ...]
    void_if: tuple[Trigger, ...] = ()

    @property
    def main(self) -> Pattern | None:
        """The pattern that the term is mainly about."""
        return None
