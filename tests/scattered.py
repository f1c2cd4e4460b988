"""Tables that lie elsewhere, as a cluster has them, in this process: divided at random, sent by bytes, walked in any order."""

from __future__ import annotations

import pickle
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np
import polars as pl
from pyspark import cloudpickle

from servanda.values.elsewhere import joined

Made = Callable[[Any], dict[str, pl.DataFrame]]


def _sent(function: Callable[..., Any]) -> Callable[..., Any]:
    """What arrives where a task is done."""
    told = cloudpickle.dumps(function)
    Scattered.sent.append((len(told), str(getattr(function, "__qualname__", function.__class__.__qualname__))))
    return pickle.loads(told)


@dataclass
class Scattered:
    """Pairs of a table (or of what became of it) and positions."""

    sent: ClassVar[list[tuple[int, str]]] = []
    """How many bytes what was sent with every task has, and what it is."""
    items: list[tuple[Any, Any]]
    shares: int
    chance: random.Random = field(default_factory=lambda: random.Random(0))

    @staticmethod
    def of(table: pl.DataFrame, pieces: int, shares: int, seed: int) -> Scattered:
        chance = random.Random(seed)
        cuts = sorted(chance.randint(0, table.height) for _ in range(pieces - 1))
        edges = [0, *cuts, table.height]
        items = [(table[low:high], np.arange(low, high)) for low, high in pairwise(edges) if high > low]
        chance.shuffle(items)
        return Scattered(items, shares, chance)

    def __iter__(self) -> Iterator[Any]:
        return (item for item, _ in self.items)

    def streamed(self) -> Iterator[Any]:
        return iter(self)

    def each(self, function: Callable[[Any], Any]) -> Scattered:
        function = _sent(function)
        return Scattered([(function(item), at) for item, at in self.items], self.shares, self.chance)

    def each_at(self, function: Callable[[Any, Any], Any]) -> Scattered:
        function = _sent(function)
        return Scattered([(function(item, at), at) for item, at in self.items], self.shares, self.chance)

    def dealt(self, make: Made, by: Callable[[pl.DataFrame], pl.Series]) -> ScatteredDealt:
        parts: list[tuple[int, dict[str, pl.DataFrame]]] = []
        make = _sent(make)
        for item, _ in self.items:
            for name, rows in make(item).items():
                for key, some in rows.with_columns(_s=by(rows) % self.shares).partition_by("_s", as_dict=True).items():
                    parts.append((int(str(key[0])), {name: some.drop("_s")}))
        self.chance.shuffle(parts)
        return ScatteredDealt(parts, self)

    def grouped(
        self, make: Made, finish: Callable[[Any], Any], by: Callable[[pl.DataFrame], pl.Series]
    ) -> Iterable[Any]:
        return self.dealt(make, by).finished(finish)

    def kept(self) -> Scattered:
        return self


@dataclass
class ScatteredDealt:
    parts: list[tuple[int, dict[str, pl.DataFrame]]]
    of: Scattered

    def with_more(self, other: ScatteredDealt) -> ScatteredDealt:
        return ScatteredDealt([*other.parts, *self.parts], self.of)

    def with_tables(self, tables: dict[str, pl.DataFrame], by: Callable[[pl.DataFrame], pl.Series]) -> ScatteredDealt:
        return self.with_more(Scattered([(tables, None)], self.of.shares, self.of.chance).dealt(lambda made: made, by))

    def finished(self, finish: Callable[[Any], Any], *, tables: bool = False, pieces: bool = False) -> Scattered:
        items: list[tuple[Any, Any]] = []
        for share in {n for n, _ in self.parts}:
            made = _sent(finish)(joined(part for n, part in self.parts if n == share))
            items += list(made) if tables else [(one, None) for one in (made if pieces else [made])]
        self.of.chance.shuffle(items)
        return Scattered(items, self.of.shares, self.of.chance)
