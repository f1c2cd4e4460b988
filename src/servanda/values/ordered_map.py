"""The shape of ``map``: one function over many things, results in the order of the things.

What has much to do takes such a function as an argument, the builtin ``map`` by default; who runs it hands in an
engine's own. So nothing below the engines knows whether threads do the work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class OrderedMap(Protocol):
    """As the builtin ``map`` with one iterable: results come back in the order of the items."""

    def __call__(self, function: Callable[[T], R], items: Iterable[T], /) -> Iterator[R]:
        """Apply ``function`` to each of ``items``."""
