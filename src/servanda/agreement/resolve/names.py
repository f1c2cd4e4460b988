"""Patterns and lengths of time, resolved: every code, place, weapon and actor that a clause names is looked up."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable

from servanda.agreement.pattern import Force, Pattern
from servanda.agreement.schema import base as written
from servanda.agreement.schema.declare import Items
from servanda.agreement.schema.file import AgreementFile, Decides
from servanda.values.codes import Tree, Vocabulary
from servanda.values.document import Document, Path_
from servanda.values.geo.reach import nothing_in
from servanda.values.geo.shapes import Line, Place, when_asked
from servanda.values.quantity import parse_length
from servanda.values.time import Duration, parse_duration
from servanda.values.weapons import WeaponClass, parse_bound
from servanda.wording import did_you_mean

THERE = ["military_presence", "deployment", "movement"]
"""What shows that something is there, where a cap does not say."""
CODES_HINT = "see 'servanda readers --codes', or add it under 'codes:'"


_TAKEN = {
    "@": "leave out '@', which marks versions",
    "signed": "clocks count from the signature by this name; choose another",
    "start": "clocks count from the beginning by this name; choose another",
}


class Names(ABC):
    """The names that clauses may use; :class:`~servanda.agreement.resolve.resolver.Resolver` knows those of one agreement."""

    base: AgreementFile
    vocabulary: Vocabulary
    places: dict[str, Place]

    @abstractmethod
    def fault(self, document: Document, path: Path_, what: str, hint: str = "", *, code: str) -> None:
        """Note a fault where it stands."""

    @abstractmethod
    def known_actors(self, document: Document, path: Path_, names: Iterable[str], known: Iterable[str]) -> bool:
        """Whether all names are among the known ones; each that is not is a fault."""

    @property
    @abstractmethod
    def actors(self) -> dict[str, str]:
        """Everybody who can do something."""

    def not_taken(self, document: Document, at: Path_, name: str) -> None:
        """A name that means something else is a fault, also where an amendment or a reading gives it."""
        if taken := _TAKEN.get(name):
            self.fault(document, at, f"not a valid name here: {at[-1]!r}", taken, code="AGR004")

    def who_decides(self, document: Document, decides: Decides | None) -> Decides:
        """Who decides: left out, a body where the agreement names any."""
        if decides == "body" and not self.base.bodies:
            what = "no body can decide: the agreement names none"
            hint = "name it under 'bodies:', or write 'rule'"
            self.fault(document, ("mandate", "decides"), what, hint, code="AGR054")
        return decides or ("body" if self.base.bodies else "rule")

    def duration(self, document: Document, path: Path_, text: str) -> Duration | None:
        """A length of time."""
        try:
            length = parse_duration(text)
        except ValueError as error:
            self.fault(document, path, str(error), code="AGR020")
            return None
        if length.amount == 0:
            self.fault(document, path, "the duration must be positive", "write for example '24 hours'", code="AGR020")
            return None
        return length

    def length(self, document: Document, path: Path_, text: str) -> float | None:
        """A length above zero, in metres."""
        try:
            metres = parse_length(text)
        except ValueError as error:
            self.fault(document, path, str(error), code="AGR062")
            return None
        if metres == 0:
            self.fault(document, path, "the length must be positive", "write for example '1 km'", code="AGR062")
            return None
        return metres

    def pattern(
        self,
        document: Document,
        at: Path_,
        spec: written.Pattern,
        binds: tuple[str, ...] = (),
        *,
        default: bool = False,
    ) -> Pattern | None:
        """A pattern with every name known. ``default``: without an act, that it is there. ``binds``: whose doing it is, so
        that ``by`` has nothing to say.
        """
        if binds and spec.by:
            what = "'by' says who does it, and so does the term's 'binds'"
            self.fault(document, (*at, "by"), what, "name them in 'binds'", code="AGR047")
            return None
        if spec.act is None and not default:
            self.fault(document, at, "the pattern names no act", "add 'act: ...'", code="AGR048")
            return None
        acts, targets = self.vocabulary.acts, self.vocabulary.targets
        codes, wanted = spec.act or THERE, spec.target
        sound = self._codes(document, (*at, "act"), codes, acts)
        sound &= wanted is None or self._codes(document, (*at, "target"), wanted, targets)
        sound &= self.known_actors(document, (*at, "by"), spec.by or (), self.actors)
        weapon, weapon_sound = self.weapon(document, at, spec)
        force, force_sound = self._force(document, at, spec.of)
        place, place_of, place_words = self._where(document, (*at, "in"), spec.in_, binds)
        if not (sound and weapon_sound and force_sound):
            return None
        return Pattern(
            act_codes=tuple(codes),
            target_codes=tuple(wanted or ()),
            acts=acts.below(codes),
            acts_above=acts.above(codes),
            targets=None if wanted is None else targets.below(wanted),
            targets_above=frozenset() if wanted is None else targets.above(wanted),
            place=place,
            place_words=place_words,
            place_of=place_of,
            weapon=weapon,
            force=force,
            by=tuple(spec.by or ()),
        )

    def weapon(self, document: Document, at: Path_, spec: written.Pattern | Items) -> tuple[WeaponClass | None, bool]:
        """The class of weapons that is named, ``None`` for any; and whether all of it is known."""
        bounds = {}
        for key, unit in (("calibre", "mm"), ("range", "km")):
            text = getattr(spec, key, None)
            if text is not None:
                try:
                    bounds[key] = parse_bound(text, unit)
                except ValueError as error:
                    self.fault(document, (*at, key), str(error), code="AGR022")
                    return None, False
        names = spec.weapon
        if names is None and not bounds:
            return None, True
        arsenal = self.vocabulary.weapons
        unknown = [name for name in names or () if not arsenal.knows(name)]
        for name in unknown:
            hint = did_you_mean(
                name, arsenal.names, "see 'servanda readers --codes', or add it under 'codes: weapons:'"
            )
            what = f"not a known class of weapons or weapon system: {name!r}"
            self.fault(document, (*at, "weapon"), what, hint, code="AGR021")
        return WeaponClass(tuple(names or ("weapon",)), bounds.get("calibre"), bounds.get("range")), not unknown

    def _force(self, document: Document, at: Path_, spec: written.Force | None) -> tuple[Force | None, bool]:
        """Whose force is meant, ``None`` for anybody's; and whether it is said in one way."""
        if spec is None:
            return None, True
        sound = (spec.foreign_to is None) != (spec.states is None)
        if not sound:
            what = "a force is described by exactly one of 'foreign_to' and 'states'"
            self.fault(document, (*at, "of"), what, "keep one of them", code="AGR049")
        return Force((spec.foreign_to or "").upper() or None, tuple(s.upper() for s in spec.states or ())), sound

    def _where(
        self, document: Document, at: Path_, places: list[str] | dict[str, list[str]] | None, binds: tuple[str, ...]
    ) -> tuple[str | None, dict[str, str], str]:
        """The place that holds for all, or the place for each; and both in words."""
        if places is None:
            return None, {}, ""
        if isinstance(places, list):
            return self._place(document, at, places), {}, " or ".join(places)
        place_of = {}
        for party, names in places.items():
            self.known_actors(document, (*at, party), [party], self.actors)
            key = self._place(document, (*at, party), names)
            if key is not None:
                place_of[party] = key
        missing = [party for party in binds if party not in places]
        if missing:
            what = f"gives no place for {', '.join(missing)}"
            self.fault(document, at, what, "give a place for each whom the term binds", code="AGR050")
        return None, place_of, ", ".join(f"{' or '.join(names)} for {party}" for party, names in places.items())

    def _codes(self, document: Document, path: Path_, codes: list[str], tree: Tree) -> bool:
        """Whether all codes are in the vocabulary; each that is not is a fault."""
        unknown = [code for code in codes if code not in tree]
        for code in unknown:
            hint = did_you_mean(code, tree.codes, CODES_HINT)
            self.fault(document, path, f"not a known {tree.kind} code: {code!r}", hint, code="AGR019")
        return not unknown

    def _place(self, document: Document, path: Path_, names: list[str]) -> str | None:
        """The key of the place that all names make together."""
        for name in names:
            if name not in self.base.places:
                hint = did_you_mean(name, self.base.places, "describe it under 'places:'")
                self.fault(document, path, f"there is no place {name!r}", hint, code="AGR016")
                return None
        if any(name not in self.places for name in names):
            return None
        for name in names:
            if isinstance(self.places[name], Line):
                hint = "use a place 'within' some distance of it"
                self.fault(document, path, f"{name!r} is a line and has no inside", hint, code="AGR051")
                return None
            if nothing_in(self.places[name]):
                what = f"nothing lies in the place {name!r}"
                self.fault(document, path, what, "check what it is made of", code="AGR051")
                return None
        key = " + ".join(names)
        if key not in self.places:
            self.places[key] = when_asked(tuple(self.places[name] for name in names))
        return key
