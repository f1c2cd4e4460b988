"""Which export of a chat a file is, by its first bytes, and its chats."""

from __future__ import annotations

import io
import zipfile

from servanda.chats.feeds import is_feed, read_feed
from servanda.chats.mail import is_mailbox, read_mail
from servanda.chats.model import Chat, not_read
from servanda.chats.signal import is_signal, read_signal
from servanda.chats.telegram import read_telegram
from servanda.chats.telegram_pages import is_page, read_pages
from servanda.chats.whatsapp import is_whatsapp, read_whatsapp
from servanda.values.containers.archive import DAMAGED
from servanda.values.files import FileLike, base_name_of, bytes_of, name_of

_HEAD = 65_536
_LARGEST = 256 << 20
_DENSEST = 250


def chat_kind(content: bytes) -> str:
    """Which export of a chat a file is.

    Args:
        content: its bytes.

    Returns:
        ``telegram``, ``telegram-page``, ``signal``, ``whatsapp``, ``mail`` (a folder of letters), ``feed``; empty for any other file.
    """
    head = content[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"{") and is_signal(head):
        return "signal"
    if head.startswith(b"{"):
        messages = b'"messages"' in head and b'"type"' in head and (b'"date' in head or b'"messages": []' in head)
        account = b'"personal_information"' in head or (b'"chats"' in head and b'"list"' in head)
        return "telegram" if messages or (account and b'"messages"' in content) else ""
    if head.startswith(b"<"):
        return "telegram-page" if is_page(head) else "feed" if is_feed(head) else ""
    if is_mailbox(head):
        return "mail"
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = content[:_HEAD].decode("utf-16" if wide else "utf-8-sig", errors="replace")
    return "whatsapp" if is_whatsapp(text) else ""


def read_chats(file: FileLike, order: str = "") -> list[Chat]:
    """The chats of a file.

    Args:
        file: an export of Telegram (JSON or a page), of Signal (JSON lines) or of WhatsApp (text, or the archive in which the phone sends it).
        order: ``dmy`` or ``mdy``, where a text of WhatsApp cannot tell.

    Returns:
        Its chats; none where it is no export of a chat.

    Raises:
        EvidenceError: it is one, and cannot be read.
    """
    content = bytes_of(file)
    if content.startswith(b"PK\x03\x04"):
        return [chat for name, inner in _packed(name_of(file), content) for chat in chats_of(name, inner, order)]
    return chats_of(name_of(file), content, order) if content[:1] else []


def chats_of(name: str, content: bytes, order: str = "") -> list[Chat]:
    """The chats in the bytes of a file.

    Args:
        name: the file's name.
        content: its bytes.
        order: as in :func:`read_chats`.

    Returns:
        Its chats; none where it is no export of a chat.

    Raises:
        EvidenceError: it is one, and cannot be read.
    """
    kind = chat_kind(content)
    if not kind:
        return []
    if len(content) > _LARGEST:
        raise not_read(name, f"is larger than {_LARGEST >> 20} MB", "export the chat in parts")
    if kind == "telegram":
        return read_telegram(name, content)
    if kind == "signal":
        return read_signal(name, content)
    if kind == "telegram-page":
        return read_pages(name, content)
    if kind in ("mail", "feed"):
        return read_mail(name, content) if kind == "mail" else read_feed(name, content)
    try:
        text = _text(content)
    except UnicodeDecodeError:
        raise not_read(name, "is a chat of WhatsApp and no text in UTF-8", "export the chat again") from None
    return read_whatsapp(name, text, order)


def _packed(name: str, content: bytes) -> list[tuple[str, bytes]]:
    """The texts in an archive, which may be a chat with its pictures; none where it cannot be opened, or is something else."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            out = []
            for entry in archive.infolist():
                if not entry.filename.lower().endswith((".txt", ".json", ".jsonl", ".html")) or entry.flag_bits & 1:
                    continue
                allowed = min(_LARGEST, max(32 << 20, entry.compress_size * _DENSEST))
                with archive.open(entry) as stream:
                    inner = stream.read(allowed + 1)
                if len(inner) > allowed:
                    raise not_read(name, "unpacks to far more than a chat holds; it is not read", "unpack it yourself")
                own = entry.filename.rpartition("/")[2]
                out.append((base_name_of(name) if own == "_chat.txt" else own, inner))
            return out
    except DAMAGED:
        return []


def _text(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    return content.decode("utf-8-sig")
