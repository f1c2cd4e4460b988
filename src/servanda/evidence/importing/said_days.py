"""Days that messages name from the day on which they were sent: today, yesterday, and that day itself where no line says the day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta, tzinfo

from servanda.evidence.importing.dates import said_day
from servanda.evidence.importing.sheets import is_blank, shown
from servanda.evidence.importing.work import Work

SENT = "sent"
"""The answer that the day of each row is that on which its message was sent."""


class SaidDays:
    """Days and times of messages, in which what is told from the day of sending is put in full."""

    def __init__(self, work: Work, role: str, zone: Callable[[], tzinfo | None]) -> None:
        """Take the cells of days (``role``) and of times; ``zone`` gives the clock that holds, and asks for it where that is open."""
        self.work, self.days, self.times = work, [*work.cells(role)], [*work.cells("time")]
        self.sent: dict[int, datetime] = {}
        """When the message of a row was sent whose day was reckoned from it."""
        self.refused: set[int] = set()
        """Rows of which it is not known when their message was written."""
        for n, cell in enumerate(work.cells("known_at") if work.table.sheet.kind == "chat" else ()):
            self._one(n, role, shown(cell), zone)

    def _one(self, n: int, role: str, known: str, zone: Callable[[], tzinfo | None]) -> None:
        cell = self.days[n]
        whole = (0, "") if shown(cell) == SENT else said_day(cell)
        within = said_day(self.times[n]) if is_blank(cell) or whole else None
        if not known or (whole is None and within is None):
            return
        if shown(self.work.cells("origin")[n]):
            why = "a forwarded message: on which day it was written, from which it tells its own, is not said"
            self.work.wrong(n, "EVD106", role, shown(cell), why, "write the day")
            self.refused.add(n)
            return
        sent = datetime.fromisoformat(known)
        if sent.tzinfo is not None:
            clock = zone()
            if clock is None:
                return
            sent = sent.astimezone(clock).replace(tzinfo=None)
        back, rest = within or whole or (0, "")
        day: date = sent.date() - timedelta(days=back)
        self.sent[n], self.days[n] = sent, f"{day} {whole[1]}".strip() if whole and not within else day.isoformat()
        if within:
            self.times[n] = rest or None
        said = self.work.cells("time" if within else role)[n]
        self.work.doubt(
            n, "time" if within else role, shown(said), f"reckoned from the day on which the message was sent: {day}"
        )

    def after_sending(self, n: int, day: date, at: timedelta | None) -> bool:
        """Whether a row would have happened after its message was sent, so that its day is another."""
        sent = self.sent.get(n)
        return sent is not None and at is not None and datetime.combine(day, datetime.min.time()) + at > sent
