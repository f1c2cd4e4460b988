"""Notice: what must be announced so long before it is done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from servanda.agreement.kinds.base import Owes, Sought, TermKind
from servanda.agreement.pattern import Pattern
from servanda.agreement.phrases import Phrases
from servanda.values.time import Duration


@dataclass(frozen=True, slots=True)
class Notice(TermKind):
    """A notice so long before each activity."""

    name: ClassVar[str] = "notice"
    owes: ClassVar[Owes] = "deed"

    of: Pattern
    deed: Pattern
    before: Duration

    @property
    def main(self) -> Pattern | None:
        """The pattern that the term is mainly about."""
        return self.of

    def sought(self) -> Iterator[Sought]:
        """The activity while the term binds, and its notice from the signature on."""
        yield Sought("trigger", self.of, "bound", "act", since="bound")
        yield Sought("deed 0", self.deed, "bound", "deed", since="signed")

    def describe(self, phrases: Phrases) -> list[str]:
        """Before what, and how long before, notice is due."""
        return [f"Before {phrases.act(self.of)}, {phrases.must} give notice, at least {self.before} ahead."]
