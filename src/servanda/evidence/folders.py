"""A folder that is given as evidence: the files in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath
from typing import Any

from servanda.errors import EvidenceError, Fault
from servanda.values.files import NamedBytes
from servanda.values.maps import is_beside_a_shapefile

MARKS = {"Delta": "_delta_log", "Iceberg": "metadata/*.metadata.json", "Hudi": ".hoodie"}
"""Tables whose folder holds files that do not count any more, and by what they are known."""
_OF_A_RECORD = ("policy", "checkpoint")
_SPARK = "'servanda verify' and 'servanda fuse' read it with --engine spark; or name the files that count"
PASSED_OVER = "left out: by its name it is not complete, or none of the evidence"
"""What is told of a file in a folder that was not read."""


def not_complete(path: PurePath) -> bool:
    """Whether a file by its name is hidden, or still being written by somebody."""
    return path.name.startswith(".") or path.suffix in (".part", ".tmp")


def in_folders(items: Iterable[Any], passed: list[Path] | None = None) -> Iterator[Any]:
    """Each item as it is given; for a folder, the files in it and in its folders.

    Args:
        items: paths, files in memory and data frames.
        passed: takes the files that are not given on though their names end as files do: ``_*.csv``, ``*.part``, ``*.tmp``.

    Yields:
        The items. Of a folder, all but what is hidden, begins with ``_`` (what Spark writes beside its tables) or is being written.

    Raises:
        EvidenceError: a folder holds no file, cannot be looked at, or its files alone do not tell what counts (Delta, Iceberg, ``column=value``).
    """
    for item in items:
        if isinstance(item, NamedBytes) or not isinstance(item, (str, Path)) or not Path(item).is_dir():
            yield item
            continue
        found = files_in(Path(item), passed)
        if not found:
            raise _folder_fault(
                item, "is a folder, and holds no file of evidence", "name the files, or their folder", code="EVD001"
            )
        yield from found


def files_in(folder: Path, passed: list[Path] | None = None) -> list[Path]:
    """The files of a folder that count as evidence, in order, as :func:`in_folders` gives them.

    Args:
        folder: the folder.
        passed: takes those that are not given on.

    Returns:
        Their paths; none where the folder holds none yet.

    Raises:
        EvidenceError: it cannot be looked at, or its files alone do not tell what counts.
    """
    try:
        return sorted(_files(folder, folder, set(), [] if passed is None else passed))
    except OSError as error:
        hint = "check its permissions, and those of the folders in it"
        raise _folder_fault(folder, f"cannot be looked at: {error.strerror}", hint, code="EVD001") from None


def _files(folder: Path, top: Path, seen: set[Path], passed: list[Path]) -> Iterator[Path]:
    if folder.resolve() in seen:  # a link leads back
        return
    seen.add(folder.resolve())
    if all((folder / name).is_file() for name in _OF_A_RECORD):
        hint = "'servanda verify --record DIR' reads it"
        raise _folder_fault(folder, "is a record, which says itself which of its files count", hint, code="EVD008")
    for kind, mark in MARKS.items():
        if next(folder.glob(mark), None) is not None:
            raise _folder_fault(
                folder, f"is a table of {kind}, whose log says which files count", _SPARK, code="EVD008"
            )
    found = sorted(folder.iterdir(), key=lambda p: (p.is_symlink(), p))  # a folder before links to it
    names = [path.name for path in found]
    for path in found:
        if is_beside_a_shapefile(path.name, names):
            continue  # it is read with the .shp
        if not_complete(path) or path.name.startswith("_"):
            if path.suffix and not path.name.startswith(".") and not path.is_dir():
                passed.append(path)
            continue
        if not path.is_dir():
            yield path
        elif "=" in path.name:
            what = f"is divided by a column ({path.name}) that its files may not have"
            raise _folder_fault(top, what, _SPARK, code="EVD008")
        else:
            yield from _files(path, top, seen, passed)


def _folder_fault(where: str | Path, what: str, hint: str, *, code: str) -> EvidenceError:
    return EvidenceError(Fault(str(where), what, hint, code=code))
