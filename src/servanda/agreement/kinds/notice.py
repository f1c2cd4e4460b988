"""Notice: what must be announced so long before it is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from servanda.agreement.kinds.base import Owes
from servanda.agreement.pattern import Pattern
from servanda.values.time import Duration


@dataclass(frozen=True, slots=True)
class Notice:
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
