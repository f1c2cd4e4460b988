"""Which terms of an agreement a Russian or Ukrainian text speaks of.

The words are those of the thesaurus and of the agreement, as in English (``statements.topics``). Beside them count what the words of the agreement are called
in the language (``data/speech/glossary.yaml``), a side that the title names as a place (*Strikes on Ukraine*), and a name in the title or the id that stands
in the text in other letters (*Petrivske*, Петровское).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache

from servanda.statements.cyrillic import folded
from servanda.statements.slavic.words import Tables
from servanda.statements.topics import TITLE, WORD, TopicMatcher, common_words, pattern, stem
from servanda.values.gazetteer import gazetteer

_SIDE, _PLACE, _ENOUGH, _BESIDE = 1.0, 0.8, 0.45, 0.7
_ALIKE = 0.8  # of the letters of two spellings of a name
_SHORT = 7  # words of a title; a longer one is a text
_LEAST = 5  # letters of a name that is looked for in the other script
_CAPITAL = re.compile(rf"\b[А-ЯЄІЇҐЁ][а-яєіїґё'’-]{{{_LEAST - 1},}}")


@dataclass(frozen=True)
class Terms:
    """The terms of a matcher in one language. ``sides``: how sides that titles name as places are written; ``places``: names in titles, folded;
    ``called``: what the words of titles and texts are called in the language.
    """

    matcher: TopicMatcher
    sides: Mapping[str, tuple[re.Pattern[str], ...]]
    places: Mapping[str, Mapping[str, float]]
    called: Mapping[str, tuple[tuple[re.Pattern[str], float], ...]]

    @staticmethod
    def of(matcher: TopicMatcher, t: Tables, names: Mapping[str, str]) -> Terms:
        """What is known of each term.

        Args:
            matcher: the terms.
            t: the language.
            names: names of sides with their codes.

        Returns:
            The same terms by the words of the language.
        """
        left = common_words() | {part.lower() for name in names for part in name.split()}
        titled = {
            term: {w for w in re.findall(r"[a-z]+", f"{term} {title}".lower().replace("_", " ")) if w not in left}
            for term, title in matcher.titles.items()
        }
        times = Counter(w for some in titled.values() for w in some)
        return Terms(
            matcher,
            {term: tuple(_sides_named(title, t, names)) for term, title in matcher.titles.items()},
            {
                term: {folded(w): _PLACE / times[w] ** 0.5 for w in sorted(some) if len(w) >= _LEAST}
                for term, some in titled.items()
            },
            _called(matcher.titles, t.code),
        )

    def found(self, text: str) -> dict[str, float]:
        """Terms with how much of each is found."""
        text = self.matcher.bare(text)
        named = {folded(m.group()) for m in _CAPITAL.finditer(text)}
        out = {}
        for term, marks in self.matcher.marks.items():
            much = sum(weight for mark, weight in marks if mark.search(text))
            much += sum(weight for mark, weight in self.called[term] if mark.search(text))
            much += sum(_SIDE for mark in self.sides[term] if mark.search(text))
            much += sum(weight for name, weight in self.places[term].items() if _spelt(name, named))
            if much > 0:
                out[term] = much
        return out

    def terms_in(self, text: str) -> list[str]:
        """The terms that a text speaks of, not those for which much less is found than for another."""
        rated = self.found(text)
        least = max(_ENOUGH, _BESIDE * max(rated.values(), default=0.0))
        return [t for t, w in rated.items() if w >= least - 1e-9]

    def speaks_of(self, text: str, term: str) -> bool:
        """A part of a text speaks of a term that the whole is about."""
        marks = (*self.matcher.marks[term], *self.called[term])
        return any(mark.search(text) for mark, _ in marks) or any(mark.search(text) for mark in self.sides[term])


def _spelt(name: str, named: set[str]) -> bool:
    """The name stands in the text, give or take an ending."""
    return any(n[0] == name[0] and SequenceMatcher(None, n[:-2], name[:-1]).ratio() >= _ALIKE for n in named if n)


def _sides_named(title: str, t: Tables, sides: Mapping[str, str]) -> list[re.Pattern[str]]:
    """The sides that a short title names as a place: *Strikes on Ukraine*."""
    if len(title.split()) > 5:
        return []
    out = []
    for name in re.findall(r"\b(?:on|in|from|against|into) (?:the )?([A-Z]\w+)", title):
        code = sides.get(name)
        stems = [lemma[:-2] for lemma, of in t.sides.items() if of == code and len(lemma) > 5 and "_" not in lemma]
        if stems:
            words = "|".join(map(re.escape, stems))
            out.append(re.compile(rf"\b(?:по|на|над|в|у|проти|против)\s+(?:\w+\s+)?(?:{words})\w*", re.IGNORECASE))
    return out


@cache
def _glossary(code: str) -> Mapping[str, tuple[int, re.Pattern[str]]]:
    """English words of agreements, by their stems -> number and pattern of what they are called in the language."""
    out: dict[str, tuple[int, re.Pattern[str]]] = {}
    for n, (english, *there) in enumerate(gazetteer("speech/glossary.yaml")["words"]):
        found = pattern(w.strip() for w in there[("ru", "uk").index(code)].split(","))
        out |= {_root(word): (n, found) for word in english.split()}
    return out


def _root(word: str) -> str:
    """*hostage* and *hostages*, *refugee* and *refugees* are one."""
    return stem(word).rstrip("e")


def _called(titles: Mapping[str, str], code: str) -> dict[str, tuple[tuple[re.Pattern[str], float], ...]]:
    """What makes out each term in the language: the words of its id and its title count more than those of its text, and what several have, less."""
    known = _glossary(code)
    rated: dict[str, dict[int, float]] = {}
    for term, title in titles.items():
        rated[term] = {}
        for text, weight in ((title, TITLE if len(title.split()) < _SHORT else WORD), (term.replace("_", " "), TITLE)):
            for word in re.findall(r"[a-z]+", text.lower()):
                if (row := known.get(_root(word))) is not None:
                    rated[term][row[0]] = max(weight, rated[term].get(row[0], 0))
    times = Counter(n for some in rated.values() for n in some)
    marks = dict(known.values())
    return {
        term: tuple((marks[n], weight / times[n] ** 0.5) for n, weight in some.items()) for term, some in rated.items()
    }
