"""The Merkle tree of a log as tiles (RFC 6962; C2SP tlog-tiles): how it grows, and proofs out of it.

Nothing here knows what an entry means. A tree is read through ``tile(level, number)``, which gives the hashes of one tile, so
that proofs cost a few tiles whatever the size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from servanda.record.verifier import TILE, levels_of, root_at, sha, tile_name

Tile = Callable[[int, int], list[bytes]]
"""Level and number of a tile to its hashes: 256, or fewer in the last one of its level."""


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The Merkle tree hash over leaf hashes (RFC 6962, 2.1)."""
    return root_at(levels_of(hashes), len(hashes))


class Tree:
    """A tree of ``size`` leaves, read tile by tile."""

    def __init__(self, size: int, tile: Tile) -> None:
        self.size = size
        self._tile = tile
        self._read: dict[tuple[int, int], list[bytes]] = {}

    def _node(self, height: int, number: int) -> bytes:
        """The hash of the complete subtree of 2^height leaves with that number from the left."""
        level, inside = divmod(height, 8)
        first = number << inside
        key = (level, first // TILE)
        if key not in self._read:
            self._read[key] = self._tile(*key)
        at = first % TILE
        return root_of(self._read[key][at : at + (1 << inside)])

    def _span(self, start: int, stop: int) -> bytes:
        """The hash over the leaves from ``start`` up to ``stop``; ``start`` is where a subtree begins."""
        size = stop - start
        if size & (size - 1) == 0:
            height = size.bit_length() - 1
            return self._node(height, start >> height)
        half = 1 << (size - 1).bit_length() - 1
        return sha(b"\x01" + self._span(start, start + half) + self._span(start + half, stop))

    def root(self, size: int | None = None) -> bytes:
        """The root of the tree when it had ``size`` leaves (left out: now)."""
        size = self.size if size is None else size
        return self._span(0, size) if size else sha(b"")

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """The audit path of a leaf, from its sibling up (RFC 6962, 2.1.1). Raises ``ValueError`` outside the tree."""
        size = self.size if size is None else size
        if not 0 <= index < size <= self.size:
            raise ValueError(f"there is no entry {index} in a tree of {size}")
        path, start, stop = [], 0, size
        while stop - start > 1:
            middle = start + (1 << (stop - start - 1).bit_length() - 1)
            if index < middle:
                path.append(self._span(middle, stop))
                stop = middle
            else:
                path.append(self._span(start, middle))
                start = middle
        return path[::-1]

    def consistency(self, old: int) -> list[bytes]:
        """The proof that the tree of ``old`` leaves is a beginning of this one (RFC 6962, 2.1.2)."""
        if not 0 <= old <= self.size:
            raise ValueError(f"a tree of {self.size} never had {old} leaves")
        path: list[bytes] = []
        start, stop, whole = 0, self.size, True
        if old in (0, self.size):
            return path
        while old != stop:
            middle = start + (1 << (stop - start - 1).bit_length() - 1)
            if old <= middle:
                path.append(self._span(middle, stop))
                stop = middle
            else:
                path.append(self._span(start, middle))
                start, whole = middle, False
        if not whole:
            path.append(self._span(start, stop))
        return path[::-1]


def grow(size: int, tile: Tile, leaves: Sequence[bytes]) -> tuple[bytes, Iterator[tuple[str, bytes]]]:
    """The root of a tree of ``size`` leaves after ``leaves`` were added, and name and content of every tile that is new."""
    edges: list[
        tuple[int, int, list[bytes]]
    ] = []  # level, number of its first tile that changes, the hashes from there on
    new, level = list(leaves), 0
    while new:
        before = size >> 8 * level
        first = before // TILE
        kept = tile(level, first)[: before % TILE] if before % TILE else []
        hashes = kept + new
        edges.append((level, first, hashes))
        new = [root_of(hashes[n : n + TILE]) for n in range(0, len(hashes) - TILE + 1, TILE)]
        level += 1
    root, total = b"", size + len(leaves)
    for level in range(max(len(edges), (total.bit_length() + 7) // 8)):
        width = (total >> 8 * level) % TILE
        if level < len(edges):
            part = edges[level][2][-width:] if width else []
        else:
            part = tile(level, (total >> 8 * level) // TILE)[:width] if width else []
        if part or root:
            root = root_of([*part, *([root] if root else [])])

    def made() -> Iterator[tuple[str, bytes]]:
        for level, first, hashes in edges:
            for n in range(0, len(hashes), TILE):
                part = hashes[n : n + TILE]
                yield f"tile/{level}/{tile_name(first + n // TILE, len(part))}", b"".join(part)

    return root, made()


def holds_consistency(old: int, new: int, path: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Whether ``path`` shows that the tree of ``old`` leaves is a beginning of that of ``new`` (RFC 6962, 2.1.2)."""
    rest = list(path)
    if old == 0:
        return not rest and old_root == sha(b"")

    def roots(old: int, new: int, *, whole: bool) -> tuple[bytes, bytes]:
        if old == new:
            known = old_root if whole else rest.pop(0)
            return known, known
        half = 1 << (new - 1).bit_length() - 1
        if old <= half:
            first, second = roots(old, half, whole=whole)
            return first, sha(b"\x01" + second + rest.pop(0))
        first, second = roots(old - half, new - half, whole=False)
        left = rest.pop(0)
        return sha(b"\x01" + left + first), sha(b"\x01" + left + second)

    try:
        return old <= new and roots(old, new, whole=True) == (old_root, new_root) and not rest
    except IndexError:
        return False
