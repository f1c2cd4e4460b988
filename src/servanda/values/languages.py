"""In which language a text is, without a network or a model: by its script, then by the letters and small words that one language has.

The tables are ``data/speech/languages.yaml``.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from servanda.values.gazetteer import gazetteer

ENGLISH = "en"
UNTOLD = ""
"""The language of a text of a few words, of which nobody can tell."""
_LETTERS, _WORDS = 6, 8  # so many at the least tell a language


@dataclass(frozen=True)
class Language:
    """A language and how sure it is: 0 to 1. The code is empty where the text is too short to tell."""

    code: str
    sure: float

    @property
    def name(self) -> str:
        """As a reader says it: *Russian*."""
        names: Mapping[str, str] = gazetteer("speech/languages.yaml")["names"]
        return names.get(self.code, "a language that is not recognised")


@cache
def small_words() -> Mapping[str, frozenset[str]]:
    """The small words of each language that has them here."""
    return {code: frozenset(words.split()) for code, words in gazetteer("speech/languages.yaml")["words"].items()}


@cache
def _only_here() -> Mapping[str, frozenset[str]]:
    return {code: frozenset(letters) for code, letters in gazetteer("speech/languages.yaml")["letters"].items()}


@cache
def script_of(letter: str) -> str:
    """The script of a letter, as Unicode calls it."""
    return unicodedata.name(letter, "").partition(" ")[0]


def language_of(text: str) -> Language:
    """The language of a text.

    Args:
        text: any text.

    Returns:
        Its language, and how sure that is: the share of its letters that are in the script, times how clearly the words tell it from the others.
    """
    letters = Counter(c for c in text.lower() if c.isalpha())
    total = letters.total()
    if total < _LETTERS:
        return Language(UNTOLD, 0.0)
    scripts: Counter[str] = Counter()
    for c, n in letters.items():
        scripts[script_of(c)] += n
    script, most = min(scripts.items(), key=lambda item: (-item[1], item[0]))
    share = most / total
    by_script: Mapping[str, str] = gazetteer("speech/languages.yaml")["scripts"]
    if script in ("CJK", "HIRAGANA", "KATAKANA"):
        kana = scripts["HIRAGANA"] + scripts["KATAKANA"]
        return Language("ja" if kana * 10 > total else "zh", round(share, 2))
    words = words_in(text)
    rated = {
        code: sum(w in small for w in words) / max(len(words), 1)
        + min(sum(letters[c] for c in _only_here().get(code, ())) / total * 4, 0.5)
        for code, small in small_words().items()
        if script_of(next(iter(small))[0]) == script
    }
    if not rated:
        return Language(by_script.get(script, UNTOLD), round(share, 2))
    first, second = (*sorted(rated, key=lambda code: -rated[code])[:2], None)[:2]
    assert first is not None
    best, next_best = rated[first], rated[second] if second else 0.0
    told = sum(w in small_words()[first] for w in words)
    if best < 0.05 or (len(words) < _WORDS and told < 2 and not any(letters[c] for c in _only_here().get(first, ()))):
        default = by_script.get(script)
        return Language(default, round(share / 2, 2)) if default else Language(UNTOLD, 0.0)
    return Language(first, round(share * (1 - (next_best / best) ** 2), 2))


def words_in(text: str) -> list[str]:
    """The words of a text, small letters."""
    return re.findall(r"[^\W\d_]+(?:[\u2019'][^\W\d_]+)?", text.lower())
