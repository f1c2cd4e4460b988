"""What the finder has learned from marked articles of our own (``scripts/train_finder.py``), and what it makes of a document.

It is data: ``data/speech/finder.npz`` with its sheet ``data/speech/finder.md``. At run time only sums are made.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from servanda.statements.finder.scene import Scene
from servanda.statements.finder.signs import candidates, signs
from servanda.statements.finder.who import Speaker, speakers
from servanda.statements.words import Span

FILE = "speech/finder.npz"
FOUND = "model of sayings"
"""What found a saying that no rule finds, as tables and pages call it."""
SURE: Mapping[str, float] = {"en": 0.55, "ru": 0.55, "uk": 0.5}
"""A clause is a saying of somebody where this is as likely."""
_DIGITS = 6  # of a likelihood that count, so that processors do not differ
HEARD = 0.2
"""The share of a clause from which on the rules have found it: the rest tells who said it."""
ALWAYS = "always"
"""The sign that every clause has."""


@dataclass(frozen=True)
class Found:
    """A clause that tells a stand: where it stands, who takes it, and how likely both are."""

    span: Span
    name: str
    side: str
    person: bool
    sure: float


Finds = Callable[[Scene], Sequence[Found]]
"""What finds sayings in a document beside the rules."""


@dataclass(frozen=True)
class Weights:
    """What each sign of a clause counts, and each of a speaker; ``kept``: words that stay as they are."""

    table: Mapping[str, float]
    who: Mapping[str, float]
    kept: Collection[str]

    def likely(self, found: Collection[str]) -> float:
        """How likely it is that a clause tells a stand.

        Args:
            found: its signs.

        Returns:
            A number from 0 to 1.
        """
        much = self.table.get(ALWAYS, 0.0) + sum(self.table.get(s, 0.0) for s in sorted(found))
        return round(1 / (1 + math.exp(-much)), _DIGITS)

    def speaker(self, of: Sequence[Speaker]) -> tuple[Speaker, float] | None:
        """Who most likely speaks.

        Args:
            of: those who may.

        Returns:
            He, and how likely it is that somebody of his side speaks; nothing where nobody may.
        """
        if not of:
            return None
        much = [sum(self.who.get(s, 0.0) for s in sorted(x.signs)) for x in of]
        odds = [math.exp(m - max(much)) for m in much]
        best = of[max(range(len(of)), key=lambda n: (round(odds[n], _DIGITS), -n))]
        same = sum(o for x, o in zip(of, odds, strict=True) if (x.side == best.side if best.side else x is best))
        return best, round(same / sum(odds), _DIGITS)

    def found(self, scene: Scene, sure: float) -> list[Found]:
        """What is said in a document and no rule has found.

        Args:
            scene: the document.
            sure: how likely a saying must be, with its speaker.

        Returns:
            The clauses with their speakers, in the order of the text; none without a side.
        """
        some = candidates(scene)
        out = []
        for k, c in enumerate(some):
            likely = self.likely(signs(scene, some, k, self.kept)) if c.heard < HEARD else 0.0
            told = self.speaker(speakers(scene, some, k)) if likely >= sure else None
            if told is not None and told[0].side and likely * told[1] >= sure:
                who, share = told
                out.append(Found(c.clause.span, who.name, who.side, who.person, likely * share))
        return out


@cache
def weights() -> Weights:
    """The weights that ship.

    Returns:
        Them, read once.
    """
    with files("servanda.data").joinpath(FILE).open("rb") as file:
        data = dict(np.load(file, allow_pickle=False))
    tables = [
        dict(zip(str(data[name]).split("\n"), data[f"{name}_count"].astype(float).tolist(), strict=True))
        for name in ("signs", "who")
    ]
    return Weights(tables[0], tables[1], frozenset(str(data["kept"]).split("\n")))


def finds(scene: Scene) -> list[Found]:
    """What is said in a document and no rule has found, by the weights that ship.

    Args:
        scene: the document.

    Returns:
        The clauses with their speakers.
    """
    return weights().found(scene, SURE[scene.language])
