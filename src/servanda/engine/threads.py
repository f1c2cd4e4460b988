"""Doing the same to many things at once, and handing the results back in their own order."""

from __future__ import annotations

import itertools
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")
WORKERS = max(1, min(4, os.cpu_count() or 1))


def in_order(function: Callable[[T], R], items: Iterable[T], workers: int = WORKERS) -> Iterator[R]:
    """``map`` with threads: results in the order of the items, and at most ``workers + 1`` of them under way.

    The columns' own libraries let go of the interpreter while they work. Nothing of the result depends on timing.
    """
    items = iter(items)
    begun = list(itertools.islice(items, 2))
    if len(begun) < 2:  # a single thing needs no thread
        yield from map(function, begun)
        return
    pool = ThreadPoolExecutor(workers)
    waiting: deque[Future[R]] = deque()
    try:
        for item in itertools.chain(begun, items):
            waiting.append(pool.submit(function, item))
            if len(waiting) > workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
