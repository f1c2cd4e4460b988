"""The command line. Thin: it reads arguments, calls the rooms, and says what came of it.

Exit codes: 0 done (whatever the verdicts are), 1 a check with --strict or a case that did not come out, 2 something that the user can correct, 130 interrupted.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import sys
import textwrap
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from servanda import FORMAT
from servanda.app.output import Progress, write_all
from servanda.cli.arguments import parse
from servanda.errors import Fault, ServandaError
from servanda.wording import plural

if TYPE_CHECKING:
    from servanda.drafting import Checked
    from servanda.verdicts import Verification


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code."""
    args = parse(arguments)
    try:
        code = _RUN[args.command](args)
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


def _verify(args: argparse.Namespace) -> int:
    from servanda.app.verify import verify_files
    from servanda.engine.malloc import keep_freed_memory
    from servanda.report import all_files
    from servanda.report.tables import verdicts_json

    keep_freed_memory()

    out = Path(args.out) if args.out else None
    if out is not None and out.exists() and not out.is_dir():
        raise ServandaError(Fault(str(out), "is a file; --out needs a folder", "name a folder, new or not"))
    if args.record is not None:
        return _verify_record(args, out)
    if args.publish or args.agreement is None or not args.evidence:
        hint = "servanda verify AGREEMENT.yaml EVIDENCE..., or servanda verify --record DIR [--publish --key KEY]"
        raise ServandaError(Fault("verify", "needs an agreement and evidence, or a record", hint))
    as_of = _as_of(args)
    progress = Progress()
    try:
        run, aside = verify_files(
            args.agreement,
            args.evidence,
            args.coverage,
            as_of=as_of,
            by=args.by,
            reader=args.reader,
            fuse=args.fuse,
            progress=progress,
        )
    finally:
        progress.close()
    if out is not None:
        write_all(out, all_files(run, aside))
    if args.json:
        sys.stdout.write(verdicts_json(run))
    else:
        _summary(run, aside.quarantined)
        if out is not None:
            print(f"\nOpen {out / 'report.html'} in a browser; the tables lie beside it.")
    return 0


def _verify_record(args: argparse.Namespace, out: Path | None) -> int:
    from servanda.app.publish import compare_with_published, publish
    from servanda.app.record import verify_record
    from servanda.record import Record, load_key
    from servanda.report.tables import verdicts_json
    from servanda.store import RecordStore

    if args.agreement or args.evidence or args.coverage or args.reader or (args.publish and not args.key):
        what = "takes its files from the record" if not args.publish or args.key else "cannot publish without a key"
        raise ServandaError(
            Fault(
                "verify --record",
                what,
                "servanda verify --record DIR [--publish --key KEY]; add files with 'record add'",
            )
        )
    record = Record(Path(args.record))
    record.verify(record.log.policy, quorum=False)
    store = RecordStore(record)
    progress = Progress()
    try:
        run = verify_record(store, args.as_of, agreement=args.agreement_name, slices=args.by, progress=progress)
    finally:
        progress.close()
    comparisons = compare_with_published(store, run)
    if out is not None:
        write_all(out, run.files)
    if args.json:
        sys.stdout.write(verdicts_json(run.verification))
    else:
        _summary(run.verification, run.ingest.quarantined)
        print(f"\nFrom entries {', '.join(map(str, run.inputs.indices))} of {record.log.head.origin}.")
        if run.inputs.later:
            print(f"Left out, because they became known later: {', '.join(map(str, run.inputs.later))}.")
        if run.inputs.backdated:
            number = run.inputs.backdated
            print(
                f"Recorded only after that instant: {number} of them; that they were known by then is their maker's word."
            )
        for line in comparisons or ["Nothing has been published for this instant."]:
            print(line)
    if args.publish:
        by = load_key(Path(args.signed_by)) if args.signed_by else None
        index = publish(store, run, load_key(Path(args.key)), by)
        print(f"Published in entry {index}.", file=sys.stderr if args.json else sys.stdout)
    return 0


def _record(args: argparse.Namespace) -> int:
    from servanda.cli.record_commands import run

    return run(args)


def _fuse(args: argparse.Namespace) -> int:
    from servanda.cli.evidence_commands import fuse

    return fuse(args)


def _statements(args: argparse.Namespace) -> int:
    from servanda.cli.document_commands import statements

    return statements(args)


def _figures(args: argparse.Namespace) -> int:
    from servanda.cli.evidence_commands import figures

    return figures(args)


def _summary(run: Verification, quarantined: int) -> None:
    from servanda.verdicts.summary import summarise

    summary = summarise(run)
    print(summary.title)
    print(f"{plural(summary.reports, 'report')}; {plural(quarantined, 'row')} in quarantine\n")
    table = [("term", "party", "reading", "verdict", "confirmed", "alleged", "coverage")]
    for row in summary.rows:
        reading = row.reading or ("(all)" if len(summary.readings) > 1 else "")
        seen = "" if row.coverage is None else f"{row.coverage:.2f} of {row.standard:g}"
        table.append((row.term, row.party or "-", reading, row.verdict, str(row.confirmed), str(row.alleged), seen))
    widths = [max(len(line[n]) for line in table) for n in range(len(table[0]))]
    for line in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _check(args: argparse.Namespace) -> int:
    from servanda.drafting import CODES, check_agreement

    if args.codes:
        for code in CODES.values():
            print(f"{code.name} (costs {code.cost} of 100)\n    {code.why}\n    hint: {code.hint}.")
        return 0
    if args.agreement is None:
        raise ServandaError(Fault("check", "no agreement is named", "servanda check AGREEMENT.yaml"))
    checked = check_agreement(args.agreement)
    if args.json and checked.agreement is None:
        rows = [{**dataclasses.asdict(fault), "file": args.agreement} for fault in checked.faults]
        print(json.dumps({"format": FORMAT, "faults": rows}, indent=1, ensure_ascii=False))
        return 2
    for fault in checked.faults:
        print(fault)
    agreement = checked.agreement
    if agreement is None:
        print(f"{len(checked.faults)} {'fault' if len(checked.faults) == 1 else 'faults'}")
        return 2
    if args.json:
        rows = [{**dataclasses.asdict(f), "why": f.why, "hint": f.hint} for f in checked.findings]
        data = {
            "format": FORMAT,
            "agreement": agreement.id,
            "findings": rows,
            "scores": checked.scores,
            "score": checked.score,
        }
        print(json.dumps(data, indent=1, ensure_ascii=False))
    else:
        _tell_findings(checked)
    return 1 if args.strict and checked.findings else 0


def _tell_findings(checked: Checked) -> None:
    agreement = checked.agreement
    assert agreement is not None
    for f in checked.findings:
        term = f"[{f.term}] " if f.term else ""
        print(f"{f.file}:{f.line}:{f.column}: {term}{f.code}: {f.what}")
        if f.clause:
            print(textwrap.fill(f'"{f.clause}"', 110, initial_indent="    ", subsequent_indent="    "))
        print(textwrap.fill(f"Why: {f.why}", 110, initial_indent="    ", subsequent_indent="      "))
        print(textwrap.fill(f"hint: {f.hint}.", 110, initial_indent="    ", subsequent_indent="      ") + "\n")
    width = max(len(name) for name in checked.scores)
    print("Verifiability, of 100:")
    for name, score in checked.scores.items():
        codes = ", ".join(dict.fromkeys(f.code for f in checked.findings if f.term in (name, "")))
        print(f"  {name.ljust(width)}  {score:3d}  {'#' * (score // 5):20s}  {codes}".rstrip())
    print(f"  {'whole'.ljust(width)}  {checked.score:3d}")
    terms, readings, found = len(checked.scores), len(agreement.texts), len(checked.findings)
    print(
        f"\n{agreement.id}: can be read. {terms} {'term' if terms == 1 else 'terms'}, {readings} {'reading' if readings == 1 else 'readings'}, "
        f"{len(agreement.parties)} parties; {found} {'finding' if found == 1 else 'findings'}."
    )


def _graph(args: argparse.Namespace) -> int:
    from servanda.agreement import read_agreement
    from servanda.app.verify import verify_files
    from servanda.report.graph import draw_graph, steps_of

    text = read_agreement(args.agreement)
    readings = [t.reading for t in text.texts]
    if args.reading is not None and args.reading not in readings:
        known = ", ".join(str(r) for r in readings if r) or "none: there is one reading only"
        raise ServandaError(Fault("--reading", f"there is no reading {args.reading!r}", f"there are: {known}"))
    reading = args.reading if args.reading is not None else readings[0]
    run = None
    if args.evidence or args.as_of or args.coverage:
        run, _ = verify_files(args.agreement, args.evidence, args.coverage, as_of=_as_of(args))
    steps = steps_of(text, reading, run)
    if args.out is None:
        for step in steps:
            print(step)
        return 0
    out = Path(args.out)
    if out.is_dir() or out.suffix.lower() != ".svg":
        raise ServandaError(Fault(args.out, "is no name for an SVG picture", "name it sequence.svg"))
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(draw_graph(text, steps), encoding="utf-8")
    except OSError as error:
        raise ServandaError(
            Fault(args.out, f"cannot be written: {error.strerror}", "check the folder and the rights")
        ) from None
    print(f"Open {args.out} in a browser.")
    return 0


def _as_of(args: argparse.Namespace) -> datetime | None:
    from servanda.agreement import read_agreement

    return None if args.as_of is None else _instant(args.as_of, read_agreement(args.agreement).zone)


def _instant(text: str, zone: ZoneInfo) -> datetime:
    from servanda.values.time import parse_instant

    try:
        return parse_instant(text, zone)
    except ValueError as error:
        raise ServandaError(Fault("--as-of", str(error), "write it as 2025-04-01T12:00+03:00")) from None


def _cases(args: argparse.Namespace) -> int:
    from servanda.app.cases import run_all

    failed = count = 0
    for name, wrong in run_all(args.files):
        count += 1
        failed += bool(wrong)
        print(f"{'FAILED' if wrong else 'ok':6s} {name}")
        for line in wrong:
            print(f"         {line}")
    print(f"{count} {'case' if count == 1 else 'cases'}, {failed} failed")
    return 1 if failed else 0


def _say(args: argparse.Namespace) -> int:
    from servanda.agreement import read_agreement
    from servanda.agreement.plain_language import say

    sys.stdout.write(say(read_agreement(args.agreement)))
    return 0


def _schema(args: argparse.Namespace) -> int:
    from servanda.schemas import schema, schema_list

    text = schema_list() if args.list else json.dumps(schema(args.name), indent=1, ensure_ascii=False) + "\n"
    sys.stdout.write(text)
    return 0


def _readers(args: argparse.Namespace) -> int:
    if args.codes:
        from servanda.values.codes import STANDARD, Tree
        from servanda.values.weapons import CLASSES

        def show(tree: Tree, code: str, depth: int) -> None:
            print("  " * depth + code)
            for below in sorted(c for c, up in tree.parent.items() if up == code):
                show(tree, below, depth + 1)

        for title, tree in (("acts", STANDARD.acts), ("targets", STANDARD.targets)):
            print(title)
            for root in sorted(c for c, up in tree.parent.items() if up is None):
                show(tree, root, 1)
        print("weapons")
        classes = Tree.build("weapon", CLASSES)
        for root in sorted(c for c, up in CLASSES.items() if up is None):
            show(classes, root, 1)
        systems = sorted({s.name: s for s in STANDARD.weapons.systems.values()}.values(), key=lambda s: (s.of, s.name))
        print("weapon systems")
        for s in systems:
            known = [f"{s.calibre_mm:g} mm" if s.calibre_mm else "", f"range {s.range_km:g} km" if s.range_km else ""]
            print(f"  {s.name}: {', '.join([s.of, *filter(None, known)])}")
        return 0
    from servanda.evidence import all_readers

    for reader in all_readers():
        print(f"{reader.name}: {reader.title}\n    {reader.about}\n    known by: {', '.join(sorted(reader.signature))}")
    print(
        "sources: register of sources (YAML)\n    Whose side a source is on, its grade, whom it relays.\n    known by: a YAML file with 'sources:'"
    )
    return 0


_RUN: dict[str, Callable[[argparse.Namespace], int]] = {
    "verify": _verify, "check": _check, "say": _say, "graph": _graph, "cases": _cases, "schema": _schema,
    "readers": _readers, "record": _record, "fuse": _fuse, "figures": _figures, "statements": _statements,
}  # fmt: skip

if __name__ == "__main__":
    sys.exit(main())
