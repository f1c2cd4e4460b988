"""How reports may come in: how large a file may be, and which folders and mailboxes are watched, as ``desk.yaml`` says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from servanda.errors import Fault, ServandaError

LARGEST = 50_000_000
"""Bytes of one file that comes in, where ``desk.yaml`` says nothing else."""
MOST_ROWS = 20_000
"""Rows of one table."""
_SIZE = re.compile(r"(\d{1,12}) ?(KB|MB|GB)?")
_UNITS = {None: 1, "KB": 1000, "MB": 1_000_000, "GB": 1_000_000_000}
_KEYS = ("largest", "rows", "watch")


@dataclass(frozen=True)
class Watched:
    """A folder or a mailbox that is watched, and in whose name its files report; ``mapping``: how its tables are read, where a file says."""

    path: Path
    source: str
    mailbox: bool = False
    mapping: Path | None = None


@dataclass(frozen=True)
class WaysIn:
    """How reports may come in."""

    largest: int = LARGEST
    rows: int = MOST_ROWS
    watch: tuple[Watched, ...] = ()


USUAL = WaysIn()
"""What holds where ``desk.yaml`` says nothing."""


def read_ways(said: Any, folder: Path, where: str) -> WaysIn:
    """Read what stands under ``arrivals``.

    Args:
        said: what stands there; nothing for the usual.
        folder: of the mission, from which paths are counted.
        where: the settings' file, for faults.

    Returns:
        How reports may come in.

    Raises:
        ServandaError: it cannot be read, with every fault.
    """
    if said is None:
        return USUAL
    if not isinstance(said, Mapping) or not set(said) <= set(_KEYS):
        raise ServandaError(_fault(where, f"'arrivals' is a mapping of {', '.join(_KEYS)}"))
    faults: list[Fault] = []
    size = _SIZE.fullmatch(str(said.get("largest", LARGEST)))
    if size is None:
        faults.append(_fault(where, f"largest: {said['largest']!r} is not a size, as 50 MB"))
    rows = said.get("rows", MOST_ROWS)
    if type(rows) is not int or rows < 1:
        faults.append(_fault(where, f"rows: {rows!r} is not a number of rows"))
    listed = said.get("watch") or []
    watch = [_watched(one, folder, where, faults) for one in (listed if isinstance(listed, list) else [listed])]
    if faults or size is None:
        raise ServandaError(*faults)
    return WaysIn(int(size[1]) * _UNITS[size[2]], rows, tuple(one for one in watch if one is not None))


def _watched(one: Any, folder: Path, where: str, faults: list[Fault]) -> Watched | None:
    said = one if isinstance(one, Mapping) else {}
    kinds = [kind for kind in ("folder", "mailbox") if isinstance(said.get(kind), str)]
    if len(kinds) != 1 or not str(said.get("source") or "").strip() or not set(said) <= {*kinds, "source", "mapping"}:
        faults.append(_fault(where, "watch: each names a 'folder' or a 'mailbox', and the 'source' that reports there"))
        return None
    mapping = folder / str(said["mapping"]) if said.get("mapping") else None
    return Watched(folder / str(said[kinds[0]]), str(said["source"]).strip(), kinds[0] == "mailbox", mapping)


def _fault(where: str, what: str) -> Fault:
    return Fault(where, what, "docs/desk.md says what stands there", code="DSK002")
