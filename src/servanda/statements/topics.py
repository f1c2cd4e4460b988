"""What a statement is about: which terms of an agreement its words name.

A **matter** is something that agreements settle; ``data/thesaurus.yaml`` has the words for each. A term is known by

1. the words that the agreement gives it (``words:``),
2. the matters that its title and its id name, or else the one of its acts that its text names, or what its text names first,
3. the other matters of its text, and the words of its text that few other terms of the agreement have.

What several terms share counts less for each. A text is about the terms for which enough is found, and not about those for which much less
is found than for another. A term without any such word cannot be recognised, and is told (:attr:`TopicMatcher.unknown`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from servanda.values.codes import STANDARD
from servanda.values.gazetteer import gazetteer
from servanda.values.states import STATES

OWN, FIRST, FURTHER, CODED, TITLE, WORD = 1.2, 1.0, 0.5, 0.5, 0.6, 0.35
"""How much a word found counts: the agreement's own for the term; a matter that it is named after; a further matter; the codes of its acts; a word of its title; of its text."""
ENOUGH, BESIDE, SURELY = 0.5, 0.6, 0.5
"""A text is about a term from so much on, if no other term has that much more; of a term whose own matter is named a smaller share is enough."""

SENTENCES = re.compile(r"(?<=[.!?;])[\"”’']*\s+|(?<=[\"”])\s+(?=[\"“])")
_CLAUSES = re.compile(r"\s+and\s+|,\s+(?:but|despite|who|which|as|while|although|amid|even)\s+")
_ASIDE = re.compile(r",\s+(?:despite|who|which|as|while|although|amid|even)\s+")
_TRUCE = "ceasefire"
_LETTERS = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
_ASIDE_IN_TEXT = re.compile(r"\([^()]*\)")
_ACTS_OF_WAR = STANDARD.acts.below(["attack"]) | {"advance"}
_PLACING = frozenset(STANDARD.acts.below(["positions"]))
"""Acts of being somewhere: of a term about weapons they tell nothing."""


@dataclass(frozen=True)
class TermText:
    """What a matcher needs of a term: its title, its text, words that the agreement gives it, the codes of the acts that it forbids or requires, of their
    targets and weapons, and whom it binds.
    """

    title: str = ""
    text: str = ""
    words: tuple[str, ...] = ()
    forbids: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    weapons: tuple[str, ...] = ()
    binds: tuple[str, ...] = ()


def pattern(words: Iterable[str]) -> re.Pattern[str]:
    """One pattern for words as the thesaurus writes them.

    Args:
        words: each as it stands; ``*`` ends a stem, ``..`` up to three words between, ``<state>`` any name of a state.

    Returns:
        A pattern that finds any of them, whatever the case.
    """
    given = [w for w in words if w.strip()]
    found = re.compile("|".join(map(_one, given)) or r"(?!)", re.IGNORECASE)
    _STARTS[found] = frozenset(_start(w) for w in given)
    return found


_REMEMBERED = 2000  # texts of which a matcher remembers what it found
_STARTS: dict[re.Pattern[str], frozenset[str]] = {}
"""The first letters of what a pattern finds: only where a word of a text begins so is it looked for."""
_FIRST_LETTERS = 4


def _start(words: str) -> str:
    first = re.search(r"\w+", words.split(maxsplit=1)[0])
    return first.group().lower()[:_FIRST_LETTERS] if first and not words.startswith("<") else ""


def _starts(text: str) -> frozenset[str]:
    """The first letters of every word of a text, one to four, and none."""
    words = {w[:_FIRST_LETTERS] for w in re.findall(r"\w+", text.lower())}
    return frozenset({w[:n] for w in words for n in range(_FIRST_LETTERS + 1)} | {""})


def _one(words: str) -> str:
    parts: list[str] = []
    for word in words.split():
        if word == "..":
            parts[-1] += r"(?:\W+\w+){0,3}?"
        elif word == "<state>":
            parts.append(rf"\b(?:{_states()})")
        else:
            plain = re.escape(word).replace(r"\*", r"\w*")
            parts.append(plain if word.endswith("*") else plain + "(?:s|es)?")
    return r"\b" + r"\W{1,3}".join(parts) + r"\b"


@cache
def _states() -> str:
    return "|".join(
        sorted((re.escape(w) for words in STATES.values() for w in words.split("|")), key=len, reverse=True)
    )


def _written() -> Mapping[str, Any]:
    thesaurus = gazetteer("thesaurus.yaml")
    return {**thesaurus["matters"], **thesaurus["finer"]}


@cache
def matters() -> Mapping[str, re.Pattern[str]]:
    """The matters of the thesaurus, each with the words of every language."""
    languages = ("en", "ru", "uk")
    return {
        name: pattern(w for language in languages for w in about.get(language) or ())
        for name, about in _written().items()
    }


@cache
def _clause_words(kind: str, code: str) -> re.Pattern[str] | None:
    """How clauses speak of an act, a target or a weapon (``data/clause_words.yaml``)."""
    words = gazetteer("clause_words.yaml")[kind].get(code)
    return re.compile("|".join(rf"\b(?:{w})" for w in words), re.IGNORECASE) if words else None


def _coded(about: TermText) -> dict[tuple[str, str], re.Pattern[str]]:
    """The codes of a term with the words for each."""
    codes = [("acts", c) for c in (*about.forbids, *about.requires) if not (about.weapons and c in _PLACING)]
    codes += [("targets", c) for c in about.targets] + [("weapons", c) for c in about.weapons]
    return {(kind, code): found for kind, code in codes if (found := _clause_words(kind, code)) is not None}


@cache
def _matters_of_act(code: str) -> tuple[str, ...]:
    """The matters of an act and of all acts under it."""
    known = STANDARD.acts.below([code]) if code in STANDARD.acts.parent else {code}
    return tuple(name for name, about in _written().items() if known & {*(about.get("acts") or ())})


@cache
def _truce() -> re.Pattern[str]:
    """Words for a truce as such."""
    return pattern(w for words in gazetteer("thesaurus.yaml")["truce"].values() for w in words or ())


_FRONT = re.compile(r"\b(?:front|фронт)\b", re.IGNORECASE)
_LIFTED = re.compile(
    r"\b(?:lift|repeal|abolish|revok|annul|cancel|scrap|suspend|dissolv|dismantl|disband)(?:s|e|es|ed|ped|ing|ling|led|ment)?\b|\btak(?:e|es|en|ing) (?:down|away)\b",
    re.IGNORECASE,
)


def names_the_truce(text: str) -> bool:
    """Whether a text names the truce as such."""
    return _truce().search(text) is not None


@cache
def common_words() -> frozenset[str]:
    """Words that stand in every agreement, and make out no term."""
    return frozenset(w for text in gazetteer("thesaurus.yaml")["common"].values() for w in (text or "").split())


@dataclass(frozen=True)
class TopicMatcher:
    """What is asked about: names of terms (or of matters, where there is no agreement), and how each is known.

    ``topics``: the matters of each; ``titles``: what it is called; ``marks``: patterns and how much each counts; ``stops``: terms
    that stop acts of war; ``restrains``: terms that forbid or limit something; ``placing``: those that forbid to be somewhere; ``leaves``: terms by which somebody withdraws; ``lifts``: those by which something is lifted, whose matter is that it goes; ``unknown``: terms that no word makes out; ``binds``: whom each binds; ``texts``: their clauses;
    ``called``: names of the parties, whose words speak of no term: a *Front* is no line of battle.
    """

    topics: Mapping[str, tuple[str, ...]]
    titles: Mapping[str, str]
    marks: Mapping[str, tuple[tuple[re.Pattern[str], float], ...]] = field(default_factory=dict)
    stops: frozenset[str] = frozenset()
    restrains: frozenset[str] = frozenset()
    placing: frozenset[str] = frozenset()
    unknown: tuple[str, ...] = ()
    binds: Mapping[str, frozenset[str]] = field(default_factory=dict)
    leaves: frozenset[str] = frozenset()
    lifts: frozenset[str] = frozenset()
    texts: Mapping[str, str] = field(default_factory=dict)
    called: re.Pattern[str] | None = None
    _found: dict[str, Mapping[str, tuple[float, float]]] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Terms that are given by their matters alone are known by the words of these."""
        if self.topics and not self.marks:
            known = matters()
            marks = {t: tuple((known[m], FIRST) for m in about if m in known) for t, about in self.topics.items()}
            object.__setattr__(self, "marks", marks)

    @staticmethod
    def all() -> TopicMatcher:
        """Every matter, where there is no agreement."""
        known = gazetteer("thesaurus.yaml")["matters"]
        return TopicMatcher({m: (m,) for m in known}, {m: m for m in known})

    @staticmethod
    def of(terms: Mapping[str, str | TermText], names: Iterable[str] = (), parties: Iterable[str] = ()) -> TopicMatcher:
        """The terms of an agreement.

        Args:
            terms: id -> the term, or only its text.
            names: of parties and others, which make out no term.
            parties: names of the parties, in any language.

        Returns:
            The matcher.
        """
        texts = {t: TermText(text=about) if isinstance(about, str) else about for t, about in terms.items()}
        first, further = {}, {}
        for term, about in texts.items():
            first[term], further[term] = _matters_of(term, about)
        _the_truce(texts, first, further)
        times_first = Counter(m for some in first.values() for m in some)
        times = Counter(m for t in texts for m in {*first[t], *further[t]})
        of_states = (w for words in STATES.values() for w in words.split("|"))
        left = {w.lower() for name in (*names, *of_states) for w in _LETTERS.findall(name)} | common_words()
        titles = {t: {*_stems(f"{about.title} {t.replace('_', ' ')}", left)} for t, about in texts.items()}
        bodies = {t: {*_stems(_ASIDE_IN_TEXT.sub(" ", about.text), left)} - titles[t] for t, about in texts.items()}
        times_coded = Counter(code for about in texts.values() for code in _coded(about))
        times_word = Counter(w for t in texts for w in titles[t] | bodies[t])
        marks: dict[str, tuple[tuple[re.Pattern[str], float], ...]] = {}
        for term, about in texts.items():
            found = [(matters()[m], FIRST / times_first[m] ** 0.5) for m in first[term]]
            found += [(matters()[m], FURTHER / times[m] ** 0.5) for m in further[term]]
            found += [(mark, CODED / times_coded[code] ** 0.5) for code, mark in _coded(about).items()]
            found += [(pattern([w]), OWN) for w in about.words]
            found += [(_stem_pattern(w), TITLE / times_word[w] ** 0.5) for w in sorted(titles[term])]
            found += [(_stem_pattern(w), WORD / times_word[w] ** 0.5) for w in sorted(bodies[term])]
            marks[term] = tuple(found)
        stops = frozenset(t for t, a in texts.items() if _ACTS_OF_WAR & {*a.forbids})
        restrains = frozenset(t for t, a in texts.items() if a.forbids)
        placing = frozenset(t for t, a in texts.items() if _PLACING & {*a.forbids})
        unknown = tuple(t for t, found in marks.items() if sum(weight for _, weight in found) < ENOUGH)
        called = {t: about.title or about.text for t, about in texts.items()}
        binds = {t: frozenset(about.binds) for t, about in texts.items()}
        leaves = frozenset(t for t, about in texts.items() if "withdrawal" in about.requires)
        return TopicMatcher(
            {t: (*first[t], *further[t]) for t in texts},
            called,
            marks,
            stops,
            restrains,
            placing,
            unknown,
            binds,
            leaves,
            frozenset(t for t, about in texts.items() if _LIFTED.search(f"{about.title} {about.text}")),
            {t: about.text for t, about in texts.items()},
            _called(parties),
        )

    def found(self, text: str) -> Mapping[str, tuple[float, float]]:
        """How much of each term is found in a text, all its marks together and the one that counts most."""
        if (known := self._found.get(text)) is not None:
            return known
        bare = self.bare(text)
        starts = _starts(bare)
        hit: dict[re.Pattern[str], bool] = {}

        def there(mark: re.Pattern[str]) -> bool:
            if mark not in hit:
                hit[mark] = bool(starts & _STARTS.get(mark, starts)) and mark.search(bare) is not None
            return hit[mark]

        out = {}
        for term, marks in self.marks.items():
            weights = [weight for mark, weight in marks if there(mark)]
            out[term] = (sum(weights), max(weights, default=0.0))
        if len(self._found) >= _REMEMBERED:
            self._found.clear()
        self._found[text] = out
        return out

    def bare(self, text: str) -> str:
        """A text without the names of the parties."""
        return text if self.called is None else self.called.sub("—", text)

    def amounts(self, text: str) -> dict[str, float]:
        """How much of each term is found in a text."""
        return {term: much for term, (much, _) in self.found(text).items()}

    def terms_in(self, text: str) -> list[str]:
        """The terms that a text speaks of; where it only names the truce as such, the first that stops acts of war."""
        rated, found = self.found(text), self.amounts(text)
        surely = {term for term, (_, most) in rated.items() if most >= FIRST}
        least = max(ENOUGH, BESIDE * max(found.values(), default=0.0)) if self.named else ENOUGH
        out = [
            t
            for t, much in found.items()
            if much >= least - 1e-9 or (t in surely and much >= SURELY * max(found.values()))
        ]
        if not out and self.stops and names_the_truce(text):
            out = [t for t in self.topics if t in self.stops][:1]
        return out

    def hinted(self, text: str) -> list[str]:
        """The term of which a few words that point back have a word, if they have one of a single term only."""
        found = [t for t, marks in self.marks.items() if any(mark.search(text) for mark, _ in marks)]
        return found if len(found) == 1 else []

    def places(self, text: str, term: str) -> list[int]:
        """Where the words of a term begin in a text."""
        return [m.start() for mark, _ in self.marks[term] for m in mark.finditer(text)]

    @property
    def named(self) -> bool:
        """There is an agreement: its terms are weighed against each other."""
        return any(t != (term,) for term, t in self.topics.items())

    def about(self, text: str, term: str) -> tuple[str, str, bool]:
        """The clauses, and the sentences, of a text that speak of a term; and whether it does so in more than an aside."""

        def some(parts: list[str]) -> str:
            return " ".join(p for p in parts if any(mark.search(p) for mark, _ in self.marks[term]))

        if not some([text]):
            return text, text, True
        whole = some(SENTENCES.split(text)) or text
        return (
            some(_CLAUSES.split(whole)) or whole,
            whole,
            any(some([_ASIDE.split(s)[0]]) for s in SENTENCES.split(text)),
        )


def _called(names: Iterable[str]) -> re.Pattern[str] | None:
    """Names of several words in any case, and *the Front* alone."""
    several = sorted({name for name in names if len(name.split()) > 1}, key=lambda name: (-len(name), name))
    words = (r"\W{1,3}".join(re.escape(w[: max(4, len(w) - 2)]) + r"\w*" for w in name.split()) for name in several)
    front = [r"(?:front|фронт(?:а|у|ом|е|і|ові)?)\b(?!\W+lines?\b)"] if _FRONT.search("\n".join(several)) else []
    found = "|".join([*words, *front])
    return re.compile(rf"\b(?:{found})", re.IGNORECASE) if found else None


def _matters_of(term: str, about: TermText) -> tuple[list[str], list[str]]:
    """The matters that a term is named after, and the further ones of its text and its acts."""
    named = _named(f"{about.title}. {term.replace('_', ' ')}")
    in_text = _named(_ASIDE_IN_TEXT.sub(" ", about.text))
    codes = [c for c in (*about.requires, *about.forbids) if not (about.weapons and c in _PLACING)]
    acts = [m for code in codes for m in _matters_of_act(code)]
    first = named or [m for m in in_text if m in acts][:1] or in_text[:1] or acts[:1]
    return first, [m for m in dict.fromkeys([*in_text, *acts]) if m not in first]


def _the_truce(texts: Mapping[str, TermText], first: dict[str, list[str]], further: dict[str, list[str]]) -> None:
    """*The truce* is the term that forbids attacks and binds all whom any such term binds; one that spares some place or thing is not what the word means."""
    stops = {t: {*about.binds} for t, about in texts.items() if "attack" in about.forbids}
    named = [t for t in stops if _TRUCE in first[t]]
    every = {party for bound in stops.values() for party in bound}
    widest = named or [t for t, bound in stops.items() if len(bound) > 1 and bound == every]
    if len(widest) != 1:
        return
    (one,), war = widest, {_TRUCE, *_matters_of_act("attack")}
    for t in stops.keys() - {one}:
        further[t] = [m for m in further[t] if m not in war or matters()[m].search(texts[t].text)]
    first[one] = [m for m in first[one] if m != _TRUCE] + [_TRUCE] if not named else first[one]
    further[one] = [m for m in further[one] if m not in first[one]]


def _named(text: str) -> list[str]:
    found = [(m.start(), name) for name, mark in matters().items() if (m := mark.search(text))]
    return [name for _, name in sorted(found)]


def _stems(text: str, left: Iterable[str]) -> list[str]:
    """The words of a text that may make it out, without endings."""
    out = []
    for word in _LETTERS.findall(text.lower()):
        if word not in left and len(word) > 3:
            out.append(stem(word))
    return [w for w in out if w not in left and len(w) > 3]


def stem(word: str) -> str:
    """A word without the endings of English: *parties* and *party* are one."""
    for ending, instead in (("ies", "y"), ("ing", ""), ("ed", ""), ("es", ""), ("s", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)] + instead
    return word


def _stem_pattern(word: str) -> re.Pattern[str]:
    root = word[:-1] if word.endswith(("y", "e")) and len(word) > 4 else word
    found = re.compile(rf"\b{re.escape(root)}(?:s|es|ed|ing|e|ies|y|ied|ings|er|ers)?\b", re.IGNORECASE)
    _STARTS[found] = frozenset([_start(root)])
    return found
