"""``servanda follow``: verdicts that change as evidence arrives."""

from __future__ import annotations

import argparse
import gc
import json
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from servanda.cli.options import Commands, add_as_of, add_coverage, add_reader, at_least, seconds
from servanda.cli.quarantine import in_quarantine
from servanda.errors import Fault, ServandaError, visible
from servanda.wording import plural

if TYPE_CHECKING:
    from servanda.app.follow import Follower
    from servanda.app.listing import Listing
    from servanda.live import Changes
    from servanda.verdicts import Verdict


_KEPT_EVERY = 60.0  # seconds between two savings of the state


def register(commands: Commands) -> None:
    """``servanda follow`` and its options."""
    command = commands.add_parser(
        "follow",
        help="Watch a folder or a record, and tell each verdict that changes as evidence arrives",
        description="Read all that lies in a folder (or is on a record), print every verdict, then look again and again: what arrives is taken in, "
        "and the verdicts that it changes are printed with their steps. Ends with ctrl-C.",
    )
    command.add_argument("agreement", metavar="AGREEMENT.yaml", help="the agreement file; of a record, its name there")
    command.add_argument(
        "evidence",
        metavar="FOLDER",
        help="the folder in which reports, registers and decisions arrive, or the folder of a record",
    )
    add_coverage(command)
    add_as_of(command)
    add_reader(command)
    command.add_argument(
        "--every", metavar="SECONDS", type=seconds, default=0.5, help="how often to look (default: every half second)"
    )
    command.add_argument(
        "--looks", metavar="N", type=at_least(0), default=0, help="end after so many looks (default: look until ctrl-C)"
    )
    command.add_argument(
        "--state",
        metavar="DIR",
        help="keep what was found in this folder, and go on from it when started again (default: everything is found anew at the start)",
    )
    command.add_argument(
        "--json",
        action="store_true",
        help="print one JSON object a line for every change: verdicts as in verdicts.json, incidents as in incidents.geojson (default: words)",
    )


def run(args: argparse.Namespace) -> int:
    """Print every verdict, and then each that changes."""
    from servanda.app.memory import give_large_blocks_back

    give_large_blocks_back()
    from servanda.app.follow import Follower

    state = None
    if args.state is not None:
        from servanda.app.state import State

        state = State(Path(args.state))
    follower = Follower(_listing(args), as_of=args.as_of, reader=args.reader, state=state)
    before = signal.signal(signal.SIGTERM, _ended) if threading.current_thread() is threading.main_thread() else None
    try:
        return _looked(follower, args)
    finally:
        _kept(follower)
        if before is not None:
            signal.signal(signal.SIGTERM, before)


def _ended(*_: object) -> None:
    """A service that is stopped keeps what it found, as one that is interrupted."""
    raise SystemExit(128 + signal.SIGTERM)


def _kept(follower: Follower, aside: _Aside | None = None) -> None:
    """Saves the state, if there is anything to save."""
    try:
        if follower.unsaved and not follower.save() and follower.together and aside is not None:
            aside.unkept()
    except ServandaError as error:
        print("\n".join(str(fault) for fault in error.faults), file=sys.stderr)


def _looked(follower: Follower, args: argparse.Namespace) -> int:
    """Looks again and again; what is new is saved at once the first time, and then while nothing comes, at most once a minute."""
    looks, saved, aside = 0, -_KEPT_EVERY, _Aside()
    while True:
        try:
            began = time.perf_counter()
            changes = follower.look()
            if changes is not None:
                if not aside.shown:
                    gc.freeze()  # what is kept from now on is not looked at whenever memory is swept
                _told(follower, changes, time.perf_counter() - began, first=not aside.shown, as_json=args.json)
                aside.shown = True
                if not follower.tables():
                    print(f"servanda: no file of evidence is in {visible(str(args.evidence))} yet", file=sys.stderr)
            if follower.unsaved and (looks == 0 or changes is None) and time.monotonic() - saved >= _KEPT_EVERY:
                _kept(follower, aside)
                saved = time.monotonic()
            aside.tell(follower, None)
        except ServandaError as error:
            if looks == 0 and args.looks:
                raise
            aside.tell(follower, error)
        looks += 1
        if args.looks and looks >= args.looks:
            return 2 if aside.faults else 0
        _rest(max(0.05, args.every))


def _rest(seconds: float) -> None:
    """Waits until the next look."""
    time.sleep(seconds)


@dataclass
class _Aside:
    """What does not count, as it was told last on standard error: each fault once, and that it is over; and how many rows are in quarantine, or
    left out as of an instant because they do not say when they became known.
    """

    faults: tuple[str, ...] = ()
    rows: dict[str, int] = field(default_factory=dict)
    undated: int = 0
    shown: bool = False
    kept: bool = True

    def unkept(self) -> None:
        """Tells once that no state is kept."""
        if self.kept:
            print(
                "servanda: no state is kept while files have to be read together (docs/guides/follow.md)",
                file=sys.stderr,
            )
        self.kept = False

    def tell(self, follower: Follower, error: ServandaError | None) -> None:
        """Tells what is new of it."""
        held = [fault for _, one in follower.unread.values() for fault in one.faults]
        faults = tuple(str(fault) for fault in [*held, *(error.faults if error else ())])
        for fault in faults:
            if fault not in self.faults:
                print(fault, file=sys.stderr)
        if held and faults != self.faults:
            left = plural(len(follower.unread), "file is", "files are")
            print(f"servanda: {left} left out, or as before, until this is mended; all else counts", file=sys.stderr)
        elif error and faults != self.faults:
            print("servanda: nothing new counts until this is mended", file=sys.stderr)
        elif self.faults and not faults:
            print("servanda: mended; all files count again", file=sys.stderr)
        self.faults = faults
        if error is None and follower.session is not None:
            rows = {file.file: file.quarantined for file in follower.session.ingest.files if file.quarantined}
            for file, n in rows.items():
                if n != self.rows.get(file):
                    print(visible(f"servanda: {file}: {in_quarantine(n)}"), file=sys.stderr)
            self.rows = rows
            if (undated := follower.session.undated) != self.undated:
                from servanda.verdicts.summary_words import undated_words

                print(f"servanda: {undated_words(undated)}", file=sys.stderr)
            self.undated = undated


def _listing(args: argparse.Namespace) -> Callable[[], Listing]:
    """What lists the folder, or the record."""
    from servanda.app.listing import folder_listing, record_listing

    if (Path(args.evidence) / "checkpoint").is_file():
        if args.coverage:
            hint = "add the file with 'servanda record add'; leave --coverage out"
            raise ServandaError(Fault("follow", "takes its files from the record, coverage too", hint, code="CLI002"))
        return record_listing(Path(args.evidence), args.agreement)
    return folder_listing(Path(args.agreement), Path(args.evidence), [Path(file) for file in args.coverage])


def _told(follower: Follower, changes: Changes, seconds: float, *, first: bool, as_json: bool) -> None:
    """What changed, on standard output."""
    assert follower.session is not None
    if first and follower.told:
        print(follower.told, file=sys.stderr)
    text = follower.session.agreement
    now = datetime.now(text.zone)
    if as_json:
        from servanda.report.tables import points

        found = {
            "at": now.isoformat(timespec="seconds"),
            "anew": changes.anew,
            "verdicts": [v.as_data(text.zone) for v in changes.verdicts],
            "gone": [list(about) for about in changes.gone],
            "incidents": json.loads(points(changes.incidents))["features"],
            "lost": list(changes.lost),
        }
        print(json.dumps(found, ensure_ascii=False), flush=True)
        return
    if changes.anew:
        print(f"Found anew: {changes.anew}.")
    what = plural(len(changes.verdicts), "verdict") + ("" if first else " changed")
    lost = f", {plural(len(changes.lost), 'incident is', 'incidents are')} no more" if changes.lost else ""
    about = "" if first else f"; {plural(changes.incidents.height, 'incident')} new or changed{lost}"
    print(f"{now:%H:%M:%S %Z}  {what}{about} ({seconds:.2f} s)")
    for verdict in changes.verdicts:
        old = changes.before.get((verdict.term, verdict.party, verdict.reading))
        print(visible(_line(verdict, old)))
        steps = () if first else changes.steps(verdict)
        for step in steps:
            print(visible(f"    {step.n}. {step.text}"))
        if not first and not steps:
            print("    its steps say the same; the incidents under them are others")
    sys.stdout.flush()


def _line(verdict: Verdict, old: Verdict | None) -> str:
    """A verdict in one line, with what it was."""
    about = ", ".join(filter(None, (verdict.term, verdict.party, verdict.reading)))
    counts = ((verdict.confirmed, "confirmed"), (verdict.alleged, "alleged"), (verdict.excused, "excused"))
    told = ", ".join(f"{n:,} {word}" for n, word in counts if n)
    was = f"{old.verdict} -> " if old is not None and old.verdict != verdict.verdict else ""
    return f"  {about}: {was}{verdict.verdict}" + (f" ({told})" if told else "")
