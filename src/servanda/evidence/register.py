"""The register of sources: whose side a source is on, whose word it is, how reliable it has been, whom it merely relays.

A YAML file that the mission keeps, given among the evidence::

    sources:
      Russian MoD: {speaks_for: RU}               # what it says binds the party; it is on its side
      Regional TV: {side: RU}                     # has its interest, and not its authority
      NASA FIRMS:  {side: none, reliability: B, means: satellite, note: sees heat and not its author}
      News-Pravda: {relays: Russian MoD}
    actors:                         # other people's names of armed actors, and in how far their acts are that party's
      "Military Forces of Russia (2000-)": {party: RU, level: organ}
      Volunteer Corps: RU           # of which nobody says so: unknown

Where a register is given, it alone says sides and grades, whatever rows say of their own source. A source that nobody has
declared to be without a side is not taken to be without one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from servanda.errors import EvidenceError, Fault
from servanda.evidence.model import GRADES, IMPUTATIONS, NO_SIDE, Source
from servanda.values.document import Document, read_document
from servanda.values.files import FileLike

_KEYS = ("side", "speaks_for", "reliability", "means", "relays", "note")


@dataclass(frozen=True)
class Register:
    """Sources; names of actors with whose they are, and in how far (``levels``)."""

    sources: Mapping[str, Source] = field(default_factory=dict)
    actors: Mapping[str, str] = field(default_factory=dict)
    levels: Mapping[str, str] = field(default_factory=dict)

    def merge(self, other: Register, file: str) -> Register:
        """Both together. Raises :class:`EvidenceError` when they contradict each other."""
        for name, source in other.sources.items():
            if name in self.sources and self.sources[name] != source:
                what = f"the source {name!r} is described differently in two registers"
                raise EvidenceError(Fault(file, what, "keep one of the two", code="EVD026"))
        return Register(
            {**self.sources, **other.sources}, {**self.actors, **other.actors}, {**self.levels, **other.levels}
        )


_MISPLACED = {
    "coverage": "coverage is named after --coverage; what stands here is read as a register of sources",
    "watches": "coverage is named after --coverage; what stands here is read as a register of sources",
    "agreement": "the agreement is named first, and only once; what stands here is read as a register of sources",
    "cases": "cases are run by 'servanda cases'; what stands here is read as a register of sources",
}
"""Keys of other files, and where these files belong."""


def read_register(file: FileLike, parties: Mapping[str, str]) -> Register:
    """Read a register of sources.

    Args:
        file: a YAML file, on disk or in memory.
        parties: the agreement's parties by their short names.

    Returns:
        Its sources and names of actors.

    Raises:
        EvidenceError: with every fault found, each with its line and column.
    """
    document, faults = read_document(file)
    if document is None:
        raise EvidenceError(*faults)
    for key in document.data:
        if key not in ("sources", "actors"):
            hint = _MISPLACED.get(key, "one of: actors, sources")
            faults.append(document.fault((key,), f"unknown key {key!r}", hint, code="EVD020"))
    listed = document.data.get("sources") or {}
    if not isinstance(listed, dict):
        what = "'sources' must be a mapping of name: {side: ...}"
        raise EvidenceError(document.fault(("sources",), what, "write NAME: {side: none}", code="EVD021"))
    sources: dict[str, Source] = {}
    for name, entry in listed.items():
        source = _source(document, name, entry, parties, faults)
        if source is not None:
            sources[name] = source
    for name, source in sources.items():
        passed, here = [name], source.relays
        while here in sources and here not in passed:
            passed.append(here)
            here = sources[here].relays
        if here == name:
            what = f"{name!r} relays itself in a circle"
            faults.append(document.fault(("sources", name), what, "say who speaks first", code="EVD024"))
    actors, levels = _actors(document, parties, faults)
    if faults:
        raise EvidenceError(*faults)
    return Register(sources, actors, levels)


def _actors(
    document: Document, parties: Mapping[str, str], faults: list[Fault]
) -> tuple[dict[str, str], dict[str, str]]:
    """Whose each named actor is, and in how far: ``NAME: PARTY`` or ``NAME: {party: PARTY, level: LEVEL}``."""
    listed = document.data.get("actors") or {}
    whose: dict[str, str] = {}
    levels: dict[str, str] = {}
    if not isinstance(listed, dict):
        what, hint = "'actors' must be a mapping of names", "write NAME: {party: PARTY, level: organ}"
        faults.append(document.fault(("actors",), what, hint, code="EVD021"))
        return whose, levels
    own = {word.casefold() for pair in parties.items() for word in pair}
    for name, entry in listed.items():
        if str(name).casefold() in own:
            what, hint = f"{name!r} is a party's own name", "a party under its own name is its own organ; leave it out"
            faults.append(document.fault(("actors", name), what, hint, code="EVD025"))
            continue
        full = entry if isinstance(entry, dict) else {"party": entry}
        party, level = full.get("party"), full.get("level", "unknown")
        for key in full:
            if key not in ("party", "level"):
                hint = "write {party: ..., level: ...}"
                faults.append(document.fault(("actors", name, key), f"unknown key {key!r}", hint, code="EVD020"))
        if party is None:
            what, hint = f"does not say whose {name!r} is", f"add party: one of {', '.join(parties)}"
            faults.append(document.fault(("actors", name), what, hint, code="EVD025"))
        elif not isinstance(party, str) or party not in parties:
            hint = f"the parties are {', '.join(parties)}"
            faults.append(document.fault(("actors", name), f"not a valid party: {party!r}", hint, code="EVD025"))
        elif level not in IMPUTATIONS:
            hint = f"one of: {', '.join(IMPUTATIONS)}"
            what = f"not a valid level: {level!r}"
            faults.append(document.fault(("actors", name, "level"), what, hint, code="EVD027"))
        else:
            whose[name], levels[name] = str(party), str(level)
    return whose, levels


def _source(
    document: Document, name: str, entry: Any, parties: Mapping[str, str], faults: list[Fault]
) -> Source | None:
    """One source of the register; what is wrong with it goes to ``faults``."""
    at = ("sources", name)
    if not isinstance(entry, dict) or not all(isinstance(v, str) for v in entry.values()):
        what = f"the source {name!r} must be a mapping of text"
        faults.append(document.fault(at, what, "write {side: none, reliability: B}", code="EVD021"))
        return None
    for key in entry:
        if key not in _KEYS:
            hint = f"one of: {', '.join(_KEYS)}"
            faults.append(document.fault((*at, key), f"unknown key {key!r}", hint, code="EVD020"))
    side, grade = entry.get("side"), entry.get("reliability")
    if side is not None and side not in (*parties, NO_SIDE, "unknown"):
        hint = f"one of: {', '.join(parties)}, none, unknown"
        faults.append(document.fault((*at, "side"), f"not a valid side: {side!r}", hint, code="EVD022"))
    if grade is not None and grade not in GRADES:
        what, hint = f"not a valid reliability: {grade!r}", "A (reliable) to F (cannot be judged)"
        faults.append(document.fault((*at, "reliability"), what, hint, code="EVD023"))
    bound = entry.get("speaks_for")
    if bound is not None and bound not in parties:
        what, hint = f"not a valid party: {bound!r}", f"the parties are {', '.join(parties)}"
        faults.append(document.fault((*at, "speaks_for"), what, hint, code="EVD028"))
    elif bound is not None and side not in (None, bound):
        what = f"{name!r} speaks for {bound} and is said to be on the side {side!r}"
        hint = "leave 'side' out: who speaks for a party is on its side"
        faults.append(document.fault((*at, "side"), what, hint, code="EVD028"))
    means = entry.get("means")
    return Source(name, side or bound, grade, entry.get("relays"), entry.get("note", ""), bound, means)
