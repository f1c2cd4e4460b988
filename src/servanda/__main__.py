"""``servanda`` and ``python -m servanda``: the command line. Ctrl-C while it is loaded is an interrupt as any other."""

from __future__ import annotations

import gc
import os
import signal
import sys
from types import FrameType

_MADE = 50_000
"""Objects after whose making it is looked for circles of them that nobody needs: one run makes few, and looking takes time."""


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Raise ``KeyboardInterrupt``; but end at once while something is imported.

    An exception in the middle of an import is wrapped, swallowed or printed by whoever imports. Nothing is lost by it: files are moved
    into place with signals held back (``app/output.py``), and a record counts nothing that was not finished.
    """
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            os.write(2, b"\nservanda: interrupted\n")
            os._exit(130)
        frame = frame.f_back
    signal.default_int_handler(number, None)


def run() -> int:
    """Run the command line with the words of the process.

    Returns:
        The exit code.
    """
    gc.set_threshold(_MADE)
    try:
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, _interrupt)
        from servanda.cli.loading import tell_libraries
        from servanda.cli.main import main

        tell_libraries(*sys.argv[1:2])

        return main()
    except BaseException as error:
        if not isinstance(error, KeyboardInterrupt) and "KeyboardInterrupt" not in str(error):
            raise  # Polars, while it is loaded, wraps an interrupt in an exception of its own
        print("\nservanda: interrupted", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(run())
