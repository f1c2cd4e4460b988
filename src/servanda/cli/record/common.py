"""What the record's commands share once they run: the record that is named, policies, files in and out."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from pathlib import Path

from servanda.app import output
from servanda.errors import Fault, RecordError, ServandaError
from servanda.record import Record
from servanda.record.verifier import Broken, Policy


def open_record(args: argparse.Namespace) -> Record:
    """The record that a command names, with its vault."""
    return Record(Path(args.record), Path(args.vault) if getattr(args, "vault", None) else None)


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
        return Path(path).read_bytes()
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


def warn(text: str) -> None:
    """A remark beside the answer."""
    print(f"servanda: {text}", file=sys.stderr)
