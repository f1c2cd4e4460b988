"""What the commands share: files written all or none, and progress on a terminal."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from typing import ClassVar

from servanda.errors import Fault, ServandaError


class Progress:
    """Says on a terminal how far it is, from two seconds on."""

    _WORDS: ClassVar = {
        "match": "reports read",
        "judge": "shares judged",
        "describe": "incidents to describe",
        "conclude": "verdicts",
    }

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.shown = False

    def __call__(self, stage: str, done: int) -> None:
        """``done`` of what ``stage`` counts."""
        gone = time.monotonic() - self.began
        if gone >= 2 and sys.stderr.isatty():
            print(
                f"\r\033[K{done:,} {self._WORDS.get(stage, stage)} ({gone:.0f} s)", end="", file=sys.stderr, flush=True
            )
            self.shown = True

    def close(self) -> None:
        """Clear the line."""
        if self.shown:
            print("\r\033[K", end="", file=sys.stderr)


def write_all(folder: Path, files: dict[str, bytes]) -> None:
    """All files or none: each is written beside its place first and then moved there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        made = []
        for name, content in files.items():
            handle, temporary = tempfile.mkstemp(dir=folder, prefix=f".{name}.")
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            os.chmod(temporary, 0o644)
            made.append((temporary, folder / name))
        for temporary, final in made:
            os.replace(temporary, final)
    except OSError as error:
        raise ServandaError(
            Fault(str(folder), f"cannot be written: {error.strerror}", "check the rights and the space")
        ) from None
