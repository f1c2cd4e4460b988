"""The parsers of the record's commands, and the options that several of them share."""

from __future__ import annotations

import argparse

from servanda.cli.options import Commands


def command(
    commands: Commands, name: str, text: str, *, record: bool = True, vault: bool = False
) -> argparse.ArgumentParser:
    """The parser of a command; with the folder of a record, and the option of its vault."""
    made = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    if record:
        made.add_argument("record", metavar="RECORD", help="the record's folder")
    if vault:
        made.add_argument("--vault", metavar="DIR", help="the keeper's vault (default: RECORD.vault)")
    return made


def add_clock(parser: argparse.ArgumentParser) -> None:
    """``--clock-is-right``"""
    parser.add_argument(
        "--clock-is-right",
        action="store_true",
        help="the clock has been looked at, though it is far from the last entry (default: refuse)",
    )


def add_key(parser: argparse.ArgumentParser, text: str, *, required: bool = False) -> None:
    """``--key FILE``"""
    parser.add_argument("--key", metavar="FILE", required=required, help=text)


def add_gives(parser: argparse.ArgumentParser) -> None:
    """``--gives KIND=NAMES``, as often as wanted."""
    parser.add_argument(
        "--gives",
        metavar="KIND=NAMES",
        action="append",
        default=[],
        help="from whom entries of a kind (agreement, register, coverage, decisions, run) come; names joined by commas; may be given several times (default: the keeper of the record)",
    )
