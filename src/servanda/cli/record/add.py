"""``servanda record add``: files into a record."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from servanda.cli.options import Commands, at_least
from servanda.cli.record.options import add_clock, add_gives, add_key, command
from servanda.wording import plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from servanda.record import Added, File, Record


def register(commands: Commands) -> None:
    """``servanda record add`` and its options."""
    text = "record files: agreements, evidence, registers, coverage, decisions, anything"
    add = command(commands, "add", text, vault=True)
    add.add_argument(
        "files", metavar="FILE", nargs="*", help="files of any kind that 'verify' reads; others with --as attachment"
    )
    add_key(add, "the private key of the keeper of the record", required=True)
    add.add_argument(
        "--by",
        metavar="FILE",
        help="the private key of whoever made the files and signs for them (default: the keeper of the record)",
    )
    add.add_argument(
        "--known-at",
        metavar="INSTANT",
        help="when the files became known; an ISO 8601 date and time such as 2025-04-01T12:00+03:00 (default: now)",
    )
    add.add_argument("--note", metavar="TEXT", help="a remark that everybody will see (default: none)")
    kinds = ["agreement", "attachment", "evidence", "register", "coverage", "decisions"]
    add.add_argument(
        "--as", dest="kind", choices=kinds, help="record the files as this kind (default: look at each file)"
    )
    add.add_argument(
        "--protect",
        metavar="NAME",
        action="append",
        default=[],
        help="a source whose name is replaced by a pseudonym; may be given several times",
    )
    add.add_argument(
        "--k",
        metavar="N",
        type=at_least(1),
        default=5,
        help="protected places and times are those of N sources (default: 5)",
    )
    add.add_argument(
        "--unsearched",
        action="store_true",
        help="record files in which protected names cannot be looked for (pictures, PDF): you have looked at them (default: refuse)",
    )
    add.add_argument(
        "--names-left",
        action="store_true",
        help="record files in a line of which all words of a protected name are left, apart, with another ending or in other letters, or whose name or note bears a part of one: you have looked at them (default: refuse)",
    )
    add_clock(add)
    add_gives(add)
    add.add_argument("--admit", metavar="KEY", help="let the owner of this public key sign entries from now on")


def run(args: argparse.Namespace) -> int:
    """Record the files, all or none, and list their entries."""
    from servanda.app.protecting import refuse_common
    from servanda.app.record import agreement_beside, files_to_record, refuse_unusable, unread_rows, without_key
    from servanda.cli.record.common import open_record, tell, warn
    from servanda.errors import Fault, RecordError
    from servanda.record import load_key, parse_public
    from servanda.record.gives import read_gives
    from servanda.record.verifier import may_give
    from servanda.store import RecordStore

    if not args.files and not args.admit and not args.gives:
        raise RecordError(
            Fault("add", "no file is named", "servanda record add RECORD FILE... --key KEY", code="REC001")
        )
    record = open_record(args)
    signer, by = load_key(Path(args.key)), load_key(Path(args.by)) if args.by else None
    key = parse_public(args.admit) if args.admit else None
    known_at = _known(args.known_at)
    files = files_to_record(args.files, args.kind)  # whatever is wrong with them is told before anything is recorded
    if not args.kind:
        count = [f for f in files if by is None or may_give(f.kind, by.name, record.gives(), log=False)]
        refuse_unusable(RecordStore(record), count, args.files)
    if key is not None:
        tell(f"{record.admit(signer, key):7d}  signer       {key.name}")
    if args.gives:
        gives = read_gives(args.gives, record.names())
        index = record.name_givers(signer, gives)
        told = (f"{kind} by {' or '.join(names)}" for kind, names in gives.items())
        tell(f"{index:7d}  gives        {'; '.join(told)}")
    if not files:
        return 0
    if args.protect:
        refuse_common(args.protect, agreement_beside(RecordStore(record), files, args.files))
    if not args.names_left:
        _refuse_parts(
            [f.name for f in files], args.note or "", [*record.protected_names(), *((p, "") for p in args.protect)]
        )
    added = RecordStore(record).put(
        files,
        signer,
        by,
        known_at=known_at,
        note=args.note or "",
        protect=args.protect,
        k=args.k,
        unsearched=args.unsearched,
        names_left=args.names_left,
    )
    _tell(record, added, files, args.protect)
    if lacking := without_key(RecordStore(record), record.log.policy.witnesses, files, args.files):
        have = ", ".join(record.log.policy.witnesses)
        warn(
            f"the record has no key of {' or '.join(lacking)}, and has keys of {have}: that party cosigns nothing here, and no package is made for it; keys are named by the agreement's short names when the record begins"
        )
    if unread := unread_rows(RecordStore(record), files, args.files):
        warn(f"{unread}; no incident is made of what cannot be read: bring it again, mended, under another name")
    tell(f"{plural(record.log.head.size, 'entry', 'entries')}; ask the witnesses to cosign")
    return 0


def _refuse_parts(files: Sequence[str], note: str, names: Sequence[tuple[str, str]]) -> None:
    """Names of files and notes are read by everybody, for good: no part of a protected name stands there unseen."""
    from servanda.errors import Fault, RecordError
    from servanda.record.names import partly

    for what, said in (*((f"{name}: its name", name) for name in files), ("--note", note)):
        if partly(said, names):
            why = "bears a part of a protected name, and everybody reads names of files and notes"
            raise RecordError(Fault(what, why, "say it otherwise; or look at it and add --names-left", code="REC047"))


def _tell(record: Record, added: Sequence[Added], files: Sequence[File], protect: Sequence[str]) -> None:
    """What became of each file, and what people should look at."""
    from servanda.cli.record.common import tell, warn

    for a, file in zip(added, files, strict=True):
        rows = f", {plural(a.rows, 'row')}" if a.rows else ""
        hidden = f", {plural(a.hidden, 'name')} hidden" if a.hidden else ""
        if a.left:
            warn(f"a part of a protected name still stands in {plural(a.left, 'line')} of {a.name}: look at them")
        if not a.searched:
            warn(f"nobody has looked for protected names in {a.name} but you")
        tell(f"{a.index:7d}  {file.kind:11s}  {a.name}{rows}{hidden}{'' if a.new else ' (was there already)'}")
    for name in protect:
        pseudonym = record.vault.protect(name)
        without = [a.name for a in added if a.searched and pseudonym not in a.found]
        if len(without) == len(added):
            warn(f"none of the files holds {name!r}, which is to be protected; is it written otherwise there?")
        elif without:
            warn(
                f"{name!r}, which is to be protected, does not stand in {', '.join(without)}; is it written otherwise there?"
            )
    if forgotten := record.vault.forgotten() if record.vault.identities() else 0:
        warn(f"{plural(forgotten, 'protected source')} would not be noticed: the name was forgotten with the key")


def _known(text: str | None) -> str | None:
    """The instant of ``--known-at`` as the record writes it."""
    from zoneinfo import ZoneInfo

    from servanda.errors import Fault, RecordError
    from servanda.values.time import iso, parse_instant

    if text is None:
        return None
    try:
        moment = parse_instant(text, ZoneInfo("UTC"))
    except ValueError as error:
        raise RecordError(
            Fault("--known-at", str(error), "write it as 2025-04-01T12:00+03:00", code="REC004")
        ) from None
    return iso(moment.replace(microsecond=0))
