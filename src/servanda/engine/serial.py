"""One thing after another, in the thread that asks: the plainest engine, to compare the others with and to debug by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from servanda.engine.base import OrderedEngine

T = TypeVar("T")
R = TypeVar("R")


class SerialEngine(OrderedEngine):
    """Kernels one after another."""

    name = "serial"

    def map(self, function: Callable[[T], R], items: Iterable[T], /) -> Iterator[R]:
        """One item after the other, with the builtin ``map``."""
        return map(function, items)

    def release(self) -> None:
        """Memory is left to the allocator."""
