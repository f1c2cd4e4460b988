"""What becomes of freed memory, where the C library can be told (glibc); elsewhere nothing of this does anything."""

from __future__ import annotations

import ctypes
import sys

_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD, _ARENAS = -1, -2, -3, -8  # malloc.h
_LARGE = 4 << 20  # bytes: a column of half a million numbers


def keep_freed_memory() -> None:
    """Keep what is freed for the next batch: else every large column of a batch is mapped anew and every page of it faulted in again."""
    _tell((_MMAP_THRESHOLD, 1 << 30), (_TRIM_THRESHOLD, (1 << 31) - 1), (_TOP_PAD, 1 << 27))


def give_large_blocks_back() -> None:
    """Give large blocks back to the machine as soon as they are freed: else they lie among smaller ones that stay, and are kept with them.

    Threads share two heaps, each of which keeps what was freed last at its end.
    """
    _tell((_MMAP_THRESHOLD, _LARGE), (_TRIM_THRESHOLD, 4 * _LARGE), (_ARENAS, 2))


def _tell(*options: tuple[int, int]) -> None:
    try:
        mallopt = ctypes.CDLL("libc.so.6").mallopt
    except (OSError, AttributeError):
        return
    for option, value in options:
        mallopt(option, value)


def let_go() -> None:
    """Give back to the machine what was freed so far: between steps that hold much and need blocks of other sizes.

    What read the files keeps what it freed in a pool of its own, where nothing else finds it.
    """
    if (arrow := sys.modules.get("pyarrow")) is not None:
        arrow.default_memory_pool().release_unused()
    try:
        ctypes.CDLL("libc.so.6").malloc_trim(0)
    except (OSError, AttributeError):
        return
