"""``servanda follow``: verdicts that change as evidence arrives."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from servanda.cli.options import Commands, add_as_of, add_coverage, add_reader
from servanda.errors import ServandaError, visible
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
        "--every", metavar="SECONDS", type=float, default=0.5, help="how often to look (default: every half second)"
    )
    command.add_argument(
        "--looks", metavar="N", type=int, default=0, help="end after so many looks (default: look until ctrl-C)"
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
    from servanda.app.follow import Follower

    state = None
    if args.state is not None:
        from servanda.app.state import State

        state = State(Path(args.state))
    follower = Follower(_listing(args), as_of=args.as_of, reader=args.reader, state=state)
    try:
        return _looked(follower, args)
    finally:
        _kept(follower)


def _kept(follower: Follower) -> None:
    """Saves the state, if there is anything to save."""
    try:
        if follower.unsaved:
            follower.save()
    except ServandaError as error:
        print("\n".join(str(fault) for fault in error.faults), file=sys.stderr)


def _looked(follower: Follower, args: argparse.Namespace) -> int:
    """Looks again and again; what is new is saved at once the first time, and then while nothing comes, at most once a minute."""
    looks, last, saved = 0, "", -_KEPT_EVERY
    while True:
        try:
            began = time.perf_counter()
            changes = follower.look()
            if changes is not None:
                _told(follower, changes, time.perf_counter() - began, first=looks == 0, as_json=args.json)
            if follower.unsaved and (looks == 0 or changes is None) and time.monotonic() - saved >= _KEPT_EVERY:
                _kept(follower)
                saved = time.monotonic()
            last = ""
        except ServandaError as error:
            if looks == 0:
                raise
            words = "\n".join(str(fault) for fault in error.faults)
            if words != last:  # a file may be half written: it is told once, and read again at the next look
                print(words, file=sys.stderr)
            last = words
        looks += 1
        if args.looks and looks >= args.looks:
            return 0
        time.sleep(max(0.05, args.every))


def _listing(args: argparse.Namespace) -> Callable[[], Listing]:
    """What lists the folder, or the record."""
    from servanda.app.listing import folder_listing, record_listing

    if (Path(args.evidence) / "checkpoint").is_file():
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
        for step in () if first else changes.steps(verdict):
            print(visible(f"    {step.n}. {step.text}"))
    sys.stdout.flush()


def _line(verdict: Verdict, old: Verdict | None) -> str:
    """A verdict in one line, with what it was."""
    about = ", ".join(filter(None, (verdict.term, verdict.party, verdict.reading)))
    counts = ((verdict.confirmed, "confirmed"), (verdict.alleged, "alleged"), (verdict.excused, "excused"))
    told = ", ".join(f"{n:,} {word}" for n, word in counts if n)
    was = f"{old.verdict} -> " if old is not None and old.verdict != verdict.verdict else ""
    return f"  {about}: {was}{verdict.verdict}" + (f" ({told})" if told else "")
