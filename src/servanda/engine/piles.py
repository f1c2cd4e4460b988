"""Piles of matched rows, of very many on the disk: beyond memory in which they all find room, there is one pile at a time."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

import polars as pl

from servanda.findings.piles import PILES, Piles

_IN_MEMORY = 20_000_000
"""Rows beyond which what was dealt so far is put on the disk. They hold numbers only, and no text."""


class PilesAside(Piles):
    """Piles that leave nothing on the disk when they are left."""

    def __init__(self) -> None:
        super().__init__()
        self._files: list[list[Path]] = [[] for _ in range(PILES)]
        self._here = 0
        self._folder: TemporaryDirectory[str] | None = None

    def add(self, rows: Mapping[int, pl.DataFrame]) -> None:
        """Put rows on their piles."""
        super().add(rows)
        self._here += sum(table.height for table in rows.values())
        if self._here > _IN_MEMORY:
            self._here = 0
            try:
                self._put_aside()
            except OSError:  # no room on the disk: what is not there stays here
                return

    def _put_aside(self) -> None:
        if self._folder is None:
            self._folder = TemporaryDirectory(prefix="servanda-")
        for n, tables in enumerate(self.tables):
            if tables:
                file = Path(self._folder.name) / f"{n}-{len(self._files[n])}.arrow"
                pl.concat(tables).write_ipc(file)
                self._files[n].append(file)
                self.tables[n] = []

    def on(self, n: int) -> list[pl.DataFrame]:
        """What lies on a pile."""
        return [*(pl.read_ipc(file.read_bytes()) for file in self._files[n]), *super().on(n)]

    def clear(self, n: int) -> None:
        """Take everything off a pile."""
        super().clear(n)
        for file in self._files[n]:
            file.unlink()
        self._files[n] = []

    def is_empty(self, n: int) -> bool:
        """Whether nothing lies on a pile."""
        return super().is_empty(n) and not self._files[n]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self._folder is not None:
            self._folder.cleanup()
