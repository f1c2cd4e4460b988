"""A worker that goes wrong; alone in its file, since each process of it loads the file anew."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any


def odd(pipe: Any, folder: Path, seed: int, kinds: list[str]) -> None:
    """A worker that hangs at 1, dies at 2, and does nothing else."""
    pipe.send("ready")
    while (number := pipe.recv()) is not None:
        if number == 1:
            time.sleep(60)
        if number == 2:
            os._exit(3)
        pipe.send(("agreement", []))
