"""Until evidence and agreements are read from memory: the files of a store in a folder for the time being."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from servanda.store.base import Contents
from servanda.values.files import NamedBytes


@contextmanager
def laid_out(contents: Contents) -> Iterator[tuple[Path, dict[int, Path], list[Path], list[Path]]]:
    """Some files in a folder: the agreement; evidence by entry; coverage; which decisions are of parties."""
    with tempfile.TemporaryDirectory(prefix="servanda-") as scratch:
        folder = Path(scratch)

        def lay(file: NamedBytes, *below: str) -> Path:
            path = folder.joinpath(*below, file.name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.content)
            return path

        for file in contents.beside.values():
            lay(file, "agreement")
        agreement = lay(contents.agreement, "agreement")
        evidence = {n: lay(file, "evidence", f"{n:09d}") for n, file in contents.evidence.items()}
        coverage = [lay(file, "coverage", f"{n:09d}") for n, file in enumerate(contents.coverage)]
        theirs = [path for n, path in evidence.items() if contents.evidence[n] in contents.of_parties]
        yield agreement, evidence, coverage, theirs


@contextmanager
def on_disk(file: NamedBytes) -> Iterator[Path]:
    """One file in a folder for the time being."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / Path(file.name).name
        path.write_bytes(file.content)
        yield path
