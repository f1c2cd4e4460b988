"""The order of day, month and year in a column of days: what its cells show, and which is likelier where they show none."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from servanda.evidence.importing.dates import Order, WrittenDay, forced


def order_of(days: Iterable[WrittenDay]) -> tuple[Order | None, bool]:
    """The order of day and month in a column.

    Args:
        days: its days.

    Returns:
        The order, nothing where the column does not show it; and whether cells of it contradict each other.
    """
    seen: set[Order] = set()
    dotted = numbers = 0
    for day in days:
        if day.numbers is None:
            continue
        numbers += 1
        dotted += day.dotted
        order = forced(day.numbers)
        if order is not None and day.numbers[0] != day.numbers[1]:
            seen.add(order)
    if len(seen) == 2:
        return None, True
    if seen:
        return seen.pop(), False
    return ("dmy" if numbers and dotted == numbers else None), False


def year_may_stand_first(days: Iterable[WrittenDay]) -> bool:
    """Whether numbers as 25-03-26 may begin with the year: all are days so too, and lie nearer together, or as near where hyphens part them.

    Args:
        days: the days of a column.

    Returns:
        Whether it has to be asked.
    """
    days = [day for day in days if day.numbers is not None]
    first = [day.at("ymd", None) for day in days if day.third is not None]
    if not days or len(first) < len(days) or None in first:
        return False
    spans = [(max(read) - min(read)).days for read in _read_last(days)]
    span = (max(first) - min(first)).days  # type: ignore[type-var, operator]
    return not spans or span < min(spans) or (span == min(spans) and all(day.hyphens for day in days))


def _read_last(days: list[WrittenDay]) -> list[list[date]]:
    """The days with the year at the end, in each order that all of them can have."""
    orders: tuple[Order, Order] = ("dmy", "mdy")
    read = [[day.at(order, None) for day in days if forced(day.numbers or (1, 1)) in (None, order)] for order in orders]
    return [found for found in read if len(found) == len(days) and None not in found]  # type: ignore[misc]


def likelier_order(days: Iterable[WrittenDay], year: int | None = None) -> Order | None:
    """The order under which all days lie nearer together; nothing where both do alike."""
    days = list(days)
    spans = {}
    for order in ("dmy", "mdy"):
        read = [d for day in days if (d := day.at(order, year))]
        spans[order] = (
            (max(read) - min(read)).days
            if read and len(read) == len([d for d in days if d.at("dmy", year) or d.at("mdy", year)])
            else 10**9
        )
    if spans["dmy"] == spans["mdy"] or max(spans.values()) < 2 * min(spans.values()):
        return None
    return "dmy" if spans["dmy"] < spans["mdy"] else "mdy"
