"""``servanda`` and ``python -m servanda``: the command line. Ctrl-C while it is loaded is an interrupt as any other."""

from __future__ import annotations

import sys


def run() -> int:
    """Run the command line with the words of the process.

    Returns:
        The exit code.
    """
    try:
        from servanda.cli.main import main

        return main()
    except BaseException as error:
        if not isinstance(error, KeyboardInterrupt) and "KeyboardInterrupt" not in str(error):
            raise  # Polars, while it is loaded, wraps an interrupt in an exception of its own
        print("\nservanda: interrupted", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(run())
