"""``servanda init``: eight questions, and a first agreement, register and coverage file that verify."""

from __future__ import annotations

import argparse
import sys

from servanda.cli.options import Commands, write_folder


def register(commands: Commands) -> None:
    """``servanda init`` and its options."""
    command = commands.add_parser(
        "init",
        help="Ask eight questions and write a first agreement",
        description="Ask eight questions and write a first agreement file, a register of sources, a coverage file and an empty table of reports, "
        "which verify as they are. What an option answers is not asked; without a terminal all must be answered by options.",
    )
    command.add_argument("out", metavar="FOLDER", help="where the files go")
    command.add_argument("--title", metavar="WORDS", help="what the agreement is called")
    command.add_argument("--parties", metavar="NAMES", help="the parties, parted by semicolons")
    command.add_argument("--timezone", metavar="ZONE", help="the zone of its times: Europe/Kyiv")
    command.add_argument("--from", metavar="INSTANT", help="from when it binds: 2026-05-01T00:00")
    command.add_argument("--for", metavar="LENGTH", help="for how long: '30 days', or 'no end'")
    command.add_argument("--place", metavar="PLACE", help="where: 'valley: 48.1, 37.2, 25 km'")
    command.add_argument(
        "--ban", metavar="WORDS", help="what is forbidden, in the words of the text; several parted by semicolons"
    )
    command.add_argument(
        "--watch",
        metavar="WHO",
        help="who watches, with which chance of seeing an act: 'Observer Mission, 0.9', or 'nobody'",
    )


def run(args: argparse.Namespace) -> int:
    """Ask what no option answers, and write."""
    from servanda.app.begin import QUESTIONS, begin, refuse_begun

    given = vars(args)
    answers = {}
    for n, question in enumerate(QUESTIONS, 1):
        answer = given[question.name]
        if answer is None and sys.stdin is not None and sys.stdin.isatty():
            print(f"{n} of {len(QUESTIONS)}. {question.asks} (for example: {question.example})", file=sys.stderr)
            answer = sys.stdin.readline()
        answers[question.name] = (answer or "").strip()
    files = begin(answers)
    refuse_begun(args.out, files)
    write_folder(args, files)
    print(f"wrote {', '.join(files)} into {args.out}. Next:")
    print(f"    servanda check {args.out}/agreement.yaml")
    print(
        f"    servanda verify {args.out}/agreement.yaml {args.out}/reports.csv {args.out}/sources.yaml --coverage {args.out}/coverage.yaml"
    )
    return 0
