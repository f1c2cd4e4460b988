"""Each document by the rules of its language: English, Russian, Ukrainian; what is in another is told as not read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from servanda.statements.documents import Document
from servanda.statements.extract import Reading, Statement, reading_of
from servanda.statements.finder import Finds, finds
from servanda.statements.languages import SLAVIC, DocumentLanguages, languages_of, part_in
from servanda.statements.leftover import not_in
from servanda.statements.slavic import available, likelier, slavic_statements
from servanda.statements.speakers import People
from servanda.statements.topics import TopicMatcher
from servanda.values.languages import ENGLISH, UNTOLD, Language

INSTALL = "python -m pip install 'servanda[speech]'"
"""How to get what reads Russian and Ukrainian."""


@dataclass(frozen=True)
class Unread:
    """Paragraphs of a document that nothing here reads. ``missing``: a package could, and is not installed; ``whole``: nothing else is in the document."""

    document: str
    language: Language
    missing: bool
    whole: bool
    words: tuple[str, ...]
    why: str = ""

    @property
    def reason(self) -> str:
        """Why, in a few words."""
        if self.why:
            return self.why
        if self.missing:
            return f"{self.language.name}: what reads it is not installed ({INSTALL})"
        return f"{self.language.name} is not read"


@dataclass(frozen=True)
class Read:
    """What one document tells, in which languages it is, what of it was not read, and reason and words of what stands in no statement."""

    statements: tuple[Statement, ...]
    languages: DocumentLanguages
    unread: tuple[Unread, ...]
    left_out: tuple[tuple[str, str], ...] = ()


def readable(code: str) -> bool:
    """Whether a text in a language can be read; one of a few words, of which nobody can tell, is tried as English."""
    return code in (ENGLISH, UNTOLD) or (code in SLAVIC and available(code))


def read_by_language(
    document: Document,
    people: People,
    matcher: TopicMatcher,
    english: Callable[..., Reading] = reading_of,
    *,
    finder: Finds = finds,
    only_languages: bool = False,
) -> Read:
    """The statements of a document, each paragraph by the rules of its language.

    Args:
        document: an article or a message.
        people: who is who, and the names of sides.
        matcher: the terms that are asked about.
        english: the rules for English; takes the finder as well.
        finder: finds what no rule finds.
        only_languages: look for no statement.

    Returns:
        The statements in the order of the text, and what could not be read.
    """
    languages = languages_of(document, likelier)
    found: list[Statement] = []
    unread: list[Unread] = []
    left_out: list[tuple[str, str]] = []
    for code, spans in languages.paragraphs.items():
        if not readable(code):
            language = languages.main if code == languages.main.code else Language(code, languages.main.sure)
            words = tuple(" ".join(document.text[a:b].split()) for a, b in spans)
            left_out += [(f"not read: {language.name}", said) for said in words]
            unread.append(Unread(document.id, language, code in SLAVIC, len(languages.paragraphs) == 1, words))
            continue
        if only_languages:
            continue
        part = part_in(document, languages, code)
        if code in SLAVIC:
            said = slavic_statements(part, code, people.words, matcher, people.parties, people.kind_of_each, finder)
            reading = Reading(tuple(said), tuple(not_in(part, [s.content for s in said])))
        else:
            reading = english(part, people, matcher, finder=finder)
        found += reading.statements
        left_out += reading.left_out
        left_out += [
            (f"a stand that is not likely: {t}, {z}", s.content) for s in reading.statements for t, z in s.unlikely
        ]
    if len(languages.paragraphs) > 1:
        found = [replace(s, id=f"{document.id}:{n}") for n, s in enumerate(sorted(found, key=lambda s: s.at), 1)]
    return Read(tuple(found), languages, tuple(unread), tuple(left_out))
