"""``messages.html`` as Telegram Desktop exports it. A message that follows another of the same sender bears no name; neither does one forwarded
from the same channel as the one before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time
from html.parser import HTMLParser

from servanda.chats.model import Chat, Message, not_read

_WHEN = re.compile(
    r"(\d\d)\.(\d\d)\.(\d{4}) (\d\d):(\d\d)(?::(\d\d))?(?: UTC([+-]\d\d:\d\d)?)?", re.ASCII
)  # its pages write the day in front in every language
_REPLY = re.compile(r"go_to_message(\d+)")
_VOID = frozenset(
    {"br", "img", "meta", "link", "input", "hr", "source", "wbr", "area", "base", "col", "embed", "track"}
)
_DEEPEST = 500


def is_page(head: bytes) -> bool:
    """Whether a page is one that Telegram Desktop exported."""
    return b'class="message ' in head and (b"date details" in head or b'class="history"' in head)


def read_pages(file: str, content: bytes) -> list[Chat]:
    """The chat on one page of an export.

    Args:
        file: its name in errors.
        content: its bytes.

    Returns:
        One chat.

    Raises:
        EvidenceError: it is no text in UTF-8, or has no message.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise not_read(file, "is a page of Telegram and no text in UTF-8", "export the chat again") from None
    page = _Page(file)
    page.feed(text)
    page.close()
    page.take()
    chat = Chat(" ".join(page.name.split()) or "unnamed chat", "Telegram", page.messages, page.service)
    if page.open and "</html>" not in text[-2_000:].lower():
        chat.told.append("ends in the middle of a page: it may be cut off")
    undated = sum(1 for message in chat.messages if message.written is None)
    if undated:
        chat.told.append(f"{undated:,} messages without a time that can be read")
    if not chat.messages and not chat.service:
        raise not_read(file, "is a page of Telegram without a message", "choose a page with messages")
    return [chat]


@dataclass
class _Draft:
    """A message that is being read."""

    id: str
    joined: bool
    service: bool
    row: int
    sender: str = ""
    origin: str = ""
    forwarded: bool = False
    when: str = ""
    text: str = ""
    media: str = ""
    reply: str = ""
    parts: list[str] = field(default_factory=list)


class _Page(HTMLParser):
    """Walks through a page; ``open`` are the classes of the elements that are open."""

    def __init__(self, file: str) -> None:
        super().__init__(convert_charrefs=True)
        self.file = file
        self.open: list[tuple[str, frozenset[str]]] = []
        self.name = self.last_sender = self.last_origin = ""
        self.messages: list[Message] = []
        self.service = 0
        self.draft: _Draft | None = None
        self.depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        classes = frozenset(given.get("class", "").split())
        if tag == "br" and self.draft is not None:
            self._data("\n")
        if self.draft is not None:
            self._of_message(classes, given)
        if tag in _VOID:
            return
        if len(self.open) > _DEEPEST:
            raise not_read(self.file, "is a page nested without end", "export the chat again", self.getpos()[0])
        if tag == "div" and "message" in classes and given.get("id", "").startswith("message"):
            self.take()
            row = len(self.messages) + self.service + 1
            self.draft = _Draft(
                given["id"].removeprefix("message").lstrip("-"), "joined" in classes, "service" in classes, row
            )
            self.depth = len(self.open)
        self.open.append((tag, classes))

    def _of_message(self, classes: frozenset[str], given: dict[str, str]) -> None:
        draft = self.draft
        assert draft is not None
        if {"date", "details"} <= classes and "pull_right" in classes:
            draft.when = draft.when or given.get("title", "")
        elif {"forwarded", "body"} <= classes:
            draft.forwarded = True
        elif "media_wrap" in classes:
            draft.media = draft.media or "file"
        for kind in ("photo", "video", "voice_message", "file", "location", "poll", "audio_file", "contact"):
            if f"media_{kind}" in classes or f"{kind}_wrap" in classes or f"{kind}_file_wrap" in classes:
                draft.media = kind
        if (reply := _REPLY.search(given.get("href", ""))) and self._within("reply_to"):
            draft.reply = reply[1]

    def _within(self, name: str) -> bool:
        return any(name in classes for _, classes in self.open)

    def handle_endtag(self, tag: str) -> None:
        if all(name != tag for name, _ in self.open):
            return
        while self.open:
            name, _ = self.open.pop()
            if name == tag:
                break
        if self.draft is not None and len(self.open) <= self.depth:
            self.take()

    def handle_data(self, data: str) -> None:
        if self.draft is None:
            if self._within("page_header"):
                self.name += data
            return
        self._data(data)

    def _data(self, data: str) -> None:
        draft = self.draft
        assert draft is not None
        where = [classes for _, classes in self.open[self.depth :]]
        data = data if data == "\n" else re.sub(r"\s+", " ", data)
        if any("text" in classes and "bold" not in classes for classes in where):
            draft.text += data
        elif any("from_name" in classes for classes in where) and not any("details" in c for c in where):
            if draft.forwarded:
                draft.origin += data
            else:
                draft.sender += data

    def take(self) -> None:
        """Take the message that was being read, if there is one."""
        draft, self.draft = self.draft, None
        if draft is None:
            return
        if draft.service:
            self.service += 1
            return
        sender = _name(draft.sender) or (self.last_sender if draft.joined else "") or _name(self.name)
        origin = (_name(draft.origin) or self.last_origin) if draft.forwarded else ""
        self.last_sender, self.last_origin = sender, origin
        when, shown = _when(draft.when)
        text = "\n".join(line.strip() for line in draft.text.split("\n")).strip()
        self.messages.append(
            Message(draft.id, sender, when, text, origin, draft.reply, draft.media, shown=shown, row=draft.row)
        )


def _name(text: str) -> str:
    return " ".join(text.split()).partition(" via @")[0]


def _when(title: str) -> tuple[datetime | None, datetime | None]:
    """When a message was sent, with its zone where the page says one, and as the page shows it."""
    match = _WHEN.match(title)
    if match is None:
        return None, None
    day, month, year, hour, minute = (int(match[n]) for n in range(1, 6))
    try:
        shown = datetime.combine(date(year, month, day), time(hour, minute, int(match[6] or 0)))
    except ValueError:
        return None, None
    if "UTC" not in match[0]:
        return shown, shown
    try:
        return datetime.fromisoformat(shown.isoformat() + (match[7] or "+00:00")), shown
    except ValueError:  # no such offset
        return shown, shown
