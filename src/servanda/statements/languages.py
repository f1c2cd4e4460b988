"""In which languages a document is: each of its paragraphs by ``values.languages``.

A text of two languages is read paragraph by paragraph; what is in a language that nothing here reads is
told, never passed over.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from servanda.statements.documents import Document
from servanda.statements.words import Span
from servanda.values.languages import UNTOLD, Language, language_of, script_of, small_words, words_in

SLAVIC = ("ru", "uk")
"""Languages that ``statements.slavic`` reads, where its package is installed."""
UNKNOWN = "und"
"""The language of a text of many words, hardly any of which is a small word of a language that is known here (its code in ISO 639)."""
_ENOUGH, _MANY = 12, 40
"""Words from which a text is asked whether it is in a language that is known; and from which on it needs no odd letters not to be."""
_SMALL, _ODD = 0.08, 0.01
"""The least share of small words: an article has twice as many; and the largest of letters that are in no alphabet known here."""
_ALPHABETS = frozenset("abcdefghijklmnopqrstuvwxyzабвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґўђјљњћџ")
_FOREIGN = 20  # letters: a shorter paragraph follows the document


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


def _known(text: str, code: str) -> bool:
    """Whether a whole text may be in a language (without a code: in any): few of its words are small ones of that language only where the text is short and its letters are."""
    words, small = words_in(text), small_words()
    if len(words) < _ENOUGH or (code and code not in small):
        return True
    told = max(sum(w in small[c] for w in words) for c in ([code] if code else small))
    if told >= _SMALL * len(words):
        return True
    letters = [c for c in text.lower() if c.isalpha()]
    odd = sum(c not in _ALPHABETS for c in letters) > _ODD * len(letters)
    latin = script_of(letters[0]) == "LATIN" if letters else False
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
    if not whole.code and any(script_of(c) == "CYRILLIC" for c in document.text if c.isalpha()):
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
