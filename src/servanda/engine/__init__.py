"""engine: where the kernels of ``findings`` run. An engine is handed in: nothing but ``app`` imports one.

* ``base``    what engines share; the protocol itself is ``findings.plan.Engine``
* ``local``   the threads of one machine (``threads``), and what becomes of its memory (``malloc``)
* ``piles``   matched rows that wait for the rest of their incidents, of very many on the disk
* ``serial``  one after another
* ``spark``   a cluster of Spark; ``spark_tables``: tables that lie there, ``spark_tasks``: what its workers do, ``spark_bytes``: values as rows of bytes, ``spark_source``: what Spark reads, ``spark_logged``: what counts of Delta and Iceberg, ``spark_faults``: its errors in words

To add one: a file here with a class that has ``name``, ``map``, ``run`` and ``release``, and a line in :data:`ENGINES`;
``tests/test_engines.py`` then compares it with the others. What has to be begun and ended (``spark``) is begun by ``app.engines``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from servanda.engine.local import LocalEngine
from servanda.engine.serial import SerialEngine
from servanda.findings.plan import Engine

ENGINES: Final[Mapping[str, Callable[[], Engine]]] = {
    LocalEngine.name: LocalEngine,
    SerialEngine.name: SerialEngine,
}
"""Every engine by its name."""

__all__ = ["ENGINES", "Engine", "LocalEngine", "SerialEngine"]
