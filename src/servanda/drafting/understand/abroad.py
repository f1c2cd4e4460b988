"""Clauses in other languages than English: what a short list of words knows of them, and everything else asked.

Nothing is filled in but the acts, whom they bind and a time by which; ``data/clause_words_abroad.yaml`` has five languages. A clause in any other
stands as it is, and its language is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from servanda.documents import Clause
from servanda.drafting.understand.actors import Actors
from servanda.drafting.understand.acts import ATTACKS, WRONGS, What, distinct
from servanda.drafting.understand.amounts import Quantity
from servanda.drafting.understand.clause import Understood
from servanda.drafting.understand.lexicon import Found, longest
from servanda.drafting.understand.obligations import Part
from servanda.values.gazetteer import gazetteer
from servanda.values.languages import ENGLISH, UNTOLD, Language, language_of, script_of

_SENTENCE = re.compile(r"(?<=[^\W\d_)])[.;\u061b]\s+(?=[^\W\d_])")
SURE = 0.3
"""How surely the words of one clause tell their language, at the least."""
_NEAR = 60  # characters: how far before an act the word stands that forbids it


def language_of_draft(clauses: Iterable[Clause]) -> Language:
    """The language in which most of a draft is.

    Args:
        clauses: its clauses.

    Returns:
        The language of all their words.
    """
    return language_of(" ".join(clause.text for clause in clauses)[:20_000])


def language_of_clause(clause: Clause, draft: Language) -> str:
    """The language of one clause: its own where that is sure, else that of the draft.

    Args:
        clause: the clause.
        draft: the language of the whole draft.

    Returns:
        The code of the language: English where nothing tells another, none where its script is not that of English.
    """
    own = language_of(clause.whole)
    letters = [letter for letter in clause.text if letter.isalpha()]
    foreign = sum(script_of(letter) != "LATIN" for letter in letters) * 2 > len(letters)  # *M-777* has a letter of ours
    if own.code != UNTOLD and (own.sure >= SURE or foreign):
        return own.code
    return draft.code if draft.code and draft.code != ENGLISH else UNTOLD if foreign else ENGLISH


def parts_abroad(text: str) -> list[Part]:
    """The sentences of a clause.

    Args:
        text: its words.

    Returns:
        One part for each; the clause itself where it is one sentence.
    """
    ends = [m for m in _SENTENCE.finditer(text) if not text[m.end()].islower()]
    starts = [0, *(m.end() for m in ends)]
    sentences = [text[a:b].strip() for a, b in zip(starts, [*(m.start() + 1 for m in ends), len(text)], strict=True)]
    if len(sentences) < 2:
        return [Part("", text)]
    return [Part(f"sentence {n}", sentence) for n, sentence in enumerate(sentences, 1)]


def understand_abroad(text: str, code: str, actors: Actors) -> Understood:
    """Understand one sentence of a clause in another language, as far as a short list goes.

    Args:
        text: its words.
        code: its language.
        actors: who the draft is between.

    Returns:
        The acts, with the words they came from; questions for all else.
    """
    words: Mapping[str, Any] | None = _written().get(code)
    name = Language(code, 1.0).name
    if words is None:
        out = Understood(What("unverifiable", (), "", ()))
        out.questions["language"] = (
            f"the clause is in {name}, which is not read: which act, that could be seen or shown, is against it?"
        )
        return out
    for group, asked in _FRAMED.items():
        if framed := _pattern(code, group).search(text):
            out = Understood(What("unverifiable", (), "", ()))
            out.questions["kind"] = f"'{framed.group(0)}' {asked}"
            return out
    out = Understood(_what(text, code, actors))
    out.questions |= _turned(text, code)
    if counted := _in_letters(text, code, out.what.kind):
        out.questions["numbers"] = f"what do {', '.join(map(repr, counted))} say of this term? No value of it says so"
    before = _when(code).search(text)
    if before and not re.search(_written()[code]["signed"], before["said"], re.IGNORECASE):
        out.questions["only_after"] = f"does it wait for '{before['said']}'? No value does: write that as 'only_after:'"
    if out.what.kind != "forbid":
        out.questions.pop("only", None)
    elif "only" not in out.questions and (until := _until(text, code)):
        out.questions["only"] = _TURNS["only"][1].format(until)
    if out.what.kind == "unverifiable":
        out.questions["kind"] = (
            "what act, that could be seen or shown, would be against this clause? None was recognised in its words"
        )
        return out
    out.words = {"kind": out.what.kind_words, "act": ", ".join(out.what.act_words)}
    if not out.what.kind_words:
        out.words.pop("kind")
        out.questions["kind"] = (
            f"is this forbidden or asked for? No word says so; it stands as '{out.what.kind}' by the nature of the act"
        )
    out.questions["language"] = (
        f"{name} is read by a short list of words: is this all that the clause says, of what, with what and where?"
    )
    everybody = _pattern(code, "everybody").search(text)
    if everybody:
        out.words["binds"] = everybody.group(0)
    else:
        out.questions["binds"] = "whose is it? It stands as binding every party"
    if out.what.kind == "respond":
        out.questions["respond"] = "whose act calls for the answer, and within what time?"
        out.deadline = _deadline(text, code)
    if out.what.kind == "require":
        out.deadline = _deadline(text, code)
        if out.deadline:
            out.words["deadline"] = out.deadline.words
        if not out.deadline or not out.deadline.anchor:
            back = out.deadline is not None and out.deadline.way == "before"
            told = "It counts back, which no value does" if back else "The clause names nothing that is known here"
            out.questions["deadline"] = f"counted from what? {told}" if out.deadline else "by when?"
    return out


def _in_letters(text: str, code: str, kind: str) -> list[str]:
    """The numbers in letters, each with the word behind it; but for those of a length of time that is read."""
    words = rf"(?:{'|'.join(_written()[code]['numerals'])})"
    due = _deadline(text, code) if kind in ("require", "respond") else None
    found = re.finditer(rf"(?<!\w){words}(?:[\s-]+(?:et |y )?{words})*(?!\w)(?:\s+[^\W\d]+)?", text, re.IGNORECASE)
    return [m.group(0) for m in found if due is None or not due.start <= m.start() < due.start + len(due.words)]


_FRAMED = {
    "frames": "says what other clauses leave open: of which terms is it an exception? Write it there under 'except:'",
    "twice": "denies twice: what is owed or forbidden by it?",
    "free": "says what nobody has to do, which no act is against: of which terms is it an exception? Write it there under 'except:'",
}
"""Words of clauses that are no terms, or whose kind a short list cannot tell, by what is asked of them."""


@cache
def _when(code: str) -> re.Pattern[str]:
    """What stands ahead of the rest and says when or if it is owed."""
    words = "|".join(_written()[code]["when"])
    return re.compile(rf"^\W*(?P<said>(?:{words})(?!\w)(?:[^,،;.]*(?=[,،])|\s+\w+))", re.IGNORECASE)


_TURNS = {
    "permit": ("may", "is it a right, and no duty or ban? The clause says '{}'"),
    "except": ("except", "what does '{}' spare, what must be shown for it, how soon, and how much?"),
    "only": ("only", "does it bind only so? The clause says '{}', and no value does"),
    "to": ("most", "up to how many is it allowed? The clause says '{}', and no value does"),
    "reciprocal": ("each", "is it owed only for what another does? The clause says '{}', and no value does"),
}
"""Words that turn or narrow a clause, by what is asked of them: their list, and the question."""


def _turned(text: str, code: str) -> dict[str, str]:
    """What is asked of words that make a right of a clause, spare something, or owe it for something."""
    found = {key: _pattern(code, group).search(text) for key, (group, _) in _TURNS.items()}
    found["to"] = _cap(text, code)
    right = found["permit"]
    if (
        right
        and any(  # *none of the Parties may*: a denial that opens the sentence, or a clause of it
            re.search(r"(?:^|[,;:،؛])\W*$", text[: m.start()])
            and not re.search(r"[,;:،؛]", text[m.end() : right.start()])
            for m in _pattern(code, "nobody").finditer(text, 0, right.start())
        )
    ):
        found["permit"] = None
    return {key: _TURNS[key][1].format(m.group(0)) for key, m in found.items() if m}


def _until(text: str, code: str) -> str:
    """Before what something is forbidden: words that open the sentence, or stand before a deed."""
    for m in _pattern(code, "beside").finditer(text):
        opens = not text[: m.start()].strip() or any(p.match(text, m.end() + 1) for _, p in _acts(code))
        if opens and _pattern(code, "back").match(m.group(0)):
            return " ".join([m.group(0), *text[m.end() :].split()[:1]])
    return ""


def _cap(text: str, code: str) -> re.Match[str] | None:
    """The words that say at most: *more than* does behind a denial alone, and none of a length of time does."""
    denied = next((m.end() for m in (_pattern(code, "forbid").search(text),) if m), len(text))
    over = (m for m in _pattern(code, "over").finditer(text) if m.start() >= denied)
    units = re.compile("|".join(_written()[code]["units"].values()), re.IGNORECASE)
    counts = re.search(r"\d", text) or _pattern(code, "numerals").search(text) or _pattern(code, "amount").search(text)
    for m in (*_pattern(code, "most").finditer(text), *over) if counts else ():  # not of a line that nobody crosses
        near = [*text[: m.start()].split()[-2:], *text[m.end() :].split()[:4]]
        if not any(units.match(word) for word in near):
            return m
    return None


def parties_abroad(lines: Iterable[str], code: str) -> tuple[dict[str, str], str]:
    """The parties, from words like "between A and B" before the first clause.

    Args:
        lines: title and preamble.
        code: the language of the draft.

    Returns:
        Short name to the name as it stands there, and the line; nothing where no line says it.
    """
    words = _written().get(code)
    for line in lines if words else ():
        found = re.search(words["between"], line[:2_000], re.IGNORECASE) if words else None
        if found:
            return {
                "A": found["one"].strip(' ,\u00ab\u00bb"\u201c\u201d'),
                "B": found["two"].strip(' ,\u00ab\u00bb"\u201c\u201d'),
            }, line
    return {}, ""


@cache
def _written() -> Mapping[str, Any]:
    written: Mapping[str, Any] = gazetteer("clause_words_abroad.yaml")
    return written


@cache
def _pattern(code: str, group: str) -> re.Pattern[str]:
    """The words of a group; of those that deny, none that only compares: *not later than*, *not fewer than*."""
    behind = rf"(?!\s+(?:{'|'.join(_written()[code]['compared'])})(?!\w))" if group in ("forbid", "not") else ""
    return re.compile(rf"(?<!\w)(?:{'|'.join(_written()[code][group])})(?!\w){behind}", re.IGNORECASE)


@cache
def _acts(code: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (act, re.compile(rf"(?<!\w){'[وفبل]?' if code == 'ar' else ''}(?:{'|'.join(words)})(?!\w)", re.IGNORECASE))
        for act, words in _written()[code]["acts"].items()
    )


def _name(full: str) -> str:
    """A pattern of an actor's name of several words, whatever endings these have: what it says (*Front de libération*) is no deed."""
    said = full.split()
    said = said[1:] if len(said) > 2 and len(said[0]) < 4 else said  # without an article
    words = [re.escape(w[: -2 if len(w) > 5 else -1 if len(w) > 3 else len(w)]) + r"\w*" for w in said]
    return r"(?<!\w)" + r"\s+".join(words)


def _what(text: str, code: str, actors: Actors) -> What:
    """Kind and acts: what is denied is forbidden, what is wrong too; a deed that nothing denies is asked for. What says of whom or when it speaks is no act of it."""
    described = [m.span() for m in re.finditer("|".join(_written()[code]["described"]), text, re.IGNORECASE)]
    described += [
        m.span() for m in re.finditer(rf"(?:{_pattern(code, 'only').pattern})(?:\s+\w+){{0,2}}", text, re.IGNORECASE)
    ]
    described += [m.span("said") for m in (_when(code).search(text),) if m]
    several = [_name(full) for full in actors.all.values() if " " in full.strip()]
    described += [m.span() for name in several for m in re.finditer(name, text, re.IGNORECASE)]
    hinders = [m.end() for m in _pattern(code, "hinders").finditer(text)]
    found = longest(
        [
            Found(act, m.start(), m.end(), m.group(0))
            for act, pattern in _acts(code)
            for m in pattern.finditer(text)
            if not any(a <= m.start() < b for a, b in described)
            and (act in WRONGS or not any(0 <= m.start() - end < _NEAR for end in hinders))
        ]
    )
    timed = {m.end() for m in _pattern(code, "beside").finditer(text)}  # *before the elections* asks for none
    found = [f for f in found if f.code in WRONGS or not {f.start, f.start - 1} & timed] or found
    if not found:
        return What("unverifiable", (), "", ())
    told = _pattern(code, "reported").search(text)
    if told and any(f.code in ATTACKS for f in found):
        to = tuple(f for f in found if f.code in WRONGS)
        return What("respond", ("report_made",), told.group(0), (told.group(0),), distinct(to))
    ahead = max(
        (m.end("said") for m in (_when(code).search(text),) if m), default=0
    )  # a condition denies nothing behind it
    forbids = list(_pattern(code, "forbid").finditer(text, ahead))
    denies = list(_pattern(code, "not").finditer(text, ahead))
    wrongs = [f for f in found if f.code in WRONGS]
    denied = [f for f in found if f.code not in WRONGS and any(0 <= f.start - m.end() < _NEAR for m in denies)]
    meant = wrongs if wrongs and (not found or wrongs[0] is found[0] or denied) else denied
    if wrongs and not meant and found[0].code not in WRONGS:
        meant = []
    kind = "forbid" if meant else "require"
    chosen = (
        [*meant, *(f for f in denied if f not in meant)] if meant else [f for f in found if f.code not in WRONGS][:1]
    )
    cue = forbids[0].group(0) if meant and forbids else (chosen[0].words if kind == "require" else "")
    return What(kind, distinct(tuple(chosen)), cue, tuple(dict.fromkeys(f.words for f in chosen)))


def _deadline(text: str, code: str) -> Quantity | None:
    """So many hours or days in which something is to be done, and whether they count from the signature."""
    words = _written()[code]
    within = rf"(?<!\w)(?:{'|'.join(words['within'])})\s+"
    numbers = {named: float(n) for n, named in words["numbers"].items()}
    many = rf"(?P<n>\d+|{'|'.join(numbers)})(?:\s*\([^()]*\))?\s+"
    told = [(0.0, unit, f"{within}{many}(?:{pattern})") for unit, pattern in words["units"].items()]
    for alone, pattern in words["alone"].items():  # *in a month*, and the two of Arabic, which is one word
        n, unit = alone.split()
        told.append((float(n), unit, f"{within}(?:{pattern})"))
    for n, unit, pattern in told:
        found = re.search(rf"{pattern}(?!\w)", text, re.IGNORECASE)
        if not found:
            continue
        signed = re.search(words["signed"], text[found.end() : found.end() + 40], re.IGNORECASE)
        said = text[found.start() : found.end() + (signed.end() if signed else 0)]
        length = n or _number(found["n"], numbers)
        back = _pattern(code, "back").match(text[found.end() :].lstrip())
        way = "before" if back else ""
        return Quantity(length, unit, said, found.start(), "signature" if signed and not back else "", way)
    return None


def _number(words: str, numbers: Mapping[str, float]) -> float:
    """A number in figures, or in the words of a language."""
    if words.isdigit():
        return float(words)
    return next(n for named, n in numbers.items() if re.fullmatch(named, words, re.IGNORECASE))
