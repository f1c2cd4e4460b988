"""Messages as one table, with times of UTC."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

import polars as pl

from servanda.chats.model import Chat
from servanda.values.time import instants_of, iso

MESSAGE = (
    "message_id",
    "chat",
    "sender",
    "origin",
    "published",
    "edited",
    "reply_to",
    "media",
    "text",
    "file",
    "row",
)
"""The columns of the table of messages."""


def needs_zone(chats: Iterable[Chat]) -> bool:
    """Whether a message bears a time without its zone.

    Args:
        chats: some chats.

    Returns:
        True where one does.
    """
    return any(m.written is not None and m.written.tzinfo is None for chat in chats for m in chat.messages)


def message_table(chats: Sequence[tuple[str, Chat]], zone: tzinfo | None) -> tuple[pl.DataFrame, Counter[str]]:
    """The messages of chats, one a row.

    Args:
        chats: chats, each with the name of its file.
        zone: of times that name none; without one these stay empty.

    Returns:
        The table, and what there is to say of its times.
    """
    told = Counter[str]()
    rows = [
        (
            m.id,
            chat.name,
            m.sender,
            m.origin or None,
            _utc(m.written, zone, told),
            (_utc(m.edited_at, zone, told) or "yes") if m.edited else None,
            m.reply_to or None,
            m.media or None,
            m.text or None,
            file,
            m.row,
        )
        for file, chat in chats
        for m in chat.messages
    ]
    types = {name: pl.Int64 if name == "row" else pl.String for name in MESSAGE}
    return pl.DataFrame(rows, schema=types, orient="row"), told


def _utc(moment: datetime | None, zone: tzinfo | None, told: Counter[str]) -> str | None:
    """An instant of UTC; nothing for a time that was not, or was twice, when the clocks were changed."""
    if moment is None:
        return None
    if moment.tzinfo is None:
        if zone is None:
            return None
        found = instants_of(moment, zone) if isinstance(zone, ZoneInfo) else (moment.replace(tzinfo=zone),)
        if len(found) != 1:
            told["times that the clocks skipped, or had twice, are left empty"] += 1
            return None
        moment = found[0]
    return iso(moment.astimezone(UTC))
