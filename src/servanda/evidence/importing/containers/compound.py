"""Compound files, in which old programs of Office keep their streams: one stream by its name, every offset checked before it is followed."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Sequence

_FREE = 0xFFFF_FFFA
"""From here on a number of a sector is none: the end of a chain, or one that is not used."""
_HEADER = 512
_ENTRY = 128
_LONGEST_NAME = 64


class NotWholeError(ValueError):
    """A compound file, or a stream of it, that leads outside itself or back to where it was."""


def stream_of(content: bytes, names: Sequence[str]) -> bytes | None:
    """The first stream of a compound file that bears one of some names.

    Args:
        content: the file.
        names: of the stream, the wanted ones first.

    Returns:
        Its bytes; nothing where there is none.

    Raises:
        NotWholeError: the file is damaged.
    """
    file = _Compound(content)
    for name in names:
        for entry in file.entries:
            if entry[0] == name and entry[1] == 2:
                return file.stream(*entry[2:])
    return None


def names_in(content: bytes) -> frozenset[str]:
    """The names of all streams and storages.

    Args:
        content: the file.

    Returns:
        Their names.

    Raises:
        NotWholeError: the file is damaged.
    """
    return frozenset(entry[0] for entry in _Compound(content).entries)


class _Compound:
    """The sectors of a file, and its directory: name, kind, first sector and size of each entry."""

    def __init__(self, content: bytes) -> None:
        if len(content) < _HEADER:
            raise NotWholeError("it is cut off")
        self.content = content
        shift, small = struct.unpack_from("<HH", content, 30)
        if shift not in (9, 12) or small != 6:
            raise NotWholeError("its sectors have no size that there is")
        self.size = 1 << shift
        first, cutoff, small_at, _, more_at = (struct.unpack_from("<I", content, at)[0] for at in (48, 56, 60, 64, 68))
        self.cutoff = cutoff
        self.table = self._numbers(self._sectors_of_table(more_at))
        self.small_table = self._numbers(self._chain(small_at)) if small_at < _FREE else array("I")
        self.entries: list[tuple[str, int, int, int]] = []
        self.within = b""
        self._read_directory(b"".join(map(self._sector, self._chain(first))))

    def _sector(self, n: int) -> bytes:
        at = (n + 1) * self.size
        if n >= _FREE or at >= len(self.content):
            raise NotWholeError("it leads outside itself")
        return self.content[at : at + self.size].ljust(self.size, b"\0")

    def _sectors_of_table(self, more_at: int) -> list[int]:
        """Which sectors hold the table of all sectors: named in the header, and in sectors that name each other."""
        found = [n for n in struct.unpack_from("<109I", self.content, 76) if n < _FREE]
        seen: set[int] = set()
        while more_at < _FREE:
            if more_at in seen:
                raise NotWholeError("it leads back to where it was")
            seen.add(more_at)
            *some, more_at = struct.unpack(f"<{self.size // 4}I", self._sector(more_at))
            found += [n for n in some if n < _FREE]
        if len(found) * self.size > len(self.content) + self.size:
            raise NotWholeError("its table is larger than the file")
        return found

    def _numbers(self, sectors: list[int]) -> array[int]:
        out = array("I")
        for n in sectors:
            out.extend(struct.unpack(f"<{self.size // 4}I", self._sector(n)))
        return out

    def _chain(self, n: int, table: array[int] | None = None) -> list[int]:
        """The sectors that follow each other from one on."""
        follow = self.table if table is None else table
        out: list[int] = []
        while n < _FREE:
            if n >= len(follow) or len(out) > len(follow):
                raise NotWholeError("it leads outside itself, or back to where it was")
            out.append(n)
            n = follow[n]
        return out

    def _read_directory(self, directory: bytes) -> None:
        for at in range(0, len(directory) - _ENTRY + 1, _ENTRY):
            entry = directory[at : at + _ENTRY]
            length = min(struct.unpack_from("<H", entry, 64)[0], _LONGEST_NAME)
            first, size = struct.unpack_from("<II", entry, 116)
            name = entry[: max(length - 2, 0)].decode("utf-16-le", "replace")
            if entry[66] == 5 and first < _FREE:
                self.within = b"".join(map(self._sector, self._chain(first)))
            elif name:
                self.entries.append((name, entry[66], first, size))

    def stream(self, first: int, size: int) -> bytes:
        """The bytes of a stream; one that is short lies within the stream of the root."""
        if size > len(self.content):
            raise NotWholeError("a stream is longer than the file")
        if size >= self.cutoff:
            return b"".join(map(self._sector, self._chain(first)))[:size]
        pieces = [self.within[n * 64 : n * 64 + 64] for n in self._chain(first, self.small_table)]
        return b"".join(pieces)[:size]
