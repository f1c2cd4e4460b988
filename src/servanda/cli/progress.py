"""How far a long command is, told on a terminal."""

from __future__ import annotations

import os
import sys
import time
from types import TracebackType
from typing import ClassVar, Self


class Progress:
    """Says on a terminal how far it is, from two seconds on; a context manager that clears its line at the end."""

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
            _line(f"{done:,} {self._WORDS.get(stage, stage)} ({gone:.0f} s)")
            self.shown = True

    def close(self) -> None:
        """Clear the line on which progress is shown."""
        if self.shown:
            _line("")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def _line(text: str) -> None:
    """Write over the last line of a terminal: by its number, for the stream shows no commands of a terminal (:mod:`~servanda.cli.shown`)."""
    sys.stderr.flush()
    os.write(sys.stderr.fileno(), f"\r\033[K{text}".encode())
