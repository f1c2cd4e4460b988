"""What every kind of term says of itself: one protocol, one file a kind, and a test that each kind has all of it."""

from __future__ import annotations

from typing import ClassVar, Literal, Protocol, TypeAlias, runtime_checkable

from servanda.agreement.pattern import Pattern

Owes: TypeAlias = Literal["act", "deed", "limit", "none"]
"""What a term owes: that an **act** is left undone, that a **deed** is done, that a **limit** is kept, or **none** of these."""


@runtime_checkable
class TermKind(Protocol):
    """One kind of term, resolved: what it looks for and what it owes. A frozen value."""

    name: ClassVar[str]
    """The kind's name in the field, in small letters."""
    owes: ClassVar[Owes]

    @property
    def main(self) -> Pattern | None:
        """The pattern that the term is mainly about; ``None`` where there is none."""
        ...
