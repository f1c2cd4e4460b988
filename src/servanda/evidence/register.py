"""The register of sources: whose side a source is on, how reliable it has been, whom it merely relays.

A YAML file that the mission keeps, given among the evidence::

    sources:
      Russian MoD: {side: RU}
      NASA FIRMS:  {side: none, reliability: B, note: satellite, sees heat and not its author}
      News-Pravda: {relays: Russian MoD}
    actors:                         # other people's names of armed actors
      "Military Forces of Russia (2000-)": RU

Where a register is given, it alone says sides and grades, whatever rows say of their own source. A source that nobody has
declared to be without a side is not taken to be without one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from servanda.errors import EvidenceError, Fault
from servanda.evidence.model import GRADES, NO_SIDE, Source
from servanda.values.document import read_document
from servanda.values.files import FileLike

_KEYS = ("side", "reliability", "relays", "note")


@dataclass(frozen=True)
class Register:
    """Sources and names of actors."""

    sources: Mapping[str, Source] = field(default_factory=dict)
    actors: Mapping[str, str] = field(default_factory=dict)

    def merge(self, other: Register, file: str) -> Register:
        """Both together. Raises :class:`EvidenceError` when they contradict each other."""
        for name, source in other.sources.items():
            if name in self.sources and self.sources[name] != source:
                raise EvidenceError(
                    Fault(file, f"the source {name!r} is described differently in two registers", "keep one")
                )
        return Register({**self.sources, **other.sources}, {**self.actors, **other.actors})


def read_register(file: FileLike, parties: Mapping[str, str]) -> Register:
    """Read a register. Raises :class:`EvidenceError` with every fault found."""
    document, faults = read_document(file)
    if document is None:
        raise EvidenceError(*faults)
    data = document.data
    for key in data:
        if key not in ("sources", "actors"):
            faults.append(
                document.fault(
                    (key,), f"{key!r} is an unknown word here", "a register of sources has 'sources' and 'actors'"
                )
            )
    sources: dict[str, Source] = {}
    listed = data.get("sources") or {}
    if not isinstance(listed, dict):
        raise EvidenceError(document.fault(("sources",), "'sources' must be a mapping of name: {side: ...}"))
    for name, entry in listed.items():
        path_ = ("sources", name)
        if not isinstance(entry, dict) or not all(isinstance(v, str) for v in entry.values()):
            faults.append(
                document.fault(
                    path_, f"the source {name!r} must be a mapping of text", "write {side: none, reliability: B}"
                )
            )
            continue
        for key in entry:
            if key not in _KEYS:
                faults.append(
                    document.fault((*path_, key), f"{key!r} is an unknown word here", f"known: {', '.join(_KEYS)}")
                )
        side, grade = entry.get("side"), entry.get("reliability")
        if side is not None and side not in (*parties, NO_SIDE, "unknown"):
            faults.append(
                document.fault(
                    (*path_, "side"),
                    f"{side!r} is neither a party nor 'none' nor 'unknown'",
                    f"the parties are {', '.join(parties)}",
                )
            )
        if grade is not None and grade not in GRADES:
            faults.append(
                document.fault(
                    (*path_, "reliability"), f"{grade!r} is no Admiralty letter", "A (reliable) to F (cannot be judged)"
                )
            )
        sources[name] = Source(name, side, grade, entry.get("relays"), entry.get("note", ""))
    for name, source in sources.items():
        seen, here = [name], source.relays
        while here in sources and here not in seen:
            seen.append(here)
            here = sources[here].relays
        if here == name:
            faults.append(
                document.fault(("sources", name), f"{name!r} relays itself in a circle", "say who speaks first")
            )
    actors = data.get("actors") or {}
    for name, party in actors.items() if isinstance(actors, dict) else ():
        if party not in parties:
            faults.append(
                document.fault(("actors", name), f"{party!r} is not a party", f"the parties are {', '.join(parties)}")
            )
    if faults:
        raise EvidenceError(*faults)
    return Register(sources, actors if isinstance(actors, dict) else {})
