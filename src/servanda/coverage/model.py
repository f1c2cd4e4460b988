"""Who was looking, where, when, for what, and how likely they were to see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from shapely.geometry.base import BaseGeometry

from servanda.values.time import Interval
from servanda.wording import plural


@dataclass(frozen=True)
class Watch:
    """One means of observation. ``where`` is in degrees, ``None`` for everywhere; ``detects`` are codes of acts.

    ``probability``: that an act of such a kind, there and then, is seen. Below 1: nobody sees everything.
    """

    id: str
    who: str
    means: str
    detects: frozenset[str]
    place: str
    where: BaseGeometry | None
    times: tuple[Interval, ...]
    probability: float
    reason: str = ""
    known_at: datetime | None = None


@dataclass(frozen=True)
class Gap:
    """An outage or a denial of access: it takes ``share`` of the named watches away, there and then.

    ``watches`` is ``None`` for all of them. A gap only ever lowers coverage.
    """

    kind: Literal["outage", "denial"]
    watches: frozenset[str] | None
    place: str
    where: BaseGeometry | None
    times: tuple[Interval, ...]
    share: float
    by: str = ""
    reason: str = ""
    known_at: datetime | None = None


@dataclass(frozen=True)
class Coverage:
    """All watches and gaps that bear on one agreement. Nothing in it means that nobody was looking."""

    watches: tuple[Watch, ...] = ()
    gaps: tuple[Gap, ...] = ()

    def __repr__(self) -> str:
        return f"<Coverage {plural(len(self.watches), 'watch', 'watches')}, {plural(len(self.gaps), 'gap')}>"

    def known_by(self, instant: datetime | None) -> Coverage:
        """What of it was known then; a watch or gap that does not say when it became known always was."""
        if instant is None:
            return self
        return Coverage(
            tuple(w for w in self.watches if w.known_at is None or w.known_at <= instant),
            tuple(g for g in self.gaps if g.known_at is None or g.known_at <= instant),
        )

    def merge(self, other: Coverage) -> Coverage:
        return Coverage(self.watches + other.watches, self.gaps + other.gaps)
