"""The parts of a word processor's file, opened without trust as :mod:`servanda.values.containers` does; XML under short names."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from servanda.errors import EvidenceError, Fault
from servanda.values.containers.archive import entry_bytes
from servanda.values.containers.archive import open_archive as opened
from servanda.values.containers.refused import Reason, Refused
from servanda.values.containers.xml import xml_tree

MAX_FILE = 50_000_000
_SAVE = "save it again in the word processor, or as plain text"
_NAMES = {
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main": "w",
    "http://purl.oclc.org/ooxml/wordprocessingml/main": "w",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships": "r",
    "http://purl.oclc.org/ooxml/officeDocument/relationships": "r",
    "http://schemas.openxmlformats.org/package/2006/relationships": "rel",
    "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc",
    "urn:oasis:names:tc:opendocument:xmlns:text:1.0": "text",
    "urn:oasis:names:tc:opendocument:xmlns:office:1.0": "office",
    "urn:oasis:names:tc:opendocument:xmlns:style:1.0": "style",
    "urn:oasis:names:tc:opendocument:xmlns:table:1.0": "table",
    "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0": "manifest",
    "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0": "fo",
    "http://purl.org/dc/elements/1.1/": "dc",
}


_CODES: dict[Reason, str] = {
    "archive": "DRF003",
    "large": "DRF002",
    "protected": "DRF004",
    "xml": "DRF003",
    "declared": "DRF005",
    "deep": "DRF002",
}


@dataclass(frozen=True)
class Archive:
    """An opened file of parts. Each part is read when it is asked for, and never more of it than an honest file holds."""

    file: str
    names: frozenset[str]
    _zip: zipfile.ZipFile

    def xml(self, name: str) -> Element | None:
        """One part as a tree with short names (``w:p``); ``None`` where there is no such part."""
        if name not in self.names:
            return None
        content = self.read(name)
        with _told(self.file, name):
            return xml_tree(io.BytesIO(content), _short)

    def read(self, name: str) -> bytes:
        """The bytes of one part."""
        with _told(self.file):
            return entry_bytes(self._zip, name)


@contextmanager
def _told(file: str, part: str = "") -> Iterator[None]:
    """What a container is refused for, as a fault of the draft."""
    try:
        yield
    except Refused as refused:
        what = f"its part {part!r} {refused.what}" if part else refused.what
        hint = "remove the password and save it again" if refused.reason == "protected" else _SAVE
        raise EvidenceError(Fault(file, what, hint, code=_CODES[refused.reason])) from None


def open_archive(data: bytes, file: str) -> Archive:
    """Open a file of parts.

    Args:
        data: its bytes.
        file: the name that faults tell.

    Returns:
        The archive; nothing of it is unpacked yet.

    Raises:
        EvidenceError: it is cut off, damaged, protected, or has more parts than a draft can have.
    """
    with _told(file):
        archive = opened(data)
    return Archive(file, frozenset(archive.namelist()), archive)


def _short(name: str) -> str:
    space, _, local = name.rpartition(" ")
    return f"{_NAMES.get(space, '?')}:{local}" if space else local


def whole(value: str | None, default: int = 0, most: int = 1_000_000) -> int:
    """A whole number of an attribute.

    Args:
        value: what is written; ``None`` where nothing is.
        default: what holds where it is no number.
        most: numbers above this one, which no word processor writes, count as it.

    Returns:
        The number, not below 0.
    """
    digits = (value or "").strip()
    return min(int(digits), most) if digits.isdecimal() and len(digits) < 12 else default


DEEPEST = 40
"""The deepest level of a list or heading."""
