"""Units of counts: what was counted, in one way of writing.

A count of acts is in a code of acts ("shelling"), or in a word for acts of any kind ("violations"). Whatever else was counted (rounds,
weapons, people) is no number of acts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

import polars as pl

from servanda.values.codes import Tree, Vocabulary
from servanda.values.gazetteer import gazetteer
from servanda.values.weapons import Arsenal, WeaponClass

ACT = "act"
"""The unit of a number of acts of which it is not said which."""
ANYTHING = "anything"
"""The unit of a term under which whatever is there is too much."""
THINGS = "things"
"""The unit of a term that asks for so much and names none."""
ACT_WORDS = frozenset({ACT, "attack", "breach", "case", "ceasefire_violation", "event", "incident", "violation"})
"""Words for acts of any kind, in the singular."""


def unit_key(text: str) -> str:
    """A unit as words are compared: small letters, underscores between words."""
    return re.sub(r"[\s\-_]+", "_", text.strip().lower())


def singular(word: str, known: Iterable[str]) -> str:
    """The word, or its singular where that is known.

    Args:
        word: a unit as :func:`unit_key` writes it.
        known: words and codes in the singular.

    Returns:
        The known word that it means, or the word itself.
    """
    known = frozenset(known)
    guesses = (word, word.removesuffix("s"), word.removesuffix("es"))
    return next((guess for guess in guesses if guess in known), word)


def units_of(texts: Iterable[str], codes: Iterable[str]) -> Mapping[str, str]:
    """Each text with the one way in which its unit is written.

    Args:
        texts: units as they were written.
        codes: all codes that an agreement knows.

    Returns:
        By text, the code or the word for acts that it means (``codes`` of ``data/unit_words.yaml``); else its own words.
    """
    known = ACT_WORDS | frozenset(codes)
    units = {text: singular(unit_key(text), known) for text in texts}
    return {
        text: next((code for code in (unit, unit_code(unit), thing_key(text)) if code in known), unit)
        for text, unit in units.items()
    }


def unit_code(unit: str) -> str:
    """The code of acts or of a class of weapons for which a unit is a word (``data/unit_words.yaml``), or the unit itself."""
    return _codes().get(unit, unit)


def counts_in(unit: str, asked: str) -> bool:
    """Whether what is counted in one unit is counted in another.

    Args:
        unit: of a number, as :func:`units_of` writes it.
        asked: of a term, as :func:`unit_key` writes it.

    Returns:
        Whether it is the same word in the singular or the plural, a word that means the same (``data/unit_words.yaml``), or one for pieces
        of whatever is spoken of.
    """
    one, other = ({unit_code(form) for form in _forms(word)} for word in (unit, asked))
    if not one.isdisjoint(other):
        return True
    pieces, *alike = _words()
    return unit in pieces or any(unit in words and asked in words for words in alike)


@cache
def thing_key(unit: str) -> str:
    """One way of writing for all words that count one thing.

    Args:
        unit: as it was written, in the singular or the plural ("Shellings", "cases of shelling", "обстрілів").

    Returns:
        What it is compared by: the code for which it is a word, one of the words that mean the same (``data/unit_words.yaml``), or its own
        words in what may be the singular.
    """
    key = re.sub(r"^(?:number|total|cases?|instances?|acts?|incidents?)_of_(?=.)", "", unit_key(unit))
    forms = _forms(key)
    code = next((found for form in sorted(forms) if (found := unit_code(form)) != form), None)
    if code is not None:
        return code
    alike = next((words for words in _words()[1:] if not forms.isdisjoint(words)), None)
    if alike is not None:
        return min(alike.intersection(_codes().values()) or alike)
    if key.endswith("ies"):
        return key.removesuffix("ies") + "y"
    stem = re.sub(r"(?<=[^s])s$", "", key)  # of singular and plural the same, though it may be no word
    return re.sub(r"(?<=[sxz])e$|(?<=[cs]h)e$", "", stem)


def counts_weapons(unit: str, wanted: WeaponClass, arsenal: Arsenal) -> bool:
    """Whether a unit, as :func:`units_of` writes it, may count weapons of a class: pieces of them, a class or system at, below or above it."""
    known = next((form for form in sorted(_forms(unit_code(unit))) if arsenal.knows(form)), None)
    return unit in _words()[0] or (known is not None and arsenal.level(wanted, known) > 0)


def counts_people(unit: str) -> bool:
    """Whether a unit, as :func:`units_of` writes it, is a word for people of whatever kind."""
    return not _forms(unit).isdisjoint(_words()[1])


def counts_persons(unit: str) -> bool:
    """Whether a unit, as :func:`units_of` writes it, is a word for people, or for people of some kind."""
    return counts_people(unit) or unit in _listed("persons")


def is_measured(unit: str) -> bool:
    """Whether a unit, as :func:`units_of` writes it, is one of weight, volume, length, area, time or money, in which nothing is counted."""
    return unit in _listed("measures")


def _forms(unit: str) -> frozenset[str]:
    """A unit, and what may be its singular."""
    return frozenset({unit, unit.removesuffix("s"), unit.removesuffix("es"), re.sub("ies$", "y", unit)})


@cache
def _codes() -> Mapping[str, str]:
    return {unit_key(word): code for code, words in gazetteer("unit_words.yaml")["codes"].items() for word in words}


@cache
def _words() -> tuple[frozenset[str], ...]:
    """Words for pieces, and further ones that mean the same as each other."""
    words = gazetteer("unit_words.yaml")
    alike = (*words["alike"], *words["persons"], *words["measures"])
    return tuple(frozenset(map(unit_key, some)) for some in (words["pieces"], words["people"], *alike))


@cache
def _listed(key: str) -> frozenset[str]:
    return frozenset(unit_key(word) for words in gazetteer("unit_words.yaml")[key] for word in words)


def is_of_acts(unit: str, acts: Tree) -> bool:
    """Whether a unit, as :func:`units_of` writes it, counts acts."""
    return unit in ACT_WORDS or unit in acts.parent


def acts_counted_in(vocabulary: Vocabulary, reports: pl.DataFrame) -> pl.Expr:
    """In what reports count acts; empty where they count none.

    Args:
        vocabulary: of the agreement.
        reports: a batch.

    Returns:
        An expression over reports.
    """
    units = [unit for unit in reports["unit"].unique().drop_nulls().to_list() if is_of_acts(unit, vocabulary.acts)]
    things = list(vocabulary.acts.below(vocabulary.several_authors))
    bare = pl.col("unit").is_null() & ~pl.col("act").is_in(things)
    unit = pl.when(bare).then(pl.lit(ACT)).when(pl.col("unit").is_in(units)).then("unit")
    stands = pl.col("quantity").is_not_null() & ~pl.col("stance").is_in(["denies", "retracts"])
    return pl.when(stands).then(unit)


def unit_words(unit: str, *, many: bool) -> str:
    """A unit in words, for one or for many."""
    words = unit.replace("_", " ")
    if not many or words.endswith("s"):
        return words
    return words + ("es" if words.endswith(("h", "x")) else "s")
