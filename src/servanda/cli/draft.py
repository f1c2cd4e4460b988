"""``servanda draft``: a draft as people write it becomes the skeleton of an agreement file."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from servanda.cli.options import Commands, write_picture

if TYPE_CHECKING:
    from servanda.documents import Manuscript
    from servanda.drafting.understand import Skeleton


def register(commands: Commands) -> None:
    """``servanda draft`` and its options."""
    command = commands.add_parser(
        "draft",
        help="Make the skeleton of an agreement file from a draft",
        description="Read a draft (.docx, .odt, .pdf, .md, .txt) into numbered clauses and make the skeleton of an agreement file: one term a "
        "clause, with its words, what could be understood of them, and what must be asked marked TODO. A draft with tracked changes or hidden "
        "words is refused, with both versions shown, until you say which is meant.",
    )
    command.add_argument("draft", metavar="DRAFT", help="the draft")
    command.add_argument("--out", metavar="FILE.yaml", help="where the skeleton goes (default: standard output)")
    add_versions(command)
    command.add_argument(
        "--parties",
        metavar="A=NAME",
        nargs="+",
        default=[],
        help="the parties, each as SHORT='Full name' (default: as the draft names them before its first clause)",
    )


def add_versions(command: argparse.ArgumentParser) -> None:
    """``--accept``, ``--reject`` and ``--hidden``, which choose a version of a draft."""
    group = command.add_mutually_exclusive_group()
    for name in ("accept", "reject"):
        group.add_argument(
            f"--{name}",
            dest="version",
            action="store_const",
            const=name,
            help=f"read a draft with all tracked changes {name}ed (default: refuse a draft that has any)",
        )
    command.add_argument(
        "--hidden",
        choices=["show", "leave"],
        help="hidden words of a draft: part of it, or left out (default: refuse a draft that has any)",
    )


def hidden_of(args: argparse.Namespace) -> bool | None:
    """What ``--hidden`` says; ``None`` where it was not given."""
    return None if args.hidden is None else args.hidden == "show"


def run(args: argparse.Namespace) -> int:
    """Make the skeleton, and tell what must be asked."""
    from servanda.app.draft import draft_file, parties_of

    parties = parties_of(args.parties)
    text, skeleton = draft_file(args.draft, version=args.version, hidden=hidden_of(args), parties=parties or None)
    if args.out is None:
        sys.stdout.write(skeleton.yaml)
        return 0
    write_picture(args, skeleton.yaml.encode())
    _tell(skeleton, text.manuscript, args.out)
    return 0


def _tell(skeleton: Skeleton, manuscript: Manuscript, out: str) -> None:
    """What was understood clause by clause, and what must be asked."""
    from servanda.wording import plural

    for one in skeleton.terms:
        got = one.understood
        acts = f" ({', '.join(got.what.acts)})" if got.what.acts else ""
        print(f"clause {one.clause.number}: {got.what.kind}{acts}")
        for key, asked in got.questions.items():
            print(f"    TODO {key}: {asked}")
    for remark in (*manuscript.remarks, *(f"comment by {comment}" for comment in manuscript.comments)):
        print(f"not read: {remark}")
    print(
        f"{out}: {plural(len(skeleton.terms), 'term')}, {plural(len(skeleton.questions), 'question')} for the drafters"
    )
