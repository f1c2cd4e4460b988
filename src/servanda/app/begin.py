"""Use case: a first agreement, register and coverage file from eight answers, which verify."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from servanda.agreement.read import inspect
from servanda.app.verify import verify_files
from servanda.drafting.understand import Actors, parties_in, understand
from servanda.drafting.understand.skeleton import flow
from servanda.errors import Fault, ServandaError
from servanda.values.files import NamedBytes


@dataclass(frozen=True, slots=True)
class Question:
    """One question: the name of its answer (and flag), what is asked, and an example of an answer."""

    name: str
    asks: str
    example: str


QUESTIONS = (
    Question("title", "What is the agreement called?", "Truce in the valley"),
    Question("parties", "Who are the parties? Their names, parted by semicolons", "Northland; Southland"),
    Question("timezone", "In which zone are its times?", "Europe/Kyiv"),
    Question("from", "From when does it bind?", "2026-05-01T00:00"),
    Question("for", "For how long? Or: no end", "30 days"),
    Question("place", "Where? A name, a middle (latitude, longitude) and a radius", "valley: 48.1, 37.2, 25 km"),
    Question(
        "ban",
        "What is forbidden, in the words of the text? Several parted by semicolons",
        "Both sides cease all hostilities",
    ),
    Question("watch", "Who watches, and with which chance would an act be seen? Or: nobody", "Observer Mission, 0.9"),
)
"""What is asked, in this order."""
_PLACE = re.compile(
    r"\s*(?P<name>[^:]+?)\s*:\s*(?P<lat>-?\d+(?:\.\d+)?)\s*,\s*(?P<lon>-?\d+(?:\.\d+)?)\s*,\s*(?P<radius>\d+(?:\.\d+)?\s*(?:km|m))\s*"
)
_WATCH = re.compile(r"\s*(?P<who>[^,]+?)\s*,\s*(?P<chance>0?\.\d+)\s*")
_COLUMNS = "report_id,source,kind,stance,start,lat,lon,precision_km,act,target,actor\n"


def begin(answers: Mapping[str, str]) -> dict[str, bytes]:
    """The files of a first agreement.

    Args:
        answers: by the names of :data:`QUESTIONS`, each in the form of its example.

    Returns:
        ``agreement.yaml``, ``sources.yaml``, ``coverage.yaml`` and an empty ``reports.csv``, by their names. They were verified together.

    Raises:
        ServandaError: answers are missing or not in their form; all of them are told at once.
    """
    missing = [q for q in QUESTIONS if not answers.get(q.name, "").strip()]
    faults = [_fault(q.name, f"not answered: {q.asks}") for q in missing]
    if missing:
        raise ServandaError(*faults)
    actors = Actors(parties_in(answers["parties"]))
    if len(actors.parties) < 2:
        faults.append(_fault("parties", "names fewer than two parties"))
    place, watch = _PLACE.fullmatch(answers["place"]), _WATCH.fullmatch(answers["watch"])
    if place is None:
        faults.append(_fault("place", f"{answers['place']!r} is not a name, a middle and a radius"))
    nobody = answers["watch"].strip().lower() in ("nobody", "no one", "none")
    if watch is None and not nobody:
        faults.append(_fault("watch", f"{answers['watch']!r} is not a name and a chance below 1"))
    bans = [_ban(words, actors, faults) for words in answers["ban"].split(";") if words.strip()]
    if faults or place is None:
        raise ServandaError(*faults)
    files = _files(answers, actors, place, watch, [ban for ban in bans if ban])
    _prove(files)
    return files


def refuse_begun(folder: str, files: Mapping[str, bytes]) -> None:
    """Refuse a folder that has any of the files already.

    Args:
        folder: where they would go.
        files: their names.

    Raises:
        ServandaError: one is there; nothing is written over.
    """
    there = [name for name in files if (Path(folder) / name).exists()]
    if there:
        what, hint = f"{', '.join(there)} is there already", "name a new folder, or move the file away"
        raise ServandaError(Fault(folder, what, hint, code="CLI016"))


def _fault(name: str, what: str) -> Fault:
    example = next(q.example for q in QUESTIONS if q.name == name)
    return Fault(f"--{name}", what, f"answer for example: {example}", code="CLI015")


def _ban(words: str, actors: Actors, faults: list[Fault]) -> tuple[str, tuple[str, ...]] | None:
    """One ban: its words, and the acts that were understood."""
    text = " ".join(words.split())
    got = understand(text, actors)
    if got.what.kind != "forbid" or not got.what.acts:
        kind = "nothing that could be checked" if got.what.kind == "unverifiable" else "no ban"
        faults.append(_fault("ban", f"{kind} was understood of {text!r}; servanda draft reads other clauses"))
        return None
    return text, got.what.acts


def _files(
    answers: Mapping[str, str],
    actors: Actors,
    place: re.Match[str],
    watch: re.Match[str] | None,
    bans: list[tuple[str, tuple[str, ...]]],
) -> dict[str, bytes]:
    slug = re.sub(r"[^a-z0-9]+", "-", answers["title"].lower()).strip("-") or "agreement"
    name = re.sub(r"\W+", "_", place["name"].lower()).strip("_") or "place"
    lasting = answers["for"].strip()
    endless = lasting.lower() in ("no end", "without end", "-", "none")
    force = {"from": answers["from"].strip(), **({} if endless else {"for": lasting})}
    lines = [
        "# A first agreement file. Every line can be changed; 'servanda check agreement.yaml' says what will be fought over later.",
        f"agreement: {slug}",
        f"title: {json.dumps(answers['title'].strip(), ensure_ascii=False)}",
        f"timezone: {answers['timezone'].strip()}",
        f"parties: {flow(dict(actors.parties))}",
        f"in_force: {flow(force)}",
        "# mandate: {attribution: true}      # may the mechanism say which party did it? Write true or false",
        "places:",
        f"  {name}: {{at: [{place['lat']}, {place['lon']}], radius: {place['radius']}}}",
        "terms:",
    ]
    for n, (text, acts) in enumerate(bans, 1):
        lines += [
            f"  ban_{n}:",
            f"    text: {json.dumps(text, ensure_ascii=False)}",
            f"    forbid: {flow({'act': list(acts), 'in': name})}",
            f"    binds: {flow(list(actors.parties))}",
        ]
        lines += ["    observed_by: [patrol]"] if watch else []
    files = {"agreement.yaml": "\n".join(lines) + "\n"}
    files["sources.yaml"] = _register(actors, watch["who"].strip() if watch else "")
    files["coverage.yaml"] = _coverage(
        slug, name, files["agreement.yaml"], watch, sorted({a for _, acts in bans for a in acts})
    )
    files["reports.csv"] = _COLUMNS
    return {name: content.encode() for name, content in files.items()}


def _register(actors: Actors, watcher: str) -> str:
    lines = ["# Whose word is whose: who speaks for a party, and who has no side and is graded.", "sources:"]
    for short, full in actors.parties.items():
        lines.append(f"  {json.dumps(f'Government of {full}', ensure_ascii=False)}: {{speaks_for: {short}}}")
    if watcher:
        mission = f"  {json.dumps(watcher, ensure_ascii=False)}: "
        lines.append(mission + "{side: none, reliability: B, note: graded by whoever wrote this file; say who and why}")
    return "\n".join(lines) + "\n"


def _coverage(slug: str, place: str, agreement: str, watch: re.Match[str] | None, acts: list[str]) -> str:
    head = ["# Who could have seen what, where and when. Only what is written here was watched.", f"coverage: {slug}"]
    if watch is None:
        return "\n".join([*head, "watches: []"]) + "\n"
    inspected = inspect(yaml.safe_load(agreement))
    if inspected.agreement is None:
        raise ServandaError(*inspected.faults)
    force = inspected.agreement.texts[0].in_force
    start = force.start.astimezone(inspected.agreement.zone).isoformat() if force.start else "2026-01-01"
    last = force.end.astimezone(inspected.agreement.zone).isoformat() if force.end else None
    row: dict[str, Any] = {
        "id": "watch_1",
        "who": watch["who"].strip(),
        "means": "patrol",
        "detects": acts,
        "in": place,
        "from": start,
    }
    row |= {"to": last} if last else {"to": f"{int(start[:4]) + 1}{start[4:]}"}
    row["probability"] = float(watch["chance"])
    quoted = {k: (json.dumps(v) if k in ("from", "to") else flow(v)) for k, v in row.items()}
    head.append(
        "# This says that the whole place is watched all the time. Put in its place what was watched in fact, day by day."
    )
    return "\n".join([*head, "watches:", "  - {" + ", ".join(f"{k}: {v}" for k, v in quoted.items()) + "}"]) + "\n"


def _prove(files: Mapping[str, bytes]) -> None:
    """Verify the files together; whatever is wrong with an answer is told as it would be in the file."""
    named = {name: NamedBytes(name, content) for name, content in files.items()}
    verify_files(named["agreement.yaml"], [named["reports.csv"], named["sources.yaml"]], [named["coverage.yaml"]])
