"""What is printed, as a terminal may show it: no text of a file, a form or a message moves its cursor, empties its screen or turns its letters round."""

from __future__ import annotations

from typing import Any, TextIO

_TURNING = range(0x202A, 0x202F)
_COMMANDS = {n: f"\\u{n:04x}" for n in (*range(32), *range(127, 160), *_TURNING) if chr(n) not in "\n\t"}
"""As JSON writes them, so that what is printed as JSON stays what it is."""


class Shown:
    """A stream that shows by its number what a terminal would take for a command; in all else the stream that it was made of."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write a text, its commands by their numbers."""
        return self._stream.write(text.translate(_COMMANDS))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
