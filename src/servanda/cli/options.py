"""Options that several commands share, and how their commands write files."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from servanda.app.output import Written

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001
_DAY, _MOST = 86_400, 10**9


def at_least(least: int) -> Callable[[str], int]:
    """The type of an option that is a whole number with a least value, and no larger than anybody counts.

    Args:
        least: what is still allowed.

    Returns:
        What reads it, for argparse.
    """

    def number(text: str) -> int:
        found = int(text)
        if not least <= found <= _MOST:
            raise argparse.ArgumentTypeError(f"must be from {least} to {_MOST:,}: {text[:40]!r}")
        return found

    return number


def seconds(text: str) -> float:
    """A length of time as an option gives it, for argparse.

    Args:
        text: as it was written.

    Returns:
        The seconds.

    Raises:
        ArgumentTypeError: it is no time that can be waited.
    """
    found = float(text)
    if not 0 <= found <= _DAY:
        raise argparse.ArgumentTypeError(f"must be from 0 to {_DAY:,}: {text!r}")
    return found


def add_coverage(command: argparse.ArgumentParser) -> None:
    """``--coverage FILE...``"""
    command.add_argument(
        "--coverage",
        metavar="FILE",
        nargs="+",
        action="extend",
        default=[],
        help="what could have been observed, where and when: YAML files or CSV patrol logs, after the evidence (default: none)",
    )


def add_as_of(command: argparse.ArgumentParser) -> None:
    """``--as-of INSTANT``"""
    command.add_argument(
        "--as-of",
        metavar="INSTANT",
        help="leave out what became known later; an ISO 8601 date and time such as 2025-04-01T12:00+03:00 (default: use everything)",
    )


def add_reader(command: argparse.ArgumentParser) -> None:
    """``--reader NAME``"""
    command.add_argument(
        "--reader",
        metavar="NAME",
        help="read all tables in this format, one of 'servanda readers' (default: recognise each table by its columns)",
    )


def add_engine(command: argparse.ArgumentParser) -> None:
    """``--engine NAME``, ``--master URL``"""
    command.add_argument(
        "--engine",
        choices=["local", "serial", "spark"],
        default="local",
        help="where the work runs: on the threads of this machine, one after another, or on a cluster of Spark, which reads folders of Parquet (default: local)",
    )
    command.add_argument(
        "--master",
        metavar="URL",
        help="the master of the cluster, such as spark://host:7077 or yarn; requires --engine spark (default: this machine)",
    )


def write_folder(
    args: argparse.Namespace, files: Mapping[str, bytes | Written], leftovers: Mapping[str, bytes] | None = None
) -> None:
    """Write all files of a command into the folder of ``--out``, or none (:func:`servanda.app.output.write_all`)."""
    from servanda.app.output import refuse_folder, write_all

    refuse_folder(args.out)
    with _writing(args):
        write_all(args.out, files, leftovers=leftovers, inputs=_inputs(args))


def write_picture(args: argparse.Namespace, content: bytes) -> None:
    """Write the one file of ``--out``, or leave what is there."""
    write_one(args, args.out, content)


def write_one(args: argparse.Namespace, path: str, content: bytes) -> None:
    """Write one file, or leave what is there."""
    from servanda.app.output import write_file

    with _writing(args):
        write_file(path, content, inputs=_inputs(args))


@contextmanager
def _writing(args: argparse.Namespace) -> Iterator[None]:
    """``args.wrote`` is true from when writing begins, until it is known that nothing was written."""
    from servanda.errors import PartlyWrittenError, ServandaError

    args.wrote = True
    try:
        yield
    except PartlyWrittenError:
        raise
    except ServandaError:
        args.wrote = False
        raise


def _inputs(args: argparse.Namespace) -> list[str]:
    """The files that a command reads."""
    named = [
        getattr(args, name, None) for name in ("agreement", "evidence", "coverage", "documents", "draft", "old", "new")
    ]
    return [file for value in named for file in ([value] if isinstance(value, str) else value or ())]
