"""Names of places, as far as they tell one place from another: their words by sound, across scripts, and what tells two places of one name apart."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from servanda.values.gazetteer import gazetteer
from servanda.values.sounds import consonants_of_each, sounds_of_each

_COMMON = frozenset(
    """
    the and near between from towards around outside inside unspecified specified unknown several various different other not
    oblast region krai republic province county governorate state district raion rayon municipality municipal community hromada
    city town village hamlet settlement locality suburb suburbs outskirts quarter neighbourhood neighborhood rural urban residential
    area areas zone sector place places location locations site sites point position positions territory direction side part border borderland
    frontier front frontline line lines contact northern southern eastern western north south east west northeast northwest southeast southwest
    central centre center upper lower new old great big small little left right bank
    road highway street bridge railway rail river lake sea coast bay island forest field hill mountain valley crossing checkpoint port airport airfield
    base station stations substation plant factory mine depot refinery pipeline pumping metering compressor terminal storage power grid electric
    electricity energy gas oil fuel thermal nuclear hydroelectric transformer facility facilities infrastructure building house houses school hospital
    market church object objects installation enterprise
    cerca vereda barrio municipio corregimiento departamento provincia región région département province quartier banlieue commune ville près
    قرب قرية مدينة بلدة منطقة محافظة ضاحية
    село місто смт селище хутір район область громада поблизу біля центр вулиця город деревня поселок посёлок хутор область округ возле рядом улица центре
    """.split()
)
"""What stands in names of places and tells no place from another."""
_WIDER = frozenset(
    """
    oblast region krai republic province county governorate state district raion rayon municipality hromada
    область край республика регион район громада округ
    departamento municipio provincia región région département commune محافظة
    """.split()
)
"""What makes a part of a name the region or district in which the place lies."""
_WORD = re.compile(r"\w+")
_PARTS = re.compile(r"[,،;(]")
_MARKS = str.maketrans("", "", "'`\u2019\u02bc\u02b9\u00b4")
SAME, OTHER, OPPOSED, SILENT = 1, -1, -2, 0


@dataclass(frozen=True)
class PlaceName:
    """What a name says: its telling words, each with how it is spelt and sounds; all of these together; those of the region or district around it; the kinds of consonants of its words; the sides of oppositions that it names; whether all
    its words have a sound.
    """

    words: tuple[frozenset[str], ...]
    keys: frozenset[str]
    wider: frozenset[str]
    consonants: tuple[frozenset[str], ...]
    sides: frozenset[tuple[int, int]]
    sounded: bool


@functools.cache
def _sides() -> Mapping[str, tuple[int, int]]:
    rows = gazetteer("place_qualifiers.yaml")["opposed"]
    return {
        str(word).casefold(): (n, side)
        for n, row in enumerate(rows)
        for side, listed in enumerate(row)
        for word in listed
    }


def place_names(names: Sequence[str]) -> list[PlaceName]:
    """What each of some names of places says.

    Args:
        names: as they are written.

    Returns:
        One for each.
    """
    parts = [[_WORD.findall(part) for part in _PARTS.split(name.casefold().translate(_MARKS))] for name in names]
    split = [[word for part in of for word in part] for of in parts]
    around = [{word for part in of if not _WIDER.isdisjoint(part) for word in part} for of in parts]
    telling = {w for found in split for w in found if _tells(w)}
    listed = sorted(telling)
    bare = [(_bare(word), word) for word in listed]
    sounds = dict(zip(listed, sounds_of_each(bare), strict=True))
    consonants = dict(zip(listed, consonants_of_each(bare), strict=True))
    return [
        _name([w for w in found if w in telling], found, around[n], sounds, consonants) for n, found in enumerate(split)
    ]


def _tells(word: str) -> bool:
    return len(word) > 2 and word not in _COMMON and word not in _sides()


def _bare(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))


def _name(
    telling: Sequence[str],
    found: Sequence[str],
    around: AbstractSet[str],
    sounds: Mapping[str, tuple[str, ...]],
    consonants: Mapping[str, tuple[str, ...]],
) -> PlaceName:
    said = {word: frozenset((word, *(f"={key}" for key in sounds[word]))) for word in telling}
    wider = frozenset[str]().union(*(keys for word, keys in said.items() if word in around))
    words = tuple(said.values())
    sides = frozenset(side for word in found if (side := _sides().get(word)))
    kinds = tuple(frozenset(consonants[word]) for word in dict.fromkeys(telling) if consonants[word])
    return PlaceName(words, frozenset().union(*words), wider, kinds, sides, all(sounds[word] for word in telling))


def likeness(one: PlaceName, other: PlaceName) -> int:
    """Whether two names are of one place.

    Args:
        one: a name.
        other: another.

    Returns:
        ``SAME``: all words of the shorter stand in the other; ``OPPOSED``: some do, and others tell two places of one name apart (New and
        Old, Upper and Lower); ``OTHER``; ``SILENT``: half of them do, and one at least not only as a region or district; one of them has no telling word, they are in scripts that cannot be compared, or all words of the shorter differ only as one town does in two languages.
    """
    if not one.words or not other.words:
        return SILENT
    abroad = one.keys.isdisjoint(other.keys)
    if abroad and not _of_two_languages(one, other):
        return OTHER if one.sounded == other.sounded else SILENT
    if any((n, 1 - side) in other.sides for n, side in one.sides):
        return OPPOSED
    if abroad:
        return SILENT
    less, more = (one, other) if len(one.words) <= len(other.words) else (other, one)
    common = [word for word in less.words if not word.isdisjoint(more.keys)]
    if len(common) == len(less.words):
        return SAME
    around = all(not (word.isdisjoint(less.wider) or word.isdisjoint(more.wider)) for word in common)
    return OTHER if around or len(common) * 2 < len(less.words) else SILENT


def _of_two_languages(one: PlaceName, other: PlaceName) -> bool:
    """Whether each word of the shorter name has its kinds of consonants in the other: two towns are no one town because their region is alike."""
    less, more = sorted((one.consonants, other.consonants), key=len)
    every = frozenset().union(*more)
    return bool(less) and all(not kinds.isdisjoint(every) for kinds in less)
