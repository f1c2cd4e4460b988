"""Chats of Signal: the plain-text export of Signal Desktop (``main.jsonl``) and ``data.json`` of sigexport, both one object on each line.

Signal's own export names each message's author by a number and gives the instant it was sent in thousandths of a second; sigexport gives the
clock of the computer that exported, without a zone. Neither marks what was forwarded. Earlier words of a changed message are not taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from servanda.chats.model import Chat, Message, not_read
from servanda.values import strict_json

_OF_SIGEXPORT = (b'"sender"', b'"body"', b'"reactions"', b'"date"')
_FORWARDED = "who first said it is taken to be who sent it: Signal does not mark what is forwarded"


def is_signal(head: bytes) -> bool:
    """Whether a file that begins so is an export of Signal.

    Args:
        head: how it begins, without a byte order mark.

    Returns:
        Whether it is.
    """
    first = head.partition(b"\n")[0]
    own = b'"chatItem"' in head or (b'"recipient"' in head and b'"chat"' in head)
    return all(name in first for name in _OF_SIGEXPORT) or (own and b"\n" in head and b'"messages"' not in first)


def read_signal(file: str, content: bytes) -> list[Chat]:
    """The chats of an export.

    Args:
        file: its name in errors.
        content: its bytes.

    Returns:
        Those that have messages.

    Raises:
        EvidenceError: a line is not whole, or there is no message.
    """
    lines = list(_lines(file, content))
    chats = _of_signal(lines) if any("chatItem" in line for _, line in lines) else [_of_sigexport(file, lines)]
    chats = [chat for chat in chats if chat.messages]
    if not chats:
        raise not_read(file, "is an export of Signal without a message", "choose a chat with messages")
    for chat in chats:
        chat.told.append(_FORWARDED)
    return chats


def _lines(file: str, content: bytes) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for n, line in enumerate(content.decode("utf-8-sig", errors="replace").splitlines(), 1):
        if not line.strip():
            continue
        try:
            found = strict_json.loads(line)
        except (ValueError, RecursionError) as error:
            what = f"is an export of Signal, of which a line is not whole: {str(error)[:120]}"
            raise not_read(file, what, "it may be cut off; export the chat again", n) from None
        if isinstance(found, Mapping):
            yield n, found


def _of_signal(lines: list[tuple[int, Mapping[str, Any]]]) -> list[Chat]:
    """The chats of Signal's own export, in the order of their first message."""
    names = {str(one["id"]): _name(one) for _, line in lines if (one := _object(line.get("recipient"))).get("id")}
    whose = {
        str(one["id"]): str(one.get("recipientId")) for _, line in lines if (one := _object(line.get("chat"))).get("id")
    }
    chats: dict[str, Chat] = {}
    for n, line in lines:
        item = _object(line.get("chatItem"))
        if not item:
            continue
        place = str(item.get("chatId"))
        chat = chats.setdefault(place, Chat(names.get(whose.get(place, "")) or f"chat {place}", "Signal"))
        said = _object(item.get("standardMessage"))
        text = _object(said.get("text")).get("body")
        media = "attachment" if said.get("attachments") else ""
        if not isinstance(text, str) and not media:
            chat.service += 1
            continue
        author = str(item.get("authorId"))
        quoted = _object(said.get("quote")).get("targetSentTimestamp")
        chat.messages.append(
            Message(
                str(item.get("dateSent") or n),
                names.get(author) or f"member {author}",
                _instant(item.get("dateSent")),
                text.strip() if isinstance(text, str) else "",
                reply_to=str(quoted or ""),
                media=media,
                edited=bool(item.get("revisions")),
                row=n,
            )
        )
    return list(chats.values())


def _name(recipient: Mapping[str, Any]) -> str:
    """What a person or a group is called; who exported is called so."""
    contact = _object(recipient.get("contact"))
    for kind in ("system", "profile"):
        parts = [contact.get(f"{kind}GivenName"), contact.get(f"{kind}FamilyName")]
        if name := " ".join(part.strip() for part in parts if isinstance(part, str) and part.strip()):
            return name
    title = _object(_object(_object(recipient.get("group")).get("snapshot")).get("title")).get("title")
    own = "who exported the chat" if "self" in recipient else ""
    return next(
        (name for name in (title, contact.get("username"), contact.get("e164"), own) if isinstance(name, str) and name),
        "",
    )


def _of_sigexport(file: str, lines: list[tuple[int, Mapping[str, Any]]]) -> Chat:
    folder, _, name = file.replace("\\", "/").rpartition("/")
    stem = name.rpartition(".")[0]
    chat = Chat(folder.rpartition("/")[2] if stem == "data" and folder else stem, "Signal")  # each chat has a folder
    for n, line in lines:
        sender, body = line.get("sender"), line.get("body")
        if line.get("deleted") or line.get("call") or not isinstance(sender, str):
            chat.service += 1
            continue
        text = body.strip() if isinstance(body, str) else ""
        media = "attachment" if line.get("attachments") else "sticker" if line.get("sticker") else ""
        chat.messages.append(Message(str(n), sender, _clock(line.get("date")), text, media=media, row=n))
    return chat


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _instant(value: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(value) / 1000, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def _clock(value: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
