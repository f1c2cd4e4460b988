"""The times of day of one column, or of what stands behind the days of one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from servanda.evidence.importing.clocks import WrittenClock, minutes_behind_hyphens, parts_of_days, written_clock
from servanda.evidence.importing.parts import clocks_in_parts, with_halves
from servanda.evidence.importing.sheets import Broken, Cell, is_blank, shown
from servanda.evidence.importing.words import is_solar, is_word, other_calendar
from servanda.evidence.importing.work import Work, text_of

_HOUR = timedelta(hours=1)


class Clocks:
    """The times of one column, or of what stands behind the days; ``apart`` where beginning and end have columns of their own."""

    def __init__(
        self, work: Work, role: str, cells: list[Cell] | None = None, behind: Sequence[str] = (), *, apart: bool = False
    ) -> None:
        self.work, self.role = work, role
        self.cells = cells or work.cells(role)
        if role == "time" and (work.has("hour") or work.has("minute")):
            self.cells = clocks_in_parts(work.cells("hour" if work.has("hour") else "time"), work.cells("minute"))
        self.halves = work.cells("half_day") if role == "time" and work.has("half_day") else None
        self.known: dict[object, WrittenClock | None] = {}
        self.compact = any(isinstance(cell, float) and cell >= 100 for cell in self.cells)
        self.other = self._is_another()
        self.parts = {**parts_of_days(self.cells), **minutes_behind_hyphens([*self.cells, *behind], sure=apart)}

    def _is_another(self) -> bool:
        """Whether the name of the column says that its times are of another clock, whose hours go from 1 to 12; with others they are of ours."""
        if not self.work.has(self.role) or not other_calendar(self.work.name(self.role)):
            return False
        clocks = (
            written_clock(cell) for cell in set(self.cells) if isinstance(cell, str | float | datetime | timedelta)
        )
        hours = {clock.at // _HOUR for clock in clocks if clock is not None and clock.at is not None}
        return not is_solar(self.work.name(self.role)) and hours <= set(range(1, 13))

    def clock(self, n: int, rest: str, behind: str) -> WrittenClock | None:
        """The time of a row; what is no time leaves the whole day, and is told."""
        cell: Cell = self.cells[n]
        role = self.role
        if is_blank(cell) or (not isinstance(cell, Broken) and not text_of(cell)):
            cell, role = rest or None, behind
        if is_blank(cell):
            return None
        if self.halves is not None:
            (cell,) = with_halves([cell], [self.halves[n]])
        key = (type(cell).__name__, cell)
        lone = self.compact and isinstance(cell, float) and 1 <= cell < 60 and cell == int(cell)
        if key not in self.known:
            part = self.parts.get(cell) if isinstance(cell, str) else None
            self.known[key] = part or (
                WrittenClock(timedelta(minutes=int(cell))) if lone else written_clock(cell)  # type: ignore[arg-type]
            )
        clock = self.known[key]
        if self.other and role == self.role:
            why = f"a time of another clock, as {self.work.name(role)!r} says; what ours showed is not reckoned"
            self.work.wrong(n, "EVD105", role, shown(cell), why, "write the time of the clocks that the time zone has")
            return None
        if lone:
            self.work.doubt(
                n, role, shown(cell), "minutes past midnight, as the other numbers of the column are hours and minutes"
            )
        if clock is not None and clock.bad:
            self.work.wrong(n, "EVD105", role, shown(cell), clock.bad, "write it as 21:50")
            return None
        if clock is not None and clock.at == timedelta(hours=24):
            self.work.doubt(n, role, shown(cell), "24:00: the end of that day")
        elif clock is not None and clock.doubt:
            self.work.doubt(n, role, shown(cell), clock.doubt)
        if clock is None and not is_word("unknown", shown(cell)):
            self.work.doubt(n, role, shown(cell), "not a time of day that can be read; the whole day is taken")
        return clock
