"""Whose side the people of some texts are on, by their offices as the texts tell them: *Ukraine's energy minister Oksana Rudenko*, *Peter Lindqvist of the mission*."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from servanda.statements.cues import OFFICES, PRIVATE

_NAME = r"(?P<name>(?:[A-ZÀ-ÞЀ-Я][\w’'-]+ ){1,2}[A-ZÀ-ÞЀ-Я][\w’'-]+)"
_SENTENCE = re.compile(r"(?<=[.!?”\"])\s+(?=[A-ZÀ-Þ“\"])|\n+")
_LEADS = r"(?:commanded|commands|leads|led|heads|headed|represents|represented|chairs|runs|coordinates|coordinated|oversees|spoke for|speaks for|works for|serves)"


def offices(texts: Sequence[str], spelt: str, words: Mapping[str, str], known: frozenset[str]) -> dict[str, str]:
    """The sides of people by their offices.

    Args:
        texts: in which they are named.
        spelt: a pattern of the names of sides.
        words: names of sides -> side.
        known: whole names that are those of people.

    Returns:
        Surname or whole name -> side; the one that is told most often.
    """
    office = rf"(?:\w+-)?(?:{'|'.join(sorted(OFFICES, key=len, reverse=True))})"
    side = spelt.replace("(?<!\\w)(", "(?<!\\w)(?P<side>", 1)
    word = r"[\w’'-]+ "
    forms = [
        rf"{side}(?:[’']s?)? (?P<mid>(?:{word}){{0,5}}?(?i:{office})[’'s]*,?(?: {word.strip()}){{0,3}}?),? (?:the )?{_NAME}",
        rf"{_NAME}(?:, | \()(?P<mid>(?:the |a |an )?(?:{word}){{0,5}}?(?i:{office})(?: {word.strip()}){{0,4}}?) (?:of|for|in|at|to|from) (?:the )?{side}",
        rf"{_NAME}, (?:the )?{side}(?:[’']s?)? (?P<mid>(?:{word}){{0,4}}?(?i:{office}))",
        rf"{_NAME} (?P<mid>of|for) (?:the )?{side}",
        rf"{_NAME},? (?P<mid>(?:who )?{_LEADS} (?:{word}){{0,6}}?)(?:the )?{side}",
    ]
    patterns = [re.compile(form) for form in forms]
    own = [
        re.compile(
            rf"\b(?:[Ii]ts|[Tt]heir) (?P<mid>(?:{word}){{0,4}}?(?i:{office})(?: {word.strip()}){{0,3}}?),? {_NAME}"
        ),
        re.compile(rf"{_NAME}, (?:its|their) (?P<mid>(?:{word}){{0,3}}?(?i:{office}))"),
    ]
    name_of_side = re.compile(spelt)
    told: dict[str, Counter[str]] = {}

    def note(match: re.Match[str], code: str) -> None:
        name = _person(match["name"], known)
        if name and code and not PRIVATE & {w.lower() for w in re.findall(r"\w+", match["mid"])}:
            for key in {name, name.split()[-1]}:
                told.setdefault(key, Counter())[code] += 1

    for text in texts:
        before, earlier = "", ""
        for sentence in _SENTENCE.split(text):
            for one in patterns:
                for match in one.finditer(sentence):
                    note(match, words[match["side"]])
            for one in own:
                for match in one.finditer(sentence):
                    here = (
                        name_of_side.search(sentence, 0, match.start())
                        or name_of_side.search(before)
                        or name_of_side.search(earlier)
                    )
                    note(match, words[here[1]] if here else "")
            before, earlier = sentence, before
    _by_title(texts, spelt, words, known, told)
    return {name: min(sides, key=lambda s: (-sides[s], s)) for name, sides in told.items()}


def _by_title(
    texts: Sequence[str], spelt: str, words: Mapping[str, str], known: frozenset[str], told: dict[str, Counter[str]]
) -> None:
    """*Ukraine's deputy foreign minister received us* and *Deputy Foreign Minister Taras Lysenko*: one side has that title, so that he is of it."""
    for text in texts:
        for name in known:
            if name in told or name not in text:
                continue
            match = re.search(rf"((?:[A-Z][\w-]+ ){{1,4}}){re.escape(name)}", text)
            title = match[1].strip().lower() if match else ""
            if not title or not OFFICES & set(title.split()):
                continue
            sides = {words[m[1]] for m in re.finditer(rf"{spelt}(?:[’']s?)? (?i:{re.escape(title)})\b", text)} - {""}
            if len(sides) == 1:
                for key in {name, name.split()[-1]}:
                    told.setdefault(key, Counter())[sides.copy().pop()] += 1


def _person(name: str, known: frozenset[str]) -> str:
    """The name of a person in some words with capitals, or nothing: *Colonel Zijad Begić* is *Zijad Begić*."""
    parts = name.split()
    for n in (3, 2):
        for a in range(len(parts) - n + 1):
            if " ".join(parts[a : a + n]) in known:
                return " ".join(parts[a : a + n])
    return ""
