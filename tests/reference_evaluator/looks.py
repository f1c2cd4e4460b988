"""What the plain evaluator looks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pyproj import Geod

from servanda.agreement import Exemption, Pattern
from servanda.values.time import Interval

GEOD = Geod(ellps="WGS84")
Report = dict[str, Any]


@dataclass(frozen=True)
class Look:
    """What is looked for: a pattern in a window, whose doing (``None``: whoever's), confirmed by which voice."""

    pattern: Pattern
    window: Interval
    binds: tuple[str, ...] | None
    voice: str
    exemptions: tuple[Exemption, ...] = ()
    counts: bool = False
    """Whether it is of acts that a prohibition forbids, so that part of a count may be excused."""
    unit: str | None = None
    """In what is counted, where that is asked: a term's unit, or ``act``."""
    of_some: bool = False
    """Whether some of the parties are asked for and not all, and none may be named."""
    begins: bool = False
    """Whether what goes on counts when it begins."""
