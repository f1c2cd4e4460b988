"""Loading what a command needs, once and quickly."""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module

SETTINGS = {"OPENBLAS_NUM_THREADS": "1", "PYDANTIC_DISABLE_PLUGINS": "__all__"}
"""Of libraries, before they are loaded, where the environment does not say otherwise: the largest system of equations has 576 rows, for
which threads of NumPy's are only woken and wait; and nobody else's plugins take part in reading an agreement, or are searched for.
"""


def load(*names: str) -> None:
    """Load modules without looking through what is loaded for garbage, now or later: all of it stays until the program ends."""
    if all(name in sys.modules for name in names) or not gc.isenabled():
        return
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    gc.disable()
    try:
        for name in names:
            import_module(name)
        gc.freeze()
    finally:
        gc.enable()
