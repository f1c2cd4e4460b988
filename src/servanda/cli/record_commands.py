"""``servanda record``: the commands of the record. Thin, like ``cli``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from zoneinfo import ZoneInfo

from servanda.errors import Fault, RecordError
from servanda.record import (
    Entry,
    Record,
    Signer,
    differences,
    load_key,
    make_key,
    parse_public,
    vkey,
)
from servanda.record.anchors import anchor_of
from servanda.record.log import broken, digest_of, quiet
from servanda.record.tiers import read_tiers
from servanda.record.verifier import STEPS, Asked, Broken, Key, Policy, check_package
from servanda.values.time import iso, parse_instant


def run(args: argparse.Namespace) -> int:
    """Run one of the commands; returns the exit code."""
    return _RUN[args.record_command](args)


def open_record(args: argparse.Namespace) -> Record:
    """The record that a command names, with its vault."""
    return Record(Path(args.record), Path(args.vault) if getattr(args, "vault", None) else None)


def _key(args: argparse.Namespace) -> int:
    path = Path(args.out)
    signer = make_key(path, args.name)
    public = path.with_name(path.name + ".pub")
    _write(public, f"{vkey(signer.public())}\n".encode())
    print(
        f"{path}: the private key of {signer.name}; give it to nobody\n{public}: the public key; give it to everybody"
    )
    print(vkey(signer.public()))
    return 0


def _init(args: argparse.Namespace) -> int:
    tiers = read_tiers(Path(args.tiers)) if args.tiers else None
    parties = dict(_named(pair, "--party") for pair in args.party)
    witnesses = dict(_named(pair, "--witness") for pair in args.witness)
    if len({**parties, **witnesses}) < len(args.party) + len(args.witness):
        raise RecordError(
            Fault("init", "one name is given to two parties or witnesses", "everybody needs a name of their own")
        )
    record = Record.begin(
        Path(args.record),
        load_key(Path(args.key)),
        parties,
        witnesses,
        quorum=args.quorum,
        tiers=tiers,
        vault=Path(args.vault) if args.vault else None,
    )
    print(f"{record.folder}: a record of {record.log.head.origin}, with 1 entry")
    print("Give its file 'policy' to everybody, by a way they trust. Give the vault beside it to nobody.")
    return 0


def _named(pair: str, option: str) -> tuple[str, Key]:
    name, equals, key = pair.partition("=")
    if not equals or name.split() != [name]:
        raise RecordError(Fault(option, f"{pair[:60]!r} is not understood", f"write {option} A=a.key.pub"))
    return name, parse_public(key)


def _signers(args: argparse.Namespace) -> tuple[Signer, Signer | None]:
    return load_key(Path(args.key)), load_key(Path(args.by)) if args.by else None


def _add(args: argparse.Namespace) -> int:
    from servanda.app.record import files_to_record

    record, (signer, by) = open_record(args), _signers(args)
    if args.admit:
        key = parse_public(args.admit)
        print(f"{record.admit(signer, key):7d}  signer       {key.name}")
    if not args.files:
        if not args.admit:
            raise RecordError(Fault("add", "no file is named", "servanda record add RECORD FILE... --key KEY"))
        return 0
    files = files_to_record(args.files, args.kind)
    added = record.add(
        files, signer, by, known_at=_known(args.known_at), note=args.note or "", protect=args.protect, k=args.k
    )
    for a, f in zip(added, files, strict=True):
        rows = f", {a.rows:,} rows" if a.rows else ""
        hidden = f", {a.hidden:,} names hidden" if a.hidden else ""
        if a.left:
            print(
                f"servanda: a part of a protected name still stands in {a.left:,} lines of {a.name}: look at them",
                file=sys.stderr,
            )
        print(f"{a.index:7d}  {f.kind:11s}  {a.name}{rows}{hidden}{'' if a.new else ' (was there already)'}")
    if args.protect and not any(a.hidden for a in added if a.new):
        print(
            "servanda: none of the names to be protected stands in these files; is each written as it is there?",
            file=sys.stderr,
        )
    print(f"{record.log.head.size:,} entries; ask the witnesses to cosign")
    return 0


def _known(text: str | None) -> str | None:
    if text is None:
        return None
    try:
        moment = parse_instant(text, ZoneInfo("UTC"))
    except ValueError as error:
        raise RecordError(Fault("--known-at", str(error), "write it as 2025-04-01T12:00+03:00")) from None
    return iso(moment.replace(microsecond=0))


def _cosign(args: argparse.Namespace) -> int:
    record, signer = open_record(args), load_key(Path(args.key))
    mark = digest_of(record.log.entry(0))[:8] if record.log.head.size else "new"
    seen = Path(args.seen) if args.seen else Path(f"{args.key}.{mark}.seen")
    own = Path(args.policy) if args.policy else Path(f"{args.key}.{mark}.policy")
    if not own.is_file():
        if args.policy:
            raise RecordError(Fault(args.policy, "is not there", "name your own copy of the policy"))
        _write(own, (record.folder / "policy").read_bytes())
        print(f"servanda: keeps {own}, the record's policy as it is now, for the next time; read it", file=sys.stderr)
    last = seen.read_bytes() if seen.is_file() else None
    size = record.cosign(signer, _policy(own), last, objects=not args.without_objects)
    _write(seen, record.log.note)
    print(
        f"{signer.name} has checked and cosigned {size:,} entries; {seen} keeps what was seen, to be held against the next"
    )
    return 0


def _prove(args: argparse.Namespace) -> int:
    record = open_record(args)
    if (args.entry is None) == (args.since is None):
        raise RecordError(
            Fault("prove", "names neither an entry nor --since, or both", "servanda record prove RECORD 17 --out FILE")
        )
    if args.since is not None:
        proof = record.consistency(_read(args.since))
    else:
        index = _index(record, args.entry)
        proof = record.proof(index)
        if args.out:
            if Path(args.out).suffix == ".entry":
                raise RecordError(
                    Fault("--out", "the entry itself goes into the file that ends in .entry", "name it .tlog-proof")
                )
            _write(Path(args.out).with_suffix(".entry"), record.log.entry(index))
    if args.out:
        _write(Path(args.out), proof)
        print(
            f"{args.out}: check it with 'python verifier.py proof {args.out} {Path(args.out).with_suffix('.entry')} --policy POLICY'"
            if args.entry
            else args.out
        )
    else:
        sys.stdout.write(proof.decode())
    return 0


def _index(record: Record, text: str) -> int:
    """An entry by its number; else the last one about a file of that content, that SHA-256 (from 8 digits on) or that name."""
    if text.isdecimal():
        return int(text)
    path = Path(text)
    digest = text
    if path.is_file():
        with suppress(RecordError):  # without the vault a file is found by its name only
            digest = digest_of(record.vault.salted(path.read_bytes()))
    entries = list(record.statements())
    found = [e.index for e in entries if len(digest) >= 8 and any(d.startswith(digest) for d in e.subjects.values())]
    found = found or [e.index for e in entries if path.name in e.subjects]
    if not found:
        raise RecordError(Fault(text, "is in no entry", "name its number, its file or its SHA-256"))
    return found[-1]


def _verify(args: argparse.Namespace) -> int:
    record = open_record(args)
    policy = _policy(Path(args.policy)) if args.policy else record.log.policy
    if not args.policy:
        print(
            "servanda: with the record's own policy; whose keys these are, only a copy that you trust can tell (--policy)",
            file=sys.stderr,
        )
    record.verify(
        policy, _say, [_read(f) for f in args.since], objects=not args.without_objects, quorum=not args.unsettled
    )
    print("It holds.")
    return 0


def _policy(path: Path) -> Policy:
    try:
        return Policy.parse(_read(str(path)))
    except Broken as error:
        raise RecordError(Fault(str(path), f"broken at {error}", "it must be a C2SP tlog-policy")) from None


def checked(args: argparse.Namespace) -> Record:
    """The record that a command names, once all of it is known to hold, but for cosignatures."""
    record = open_record(args)
    record.verify(record.log.policy, quorum=False)
    return record


def _say(step: int, what: str) -> None:
    print(f"{step:2d} {STEPS[step]}: {what}", flush=True)


def _log(args: argparse.Namespace) -> int:
    record = checked(args)
    entries = list(record.statements())
    if args.json:
        rows = [
            {"index": e.index, "kind": e.kind, "signer": e.signer, "subjects": e.subjects, **e.says} for e in entries
        ]
        print(json.dumps(rows, indent=1, ensure_ascii=False))
        return 0
    for e in entries:
        late = "" if e.says["known_at"] == e.says["recorded_at"] else f"  known {e.says['known_at']}"
        clock = f"  THE CLOCK HAD GONE BACK to {e.says['clock']}" if "clock" in e.says else ""
        print(f"{e.index:7d}  {e.says['recorded_at']}  {e.kind:11s}  {e.signer}  {_about(e)}{late}{clock}")
    head = record.log.head
    print(
        f"{head.size:,} entries of {head.origin}; cosigned by {', '.join(name for name, _, _ in head.lines[1:]) or 'nobody yet'}"
    )
    return 0


def _about(e: Entry) -> str:
    if e.kind == "run":
        return f"verdicts as of {e.says['as_of'] or 'all that was known'}, from {len(e.says['inputs'])} entries"
    if "rows" in e.says:
        return f"{e.name}, {e.says['rows']['count']:,} rows"
    return ", ".join(list(e.subjects)[:3])


def _disclose(args: argparse.Namespace) -> int:
    from servanda.app.disclose import disclose
    from servanda.store import RecordStore

    record = checked(args)
    if not record.log.settled:
        print(
            "servanda: the witnesses have not cosigned this state yet; the packages hold with --unsettled only",
            file=sys.stderr,
        )
    packages = disclose(RecordStore(record), args.tier)
    out = Path(args.out)
    for data in packages.values():  # made anew from the files, and held against what was committed to
        try:
            check_package(data, Asked(record.log.policy, quiet, quorum=False))
        except Broken as error:
            raise broken(
                record.folder, error, "a file and its rows do not fit: the record was not made by this program"
            ) from None
    for name, data in packages.items():
        _write(out / name, data)
        withheld = json.loads(data)["withheld"]
        print(
            f"{out / name}: {len(data):,} bytes, SHA-256 {digest_of(data)}; {len(withheld)} things withheld, each with its reason"
        )
    if len(packages) > 1:
        alike = len(set(packages.values())) == 1
        print("The packages of the parties are the same, byte for byte." if alike else _apart(list(packages.values())))
    if args.key:
        says = {"tier": args.tier, "to": list(packages)}
        index = record.state(
            load_key(Path(args.key)), "disclosure", {n: digest_of(d) for n, d in packages.items()}, says
        )
        print(f"recorded in entry {index}")
    return 0


def _apart(packages: list[bytes]) -> str:
    one, other = (json.loads(p) for p in packages[:2])
    declared, undeclared = differences(one, other)
    lines = [f"  declared: {line}" for line in declared] + [f"  NOT DECLARED: {line}" for line in undeclared]
    return "\n".join(["The packages differ:", *lines])


def _compare(args: argparse.Namespace) -> int:
    try:
        one, other = (json.loads(_read(f)) for f in args.packages)
        declared, undeclared = differences(one, other)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        raise RecordError(
            Fault(" ".join(args.packages), "are not two packages", "give two files of 'record disclose'")
        ) from None
    print("They show the same." if not declared + undeclared else _apart([_read(f) for f in args.packages]))
    return 1 if undeclared else 0


def _replay(args: argparse.Namespace) -> int:
    from servanda.app.replay import replay
    from servanda.store import RecordStore

    failed = count = 0
    for r in replay(RecordStore(checked(args)), args.entry):
        count += 1
        failed += bool(r.differ)
        word = "differs" if r.differ else "same"
        print(f"{r.run.index:7d}  as of {r.run.as_of or 'all that was known'}: {word}")
        if r.differ:
            print(f"         not the same: {', '.join(r.differ)}")
            print(f"         software: {r.software or 'unchanged'}")
    print(f"{count} published {'run' if count == 1 else 'runs'}, {failed} not the same")
    return 1 if failed else 0


def _shred(args: argparse.Namespace) -> int:
    record = open_record(args)
    if args.pseudonym is None:
        for pseudonym, name in record.vault.identities().items():
            print(f"{pseudonym}  {name if name is not None else '(shredded)'}")
        return 0
    if not args.why or not args.key:
        raise RecordError(
            Fault("shred", "says no reason, or no key", "servanda record shred RECORD PSEUDONYM --why ... --key KEY")
        )
    index = record.shred(load_key(Path(args.key)), args.pseudonym, args.why)
    print(
        f"Who {args.pseudonym} is cannot be known any more from this vault; recorded in entry {index}. Destroy its backups too."
    )
    return 0


def _anchor(args: argparse.Namespace) -> int:
    record, anchor = open_record(args), anchor_of(args.anchor)
    roots = [_read(f) for f in args.roots]
    try:
        if args.request:
            _write(Path(args.request), anchor.request(record.log.head.text))
            print(f"{args.request}: carry it to the service; keep the record as it is until its answer is recorded")
        elif args.response and args.key:
            token, text = _read(args.response), record.log.head.text
            moment = iso(anchor.check(token, text, roots))
            says = {"with": anchor.name, "note": text.decode(), "by": moment}
            subjects = {f"checkpoint {record.log.head.size}": digest_of(text)}
            index = record.state(load_key(Path(args.key)), "anchor", subjects, says, objects=[token])
            print(f"{index:7d}  anchor       {record.log.head.origin} existed by {moment}")
        else:
            for e in record.statements():
                if e.kind == "anchor" and e.says["with"] == anchor.name:
                    moment = iso(anchor.check(record.object(e.says["stored"][0]), e.says["note"].encode(), roots))
                    print(f"{e.index:7d}  {e.name} existed by {moment}")
    except ImportError:
        raise RecordError(
            Fault("anchor", f"{anchor.name} needs a package that is not here", "pip install 'servanda[anchors]'")
        ) from None
    except ValueError as error:
        raise RecordError(
            Fault("anchor", f"the token does not hold: {error}", "is it for this checkpoint, and by these roots?")
        ) from None
    return 0


def _read(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise RecordError(Fault(name, f"cannot be read: {error.strerror}", "check the name")) from None


def _write(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as error:
        raise RecordError(Fault(str(path), f"cannot be written: {error.strerror}", "name another place")) from None


_RUN: dict[str, Callable[[argparse.Namespace], int]] = {
    "key": _key, "init": _init, "add": _add, "cosign": _cosign, "prove": _prove, "verify": _verify, "log": _log,
    "disclose": _disclose, "compare": _compare, "replay": _replay, "shred": _shred, "anchor": _anchor,
}  # fmt: skip
