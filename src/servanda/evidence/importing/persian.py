"""Days of the Persian (solar Hijri) calendar as those of the Gregorian: reckoned by its years of 33, eight of them with a day more, which holds from 1800 to 2250."""

from __future__ import annotations

import re
from datetime import date

from servanda.evidence.importing.sheets import Cell
from servanda.evidence.importing.words import ascii_digits

_DAY = re.compile(r"^\s*(1[2-4]\d\d)\s*([-/.])\s*(\d{1,2})\s*\2\s*(\d{1,2})(?!\d)(.*)$", re.DOTALL)
_BEFORE = 356_033
"""Days between the beginning of both reckonings."""


def in_gregorian(cell: Cell) -> str | None:
    """A cell with a Persian day in numbers, its year first, as one with the Gregorian day, with what stands behind it.

    Args:
        cell: for example ``1405/12/14 10:30``.

    Returns:
        For example ``2027-03-05 10:30``; nothing where it is no such day, or there is none.
    """
    match = _DAY.match(ascii_digits(cell)) if isinstance(cell, str) else None
    if match is None:
        return None
    year, month, day = int(match[1]), int(match[3]), int(match[4])
    if not 1 <= month <= 12 or day < 1 or _number(year, month, day) >= _number(year + month // 12, month % 12 + 1, 1):
        return None
    return f"{date.fromordinal(_number(year, month, day)).isoformat()}{match[5]}"


def _number(year: int, month: int, day: int) -> int:
    """The number of a day, as ``date.toordinal`` has it."""
    turns, rest = divmod(year + 1595, 33)
    before = (month - 1) * 31 if month < 7 else (month - 7) * 30 + 186
    return 365 * (year + 1595) + turns * 8 + (rest + 3) // 4 + before + day - _BEFORE
