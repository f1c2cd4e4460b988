"""``servanda cases``: agreements with short evidence, and whether the verdicts come out as expected."""

from __future__ import annotations

import argparse

from servanda.cli.options import Commands
from servanda.wording import plural


def register(commands: Commands) -> None:
    """``servanda cases``, which has no options."""
    command = commands.add_parser(
        "cases",
        help="Run test cases: agreements with short evidence and the expected verdicts",
        description="Run files of test cases (docs/formats.md, Cases). Exit code 1 if a verdict differs from the expected one.",
    )
    command.add_argument(
        "files", metavar="CASES.yaml", nargs="+", help="files of cases, each beside its agreement.yaml"
    )


def run(args: argparse.Namespace) -> int:
    """Run all cases, and print of each whether it came out."""
    from servanda.app.cases import run_all

    failed = count = 0
    for name, wrong in run_all(args.files):
        count += 1
        failed += bool(wrong)
        print(f"{'FAILED' if wrong else 'ok':6s} {name}")
        for line in wrong:
            print(f"         {line}")
    print(f"{plural(count, 'case')}, {failed} failed")
    return 1 if failed else 0
