"""Packages for those who are not the mission's own people: made for a tier, named on the record, kept, and shown as what they hold.

A party's liaison officer and a guarantor's representative read their package and nothing beside it: what the page shows is read from the very file
that they take home and check with ``verifier.py``, so that nothing reaches them that their tier does not open.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from servanda.app.disclose import disclose, hold_against
from servanda.desk import decide, hours, models
from servanda.desk.folder import Desk
from servanda.desk.inbox import Making
from servanda.desk.kept import entry_of
from servanda.desk.projection import catch_up, lock
from servanda.desk.withheld import Withheld, withheld
from servanda.desk.wording import STATES
from servanda.errors import EvidenceError, ServandaError
from servanda.evidence.decisions import Deciders, Decision, effective, read_decisions
from servanda.incidents.guards import GUARANTOR, PARTY, office_of
from servanda.record.entry import TOLD
from servanda.record.log import digest_of
from servanda.record.vault import OBJECT_SALT
from servanda.record.verifier import Key
from servanda.store import RecordStore
from servanda.values.files import NamedBytes

FOLDER = "packages"
TIERS = ("parties", "guarantors", "public")
"""Those for which the desk makes packages; that of the mechanism is all there is, and made on the machine itself."""

AT_ONCE = 5_000
"""Reports up to which a package is made while somebody waits for the page; of more, the worker makes it."""
_PATIENCE = timedelta(minutes=15)


class Given(NamedTuple):
    """A package that was made: the entry that names it, when, for which tier, its file's name and SHA-256, and whether the file is here."""

    entry: int
    at: datetime | None
    tier: str
    name: str
    digest: str
    here: bool


@dataclass
class Case:
    """What a package shows of an incident: the open fields of its reports, and the steps that are told."""

    rows: list[dict[str, str]] = field(default_factory=list)
    merged: tuple[str, ...] = ()
    """The incidents that were merged into it."""
    steps: list[tuple[Decision, str]] = field(default_factory=list)
    """In order of time, each with why it does not count: ``undone``, or ``position``, which decides nothing."""
    stands: dict[str, Any] = field(default_factory=dict)
    """Its state, and what was determined, as a row of the queue has them."""


@dataclass(frozen=True)
class Shown:
    """What a package holds that is open."""

    as_of: str
    entries: int
    cases: Mapping[str, Case]
    loose: int
    """Rows that name no incident, or whose incident is not told."""
    verdicts: list[dict[str, Any]]
    withheld: list[tuple[str, list[Withheld]]]
    """Why, and of what."""


def ask(desk: Desk, tier: str, person: str) -> None:
    """Have the packages of a tier made: now, where that is done at once; by the worker where there are many reports.

    Args:
        desk: the mission.
        tier: one of :data:`TIERS`.
        person: who asks.

    Raises:
        ServandaError: as :func:`make`.
    """
    if tier in TIERS and models.Report.objects.all()[AT_ONCE : AT_ONCE + 1].exists():
        wanted = {"person": person, "at": decide.clock(), "begun": None, "told": ""}
        Making.objects.exclude(told="").filter(pk=tier).delete()
        Making.objects.get_or_create(pk=tier, defaults=wanted)
    else:
        make(desk, tier)


def make_asked(desk: Desk) -> int:
    """Make the packages that were asked for, as the worker does; what another worker began is left to it for a while.

    Args:
        desk: the mission.

    Returns:
        For how many tiers they were made.
    """
    now, made = hours.machine(), 0
    waits = Making.objects.filter(Q(begun=None) | Q(begun__lt=now - _PATIENCE), told="")
    for tier, begun in list(waits.order_by("at").values_list("pk", "begun")):
        if Making.objects.filter(pk=tier, begun=begun).update(begun=now):
            try:
                make(desk, tier)
            except ServandaError as error:
                Making.objects.filter(pk=tier).update(told=error.faults[0].what)
            else:
                Making.objects.filter(pk=tier).delete()
                made += 1
    return made


def make(desk: Desk, tier: str) -> list[Given]:
    """Make the packages of a tier, keep them, and say so on the record.

    Args:
        desk: the mission.
        tier: one of :data:`TIERS`.

    Returns:
        The packages; those of the parties are made at once.

    Raises:
        ServandaError: there is no such tier, or the record cannot be read or written; nothing was given then.
    """
    if tier not in TIERS:
        raise decide.refused("no packages are made for this tier", "choose from the list", "DSK033")
    record = desk.record()
    last = datetime.fromisoformat(record.log.last_dated())
    now = decide.clock()
    as_of = (
        now if desk.demo or record.clock_is_right else max(now, last)
    )  # no time has passed by a clock that ran ahead
    packages = disclose(RecordStore(record), tier, as_of, desk.signer)
    hold_against(record, packages)
    for data in packages.values():
        _keep(desk.folder / FOLDER, data)
    digests = {name: digest_of(data) for name, data in packages.items()}
    with transaction.atomic():
        at = lock()
        record = desk.record()
        catch_up(record, at)
        record.state(desk.signer, "disclosure", digests, {"tier": tier, "to": list(packages)})
        catch_up(record, lock())
    return [one for one in given(desk) if one.digest in digests.values()][: len(digests)]


def _keep(folder: Path, data: bytes) -> None:
    """Write a package under its SHA-256, whole or not at all."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        path = folder / f"{digest_of(data)}.json"
        part = folder / f".{secrets.token_hex(8)}.part"
        part.write_bytes(data)
        os.replace(part, path)
    except OSError as error:
        with suppress(OSError, UnboundLocalError):
            part.unlink()
        what = f"the package cannot be kept: {error.strerror}"
        raise decide.refused(what, "make room on the disk, or let the desk write there", "DSK003") from None


def given(desk: Desk, role: str = "", most: int = 50) -> list[Given]:
    """The packages that were made, as the record names them, the newest first.

    Args:
        desk: the mission.
        role: of whom they are; left out, everybody's.
        most: among how many acts of disclosure they are looked for.

    Returns:
        The packages.
    """
    record, name = desk.record(), _name_for(role)
    rows = models.Entry.objects.filter(kind="disclosure", signer=record.log.head.origin).order_by("-index")
    out = []
    for row in rows[:most]:
        entry = entry_of(record, row.index)
        for made, digest in entry.subjects.items():
            if not role or made == name:
                here = path_of(desk, digest).is_file()
                out.append(Given(row.index, row.came, str(entry.says.get("tier")), made, digest, here))
    return out


def _name_for(role: str) -> str:
    """The name of a package's file, as disclosing gives it."""
    if office_of(role) == PARTY:
        return f"parties-{role.partition(':')[2]}.json"
    return "guarantors.json" if office_of(role) == GUARANTOR else ""


def path_of(desk: Desk, digest: str) -> Path:
    """Where a package is kept."""
    return desk.folder / FOLDER / f"{digest}.json"


def newest(desk: Desk, role: str) -> tuple[Given, Shown] | None:
    """The last package for somebody that is here, and what it holds; nothing where there is none.

    Args:
        desk: the mission.
        role: whose it is.

    Returns:
        The package, and what of it is open.

    Raises:
        ServandaError: its file is not what the record names.
    """
    one = next((g for g in given(desk, role) if g.here), None)
    if one is None:
        return None
    head = models.Head.objects.first() or models.Head()
    policy = desk.record().log.policy
    parties = (
        tuple(head.parties.items()),
        tuple(head.bodies.items()),
        tuple(k.public for k in policy.witnesses.values()),
    )
    return one, _read(path_of(desk, one.digest), one.digest, head.zone, parties)


@lru_cache(maxsize=4)
def _read(path: Path, digest: str, zone: str, parties: tuple[tuple[Any, ...], ...]) -> Shown:
    """What is open in a package; it is read once. ``parties``: their names, those of the bodies, and the keys of the parties."""
    data = path.read_bytes()
    if digest_of(data) != digest:
        what = "the file of the package is not the one that the record names"
        raise decide.refused(what, "ask the mission to make it anew", "DSK033")
    package = json.loads(data)
    statements = [_statement(text) for text in package["entries"]]
    cases: dict[str, Case] = {}
    loose = 0
    for index, rows in package["rows"].items():
        columns = statements[int(index)]["predicate"]["rows"]["columns"]
        for row in rows:
            open_ = {name: cell[1] for name, cell in zip(columns, row, strict=True) if len(cell) == 2 and cell[1]}
            if incident := open_.get("incident_id"):
                cases.setdefault(incident, Case()).rows.append(open_)
            else:
                loose += bool(open_)
    verdicts: list[dict[str, Any]] = []
    decisions: list[Decision] = []
    for index, statement, text in _files(package, statements):
        if ":decisions:" in statement["predicateType"]:
            by_party = _signer(package["entries"][index]) in parties[2]
            with suppress(EvidenceError):  # a file that nobody can read decides nothing
                made = read_decisions(NamedBytes("decisions.yaml", text.encode()), ZoneInfo(zone))
                decisions += [replace(d, by_party=by_party) for d in made]
        else:
            verdicts = list(json.loads(text)["verdicts"])  # the last that was published stands
    _decided(cases, decisions, Deciders(dict(parties[0]), dict(parties[1])))
    known = sorted(cases.items(), key=lambda one: (one[1].rows[0].get("start", "") if one[1].rows else "", one[0]))
    return Shown(
        package["as_of"], len(statements), dict(reversed(known)), loose, verdicts, withheld(package["withheld"])
    )


def _statement(text: str) -> dict[str, Any]:
    entry = json.loads(text)
    said: dict[str, Any] = json.loads(base64.b64decode(entry["payload"])) if "payload" in entry else entry
    return said


def _signer(text: str) -> bytes:
    """The key that signed an entry; nothing where none did."""
    signatures = json.loads(text).get("signatures") or []
    return Key.parse(signatures[0]["keyid"]).public if signatures else b""


def _decided(cases: dict[str, Case], decisions: list[Decision], deciders: Deciders) -> None:
    """Put every step under its incident, and say where that stands."""
    counts = {d.id for d in effective(decisions, deciders, None)}
    undone = {str(d.says["undo"]) for d in decisions if d.kind == "undo"} - counts
    gone = _merged(cases, [d for d in decisions if d.id in counts and d.kind == "merge"])
    for d in sorted(decisions, key=lambda d: (d.at, d.id)):
        if d.kind != "step":
            continue
        name = d.incidents[0]
        case, step, outcome = cases.setdefault(gone.get(name, name), Case()), str(d.says["step"]), d.says.get("outcome")
        own = d.id in counts or step in ("replied", "dissent", "commented")
        case.steps.append((d, "undone" if d.id in undone else "" if own else "position"))
        if d.id not in counts:
            continue
        case.stands |= {"outcome": outcome} if step == "determined" else {}
        step = {"in_scope": "in_scope", "vetoed": "vetoed"}.get(
            str(outcome), "set_aside" if step == "triaged" else step
        )
        case.stands |= {"state": step, "waiting": True} if step in STATES else {}


def _merged(cases: dict[str, Case], merges: list[Decision]) -> dict[str, str]:
    """Put together what was merged; returns where each id that was given up lies now."""
    gone: dict[str, str] = {}
    for d in sorted(merges, key=lambda d: (d.at, d.id)):
        into = str(d.says["into"])
        into = gone.get(into, into)
        for name in {str(one) for one in d.says["merge"]} | {
            old for old, new in gone.items() if new in d.says["merge"]
        }:
            if name != into:
                gone[name] = into
    for name in sorted(gone.keys() & cases.keys()):
        one, other = cases.pop(name), cases.setdefault(gone[name], Case())
        other.rows, other.merged = [*other.rows, *one.rows], (*other.merged, name)
    return gone


def _files(package: Mapping[str, Any], statements: list[dict[str, Any]]) -> Iterator[tuple[int, dict[str, Any], str]]:
    """Decisions, and verdicts as they are told, each with its entry and statement."""
    for index, statement in enumerate(statements):
        kind = statement["predicateType"]
        for subject in statement["subject"]:
            raw = package["objects"].get(subject["digest"]["sha256"])
            told = ":decisions:" in kind or (":run:" in kind and subject["name"] == TOLD)
            if raw is not None and told:
                yield index, statement, base64.b64decode(raw)[OBJECT_SALT:].decode()


def when(as_of: str) -> datetime:
    """The instant that a package names."""
    return datetime.fromisoformat(as_of) if as_of else datetime.fromtimestamp(0, UTC)
