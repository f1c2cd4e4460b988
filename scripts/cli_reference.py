"""Write docs/cli.md from the command line's own help. A test fails when it is out of date."""

from __future__ import annotations

import argparse
import os
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

os.environ["COLUMNS"] = "100"
from servanda.cli.main import parser

PAGE = Path(__file__).resolve().parent.parent / "docs" / "cli.md"


def _all(commands: argparse._SubParsersAction, before: str = "") -> Iterator[tuple[str, argparse.ArgumentParser]]:
    for name, command in commands.choices.items():
        yield before + name, command
        for action in command._actions:  # noqa: SLF001
            if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
                yield from _all(action, f"{before}{name} ")


def _usage(command: argparse.ArgumentParser) -> list[str]:
    """The usage in lines of one width, whatever the version of argparse does; an option stays with its value."""
    words = re.sub(r"\s+", " ", command.format_usage()).replace("usage: ", "").replace(" [-h]", "").strip()
    kept = re.sub(r"\[[^\[\]]*(?:\[[^\]]*\])?\]|--[\w-]+ [A-Z]+", lambda part: part[0].replace(" ", "\0"), words)
    lines = textwrap.wrap(kept, 84, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)
    return ["    " + line.replace("\0", " ") for line in lines]


def reference() -> str:
    """The page as text."""
    top = parser()
    lines = [
        "# Command line",
        "",
        "Made by `make docs` from the program's own help; do not edit.",
        "",
        top.description or "",
        "",
    ]
    lines += [
        "Exit codes: 0 done, whatever the verdicts are; 1 a check that did not pass (each command says when); 2 something to correct, reported on standard error; 130 interrupted.",
        "",
    ]
    commands = next(action for action in top._actions if isinstance(action, argparse._SubParsersAction))  # noqa: SLF001
    for name, command in _all(commands):
        lines += [f"## servanda {name}", "", command.description or "", "", *_usage(command), ""]
        for action in command._actions:  # noqa: SLF001
            if action.help and action.dest not in ("help", "record_command"):
                label = ", ".join(action.option_strings) or str(action.metavar)
                if action.option_strings and action.nargs != 0:
                    value = action.metavar or "{" + ",".join(map(str, action.choices or ())) + "}"
                    label += f" {value}"
                lines.append(f"- `{label}`: {action.help}")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
    print(f"{PAGE.name}: written")
