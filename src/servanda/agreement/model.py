"""The agreement resolved: every code, place and instant known, every reading a text of its own.

What depends on events ("three days after the order") stays a ``When`` until the evidence says when that was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from functools import cached_property
from zoneinfo import ZoneInfo

from shapely.geometry.base import BaseGeometry

from servanda.agreement.kinds import TermKind
from servanda.agreement.pattern import Pattern, When
from servanda.agreement.schema.file import Decides
from servanda.agreement.standards import Standard
from servanda.values.codes import Vocabulary
from servanda.values.geo.containment import MILLION
from servanda.values.geo.projection import Frame
from servanda.values.geo.shapes import Place
from servanda.values.reporting_day import ReportingDay
from servanda.values.time import Duration, Interval
from servanda.values.tolerance import Tolerance
from servanda.wording import plural


def clause_of(term_id: str) -> str:
    """The id of the clause of which a term is one version.

    Args:
        term_id: the id of a term.

    Returns:
        The same without the version.
    """
    return term_id.split("@", maxsplit=1)[0]


@dataclass(frozen=True, slots=True)
class Mandate:
    """What confirms, and how sure the mechanism must be (design 3 and 5).

    ``rule``: what the standard asks for. ``threshold``: the least certainty of place and time, in millionths; ``detection`` is a
    probability. ``grades``: whose observation confirms; ``weighing``: whose word weighs, beside those that nobody graded.
    ``origins``: how many that weigh suffice; 0: no number does. ``tolerance``: what may be unwatched, ``None`` for nothing.
    ``exposure``: how long must have been watched before anything is complied.
    """

    standard: str
    rule: Standard
    threshold: int
    detection: float
    attribution: bool
    by_observation: bool
    grades: tuple[str, ...]
    weighing: tuple[str, ...]
    origins: int
    admission: bool
    severity: tuple[str, ...] = ()
    """How grave acts are, rising, in the words in which bodies assess them."""
    tolerance: Tolerance | None = None
    exposure: Duration = field(default_factory=lambda: Duration(24, "hours"))
    decides: Decides = "rule"
    """Whose answer is the finding: that of a body that determined it through its steps, or always the rule's."""
    figures: tuple[str, ...] = ()
    """Whose published counts are evidence: names of claimants, or ``all``."""
    attribution_stated: bool = True
    """Whether the file says whether authors are named; where it does not, they are."""
    reporting_day: ReportingDay | None = None
    """When the mission's day ends, where the mandate says so."""

    @property
    def attribution_words(self) -> str:
        """Whether authors are named, in the sentence that every output begins with."""
        if not self.attribution_stated:
            return "The mandate does not say whether authors are named; the verdicts name them."
        if self.attribution:
            return "By its mandate the mechanism names authors: verdicts say which party did it."
        return "By its mandate the mechanism names no author: no verdict says which party did it."

    @property
    def words(self) -> str:
        """The standard, and the certainty of place and time that goes with it, in words."""
        number = "more than 0.5" if self.more_than_half else f"at least {self.threshold / MILLION:g}"
        return f"{self.standard.replace('_', ' ')} (certainty of place and time: {number})"

    @property
    def more_than_half(self) -> bool:
        """Whether just more than a half is asked for, which no rounded number says."""
        return self.threshold == MILLION // 2 + 1

    @property
    def threshold_probability(self) -> float:
        return self.threshold / MILLION


@dataclass(frozen=True, slots=True)
class Exemption:
    """An exception to a term; all of ``only_if`` must be shown.

    ``within``: how soon after its precondition, in microseconds. ``at_most``: how much, in thousandths. ``acts``: what alone it
    allows.
    """

    id: str
    text: str
    only_if: tuple[str, ...]
    within: int | None = None
    at_most: int | None = None
    acts: frozenset[str] | None = None

    @property
    def limited(self) -> bool:
        """Whether it allows less than everything that came after its precondition: by when, how much, or what it was."""
        return self.within is not None or self.at_most is not None or self.acts is not None


CONSENT = "consent of "
"""A precondition that begins so is shown by the named party's own word too."""


NOT_AGREED = "open"
"""The key under which a whole clause is not settled: it stands in brackets, and the value says whose."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A parameter of a clause that is not the text's: its key, and what the makers of the file wrote; or that the clause is open."""

    key: str
    value: str


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
    kind: TermKind
    window: Interval
    starts: tuple[When, ...] = ()
    counts_from: When | None = None
    """The one of ``starts`` that it binds ``from``; the others must only have come first (``only_after``)."""
    until: When | None = None
    deadline: When | None = None
    exemptions: tuple[Exemption, ...] = ()
    observed_by: tuple[str, ...] = ()
    asymmetric: str = ""
    version: str = ""
    ours: tuple[Chosen, ...] = ()
    """What of it is not in the text. No breach rests on it (``verdicts/chosen.py``)."""
    words: tuple[str, ...] = ()
    """Words by which texts speak of it, in any language."""

    @property
    def clause(self) -> str:
        """The id of the clause, of which it is one version."""
        return clause_of(self.id)

    @property
    def what(self) -> Pattern | None:
        """The pattern that the term is mainly about; ``None`` where there is none."""
        return self.kind.main

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
    """The agreement as one reading has it. ``reading`` is ``None`` where there is only one; ``of``: whose reading it is;
    ``since``: when it was entered.
    """

    reading: str | None
    terms: tuple[Term, ...]
    in_force: Interval
    events: tuple[Event, ...] = ()
    of: tuple[str, ...] = ()
    since: datetime | None = None
    extensions: tuple[tuple[str, datetime], ...] = ()
    """Prolongations that count: by how long, and until when; each is counted from the end before it."""
    refused: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Prolongations that do not: by how long, and the parties that did not agree."""

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

    def __repr__(self) -> str:
        counts = (len(self.term_ids), "term"), (len(self.parties), "party"), (len(self.texts), "reading")
        return f"<Agreement {self.id}: {', '.join(plural(n, one, 'parties' if one == 'party' else '') for n, one in counts)}>"

    @property
    def reporting_day(self) -> ReportingDay:
        """When a day ends in all that counts by days: as the mandate says, else at midnight of the agreement's zone."""
        return self.mandate.reporting_day or ReportingDay(time(), self.zone)

    @property
    def term_ids(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(term.id for text in self.texts for term in text.terms))

    @cached_property
    def actors(self) -> Mapping[str, str]:
        """Everybody who can do something under the agreement: parties first, then guarantors, third states, bodies."""
        return {**self.sides, **self.bodies}

    @property
    def sides(self) -> Mapping[str, str]:
        """Those of them whose a source may be: all but the bodies."""
        return {**self.parties, **self.guarantors, **self.third_states}

    @cached_property
    def drawn(self) -> Mapping[str, BaseGeometry]:
        """The outline of every place as it lies on the agreement's maps, in metres; nothing where it names no place."""
        if self.frame is None:
            return {}
        return {name: self.frame.project(place.outline()) for name, place in self.places.items()}
