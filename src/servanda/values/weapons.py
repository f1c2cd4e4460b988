"""Weapons by class, calibre and range, so that "100 mm and more" finds a D-30 and not an 82 mm mortar.

Reports name weapons in words: a system ("2S1", "Grad"), a class ("mortar"), a calibre and a class ("122 mm howitzer"),
or nothing. For a class of weapons that a term speaks of, a name surely falls under it (2), possibly (1), or not (0); a name
that tells neither is possible. Calibres are the makers' designations. Ranges are those of the list of the
Minsk Memorandum of 19 September 2014 (9 km for the MT-12 and 8 km for the 120 mm mortar stand in the published text;
the others are taken from the list as it circulated and need a check before use as a finding).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

CLASSES: dict[str, str | None] = {
    "weapon": None,
    "heavy_weapon": "weapon",
    "armour": "heavy_weapon",
    "tank": "armour",
    "infantry_fighting_vehicle": "armour",
    "armoured_carrier": "armour",
    "artillery": "heavy_weapon",
    "gun": "artillery",
    "howitzer": "artillery",
    "mortar": "artillery",
    "rocket_artillery": "artillery",
    "tactical_missile": "heavy_weapon",
    "air_defence": "heavy_weapon",
    "combat_aircraft": "heavy_weapon",
    "uncrewed_aircraft": "weapon",
    "small_arm": "weapon",
}
_WORDS: dict[str, str] = {
    "mlrs": "rocket_artillery",
    "multiple launch rocket system": "rocket_artillery",
    "ifv": "infantry_fighting_vehicle",
    "apc": "armoured_carrier",
    "sam": "air_defence",
    "surface to air missile": "air_defence",
    "uav": "uncrewed_aircraft",
    "drone": "uncrewed_aircraft",
    "anti tank gun": "gun",
    "cannon": "gun",
    "aircraft": "combat_aircraft",
    "helicopter": "combat_aircraft",
    "rifle": "small_arm",
    "machine gun": "small_arm",
}
_SYSTEMS = """
MT-12 Rapira | gun | 100 | 9 | mt12, rapira
2A36 Giatsint-B | gun | 152 | | 2a36, giatsint b
M-46 | gun | 130 | | m46
D-20 | howitzer | 152 | | d20
D-30 | howitzer | 122 | 16 | d30, 2a18
2S1 Gvozdika | howitzer | 122 | 16 | 2s1, gvozdika
2S3 Akatsiya | howitzer | 152 | 33.5 | 2s3, akatsiya, akatsia
2S5 Giatsint-S | gun | 152 | 33.5 | 2s5, giatsint s
2S7 Pion | gun | 203 | | 2s7, pion
2S19 Msta-S | howitzer | 152 | 33.5 | 2s19, msta s
2A65 Msta-B | howitzer | 152 | 33.5 | 2a65, msta b
2S9 Nona-S | mortar | 120 | | 2s9, nona s, nona
2S12 Sani | mortar | 120 | 8 | 2s12, sani, 2b11, 120 mm mortar
2B14 Podnos | mortar | 82 | | 2b14, podnos
2B9 Vasilek | mortar | 82 | | 2b9, vasilek
M777 | howitzer | 155 | | m777
CAESAR | howitzer | 155 | | caesar
BM-21 Grad | rocket_artillery | 122 | 21 | bm21, grad
BM-27 Uragan | rocket_artillery | 220 | 36 | bm27, 9p140, uragan
BM-30 Smerch | rocket_artillery | 300 | 70 | bm30, 9a52, smerch
Tornado-G | rocket_artillery | 122 | 40 | tornado g
Tornado-U | rocket_artillery | 220 | 70 | tornado u
Tornado-S | rocket_artillery | 300 | 120 | tornado s
HIMARS | rocket_artillery | 227 | | himars, m142
Tochka | tactical_missile | | 120 | tochka, tochka u, ss21
Iskander | tactical_missile | | | iskander, iskander m
T-64 | tank | 125 | | t64, t64b, t64bv
T-72 | tank | 125 | | t72, t72b, t72b3
T-80 | tank | 125 | | t80, t80bv
T-90 | tank | 125 | | t90, t90m
BMP-1 | infantry_fighting_vehicle | 73 | | bmp1
BMP-2 | infantry_fighting_vehicle | 30 | | bmp2
BTR-80 | armoured_carrier | 14.5 | | btr80
MT-LB | armoured_carrier | 7.62 | | mtlb
S-300 | air_defence | | | s300
Buk | air_defence | | | buk, 9k37
Osa | air_defence | | | osa, 9k33
"""
_COMPARISON = re.compile(r"^\s*(>=|<=|>|<|=)?\s*(\d+(?:\.\d+)?)\s*(mm|km)\s*$")
_CALIBRE = re.compile(r"(\d{1,3}(?:\.\d+)?) ?mm\b")


def fold(name: str) -> str:
    """A name without case, hyphens and marks, so that "BM-21 'Grad'" and "bm 21 grad" are one."""
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
        raise ValueError(f"{text!r} is no bound in {unit}; write for example '>= 100 {unit}'")
    return Bound(match[1] or "=", float(match[2]), unit)


@dataclass(frozen=True, slots=True)
class WeaponClass:
    """The weapons that a term speaks of: of these classes or systems, within these bounds."""

    names: tuple[str, ...]
    calibre: Bound | None = None
    range: Bound | None = None

    def __str__(self) -> str:
        words = " or ".join(n.replace("_", " ") for n in self.names)
        for what, bound in (("calibre", self.calibre), ("range", self.range)):
            words += f" of {what} {bound}" if bound else ""
        return words


@dataclass(frozen=True)
class Arsenal:
    """Systems by their folded names and aliases."""

    systems: Mapping[str, System] = field(repr=False)

    def extend(self, more: Iterable[tuple[System, Iterable[str]]]) -> Arsenal:
        """With further systems and their aliases; the later entry wins."""
        added = {fold(alias): system for system, aliases in more for alias in (system.name, *aliases)}
        return Arsenal({**self.systems, **added})

    def knows(self, name: str) -> bool:
        """Whether a name is a class or a system."""
        return name in CLASSES or self.identify(name).of != "weapon"

    @functools.lru_cache(maxsize=100_000)  # noqa: B019  the few arsenals live as long as the program
    def identify(self, name: str) -> System:
        """What a name in a report stands for: a system, or a class with what calibre the words tell."""
        folded = fold(name)
        if folded in self.systems:
            return self.systems[folded]
        squeezed = folded.replace(" ", "")
        if squeezed in self.systems:
            return self.systems[squeezed]
        told = _CALIBRE.search(folded)
        calibre = float(told[1]) if told else None
        words = f" {folded} "
        for alias in sorted(self.systems, key=len, reverse=True):
            if f" {alias} " in words:
                return self.systems[alias]
        for word, of in sorted(_WORDS.items(), key=lambda w: -len(w[0])):
            if f" {word} " in words or f" {word}s " in words:
                return System(name, of, calibre)
        for of in sorted(CLASSES, key=len, reverse=True):
            plain = of.replace("_", " ")
            if of != "weapon" and (f" {plain} " in words or f" {plain}s " in words):
                return System(name, of, calibre)
        return System(name, "weapon", calibre)

    def level(self, wanted: WeaponClass, name: str | None) -> int:
        """2: the named weapon surely is of the wanted class; 1: possibly; 0: it is not."""
        if name is None:
            return 1
        found = self.identify(name)
        level = max(self._of_class(found, one) for one in wanted.names)
        for bound, value in ((wanted.calibre, found.calibre_mm), (wanted.range, found.range_km)):
            if bound is not None:
                level = min(level, 1 if value is None else 2 if bound.holds(value) else 0)
        return level

    def _of_class(self, found: System, wanted: str) -> int:
        if wanted not in CLASSES:
            system = self.identify(wanted)
            return 2 if system == found else 1 if found.of in _up(system.of) and found.name not in self._names() else 0
        if wanted in _up(found.of):
            return 2
        return 1 if found.of in _up(wanted) else 0

    @functools.lru_cache(maxsize=8)  # noqa: B019
    def _names(self) -> frozenset[str]:
        return frozenset(system.name for system in self.systems.values())

    def __hash__(self) -> int:
        return id(self)


def _up(of: str) -> tuple[str, ...]:
    """A class and all above it."""
    line = [of]
    while (above := CLASSES[line[-1]]) is not None:
        line.append(above)
    return tuple(line)


def _read_systems() -> Iterable[tuple[System, Iterable[str]]]:
    for line in _SYSTEMS.strip().splitlines():
        name, of, calibre, reach, aliases = (part.strip() for part in line.split("|"))
        system = System(name, of, float(calibre) if calibre else None, float(reach) if reach else None)
        yield system, [alias.strip() for alias in aliases.split(",")]


ARSENAL = Arsenal({}).extend(_read_systems())
"""The systems that Servanda knows; an agreement adds its own under ``codes: weapons:``."""
