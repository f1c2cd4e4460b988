"""Letters: one (``.eml``), or a folder of them (``.mbox``). What a letter quotes of another is not what its sender says, and is left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr, parsedate_to_datetime

from servanda.chats.markup import text_of_markup
from servanda.chats.model import Chat, Message, not_read

MOST_LETTERS = 20_000
_MOST_HEADS = 30  # lines; more are no headers of a letter, and each line is looked at from there on
_BETWEEN = re.compile(rb"(?:\A|(?<=\n)\r?\n|(?<=\n\n))From \S[^\r\n]*\d{4}[^\r\n]*\r?\n(?=[!-9;-~]+:)")
"""The line in front of each letter of a folder."""
_HEADER = re.compile(
    r"^\W{0,3}(From|Sent|Date|To|Cc|Subject|Von|De|От|Від|Кому|Тема|Дата|من)\s*:\s*(.*)$", re.IGNORECASE
)
_FROM = frozenset({"from", "von", "de", "от", "від", "من"})
_FORWARDED = re.compile(r"^(?:fwd?|wg|tr|rv|пересл|переслано|fw)\s*:", re.IGNORECASE)
_PREFIXES = re.compile(r"^(?:(?:re|fwd?|aw|wg|tr|rv|отв|відп|пересл)\s*:\s*)+", re.IGNORECASE)
_MARKED = re.compile(
    r"^[-_*\s]*(?:(?:original|begin forwarded|forwarded|пересылаемое|исходное|переслане) ?(?:message|сообщение|повідомлення)?)[-_*:\s]*$",
    re.IGNORECASE,
)
_WROTE = re.compile(
    r"^.{6,120}\b(?:wrote|a écrit|escribió|schrieb|пишет|написал|написала|пише|написав|написала)\s*:\s*$",
    re.IGNORECASE,
)


def is_mailbox(head: bytes) -> bool:
    """Whether a file begins as a folder of letters."""
    return head.startswith(b"From ") and _BETWEEN.match(head) is not None


def letters_in(name: str, content: bytes) -> Iterator[bytes]:
    """The letters of a folder of them, or the one that a file is.

    Args:
        name: the file's name.
        content: its bytes.

    Yields:
        Each letter.

    Raises:
        EvidenceError: there are more than can be read.
    """
    starts = [*_BETWEEN.finditer(content)] if is_mailbox(content[:65_536]) else []
    if len(starts) > MOST_LETTERS:
        raise not_read(name, f"holds more than {MOST_LETTERS:,} letters", "give them in parts")
    if not starts:
        yield content
    for n, match in enumerate(starts):
        end = starts[n + 1].start() if n + 1 < len(starts) else len(content)
        yield content[match.end() : end]


def read_mail(name: str, content: bytes) -> list[Chat]:
    """The words of letters, each as a message of its sender.

    Args:
        name: the file's name.
        content: its bytes.

    Returns:
        One chat.

    Raises:
        EvidenceError: it cannot be read.
    """
    chat = Chat(name.rpartition("/")[2].rpartition(".")[0] or name, "e-mail")
    for n, letter in enumerate(letters_in(name, content), 1):
        chat.messages.append(_message(n, message_from_bytes(letter, policy=default)))
    chat.told.append(
        "what letters quote of others is left out; what they forward is told as of whom it came from, where they say so"
    )
    return [chat]


def _message(n: int, letter: EmailMessage) -> Message:
    subject = _said(letter, "subject")
    text, origin = _own_words(_text(letter), forwarded=_FORWARDED.match(subject) is not None)
    name, address = parseaddr(_said(letter, "from"))
    files = [part.get_filename() or "" for part in letter.walk() if part.get_filename()]
    return Message(
        id=_said(letter, "message-id").strip("<>") or str(n),
        sender=name or address or "unknown",
        written=_when(_said(letter, "date")),
        text="\n".join(filter(None, (_PREFIXES.sub("", subject), text))),
        origin=origin,
        reply_to=_said(letter, "in-reply-to").strip("<>"),
        media="; ".join(files),
        row=n,
    )


def _said(letter: EmailMessage, name: str) -> str:
    """What a header says; nothing where it is missing, or is none."""
    try:
        return " ".join(str(letter[name] or "").split())
    except (ValueError, LookupError, AttributeError, IndexError, TypeError):
        return ""


def _when(said: str) -> datetime | None:
    try:
        return parsedate_to_datetime(said)
    except (ValueError, TypeError, IndexError):
        return None


def _text(letter: EmailMessage) -> str:
    """The words of a letter: those in plain text, else those of its page."""
    for kind in ("plain", "html"):
        for part in letter.walk():
            if part.get_content_type() != f"text/{kind}" or part.get_filename():
                continue
            data = part.get_payload(decode=True)
            if not isinstance(data, bytes):
                continue
            try:
                text = data.decode(part.get_content_charset() or "utf-8", "replace")
            except LookupError:
                text = data.decode("utf-8", "replace")
            return text_of_markup(text) if kind == "html" else text
    return ""


def _own_words(text: str, *, forwarded: bool) -> tuple[str, str]:
    """The words of a letter without those that it quotes; of one that is forwarded those it passes on, and of whom they are."""
    lines = text.replace("\r\n", "\n").split("\n")
    out: list[str] = []
    origin, n = "", 0
    while n < len(lines):
        line = lines[n].strip()
        heads = _heads(lines, n)
        if len(heads) > 2 or (len(heads) > 1 and _MARKED.match(lines[n - 1].strip() if n else "")):
            if not forwarded:
                break
            origin = origin or next((parseaddr(said)[0] or said for name, said in heads if name in _FROM), "")
            n += len(heads)
            continue
        if _WROTE.match(line) and not forwarded:
            break
        if not line.startswith(">") and not _MARKED.match(line) and line != "--":
            out.append(lines[n].rstrip())
        n += 1
    return "\n".join(out).strip(), origin


def _heads(lines: list[str], n: int) -> list[tuple[str, str]]:
    """The headers of another letter that stand here line by line, of which one says of whom it is."""
    found: list[tuple[str, str]] = []
    for line in lines[n : n + _MOST_HEADS]:
        match = _HEADER.match(line.strip())
        if match is None:
            break
        found.append((match[1].lower(), match[2].strip()))
    return found if any(name in _FROM for name, _ in found) else []
