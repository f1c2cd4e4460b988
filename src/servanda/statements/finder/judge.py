"""Which cells of a document stand, by all that its clauses tell together, and which words they rest on (ADR 89).

What was learned is data: ``data/speech/cells.npz`` with its sheet ``data/speech/cells.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from servanda.statements.finder.cells import Board, Cell
from servanda.statements.finder.clues import Clue, Reads, looked_at
from servanda.statements.finder.forest import Forest
from servanda.statements.finder.model import HEARD, Found, weights
from servanda.statements.finder.scene import Scene
from servanda.statements.finder.signs import speaks_of_himself
from servanda.statements.finder.stands import Stances, Told
from servanda.statements.learned import TOWARDS
from servanda.statements.meaning import encoder
from servanda.statements.nearby import TermWeights, meant_alone
from servanda.statements.stances import Stance, leaves_it
from servanda.statements.words import quotations

FILE = "speech/cells.npz"
_OWN_WORDS = 0.3
"""How much of a term the words of a clause must have by themselves, where no rule has found that somebody speaks in it."""

SURE = 0.55
"""A clause that no rule has found speaks of a term by somebody where this is as likely, though no stand is."""
ACCUSING = frozenset(
    "accuse blame обвинить обвинять винить возложить возлагать звинуватити звинувачувати винуватити покласти покладати".split()
)
"""Whoever accuses another takes no stand of his own by it."""
_AHEAD = 0.03
"""How much nearer in meaning to the term than to the next, where they have not."""

Stands = tuple[tuple[str, Stance], ...]


@dataclass(frozen=True)
class Judged:
    """What stands in a document: for each statement of the rules its stances and those that are not likely enough; and what no rule has found."""

    stances: tuple[Stands, ...]
    unlikely: tuple[Stands, ...]
    found: tuple[Found, ...]


Finds = Callable[[Scene, Sequence[Told]], Judged]
"""What judges a document by all that it tells, and finds what no rule does."""


def as_told(scene: Scene, told: Sequence[Told]) -> Judged:
    """Nothing but what the rules have found.

    Args:
        scene: the document.
        told: what the rules have found.

    Returns:
        It, as it is.
    """
    return Judged(tuple(s.stances for s in told), ((),) * len(told), ())


@dataclass(frozen=True)
class Judge:
    """The models that read clauses, and the one that weighs cells; ``least``: how likely a cell must be, by language; one that a rule has found, ``least_ruled``."""

    reads: Reads
    cells: Forest
    least: Mapping[str, float]
    least_ruled: Mapping[str, float]

    def __call__(self, scene: Scene, told: Sequence[Told]) -> Judged:
        """What stands in a document.

        Args:
            scene: the document.
            told: what the rules have found.

        Returns:
            It.
        """
        looked = looked_at(scene, told, self.reads.finder)
        return self.of(Board(scene, self.reads.of(looked, told), told, len(looked.some)))

    def of(self, board: Board) -> Judged:
        """The same of a document whose clauses are read."""
        if not board.cells:
            return as_told(board.scene, board.told)
        likely = dict(zip(board.cells, map(float, self.cells.likely(board.figures())), strict=True))
        ruled = {(*pair, stance) for pair, some in board.rules.items() for _, stance in some}
        code = board.scene.language
        kept = {c for c, share in likely.items() if share >= (self.least_ruled if c in ruled else self.least)[code]}
        new: list[dict[str, Stance]] = [dict(s.stances) for s in board.told]
        unlikely: list[Stands] = []
        for n, s in enumerate(board.told):
            counted = {t for (_, t), some in board.rules.items() if any(o is s for o, _ in some)}
            sides = s.side.split("; ")
            gone = [
                (t, z)
                for t, z in s.stances
                if t in counted and z != "speaks of" and not any((side, t, z) in kept for side in sides if side)
            ]
            new[n] |= dict.fromkeys((t for t, _ in gone), "speaks of")
            unlikely.append(tuple(gone))
        found: dict[int, Found] = {}
        for cell in sorted(kept - ruled, key=lambda c: (-likely[c], c)):
            if not any(_against(cell, other) and likely[other] > likely[cell] for other in kept & ruled):
                _settle(cell, likely[cell], board, new, found)
        _speaks(board, found)
        stances = tuple(tuple(some.items()) for some in new)
        return Judged(stances, tuple(unlikely), tuple(found[k] for k in sorted(found)))


def _against(a: Cell, b: Cell) -> bool:
    """The one is a yes and the other a no of the same side on the same term: what a rule has found holds then, where it is likelier."""
    return a[:2] == b[:2] and "rejects" in (a[2], b[2]) and bool({a[2], b[2]} & TOWARDS)


def _speaks(board: Board, found: dict[int, Found]) -> None:
    """Add the clauses that no rule has found and that surely tell a stand of somebody, though not which."""
    for clue in board.clues:
        who = max(clue.who, key=lambda x: x[1], default=None)
        if who is None or not (who[0].side and who[0].name) or clue.told or clue.at in found:
            continue
        sure = clue.said * clue.sides[who[0].side.split("; ")[0]]
        term = max(clue.terms, key=lambda t: clue.terms[t])
        if (
            sure >= SURE
            and clue.candidate.heard < HEARD
            and not _of_himself(board.scene, clue)
            and _touches(board.scene, clue, term)
        ):
            x, span = who[0], clue.candidate.clause.span
            found[clue.at] = Found(span, x.name, x.side, x.person, sure, ((term, "speaks of"),))


def _settle(cell: Cell, sure: float, board: Board, new: list[dict[str, Stance]], found: dict[int, Found]) -> None:
    """Give a cell to the likeliest clause that can bear it: to the statement of its side there, or to a saying that no rule has found; to none where another speaks."""
    side, term, stance = cell
    for share, clue in board.best(cell):
        if share < _least_share(board.best(cell)[0][0]):
            return
        here = [n for n in clue.told if side in board.told[n].side.split("; ") and board.told[n].speaker]
        here = [n for n in here if not _tells_of_another(board.told, n, clue.told, term)]
        if any(leaves_it(board.told[n].content) for n in here):
            continue  # who leaves it to another takes no stand
        free = [
            n
            for n in here
            if new[n].get(term, "speaks of") == "speaks of"
            and board.told[n].verb not in ACCUSING
            and not _in_the_name(board.scene, board.told[n], term)
        ]
        if free:
            new[free[0]][term] = stance
            return
        if (
            not here
            and clue.candidate.heard < HEARD
            and not _of_himself(board.scene, clue)
            and _touches(board.scene, clue, term)
        ):
            who = max((x for x in clue.who if side in x[0].side.split("; ")), key=lambda x: x[1], default=None)
            old = found.get(clue.at)
            if (
                who is None
                or not who[0].name
                or (old is not None and (side not in old.side.split("; ") or term in dict(old.stances)))
            ):
                continue
            speaker = who[0]
            stands = (*(old.stances if old is not None else ()), (term, stance))
            found[clue.at] = Found(clue.candidate.clause.span, speaker.name, speaker.side, speaker.person, sure, stands)
            return


def _tells_of_another(told: Sequence[Told], n: int, among: Sequence[int], term: str) -> bool:
    """*X said that Y had promised it*: what Y takes a stand on in the words of X is no stand of X."""
    return any(
        m != n
        and told[m].speaker != told[n].speaker
        and not set(told[m].side.split("; ")) & set(told[n].side.split("; "))
        and term in dict(told[m].stances)
        and len(told[m].content) < len(told[n].content)
        and told[m].content in told[n].content
        for m in among
    )


def _of_himself(scene: Scene, clue: Clue) -> bool:
    """*We will leave when they leave*, in no quotation marks and in nobody's own post: whose words these are no name beside them tells."""
    span, paragraph = clue.candidate.clause.span, clue.candidate.clause.paragraph
    open_ = not any(a < span[1] and span[0] < b for a, b in quotations(scene.text, paragraph))
    return open_ and not scene.author[0] and speaks_of_himself(scene, span)


def _least_share(best: float) -> float:
    """A clause bears a cell that is half as likely as the likeliest."""
    return best / 2


def _in_the_name(scene: Scene, told: Told, term: str) -> bool:
    """Nothing but the name of the speaker has words of the term: what the mission of observers says need not be of observers."""
    named = scene.amounts(told.speaker).get(term, 0.0) >= _OWN_WORDS
    return named and scene.amounts(told.content).get(term, 0.0) < _OWN_WORDS


def _touches(scene: Scene, clue: Clue, term: str) -> bool:
    """The words of a clause by themselves name a matter of the term, or mean it more than any other."""
    words, reads = scene.text[slice(*clue.candidate.clause.span)], encoder()
    if scene.amounts(words).get(term, 0.0) >= _OWN_WORDS:
        return True
    assert scene.matcher is not None
    return reads is not None and meant_alone(scene.matcher, words, reads, _AHEAD) == term


@cache
def judge() -> Judge:
    """The models that ship.

    Returns:
        Them, read once.
    """
    with files("servanda.data").joinpath(FILE).open("rb") as file:
        return judge_of(dict(np.load(file, allow_pickle=False)))


def judge_of(data: Mapping[str, np.ndarray]) -> Judge:
    """The models from the arrays of their file."""
    names, kept = str(data["traits"]).split("\n"), frozenset(str(data["kept"]).split("\n"))
    at = {t: n for n, t in enumerate(names)}
    stances = Stances(at, data["table"].astype(float), data["meant"].astype(float), kept)
    reads = Reads(weights(), TermWeights(*data["terms"]), Forest.of(data, "context"), stances)
    least = [dict(zip(("en", "ru", "uk"), map(float, row), strict=True)) for row in data["least"]]
    return Judge(reads, Forest.of(data, "cells"), *least)


def finds(scene: Scene, told: Sequence[Told]) -> Judged:
    """What stands in a document, by the models that ship; where no encoder is installed, what the rules have found.

    Args:
        scene: the document.
        told: what the rules have found.

    Returns:
        It.
    """
    return judge()(scene, told) if encoder() is not None else as_told(scene, told)
