"""Weapons by class, calibre and range, so that "100 mm and more" finds a D-30 and not an 82 mm mortar.

Reports name weapons in words: a system ("2S1", "Grad"), a class ("mortar"), a calibre and a class ("122 mm howitzer"),
or nothing. For a class of weapons that a term speaks of, a name surely falls under it (2), possibly (1), or not (0); a name
that tells neither is possible. The systems, with where their figures come from, are in ``data/arsenal.yaml``.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from servanda.values.gazetteer import gazetteer

CLASSES: dict[str, str | None] = {code: above or None for code, above in gazetteer("arsenal.yaml")["classes"].items()}
"""Classes of weapons, each with the class above it."""
_WORDS: dict[str, str] = gazetteer("arsenal.yaml")["words"]
_COMPARISON = re.compile(r"^\s*(>=|<=|>|<|=)?\s*(\d+(?:\.\d+)?)\s*(mm|km)\s*$")
_NUMBER = r"\d{1,4}(?:[.,]\d{1,2}(?!\d))?"
_CALIBRES = re.compile(
    rf"(?<![\w.,×])(?<!\w-)({_NUMBER}(?:\s*(?:[/–,;-]|or|and|to)\s*{_NUMBER})*)[\s-]*(?:mm|мм)\b"  # noqa: RUF001  as people type them
)
"""One calibre or several: "152,4 mm", "82/120 mm"."""
_BETWEEN = re.compile(r"\s*(?:[/,;]|or|and|to)\s*")
_OR = rf"\b(?:{'|'.join(gazetteer('arsenal.yaml')['or'])})\b"
_EITHER = re.compile(_OR)
_JOINED = re.compile(rf"[;,/+&]|{_OR}|\b(?:{'|'.join(gazetteer('arsenal.yaml')['and'])})\b")
"""Between the weapons of a list."""


_LETTERS = str.maketrans(gazetteer("arsenal.yaml")["letters"])
_CYRILLIC = r"[\u0430-\u044f]"
_DESIGNATION = re.compile(
    rf"\b(?:{_CYRILLIC}{{1,3}}-?\d+(?:{_CYRILLIC}+\d*)?|\d+{_CYRILLIC}{{1,2}}\d+{_CYRILLIC}?)\b", re.IGNORECASE
)
"""A designation in Cyrillic, as in :func:`fold`, and of two numbers (2S1)."""
_APART = re.compile(r"\b([a-z]{1,3}) (?=\d)")
"""A designation whose hyphen is gone: "t 72b3"."""


def fold(name: str) -> str:
    """A name without case, hyphens, accents and marks, so that "BM-21 'Grad'" and "bm 21 grad" are one, and "Д-30" is "D-30"."""
    if not name.isascii():
        name = _DESIGNATION.sub(lambda told: told[0].upper().translate(_LETTERS), name)
        name = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^\w.]+|_", " ", name.lower()).split())


@dataclass(frozen=True, slots=True)
class System:
    """One system: its class, calibre (mm) and range (km), as far as they are known."""

    name: str
    of: str
    calibre_mm: float | None = None
    range_km: float | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    """A comparison with a number: ">= 100 mm"."""

    sign: str
    number: float
    unit: str

    def holds(self, value: float) -> bool:
        """Whether a value in the same unit is within the bound."""
        return {
            ">=": value >= self.number,
            "<=": value <= self.number,
            ">": value > self.number,
            "<": value < self.number,
            "=": value == self.number,
        }[self.sign]

    def __str__(self) -> str:
        return f"{self.sign} {self.number:g} {self.unit}"


def parse_bound(text: str, unit: str) -> Bound:
    """Read ">= 100 mm" or "<= 20 km". Raises ``ValueError`` with what would be right."""
    match = _COMPARISON.match(text)
    if match is None or match[3] != unit:
        raise ValueError(f"{text!r} is not a valid bound in {unit}; write for example '>= 100 {unit}'")
    return Bound(match[1] or "=", float(match[2]), unit)


@dataclass(frozen=True, slots=True)
class WeaponClass:
    """The weapons that a term speaks of: of these classes or systems, within these bounds."""

    names: tuple[str, ...]
    calibre: Bound | None = None
    range: Bound | None = None

    def __str__(self) -> str:
        words = " or ".join(n.replace("_", " ") for n in self.names)
        for name, bound in (("calibre", self.calibre), ("range", self.range)):
            words += f" of {name} {bound}" if bound else ""
        return words


@dataclass(frozen=True)
class Arsenal:
    """Systems by their folded names and aliases."""

    systems: Mapping[str, System] = field(repr=False)

    def extend(self, more: Iterable[tuple[System, Iterable[str]]]) -> Arsenal:
        """With further systems and their aliases; the later entry wins."""
        added = {fold(alias): system for system, aliases in more for alias in (system.name, *aliases)}
        return Arsenal({**self.systems, **added})

    @property
    def names(self) -> list[str]:
        """Every class and system by its name and aliases, for hints."""
        own = (name for alias, system in self.systems.items() for name in (system.name, alias))
        return list(dict.fromkeys((*CLASSES, *own)))

    def knows(self, name: str) -> bool:
        """Whether a name is a class or a system."""
        return name in CLASSES or self.identify(name).of != "weapon"

    def identify(self, name: str) -> System:
        """What a name stands for, where it names one thing; of several, a weapon of which nothing more is known."""
        named = self.named(name)
        return named[0] if len(named) == 1 else System(name, "weapon")

    @functools.lru_cache(maxsize=100_000)  # noqa: B019  the few arsenals live as long as the program
    def named(self, name: str) -> tuple[System, ...]:
        """What a name in a report stands for: systems, or else classes with what calibres the words tell; several where it names several."""
        folded = fold(name)
        system = self.systems.get(folded) or self.systems.get(folded.replace(" ", ""))
        if system is not None:
            return (system,)
        either = _EITHER.split(_calibres_together(name)) if _EITHER.search(name.lower()) else ()
        told = all(self._held(one) or _held(fold(one), _CLASS_WORDS) or _calibres(one) for one in either)
        another = () if told else (System(name, "weapon"),)  # it may be something of which nothing is known
        if systems := self._held(name):
            return (*systems, *self._beside(name, systems), *another)
        return (*_of_words(name), *another)

    def _held(self, name: str) -> list[System]:
        """The systems that a name tells: "82/120 mm mortars" are not those of 120 mm alone."""
        several, folded = len(_calibres(name)) > 1, fold(name)
        systems = {alias: s for alias, s in self.systems.items() if not (several and "mm" in alias)}
        return _held(folded, systems) or _held(_APART.sub(r"\1", folded), systems)

    def _beside(self, name: str, systems: Collection[System]) -> Iterator[System]:
        """What a name lists beside systems: "D-30 or 82 mm mortar" is not a D-30 alone, and a "D-30, howitzer" is."""
        for part in _JOINED.split(_calibres_together(name)):
            for one in () if self._held(part) else _of_words(part):
                if not any(one.of in _up(system.of) or system.of in _up(one.of) for system in systems):
                    yield one

    def level(self, wanted: WeaponClass, name: str | None) -> int:
        """2: the named weapon surely is of the wanted class; 1: possibly; 0: it is not. Where a name names several that differ in this, possibly."""
        if name is None:
            return 1
        levels = {self._level(wanted, system) for system in self.named(name)}
        return levels.pop() if len(levels) == 1 else 1

    def _level(self, wanted: WeaponClass, system: System) -> int:
        level = max(self._of_class(system, one) for one in wanted.names)
        for bound, value in ((wanted.calibre, system.calibre_mm), (wanted.range, system.range_km)):
            if bound is not None:
                level = min(level, 1 if value is None else 2 if bound.holds(value) else 0)
        return level

    def covers(self, named: str, wanted: WeaponClass) -> bool:
        """Whether who speaks of all of what a name means speaks of all that is wanted: a class at or above it, or the same system."""
        folded = fold(named)
        classes = {of for of in CLASSES if folded in (of.replace("_", " "), of.replace("_", " ") + "s")}
        classes |= {_WHOLE_CLASS[folded]} if folded in _WHOLE_CLASS else set()
        return all(
            fold(one) == folded or classes & set(_up(one if one in CLASSES else self.identify(one).of))
            for one in wanted.names
        )

    def _of_class(self, named: System, wanted: str) -> int:
        if wanted not in CLASSES:
            system = self.identify(wanted)
            if system.name not in self._names():  # words for a class: howitzers, 120 mm mortar
                level = 2 if system.of in _up(named.of) else int(named.of in _up(system.of))
                other = system.calibre_mm is not None and named.calibre_mm != system.calibre_mm
                return level if not other else min(level, int(named.calibre_mm is None))
            return 2 if system == named else 1 if named.of in _up(system.of) and named.name not in self._names() else 0
        if wanted in _up(named.of):
            return 2
        return 1 if named.of in _up(wanted) else 0

    @functools.lru_cache(maxsize=8)  # noqa: B019
    def _names(self) -> frozenset[str]:
        return frozenset(system.name for system in self.systems.values())

    def __hash__(self) -> int:
        return id(self)


_AIRCRAFT = "combat_aircraft"  # of which a word for aircraft alone does not say that it fights
_ABROAD = gazetteer("thing_words.yaml")["weapons"].items()
_CLASS_WORDS: dict[str, str] = {
    **{fold(word): of for of, words in _ABROAD if of != _AIRCRAFT for word in words},
    **{of.replace("_", " "): of for of in CLASSES if of != "weapon"},
    **{fold(word): of for word, of in _WORDS.items()},
}
"""Words for classes, in several languages; those of the arsenal go before those for things in tables."""
_WHOLE_CLASS: dict[str, str] = {
    word: of
    for word, of in _CLASS_WORDS.items()
    if of in ("artillery", "howitzer", "mortar", "tank") and " " not in word
}
"""Words that mean all of a class, in several languages; those of other classes are often for a part of it (rifle)."""
_NOT_AGAINST = "".join(rf"(?<!\b{word} )" for word in gazetteer("arsenal.yaml")["against"])
_CONSONANTS = frozenset(gazetteer("arsenal.yaml")["consonants"])
_ENDINGS = f"(?:{'|'.join(gazetteer('arsenal.yaml')['endings'])})?"
_numbers = re.compile(_NUMBER).findall
_T = TypeVar("_T")


def _held(folded: str, words: Mapping[str, _T]) -> list[_T]:
    """What the words of a text stand for, longer words first; "anti-tank" is no tank."""
    left, found = f" {folded} ", []
    for word in sorted(words, key=len, reverse=True):
        if word in left:
            endings = _ENDINGS if word[-1] in _CONSONANTS else "s?"
            left, times = re.subn(rf"{_NOT_AGAINST}\b{re.escape(word)}{endings}\b", "|", left)
            found += [words[word]] * bool(times)
    return list(dict.fromkeys(found))


def _calibres(name: str) -> list[float]:
    """The calibres that a name tells, in millimetres."""
    told = {float(n.replace(",", ".")) for listed in _CALIBRES.findall(name.lower()) for n in _numbers(listed)}
    return sorted(told)


def _calibres_together(name: str) -> str:
    """A name in small letters, in which nothing stands between several calibres of one weapon that lists could be divided at."""
    return _CALIBRES.sub(lambda listed: _BETWEEN.sub("-", listed[0]), name.lower())


def _of_words(name: str) -> tuple[System, ...]:
    """The classes that a name tells, each with the calibres; a weapon of which nothing more is known where it tells none."""
    classes = _held(fold(name), _CLASS_WORDS)
    above = {up for of in classes for up in _up(of)[1:]}
    return tuple(
        System(name, of, calibre)
        for of in [of for of in classes if of not in above] or ["weapon"]
        for calibre in _calibres(name) or (None,)
    )


def _up(of: str) -> tuple[str, ...]:
    """A class and all above it."""
    line = [of]
    while (above := CLASSES[line[-1]]) is not None:
        line.append(above)
    return tuple(line)


def _systems() -> Iterable[tuple[System, Iterable[str]]]:
    for entry in gazetteer("arsenal.yaml")["systems"]:
        calibre, reach = (float(entry[key]) if key in entry else None for key in ("calibre_mm", "range_km"))
        yield System(entry["name"], entry["class"], calibre, reach), entry["aliases"]


ARSENAL = Arsenal({}).extend(_systems())
"""The systems that Servanda knows (``data/arsenal.yaml``); an agreement adds its own under ``codes: weapons:``."""
