"""The terms of a draft: its clauses, parted into their obligations, with what definitions, headings and other clauses give to each."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from servanda.documents import Clause, Text
from servanda.drafting.understand.abroad import (
    SURE,
    language_of_clause,
    language_of_draft,
    parts_abroad,
    understand_abroad,
)
from servanda.drafting.understand.actors import Actors, named_in
from servanda.drafting.understand.clause import Understood, understand
from servanda.drafting.understand.defined import Definition, beyond_definitions, definitions_in, references_in, used_in
from servanda.drafting.understand.lexicon import find, verbs
from servanda.drafting.understand.obligations import Part, parts_of
from servanda.values.languages import ENGLISH, UNTOLD, language_of

_HANGS = re.compile(
    r"(?:\b(?:shall|will|must|to|not|from|of|by|that|undertakes?|agrees?|prohibits?|include|includes|including|entails?)|,)\W*$",
    re.IGNORECASE,
)
_OWN = re.compile(r"(?:[A-Z][^;:.]{0,160}?)\b(?:shall|will|must)\b")
_PERIOD = re.compile(r"\b(?:period|time-?limit|dead-?line|time|date|days?)\b[^,;.]{0,40}$", re.IGNORECASE)
_ANNEX = re.compile(r"\b(?:annex(?:es)?|appendix|schedule|attachment|map)(?:\s+(?:[A-Z]|\d+|[IVX]+)\b)?", re.IGNORECASE)


@dataclass(frozen=True)
class Drafted:
    """One term with the clause that it was made of: ``words`` of it, ``number`` by which it is quoted, ``told``: what was found for it elsewhere."""

    term: str
    clause: Clause
    understood: Understood
    words: str
    number: str
    told: list[str] = field(default_factory=list)


def terms_of(text: Text, actors: Actors) -> tuple[list[Drafted], list[Definition]]:
    """The terms of a draft, in order, and the words that it defines.

    Args:
        text: one version of the draft, as clauses.
        actors: who it is between.

    Returns:
        One term for each obligation; a clause that only leads to its items, or only defines, is none.
    """
    defined = [d for clause in text.clauses for d in definitions_in(clause)]
    by_clause: dict[str, list[Drafted]] = {}
    names: set[str] = set()
    whole = language_of_draft(text.clauses)
    for whole_clause, after in zip(text.clauses, [*text.clauses[1:], None], strict=True):
        defines = any(d.clause == whole_clause.number for d in defined)
        clause = replace(whole_clause, text=beyond_definitions(whole_clause.text), lead="") if defines else whole_clause
        if not clause.text or clause.leads_to(after):
            continue
        made = by_clause.setdefault(clause.number, [])
        said = _said(clause)
        lead = "" if said == clause.text else clause.lead.rstrip(":— -")
        code = language_of_clause(clause, whole)
        if code == ENGLISH:
            parts = _folded(parts_of(said), actors, lead)
        else:
            parts = [(part, understand_abroad(part.text, code, actors)) for part in parts_abroad(clause.whole)]
        for part, got in parts:
            number = ", ".join(word for word in (clause.number, part.label) if word)
            if part.label.startswith("("):
                number = clause.number + part.label
            name = re.sub(r"[^a-z0-9]+", "_", f"clause_{number}".lower()).strip("_")
            while name in names:
                name += "_"
            names.add(name)
            made.append(Drafted(name, clause, got, part.text if part.label else clause.whole, number))
    terms = [d for made in by_clause.values() for d in made]
    for drafted in terms:
        _from_headings(drafted, actors, text.title)
        _from_definitions(drafted, actors, defined)
        _from_clauses(drafted, text, by_clause)
    return terms, defined


def obligations_of(text: str, actors: Actors) -> list[tuple[Part, Understood]]:
    """The obligations of one clause, with what was understood of each.

    Args:
        text: its words.
        actors: who the draft is between.

    Returns:
        One for each; one where it holds one, or none that was recognised.
    """
    own = language_of(text)
    if own.code not in (ENGLISH, UNTOLD) and own.sure >= SURE:
        return [(part, understand_abroad(part.text, own.code, actors)) for part in parts_abroad(text)]
    return _folded(parts_of(text), actors, "")


def _said(clause: Clause) -> str:
    """What is to be understood: the words alone where they are a sentence that needs none of those that lead to it."""
    if not clause.lead or _HANGS.search(clause.lead.rstrip(":— -\u2013")):
        return clause.whole
    begins = clause.text.split(" ", 1)[0].lower()
    return clause.text if _OWN.match(clause.text) and begins not in verbs() else clause.whole


def _folded(parts: list[Part], actors: Actors, lead: str) -> list[tuple[Part, Understood]]:
    """The parts with what was understood of each; a part that says nothing by itself, or the same again, stands with the one before it."""
    if len(parts) == 1:
        return [(parts[0], understand(parts[0].text, actors, lead))]
    out: list[tuple[Part, Understood]] = []
    waiting: list[str] = []
    for part in parts:
        got = understand(part.text, actors, lead if part.text.startswith(lead) else "")
        before = out[-1][1] if out else None
        if before is not None and before.binds and got.what.kind != "unverifiable" and _names_nobody(got):
            got.binds = before.binds
            got.words["binds"] = f"the words before it: {before.words['binds']}"
            got.questions["binds"] = (
                f"is it {', '.join(before.binds)}'s, as what stands before it? It names nobody itself"
            )
        if got.what.kind == "unverifiable":
            (waiting if before is None else []).append(part.text)
            if before is not None:
                _more(before, part.text)
            continue
        same = before is not None and (got.what.kind, got.binds) == (before.what.kind, before.binds)
        if (
            before is not None
            and same
            and (part.together or set(got.what.acts) <= set(before.what.acts))
            and got.what.kind in ("forbid", "require")
            and not _of_another_time(before, got)
        ):
            if part.together and got.what.kind == "require" and got.what.acts != before.what.acts:
                out.append((part, got))
                continue
            joined = replace(out[-1][0], text=f"{out[-1][0].text}; {part.text}")
            out[-1] = (joined, _both(before, got))
            continue
        out.append((part, got))
    if not out:
        whole = "; ".join(part.text.rstrip(".") for part in parts)
        return [(Part("", whole), understand(whole, actors, lead))]
    for words in waiting:
        _more(out[0][1], words)
    if len(out) == 1:
        out[0] = (replace(out[0][0], label=""), out[0][1])
    return out


def _of_another_time(one: Understood, other: Understood) -> bool:
    """Whether two duties are stages of one, each due by a time of its own."""
    due = [(got.deadline and got.deadline.text, got.date) for got in (one, other)]
    return one.what.kind == "require" and all(any(d) for d in due) and due[0] != due[1]


def _names_nobody(got: Understood) -> bool:
    return got.questions.get("binds", "").startswith("whose is it? The clause names nobody")


def _more(got: Understood, words: str) -> None:
    """Words of the clause in which nothing was recognised."""
    told = f"nothing was recognised in '{words}': is it a term of its own?"
    got.questions["more"] = f"{got.questions['more']}; {told}" if "more" in got.questions else told


_AMOUNTS = {
    "quota": "at_least",
    "deadline": "deadline",
    "date": "date",
    "cap": "to",
    "distance": "distance",
    "calibre": "calibre",
    "range": "range",
    "exception": "except",
    "consent_of": "unless",
}
"""What one part of a clause may say and the other not, and under which key its words stand."""


def _both(one: Understood, other: Understood) -> Understood:
    """Two parts of one ban as one."""
    acts = tuple(dict.fromkeys((*one.what.acts, *other.what.acts)))
    what = replace(one.what, acts=acts, act_words=tuple(dict.fromkeys((*one.what.act_words, *other.what.act_words))))
    words = {**other.words, **one.words}
    if what.act_words:
        words["act"] = ", ".join(what.act_words)
    amounts = {name: getattr(one, name) or getattr(other, name) for name in _AMOUNTS}
    for name, key in _AMOUNTS.items():
        if getattr(one, name) and getattr(other, name):
            words[key] = one.words.get(key, words.get(key, ""))
    return replace(
        one,
        **amounts,
        what=what,
        words=words,
        targets=tuple(dict.fromkeys((*one.targets, *other.targets))),
        weapons=tuple(dict.fromkeys((*one.weapons, *other.weapons))),
        questions={**other.questions, **one.questions},
    )


def _from_headings(drafted: Drafted, actors: Actors, title: str) -> None:
    """The obligor that only a heading names: "Obligations of the Front"."""
    got = drafted.understood
    if "binds" in got.words or got.what.kind in ("unverifiable", "guarantee") or not drafted.clause.heading:
        return
    if not _names_nobody(got):
        return
    for heading in reversed(drafted.clause.heading.split(" > ")):
        if heading == title:
            continue
        named = list(dict.fromkeys(n.short for n in named_in(_plain(heading), actors) if n.short in actors.parties))
        if len(named) == 1:
            got.binds = (named[0],)
            got.words["binds"] = f"the heading {heading}"
            got.questions["binds"] = (
                f"is it {named[0]}'s alone? The clause names nobody, and its heading is '{heading}'"
            )
            return


def _plain(heading: str) -> str:
    """A heading in capitals, as names are written."""
    return heading.title() if heading.isupper() else heading


_OF_THE_TEXT = re.compile(
    r"(?:the )?(?:(?:day|date|time|hour|moment) (?:of|on which|at which|when) )?(?:the |this |its )?(?:signature|signing|(?:agreement|truce) is signed|(?:entry|coming) into (?:force|effect)|beginning|start)\b[^,;]{0,40}$",
    re.IGNORECASE,
)
"""A day that is the agreement's own: that of its signature, or on which it begins."""


def _from_definitions(drafted: Drafted, actors: Actors, defined: list[Definition]) -> None:
    """What a defined word gives: weapons, places, whose forces they are."""
    got = drafted.understood
    for one in used_in(drafted.words, defined):
        drafted.told.append(f"'{one.term}' is defined in clause {one.clause}: {' '.join(one.means.split())[:300]}")
        if got.deadline is not None and got.deadline.anchor == one.term and _OF_THE_TEXT.match(one.means):
            got.deadline = replace(got.deadline, anchor=one.means)
            got.questions.pop("deadline", None)
        weapons = tuple(dict.fromkeys(f.code for f in find("weapons", one.means)))
        if weapons and got.what.kind in ("limit", "require", "forbid") and set(got.weapons) <= {"heavy_weapon"}:  # noqa: SIM102
            if "weapon" in got.words or got.what.kind != "forbid":
                got.weapons = weapons
                got.words["weapon"] = f"{one.term}, as clause {one.clause} defines it"
                if re.search(r"\d+\s*(?:mm|millimet)", one.means):
                    got.questions["calibre"] = f"calibres differ by weapon in clause {one.clause}: one term for each?"
        if "binds" not in got.words and got.what.kind not in ("unverifiable", "guarantee"):
            named = list(dict.fromkeys(n.short for n in named_in(one.means, actors) if n.short in actors.parties))
            subject = re.search(rf"^\W*(?:\w+ ){{0,4}}{re.escape(one.term)}s?\b", drafted.words)
            if len(named) == 1 and subject:
                got.binds = (named[0],)
                got.words["binds"] = f"{one.term}, as clause {one.clause} defines it"
                got.questions.pop("binds", None)


def _from_clauses(drafted: Drafted, text: Text, by_clause: dict[str, list[Drafted]]) -> None:
    """The clauses of which this one speaks: told where they are found, asked where not; a period that one of them gives."""
    got = drafted.understood
    for one in references_in(replace(drafted.clause, text=drafted.words), text):
        if not one.number:
            asked = f"which clause is '{one.words}'? The draft has none of that number, or several"
            got.questions["refers"] = f"{got.questions['refers']}; {asked}" if "refers" in got.questions else asked
            continue
        meant = [d for d in by_clause.get(one.number, []) if d is not drafted]
        term = f" (term {', '.join(d.term for d in meant)})" if meant else ""
        drafted.told.append(f"'{one.words}' is clause {one.number}{term}")
        before = drafted.words[: drafted.words.find(one.words)]
        period = _PERIOD.search(before)
        due = next((d.understood for d in meant if d.understood.deadline or d.understood.date), None)
        if (
            period
            and due is not None
            and got.deadline is None
            and not got.date
            and got.what.kind in ("require", "limit", "declare")
        ):
            got.deadline, got.date = due.deadline, due.date
            given = due.deadline.words if due.deadline else due.words["date"]
            said = f"{period.group(0)}{one.words}"
            if due.deadline:
                got.deadline = replace(due.deadline, words=f"{said}, where clause {one.number} says: {given}")
            got.words["deadline"] = got.words["date"] = f"{said}, where clause {one.number} says: {given}"
            got.questions["deadline"] = (
                f"is the deadline that of clause {one.number} ({given})? This clause says '{said.strip()}'"
            )
        elif not period and not meant and not any(c.number.startswith(one.number) for c in text.clauses):
            got.questions.setdefault("refers", f"what of clause {one.number} is part of this one?")
    annex = _ANNEX.search(drafted.words)
    if annex:
        got.questions.setdefault("annex", f"which places, dates and units of '{annex.group(0)}' belong to this term?")
