"""The session of the record (ADR 55) in this process: the worker, previews and the projection share it, one thread at a time."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from servanda.app.follow import Follower
from servanda.app.listing import record_listing
from servanda.app.recorded import given_up
from servanda.app.state import State
from servanda.desk.picture import where_lie
from servanda.evidence.decisions import Deciders
from servanda.incidents.followed import Followed
from servanda.live import Session

_REMEMBERED = 30
SHOWN = (
    "term",
    "party",
    "reading",
    "verdict",
    "confirmed",
    "alleged",
    "excused",
    "reports",
    "origins",
    "coverage",
    "incidents",
    "steps",
)
"""What is kept of a verdict."""


@dataclass(frozen=True)
class Seen:
    """Where reports lay, and what had been decided, when the record had a size."""

    session: Session
    size: int
    lies: pl.DataFrame
    followed: Followed

    @cached_property
    def gone(self) -> dict[str, str]:
        """Ids that were given up, each with the incident in which it lies."""
        text = self.session.agreement
        return given_up(self.followed, Deciders(text.parties, text.bodies))

    @cached_property
    def decided_on(self) -> dict[str, str]:
        """By the id of a decision where its incident lies."""
        return where_lie(self.followed.decisions, self.gone)


class Live:
    """The session of one record; one thread at a time."""

    def __init__(self, folder: Path, agreement: str, state: State | None = None) -> None:
        self.about = folder, agreement
        self.lock = threading.Lock()
        self.follower = Follower(record_listing(folder, agreement), state=state)
        self._seen: list[Seen] = []

    def look(self) -> None:
        """Take in what came, and remember where reports lie now.

        Raises:
            ServandaError: it cannot be read; all stays as it was.
        """
        self.follower.look()
        if not self.looked:
            gc.freeze()  # what is kept from now on is not looked at whenever memory is swept
        session, size = self.follower.session, self.follower.size
        assert session is not None
        if not self._seen or self._seen[-1].session is not session:
            self._seen = []
        if not self._seen or self._seen[-1].size != size:
            self._seen = [*self._seen[-_REMEMBERED:], Seen(session, size, session.lies, session.followed)]

    @property
    def looked(self) -> bool:
        """Whether it has read what there was once."""
        return bool(self._seen)

    def seen(self, size: int) -> tuple[Seen, Seen] | None:
        """What was seen last of a record that had at most so many entries, and what was seen last of all; nothing where that is not known any more."""
        early = [one for one in self._seen if one.size <= size]
        return (early[-1], self._seen[-1]) if early else None

    def shown(self, session: Session | None) -> tuple[list[dict[str, Any]], dict[str, dict[str, int]]]:
        """What is kept of a session's verdicts, with what they rest on; and of incidents that no term counts, how many reports have which reason."""
        assert session is not None
        made = session.verification()
        told = [v.as_data(session.agreement.zone) for v in made.verdicts]
        return [{k: v[k] for k in SHOWN} for v in told], _unfound(made.no_term.rows)


def _unfound(rows: pl.DataFrame) -> dict[str, dict[str, int]]:
    """By incident and reason, how many of its reports stand under no term."""
    out: dict[str, dict[str, int]] = {}
    counted = rows.drop_nulls("incident").group_by("incident", "reason").len().sort("incident", "reason")
    for incident, reason, n in counted.iter_rows():
        out.setdefault(incident, {})[reason] = n
    return out


LIVE: list[Live] = []
WANTED: list[Callable[[], None]] = []
"""What a process that goes on for long does when the session was missed: it has one made beside its pages."""
_making = threading.Lock()


def live_of(folder: Path, agreement: str, state: State | None = None) -> Live:
    """The session of this process; another record or agreement takes its place.

    Args:
        folder: of the record.
        agreement: the name of the agreement's file.
        state: from which a session that is begun goes on, where it was kept before.

    Returns:
        The session.

    Raises:
        ServandaError: the record does not hold.
    """
    with _making:
        if not LIVE or LIVE[0].about != (folder, agreement):
            LIVE[:] = [Live(folder, agreement, state)]
        return LIVE[0]


def live_there(folder: Path, agreement: str) -> Live | None:
    """The session, where this process has one that has looked: nobody waits for one that reads its first."""
    return next((live for live in LIVE if live.about == (folder, agreement) and live.looked), None)
