"""``servanda graph``: the sequence of an agreement, as a picture or as a list."""

from __future__ import annotations

import argparse
from pathlib import Path

from servanda.cli.options import Commands, add_as_of, add_coverage, write_picture


def register(commands: Commands) -> None:
    """``servanda graph`` and its options."""
    command = commands.add_parser(
        "graph",
        help="Draw the sequence of an agreement: what waits for what",
        description="Draw what waits for what. With evidence, each step has its state: live, blocked (and by which party), overdue, done.",
    )
    command.add_argument("agreement", metavar="AGREEMENT.yaml", help="the agreement file")
    command.add_argument(
        "evidence",
        metavar="EVIDENCE",
        nargs="*",
        help="evidence files, as for 'verify' (default: none, the text alone)",
    )
    add_coverage(command)
    add_as_of(command)
    command.add_argument("--reading", metavar="NAME", help="which reading of the agreement (default: the first)")
    command.add_argument(
        "--out", metavar="FILE.svg", help="write the picture to this file (default: list the steps as text)"
    )


def run(args: argparse.Namespace) -> int:
    """Draw the steps, or list them."""
    from servanda.app.graph import sequence_of
    from servanda.errors import Fault, ServandaError

    if args.out is not None and (Path(args.out).is_dir() or Path(args.out).suffix.lower() != ".svg"):
        problem = "not a valid name for an SVG picture"
        raise ServandaError(Fault(args.out, problem, "name it sequence.svg", code="CLI006"))
    graph = sequence_of(args.agreement, args.evidence, args.coverage, as_of=args.as_of, reading=args.reading)
    if graph.verification is not None:
        from servanda.cli.quarantine import print_left_out

        print_left_out(graph.verification)
    if args.out is None:
        for step in graph.steps:
            print(step)
        return 0
    write_picture(args, graph.svg().encode())
    print(f"Open {args.out} in a browser.")
    return 0
