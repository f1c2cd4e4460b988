"""A command writes all its files or none of them.

The files are first written whole into a new folder: beside the target where that does not exist yet, inside it where it does (so that
a folder that is mounted, linked to or stood in keeps its place, and files of others in it are never touched). Only when all of them are
on the disk are they moved into place: the new folder as a whole, or file by file. Moves need no space and take less than a
millisecond together; if one fails, all are undone. Signals that would end the program wait until that is over. So after an error or Ctrl-C
the target holds the files of the new run or is as it was; only a program killed outright between two moves can leave some of each.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Protocol, Self, TypeAlias

from servanda.errors import PRIVATE_KEY, Fault, PartlyWrittenError, ServandaError

_Moves: TypeAlias = "list[tuple[Path, Path]]"
_DISK = "check permissions and free disk space"


class Written(Protocol):
    """The content of a file that is too long to be held at once."""

    def write(self, path: Path, aside: Path, check: Callable[[], None]) -> None:
        """Write it; ``aside``: an empty folder on the same disk for what is put aside meanwhile, and is taken away after; ``check``: to be
        called again and again, it stops the work where somebody wants it to end.
        """
        ...


def write_all(
    folder: str | Path,
    files: Mapping[str, bytes | Written],
    *,
    leftovers: Mapping[str, bytes] | None = None,
    inputs: Collection[str | Path] = (),
) -> None:
    """Write all files into a folder, or none.

    Args:
        folder: where they go; it and the folders above it are made if they do not exist. Other files in it stay.
        files: the names of the files, without folders, and their contents.
        leftovers: names of files that an earlier run may have left and this one does not write, with the bytes with which a file
            of ours begins; they go where they begin so.
        inputs: files that were read, which must not be written over.

    Raises:
        ServandaError: they cannot be written; the folder is as it was.
        PartlyWrittenError: nor could the folder be put back as it was.
    """
    target = Path(folder)
    with Interrupts() as interrupts:
        made: list[Path] = []
        stage: Path | None = None
        moves: _Moves = []
        undone = True
        try:
            _refuse(target, files, inputs)
            _make_folders(target.parent, made)
            stage = (target if target.exists() else target.parent) / f".servanda-{secrets.token_hex(6)}"
            for part in (stage, stage / "new", stage / "old"):
                part.mkdir()
            for name, content in files.items():
                interrupts.check()
                if isinstance(content, bytes):
                    (stage / "new" / name).write_bytes(content)
                else:
                    aside = stage / "aside"
                    aside.mkdir()
                    content.write(stage / "new" / name, aside, interrupts.check)
                    shutil.rmtree(aside)
            interrupts.check()
            moves = _moves(target, files, stage, leftovers or {})
            for source, destination in moves:
                source.rename(destination)
        except BaseException as error:
            undone = _undo(moves)
            if undone:
                _remove(stage, made)
            if isinstance(error, OSError) or not undone:
                raise _failed(target, stage, error, undone=undone) from None
            raise
        _remove(stage, [])


def write_file(path: str | Path, content: bytes, *, inputs: Collection[str | Path] = ()) -> None:
    """Write one file whole, or leave what is there.

    Args:
        path: the file; folders above it are made if they do not exist.
        content: its bytes.
        inputs: files that were read, which must not be written over.

    Raises:
        ServandaError: it cannot be written; what was there is as it was.
    """
    path = Path(path)
    write_all(path.parent, {path.name: content}, inputs=inputs)


def refuse_folder(folder: str | Path) -> None:
    """Refuse early, before a long run, a folder into which nothing can be written.

    Raises:
        ServandaError: it is a file, lies in one, is a link that leads nowhere, or is not a valid name.
    """
    path, hint = Path(folder), "name a folder, new or not"
    if not os.fspath(folder):
        raise ServandaError(
            Fault("--out", "is an empty name; it needs a folder", f"{hint}; '.' is this one", code="OUT006")
        )
    try:
        if path.exists() and not path.is_dir():
            raise ServandaError(Fault(str(folder), "is a file; --out needs a folder", hint, code="OUT001"))
        above = next((one for one in (path, *path.parents) if os.path.lexists(one)), None)
        if above is not None and not above.is_dir():
            what = f"cannot be made: {str(above)!r} is a file, or a link that leads nowhere"
            raise ServandaError(Fault(str(folder), what, hint, code="OUT006"))
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        raise _failed(path, None, error, undone=True) from None


def _refuse(target: Path, files: Collection[str], inputs: Collection[str | Path]) -> None:
    """Refuse what would go wrong, or would destroy what was read."""
    refuse_folder(target)
    faults = []
    for one in map(Path, inputs):
        if one.is_dir() and target.resolve().is_relative_to(one.resolve()):
            what = f"lies in {str(one)!r}, which is read as evidence; what is written would be evidence of the next run"
            faults.append(Fault(str(target), what, "write to a folder beside it", code="OUT003"))
    for name in files:
        path = target / name
        if path.is_dir():
            hint = "move that folder away, or write to another place"
            faults.append(Fault(str(path), "is a folder, where a file is to be written", hint, code="OUT002"))
        elif path.exists() and any(Path(i).exists() and path.samefile(i) for i in inputs):
            hint = "write to another folder"
            faults.append(Fault(str(path), "is read by this run; it would be written over", hint, code="OUT003"))
        elif _is_private_key(path):
            hint = "write to another place"
            faults.append(Fault(str(path), "holds a private key; it would be written over", hint, code="OUT003"))
    if faults:
        raise ServandaError(*faults)


def _is_private_key(path: Path) -> bool:
    """Whether a file holds what nobody can make again: the key by which its owner signs."""
    if not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            return file.read(len(PRIVATE_KEY)) == PRIVATE_KEY.encode()
    except OSError:
        return False


def _make_folders(folder: Path, made: list[Path]) -> None:
    """Make a folder and those above it, and note those that were not there."""
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for path in reversed(missing):
        path.mkdir()
        made.append(path)


def _moves(target: Path, files: Collection[str], stage: Path, leftovers: Mapping[str, bytes]) -> _Moves:
    """What is moved where, in order: the files that were there out of the way, and the new ones into place."""
    if stage.parent != target:
        return [(stage / "new", target)]
    moves: _Moves = []
    for name in files:
        if os.path.lexists(target / name):
            moves.append((target / name, stage / "old" / name))
        moves.append((stage / "new" / name, target / name))
    for name, beginning in leftovers.items():
        path = target / name
        if name not in files and path.is_file():
            with path.open("rb") as file:
                if file.read(len(beginning)) == beginning:
                    moves.append((path, stage / "old" / name))
    return moves


def _undo(moves: _Moves) -> bool:
    """Undo those moves that were made, the last one first; whether all is as it was."""
    whole = True
    for source, destination in reversed(moves):
        if os.path.lexists(source) or not os.path.lexists(destination):
            continue
        try:
            destination.rename(source)
        except OSError:
            whole = False
    return whole


def _remove(stage: Path | None, made: Sequence[Path]) -> None:
    """Remove the new folder, and the folders that were made for nothing."""
    if stage is not None:
        shutil.rmtree(stage, ignore_errors=True)
    with suppress(OSError):
        for path in reversed(made):
            path.rmdir()


def _failed(target: Path, stage: Path | None, error: BaseException, *, undone: bool) -> ServandaError:
    why = (error.strerror or str(error)) if isinstance(error, OSError) else str(error) or "interrupted"
    if undone:
        return ServandaError(Fault(str(target), f"cannot be written: {why}", _DISK, code="OUT004"))
    problem = f"could be written in part only ({why}), and not be put back as it was"
    hint = f"the new files and those that were there before are in {stage}"
    return PartlyWrittenError(Fault(str(target), problem, hint, code="OUT005"))


class Interrupts:
    """Signals that would end the program wait until the block is left; where it is safe to stop, ``check`` stops.

    So nothing is left half made by who presses Ctrl-C, not even while a module is being imported.
    """

    _SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))

    def __init__(self) -> None:
        self.came: list[int] = []
        self.before: dict[int, Any] = {}

    def _note(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        self.came.append(number)

    def check(self) -> None:
        """Stop here if a signal came."""
        if self.came:
            raise KeyboardInterrupt

    def __enter__(self) -> Self:
        for number in self._SIGNALS:
            handler = signal.getsignal(number)
            if handler not in (None, signal.SIG_IGN):
                try:
                    signal.signal(number, self._note)
                except ValueError:  # not the main thread: no signal interrupts this one
                    break
                self.before[number] = handler
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for number, handler in self.before.items():
            signal.signal(number, handler)
        for number in self.came:
            signal.raise_signal(number)
