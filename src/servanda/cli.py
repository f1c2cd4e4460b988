"""The command line. Thin: it reads arguments, calls the rooms, and says what came of it.

Exit codes: 0 done (whatever the verdicts are), 2 something that the user can mend, 130 interrupted.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from servanda import __version__
from servanda.errors import Fault, ServandaError

if TYPE_CHECKING:
    from servanda.verdicts import Verification


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
    verify.set_defaults(run=_verify)

    check = commands.add_parser(
        "check",
        help="every fault of an agreement file, and how to mend it",
        description="Tell every fault of an agreement file: file, line, column, term, what is wrong, how to mend it.",
    )
    check.add_argument("agreement", metavar="AGREEMENT.yaml", help="the agreement file")
    check.set_defaults(run=_check)

    say = commands.add_parser(
        "say",
        help="the terms back in plain English",
        description="Say the terms of an agreement in plain English, so that a lawyer can object.",
    )
    say.add_argument("agreement", metavar="AGREEMENT.yaml", help="the agreement file")
    say.set_defaults(run=_say)

    schema = commands.add_parser(
        "schema",
        help="JSON Schema of the agreement file, for editors",
        description="Print the JSON Schema of the agreement file, for editors.",
    )
    schema.set_defaults(run=_schema)

    readers = commands.add_parser(
        "readers",
        help="the formats of evidence it reads",
        description="List the formats of evidence it reads, and by which columns it knows them.",
    )
    readers.add_argument("--codes", action="store_true", help="list the codes of acts and targets instead")
    readers.set_defaults(run=_readers)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code."""
    args = parser().parse_args(arguments)
    try:
        code = int(args.run(args))
        sys.stdout.flush()
        return code
    except ServandaError as error:
        for fault in error.faults:
            print(fault, file=sys.stderr)
        print(
            f"servanda: {len(error.faults)} {'fault' if len(error.faults) == 1 else 'faults'}; nothing was written",
            file=sys.stderr,
        )
        return 2
    except KeyboardInterrupt:
        print("\nservanda: interrupted; nothing was written", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        print(f"servanda: cannot write: {error.strerror}", file=sys.stderr)
        return 2


class _Progress:
    """Says on a terminal how far it is, from two seconds on."""

    _WORDS: ClassVar = {"match": "reports read", "judge": "shares judged", "describe": "incidents to describe"}

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.shown = False

    def __call__(self, stage: str, done: int) -> None:
        gone = time.monotonic() - self.began
        if gone >= 2 and sys.stderr.isatty():
            print(
                f"\r\033[K{done:,} {self._WORDS.get(stage, stage)} ({gone:.0f} s)", end="", file=sys.stderr, flush=True
            )
            self.shown = True

    def close(self) -> None:
        if self.shown:
            print("\r\033[K", end="", file=sys.stderr)


def _verify(args: argparse.Namespace) -> int:
    from servanda.report import all_files
    from servanda.report.tables import verdicts_json
    from servanda.run import keep_freed_memory, verify_files
    from servanda.values.time import parse_instant

    keep_freed_memory()

    out = Path(args.out) if args.out else None
    if out is not None and out.exists() and not out.is_dir():
        raise ServandaError(Fault(str(out), "is a file; --out needs a folder", "name a folder, new or not"))
    as_of = None
    if args.as_of is not None:
        from servanda.agreement import read_agreement

        try:
            as_of = parse_instant(args.as_of, read_agreement(args.agreement).zone)
        except ValueError as error:
            raise ServandaError(Fault("--as-of", str(error), "write it as 2025-04-01T12:00+03:00")) from None
    progress = _Progress()
    try:
        run, aside = verify_files(
            args.agreement, args.evidence, args.coverage, as_of=as_of, by=args.by, reader=args.reader, progress=progress
        )
    finally:
        progress.close()
    if out is not None:
        _write(out, all_files(run, aside))
    if args.json:
        sys.stdout.write(verdicts_json(run))
    else:
        _summary(run, aside.quarantined)
        if out is not None:
            print(f"\nOpen {out / 'report.html'} in a browser; the tables lie beside it.")
    return 0


def _write(folder: Path, files: dict[str, bytes]) -> None:
    """All files or none: each is written beside its place first and then moved there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        made = []
        for name, content in files.items():
            handle, temporary = tempfile.mkstemp(dir=folder, prefix=f".{name}.")
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            os.chmod(temporary, 0o644)
            made.append((temporary, folder / name))
        for temporary, final in made:
            os.replace(temporary, final)
    except OSError as error:
        raise ServandaError(
            Fault(str(folder), f"cannot be written: {error.strerror}", "check the rights and the space")
        ) from None


def _summary(run: Verification, quarantined: int) -> None:
    print(run.agreement.title)
    rows = "row" if quarantined == 1 else "rows"
    print(f"{run.reports:,} {'report' if run.reports == 1 else 'reports'}; {quarantined:,} {rows} in quarantine\n")
    table = [("term", "party", "reading", "verdict", "confirmed", "alleged", "coverage")]
    for v in run.verdicts:
        reading = v.reading or ("(all)" if len(run.agreement.texts) > 1 else "")
        seen = "" if v.coverage is None else f"{v.coverage:.2f} of {v.standard:g}"
        table.append((v.term, v.party or "-", reading, v.verdict, str(v.confirmed), str(v.alleged), seen))
    widths = [max(len(row[n]) for row in table) for n in range(len(table[0]))]
    for row in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _check(args: argparse.Namespace) -> int:
    from servanda.agreement import inspect_agreement

    agreement, faults = inspect_agreement(args.agreement)
    for fault in faults:
        print(fault)
    if agreement is None:
        print(f"{len(faults)} {'fault' if len(faults) == 1 else 'faults'}")
        return 2
    terms, readings = len(agreement.term_ids), len(agreement.texts)
    print(
        f"{agreement.id}: sound. {terms} {'term' if terms == 1 else 'terms'}, {readings} {'reading' if readings == 1 else 'readings'}, {len(agreement.parties)} parties."
    )
    return 0


def _say(args: argparse.Namespace) -> int:
    from servanda.agreement import read_agreement
    from servanda.agreement.say import say

    sys.stdout.write(say(read_agreement(args.agreement)))
    return 0


def _schema(args: argparse.Namespace) -> int:
    from servanda.agreement.file import AgreementFile

    schema = AgreementFile.model_json_schema(by_alias=True)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    print(json.dumps(schema, indent=1, ensure_ascii=False))
    return 0


def _readers(args: argparse.Namespace) -> int:
    if args.codes:
        from servanda.values.codes import STANDARD, Tree

        def show(tree: Tree, code: str, depth: int) -> None:
            print("  " * depth + code)
            for below in sorted(c for c, up in tree.parent.items() if up == code):
                show(tree, below, depth + 1)

        for title, tree in (("acts", STANDARD.acts), ("targets", STANDARD.targets)):
            print(title)
            for root in sorted(c for c, up in tree.parent.items() if up is None):
                show(tree, root, 1)
        return 0
    from servanda.evidence import all_readers

    for reader in all_readers():
        print(f"{reader.name}: {reader.title}\n    {reader.about}\n    known by: {', '.join(sorted(reader.signature))}")
    print(
        "sources: register of sources (YAML)\n    Whose side a source is on, its grade, whom it relays.\n    known by: a YAML file with 'sources:'"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
