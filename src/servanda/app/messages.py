"""Exports of chats as one table of messages, from which people code reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from servanda.chats import Chat, message_table, needs_zone, read_chats, read_mail
from servanda.chats.model import not_read
from servanda.errors import EvidenceError, Fault
from servanda.evidence.file_kinds import other_kind
from servanda.evidence.importing.zones import zone_asked
from servanda.values.files import FileLike, base_name_of, bytes_of, name_of
from servanda.wording import plural


@dataclass
class MessagesRead:
    """What became of exports of chats: the table, and what there is to say of it."""

    table: pl.DataFrame
    told: list[str] = field(default_factory=list)


def read_messages(files: Sequence[FileLike], zone: str = "", order: str = "") -> MessagesRead:
    """Read exports of chats as one table of messages.

    Args:
        files: exports of Telegram, WhatsApp and Signal.
        zone: of times that name none.
        order: ``dmy`` or ``mdy``, where a file cannot tell.

    Returns:
        The messages, one a row.

    Raises:
        EvidenceError: a file is no chat or cannot be read, or the zone is needed and not known.
    """
    found: list[tuple[str, Chat]] = []
    for file in files:
        chats = read_chats(file, order) or _of_a_letter(file)
        if not chats:
            raise not_read(
                name_of(file),
                "is no export of a chat",
                "give one of Telegram (JSON, HTML), WhatsApp (text) or Signal (JSON lines), letters (.eml, .mbox) or a feed (RSS, Atom)",
            )
        found += [(base_name_of(file), chat) for chat in chats]
    where = zone_asked(zone) if zone else None
    if where is None and (file_name := next((name for name, chat in found if needs_zone([chat])), None)):
        what = "its times bear no zone: they are those of the phone or computer that exported it"
        raise EvidenceError(Fault(file_name, what, "name it with --zone, as Africa/Khartoum or +03:00", code="EVD203"))
    table, times = message_table(found, where)
    told = [f"{name}: {what}" for name, chat in found for what in chat.told]
    told += [f"{what}: {n:,}" for what, n in times.items()]
    service = sum(chat.service for _, chat in found)
    if service:
        told.append(f"left out: {plural(service, 'line')} of the program (joins, calls, changes of the chat)")
    return MessagesRead(table, told)


def _of_a_letter(file: FileLike) -> list[Chat]:
    """The words of a letter, where a file is one."""
    content = bytes_of(file)
    kind = other_kind(content[:65_536])
    return read_mail(name_of(file), content) if kind is not None and "e-mail" in kind[0] else []
