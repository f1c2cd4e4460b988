"""Days of features: snapshots of a line or an area that moved, a feature a day, a layer a day, or a file a day."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from servanda.values.maps import Feature

_FROM = (
    *("date", "day", "snapshot", "snapshot_date", "asof", "as_of", "datum", "дата"),
    *("begin", "start", "from", "valid_from", "validfrom", "valid_on", "validon"),
)
_TO = ("end", "until", "to", "valid_to", "validto", "valid_until")
_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)([-_./]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)")


def date_in(text: str) -> date | None:
    """The first day that a text bears, year first: 2025-04-18, 20250418, 2025_04_18; ``None`` where it bears none."""
    for match in _DAY.finditer(text):
        try:
            return date(int(match[1]), int(match[3]), int(match[4]))
        except ValueError:
            continue
    return None


def dates_of(properties: Mapping[str, Any]) -> tuple[date | None, date | None]:
    """From which day a feature holds, and until which; both the same for what bears one day, ``None`` for what bears none."""
    low = {str(name).lower(): str(value) for name, value in properties.items() if value is not None}
    first = next((day for name in _FROM if (day := date_in(low.get(name, ""))) is not None), None)
    last = next((day for name in _TO if (day := date_in(low.get(name, ""))) is not None), None)
    spans = any(str(name).lower() in _TO for name in properties) and "date" not in low
    return first, last if spans else first


def at_date(
    features: Sequence[Feature], day: date, stem: str, refuse: Callable[[str, str, str], Exception]
) -> Sequence[Feature]:
    """The features that hold on a day.

    Args:
        features: all of a file, or of one of its layers.
        day: the day.
        stem: the file's name, which may bear the day.
        refuse: makes the error: what is wrong, what to do, at which key.

    Returns:
        Those of that day. Those whose span ends on it only where no span goes on beyond it.

    Raises:
        Exception: what ``refuse`` makes, where nothing is of that day.
    """
    spans = [(dates_of(f.properties), f) for f in features]
    if all(first is None and last is None for (first, last), _ in spans):
        spans = [((named, named), f) for f in features for named in [date_in(f.layer) or date_in(stem)]]
    if all(first is None and last is None for (first, last), _ in spans):
        raise refuse(
            "bears no date, in its columns, layers or name",
            "leave 'date' out, or give its features a column 'date'",
            "date",
        )
    begun = [(first, last, f) for (first, last), f in spans if first is not None and first <= day]
    covering = [f for first, last, f in begun if last is None or day < last or first == day]
    on_last_day = [f for _, last, f in begun if last == day]
    if covering or on_last_day:
        return covering or on_last_day
    days = sorted({first for (first, _), _ in spans if first is not None})
    before, after = [d for d in days if d < day], [d for d in days if d > day]
    near = [f"the last before it is of {d}" for d in before[-1:]] + [f"the first after it of {d}" for d in after[:1]]
    raise refuse(f"has nothing of {day}; " + ", ".join(near), "write the day of the snapshot that is meant", "date")
