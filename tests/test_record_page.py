"""The page on the record is run as it stands: every file saved, every command typed; and what it promises of the verdicts."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from servanda.cli.main import main

DOCS = Path(__file__).resolve().parent.parent / "docs"
VERIFIER = DOCS.parent / "src" / "servanda" / "record" / "verifier.py"
CHECK = re.compile(r"^    empty/bin/python verifier.py (.*)$", re.MULTILINE)
BLOCK = re.compile(r"(?:Save as `([\w.]+)`[^\n]*\n\n)?```(\w+)\n(.*?)```", re.DOTALL)


def test_every_command_on_the_page_about_the_record_works(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    here = Path.cwd()
    os.chdir(tmp_path)
    said: dict[str, str] = {}
    try:
        for name, kind, body in BLOCK.findall((DOCS / "record.md").read_text(encoding="utf-8")):
            if name:
                Path(name).write_text(body, encoding="utf-8")
                continue
            assert kind == "console"
            for line in body.strip().splitlines():
                program, *words = shlex.split(line.removeprefix("$ "))
                if program == "cp":
                    shutil.copyfile(*words)
                    continue
                assert program == "servanda"
                assert main(words) == 0, line + capsys.readouterr().err
                said[line] = capsys.readouterr().out
        for check in CHECK.findall((DOCS / "record.md").read_text(encoding="utf-8")):
            verifier = [sys.executable, str(VERIFIER), *shlex.split(check)]
            if check.startswith("record"):  # since then entries were added that nobody has cosigned
                verifier.append("--unsettled")
            done = subprocess.run(verifier, capture_output=True, text=True, check=False)
            assert done.returncode == 0, check + done.stdout + done.stderr
    finally:
        os.chdir(here)
    assert len(said) > 15
    assert "breached" in said["$ servanda verify --record rec"]
    past = said["$ servanda verify --record rec --as-of 2025-03-20T18:00"]
    assert "undetermined" in past
    assert "the same, byte for byte, as those published" in past
    assert "They show the same." in said["$ servanda record compare shown/parties-A.json shown/parties-B.json"]
    assert "Teacher Hanna" in said["$ servanda record shred rec"]
    kept = b"".join(p.read_bytes() for p in (tmp_path / "rec").rglob("*") if p.is_file())
    assert b"Hanna" not in kept


def test_every_command_of_the_conformance_page_is_one_that_the_other_page_runs() -> None:
    run = (DOCS / "record.md").read_text(encoding="utf-8")
    for command in re.findall(
        r"`servanda ((?:record \w+|verify))", (DOCS / "conformance.md").read_text(encoding="utf-8")
    ):
        assert f"$ servanda {command} " in run
