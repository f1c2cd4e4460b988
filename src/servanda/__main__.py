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
    except KeyboardInterrupt:
        print("\nservanda: interrupted", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(run())
