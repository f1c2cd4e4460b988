"""Who may speak in a clause: everybody who is named or heard near it, each with the signs that he does."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from servanda.statements.finder.scene import Clause, Heard, Named, Scene
from servanda.statements.finder.signs import OPENING, Candidate, kind, step, subject
from servanda.statements.words import Span


@dataclass(frozen=True)
class Speaker:
    """Somebody who may speak, with the signs of it."""

    name: str
    side: str
    person: bool
    signs: frozenset[str]


def speakers(scene: Scene, some: Sequence[Candidate], k: int) -> list[Speaker]:
    """Who may speak in a clause.

    Args:
        scene: the document.
        some: its candidates.
        k: which of them.

    Returns:
        Them, each once.
    """
    clause = some[k].clause
    signs: dict[tuple[str, str], set[str]] = defaultdict(set)
    person: dict[tuple[str, str], bool] = {}
    near: list[tuple[Named | Heard, str]] = [*_named(scene, some, clause), *_heard(scene, some, clause)]
    near += _far({who.side for who, _ in near}, scene, clause)
    for who, sign in near:
        key = (who.name, who.side)
        if any(key):
            signs[key].add(sign)
            person[key] = person.get(key, False) or who.person
    if scene.author[0]:
        signs[scene.author].add("author")
        person.setdefault(scene.author, True)
    n, _ = subject(scene, clause.span)
    marks = "q" if scene.text[clause.span[0]] in OPENING else "-"
    times = Counter((m.name, m.side) for m in scene.named if not m.pronoun)
    sides = Counter(side for m in scene.named for side in m.side.split("; ") if side)
    first = {m.side for m in scene.named_in(some[0].clause.sentence) if m.side}
    out = []
    for key, found in signs.items():
        all_ = found | {f"{kind(n)} {s}" for s in found} | {f"{marks}{s}" for s in found}
        all_ |= {f"{scene.language} {s}" for s in found} | {f"{a} & {b}" for a, b in combinations(sorted(found), 2)}
        party = any(p in scene.parties for p in key[1].split("; "))
        all_ |= {f"side:{bool(key[1])}", f"party:{party}", f"per:{person[key]}", f"multi:{';' in key[1]}"}
        many = max((sides[one] for one in key[1].split("; ")), default=0)
        all_ |= {f"often:{step(many / max(1, sides.total()), 0.15, 0.3, 0.5)} {party}", f"first:{key[1] in first}"}
        out.append(Speaker(*key, person[key], frozenset(all_ | {f"cnt:{step(times[key], 2, 4, 7)}"})))
    return out


def _named(scene: Scene, some: Sequence[Candidate], clause: Clause) -> Iterator[tuple[Named, str]]:
    """Who is named in the clause, in the rest of its sentence, in the two sentences before and as the subject of the next."""
    (a, b), text = clause.span, list(dict.fromkeys(c.clause.sentence for c in some))
    n, verb = subject(scene, clause.span)
    for m in _known(scene, clause.span):
        where = "subj" if m is n else "pre" if m.span[0] < (verb.start if verb else b) else "post"
        yield m, f"in {where}{' pron' * m.pronoun}"
    for m in _known(scene, clause.sentence):
        if not a <= m.span[0] < b:
            yield m, f"sent {'before' if m.span[0] < a else 'after'}{' subj' * m.subject}"
    at = text.index(clause.sentence)
    for back in (1, 2):
        if at >= back:
            same = "same" if text[at - back][0] >= clause.paragraph[0] else "other"
            yield from ((m, f"back{back} {same}{' subj' * m.subject}") for m in _known(scene, text[at - back]))
    if at + 1 < len(text):
        same = "same" if text[at + 1][0] < clause.paragraph[1] else "other"
        yield from ((m, f"fwd {same} subj") for m in _known(scene, text[at + 1]) if m.subject)


def _far(near: Collection[str], scene: Scene, clause: Clause) -> Iterator[tuple[Named, str]]:
    """Each side that is named elsewhere alone, by its last mention before the clause, or else by its first."""
    sides = [m for m in scene.named_in((0, len(scene.text))) if m.side and m.side not in near and not m.pronoun]
    before = {m.side: m for m in sides if m.span[0] < clause.span[0]}
    after = {m.side: m for m in reversed(sides) if m.side not in before}
    starts = [p[0] for p in scene.paragraphs]
    here = bisect_right(starts, clause.span[0])
    for m in before.values():
        yield m, f"far {step(here - bisect_right(starts, m.span[0]), 1, 2, 4)}{' subj' * m.subject}"
    yield from ((m, "later") for m in after.values())


def _known(scene: Scene, span: Span) -> list[Named]:
    return [m for m in scene.named_in(span) if m.name or not m.pronoun]


def _heard(scene: Scene, some: Sequence[Candidate], clause: Clause) -> Iterator[tuple[Heard, str]]:
    """Who speaks in the clause by the rules, who spoke last before it, who before him, and who speaks next."""
    a, b = clause.span
    for h in scene.heard:
        if any(x < b and a < y for x, y in h.spans):
            yield h, "here"
    said = [(span, h) for h in scene.heard for span in h.spans if span[1] <= a or span[0] >= b]
    before = sorted((x for x in said if x[0][1] <= a), key=lambda x: x[0][1])
    after = min((x for x in said if x[0][0] >= b), key=lambda x: x[0][0], default=None)
    if before:
        (start, end), last = before[-1]
        yield last, f"last {_near(some, clause, start, end)}"
        other = next((h for _, h in reversed(before) if (h.name, h.side) != (last.name, last.side)), None)
        if other is not None:
            yield other, "last but one"
    if after is not None:
        (start, _), following = after
        near = "sent" if start < clause.sentence[1] else "par" if start < clause.paragraph[1] else "far"
        yield following, f"next {near}"


def _near(some: Sequence[Candidate], clause: Clause, start: int, end: int) -> str:
    """How near what was said last stands before a clause."""
    if start >= clause.sentence[0]:
        return "sent"
    before = [c.clause.sentence for c in some if c.clause.sentence[0] < clause.sentence[0]]
    if before and end > before[-1][0]:
        return "prevsent" if start >= clause.paragraph[0] else "prevpar"
    return "par" if start >= clause.paragraph[0] else "far"
