"""How much of a place and a time a mandate lets go unwatched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Tolerance:
    """What may be unwatched where nothing was seen.

    ``share``: of area and time together, and of each hour of the local day. ``area``: square metres at once, and ``time``: without a
    break at any part; ``None`` sets no limit beside the share.
    """

    share: float
    area: float | None = None
    time: timedelta | None = None
