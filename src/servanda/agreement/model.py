"""The agreement resolved: every instant known, every place measurable, every reading a text of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from servanda.values.codes import Vocabulary
from servanda.values.frame import Frame
from servanda.values.locate import MILLION
from servanda.values.space import Place
from servanda.values.time import Interval


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


@dataclass(frozen=True, slots=True)
class Forbid:
    """A prohibition: acts (and targets, unless any) that the bound parties must not commit, there and then.

    ``acts`` and ``targets`` hold every code that surely falls under the term; ``acts_above`` and
    ``targets_above`` the more general codes that may. ``window`` is the time in which the term binds.
    """

    id: str
    title: str
    text: str
    source: str
    binds: tuple[str, ...]
    act_codes: tuple[str, ...]
    target_codes: tuple[str, ...]
    acts: frozenset[str]
    acts_above: frozenset[str]
    targets: frozenset[str] | None
    targets_above: frozenset[str]
    place: str | None
    place_words: str
    window: Interval
    exemptions: tuple[Exemption, ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """The agreement as one reading has it. ``reading`` is ``None`` where there is only one."""

    reading: str | None
    terms: tuple[Forbid, ...]
    in_force: Interval


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
    notes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    @property
    def term_ids(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(term.id for text in self.texts for term in text.terms))
