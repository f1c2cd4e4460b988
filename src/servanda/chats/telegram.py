"""``result.json`` as Telegram Desktop exports it: one chat, or all chats of an account.

``date`` is the clock of the computer that exported, ``date_unixtime`` (since 2021) the instant. ``text`` is a string, or a list of
strings and of marked pieces. A channel's posts bear the channel as their sender.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from servanda.chats.model import Chat, Message, not_read
from servanda.values import strict_json

_MEDIA = ("media_type", "photo", "file", "poll", "location_information", "contact_information", "game_title")


def read_telegram(file: str, content: bytes) -> list[Chat]:
    """The chats of an export.

    Args:
        file: its name in errors.
        content: its bytes.

    Returns:
        Those that have messages.

    Raises:
        EvidenceError: it is cut off, or has no chat.
    """
    try:
        document = strict_json.loads(content.decode("utf-8-sig"))
    except RecursionError:
        raise not_read(file, "is JSON nested without end", "export the chat again") from None
    except (ValueError, UnicodeDecodeError) as error:
        what = f"begins as an export of Telegram and is not whole: {str(error)[:120]}"
        raise not_read(file, what, "it may be cut off; export the chat again") from None
    chats = [chat for found in chats_in(document) if (chat := _chat(found)) is not None]
    if not chats:
        raise not_read(file, "is an export of Telegram without a message", "choose a chat with messages")
    return chats


def chats_in(document: Any) -> list[Mapping[str, Any]]:
    """The objects of a document that are chats.

    Args:
        document: what a file of JSON holds.

    Returns:
        All of them; none where it is no export.
    """
    if not isinstance(document, Mapping):
        return []
    if _is_chat(document):
        return [document]
    out: list[Mapping[str, Any]] = []
    for part in ("chats", "left_chats"):
        inner = document.get(part)
        listed = inner.get("list") if isinstance(inner, Mapping) else inner
        out += [chat for chat in listed if _is_chat(chat)] if isinstance(listed, list) else []
    return out


def _is_chat(value: Any) -> bool:
    """Whether an object is a chat: messages, each with its number and type."""
    messages = value.get("messages") if isinstance(value, Mapping) else None
    return isinstance(messages, list) and all(isinstance(m, Mapping) and {"id", "type"} <= set(m) for m in messages)


def _chat(found: Mapping[str, Any]) -> Chat | None:
    chat = Chat(_words(found.get("name")) or "unnamed chat", "Telegram")
    undated = 0
    for row, message in enumerate(found["messages"], 1):
        if message.get("type") != "message":
            chat.service += 1
            continue
        read = _message(message, chat.name, row)
        undated += read.written is None
        chat.messages.append(read)
    if undated:
        chat.told.append(f"{undated:,} messages without a time that can be read")
    return chat if chat.messages or chat.service else None


def _message(message: Mapping[str, Any], chat: str, row: int) -> Message:
    shown, instant = _clock(message.get("date")), _instant(message.get("date_unixtime"))
    changed = _instant(message.get("edited_unixtime")) or _clock(message.get("edited"))
    return Message(
        str(message["id"]),
        _words(message.get("from")) or _words(message.get("actor")) or _unnamed(message.get("from_id")) or chat,
        instant or shown,
        _text(message.get("text")),
        _words(message.get("forwarded_from")) or _words(message.get("saved_from")),
        str(message["reply_to_message_id"]) if message.get("reply_to_message_id") is not None else "",
        next(_kinds(message), ""),
        changed is not None,
        changed,
        shown,
        row,
    )


def _unnamed(value: Any) -> str:
    """Who sent a message whose sender's account is deleted, which has a number and no name; nothing of a channel, which is the chat's own."""
    number = value.removeprefix("user") if isinstance(value, str) and value.startswith("user") else ""
    return f"deleted account {number}" if number else ""


def _kinds(message: Mapping[str, Any]) -> Iterator[str]:
    for name in _MEDIA:
        if message.get(name):
            yield _words(message[name]) if name == "media_type" else name.partition("_")[0]


def _words(value: Any) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def _text(value: Any) -> str:
    """The words of a message, whether they stand as one string or in marked pieces."""
    if isinstance(value, str):
        return value.strip()
    if not isinstance(value, list):
        return ""
    pieces = (part.get("text", "") if isinstance(part, Mapping) else part for part in value)
    return "".join(piece for piece in pieces if isinstance(piece, str)).strip()


def _clock(value: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _instant(value: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(value), UTC) if value not in (None, "") else None
    except (TypeError, ValueError, OverflowError, OSError):
        return None
