"""The mission's clock: the machine's; but in a demonstration, whose days were long ago, a clock of its own.

It goes as fast as any, from the last instant at which anything of the day that arrived became known. While further days are to arrive it stands
still at the end of its reporting day, and it never goes back. What is decided, handed over, drafted or recorded bears it, so that a day's report counts
what was done on that day; ``recorded_at`` in the log is the machine's.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from servanda.errors import Fault, ServandaError
from servanda.record import disk

FILE, RIGHT = "clock.json", "clock-is-right.json"
_BACK = timedelta(minutes=5)
machine: Callable[[], datetime] = lambda: datetime.now(UTC)  # noqa: E731
"""What the machine's clock says."""


def now(folder: Path) -> datetime:
    """What the clock of a demonstration says.

    Args:
        folder: of the mission.

    Returns:
        The instant; the machine's where no clock was set.

    Raises:
        ServandaError: the clock cannot be read.
    """
    path = folder / FILE
    try:
        said = json.loads(path.read_text("ascii"))
        at, since = (datetime.fromisoformat(said[key]).astimezone(UTC) for key in ("at", "since"))
        moment = at + max(machine() - since, timedelta())
        return min(
            moment, datetime.fromisoformat(said["until"]).astimezone(UTC) if said["until"] else machine(), machine()
        )
    except FileNotFoundError:
        return machine()
    except (OSError, ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        hint = "put it back from a backup, or make the demonstration anew"
        raise ServandaError(Fault(str(path), f"cannot be read: {error}", hint, code="DSK002")) from None


def say_right(folder: Path, last: str) -> datetime:
    """Take down that somebody has looked at the machine's clock and found it right, though the last entry was made by another.

    Args:
        folder: of the mission.
        last: when the last entry was recorded, as it says.

    Returns:
        Until when the record asks no more: until the clock has passed that entry.

    Raises:
        ServandaError: it cannot be written.
    """
    said = machine()
    until = max(datetime.fromisoformat(last), said + timedelta(hours=1)) if last else said
    try:
        disk.replace(folder / RIGHT, json.dumps({"said": said.isoformat(), "until": until.isoformat()}).encode())
    except OSError as error:
        what = f"cannot be written: {error.strerror}"
        hint = "check permissions and free disk space"
        raise ServandaError(Fault(str(folder / RIGHT), what, hint, code="DSK003")) from None
    return until


def said_right(folder: Path) -> bool:
    """Whether somebody has, and the clock has not gone back since."""
    try:
        said = json.loads((folder / RIGHT).read_text("ascii"))
        begins, ends = (datetime.fromisoformat(said[key]) for key in ("said", "until"))
        return bool(begins - _BACK <= machine() <= ends)
    except (OSError, ValueError, TypeError, KeyError):
        return False


def says_when(*, demo: bool) -> str:
    """Which date of an entry says when it came to the desk, by the mission's clock: that on which it was recorded; in a demonstration, that on which it became known."""
    return "known_at" if demo else "recorded_at"


def put(folder: Path, at: datetime, until: datetime | None) -> None:
    """Set the clock of a demonstration; not back, nor ahead of the machine's.

    Args:
        folder: of the mission.
        at: what it is to say now.
        until: where it stands still.

    Raises:
        ServandaError: it cannot be written.
    """
    try:
        with (folder / f".{FILE}.lock").open(
            "w"
        ) as one:  # of several who move on at once each finds what the one before has set
            disk.lock(one.fileno(), None)
            moment = machine()
            at = min(max(at, now(folder)) if (folder / FILE).exists() else at, moment)
            stands = max(at, until).isoformat() if until is not None else None
            said = {"at": at.isoformat(), "since": moment.isoformat(), "until": stands}
            disk.replace(folder / FILE, json.dumps(said).encode())
    except OSError as error:
        what = f"cannot be written: {error.strerror}"
        raise ServandaError(
            Fault(str(folder / FILE), what, "check permissions and free disk space", code="DSK003")
        ) from None
