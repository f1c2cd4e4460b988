"""In which language a text is, without a network or a model: by its script, then by the letters and small words that one language has.

The tables are ``data/speech/languages.yaml``. A text of two languages is read paragraph by paragraph; what is in a language that nothing here reads is
told, never passed over.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache

from servanda.statements.documents import Document
from servanda.statements.words import Span
from servanda.values.gazetteer import gazetteer

ENGLISH = "en"
SLAVIC = ("ru", "uk")
"""Languages that ``statements.slavic`` reads, where its package is installed."""
UNTOLD = ""
"""The language of a text of a few words, of which nobody can tell."""
UNKNOWN = "und"
"""The language of a text of many words, hardly any of which is a small word of a language that is known here (its code in ISO 639)."""
_LETTERS, _WORDS = 6, 8  # so many at the least tell a language
_ENOUGH, _MANY = 12, 40
"""Words from which a text is asked whether it is in a language that is known; and from which on it needs no odd letters not to be."""
_SMALL, _ODD = 0.08, 0.01
"""The least share of small words: an article has twice as many; and the largest of letters that are in no alphabet known here."""
_ALPHABETS = frozenset("abcdefghijklmnopqrstuvwxyzабвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґўђјљњћџ")
_FOREIGN = 20  # letters: a shorter paragraph follows the document


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


@dataclass(frozen=True)
class DocumentLanguages:
    """The language of a document, and the paragraphs by their languages."""

    document: str
    main: Language
    paragraphs: Mapping[str, tuple[Span, ...]]

    @property
    def others(self) -> list[str]:
        """Codes of the languages of paragraphs that are not in the document's own."""
        return [code for code in self.paragraphs if code != self.main.code]


@cache
def _small_words() -> Mapping[str, frozenset[str]]:
    return {code: frozenset(words.split()) for code, words in gazetteer("speech/languages.yaml")["words"].items()}


@cache
def _only_here() -> Mapping[str, frozenset[str]]:
    return {code: frozenset(letters) for code, letters in gazetteer("speech/languages.yaml")["letters"].items()}


@cache
def _script(letter: str) -> str:
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
        scripts[_script(c)] += n
    script, most = min(scripts.items(), key=lambda item: (-item[1], item[0]))
    share = most / total
    by_script: Mapping[str, str] = gazetteer("speech/languages.yaml")["scripts"]
    if script in ("CJK", "HIRAGANA", "KATAKANA"):
        kana = scripts["HIRAGANA"] + scripts["KATAKANA"]
        return Language("ja" if kana * 10 > total else "zh", round(share, 2))
    words = _words(text)
    rated = {
        code: sum(w in small for w in words) / max(len(words), 1)
        + min(sum(letters[c] for c in _only_here().get(code, ())) / total * 4, 0.5)
        for code, small in _small_words().items()
        if _script(next(iter(small))[0]) == script
    }
    if not rated:
        return Language(by_script.get(script, UNTOLD), round(share, 2))
    first, second = (*sorted(rated, key=lambda code: -rated[code])[:2], None)[:2]
    assert first is not None
    best, next_best = rated[first], rated[second] if second else 0.0
    told = sum(w in _small_words()[first] for w in words)
    if best < 0.05 or (len(words) < _WORDS and told < 2 and not any(letters[c] for c in _only_here().get(first, ()))):
        default = by_script.get(script)
        return Language(default, round(share / 2, 2)) if default else Language(UNTOLD, 0.0)
    return Language(first, round(share * (1 - (next_best / best) ** 2), 2))


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+(?:[’'][^\W\d_]+)?", text.lower())


def _known(text: str, code: str) -> bool:
    """Whether a whole text may be in a language (without a code: in any): few of its words are small ones of that language only where the text is short and its letters are."""
    words, small = _words(text), _small_words()
    if len(words) < _ENOUGH or (code and code not in small):
        return True
    told = max(sum(w in small[c] for w in words) for c in ([code] if code else small))
    if told >= _SMALL * len(words):
        return True
    letters = [c for c in text.lower() if c.isalpha()]
    odd = sum(c not in _ALPHABETS for c in letters) > _ODD * len(letters)
    latin = _script(letters[0]) == "LATIN" if letters else False
    return not odd and len(words) < _MANY and (told > 0 or not latin)


def languages_of(document: Document, guess: Callable[[str], str] = lambda _: UNTOLD) -> DocumentLanguages:
    """The language of a document and of its paragraphs.

    Args:
        document: an article or a message.
        guess: the language of a text of a few Cyrillic words that letters and small words do not tell.

    Returns:
        Its own language is the one in which most of it is written; a short paragraph counts with it.
    """
    paragraphs = [(span, language_of(document.text[slice(*span)])) for span in document.paragraphs]
    written: Counter[str] = Counter()
    for (a, b), language in paragraphs:
        written[language.code] += (b - a) if language.code else 0
    whole = language_of(document.text)
    if not whole.code and any(_script(c) == "CYRILLIC" for c in document.text if c.isalpha()):
        whole = Language(guess(document.text), 0.25)
    code = min(written, key=lambda c: (-written[c], c)) if any(written.values()) else whole.code
    main = whole if whole.code == code else Language(code, round(written[code] / max(len(document.text), 1), 2))
    if not _known(document.text, code):
        return DocumentLanguages(document.id, Language(UNKNOWN, 1.0), {UNKNOWN: document.paragraphs})
    out: dict[str, list[Span]] = {main.code: []}
    for (a, b), language in paragraphs:
        other = language.code and language.code != main.code and b - a >= _FOREIGN and language.sure >= 0.4
        out.setdefault(language.code if other else main.code, []).append((a, b))
    return DocumentLanguages(
        document.id, main, {c: tuple(spans) for c, spans in out.items() if spans or c == main.code}
    )


def part_in(document: Document, languages: DocumentLanguages, code: str) -> Document:
    """A document with only its paragraphs in one language; offsets stay those of its text.

    Args:
        document: the whole.
        languages: its languages.
        code: the one that is asked for.

    Returns:
        The same document where it has one language only.
    """
    spans = languages.paragraphs.get(code, ())
    return document if spans == document.paragraphs else replace(document, paragraphs=spans)
