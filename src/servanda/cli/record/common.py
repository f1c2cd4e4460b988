"""What the record's commands share once they run: the record that is named, policies, files in and out."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from pathlib import Path

from servanda.app import output
from servanda.errors import Fault, RecordError, ServandaError, visible
from servanda.record import Record
from servanda.record.verifier import LARGEST_OBJECT, Broken, Policy, plain


def open_record(args: argparse.Namespace) -> Record:
    """The record that a command names, with its vault."""
    vault = Path(args.vault) if getattr(args, "vault", None) else None
    return Record(Path(args.record), vault, clock_is_right=getattr(args, "clock_is_right", False))


def refuse_inside(record: Record, out: str | Path, option: str = "--out") -> None:
    """Refuse to write into a record or its vault: there nothing is but what was recorded. Raises :class:`RecordError`."""
    place = Path(out).resolve()
    for folder, what in ((record.folder, "the record"), (record.vault_folder, "the vault of the record")):
        if folder.resolve() in (place, *place.parents):
            hint = "name a place elsewhere: a file more, and the record no longer verifies"
            raise RecordError(Fault(option, f"{out} lies in {what}", hint, code="REC044"))


def checked(args: argparse.Namespace) -> Record:
    """The record that a command names, once all of it is known to hold, but for cosignatures."""
    record = open_record(args)
    record.verify(record.log.policy, quorum=False)
    return record


def read_policy(path: Path) -> Policy:
    """A policy from a file. Raises :class:`RecordError`."""
    try:
        return Policy.parse(read_file(path))
    except Broken as error:
        raise RecordError(
            Fault(str(path), f"broken at {error}", "it must be a C2SP tlog-policy", code="REC012")
        ) from None


def read_file(path: str | Path) -> bytes:
    """All of a file. Raises :class:`RecordError`."""
    try:
        if Path(path).exists():
            plain(Path(path), str(path), 1, LARGEST_OBJECT)
        return Path(path).read_bytes()
    except Broken as error:
        hint = f"the path tried is {Path(path).absolute()}"
        raise RecordError(Fault(str(path), f"cannot be read: {error.what}", hint, code="REC002")) from None
    except OSError as error:
        raise RecordError(
            Fault(
                str(path),
                f"cannot be read: {error.strerror}",
                f"the path tried is {Path(path).absolute()}",
                code="REC002",
            )
        ) from None


def write_file(path: Path, data: bytes, done: str = "") -> None:
    """A whole file, or what was there. Raises :class:`ServandaError`, which also tells what was ``done`` before."""
    try:
        output.write_file(path, data)
    except ServandaError as error:
        faults = (dataclasses.replace(fault, what=f"{fault.what}; {done}") if done else fault for fault in error.faults)
        raise ServandaError(*faults) from None


def tell(text: str) -> None:
    """A line of the answer; what a name in it would do to a terminal is shown, not done."""
    print(visible(text), flush=True)


def warn(text: str) -> None:
    """A remark beside the answer."""
    print(f"servanda: {visible(text)}", file=sys.stderr)
