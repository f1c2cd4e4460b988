"""What most engines share: kernels run by an ordered map, memory left alone."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from servanda.engine.piles import PilesAside
from servanda.evidence import Context, EvidenceSource, read_evidence
from servanda.evidence.source import Item
from servanda.findings.ordered import run_in_order
from servanda.findings.plan import Batches, Findings, Plan, Progress, quiet
from servanda.incidents import Keys

T = TypeVar("T")
R = TypeVar("R")


class OrderedEngine(ABC):
    """An engine (:class:`servanda.findings.plan.Engine`) that has nothing but an ordered map.

    One that does more, such as grouping by incident on many machines, implements ``run`` itself from the kernels of the plan.
    """

    name: str

    @abstractmethod
    def map(self, function: Callable[[T], R], items: Iterable[T], /) -> Iterator[R]:
        """The results in the order of the items."""

    def run(self, plan: Plan, batches: Batches, progress: Progress = quiet) -> Findings:
        """All batches through all kernels of the plan."""
        with PilesAside() as piles:
            return run_in_order(plan, batches, self.map, progress, piles)

    def evidence(self, items: Iterable[Item], context: Context, **how: Any) -> EvidenceSource:
        """Evidence as it is opened here."""
        return read_evidence(items, context, **{"map": self.map, **how})

    def keys(self, batches: Batches) -> Keys:  # noqa: ARG002  others look at their names
        """Numbers of this process."""
        return Keys()

    @abstractmethod
    def release(self) -> None:
        """Give back memory that was freed."""
