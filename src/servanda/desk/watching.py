"""Folders and mailboxes that are watched: what arrives is taken in once, and only when it is whole.

A file is whole when it has kept its size and time over two looks, or has not been written to for a while. What came before is known by what it
holds, so that a copy, a new name or a lost database brings nothing twice.
"""

from __future__ import annotations

import hashlib
import mailbox
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from email.policy import default as modern
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

from django.core.cache import cache

from servanda.desk import arrivals, attached, decide
from servanda.desk.folder import Desk
from servanda.desk.inbox import Arrival
from servanda.desk.pictures import kind_of
from servanda.desk.ways_in import Watched
from servanda.errors import ServandaError
from servanda.record.log import digest_of

QUIET = 2.0
"""Seconds for which a file must have stood still."""
_UNFINISHED = (".part", ".partial", ".tmp", ".crdownload", ".swp", ".lock", "~")
_TABLES = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods", ".json", ".geojson", ".kml", ".kmz", ".gpx", ".zip", ".gz")

Stamp = tuple[int, int]
MOST, _SAY_AGAIN = 200, 30.0
CAME, SAME, WRITTEN = "came", "the same content came before", "is still being written"
UNFINISHED, LINK = "is left alone: its name says that it is not finished", "is left alone: it is a link"
"""What becomes of a file, in words."""


class Watch:
    """What is watched, and what was seen at the last look.

    Args:
        desk: the mission.
        places: which of its watched places; left out, all.
    """

    def __init__(self, desk: Desk, places: Sequence[Watched] | None = None) -> None:
        self.desk = desk
        self._places = desk.ways.watch if places is None else places
        self._seen: dict[Path, Stamp] = {}
        self._done: dict[Path, Stamp] = {}
        self._told: dict[Path, tuple[str, int]] = {}
        self._kept: dict[Watched, tuple[float, Looked]] = {}

    def look(self, say: Callable[[str], None] = lambda line: None) -> int:
        """Take in what is new and whole.

        Args:
            say: told of everything that came.

        Returns:
            How much came.
        """
        count = 0
        for watched in self._places:
            there = []
            for path in _paths(watched):
                there.append(path)
                count += self._one(watched, path, say)
            self._keep(watched, there)
        return count

    def _one(self, watched: Watched, path: Path, say: Callable[[str], None]) -> int:
        """Take in one file, where it is new and whole; and keep in a few words what became of it."""
        try:
            stamp = _stamp(path)
            if self._done.get(path) == stamp:
                return 0
            if not self._whole(path, stamp):
                self._told[path] = WRITTEN, 0
                return 0
            count = self._take(watched, path, say)
            if _stamp(path) == stamp:
                self._done[path] = stamp
            return count
        except OSError as error:
            what = f"cannot be opened: {error.strerror}"
        except ServandaError as error:
            what = error.faults[0].what
        except (*arrivals.SPOILED, mailbox.Error) as error:  # one that is spoiled keeps no other out
            what = f"cannot be read ({type(error).__name__})"
            self._done[path] = stamp
        if self._told.get(path) != (what, 0):
            say(f"{path}: {what}")
        self._told[path] = what, 0
        return 0

    def _keep(self, watched: Watched, there: Sequence[Path]) -> None:
        """Let the page of arrivals say what became of each file, where that is another than before, or was said a while ago."""
        lines = [(path.name, *self._told[path]) for path in there if path in self._told]
        lines += _left_alone(watched)
        now = Looked(decide.clock(), _missing(watched), len(there), tuple(sorted(lines)[:MOST]))
        then, before = self._kept.get(watched, (0.0, None))
        if before is None or before[1:] != now[1:] or time.monotonic() - then > _SAY_AGAIN:
            cache.set(_key(watched), tuple(now), None)
            self._kept[watched] = time.monotonic(), now

    def _whole(self, path: Path, stamp: Stamp) -> bool:
        before, self._seen[path] = self._seen.get(path), stamp
        return before == stamp or time.time() - stamp[1] / 1e9 > QUIET

    def _take(self, watched: Watched, path: Path, say: Callable[[str], None]) -> int:
        if watched.mailbox:
            return sum(self._letter(watched, letter, say) for letter in _letters(path))
        stamp = _stamp(path)
        if stamp[0] > self.desk.ways.largest:
            return self._too_large(watched, path, stamp[0], say)
        data = path.read_bytes()
        if _stamp(path) != stamp:
            self._told[path] = WRITTEN, 0
            return 0
        count = _bring(self.desk, watched, path.name, data, say, letter=bool(kind_of(data)))
        row = Arrival.objects.filter(content=digest_of(data), source=watched.source[:200]).first()
        other = row is not None and (not count or row.name != attached.safe_name(path.name))
        self._told[path] = (SAME if other else CAME, row.pk if row is not None else 0)
        return count

    def _too_large(self, watched: Watched, path: Path, size: int, say: Callable[[str], None]) -> int:
        """It waits on the page of arrivals with its reason; it is read once, for its SHA-256, and not kept."""
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        if Arrival.objects.filter(content=sha256, source=watched.source[:200]).exists():
            return 0
        row = arrivals.too_large(self.desk, watched.source, "folder", path.name, sha256, size)
        say(f"{row.source}: {row.name} is set aside: {row.told}")
        return 1

    def _letter(self, watched: Watched, letter: bytes, say: Callable[[str], None]) -> int:
        """One letter; what cannot be kept of it keeps no other letter out."""
        try:
            try:
                return _letter(self.desk, watched, message_from_bytes(letter, policy=modern), say)
            except (LookupError, ValueError, TypeError, AttributeError):  # spoiled so that it cannot be opened
                return _bring(self.desk, watched, "letter.eml", letter, say, letter=True)
        except ServandaError as error:
            say(f"{watched.path}: {error.faults[0].what}")
            return 0


class Looked(NamedTuple):
    """What the last look at a watched place saw: when, what is wrong with the place itself, how many files lie there, and the name of each with
    what became of it and the number of its arrival.
    """

    at: datetime
    wrong: str
    files: int
    lines: tuple[tuple[str, str, int], ...]


def looked(watched: Watched) -> Looked | None:
    """What the last look of any worker saw at a place; nothing where none has looked."""
    found = cache.get(_key(watched))
    return Looked(*found) if found else None


def _key(watched: Watched) -> str:
    return f"watched-{digest_of(f'{watched.path}{watched.source}'.encode())[:32]}"


def _missing(watched: Watched) -> str:
    """What is wrong with a watched place itself."""
    try:
        if watched.mailbox and watched.path.is_file():
            return ""
        next(watched.path.iterdir(), None)
    except OSError as error:
        return f"cannot be opened: {error.strerror}"
    return ""


def _left_alone(watched: Watched) -> list[tuple[str, str, int]]:
    """The files that are left alone: links, which may lead anywhere, and those whose names say that they are not finished."""
    paths = [*watched.path.rglob("*")] if watched.path.is_dir() and not watched.mailbox else []
    unfinished = [(p.name, UNFINISHED, 0) for p in paths if p.name.lower().endswith(_UNFINISHED) and p.is_file()]
    return [*unfinished, *((p.name, LINK, 0) for p in paths if p.is_symlink())]


def _stamp(path: Path) -> Stamp:
    told = path.stat()
    return told.st_size, told.st_mtime_ns


def _paths(watched: Watched) -> Iterator[Path]:
    """The files of a folder, those of the folders in it too; of a mailbox its file, or the folder of a maildir."""
    if watched.mailbox:
        kept = watched.path / "new", watched.path / "cur"
        yield from (p for folder in kept if folder.is_dir() for p in sorted(folder.iterdir()) if p.is_file())
        yield from [watched.path] if watched.path.is_file() else []
        return
    for path in sorted(watched.path.rglob("*")) if watched.path.is_dir() else []:
        parts = path.relative_to(watched.path).parts
        hidden = any(part.startswith(".") for part in parts) or path.name.lower().endswith(_UNFINISHED)
        if not hidden and path.is_file() and not path.is_symlink():
            yield path


def _letters(path: Path) -> Iterator[bytes]:
    """The letters of a file: of an mbox all, of a maildir's file one."""
    if path.parent.name in ("new", "cur"):
        yield path.read_bytes()
        return
    box = mailbox.mbox(path, create=False)
    try:
        for key in box.iterkeys():
            yield box.get_bytes(key)
    finally:
        box.close()


def _letter(desk: Desk, watched: Watched, letter: Message, say: Callable[[str], None]) -> int:
    """Take in a letter: each table that came with it, or its words with whatever else came."""
    tables: list[tuple[str, bytes]] = []
    others: list[attached.Attached] = []
    words: dict[str, list[str]] = {"text/plain": [], "text/html": [], "": []}
    for part in letter.walk():
        if part.is_multipart():
            continue
        payload = part.get_payload(decode=True)
        data = payload if isinstance(payload, bytes) else b""
        name, kind = part.get_filename() or "", part.get_content_type()
        if not name and kind in words:
            words[kind].append(_words(part, data))
        elif len(data) > desk.ways.largest:
            words[""].append(f"[{attached.safe_name(name)}: {len(data):,} bytes, more than is taken]")
        elif name.lower().endswith(_TABLES) and data:
            tables.append((name, data))
        elif data:
            others.append(attached.keep(desk, name or kind.replace("/", "."), data))
    told = words["text/plain"] if any(one.strip() for one in words["text/plain"]) else words["text/html"]
    said = "\n".join([*told, *words[""]]).strip()
    head = "\n".join(f"{key}: {letter.get(key, '')}" for key in ("From", "Date", "Subject"))
    text = f"{head}\n\n{said}\n".encode()
    if tables:
        others += [attached.keep(desk, "letter.txt", text)] if said else []
        with_first = [others, *([[]] * (len(tables) - 1))]
        return sum(
            _bring(desk, watched, name, data, say, beside=arrivals.beside(more))
            for (name, data), more in zip(tables, with_first, strict=True)
        )
    subject = str(letter.get("Subject", "")).strip()
    if not (said or others or subject):
        return 0
    subject = subject or "letter"
    return _bring(desk, watched, f"{subject[:60]}.txt", text, say, letter=True, beside=arrivals.beside(others))


def _words(part: Message, data: bytes) -> str:
    """The words of a part of a letter, in whatever characters it says or says wrongly."""
    try:
        text = data.decode(part.get_content_charset() or "utf-8", "replace")
    except LookupError:  # no such characters
        text = data.decode("utf-8", "replace")
    if part.get_content_type() != "text/html":
        return text
    page = _Words()
    page.feed(text)
    page.close()
    return "\n".join(line for one in "".join(page.said).splitlines() if (line := " ".join(one.split())))


class _Words(HTMLParser):
    """The words of a letter that is written as a page."""

    _LINES = frozenset({"p", "br", "div", "tr", "li", "h1", "h2", "h3", "blockquote"})

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._silent = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        self._silent = self._silent or (tag if tag in ("script", "style", "title") else "")
        self.said += ["\n"] if tag in self._LINES else [" "] if tag in ("td", "th") else []

    def handle_endtag(self, tag: str) -> None:
        self._silent = "" if tag == self._silent else self._silent

    def handle_data(self, data: str) -> None:
        self.said += [] if self._silent else [data.replace("\n", " ")]


def _bring(desk: Desk, watched: Watched, name: str, data: bytes, say: Callable[[str], None], **more: object) -> int:
    """Take in one file, unless it came before."""
    known = Arrival.objects.filter(content=digest_of(data), source=watched.source[:200]).first()
    if known is not None and known.state != "waiting":
        return 0
    way = "mailbox" if watched.mailbox else "folder"
    row = known
    if row is None or not attached.sealed(desk).holds(row.content):  # too large before, perhaps
        row = arrivals.arrive(desk, watched.source, way, name, data, **more)
    if row.way == "upload":  # somebody has it before his eyes
        return 0
    say(arrivals.by_itself(desk, row, watched.mapping))
    return 1


def when_sent(text: str) -> str:
    """When a letter was sent, as a field for date and time takes it; nothing where it does not say."""
    line = next((one for one in text.splitlines()[:3] if one.startswith("Date: ")), "")
    try:
        moment = parsedate_to_datetime(line.removeprefix("Date: ").strip())
    except (ValueError, TypeError):
        return ""
    return moment.isoformat() if moment.tzinfo is not None and moment <= decide.clock() else ""
