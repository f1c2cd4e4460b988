"""The threads of one machine: the kernels' libraries let go of the interpreter while they work."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from servanda.engine.base import OrderedEngine
from servanda.engine.malloc import let_go
from servanda.engine.threads import WORKERS, in_order

T = TypeVar("T")
R = TypeVar("R")


class LocalEngine(OrderedEngine):
    """Kernels on so many threads (``workers``), with little more than as many batches in memory."""

    name = "local"

    def __init__(self, workers: int = WORKERS) -> None:
        self.workers = workers

    def map(self, function: Callable[[T], R], items: Iterable[T], /) -> Iterator[R]:
        """The results in the order of the items, however long each takes."""
        return in_order(function, items, self.workers)

    def release(self) -> None:
        """Give back to the machine what was freed."""
        let_go()
