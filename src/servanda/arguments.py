"""All commands of the command line with their options; the CLI reference is made from this."""

from __future__ import annotations

import argparse

from servanda import __version__


def parser() -> argparse.ArgumentParser:
    """All commands with their options; the CLI reference is made from this."""
    top = argparse.ArgumentParser(
        prog="servanda",
        description="Tells, term by term, whether an agreement is kept: by whom, how sure, on whose word, and what nobody could have seen.",
    )
    top.add_argument("--version", action="version", version=f"servanda {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    verify = commands.add_parser(
        "verify",
        help="judge every term of an agreement by the evidence",
        description="Judge every term of an agreement by the evidence.",
    )
    verify.add_argument("agreement", metavar="AGREEMENT.yaml", help="the agreement file")
    verify.add_argument(
        "evidence",
        metavar="EVIDENCE",
        nargs="+",
        help="reports, figures, statements (CSV, JSON lines, Parquet) and registers of sources (YAML), in any order",
    )
    verify.add_argument(
        "--coverage",
        metavar="FILE",
        nargs="+",
        action="extend",
        default=[],
        help="who could have seen what: YAML files or CSV patrol logs (give it after the evidence)",
    )
    verify.add_argument(
        "--as-of", metavar="INSTANT", help="leave out what became known later, as 2025-04-01T12:00+03:00"
    )
    verify.add_argument(
        "--by", choices=["day", "week"], help="also give verdicts for every day or week (timeline.json)"
    )
    verify.add_argument(
        "--reader",
        metavar="NAME",
        help="read all tables as this format instead of looking at them (see 'servanda readers')",
    )
    verify.add_argument(
        "--out",
        metavar="DIR",
        help="write report.html, verdicts.json, findings.csv, findings.parquet, incidents.geojson and quarantine.csv there",
    )
    verify.add_argument("--json", action="store_true", help="print verdicts.json instead of a summary")

    check = commands.add_parser(
        "check",
        help="what is wrong with an agreement, and what will be fought over later",
        description="Tell every fault of an agreement file (exit code 2); of one that can be read, what will be fought over later: "
        "each with a code, the clause, why it matters and how to mend it; and a verifiability score. Needs no evidence and no deal.",
    )
    check.add_argument("agreement", metavar="AGREEMENT.yaml", nargs="?", help="the agreement file")
    check.add_argument("--strict", action="store_true", help="exit code 1 when anything was found")
    check.add_argument("--json", action="store_true", help="print findings and scores as JSON")
    check.add_argument("--codes", action="store_true", help="list the codes with their precedents instead")

    say = commands.add_parser(
        "say",
        help="the terms back in plain English",
        description="Say the terms of an agreement in plain English, so that a lawyer can object.",
    )
    say.add_argument("agreement", metavar="AGREEMENT.yaml", help="the agreement file")

    graph = commands.add_parser(
        "graph",
        help="the sequence of an agreement as a picture: live, blocked by whom, overdue, done",
        description="Draw what waits for what. With evidence, each step says how it stands: live, blocked and by whom, overdue, done.",
    )
    graph.add_argument("agreement", metavar="AGREEMENT.yaml", help="the agreement file")
    graph.add_argument("evidence", metavar="EVIDENCE", nargs="*", help="evidence files; none: the text alone")
    graph.add_argument(
        "--coverage", metavar="FILE", nargs="+", action="extend", default=[], help="who could have seen what"
    )
    graph.add_argument(
        "--as-of", metavar="INSTANT", help="leave out what became known later; deadlines are asked about then"
    )
    graph.add_argument("--reading", metavar="NAME", help="which reading; left out, the first")
    graph.add_argument("--out", metavar="FILE.svg", help="write the picture there; left out, the steps are listed")

    cases = commands.add_parser(
        "cases",
        help="run cases: agreements with short evidence and the verdicts that must follow",
        description="Run files of cases (docs/formats.md, Cases). Exit code 1 when one does not come out as expected.",
    )
    cases.add_argument("files", metavar="CASES.yaml", nargs="+", help="files of cases, each beside its agreement.yaml")

    commands.add_parser(
        "schema",
        help="JSON Schema of the agreement file, for editors",
        description="Print the JSON Schema of the agreement file, for editors.",
    )

    readers = commands.add_parser(
        "readers",
        help="the formats of evidence it reads",
        description="List the formats of evidence it reads, and by which columns it knows them.",
    )
    readers.add_argument("--codes", action="store_true", help="list the codes of acts, targets and weapons instead")
    return top
