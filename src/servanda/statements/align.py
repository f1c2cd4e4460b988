"""The same saying across documents: occasions, utterances, and what happened to them on the way.

1. **Occasion.** Two documents tell of the same one where they quote the same person with a run of the same words, have him say the very same, or name the same
   hearer, or, in different scripts, have him take the same stand on the same day, and their days do not differ by more than three; two days that both tell are two occasions for one hearer. However many documents tell of it, it is one origin.
2. **Utterance.** Statements of one occasion are the same one where their quotations share five words running, or where most of the content
   words of the shorter stand in the longer.
3. **What changed on the way.** Word by word, every wording against every other: *cut* (words left out of the middle without a mark, which most have), *added* (words that one
   has and several lack), *changed* (other words than most have), *differs* (as many have it one way as the other). *Bent*: a
   document gives the speaker the opposite stance on a term, and leaves out the one that at least two others give him.

Everything stays side by side; nothing is put right.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import SequenceMatcher
from itertools import combinations, pairwise, product

from servanda.statements.across import names_of, told_alike
from servanda.statements.extract import BEFORE_TEXT, Statement
from servanda.statements.stances import OPPOSED

RUN = 5
"""So many words running in two quotations are no accident."""
SAME = 4
"""A statement of so many words, told with the same verb and to the word the same, is no accident either: a dispatch that was printed twice."""
LONG = 5
"""A word of so many letters with which a quotation ends is no accident: what is missing before it was cut."""
DAYS = 3
WORDINGS = 60
"""So many different wordings of one utterance are compared with each other."""
_WORD = re.compile(r"[\w’'-]+")
_SPELT = {
    "cease-fire": "ceasefire",
    "won't": "will not",
    "can't": "can not",
    "cannot": "can not",
    "don't": "do not",
    "doesn't": "does not",
    "isn't": "is not",
    "it's": "it is",
    "we're": "we are",
} | {w: str(n) for n, w in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), 1)}
_STOP = frozenset(
    """
    the a an of to in on at for and or that this these those it its is are was were be been will would could should
    must may might can has have had not by with from as he she they his her their we our i you your said also any
    all if into about than then there which who whom whose do does did no only some such
    """.split()
)


@dataclass(frozen=True)
class Occasion:
    """One time that somebody spoke: ``id`` is stable for the same documents. ``hearer``: to whom, where any document tells."""

    id: str
    speaker: str
    side: str
    hearer: str
    day: str
    documents: tuple[str, ...]
    statements: tuple[str, ...]


@dataclass(frozen=True)
class Change:
    """What a document did to a saying: ``kind`` is *cut*, *added*, *changed*, *differs* or *bent*; ``others``: the documents that have it otherwise."""

    occasion: str
    document: str
    statement: str
    kind: str
    text: str
    others: tuple[str, ...]
    term: str = ""


@dataclass(frozen=True)
class Aligned:
    """Occasions in the order of speakers, utterances as lists of statements, and changes on the way."""

    occasions: tuple[Occasion, ...]
    utterances: tuple[tuple[str, ...], ...]
    changes: tuple[Change, ...]
    occasion_of: Mapping[str, str] = field(default_factory=dict)


def align(statements: Sequence[Statement]) -> Aligned:
    """Put together what is one saying.

    Args:
        statements: the statements of all documents. Those whose speaker is not told stand alone and are no occasion.

    Returns:
        Occasions, utterances, and what documents changed on the way.
    """
    by_speaker: dict[str, list[Statement]] = {}
    names = names_of(statements)
    sums_up = _sums_up(statements, names)
    for s in statements:
        if s.teller and s.id not in sums_up:
            by_speaker.setdefault(names.get(s.teller, s.teller), []).append(s)
    occasions: list[Occasion] = []
    utterances: list[tuple[str, ...]] = []
    changes: list[Change] = []
    occasion_of: dict[str, str] = {}
    for speaker in sorted(by_speaker):
        for n, group in enumerate(_occasions(by_speaker[speaker]), 1):
            name = f"{speaker.replace(' ', '-').lower()}-{n}"
            days = sorted({s.day.isoformat() for s in group if s.day})
            side = next((s.side for s in group if s.side and names.get(s.speaker, s.speaker) == speaker), "")
            documents = tuple(dict.fromkeys(s.document for s in group))
            first_day = days[0] if days else ""
            of_group = tuple(s.id for s in group)
            occasions.append(Occasion(name, speaker, side, _hearer(group), first_day, documents, of_group))
            occasion_of |= {s.id: name for s in group}
            for same in _utterances(group):
                utterances.append(tuple(s.id for s in same))
                changes += _reworded(name, same)
            changes += _bent(name, [s for s in group if names.get(s.speaker, s.speaker) == speaker])
    occasion_of |= {heading: occasion_of[told] for heading, told in sums_up.items()}
    return Aligned(
        tuple(occasions), tuple(utterances), tuple(changes), occasion_of | _summaries(statements, occasion_of)
    )


def _sums_up(statements: Sequence[Statement], names: Mapping[str, str]) -> dict[str, str]:
    """Which statement a heading sums up: the first of the same speaker in its document, or else of his side; it is no saying beside that one."""
    first: dict[tuple[str, str, str], str] = {}
    body = [s for s in statements if s.at != BEFORE_TEXT and s.teller]
    for s in body:
        first.setdefault((s.document, "speaker", names.get(s.teller, s.teller)), s.id)
        first.setdefault((s.document, "side", s.side), s.id)
    out: dict[str, str] = {}
    for s in (s for s in statements if s.at == BEFORE_TEXT and s.teller):
        told = first.get((s.document, "speaker", names.get(s.teller, s.teller)))
        told = told or (first.get((s.document, "side", s.side)) if s.side else None)
        out |= {s.id: told} if told else {}
    return out


def _summaries(statements: Sequence[Statement], occasion_of: Mapping[str, str]) -> dict[str, str]:
    """What a document says of a state, or of *officials*, in the same piece in which it quotes a person of that side, counts with that person."""
    named: dict[tuple[str, str, str], str] = {}
    for s in statements:
        if s.person and s.side and s.teller == s.speaker:
            for term, _ in s.stances:
                named.setdefault((s.document, s.side, term), occasion_of[s.id])
    out: dict[str, str] = {}
    for s in statements:
        if s.teller == s.speaker and s.speaker and not s.person:
            occasions = [
                named[s.document, s.side, term] for term, _ in s.stances if (s.document, s.side, term) in named
            ]
            if occasions:
                out[s.id] = occasions[0]
    return out


def _hearer(group: Iterable[Statement]) -> str:
    named = [s.hearer for s in group if s.hearer]
    return next((h for h in named if h != "an interview"), named[0] if named else "")


def _groups(n: int, tied: Iterable[tuple[int, int]]) -> list[list[int]]:
    root = list(range(n))

    def top(i: int) -> int:
        while root[i] != i:
            i = root[i]
        return i

    for i, j in tied:
        a, b = top(i), top(j)
        root[max(a, b)] = min(a, b)
    out: dict[int, list[int]] = {}
    for i in range(n):
        out.setdefault(top(i), []).append(i)
    return list(out.values())


def _occasions(statements: Sequence[Statement]) -> list[list[Statement]]:
    nodes: dict[tuple[str, date | None], list[Statement]] = {}
    for s in statements:
        nodes.setdefault((s.document, s.day), []).append(s)
    keys = list(nodes)
    # a run of quoted words, the same words throughout, or a hearer: the nodes that have it
    marks: dict[Sequence[str], list[int]] = {}
    for n, key in enumerate(keys):
        for s in nodes[key]:
            words = tuple(_words(s.content))
            same = {(s.verb, *words)} if len(words) >= SAME else set()
            for mark in {*_runs(s), *same, *([s.hearer] if s.hearer not in ("", "an interview") else [])}:
                marks.setdefault(mark, []).append(n)
    dated = [any(s.dated for s in nodes[key]) for key in keys]
    documents = [document for document, _ in keys]
    tied = []
    for mark, having in marks.items():
        alike: dict[tuple[date | None, bool], list[int]] = {}
        for n in sorted(set(having)):
            alike.setdefault((keys[n][1], dated[n]), []).append(n)
        for (day, tells), some in alike.items():
            for (other, tells_too), more in alike.items():
                # the same hearer on another day is another occasion, where both texts tell the day
                apart = isinstance(mark, str) and tells and tells_too and day != other
                if not apart and (day is None or other is None or abs((day - other).days) <= DAYS):
                    tied += _crossed(some, more, documents)
    tied += told_alike([nodes[key] for key in keys])
    return [[s for k in group for s in nodes[keys[k]]] for group in _groups(len(keys), sorted(set(tied)))]


def _crossed(some: Sequence[int], more: Sequence[int], documents: Sequence[str]) -> list[tuple[int, int]]:
    """Ties enough to hold together each of some with all of more that stand in other documents: printed a thousand times, a saying has
    thousands of them and not a million.
    """
    first = more[0]
    second = next((j for j in more if documents[j] != documents[first]), first)
    out = []
    for i in some:
        j = first if documents[i] != documents[first] else second
        if documents[i] != documents[j]:
            out.append((min(i, j), max(i, j)))
    return out


def _utterances(group: Sequence[Statement]) -> list[list[Statement]]:
    wordings: dict[tuple[frozenset[tuple[str, ...]], frozenset[str]], list[int]] = {}
    for n, s in enumerate(group):
        wordings.setdefault((frozenset(_runs(s)), frozenset(_content_words(s))), []).append(n)
    documents = [s.document for s in group]
    tied = []
    for (x, some), (y, more) in product(wordings.items(), repeat=2):
        if x[0] & y[0] or _alike(x[1], y[1]):
            tied += _crossed(some, more, documents)
    return [[group[k] for k in g] for g in _groups(len(group), sorted(set(tied))) if len(g) > 1]


def _words(text: str) -> list[str]:
    """Words as they are compared: spelling that changes nothing is one."""
    words = [w.lower().replace("’", "'") for w in _WORD.findall(text)]
    return [part for w in words for part in _SPELT.get(w, w).split()]


def _runs(s: Statement) -> set[tuple[str, ...]]:
    """Every :data:`RUN` words that stand together in one of its quotations."""
    return {tuple(w[k : k + RUN]) for q in s.quotes for w in [_words(q)] for k in range(len(w) - RUN + 1)}


def _content_words(s: Statement) -> set[str]:
    return {w[:6] for w in _words(s.content) if w not in _STOP and len(w) > 2}


def _alike(x: frozenset[str], y: frozenset[str]) -> bool:
    return len(x & y) >= 3 and len(x & y) >= 0.5 * min(len(x), len(y))


def _reworded(occasion: str, same: Sequence[Statement]) -> list[Change]:
    """Quotations word by word against each other; those that agree to the word are one wording. *Cut*: most others have what it lacks; *added*: it alone has what
    several lack; *changed*: most others have other words there; *differs*: as many have it one way as the other.
    """
    wordings: dict[tuple[str, ...], list[Statement]] = {}
    for s in same:
        for quote in s.quotes:
            wordings.setdefault(tuple(_words(quote)), []).append(s)
    changes: dict[tuple[str, str, str], Change] = {}

    def note(statements: Sequence[Statement], kind: str, text: str, others: Sequence[Statement]) -> None:
        for s in statements:
            beside = tuple(dict.fromkeys(o.document for o in others if o.document != s.document))
            if beside:
                changes.setdefault(
                    (s.document, kind, text), Change(occasion, s.document, s.id, kind, text, tuple(sorted(beside)))
                )

    for x, y in combinations(list(wordings)[:WORDINGS], 2):
        blocks = [
            m
            for m in SequenceMatcher(None, x, y, autojunk=False).get_matching_blocks()
            if m.size >= 2 or (m.size == 1 and len(x[m.a]) >= LONG and (m.a + 1 == len(x) or m.b + 1 == len(y)))
        ]
        for one, two in pairwise(blocks):
            gap_x, gap_y = x[one.a + one.size : two.a], y[one.b + one.size : two.b]
            if max(len(gap_x), len(gap_y)) > 12 or gap_x == gap_y:
                continue
            left, right = x[two.a - len(gap_x) - 2 : two.a - len(gap_x)], x[two.a : two.a + 2]
            first, second = (_having(wordings, (*left, *gap, *right)) for gap in (gap_x, gap_y))
            _note_gap(note, " ".join(gap_x), " ".join(gap_y), first, second)
    return list(changes.values())


def _having(wordings: Mapping[tuple[str, ...], Sequence[Statement]], run: tuple[str, ...]) -> list[Statement]:
    """The statements of the wordings in which these words stand together."""
    return [
        s
        for words, some in wordings.items()
        if any(words[k : k + len(run)] == run for k in range(len(words) - len(run) + 1))
        for s in some
    ]


def _note_gap(
    note: Callable[[Sequence[Statement], str, str, Sequence[Statement]], None],
    gap_x: str,
    gap_y: str,
    first: list[Statement],
    second: list[Statement],
) -> None:
    """Tell who differs at one place, by how many documents have it the one way and the other."""
    if not gap_x:
        gap_x, gap_y, first, second = gap_y, gap_x, second, first
    many, few = len({s.document for s in first}), len({s.document for s in second})
    if not gap_y:
        if _marked(second):
            return
        if many > few:
            note(second, "cut", f"quotes without “{gap_x}”, which others have", first)
        elif few > 1 and many == 1:
            note(first, "added", f"has “{gap_x}”, which others do not have", second)
        else:
            note(second, "differs", f"quotes without “{gap_x}”, which as many others have", first)
            note(first, "differs", f"has “{gap_x}”, which as many others do not have", second)
        return
    kinds = ("differs", "differs") if many == few else ("changed", "") if many < few else ("", "changed")
    for kind, mine, other, statements, beside in (
        (kinds[0], gap_x, gap_y, first, second),
        (kinds[1], gap_y, gap_x, second, first),
    ):
        if kind:
            note(statements, kind, f"has “{mine}” where others have “{other}”", beside)


def _marked(same: Sequence[Statement]) -> bool:
    """Something was left out, and the quotation says so."""
    text = " ".join(q for s in same for q in s.quotes)
    return "..." in text or "…" in text or "[" in text


def _bent(occasion: str, group: Sequence[Statement]) -> list[Change]:
    """Who gives the speaker the opposite of what most others give him; where a document has both, its quotation stands for it."""
    by_term: dict[str, dict[str, dict[str, Statement]]] = {}
    for s in sorted(group, key=lambda s: not _quoted(s)):
        for term, taken in s.stances:
            by_term.setdefault(term, {}).setdefault(s.document, {}).setdefault(taken, s)
    out = []
    for term, by_document in sorted(by_term.items()):
        for one, two in (pair for p in sorted(map(sorted, OPPOSED)) for pair in (p, p[::-1])):
            rest = {
                d
                for d, has in by_document.items()
                if two in has and (one not in has or _quoted(has[two]) > _quoted(has[one]))
            }
            for document, has in sorted(by_document.items()):
                others = tuple(sorted(rest - {document}))
                if one not in has:
                    continue
                if two in has and _quoted(has[two]) and not _quoted(has[one]):
                    other, against = has[two], f"its own quotation, as one who {two}"
                elif (
                    two not in has
                    and len(others) >= 2
                    and len(others) > sum(one in h and two not in h for h in by_document.values())
                ):
                    other, against = by_document[others[0]][two], f"{len(others)} others, as one who {two}"
                else:
                    continue
                text = f"has {group[0].speaker} as one who {one} ({_short(has[one].content)}); {against} ({_short(other.content)})"
                out.append(Change(occasion, document, has[one].id, "bent", text, others, term))
    return out


def _quoted(statement: Statement) -> bool:
    """More than a word or two of it are in quotation marks."""
    return sum(len(q.split()) for q in statement.quotes) >= RUN


def _short(text: str) -> str:
    return text if len(text) <= 160 else text[:157].rsplit(" ", 1)[0] + " ..."
