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

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from servanda.errors import EvidenceError, Fault
from servanda.evidence.model import GRADES, IMPUTATIONS, NO_SIDE, Source
from servanda.values.document import Document, read_document
from servanda.values.files import FileLike
from servanda.values.missing import is_missing
from servanda.values.names import looks, name_key, names_of, turns

_KEYS = ("side", "speaks_for", "reliability", "means", "relays", "note")


@dataclass(frozen=True)
class Register:
    """Sources; names of actors with whose they are, and in how far (``levels``)."""

    sources: Mapping[str, Source] = field(default_factory=dict)
    actors: Mapping[str, str] = field(default_factory=dict)
    levels: Mapping[str, str] = field(default_factory=dict)

    def merge(self, other: Register, file: str) -> Register:
        """Both together. Raises :class:`EvidenceError` when they contradict each other."""
        faults = [Fault(file, *told, code="EVD026") for told in _contradictions(self, other)]
        if faults:
            raise EvidenceError(*faults)
        ours = {name_key(name) for name in self.sources}
        more = {name: source for name, source in other.sources.items() if name_key(name) not in ours}
        known = {name_key(name) for name in self.actors}
        added = [name for name in other.actors if name_key(name) not in known]
        return Register(
            {**self.sources, **more},
            {**self.actors, **{name: other.actors[name] for name in added}},
            {**self.levels, **{name: other.levels[name] for name in added if name in other.levels}},
        )


def _contradictions(one: Register, other: Register) -> Iterator[tuple[str, str]]:
    """What two registers say differently of one name, however it is written; and names that could be taken for each other."""
    sources = {name_key(name): source for name, source in one.sources.items()}
    alike = {look: name for name in one.sources for look in looks(name)}
    for name, source in other.sources.items():
        same = sources.get(name_key(name))
        if same is not None and replace(same, name=name) != source:
            written = f" (as {same.name!r})" if same.name != name else ""
            yield f"the source {name!r} is described differently in two registers{written}", "keep one of the two"
        elif same is None and (like := next((alike[look] for look in sorted(looks(name)) if look in alike), None)):
            yield (
                f"the source {name!r} could be taken for {like!r} of another register",
                "name them so that they differ",
            )
    actors = {name_key(name): (name, party, one.levels.get(name)) for name, party in one.actors.items()}
    for name, party in other.actors.items():
        was, whose, level = actors.get(name_key(name), (name, party, other.levels.get(name)))
        written = f" (as {was!r})" if was != name else ""
        if whose != party:
            yield (
                f"the actor {name!r} is {whose!r} in one register and {party!r} in another{written}",
                "keep one of the two",
            )
        elif level != other.levels.get(name):
            what = (
                f"the actor {name!r} has the level {level!r} in one register and {other.levels.get(name)!r} in another"
            )
            yield f"{what}{written}", "keep one of the two"


_MISPLACED = {
    "coverage": "coverage is named after --coverage; what stands here is read as a register of sources",
    "watches": "coverage is named after --coverage; what stands here is read as a register of sources",
    "agreement": "an agreement is no evidence: it is named first, and only once; 'servanda fuse' and 'servanda first' take it behind --agreement",
    "cases": "cases are run by 'servanda cases'; what stands here is read as a register of sources",
}
"""Keys of other files, and where these files belong."""


def read_register(file: FileLike, parties: Mapping[str, str], sides: Mapping[str, str] | None = None) -> Register:
    """Read a register of sources.

    Args:
        file: a YAML file, on disk or in memory.
        parties: the agreement's parties by their short names.
        sides: those of them that have a side by their very name; left out, all.

    Returns:
        Its sources and names of actors.

    Raises:
        EvidenceError: with every fault found, each with its line and column.
    """
    document, faults = read_document(file)
    if document is None:
        raise EvidenceError(*faults)
    misplaced = [key for key in document.data if key in _MISPLACED]
    for key in misplaced[:1] or document.data:
        if key not in ("sources", "actors"):
            hint = _MISPLACED.get(key, "one of: actors, sources")
            faults.append(document.fault((key,), f"unknown key {key!r}", hint, code="EVD020"))
    if misplaced:
        raise EvidenceError(*faults)  # what else it says is not meant for a register
    listed = document.data.get("sources") or {}
    if not isinstance(listed, dict):
        what = "'sources' must be a mapping of name: {side: ...}"
        raise EvidenceError(document.fault(("sources",), what, "write NAME: {side: none}", code="EVD021"))
    sources: dict[str, Source] = {}
    for name, entry in listed.items():
        source = _source(document, name, entry, parties, faults)
        if source is not None:
            sources[name] = source
    _refuse_circles(document, sources, faults)
    actors, levels = _actors(document, parties, faults)
    told = {name: (actors[name], levels[name]) for name in actors}
    _refuse_names(document, sources, told, parties if sides is None else sides, faults)
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
    own = {name_key(word) for pair in parties.items() for word in pair}
    given = names_of(parties)
    for name, entry in listed.items():
        if name_key(str(name)) in own:
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
        elif given.get(name_key(name), party) != party or (name_key(name) in given and level != "organ"):
            what = f"{name!r} is a name of {given[name_key(name)]!r} by the agreement's 'names'"
            hint = f"leave it out, or write {{party: {given[name_key(name)]}, level: organ}}"
            faults.append(document.fault(("actors", name), what, hint, code="EVD025"))
        else:
            whose[name], levels[name] = str(party), str(level)
    return whose, levels


def _refuse_circles(document: Document, sources: Mapping[str, Source], faults: list[Fault]) -> None:
    """Sources that relay each other, so that nobody speaks first."""
    relays = {name_key(name): name_key(source.relays) for name, source in sources.items() if source.relays}
    for name in sources:
        passed, here = [name_key(name)], relays.get(name_key(name))
        while here in relays and here not in passed:
            passed.append(here)
            here = relays[here]
        if here == name_key(name):
            what = f"{name!r} relays itself in a circle"
            faults.append(document.fault(("sources", name), what, "say who speaks first", code="EVD024"))


def _refuse_names(
    document: Document,
    sources: Mapping[str, Source],
    actors: Mapping[str, tuple[str, str]],
    parties: Mapping[str, str],
    faults: list[Fault],
) -> None:
    """Names that a reader could not tell apart, and a party's own name put on another side."""
    groups: tuple[tuple[str, Mapping[str, Any]], ...] = (("sources", sources), ("actors", actors))
    for group, names in groups:
        first: dict[str, str] = {}
        glance: dict[str, str] = {}
        for name in names:
            at = (group, name)
            if turns(name):
                what = f"the name {name!r} holds characters that turn the direction of writing"
                faults.append(document.fault(at, what, "write the name without them", code="EVD039"))
            other = first.setdefault(name_key(name), name)
            glanced = next((glance[look] for look in sorted(looks(name)) if look in glance), name)
            glance.update(dict.fromkeys(looks(name) - glance.keys(), name))
            if other != name and _told(names[other]) == _told(names[name]):
                continue
            other = glanced if other == name and name_key(glanced) != name_key(name) else other
            if other != name:
                hint = "keep one of the two, or write them so that they differ"
                what = f"{name!r} and {other!r} could be taken for one name"
                faults.append(document.fault(at, what, hint, code="EVD039"))
    whose = names_of(parties)
    for name, source in sources.items():
        side = whose.get(name_key(name))
        if side and source.side not in (None, side, "unknown"):
            what = f"{name!r} is the party {side!r} itself, and not on the side {source.side!r}"
            faults.append(document.fault(("sources", name), what, f"write side: {side}", code="EVD040"))


def _told(entry: Source | tuple[str, str]) -> object:
    """What a register says under a name."""
    return replace(entry, name="") if isinstance(entry, Source) else entry


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
    # a word for a missing value is none, but a side is said: 'none' has a meaning there
    entry = {key: value for key, value in entry.items() if key == "side" or not is_missing(value)}
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
