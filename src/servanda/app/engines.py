"""Engines by their names, for commands: begun, and ended with them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from servanda.engine import ENGINES, Engine
from servanda.errors import Fault, ServandaError

NAMES = (*sorted(ENGINES), "spark")
"""What ``--engine`` may be."""


@contextmanager
def engine_of(name: str, master: str | None) -> Iterator[Engine]:
    """An engine by its name.

    Args:
        name: one of :data:`NAMES`.
        master: where the master of a cluster is; left out, this machine.

    Yields:
        The engine; a cluster's session ends with the block.

    Raises:
        ServandaError: it cannot be begun, or a master was named where there is none.
    """
    if name != "spark":
        if master is not None:
            hint = "add --engine spark, or leave --master out"
            raise ServandaError(Fault("--master", f"the engine {name!r} has no master", hint, code="SPK013"))
        yield ENGINES[name]()
        return
    from servanda.engine.spark import Spark  # only here: it is an extra, and slow to load

    with Spark(master=master) as engine:
        yield engine
