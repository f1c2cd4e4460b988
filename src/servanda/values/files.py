"""A file as it comes in: one on disk, or its name and bytes in memory. What reads files reads both."""

from __future__ import annotations

import errno
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class NamedBytes:
    """A file that is not on disk: out of a record, a case or a request.

    Args:
        name: its file name, as it is told in errors; its ending says how it is read, as on disk.
        content: its bytes.
    """

    name: str
    content: bytes

    def __post_init__(self) -> None:
        """Raise ``TypeError`` unless both are what they must be."""
        if not isinstance(self.name, str):
            raise TypeError(f"the name of NamedBytes must be text, not {type(self.name).__name__}")
        if not isinstance(self.content, (bytes, bytearray, memoryview)):
            kind = type(self.content).__name__
            raise TypeError(f"the content of NamedBytes must be bytes, not {kind}; of text, give text.encode()")
        object.__setattr__(self, "content", bytes(self.content))


FileLike: TypeAlias = str | Path | NamedBytes


TABLE = "table:"
"""Before the name of a table of a catalogue (Delta, Iceberg, Hive), which only an engine that has one reads."""


def is_address(file: object) -> bool:
    """Whether it is the address of something on another file system, or the name of a table, and so no path of this machine."""
    return isinstance(file, str) and (file.startswith(TABLE) or "://" in file)


def name_of(file: FileLike) -> str:
    """The name under which faults tell of a file: a path as it was given, or the name in memory."""
    return file.name if isinstance(file, NamedBytes) else str(file)


def suffix_of(file: FileLike) -> str:
    """The ending of a file's name, in small letters, with its dot."""
    return Path(name_of(file)).suffix.lower()


def bytes_of(file: FileLike) -> bytes:
    """All of a file.

    Raises:
        OSError: a file on disk cannot be read.
    """
    if isinstance(file, NamedBytes):
        return file.content
    refuse_odd_name(file)
    return Path(file).read_bytes()


def refuse_odd_name(file: str | Path) -> None:
    """Raise ``OSError`` where a path is not in UTF-8, as archives made elsewhere leave names, so that no report, table or page could hold it; or holds
    a line break or another control character, so that a list of files would seem to say what only a name says.
    """
    if re.search(r"[\x00-\x1f\x7f-\x9f]", str(file)):
        raise OSError(
            errno.EILSEQ, "its name holds a line break or another control character; give it another", str(file)
        )
    try:
        str(file).encode()
    except UnicodeEncodeError:
        raise OSError(errno.EILSEQ, "its name is not in UTF-8; give it another", str(file)) from None


def base_name_of(file: FileLike) -> str:
    """A file's name without its folders."""
    return Path(name_of(file)).name
