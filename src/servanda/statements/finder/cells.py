"""The cells that a document may fill: a side, a term and a stance, each with all that its clauses, its statements and the agreement tell of it, as figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from servanda.statements.finder.clues import Clue
from servanda.statements.finder.scene import Scene
from servanda.statements.finder.signs import quoted
from servanda.statements.finder.stands import Told
from servanda.statements.stances import STANCES, Stance

Cell = tuple[str, str, Stance]
Pair = tuple[str, str]
LEAST = 0.02
"""A cell is weighed where some clause or other tells it as likely, or a rule has found it."""
_SPEAKS = STANCES.index("speaks of")
_MARKS = ("none", "one", "part", "whole")
_EMPTY = np.zeros(len(STANCES))


def _any(likely: Sequence[float]) -> float:
    """How likely it is that one at least is so."""
    return float(1 - np.prod(1 - np.asarray(likely))) if len(likely) else 0.0


@dataclass(frozen=True)
class Board:
    """All that a document tells of sides, terms and stances: ``clues`` of its clauses, ``told`` by the rules."""

    scene: Scene
    clues: Sequence[Clue]
    told: Sequence[Told]
    clauses: int

    @cached_property
    def items(self) -> Mapping[Pair, list[Clue]]:
        """The clauses that may tell where a side stands on a term."""
        out: dict[Pair, list[Clue]] = defaultdict(list)
        for clue in self.clues:
            for pair in clue.stances:
                out[pair].append(clue)
        return out

    @cached_property
    def joint(self) -> Mapping[Pair, np.ndarray]:
        """The likelihoods of clause, side, term and stance together: a row for each clause."""
        return {p: np.array([_pair(c, p) * c.stances[p] for c in some]) for p, some in self.items.items()}

    @cached_property
    def whole(self) -> Mapping[Pair, np.ndarray]:
        """How likely it is for each stance that one clause at least tells it."""
        return {pair: 1 - np.prod(1 - rows, axis=0) for pair, rows in self.joint.items()}

    @cached_property
    def rules(self) -> Mapping[Pair, list[tuple[Told, Stance]]]:
        """What the rules have found, as the matrix counts it."""
        out: dict[Pair, list[tuple[Told, Stance]]] = defaultdict(list)
        for s in self.told:
            if not s.speaker or (s.teller != s.speaker and not (s.by_word or s.own_side)):
                continue
            for term, stance in s.stances:
                for side in s.side.split("; "):
                    if side and not (s.by_word and not s.own_side and stance != "accepts"):
                        out[side, term].append((s, stance))
        return out

    @cached_property
    def _by_pair(self) -> Mapping[Pair, float]:
        """How likely it is that a side speaks of a term at all."""
        return {pair: _any([_pair(c, pair) for c in some]) for pair, some in self.items.items()}

    @cached_property
    def cells(self) -> list[Cell]:
        """The cells that are weighed."""
        out = []
        for pair in sorted({*self.whole, *self.rules}):
            ruled = {stance for _, stance in self.rules.get(pair, ())}
            whole = self.whole.get(pair, _EMPTY)
            out += [
                (*pair, stance)
                for n, stance in enumerate(STANCES)
                if n != _SPEAKS and (whole[n] >= LEAST or stance in ruled)
            ]
        return out

    @cached_property
    def _ranks(self) -> list[float]:
        return sorted(-self.whole.get((s, t), _EMPTY)[STANCES.index(z)] for s, t, z in self.cells)

    def figures(self) -> np.ndarray:
        """The figures of all cells: a row for each."""
        rows = [[*self._of_clauses(c), *self._of_others(c), *self._of_rules(c), *self._of_term(c)] for c in self.cells]
        return np.array(rows, float)

    def best(self, cell: Cell) -> list[tuple[float, Clue]]:
        """The clauses that tell a cell, the likeliest first."""
        side, term, stance = cell
        rows, n = self.joint.get((side, term)), STANCES.index(stance)
        if rows is None:
            return []
        order = np.argsort(-rows[:, n], kind="stable")
        return [(float(rows[k, n]), self.items[side, term][k]) for k in order]

    def _of_clauses(self, cell: Cell) -> list[float]:
        """What its clauses tell, the likeliest of all first."""
        pair, n = cell[:2], STANCES.index(cell[2])
        best = self.best(cell)
        shares = [*(share for share, _ in best), 0.0, 0.0]
        pairs = [_pair(c, pair) for _, c in best]
        out = [shares[0], self.whole.get(pair, _EMPTY)[n], sum(shares), shares[1]]
        if not best:
            return [*out, *[-1.0] * 18, 0.0, 0.0, 0.0, 0.0]
        share, c = best[0]
        side, term = pair
        others = [(p, _pair(c, p) * c.stances[p]) for p in c.stances if p != pair]
        terms = sorted(c.terms.values())
        out += [c.said, c.sides[side], c.terms[term], c.stances[pair][n], c.stances[pair][_SPEAKS]]
        out += [c.at / max(1, self.clauses), c.candidate.heard, len(c.stances)]
        out += [
            max((j[n] for p, j in others if p[0] == side), default=0.0) / (share + 1e-6),
            max((j[n] for p, j in others if p[1] == term), default=0.0) / (share + 1e-6),
            max((j.max() for _, j in others), default=0.0) / (share + 1e-6),
            _MARKS.index(quoted(self.scene.text[slice(*c.candidate.clause.span)])),
            c.sides.get("", 0.0),
            max(c.sides.values()),
            c.candidate.much,
            c.candidate.around,
            terms[-2] if len(terms) > 1 else 0.0,
            sum(t >= 0.3 for t in terms),
        ]
        return [*out, max(pairs), _any(pairs), len(best), max(c.stances[pair][n] for _, c in best)]

    def _of_others(self, cell: Cell) -> list[float]:
        """What is told of the same side and term with another stance, of others on the term, and of the side on other terms."""
        (side, term, _), n = cell, STANCES.index(cell[2])
        mine = self.whole.get((side, term), _EMPTY)
        out = [mine[n] / (mine.sum() + 1e-6), float((mine > mine[n]).sum())]
        out.append(max(mine[k] for k in range(len(STANCES)) if k not in (n, _SPEAKS)))
        theirs = [w for p, w in self.whole.items() if p[1] == term and p[0] != side]
        out += [*mine, *(np.max(theirs, axis=0) if theirs else _EMPTY)]
        out.append(max((w[n] for p, w in self.whole.items() if p[0] == side and p[1] != term), default=0.0))
        of = self._by_pair
        every = sum(of.values()) + 1e-6
        on, by = [x for p, x in of.items() if p[1] == term], [x for p, x in of.items() if p[0] == side]
        rank = float(np.searchsorted(self._ranks, -mine[n]))
        total = sum(float(w.sum()) for w in self.whole.values()) or 1.0
        return [*out, _any(on), _any(by), sum(on) / every, sum(by) / every, rank, total, float(self.clauses)]

    def _of_rules(self, cell: Cell) -> list[float]:
        """What the rules have found."""
        side, term, stance = cell
        mine = self.rules.get((side, term), [])
        here = [s for s, z in mine if z == stance]
        return [
            float(len(here)),
            float(sum(s.direct for s in here)),
            float(sum(s.known != "inferred" for s in here)),
            float(sum(s.verb not in ("say", "—", "none") for s in here)),
            float(sum(z == "speaks of" for _, z in mine)),
            float(sum(z not in (stance, "speaks of") for _, z in mine)),
            float(
                sum(
                    p[1] == term and p[0] != side and any(z == stance for _, z in some)
                    for p, some in self.rules.items()
                )
            ),
            float(
                sum(
                    p[0] == side and p[1] != term and any(z == stance for _, z in some)
                    for p, some in self.rules.items()
                )
            ),
        ]

    def _of_term(self, cell: Cell) -> list[float]:
        """What the agreement tells: whose part the term is, and what it is for."""
        side, term, stance = cell
        matcher = self.scene.matcher
        assert matcher is not None
        binds = matcher.binds.get(term, frozenset())
        bound = (1 if side in binds else -1) if binds else 0
        flags = [side in self.scene.parties, side in binds and len(binds) == 1]
        flags += [term in matcher.stops, term in matcher.restrains, term in matcher.leaves]
        flags += [stance == z for z in STANCES] + [self.scene.language == x for x in ("en", "ru", "uk")]
        return [bound, len(binds), len(matcher.marks), *map(float, flags)]


def _pair(clue: Clue, pair: Pair) -> float:
    """How likely it is that a clause is a stand of a side on a term."""
    return clue.said * clue.sides.get(pair[0], 0.0) * clue.terms.get(pair[1], 0.0)
