"""``servanda check``: the faults and the drafting problems of an agreement."""

from __future__ import annotations

import argparse
import textwrap
from typing import TYPE_CHECKING

from servanda.cli.draft import add_versions, hidden_of
from servanda.cli.options import Commands
from servanda.wording import plural

if TYPE_CHECKING:
    from servanda.drafting import Checked


def register(commands: Commands) -> None:
    """``servanda check`` and its options."""
    command = commands.add_parser(
        "check",
        help="Validate an agreement and report drafting problems",
        description="Validate an agreement and report drafting problems. Reports every fault of the file (exit code 2); if it can be read, "
        "every drafting problem with its code, the clause, why it matters and how to correct it, and a verifiability score. Needs no evidence.",
    )
    command.add_argument(
        "files",
        metavar="FILE",
        nargs="*",
        help="agreement files (.yaml), or drafts (.docx, .odt, .pdf, .md, .txt), which are read clause by clause",
    )
    add_versions(command)
    command.add_argument(
        "--strict", action="store_true", help="exit code 1 if there is a drafting problem (default: exit code 0)"
    )
    command.add_argument(
        "--json", action="store_true", help="print faults, drafting problems and scores as JSON (default: as text)"
    )
    command.add_argument(
        "--codes", action="store_true", help="list the codes of drafting problems instead of checking an agreement"
    )


def run(args: argparse.Namespace) -> int:
    """Check an agreement, or list the codes."""
    from servanda.errors import Fault, ServandaError

    if args.codes:
        from servanda.drafting import CODES

        for code in CODES.values():
            cost = "a question" if code.asks else f"costs {code.cost} of 100"
            print(f"{code.name} ({cost})\n    {code.why}")
            for line in filter(None, (code.precedent, *code.sources)):
                print(f"    {line}")
            print(f"    hint: {code.hint}.")
        return 0
    if not args.files:
        raise ServandaError(Fault("check", "no agreement is named", "servanda check AGREEMENT.yaml", code="CLI001"))
    from servanda.app.check import check_data, check_file

    checked = [(file, check_file(file, args.version, hidden_of(args))) for file in args.files]
    if args.json:
        import json

        data = [check_data(one, file) for file, one in checked]
        print(json.dumps(data[0] if len(data) == 1 else data, indent=1, ensure_ascii=False))
    else:
        for n, (_, one) in enumerate(checked):
            print("\n" if n else "", end="")
            _print_text(one)
    if any(one.agreement is None for _, one in checked):
        return 2
    return 1 if args.strict and any(one.findings for _, one in checked) else 0


def _print_text(checked: Checked) -> None:
    for fault in checked.faults:
        print(fault)
    agreement = checked.agreement
    if agreement is None:
        print(plural(len(checked.faults), "fault"))
        return
    for f in (*checked.findings, *checked.questions):
        term = f"[{f.term}] " if f.term else ""
        where = f"{f.file}:{f.line}:{f.column}" if f.line else f.file
        print(f"{where}: {term}{f.code}: {f.what}")
        if f.clause:
            print(textwrap.fill(f'"{f.clause}"', 110, initial_indent="    ", subsequent_indent="    "))
        print(textwrap.fill(f"Why: {f.why}", 110, initial_indent="    ", subsequent_indent="      "))
        if f.precedent:
            print(textwrap.fill(f"Precedent: {f.precedent}", 110, initial_indent="    ", subsequent_indent="      "))
            print("".join(f"      {source}\n" for source in f.sources), end="")
        print(textwrap.fill(f"hint: {f.hint}.", 110, initial_indent="    ", subsequent_indent="      ") + "\n")
    width = max(len(name) for name in checked.scores)
    print("Verifiability, of 100:")
    found: dict[str, list[tuple[int, str]]] = {}
    for n, f in enumerate(checked.findings):
        found.setdefault(f.term, []).append((n, f.code))
    for name, score in checked.scores.items():
        codes = ", ".join(dict.fromkeys(code for _, code in sorted([*found.get(name, []), *found.get("", [])])))
        print(f"  {name.ljust(width)}  {score:3d}  {'#' * (score // 5):20s}  {codes}".rstrip())
    print(f"  {'whole'.ljust(width)}  {checked.score:3d}")
    print(
        f"\n{agreement.id}: can be read. {plural(len(checked.scores), 'term')}, {plural(len(agreement.texts), 'reading')}, "
        f"{len(agreement.parties)} parties; {plural(len(checked.findings), 'finding')}, {plural(len(checked.questions), 'question')}."
    )
