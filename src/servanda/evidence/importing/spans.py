"""Columns in which each cell names a beginning and an end, both with day and time: 05.03.2027 18:00 - 06.03.2027 18:00. They are two columns."""

from __future__ import annotations

import re
from dataclasses import replace

from servanda.evidence.importing.dates import written_day
from servanda.evidence.importing.header import Table
from servanda.evidence.importing.pairs import Column, sampled
from servanda.evidence.importing.sheets import Cell

_BETWEEN = re.compile(
    r"\s+[-\u2013\u2014/]\s+|\s*[\u2013\u2014]\s*|\s+(?:to|until|till|до|по|au|jusqu'au|al|hasta|bis|إلى|الى|حتى)\s+",
    re.IGNORECASE,
)
_FROM = re.compile(r"^(?:from|з|із|с|со|du|de|del|desde|von|من)\s+", re.IGNORECASE)
_LEAST = 0.3


def halves(cell: Cell) -> tuple[str, str] | None:
    """The beginning and the end that a cell names, each a day with a time; nothing for any other."""
    if not isinstance(cell, str) or sum(c.isdigit() for c in cell) < 8:
        return None
    parts = _BETWEEN.split(_FROM.sub("", cell.strip()))
    if len(parts) != 2:
        return None
    days = [written_day(part) for part in parts]
    return (parts[0], parts[1]) if all(day is not None and day.rest for day in days) else None


def with_spans_parted(table: Table) -> Table:
    """A table in which columns of spans are two: when it began, and when it ended; a cell that is none stays where it begins."""
    at = [n for n, cells in enumerate(table.columns) if Column("", sampled(cells[:50])).share(halves) >= _LEAST]
    if not at:
        return table
    out = replace(table, names=[], columns=[], places=[], told=[*table.told])
    for n, name in enumerate(table.names):
        cells, place = table.columns[n], table.places[n]
        if n not in at:
            out.names.append(name)
            out.columns.append(cells)
            out.places.append(place)
            continue
        parted = [halves(cell) or (cell, None) for cell in cells]
        out.names += [f"Start ({name})", f"End ({name})"]
        out.columns += [[begin for begin, _ in parted], [end for _, end in parted]]
        out.places += [place, place]
        out.told.append(f"column {name!r} is read as two: when it began, and when it ended")
    return out
