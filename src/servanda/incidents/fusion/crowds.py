"""How many pairs of reports a machine has room for, and who is told where reports stand so close that there are more.

Of so many reports of one hour and one town, each of a source of its own, any two are a pair: ten times as many are a hundred times as many pairs.
"""

from __future__ import annotations

import functools
import os
from datetime import UTC, datetime, timedelta

import numpy as np

from servanda.errors import EvidenceError, Fault
from servanda.incidents.fusion.blocking import Where, Whole

_A_PAIR = 96  # bytes that it takes at the most while groups are made
_UNTOLD = 16 << 30  # bytes of memory, where the machine does not tell
_DAWN = datetime(1970, 1, 1, tzinfo=UTC)


@functools.cache
def most_pairs() -> int:
    """How many pairs this machine has room for."""
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        memory = _UNTOLD
    return memory // _A_PAIR


def too_many(where: Where, i: Whole, j: Whole) -> EvidenceError:
    """What is said where there are more pairs than that.

    Args:
        where: places and times of reports.
        i: of the last pairs that were found the one report, by its number in ``where``.
        j: the other.

    Returns:
        The error: about where and when most of them are.
    """
    ends, many = np.unique(np.concatenate([i, j]), return_counts=True)
    one = int(ends[np.argmax(many)])
    day = (_DAWN + timedelta(hours=float(where.start[one]))).date()
    what = f"more than {most_pairs():,} pairs of reports may be of one event, most of them around {where.lat[one]:.2f}, {where.lon[one]:.2f} on {day} (UTC)"
    hint = "this machine has no room for so many: leave out the file with these reports, or give those of one event one incident_id; --no-fuse takes each report for an event of its own"
    return EvidenceError(Fault("evidence", what, hint, code="EVD041"))
