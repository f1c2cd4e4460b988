"""Loading what a command needs, once and quickly."""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module

SETTINGS = {
    "OPENBLAS_NUM_THREADS": "1",
    "PYDANTIC_DISABLE_PLUGINS": "__all__",
    "_RJEM_MALLOC_CONF": "dirty_decay_ms:100,muzzy_decay_ms:0",
}
"""Of libraries, before they are loaded, where the environment does not say otherwise: the largest system of equations has 576 rows, for
which threads of NumPy's are only woken and wait; nobody else's plugins take part in reading an agreement, or are searched for; and what
the tables freed goes back to the machine after a tenth of a second, where else it stays, beside the tables of the next step.
"""


def tell_libraries() -> None:
    """Tell libraries :data:`SETTINGS`; those that are loaded already do not hear of it."""
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)


def load(*names: str) -> None:
    """Load modules without looking through what is loaded for garbage, now or later: all of it stays until the program ends."""
    if all(name in sys.modules for name in names) or not gc.isenabled():
        return
    tell_libraries()
    gc.disable()
    try:
        for name in names:
            import_module(name)
        gc.freeze()
    finally:
        gc.enable()
