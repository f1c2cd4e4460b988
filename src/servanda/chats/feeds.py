"""Feeds of news (RSS, Atom): each entry as a message of whoever wrote it, else of the feed."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from xml.etree.ElementTree import Element

from servanda.chats.markup import text_of_markup
from servanda.chats.model import Chat, Message, not_read
from servanda.values.containers.refused import Refused
from servanda.values.containers.xml import xml_tree

_ROOT = re.compile(rb"<(?:\w+:)?(rss|RDF|feed)[\s>]")
_MARKUP = re.compile(r"<[a-zA-Z/!][^>]*>|&[a-z#0-9]+;")


def is_feed(head: bytes) -> bool:
    """Whether a file begins as a feed."""
    match = _ROOT.search(head[:4096])
    return match is not None and not re.search(rb"<(?![?!])\w", head[: match.start()])


def read_feed(name: str, content: bytes) -> list[Chat]:
    """The entries of a feed.

    Args:
        name: the file's name.
        content: its bytes.

    Returns:
        One chat.

    Raises:
        EvidenceError: it is no feed that can be read.
    """
    try:
        root = xml_tree(io.BytesIO(content))
    except Refused as refused:
        raise not_read(name, refused.what, refused.hint, refused.line) from None
    feed = root if root.tag == "feed" else root.find("channel")
    title = _of(feed, "title") if feed is not None else ""
    chat = Chat(title or name.rpartition("/")[2].rpartition(".")[0], "Atom" if root.tag == "feed" else "RSS")
    entries = [*root.iter("entry" if root.tag == "feed" else "item")]
    chat.messages = [_message(n, entry, chat.name) for n, entry in enumerate(entries, 1)]
    return [chat]


def _message(n: int, entry: Element, feed: str) -> Message:
    link = entry.find("link")
    url = (link.get("href") or link.text or "").strip() if link is not None else ""
    author = _of(entry, "author/name") or _of(entry, "creator") or _of(entry, "author")
    published = _when(_of(entry, "published") or _of(entry, "pubDate") or _of(entry, "date") or _of(entry, "issued"))
    updated = _when(_of(entry, "updated") or _of(entry, "modified"))
    words = max((_of(entry, tag) for tag in ("encoded", "content", "description", "summary")), key=len)
    enclosed = [str(one.get("url")) for one in entry.iter("enclosure") if one.get("url")]
    edited = published is not None and updated is not None and updated > published
    return Message(
        id=_of(entry, "id") or _of(entry, "guid") or url or str(n),
        sender=author or feed,
        written=published or updated,
        text="\n".join(filter(None, (_plain(_of(entry, "title")), _plain(words)))),
        origin=_of(entry, "source/title") or _of(entry, "source"),
        media="; ".join(enclosed),
        edited=edited,
        edited_at=updated if edited else None,
        row=n,
    )


def _of(entry: Element, path: str) -> str:
    found = entry.find(path)
    if found is None:
        return ""
    return " ".join("".join(found.itertext()).split(" ")).strip()


def _plain(text: str) -> str:
    return text_of_markup(text) if _MARKUP.search(text) else text


def _when(said: str) -> datetime | None:
    """An instant as feeds write it: of e-mails, or of ISO 8601."""
    if not said:
        return None
    try:
        moment = datetime.fromisoformat(said) if said[:4].isdigit() else parsedate_to_datetime(said)
    except (ValueError, TypeError, IndexError):
        return None
    return moment.astimezone(UTC) if moment.tzinfo is not None else moment
