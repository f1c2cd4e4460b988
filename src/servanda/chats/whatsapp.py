"""A text of WhatsApp: lines with a head begin a message, others go on with the one before.

Such a text marks nothing: a message that holds a line like a head looks as if that line were a message of its own. Only heads of the file's own
form are taken, and times that go back are told. What is forwarded looks like the sender's own words.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from typing import cast

from servanda.chats.heads import Head, head_of, is_like_head, order_of, plain
from servanda.chats.model import Chat, Message, Order, not_read
from servanda.errors import EvidenceError, Fault
from servanda.values.gazetteer import gazetteer
from servanda.wording import plural

_SENDER = re.compile(r"(?P<name>[^:\n\"“”«»]{1,80}?): ?(?P<text>.*)", re.DOTALL)
_OMITTED = re.compile(r"<[^<>\n]{3,60}>|\S[^\n]{0,80}\.\w{2,4} \([^()\n]{4,40}\)")
_FROM_PHONE = re.compile(r"[^\n:]{3,40} omitted|<attached: [^<>\n]+>", re.IGNORECASE)
_LAST_MARK = re.compile(r"\s*\u200e?<(?P<said>[^<>\n]{3,60})>\s*$")
_LONGEST = 2_000_000
"""Lines of one file."""


def is_whatsapp(text: str) -> bool:
    """Whether a text begins as one of WhatsApp does: its first line with something in it is the head of a message, and it or another names a sender."""
    lines = [line for line in text.split("\n", 40)[:40] if plain(line).strip()]
    heads = [head for line in lines if (head := head_of(line)) is not None]
    return bool(heads) and head_of(lines[0]) is not None and any(": " in head.rest for head in heads)


def read_whatsapp(file: str, text: str, order: str = "") -> list[Chat]:
    """The chat in a text.

    Args:
        file: its name, which is the chat's where the file does not say it.
        text: the text.
        order: ``dmy`` or ``mdy``, where the file cannot tell.

    Returns:
        One chat.

    Raises:
        EvidenceError: it has no message, or nothing tells the order of day and month.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if len(lines) > _LONGEST:
        raise not_read(file, f"has more than {_LONGEST:,} lines", "export the chat in parts")
    pieces, unlike, strange = _pieces(lines)
    if not pieces:
        raise not_read(file, "has no message as WhatsApp writes them", "export the chat again", 1)
    heads = [head for _, head, _ in pieces]
    found, why = order_of(heads)
    if found is None:
        if order not in ("dmy", "mdy"):
            sample = "/".join(map(str, heads[0].numbers))
            what = f"is {sample} day/month or month/day? {why[0].upper()}{why[1:]}"
            raise EvidenceError(Fault(file, what, "say so with --order dmy or --order mdy", 1, 1, code="EVD201"))
        found, why = cast(Order, order), "as --order says"
    chat = Chat(_name(file), "WhatsApp")
    if found != "ymd" and any(a <= 12 and b <= 12 and a != b for a, b, _ in (head.numbers for head in heads)):
        named = "day before month" if found == "dmy" else "month before day"
        chat.told.append(f"days are read with the {named}: {why}")
    _fill(chat, pieces, found)
    if unlike:
        chat.told.append(
            f"{plural(unlike, 'line begins', 'lines begin')} as a message does and not in the form of this file; taken as words of the message before"
        )
    if strange:
        chat.told.append(
            f"{plural(strange, 'line begins', 'lines begin')} as a message does, with a time that is not known; taken as words of the message before"
        )
    return [chat]


def _pieces(lines: list[str]) -> tuple[list[tuple[int, Head, list[str]]], int, int]:
    """The messages with the line on which each begins; how many lines are like heads of another form, or of none."""
    pieces: list[tuple[int, Head, list[str]]] = []
    unlike = strange = 0
    for number, line in enumerate(lines, 1):
        head = head_of(line)
        if head is not None and (not pieces or head.style == pieces[0][1].style):
            pieces.append((number, head, [_rest(line, head)]))
            continue
        unlike += head is not None
        strange += head is None and is_like_head(line)
        if pieces:
            pieces[-1][2].append(line)
    return pieces, unlike, strange


def _rest(line: str, head: Head) -> str:
    """What of a line follows its head, with its marks."""
    bare = plain(line)
    colons = bare[: len(bare) - len(head.rest)].count(": ") + 1
    marked = line.split(": ", colons)
    return f"{head.rest.split(': ', 1)[0]}: {marked[-1]}" if len(marked) > colons and ": " in head.rest else head.rest


def _fill(chat: Chat, pieces: list[tuple[int, Head, list[str]]], order: Order) -> None:
    """Take the messages into the chat; lines of the program are counted."""
    latest: datetime | None = None
    back, undated = 0, dict[str, list[str]]()
    for number, head, words in pieces:
        when = head.when(order)
        if when is None:
            undated.setdefault(head.no_day(order), []).append(head.written)
        else:
            back += latest is not None and when < latest
            latest = max(latest, when) if latest else when
        match = _SENDER.match(words[0])
        whole = "\n".join([match["text"], *words[1:]]) if match else ""
        if match is None or (whole.startswith("\u200e") and not _FROM_PHONE.fullmatch(plain(whole).strip())):
            chat.service += 1
            continue
        mark = _LAST_MARK.search(whole)
        edited = mark is not None and _says("edited", mark["said"])
        text = plain(whole[: mark.start()] if mark and edited else whole).strip()
        media = ""
        if _says("deleted", text):
            text, media = "", "deleted"
        elif _OMITTED.fullmatch(text) or _FROM_PHONE.fullmatch(text):
            text, media = "", "media"
        name = " ".join(plain(match["name"]).removeprefix("~").split())
        chat.messages.append(Message(str(number), name, when, text, media=media, edited=edited, shown=when, row=number))
    for why, days in undated.items():
        chat.told.append(f"{plural(len(days), 'message has', 'messages have')} no time: {why}, as {days[0]}")
    if back:
        chat.told.append(
            f"{back:,} messages bear a time before the one above: clocks were changed, or lines within a message pose as messages"
        )


def _says(kind: str, text: str) -> bool:
    """Whether a text is what WhatsApp writes where a message was ``deleted`` or ``edited``."""
    return len(text) < 80 and plain(text).strip().rstrip(".").casefold() in _words(kind)


@cache
def _words(kind: str) -> frozenset[str]:
    return frozenset(word.casefold() for word in gazetteer("chat_words.yaml")[kind])


def _name(file: str) -> str:
    """The chat's name, by its file: "WhatsApp Chat with Desk.txt"."""
    stem = re.split(r"[/\\]", file)[-1].rpartition(".")[0] or file
    return re.sub(r"^WhatsApp[ -]*(?:Chat)?[ -]*(?:with|mit|avec|con|-)?[ -]*", "", stem).strip() or stem
