"""The words of tables (``data/table_words.yaml``, ``data/act_words.yaml``), and the form in which words are compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from itertools import chain, pairwise
from typing import Literal

from servanda.values.codes import Tree
from servanda.values.gazetteer import gazetteer

_SIGNS = re.compile(r"[^\w]+|_", re.UNICODE)
_BRACKETED = re.compile(r"[(\[]([^)\]]*)[)\]]")
_SPLIT = re.compile(r"(?<=[a-z])(?=[A-Z])")
_ALIKE = str.maketrans(
    {
        "أ": "ا",
        "إ": "ا",
        "آ": "ا",
        "ى": "ي",
        "ی": "ي",
        "ک": "ك",
        "ة": "ه",
        "ؤ": "و",
        "ئ": "ي",
        "ـ": "",
        "ё": "е",
        "ґ": "г",
        "’": "'",
        "ı": "i",
    }
)
_DIGITS = {ord(c): str(unicodedata.digit(c)) for c in "٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹"} | {
    ord("٫"): ".",
    ord("٬"): ",",
    ord("،"): ",",
}


def ascii_digits(text: str) -> str:
    """A text with the digits of Arabic and Persian as those of ASCII."""
    return text.translate(_DIGITS)


@lru_cache(maxsize=100_000)
def words(text: str) -> str:
    """A text without case, accents and signs, one blank between its words.

    Args:
        text: what is written.

    Returns:
        For example ``date de l incident``.
    """
    text = _SPLIT.sub(" ", text) if text.isascii() and not text.isupper() else text
    text = text.casefold().translate(_ALIKE)
    bare = "".join(c for c in unicodedata.normalize("NFKD", ascii_digits(text)) if not unicodedata.combining(c))
    parts = _SIGNS.sub(" ", bare.translate(_ALIKE)).split()
    return " ".join(part[2:] if part.startswith("ال") and len(part) > 4 else part for part in parts)


@cache
def _lists() -> Mapping[str, frozenset[str]]:
    table = gazetteer("table_words.yaml")
    flat = {
        name: table[name]
        for name in (
            "apart exactness total part begins note unknown perhaps withdrawn not_done stamp degrees arc_min arc_sec ditto "
            "both of_a_party zero nothing local time_words times whole weeks zones_unclear beside calendars solar "
            "calendar_letters islamic noon observed utc negations negation_stems place_kinds region_kinds"
        ).split()
    }
    flat |= table["morning_hours"] | table["flags"] | {"weekdays": [*chain(*table["weekdays"].values())]}
    return {name: frozenset(map(words, listed)) for name, listed in flat.items()}


@lru_cache(maxsize=100_000)
def is_word(kind: str, text: str) -> bool:
    """Whether a text is one of the words of a kind (``total``, ``unknown``, ``both`` ...)."""
    return words(text) in _lists()[kind]


@lru_cache(maxsize=100_000)
def begins_with_word(kind: str, text: str) -> bool:
    """Whether a text begins with one of the words of a kind."""
    said = words(text).split(" ")
    return any(" ".join(said[:n]) in _lists()[kind] for n in range(1, min(len(said), _longest_of(kind)) + 1))


@cache
def _longest_of(kind: str) -> int:
    """How many words the longest of a kind has."""
    return max(word.count(" ") + 1 for word in _lists()[kind])


def word_list(kind: str) -> frozenset[str]:
    """The words of a kind."""
    return _lists()[kind]


@cache
def roles() -> Mapping[str, str]:
    """What a header means, by its words."""
    return {
        words(phrase): role for role, phrases in gazetteer("table_words.yaml")["columns"].items() for phrase in phrases
    }


@cache
def stems() -> tuple[tuple[str, str], ...]:
    """How words of headers begin, each with its role."""
    return tuple(
        (words(stem), role) for role, listed in gazetteer("table_words.yaml")["stems"].items() for stem in listed
    )


_LENGTHS = frozenset("m km metres meters м км".split())
"""Units by which a number of how exact something is is no code."""


@cache
def _not_meant() -> Mapping[str, tuple[str, ...]]:
    return {role: tuple(map(words, listed)) for role, listed in gazetteer("table_words.yaml")["not_meant"].items()}


def is_exactness(name: str) -> bool:
    """Whether the name of a column may be that of codes for how exact a day or a time is."""
    return not word_list("exactness").isdisjoint(words(name).split())


def means_another(role: str, name: str) -> bool:
    """Whether a name that holds a word for a role says something else with it, as ``affected party`` does of who did it.

    Args:
        role: the role.
        name: the name of a column.

    Returns:
        Whether it does.
    """
    said = f" {words(name)} "
    if role.startswith("precision") and not _LENGTHS.isdisjoint(said.split()):
        return False
    return any(f" {word} " in said for word in _not_meant().get("date" if role in ("when", "start") else role, ()))


@lru_cache(maxsize=100_000)
def other_calendar(text: str) -> bool:
    """Whether the name of a column of days, or what stands behind a day, names another calendar than the Gregorian.

    Args:
        text: for example ``Date (B.E.)`` or ``E.C.``.

    Returns:
        Whether it does.
    """
    if not any(map(str.isalpha, text)):
        return False
    said = f" {words(text)} "
    named = any(f" {word} " in said for word in word_list("calendars"))
    return named or any(is_word("calendar_letters", part) for part in _BRACKETED.findall(text))


def is_solar(text: str) -> bool:
    """Whether the name of a column of days names the Persian calendar."""
    said = f" {words(text)} "
    return any(f" {word} " in said for word in word_list("solar"))


@cache
def _stances() -> Mapping[str, str]:
    return {words(word): code for code, listed in gazetteer("table_words.yaml")["stances"].items() for word in listed}


def stance_of(text: str) -> str | None:
    """The stance for which a text is a word; nothing for any other."""
    return _stances().get(words(text))


@cache
def hxl_tags() -> Mapping[str, str]:
    """What the tags of HXL mean."""
    return dict(gazetteer("table_words.yaml")["hxl"])


@cache
def months() -> Mapping[str, int]:
    """The number of a month by its names."""
    return {words(name): int(n) for n, names in gazetteer("table_words.yaml")["months"].items() for name in names}


@cache
def _days_of_week() -> Mapping[str, int]:
    table = gazetteer("table_words.yaml")["weekdays"].items()
    return {words(name): int(n) for n, names in table for name in names if int(n)}


@lru_cache(maxsize=100_000)
def days_of_week_in(text: str) -> frozenset[int]:
    """The days of the week that a text names, Monday being 1."""
    said = words(text).split()
    names = (*said, *(" ".join(pair) for pair in pairwise(said)))
    return frozenset(_days_of_week()[name] for name in names if name in _days_of_week())


@cache
def days_ago() -> tuple[tuple[re.Pattern[str], int], ...]:
    """How a text begins that names a day from the one on which it was written, with how many days before; longer words before shorter ones."""
    listed = [(word, int(n)) for n, found in gazetteer("table_words.yaml")["days_ago"].items() for word in found]
    longest = sorted(listed, key=lambda pair: -len(pair[0]))
    written = [(re.escape(word).replace("'", "['\u2019]"), n) for word, n in longest]
    return tuple((re.compile(rf"{word}(?!\w)", re.IGNORECASE), n) for word, n in written)


@cache
def zone_offsets() -> Mapping[str, str]:
    """The offset of an abbreviation that means one and the same everywhere."""
    return {words(name): offset for name, offset in gazetteer("table_words.yaml")["zones"].items()}


@cache
def zone_names() -> Mapping[str, str]:
    """The name of a zone by words for its city, or for its time."""
    return {
        words(word): zone for zone, listed in gazetteer("table_words.yaml")["zone_names"].items() for word in listed
    }


@cache
def _act_phrases() -> Mapping[str, str]:
    table = gazetteer("act_words.yaml").items()
    return {words(phrase): code for code, phrases in table if code != "several" for phrase in phrases}


@cache
def _unclear() -> Mapping[str, tuple[str, ...]]:
    """Words that may mean each of several acts, with those."""
    rows = gazetteer("act_words.yaml")["several"]
    return {words(phrase): tuple(row["acts"]) for row in rows for phrase in row["words"]}


def act_of(text: str, acts: Tree) -> str | None:
    """The code that a text is, or is a word for; nothing for any other.

    Args:
        text: what stands in a cell.
        acts: the codes.

    Returns:
        The code.
    """
    said = words(text)
    code = said.replace(" ", "_")
    if code in acts:
        return code
    found = _act_phrases().get(said)
    return found if found in acts.parent else None


@cache
def _thing_phrases(kind: str) -> Mapping[str, str]:
    table = gazetteer("thing_words.yaml")[kind].items()
    return {_against_as_one(words(phrase)): code for code, phrases in table for phrase in phrases}


def _against_as_one(said: str) -> str:
    """Words in which what something is against is no word of its own: an anti-tank missile is no tank."""
    return re.sub(r"\b(anti|counter) ", r"\1-", said)


def thing_of(kind: Literal["targets", "weapons"], text: str) -> tuple[str | None, bool]:
    """The code of a target, or the class of a weapon, for which a text is a word.

    Args:
        kind: of what.
        text: what stands in a cell.

    Returns:
        The code, and whether the whole text is a word for it. Of a text that only holds words, what the longest of them means, unless it
        holds words for several things that do not lie within each other.
    """
    said, phrases = f" {_against_as_one(words(text))} ", _thing_phrases(kind)
    if whole := phrases.get(said.strip()):
        return whole, True
    held = [phrase for phrase in phrases if f" {phrase} " in said]
    outer = [p for p in held if not any(p != other and f" {p} " in f" {other} " for other in held)]
    codes = {phrases[phrase] for phrase in outer}
    return (codes.pop() if len(codes) == 1 else None), False


@cache
def _unit_words() -> Mapping[str, str]:
    return {words(phrase): unit for unit, listed in gazetteer("table_words.yaml")["units"].items() for phrase in listed}


def unit_word(text: str) -> str | None:
    """What a text stands for that is one word for what is counted, as *rounds*; nothing for any other."""
    return _unit_words().get(words(text))


def is_left_what_it_is(role: str, phrase: str, name: str) -> bool:
    """Whether a name that holds a phrase for a role has beside it nothing that may change what it means.

    Args:
        role: the role.
        phrase: the words for it, as they are compared.
        name: the name of a column.

    Returns:
        Whether it does; of a count, also where it names what is counted.
    """
    said = f" {words(name)} "
    if role == "quantity" and any(f" {unit} " in said for unit in _unit_words()):
        return True
    return set(said.replace(f" {phrase} ", " ").split()) <= word_list("beside") | _words_of_acts()


@cache
def _words_of_acts() -> frozenset[str]:
    """Single words for acts: a date of shelling is the day of the event."""
    return frozenset(phrase for phrase in _act_phrases() if " " not in phrase)


def unit_in(text: str, acts: Tree) -> str | None:
    """What is counted, as the header of a count or a cell with a unit says; nothing where it says nothing, or several things.

    Args:
        text: the header, or the cell.
        acts: the codes of acts.

    Returns:
        A code of acts, a word for acts of any kind, or what else is counted.
    """
    said, listed = f" {words(text)} ", _unit_words()
    code = said.strip().replace(" ", "_")
    if code in acts:
        return code
    held = [phrase for phrase in listed if f" {phrase} " in said]
    outer = {listed[p] for p in held if not any(p != other and f" {p} " in f" {other} " for other in held)}
    return outer.pop() if len(outer) == 1 else None


def says_no(text: str) -> bool:
    """Whether a text holds a word that denies, or that says it did not come to it."""
    said = words(text).split()
    if any(word.startswith(stem) for word in said for stem in word_list("negation_stems")):
        return True
    return any(f" {word} " in f" {words(text)} " for word in word_list("negations"))


def acts_in(text: str, acts: Tree) -> list[str]:
    """The codes for which a text holds a word: the most particular ones, longer phrases before shorter ones.

    Args:
        text: what stands in a cell.
        acts: the codes.

    Returns:
        The codes; several where it speaks of several things, none where it says no or not.
    """
    said = words(text)
    if said in _unclear():
        return [code for code in _unclear()[said] if code in acts]
    left = f" {said} "
    found: list[str] = []
    if says_no(text):
        return []  # "no shelling", "denies the strike": nobody can tell by words what of it was done
    for phrase, codes in _by_length():
        if f" {phrase} " in left:
            left = left.replace(f" {phrase} ", " | ")
            found += [code for code in codes if code in acts and code not in found and code != "other"]
    above = acts.above(found) if found else frozenset()
    return [code for code in found if code not in above]


@cache
def _by_length() -> tuple[tuple[str, tuple[str, ...]], ...]:
    listed = {**{phrase: (code,) for phrase, code in _act_phrases().items()}, **_unclear()}
    return tuple(sorted(listed.items(), key=lambda pair: (-len(pair[0]), pair[0])))
