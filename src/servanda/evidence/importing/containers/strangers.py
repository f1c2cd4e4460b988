"""Archives and XML of strangers, as :mod:`servanda.values.containers` reads them; what it refuses is told as a fault of the evidence."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO
from xml.etree.ElementTree import Element

from servanda.evidence.importing.sheets import not_imported
from servanda.values.containers import archive as archives
from servanda.values.containers import xml
from servanda.values.containers.refused import Reason, Refused

_CODES: dict[Reason, str] = {
    "archive": "EVD192",
    "large": "EVD192",
    "protected": "EVD193",
    "xml": "EVD191",
    "declared": "EVD191",
    "deep": "EVD191",
}


@contextmanager
def _told(file: str) -> Iterator[None]:
    try:
        yield
    except Refused as refused:
        raise not_imported(file, _CODES[refused.reason], refused.what, refused.hint, refused.line) from None


def open_archive(file: str, content: bytes) -> zipfile.ZipFile:
    """An archive, open. ``file``: its name in errors. Raises ``EvidenceError`` where it is no honest one."""
    with _told(file):
        return archives.open_archive(content)


def entry_bytes(file: str, archive: zipfile.ZipFile, name: str) -> bytes:
    """The bytes of one entry of an archive; nothing where there is none. Raises ``EvidenceError``."""
    with _told(file):
        return archives.entry_bytes(archive, name)


def parse_xml(
    file: str,
    stream: IO[bytes],
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    data: Callable[[str], None],
) -> None:
    """Walk through XML; names come without their namespaces. Raises ``EvidenceError``."""
    with _told(file):
        xml.parse_xml(stream, start, end, data)


def xml_tree(file: str, stream: IO[bytes]) -> Element:
    """XML as a tree, names without their namespaces. Raises ``EvidenceError``."""
    with _told(file):
        return xml.xml_tree(stream)
