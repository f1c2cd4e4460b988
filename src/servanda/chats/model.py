"""A chat and its messages, whichever program exported it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from servanda.errors import EvidenceError, Fault

Order = Literal["dmy", "mdy", "ymd"]
"""In which order day, month and year stand."""


@dataclass(frozen=True)
class Message:
    """One message.

    ``id``: its own number, or the line of the file on which it begins; ``sender``: the channel or person who sent it; ``written``: when, as
    the file has it: with a zone where the file says one, else the clock of whoever exported it; ``day`` the day that the exporter saw;
    ``text``: its words; ``origin``: from whom it was forwarded, empty for a message of the sender's own; ``reply_to``: the id of the message that it
    answers; ``media``: what it carries besides words; ``edited``: whether it was changed after it was sent, and ``edited_at`` when,
    where the file says; ``row``: its place in the file.
    """

    id: str
    sender: str
    written: datetime | None
    text: str
    origin: str = ""
    reply_to: str = ""
    media: str = ""
    edited: bool = False
    edited_at: datetime | None = None
    shown: datetime | None = None
    row: int = 0


@dataclass
class Chat:
    """One chat of an export. ``told`` is what there is to say of the whole of it; ``service`` counts lines of the program, as joins and calls."""

    name: str
    program: str
    messages: list[Message] = field(default_factory=list)
    service: int = 0
    told: list[str] = field(default_factory=list)


def not_read(file: str, what: str, hint: str, line: int = 0) -> EvidenceError:
    """A chat that cannot be read, as an error."""
    return EvidenceError(Fault(file, what, hint, line, 1 if line else 0, code="EVD200"))
