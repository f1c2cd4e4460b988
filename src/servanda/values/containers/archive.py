"""ZIP archives of strangers: read in memory, never unpacked to the disk, and never larger than what an honest file is."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib

from servanda.values.containers.refused import Refused

_LARGEST = 512 << 20
_SMALL = 32 << 20
_DENSEST = 250
"""How many times an entry may grow where it is not small; sheets of spreadsheets grow some ten to sixty times."""
_MOST_ENTRIES = 5_000
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)
"""How the standard library fails on an archive that is no whole one."""


def open_archive(content: bytes) -> zipfile.ZipFile:
    """An archive.

    Args:
        content: its bytes.

    Returns:
        The archive, open.

    Raises:
        Refused: it is cut off, encrypted, or no honest archive.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except DAMAGED:
        hint = "it may be cut off; copy it again from its source"
        raise Refused("archive", "is not a whole ZIP archive", hint) from None
    entries = archive.infolist()
    if len(entries) > _MOST_ENTRIES:
        what = f"holds {len(entries):,} files; at most {_MOST_ENTRIES:,} are read"
        raise Refused("large", what, "unpack it, and name the files")
    if not all(entry.filename for entry in entries):
        raise Refused("archive", "holds a file without a name", "it may be damaged; copy it again from its source")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refused("protected", "is protected by a password", "save it without the password")
    return archive


def entry_bytes(archive: zipfile.ZipFile, name: str) -> bytes:
    """The bytes of one entry of an archive; nothing where there is none.

    Args:
        archive: the archive.
        name: the entry's name.

    Returns:
        Its bytes, unpacked.

    Raises:
        Refused: it is damaged, or blows up beyond what an honest file does.
    """
    try:
        entry = archive.getinfo(name)
    except KeyError:
        return b""
    allowed = min(_LARGEST, max(_SMALL, entry.compress_size * _DENSEST))
    try:
        with archive.open(entry) as stream:
            content = stream.read(allowed + 1)
    except DAMAGED as error:
        what = f"has a damaged part ({name}): {str(error)[:100]}"
        raise Refused("archive", what, "it may be cut off; copy it again from its source") from None
    if len(content) > allowed:
        what = f"has a part ({name}) that unpacks to more than {allowed >> 20} MB from {entry.compress_size:,} bytes; it is not read"
        raise Refused("large", what, "give it in parts")
    return content
