"""One clause while it is resolved: what is written, where it stands, whom it binds, and the names it may use."""

from __future__ import annotations

from dataclasses import dataclass

from servanda.agreement.pattern import Pattern
from servanda.agreement.resolve.names import Names
from servanda.agreement.schema import base as written
from servanda.agreement.schema.declare import Items
from servanda.agreement.schema.term import Term
from servanda.values.document import Document, Path_
from servanda.values.time import Duration
from servanda.values.weapons import WeaponClass

THOUSAND = 1000


def only_acts(acts: list[str]) -> written.Pattern:
    """Any act of these codes, wherever."""
    return written.Pattern.model_validate({"act": acts})


@dataclass(frozen=True, slots=True)
class Clause:
    """What a kind of term is made from. Paths are within the clause, as ``("limit", "per")``."""

    names: Names
    document: Document
    id: str
    term: Term
    binds: tuple[str, ...]

    def fault(self, path: Path_, what: str, hint: str = "", *, code: str) -> None:
        """Note a fault where it stands."""
        self.names.fault(self.document, self._at(path), what, hint, code=code)

    def pattern(
        self, path: Path_, spec: written.Pattern, binds: tuple[str, ...] | None = None, *, default: bool = False
    ) -> Pattern | None:
        """A pattern with every name known.

        Args:
            path: where it stands in the clause.
            spec: the pattern as it is written.
            binds: whose doing it is; left out, that of whom the term binds; ``()`` for whoever the pattern names.
            default: whether a pattern without an act means that something is there.

        Returns:
            The pattern, or ``None`` where a fault was noted.
        """
        doers = self.binds if binds is None else binds
        return self.names.pattern(self.document, self._at(path), spec, doers, default=default)

    def duration(self, path: Path_, text: str) -> Duration | None:
        """A length of time."""
        return self.names.duration(self.document, self._at(path), text)

    def length(self, path: Path_, text: str) -> float | None:
        """A length in metres."""
        return self.names.length(self.document, self._at(path), text)

    def period(self, path: Path_, text: str | None) -> Duration | None:
        """A period in which something is counted: an hour or more."""
        length = self.duration(path, text) if text else None
        if length is not None and length.unit == "minutes":
            self.fault(path, f"{length} is too short a period to count in", "use an hour or more", code="AGR023")
            return None
        return length

    def weapon(self, path: Path_, spec: Items) -> tuple[WeaponClass | None, bool]:
        """The class of weapons that is named, ``None`` for any; and whether all of it is known."""
        return self.names.weapon(self.document, self._at(path), spec)

    def known_actors(self, path: Path_, names: list[str]) -> bool:
        """Whether everybody named can act under the agreement; each who cannot is a fault."""
        return self.names.known_actors(self.document, self._at(path), names, self.names.actors)

    def known_event(self, path: Path_, name: str) -> bool:
        """Whether there is such an event; none is a fault."""
        known = name in self.document.mapping("events")
        if not known:
            self.fault(path, f"there is no event {name!r}", "describe it under 'events:'", code="AGR017")
        return known

    def _at(self, path: Path_) -> Path_:
        return ("terms", self.id, *path)
