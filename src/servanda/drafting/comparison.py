"""Two drafts beside each other, clause by clause: what is the same, moved, changed, or only in one; and which findings came and went.

What is said of a change is what was understood of the words; where nothing that was understood differs, that is what is said, and
not that the meaning is the same. Of agreement files what is coded is compared too, in the sentences that say it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from servanda.documents.redline import MOST_PAIRS, likeness
from servanda.drafting import wording
from servanda.drafting.understand import Actors, Understood, obligations_of
from servanda.drafting.understand.obligations import Part
from servanda.wording import listing

Status: TypeAlias = Literal["same words", "other words", "changed", "only in the first", "only in the second"]
_ALIKE = 0.4


@dataclass(frozen=True, slots=True)
class Side:
    """One draft as it is compared: its name, its clauses (number and words), who it is between, findings as code and clause number.

    Of an agreement file also what is coded, in sentences: of each clause by its number (``coded``), and of the whole (``beside``).
    """

    name: str
    clauses: tuple[tuple[str, str], ...]
    actors: Actors
    findings: tuple[tuple[str, str], ...] = ()
    coded: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    beside: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pair:
    """One clause in both drafts, or in one of them."""

    old: tuple[str, str] | None
    new: tuple[str, str] | None
    status: Status
    moved: bool = False
    changes: tuple[str, ...] = ()
    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    serves: tuple[str, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """All clauses of two drafts, in the order of the second, those that are gone where they stood.

    ``changes``: what is coded of the whole, and differs: who it is between, when it is in force, what its places are.
    """

    old: str
    new: str
    pairs: tuple[Pair, ...]
    changes: tuple[str, ...] = ()
    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    wishes: tuple[str, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)


def compare(old: Side, new: Side, wishes: Sequence[Side] = ()) -> Comparison:
    """Compare two drafts.

    Args:
        old: the one.
        new: the other.
        wishes: what each delegation wants, each a draft of its own.

    Returns:
        Every clause once, with what became of it.
    """
    partner = aligned(old.clauses, new.clauses)
    still = _in_order([partner[n] for n in sorted(partner)])
    wanted = [(wish.name, wish, aligned(wish.clauses, new.clauses)) for wish in wishes]
    pairs: list[Pair] = []
    told: set[int] = set()
    for n, clause in enumerate(new.clauses):
        m = partner.get(n)
        serves = tuple(
            name
            for name, wish, at in wanted
            if n in at and _alike(wish.clauses[at[n]], clause, wish.actors, new.actors)
        )
        if m is None:
            gained = _codes(new, clause[0])
            pairs.append(Pair(None, clause, "only in the second", gained=gained, serves=serves))
            continue
        for k in range(m):  # what is gone stands where it stood
            if k not in told and k not in partner.values() and m in still:
                told.add(k)
                pairs.append(Pair(old.clauses[k], None, "only in the first", lost=_codes(old, old.clauses[k][0])))
        before, after = _codes(old, old.clauses[m][0]), _codes(new, clause[0])
        status, changes = _changed(old.clauses[m], clause, old.actors, new.actors)
        if old.clauses[m][0] in old.coded and clause[0] in new.coded:
            changes += (coded := _coded(old.coded[old.clauses[m][0]], new.coded[clause[0]]))
            status = "changed" if coded else status
        gained, lost = tuple(c for c in after if c not in before), tuple(c for c in before if c not in after)
        pairs.append(Pair(old.clauses[m], clause, status, m not in still, changes, gained, lost, serves))
    for k, gone in enumerate(old.clauses):
        if k not in told and k not in partner.values():
            pairs.append(Pair(gone, None, "only in the first", lost=_codes(old, gone[0])))
    counts: dict[str, int] = dict(Counter(p.status for p in pairs))
    whole = [set(_codes(side, "")) for side in (old, new)]
    return Comparison(
        old.name,
        new.name,
        tuple(pairs),
        _coded(old.beside, new.beside) if old.beside and new.beside else (),
        tuple(sorted(whole[1] - whole[0])),
        tuple(sorted(whole[0] - whole[1])),
        tuple(w.name for w in wishes),
        counts,
    )


def aligned(old: Sequence[tuple[str, str]], new: Sequence[tuple[str, str]]) -> dict[int, int]:
    """Which clause is which: first those with the same words, then the most alike, the number deciding between equals.

    Args:
        old: number and words of the one draft's clauses.
        new: number and words of the other's.

    Returns:
        For places in ``new`` their places in ``old``; each at most once.
    """
    out: dict[int, int] = {}
    same: dict[str, list[int]] = {}
    for m, (_, text) in enumerate(old):
        same.setdefault(_folded(text), []).append(m)
    for n, (_, text) in enumerate(new):
        if same.get(_folded(text)):
            out[n] = same[_folded(text)].pop(0)
    left = [m for m in range(len(old)) if m not in out.values()]
    few = len(left) * (len(new) - len(out)) <= MOST_PAIRS
    scored = sorted(
        (
            (likeness(old[m][1], text) + (0.1 if old[m][0] == number else 0.0), -n, -m)
            for n, (number, text) in enumerate(new)
            if n not in out
            for m in left
            if few or old[m][0] == number
        ),
        reverse=True,
    )
    for score, n, m in scored:
        if score >= _ALIKE and -n not in out and -m not in out.values():
            out[-n] = -m
    return out


def _folded(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text.lower()).strip()


def _in_order(places: list[int]) -> set[int]:
    """The longest run of places that rises: what is not in it was moved."""
    runs: list[list[int]] = [[]]
    for place in places:
        before = max((run for run in runs if not run or run[-1] < place), key=len)
        runs.append([*before, place])
    longest = max(runs, key=len)
    return set(longest)


def _codes(side: Side, number: str) -> tuple[str, ...]:
    return tuple(sorted({code for code, at in side.findings if at == number}))


def _alike(one: tuple[str, str], other: tuple[str, str], a: Actors, b: Actors) -> bool:
    return _changed(one, other, a, b)[0] in ("same words", "other words")


def _changed(old: tuple[str, str], new: tuple[str, str], a: Actors, b: Actors) -> tuple[Status, tuple[str, ...]]:
    """What became of a clause, in plain English."""
    if _folded(old[1]) == _folded(new[1]):
        return "same words", ()
    one, other = obligations_of(old[1], a), obligations_of(new[1], b)
    told = _part_by_part(one, other)
    for word, where in _only(wording.vague(old[1]), wording.vague(new[1])):
        told.append(f"the vague word {word!r} {where}")
    numbers = [re.findall(r"\d+(?:[.,]\d+)*", text) for text in (old[1], new[1])]
    if not told and sorted(numbers[0]) != sorted(numbers[1]):
        told.append(f"numbers: {listing(numbers[0]) or 'none'} became {listing(numbers[1]) or 'none'}")
    for word, where in _only(_weighty(old[1]), _weighty(new[1])):
        if not (word in ("except", "unless") and _excused(one) != _excused(other)):
            told.append(f"the word {word!r} {where}")
    if not told and any(got.what.kind == "unverifiable" or "more" in got.questions for _, got in one):
        told.append("words that were not understood differ")
    return ("changed", tuple(told)) if told else ("other words", ())


def _coded(old: Sequence[str], new: Sequence[str]) -> tuple[str, ...]:
    """What is coded on one side only, in its sentences."""
    return tuple(f"coded, and {where}: {line}" for line, where in _only(old, new))


def _part_by_part(old: Sequence[tuple[Part, Understood]], new: Sequence[tuple[Part, Understood]]) -> list[str]:
    """What was understood differently of each obligation of a clause; which part it is stands before it where there are several."""
    if len(old) == len(new) == 1:
        return _differences(old[0][1], new[0][1])
    sides = [[(part.label, part.text) for part, _ in side] for side in (old, new)]
    partner = aligned(*sides)
    told = [f"an obligation is gone: {part.text!r}" for m, (part, _) in enumerate(old) if m not in partner.values()]
    for n, (part, got) in enumerate(new):
        if n not in partner:
            told.append(f"an obligation is new: {part.text!r}")
            continue
        label = part.label or old[partner[n]][0].label
        told += [f"{label}: {said}" for said in _differences(old[partner[n]][1], got)]
    return told


def _excused(parts: Sequence[tuple[Part, Understood]]) -> list[tuple[str, tuple[str, ...]]]:
    return [(got.exception, got.consent_of) for _, got in parts]


_WEIGHTY = re.compile(
    r"\b(?:shall|must|will|may|should|can|might|not|no|neither|nor|never|none|only|all|any|each|either|both|unless|except|if|immediately|gradually|"
    r"temporar\w+|permanent\w*|solely|other|foreign|heavy)\b",
    re.IGNORECASE,
)


def _weighty(text: str) -> list[str]:
    """Words that turn, strengthen or weaken a sentence."""
    return list(dict.fromkeys(word.lower() for word in _WEIGHTY.findall(text)))


_KINDS: Mapping[str, str] = {
    "forbid": "a ban",
    "require": "a duty",
    "limit": "a limit",
    "quota": "a quantity",
    "respond": "an answer that is owed",
    "declare": "something to be told",
    "notice": "a notice in advance",
    "guarantee": "a guarantee",
    "unverifiable": "nothing that could be checked",
}


def _differences(one: Understood, other: Understood) -> list[str]:
    """What was understood differently."""
    told = []
    if one.what.kind != other.what.kind:
        told.append(f"it was {_KINDS[one.what.kind]} and is {_KINDS[other.what.kind]}")
    for word, where in _only(one.what.acts, other.what.acts):
        told.append(f"the act {word.replace('_', ' ')} {where}")
    if one.binds != other.binds:
        told.append(f"it bound {_who(one)} and binds {_who(other)}")
    for name in ("deadline", "distance", "cap", "quota", "calibre", "range"):
        a, b = getattr(one, name), getattr(other, name)
        if (a and (a.n, a.unit, a.anchor)) != (b and (b.n, b.unit, b.anchor)):
            told.append(f"{name}: {a.words.strip() if a else 'none'} became {b.words.strip() if b else 'none'}")
    if one.date != other.date:
        told.append(f"date: {one.words.get('date', 'none')} became {other.words.get('date', 'none')}")
    for key, name in (
        ("targets", "target"),
        ("weapons", "weapon"),
        ("consent_of", "consent of"),
        ("means", "means of observation"),
    ):
        for word, where in _only(getattr(one, key), getattr(other, key)):
            told.append(f"the {name} {word.replace('_', ' ')} {where}")
    if one.exception != other.exception:
        told.append(f"exception: {one.exception or 'none'} became {other.exception or 'none'}")
    for word, where in _only([p.lower() for p in one.places], [p.lower() for p in other.places]):
        told.append(f"the place {word!r} {where}")
    return told


def _only(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, str]]:
    """What stands in one of two lists only."""
    return [(w, "is gone") for w in old if w not in new] + [(w, "is new") for w in new if w not in old]


def _who(got: Understood) -> str:
    return listing(list(got.binds)) if got.binds else "every party"
