"""``servanda record``: its commands and their options."""

from __future__ import annotations

import argparse

from servanda.cli.options import Commands


def run(args: argparse.Namespace) -> int:
    """Run one of the commands of the record; returns the exit code."""
    from servanda.cli import record_commands

    return record_commands.run(args)


def register(commands: Commands) -> None:
    """``servanda record`` and its commands."""
    about = "Keep a record that neither side can alter (docs/record.md). Its checker for the other side is one file: record/verifier.py."
    record = commands.add_parser("record", help="an append-only record that neither side can alter", description=about)
    what = record.add_subparsers(dest="record_command", required=True, metavar="COMMAND")

    def command(name: str, help_: str, *, vault: bool = False) -> argparse.ArgumentParser:
        made = what.add_parser(name, help=help_, description=help_[0].upper() + help_[1:] + ".")
        if name not in ("key", "compare"):
            made.add_argument("record", metavar="RECORD", help="the record's folder")
        if vault:
            made.add_argument("--vault", metavar="DIR", help="the keeper's vault; left out, RECORD.vault")
        return made

    key = command("key", "make a pair of keys for somebody who signs")
    key.add_argument("name", metavar="NAME", help="whose key it is, without spaces, as in mission.example/log")
    key.add_argument("--out", metavar="FILE", required=True, help="the private key; FILE.pub gets the public one")

    init = command("init", "begin a record: who keeps it, who cosigns it, who sees what", vault=True)
    init.add_argument(
        "--key", metavar="FILE", required=True, help="the key of who keeps the record; its name names the record"
    )
    init.add_argument(
        "--party", metavar="NAME=KEY", action="append", default=[], help="a party with its public key (or .pub file)"
    )
    init.add_argument("--witness", metavar="NAME=KEY", action="append", default=[], help="somebody else who cosigns")
    init.add_argument(
        "--quorum", metavar="WHO", default="all", help="how many must cosign: all, any, none or a number (default: all)"
    )
    init.add_argument("--tiers", metavar="FILE", help="who sees what (YAML); left out, the usual four tiers")

    add = command("add", "record files: agreements, evidence, registers, coverage, decisions, anything", vault=True)
    add.add_argument(
        "files", metavar="FILE", nargs="*", help="files of any kind that 'verify' reads; others with --as attachment"
    )
    add.add_argument("--key", metavar="FILE", required=True, help="the key of who keeps the record")
    add.add_argument(
        "--by", metavar="FILE", help="the key of who made the files and signs for them; left out, who keeps the record"
    )
    add.add_argument(
        "--known-at", metavar="INSTANT", help="when they became known, as 2025-04-01T12:00+03:00; left out, now"
    )
    add.add_argument("--note", metavar="TEXT", help="anything worth knowing; everybody will see it")
    kinds = ["agreement", "attachment", "evidence", "register", "coverage", "decisions"]
    add.add_argument("--as", dest="kind", choices=kinds, help="what they are, whatever they look like")
    add.add_argument(
        "--protect", metavar="NAME", action="append", default=[], help="a source whose name gives way to a pseudonym"
    )
    add.add_argument(
        "--k", metavar="N", type=int, default=5, help="protected places and times are those of N sources (default: 5)"
    )
    add.add_argument("--admit", metavar="KEY", help="let the owner of this public key sign entries from now on")

    cosign = command("cosign", "check the whole record, and cosign its checkpoint")
    cosign.add_argument("--key", metavar="FILE", required=True, help="the key of a party or witness")
    cosign.add_argument(
        "--seen",
        metavar="FILE",
        help="the checkpoint cosigned last, which this one must continue; left out, it is kept beside the key",
    )
    cosign.add_argument(
        "--policy",
        metavar="FILE",
        help="your own copy of the policy; left out, the one kept beside the key the first time",
    )
    cosign.add_argument("--without-objects", action="store_true", help="for who may not have the files themselves")

    prove = command("prove", "a proof that travels: of one entry, or that the record continues an older checkpoint")
    prove.add_argument(
        "entry", metavar="ENTRY", nargs="?", help="an entry by number, by the file that it is about, or by SHA-256"
    )
    prove.add_argument("--since", metavar="CHECKPOINT", help="an older checkpoint")
    prove.add_argument(
        "--out", metavar="FILE", help="write it there (C2SP .tlog-proof), and the entry beside it as .entry"
    )

    check = command("verify", "check everything: signatures, tree, entries, rows, objects, older checkpoints")
    check.add_argument("--policy", metavar="FILE", help="your own copy of the policy: whose keys count")
    check.add_argument("--since", metavar="CHECKPOINT", action="append", default=[], help="a checkpoint that you kept")
    check.add_argument("--without-objects", action="store_true", help="the files themselves are not here")
    check.add_argument("--unsettled", action="store_true", help="the quorum need not have cosigned yet")

    log = command("log", "list what is recorded: when, what, by whom")
    log.add_argument("--json", action="store_true", help="everything that the entries say, as JSON")

    disclose = command(
        "disclose", "packages that show a tier what it may see, and prove that the rest is unchanged", vault=True
    )
    disclose.add_argument(
        "--tier",
        metavar="TIER",
        required=True,
        help="mechanism, parties (one package each, at once), guarantors, public",
    )
    disclose.add_argument("--out", metavar="DIR", required=True, help="where the packages go")
    disclose.add_argument("--key", metavar="FILE", help="the key of who keeps the record, to record what was disclosed")

    compare = command(
        "compare", "what two packages show differently, and whether they declare it (exit code 1: they do not)"
    )
    compare.add_argument("packages", metavar="PACKAGE", nargs=2, help="two packages")

    replay = command("replay", "make every published run again and compare byte for byte (exit code 1: one differs)")
    replay.add_argument("--entry", metavar="N", type=int, help="only the run in this entry")

    anchor = command(
        "anchor",
        "let somebody outside say that the checkpoint existed by an instant; without a file, check what is recorded",
    )
    anchor.add_argument(
        "--with", dest="anchor", metavar="NAME", default="rfc3161", help="which plug-in (default: rfc3161)"
    )
    anchor.add_argument("--request", metavar="FILE", help="write what is to be carried to the service")
    anchor.add_argument("--response", metavar="FILE", help="what came back, to be checked and recorded; needs --key")
    anchor.add_argument("--roots", metavar="FILE.pem", action="append", default=[], help="whose certificates you trust")
    anchor.add_argument("--key", metavar="FILE", help="the key of who keeps the record")

    shred = command("shred", "destroy the key to who a protected source is; without a pseudonym, list them", vault=True)
    shred.add_argument("pseudonym", metavar="PSEUDONYM", nargs="?", help="as protected-0123456789ab")
    shred.add_argument("--why", metavar="TEXT", help="the reason; everybody will see it")
    shred.add_argument("--key", metavar="FILE", help="the key of who keeps the record")
