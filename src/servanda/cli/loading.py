"""Loading what a command needs, once and quickly."""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module

_SETTINGS = {"OPENBLAS_NUM_THREADS": "1", "PYDANTIC_DISABLE_PLUGINS": "__all__"}
_LIVES_ON = ("fuse", "follow", "desk")  # they hold the columns of all reports, or go on for days


def settings_of(command: str) -> dict[str, str]:
    """What libraries are told before they are loaded, where the environment does not say otherwise.

    The largest system of equations has 576 rows, for which threads of NumPy's are only woken and wait; nobody else's plugins take part in
    reading an agreement, or are searched for. What tables freed goes back to the machine, where else a part of it never does: after two
    seconds, so that the next batch finds the room of the last; where much stays in memory, after a tenth of one.

    Args:
        command: the command that is asked for.

    Returns:
        Variables of the environment, by name.
    """
    wait_ms = 100 if command in _LIVES_ON else 2000
    return {**_SETTINGS, "_RJEM_MALLOC_CONF": f"dirty_decay_ms:{wait_ms},muzzy_decay_ms:0"}


def tell_libraries(command: str = "") -> None:
    """Tell libraries what :func:`settings_of` a command says; those that are loaded already do not hear of it."""
    for name, value in settings_of(command).items():
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
