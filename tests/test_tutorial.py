"""The tutorial is run as it stands: every file saved, every command typed, every line of output compared."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest

from servanda.cli.main import main

PAGE = Path(__file__).resolve().parent.parent / "docs" / "tutorial.md"
BLOCK = re.compile(r"(?P<before>[^`]*?(?:`[^`\n]+`[^`]*?)*)```(?P<kind>\w+)\n(?P<body>.*?)```", re.DOTALL)


def test_every_file_and_command_of_the_tutorial_works_as_it_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here = Path.cwd()
    os.chdir(tmp_path)
    commands = 0
    try:
        for block in BLOCK.finditer(PAGE.read_text(encoding="utf-8")):
            body = block["body"]
            named = re.findall(r"(Save as|Add to) `([\w.]+)`", block["before"])
            if block["kind"] == "console":
                command, _, expected = body.partition("\n")
                assert command.startswith("$ servanda ")
                assert main(shlex.split(command.removeprefix("$ servanda "))) == 0
                assert capsys.readouterr().out == expected
                commands += 1
            elif named:
                how, name = named[-1]
                with Path(name).open("w" if how == "Save as" else "a", encoding="utf-8") as file:
                    file.write(body)
    finally:
        os.chdir(here)
    assert commands == 7
