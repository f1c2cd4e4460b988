"""The parts of a word processor's file, opened without trust: limits on size and depth, no declarations of entities, no addresses."""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from servanda.errors import EvidenceError, Fault

MAX_FILE = 50_000_000
_MAX_PART = 60_000_000
_MAX_ALL = 200_000_000
_MAX_PARTS = 5_000
_MAX_DEPTH = 200
_CHUNK = 1 << 20
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


@dataclass(frozen=True)
class Archive:
    """An opened file of parts. Each part is read when it is asked for, and never more of it than the limits allow."""

    file: str
    names: frozenset[str]
    _zip: zipfile.ZipFile

    def xml(self, name: str) -> Element | None:
        """One part as a tree with short names (``w:p``); ``None`` where there is no such part."""
        return parse(self.read(name), self.file, name) if name in self.names else None

    def read(self, name: str) -> bytes:
        """The bytes of one part."""
        out, size = [], 0
        try:
            with self._zip.open(name) as part:
                while chunk := part.read(_CHUNK):
                    size += len(chunk)
                    if size > _MAX_PART:
                        raise EvidenceError(_too_large(self.file, f"its part {name!r}"))
                    out.append(chunk)
        except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, zlib.error) as error:
            raise EvidenceError(_broken(self.file, f"its part {name!r} ({type(error).__name__})")) from None
        except RuntimeError:
            what = "is protected by a password"
            raise EvidenceError(
                Fault(self.file, what, "remove the password and save it again", code="DRF004")
            ) from None
        return b"".join(out)


def open_archive(data: bytes, file: str) -> Archive:
    """Open a file of parts.

    Args:
        data: its bytes.
        file: the name that faults tell.

    Returns:
        The archive; nothing of it is unpacked yet.

    Raises:
        EvidenceError: it is cut off, damaged, or unpacks to more than a draft can be.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        infos = archive.infolist()
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, zlib.error):
        raise EvidenceError(_broken(file, "the archive")) from None
    if len(infos) > _MAX_PARTS or sum(info.file_size for info in infos) > _MAX_ALL:
        raise EvidenceError(_too_large(file, "what it unpacks to"))
    return Archive(file, frozenset(info.filename for info in infos), archive)


def parse(data: bytes, file: str, part: str) -> Element:
    """The tree of some XML, its tags and attributes under short names.

    Args:
        data: its bytes.
        file: the name that faults tell.
        part: which part of that file it is.

    Returns:
        The root.

    Raises:
        EvidenceError: it is not well formed, declares a document type (entities), or is nested too deep.
    """
    builder = TreeBuilder()
    depth = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _MAX_DEPTH:
            raise EvidenceError(_too_large(file, f"the nesting of its part {part!r}"))
        builder.start(_short(tag), {_short(k): v for k, v in attributes.items()})

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(_short(tag))

    def declared(*_: object) -> None:
        what = f"its part {part!r} declares a document type, as no word processor writes it; entities are not resolved"
        raise EvidenceError(Fault(file, what, _SAVE, code="DRF005"))

    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = declared
    try:
        parser.Parse(data, True)
        return builder.close()
    except (expat.ExpatError, AssertionError, ValueError, LookupError):
        raise EvidenceError(_broken(file, f"its part {part!r}")) from None


def _short(name: str) -> str:
    space, _, local = name.rpartition("}")
    return f"{_NAMES.get(space, '?')}:{local}" if space else local


def _broken(file: str, what: str) -> Fault:
    return Fault(file, f"is cut off or damaged: {what} cannot be read", _SAVE, code="DRF003")


def _too_large(file: str, what: str) -> Fault:
    return Fault(file, f"is too large for a draft: {what} is beyond the limit", _SAVE, code="DRF002")


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
