"""Response: what must be done within a time after each trigger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from servanda.agreement.kinds.base import Owes
from servanda.agreement.pattern import Pattern
from servanda.values.time import Duration


@dataclass(frozen=True, slots=True)
class Response:
    """A deed within a time after each trigger: anyone's (or ``to.by``), one's own, or another party's."""

    name: ClassVar[str] = "response"
    owes: ClassVar[Owes] = "deed"

    to: Pattern
    deed: Pattern
    within: Duration
    whose: Literal["anyone", "self", "other"] = "anyone"

    @property
    def main(self) -> Pattern | None:
        """The pattern that the term is mainly about."""
        return self.deed
