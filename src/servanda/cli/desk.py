"""``servanda desk``: where a mission works. Each command is a function here; what they do stands in ``servanda.desk``."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from servanda.cli.options import Commands
from servanda.wording import plural

if TYPE_CHECKING:
    from servanda.app.output import Interrupts
    from servanda.desk.folder import Desk


def register(commands: Commands) -> None:
    """``servanda desk`` and its commands."""
    about = "Work on a record in the browser, many at once: queue, cases, verdicts, signatures (docs/desk.md). Needs pip install 'servanda[desk]'."
    desk = commands.add_parser("desk", help="Serve the desk where a mission works", description=about)
    own = desk.add_subparsers(dest="desk_command", required=True, metavar="COMMAND")
    _init_options(own)
    _running(own)
    _people(own)


def _init_options(own: Commands) -> None:
    init = _command(own, "init", "make a mission's folder: record, keys, database, administrator")
    init.add_argument(
        "--name",
        metavar="NAME",
        default="mission.example/desk",
        help="of the record's key (default: mission.example/desk)",
    )
    init.add_argument(
        "--party", metavar="NAME=KEY", action="append", default=[], help="a party with its public key (or .pub file)"
    )
    init.add_argument("--record", metavar="DIR", help="a record that is there already (default: begin a new one)")
    init.add_argument("--key", metavar="FILE", help="the private key of that record's keeper")
    init.add_argument(
        "--database", metavar="ADDRESS", help="postgresql://USER:PASSWORD@HOST/NAME (default: SQLite in the folder)"
    )
    init.add_argument(
        "--demo",
        metavar="CASE",
        help="fill it with a folder of agreement.yaml, evidence and coverage.yaml, and people of every office",
    )
    init.add_argument(
        "--by-day",
        action="store_true",
        help="with --demo: without its tables of reports, which 'servanda desk replay' lets arrive day by day",
    )


def _running(own: Commands) -> None:
    serve = _command(own, "serve", "serve the desk")
    serve.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: 127.0.0.1)")
    serve.add_argument("--port", type=int, default=8765, help="the port (default: 8765)")
    serve.add_argument(
        "--no-work", action="store_true", help="do not recompute verdicts here: 'servanda desk work' does"
    )
    serve.add_argument(
        "--processes",
        metavar="N",
        type=int,
        choices=range(1, 33),
        default=2,
        help="how many processes answer (default: 2)",
    )
    work = _command(own, "work", "recompute verdicts after changes, until it is stopped")
    work.add_argument("--once", action="store_true", help="once, then end")
    replay = _command(own, "replay", "let the reports of a demonstration arrive, day by day as they became known")
    replay.add_argument("case", metavar="CASE", help="the folder that --demo named")
    replay.add_argument("--speed", type=float, default=600.0, help="how many times faster than it was (default: 600)")
    replay.add_argument("--until", metavar="DATE", help="the last day, as 2025-03-26 (default: all of them)")
    rebuilt = _command(own, "rebuild", "throw the tables away and make them again from the record")
    doctor = _command(own, "doctor", "check folder, keys, record, database and accounts")
    mend = "record anew, under names that nobody can guess, how tables of sources are read that an older version named so that one could"
    right = "somebody has looked at the clock of this machine: go on recording, though the last entry was made by a clock that was wrong, or long ago"
    export = _command(own, "export", "write the record, and how to check it, into a folder that travels")
    export.add_argument("--out", metavar="DIR", required=True, help="a new folder")
    kept = "with vault, keys and settings: a copy from which the desk is made again, as secret as the original"
    it_is = "though the record does not continue the one that this desk has worked on: somebody has found out why"
    flags = ((doctor, "mend", mend), (doctor, "clock-is-right", right), (export, "backup", kept))
    for command, option, text in (*flags, (rebuilt, "as-it-is", it_is)):
        command.add_argument(f"--{option}", action="store_true", help=text)


def _people(own: Commands) -> None:
    person = _command(own, "person", "give somebody an office and a login, on the record; prints a new password")
    person.add_argument("id", metavar="ID", help="by which decisions name the person, as p-7")
    person.add_argument("--name", metavar="NAME", help="for the people of the mission")
    person.add_argument(
        "--role",
        metavar="OFFICE",
        help="duty, operations, verification, legal, chief, patrol, auditor or administrator; party:NAME or guarantor:NAME",
    )
    person.add_argument("--login", metavar="LOGIN", help="to sign in with")
    person.add_argument(
        "--take", action="store_true", help="take the office away: sessions end, and nothing lets this person in"
    )
    key = _command(own, "key", "say on the record by which key a person signs, or that it counts no more")
    key.add_argument("id", metavar="ID", help="the person, by the id in the register")
    which = key.add_mutually_exclusive_group(required=True)
    which.add_argument("--give", metavar="KEY", help="the public key, or its .pub file; its name begins with the id")
    which.add_argument("--take", action="store_true", help="nothing that is signed with it from now on counts")
    token = _command(
        own, "token", "let a sensor or a partner hand in reports over HTTP; without an option, list tokens"
    )
    token.add_argument("--give", metavar="SOURCE", help="as which source its bearer reports; prints the token, once")
    token.add_argument("--side", metavar="PARTY", default="none", help="for which party it speaks (default: none)")
    token.add_argument(
        "--scope", metavar="WORDS", default="report", help="report, or report,status: told where its incidents stand"
    )
    token.add_argument("--rate", metavar="N", type=int, default=60, help="requests in a minute (default: 60)")
    token.add_argument("--take", metavar="TOKEN", help="by its id: it counts no more")
    decide = _command(own, "decide", "take a step in the life of an incident, under the guards of the desk")
    decide.add_argument("incident", metavar="INCIDENT", help="its id")
    decide.add_argument(
        "step", metavar="STEP", nargs="?", help="left out, the steps that this person may take are listed"
    )
    decide.add_argument(
        "--as", dest="person", metavar="ID", required=True, help="who decides, by the id in the register"
    )
    decide.add_argument("--why", metavar="TEXT", default="", help="the reason")
    for option, text in (
        ("outcome", "of the step, where it has one"),
        ("of", "the party, incident or team that the step names"),
    ):
        decide.add_argument(f"--{option}", metavar="WORD", help=text)
    decide.add_argument(
        "--finding",
        metavar="FILE",
        help="the finding in words: without a step it is written there, to be read; what is signed or endorsed is the one that stands there",
    )
    decide.add_argument("--key", metavar="FILE", help="sign with this private key (default: the mission's signs)")
    decide.add_argument(
        "--until",
        metavar="INSTANT",
        help="until when a reply may come: '5 days', or ISO 8601 with an offset (default: the mission's clock for it)",
    )


def _command(own: Commands, name: str, text: str) -> argparse.ArgumentParser:
    made = own.add_parser(name, help=text[0].upper() + text[1:], description=text[0].upper() + text[1:] + ".")
    made.add_argument("folder", metavar="DIR", help="the mission's folder")
    return made


def run(args: argparse.Namespace) -> int:
    """Run one of the commands."""
    if args.desk_command in ("serve", "work"):
        from servanda.app.memory import give_large_blocks_back

        give_large_blocks_back()
    from servanda.desk.configure import configure
    from servanda.desk.folder import open_desk

    if args.desk_command == "init":
        return _init(args)
    desk = open_desk(Path(args.folder))
    configure(desk)
    if args.desk_command not in ("rebuild", "doctor", "export"):  # they make tables, say how they are, or need none
        from servanda.desk.setup import migrate

        migrate(desk)
    code: int = globals()[f"_{args.desk_command}"](args, desk)
    return code


def _init(args: argparse.Namespace) -> int:
    from servanda.app.output import Interrupts

    with Interrupts() as interrupts:
        desk, told = _made(args, interrupts)
        print(f"{args.folder}: a mission's folder; the record is {desk.record_folder}")
        print("\n".join(told))
        sys.stdout.flush()
    return 0


def _made(args: argparse.Namespace, interrupts: Interrupts) -> tuple[Desk, list[str]]:
    """The mission's folder, whole or not at all, with what is told of it: what is left half made could be neither served nor made again."""
    import shutil

    from servanda.desk.configure import configure
    from servanda.desk.folder import being_made, make_folder, parties_of, put_in_place, refuse_there
    from servanda.record import parse_public

    configured, folder = _parties(args.party), Path(args.folder).absolute()
    refuse_there(folder)
    desk = make_folder(
        being_made(folder),
        args.name,
        parties={name: parse_public(key) for name, key in configured.items()},
        record=Path(args.record) if args.record else None,
        key=Path(args.key) if args.key else None,
        database=args.database,
        demo=bool(args.demo),
        played=parties_of(Path(args.demo)) if args.demo and not (configured or args.record) else (),
    )
    try:
        configure(desk)
        from servanda.desk.demo import fill
        from servanda.desk.setup import set_up

        interrupts.check()
        password = set_up(desk)
        interrupts.check()
        told = [*fill(desk, Path(args.demo), by_day=args.by_day)] if args.demo else []
        interrupts.check()
        desk = put_in_place(desk.folder, folder)
    except BaseException:  # a record that was there already lies elsewhere
        shutil.rmtree(desk.folder, ignore_errors=True)
        raise
    return desk, told or [
        f"Administrator: login admin, password {password} (it is shown only now; change it at once)",
        f"Next: servanda record add {desk.record_folder} agreement.yaml --key {desk.key}",
        f"      servanda desk person {args.folder} p-1 --name NAME --role duty --login LOGIN",
        f"      servanda desk serve {args.folder}",
    ]


def _parties(pairs: list[str]) -> dict[str, str]:
    from servanda.errors import Fault, ServandaError

    out = {}
    for pair in pairs:
        name, equals, key = pair.partition("=")
        if not equals or name.split() != [name]:
            what, hint = f"not a name with a key: {pair[:60]!r}", "write --party A=a.pub"
            raise ServandaError(Fault("--party", what, hint, code="DSK004"))
        out[name] = key
    return out


def _serve(args: argparse.Namespace, desk: Desk) -> int:
    from servanda.desk.serving import listening, serve
    from servanda.desk.setup import refuse_nobody

    desk.record().log.refuse_stranger(desk.signer)  # without key or record no page could be shown
    refuse_nobody(desk)
    listens = listening(args.host, args.port)
    print(f"The desk is at http://{args.host}:{args.port}/ (stop it with Ctrl+C)", flush=True)
    if desk.demo:
        from servanda.desk.demo import accounts

        print(accounts(), flush=True)
    serve(desk, listens, work=not args.no_work, processes=args.processes)
    return 0


def _work(args: argparse.Namespace, desk: Desk) -> int:
    from servanda.desk.folder import Gone
    from servanda.desk.working import work

    desk.refuse_gone()
    done = work(desk, once=args.once, say=lambda line: print(line, flush=True), stopped=(gone := Gone(desk)))
    if gone.fault:
        raise gone.fault
    return 0 if done else 1


def _replay(args: argparse.Namespace, desk: Desk) -> int:
    from servanda.desk.replay import replay

    for line in replay(desk, Path(args.case), args.speed, until=args.until):
        print(line, flush=True)
    return 0


def _rebuild(args: argparse.Namespace, desk: Desk) -> int:
    from servanda.desk.models import Head
    from servanda.desk.projection import rebuild
    from servanda.desk.setup import migrate

    migrate(desk, begin=True)  # a copy of a mission has no tables yet
    was = Head.objects.filter(size__gt=0).exists()
    same, rows = rebuild(desk.record(), as_it_is=args.as_it_is)
    how = "; the projection came out " + ("as it was" if same else "OTHERWISE than it was") if was else ""
    print(f"{args.folder}: {plural(rows, 'row')} made again from the record{how}")
    return 0


def _doctor(args: argparse.Namespace, desk: Desk) -> int:
    from servanda.desk import hours
    from servanda.desk.doctor import examine, mend_names

    if args.clock_is_right:
        until = hours.say_right(desk.folder, desk.record().log.last_dated())
        print(f"the clock is taken as right until {until:%Y-%m-%dT%H:%M:%SZ}; till then entries say what it said")
    if args.mend:
        for name in mend_names(desk):
            print(f"mended {name}: recorded anew under a name that nobody can guess; what stands on the record stays")
    sound = True
    for holds, line in examine(desk):
        sound &= holds
        print(f"{'ok   ' if holds else 'FAULT'}  {line}")
    return 0 if sound else 1


def _export(args: argparse.Namespace, desk: Desk) -> int:
    from servanda.desk.doctor import alone, export

    count = export(desk, Path(args.out), backup=args.backup)
    secret = (
        "with vault, keys and settings: guard it as the mission's own folder"
        if args.backup
        else "the vault and the keys stay here"
    )
    print(f"{args.out}: the record with {plural(count, 'entry', 'entries')}, checked; {secret}")
    if args.backup:
        where = desk.database if desk.is_sqlite else "it by pg_dump"  # its address holds a password
        print(f"not in it, for the database alone holds them: {', '.join(alone(desk))}; copy {where} as well")
    return 0


def _person(args: argparse.Namespace, desk: Desk) -> int:
    from servanda.desk.setup import give_office, let_go
    from servanda.errors import Fault, ServandaError

    if args.take:
        let_go(desk, args.id)
        print(f"{args.id}: has left; sessions have ended, and nothing lets this person in")
        return 0
    if not (args.name and args.role and args.login):
        hint = "give --name, --role and --login; or --take, to take the office away"
        raise ServandaError(
            Fault("servanda desk person", "says neither who it is nor that he leaves", hint, code="DSK004")
        )
    password = give_office(desk, args.id, args.name, args.role, args.login)
    print(f"{args.id}: {args.name}, {args.role}; login {args.login}, password {password} (it is shown only now)")
    return 0


def _key(args: argparse.Namespace, desk: Desk) -> int:
    from servanda.desk.keys import give_key, take_key
    from servanda.record import parse_public

    if args.take:
        take_key(desk, args.id)
        print(f"{args.id}: has no key any more; the mission's signs")
        return 0
    key = parse_public(args.give)
    give_key(desk, args.id, key)
    print(f"{args.id}: signs with {key.name} from now on")
    return 0


def _token(args: argparse.Namespace, desk: Desk) -> int:
    from servanda.desk import tables, tokens

    if args.take is not None:
        tokens.revoke(args.take)
        print(f"{args.take}: counts no more")
        return 0
    if args.give is not None:
        shown = tokens.issue(args.give, side=args.side, scope=args.scope.split(","), rate=args.rate)
        print(f"{shown} (it is shown only now; send it as Authorization: Bearer)")
        return 0
    for one in tables.Token.objects.order_by("at"):
        until = f"revoked {one.revoked:%Y-%m-%d}" if one.revoked else f"{one.rate} a minute"
        print(f"{one.pk}  {one.source}, side {one.side}, {'+'.join(one.scope)}, {until}")
    return 0


def _decide(args: argparse.Namespace, desk: Desk) -> int:
    from servanda.desk.decide import Click, clock, decide, steps_now
    from servanda.desk.finding import finding_on
    from servanda.desk.register import length_of
    from servanda.errors import Fault, ServandaError
    from servanda.record import load_key
    from servanda.record.log import digest_of

    steps = steps_now(desk, args.person, args.incident)
    if args.step is None:
        for step, why in steps.items():
            print(f"{step:15s} {why or 'may be taken'}")
        if args.finding:
            Path(args.finding).write_text(finding_on(args.incident), "utf-8", newline="")
        return 0
    try:
        length = length_of(args.until or "")
        until = clock() + length if length else datetime.fromisoformat(args.until) if args.until else None
    except ValueError:
        until = datetime(1, 1, 1)  # noqa: DTZ001  refused below, as one without an offset
    if until is not None and until.tzinfo is None:
        hint = "write it as 2025-04-01T10:00+03:00"
        raise ServandaError(Fault("--until", f"not an instant with an offset: {args.until!r}", hint, code="DSK015"))
    party = args.of if args.step in ("replied", "dissent") else None
    names = "team" if args.step == "tasked" else "of"
    says = {"step": args.step, "outcome": args.outcome, names: None if party else args.of, "until": until}
    hand = load_key(Path(args.key)) if args.key else None
    read = digest_of(Path(args.finding).read_bytes()) if args.finding else None
    (done,) = decide(desk, args.person, [Click(args.incident, says, args.why, by=party, read=read)], hand)
    print(f"{done.decision}: {args.incident} {args.step}")
    return 0
