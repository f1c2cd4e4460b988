"""The agreement resolved: every code, place and instant known, every reading a text of its own.

What depends on events ("three days after the order") stays a :class:`When` until the evidence says when that was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

from servanda.values.codes import Vocabulary
from servanda.values.geo.containment import MILLION
from servanda.values.geo.projection import Frame
from servanda.values.geo.shapes import Place
from servanda.values.time import Duration, Interval
from servanda.values.weapons import WeaponClass


@dataclass(frozen=True, slots=True)
class Mandate:
    """What confirms, and how sure the mechanism must be (design 3 and 5).

    ``threshold`` is in millionths; ``detection`` is a probability.
    """

    standard: str
    threshold: int
    detection: float
    attribution: bool
    by_observation: bool
    grades: tuple[str, ...]
    origins: int
    admission: bool

    @property
    def words(self) -> str:
        """The standard with its number, in words."""
        number = "more than 0.5" if self.threshold == MILLION // 2 + 1 else f"{self.threshold / MILLION:g}"
        return f"{self.standard.replace('_', ' ')} ({number})"

    @property
    def threshold_probability(self) -> float:
        return self.threshold / MILLION


@dataclass(frozen=True, slots=True)
class Exemption:
    """An exception to a term; all of ``only_if`` must be shown."""

    id: str
    text: str
    only_if: tuple[str, ...]


CONSENT = "consent of "
"""A precondition that begins so is shown by the named party's own word too."""


@dataclass(frozen=True, slots=True)
class When:
    """An instant, or one that counts from an event: ``event`` plus (or, ``before``, minus) ``offset``."""

    instant: datetime | None = None
    event: str | None = None
    offset: Duration | None = None
    before: bool = False
    whole_day: bool = False
    """A day, and not an hour, was named: it means the end of that day."""

    def moved(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """What becomes of the event's instant. Raises ``ValueError`` beyond the years that can be counted."""
        if self.offset is None:
            return moment
        sign = -1 if self.before else 1
        return Duration(sign * self.offset.amount, self.offset.unit).after(moment, zone)

    def __str__(self) -> str:
        if self.event is None:
            return "" if self.instant is None else self.instant.isoformat()
        name = self.event.replace("_", " ")
        return name if self.offset is None else f"{self.offset} {'before' if self.before else 'after'} {name}"


@dataclass(frozen=True, slots=True)
class Force:
    """Whose force: foreign to a state, or of some states; nationality, command and payroll decide, never the label."""

    foreign_to: str | None = None
    states: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pattern:
    """What is looked for in the evidence.

    ``acts`` and ``targets`` hold every code that surely falls under it, ``acts_above`` and ``targets_above`` the more
    general codes that may; ``targets`` is ``None`` for any. ``place_of`` gives a place for single parties. ``by`` names who
    does it, where that is not whom the term binds.
    """

    act_codes: tuple[str, ...]
    target_codes: tuple[str, ...]
    acts: frozenset[str]
    acts_above: frozenset[str]
    targets: frozenset[str] | None
    targets_above: frozenset[str]
    place: str | None = None
    place_words: str = ""
    place_of: Mapping[str, str] = field(default_factory=dict, hash=False)
    weapon: WeaponClass | None = None
    force: Force | None = None
    by: tuple[str, ...] = ()

    def at(self, party: str | None) -> Pattern:
        """The pattern in the place that holds for one party."""
        if not self.place_of or party is None:
            return self
        place = self.place_of.get(party)
        return replace(self, place=place, place_words=(place or "").replace(" + ", " or "), place_of={})


@dataclass(frozen=True, slots=True)
class Forbid:
    """A prohibition."""

    what: Pattern


@dataclass(frozen=True, slots=True)
class Limit:
    """A cap on what is there at once, or with ``per`` on what happens in a period. ``to`` in thousandths of ``unit``."""

    what: Pattern
    to: int
    unit: str
    per: Duration | None = None


@dataclass(frozen=True, slots=True)
class Require:
    """Deeds, each to be done by the deadline. With ``levels`` they are the milestones of a slow duty, in order."""

    deeds: tuple[Pattern, ...]
    levels: tuple[str, ...] = ()
    baseline: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Quota:
    """So much, ``at_least`` in thousandths of ``unit``, in every period; without ``every``, by the deadline."""

    what: Pattern
    at_least: int
    unit: str
    every: Duration | None = None


@dataclass(frozen=True, slots=True)
class Respond:
    """A deed within a time after each trigger: anyone's (or ``to.by``), one's own, or another party's."""

    to: Pattern
    deed: Pattern
    within: Duration
    whose: Literal["anyone", "self", "other"] = "anyone"


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice so long before each activity."""

    of: Pattern
    deed: Pattern
    before: Duration


@dataclass(frozen=True, slots=True)
class Items:
    """Declared items at declared sites, one by one."""

    what: Pattern
    weapon: WeaponClass | None = None
    sites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trigger:
    """An event, or so many confirmed incidents under some terms."""

    event: str | None = None
    terms: tuple[str, ...] = ()
    party: str | None = None
    at_least: int = 1


@dataclass(frozen=True, slots=True)
class Consequence:
    """What follows: ``deed`` by ``by``, or ``effect`` by itself; ``unless`` an event stops it."""

    within: Duration
    by: str | None = None
    deed: Pattern | None = None
    effect: str = ""
    unless: str | None = None


@dataclass(frozen=True, slots=True)
class Guarantee:
    """What sets it off, what follows, what voids it."""

    when: Trigger
    then: tuple[Consequence, ...]
    void_if: tuple[Trigger, ...] = ()


@dataclass(frozen=True, slots=True)
class Unverifiable:
    """A clause that no observation can decide."""

    why: str


Kind: TypeAlias = Forbid | Limit | Require | Quota | Respond | Notice | Items | Guarantee | Unverifiable


@dataclass(frozen=True, slots=True)
class Term:
    """One clause of one version and reading. ``window`` is the time it may bind, as far as dates alone tell;
    ``starts`` and ``until`` are what events add: it binds from when the last of ``starts`` has come.
    """

    id: str
    title: str
    text: str
    source: str
    binds: tuple[str, ...]
    kind: Kind
    window: Interval
    starts: tuple[When, ...] = ()
    until: When | None = None
    deadline: When | None = None
    exemptions: tuple[Exemption, ...] = ()
    observed_by: tuple[str, ...] = ()
    asymmetric: str = ""
    version: str = ""

    @property
    def what(self) -> Pattern | None:
        """The pattern that the term is mainly about; ``None`` where there is none."""
        match self.kind:
            case Forbid(what) | Limit(what) | Quota(what) | Items(what):
                return what
            case Require(deeds):
                return deeds[-1]
            case Respond(_, deed, _):
                return deed
            case Notice(of, _, _):
                return of
        return None

    @property
    def moves(self) -> bool:
        """Whether events decide when it binds."""
        return bool(self.starts) or self.until is not None


@dataclass(frozen=True, slots=True)
class Quiet:
    """So long without an act, since an instant."""

    of: Pattern
    length: Duration
    since: When


@dataclass(frozen=True, slots=True)
class Event:
    """Something that clocks count from: a date, the first act, quiet, a term complied with, all or any of others."""

    id: str
    on: datetime | None = None
    done: Pattern | None = None
    quiet: Quiet | None = None
    complied: str | None = None
    all_of: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """The agreement as one reading has it. ``reading`` is ``None`` where there is only one."""

    reading: str | None
    terms: tuple[Term, ...]
    in_force: Interval
    events: tuple[Event, ...] = ()

    @property
    def draft(self) -> bool:
        """Whether nothing is in force, because no start was agreed."""
        return self.in_force.is_empty


@dataclass(frozen=True)
class Agreement:
    """A whole agreement. ``places`` holds every named place, and one per list of places that a term uses."""

    id: str
    title: str
    file: str
    sha256: str
    zone: ZoneInfo
    parties: Mapping[str, str]
    guarantors: Mapping[str, str]
    mandate: Mandate
    vocabulary: Vocabulary
    frame: Frame | None
    places: Mapping[str, Place]
    texts: tuple[Text, ...]
    third_states: Mapping[str, str] = field(default_factory=dict)
    bodies: Mapping[str, str] = field(default_factory=dict)
    signed: datetime | None = None
    notes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    @property
    def term_ids(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(term.id for text in self.texts for term in text.terms))

    @property
    def actors(self) -> Mapping[str, str]:
        """Everybody who can do something under the agreement: parties first, then guarantors, third states, bodies."""
        return {**self.parties, **self.guarantors, **self.third_states, **self.bodies}
