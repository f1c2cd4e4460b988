"""Phrases that the kinds of term share when they are said in plain English: patterns, places, triggers, codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from servanda.agreement.pattern import Pattern
from servanda.wording import either, listing


def code_words(code: str) -> str:
    """A code as words: ``air_strike`` is "air strike"."""
    return code.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Phrases:
    """The names in which one term is said: everybody's, by their codes, and whom the term binds."""

    actors: Mapping[str, str]
    binds: tuple[str, ...] = ()

    @property
    def bound(self) -> str:
        """Whom the term binds, by name."""
        return listing([self.actors[code] for code in self.binds]) if self.binds else "Nobody"

    @property
    def must(self) -> str:
        """Whom it binds, and that they must."""
        return f"{self.bound} must{self._each}"

    @property
    def may(self) -> str:
        """Whom it binds, and that they may."""
        return f"{self.bound} may{self._each}"

    @property
    def _each(self) -> str:
        return " each" if len(self.binds) > 1 else ""

    def act(self, pattern: Pattern) -> str:
        """A pattern in words."""
        words = f"an act of {either([code_words(c) for c in pattern.act_codes])}"
        if pattern.by:
            words += f" by {either([self.actors[p] for p in pattern.by])}"
        if pattern.target_codes:
            words += f" concerning {either([code_words(c) for c in pattern.target_codes])}"
        if pattern.weapon is not None:
            words += f" with {pattern.weapon}"
        if pattern.force is not None:
            whose = (
                f"foreign to {self.actors.get(pattern.force.foreign_to, pattern.force.foreign_to)}"
                if pattern.force.foreign_to
                else f"of {either(list(pattern.force.states))}"
            )
            words += f" by a force {whose}, by nationality, command or payroll, under whatever label"
        if pattern.place_of:
            each = ", ".join(f"{_places(key)} for {self.actors[p]}" for p, key in pattern.place_of.items())
            return f"{words} in the place that holds for each: {each}"
        return f"{words} in {_places(pattern.place)}" if pattern.place is not None else f"{words}, anywhere"


def _places(key: str) -> str:
    """The names of places, as the drafter gave them, in quotation marks."""
    return either([f"'{name}'" for name in key.split(" + ")])
