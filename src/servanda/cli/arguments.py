"""All commands of the command line with their options; the CLI reference is made from this."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from servanda import __version__


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """What was asked for; files may stand behind the options too, where a command takes any number of them."""
    top = parser()
    args, rest = top.parse_known_args(arguments)
    many = next(
        (name for name in ("files", "evidence", "documents") if isinstance(getattr(args, name, None), list)), None
    )
    if rest and (many is None or any(word.startswith("-") for word in rest)):
        top.error(f"unrecognized arguments: {' '.join(rest)}")
    if rest and many is not None:
        getattr(args, many).extend(rest)
    return args


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
    verify.add_argument("agreement", metavar="AGREEMENT.yaml", nargs="?", help="the agreement file")
    verify.add_argument(
        "evidence",
        metavar="EVIDENCE",
        nargs="*",
        help="reports, figures, statements (CSV, JSON lines, Parquet), registers of sources and decisions (YAML), in any order",
    )
    verify.add_argument(
        "--record",
        metavar="DIR",
        help="take everything from a record instead, as it was known at --as-of, and compare with what was published",
    )
    verify.add_argument(
        "--agreement", metavar="NAME", dest="agreement_name", help="which agreement of the record, by its file"
    )
    verify.add_argument(
        "--publish", action="store_true", help="record the verdicts as published; needs --record and --key"
    )
    verify.add_argument("--key", metavar="FILE", help="the key of who keeps the record")
    verify.add_argument("--signed-by", metavar="FILE", help="the key of who publishes; left out, who keeps the record")
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
        help="write report.html, verdicts.json, summary.json, findings.csv, findings.parquet, incidents.geojson and quarantine.csv there",
    )
    verify.add_argument(
        "--fuse", action="store_true", help="first find which reports speak of the same event (see 'servanda fuse')"
    )
    verify.add_argument("--json", action="store_true", help="print verdicts.json instead of a summary")

    check = commands.add_parser(
        "check",
        help="what is wrong with an agreement, and what will be fought over later",
        description="Tell every fault of an agreement file (exit code 2); of one that can be read, what will be fought over later: "
        "each with a code, the clause, why it matters and how to correct it; and a verifiability score. Needs no evidence and no deal.",
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

    fuse = commands.add_parser(
        "fuse",
        help="reports into incidents: which speak of the same event, how surely, and how many there may be",
        description="Find which reports speak of the same event. Writes incidents (CSV, Parquet, GeoJSON), members with the reason for each, and counts.",
    )
    fuse.add_argument(
        "evidence", metavar="EVIDENCE", nargs="+", help="reports, registers of sources and decisions, as for 'verify'"
    )
    fuse.add_argument(
        "--agreement",
        metavar="FILE",
        help="whose parties, zone and codes are used; left out, whoever is accused is a party, and the zone is UTC",
    )
    fuse.add_argument("--reader", metavar="NAME", help="read all tables as this format")
    fuse.add_argument(
        "--out",
        metavar="DIR",
        help="write incidents.csv, .parquet, .geojson, members.csv, counts.csv and quarantine.csv there",
    )

    figures = commands.add_parser(
        "figures",
        help="published counts: what may be compared or added, and what is odd about them",
        description="Tell of published counts which may be compared, and why the others may not; check sums, find totals read as daily counts and events in two totals. "
        "Reports among the files are set beside the counts.",
    )
    figures.add_argument("evidence", metavar="FILE", nargs="+", help="tables of figures, and reports if there are any")
    figures.add_argument(
        "--agreement",
        metavar="FILE",
        help="whose parties and zone are used; left out, whoever is named is a party, and the zone is UTC",
    )
    figures.add_argument(
        "--add",
        metavar="ID",
        nargs="+",
        action="extend",
        default=[],
        help="add these counts up, or be told why that may not be done",
    )
    figures.add_argument("--out", metavar="DIR", help="write figures.csv, remarks.csv and comparisons.csv there")

    statements = commands.add_parser(
        "statements",
        help="who said what in articles: through whom, about which term, with which stance",
        description="Read articles (text, HTML, PDF; English) and find who said what, directly or indirectly, through whom and when. Puts together what is one saying, shows where a relay "
        "cut, changed or bent it, and draws who stands where. Rules of grammar: an aid to reading, no finding.",
    )
    statements.add_argument("documents", metavar="DOC", nargs="+", help="articles: text, saved web pages or PDF")
    statements.add_argument(
        "--agreement",
        metavar="FILE",
        help="whose terms and parties are asked about; left out, common matters and states",
    )
    statements.add_argument(
        "--out",
        metavar="DIR",
        help="write statements.html, statements.csv, occasions.csv, changes.csv, matrix.csv, documents.csv and left_out.csv there",
    )

    cases = commands.add_parser(
        "cases",
        help="run cases: agreements with short evidence and the verdicts that must follow",
        description="Run files of cases (docs/formats.md, Cases). Exit code 1 when one does not come out as expected.",
    )
    cases.add_argument("files", metavar="CASES.yaml", nargs="+", help="files of cases, each beside its agreement.yaml")

    schema = commands.add_parser(
        "schema",
        help="JSON Schema of any file that Servanda reads or writes",
        description="Print the JSON Schema (2020-12) of the agreement file, for editors, or of any other file that Servanda reads or writes.",
    )
    schema.add_argument("name", metavar="NAME", nargs="?", default="agreement", help="as 'verdicts'; see --list")
    schema.add_argument("--list", action="store_true", help="list the names with their files instead")

    readers = commands.add_parser(
        "readers",
        help="the formats of evidence it reads",
        description="List the formats of evidence it reads, and by which columns it knows them.",
    )
    readers.add_argument("--codes", action="store_true", help="list the codes of acts, targets and weapons instead")
    add_record(commands)
    return top


def add_record(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
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
