"""Where one incident stands, as a row: by its reports and the decisions about it. Pure, as :mod:`~servanda.desk.picture` is."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, TypeAlias

import polars as pl

from servanda.desk.phrased import body, endorsements, lapsed, last
from servanda.desk.places import NEVER, number_of, rank_of
from servanda.evidence.decisions import Deciders, Decision, effective
from servanda.incidents.decisions import Rewrite
from servanda.incidents.guards import Course, Endorser, course_of, due
from servanda.record.log import digest_of
from servanda.values.names import PSEUDONYM, name_key, names_of
from servanda.values.time import hour_of

Row: TypeAlias = dict[str, Any]
_HARM = re.compile(
    r"\b(kill|wound|injur|dead\b|death|casualt|fatal|убит|ранен|погиб|вбит|поранен|загин)", re.IGNORECASE
)
_PSEUDONYM = re.compile(PSEUDONYM)
"""What stands in any column of a report that speaks of a protected source, as packages see it."""
AFTER_IT = (
    "attributed",
    "endorsed",
    "signed",
    "dissent",
    "replied",
    "disclosed",
    "followed_up",
    "closed",
    "paused",
    "resumed",
)
"""Steps under which a determination stands as it was made."""


@dataclass(frozen=True)
class Rules:
    """What of the head of the projection says where an incident stands; ``at``: that head, or a row of it."""

    at: Any
    deciders: Deciders
    clocks: Mapping[str, timedelta]
    route: tuple[Endorser, ...]

    @classmethod
    def of(cls, at: Any) -> Rules:
        """As a head says them."""
        clocks = {state: timedelta(seconds=n) for state, n in at.clocks.items()}
        return cls(at, Deciders(at.parties, at.bodies), clocks, tuple(Endorser(*one) for one in at.route))


def decision_of(row: Row) -> Decision:
    """A row as the decision that it was made of, under the incident where it lies now."""
    says = {k: datetime.fromisoformat(v) if k in ("until", "due") else v for k, v in row["says"].items()}
    incidents = (row["incident"],) if row["kind"] == "step" else tuple(row["incidents"])
    return Decision(
        row["id"], row["kind"], incidents, row["by"], row["at"], row["known_at"], row["why"], says, row["position"]
    )


def steps_of(decisions: Iterable[Decision], deciders: Deciders) -> list[Decision]:
    """The steps of one incident that move it: those that count, and what parties replied."""
    all_ = list(decisions)
    counting = effective(all_, deciders, None)
    parties = names_of(deciders.parties)
    said = [d for d in all_ if d.kind == "step" and not deciders.may(d) and _is_reply(d) and name_key(d.by) in parties]
    steps = [d for d in (*counting, *said) if d.kind == "step" and d.says["step"] != "commented"]
    order = {d.id: d for d in steps}
    return sorted(order.values(), key=lambda d: (d.at, d.id))


def _is_reply(d: Decision) -> bool:
    return d.says["step"] in ("replied", "dissent")


def incident_row(
    rules: Rules,
    name: str,
    reports: Sequence[Row],
    decided: Sequence[Row],
    received: Mapping[int, datetime],
    told: Sequence[str],
) -> Row:
    """Where one incident stands.

    Args:
        rules: who may decide, how long it may stand in each state, which bodies a determination passes.
        name: its id.
        reports: its reports.
        decided: all decisions about it.
        received: by the number of a file's entry, when that was recorded.
        told: what a reader must know of where its decisions were found.

    Returns:
        Its row.
    """
    came = min((received[r["entry"]] for r in reports if r["entry"] in received), default=None)
    decisions = [decision_of(row) for row in decided]
    steps = steps_of(decisions, rules.deciders)
    latest = max(decided, key=lambda row: (row["at"], row["id"]), default=None)
    newer = _newer(reports, decided, decisions, steps, rules.deciders)
    row = _described(name, reports, [r for r in reports if r["id"] not in newer])
    row["newer"] = "\n".join(newer)
    row["newer_key"] = digest_of(f"{name}\n{row['newer']}".encode())[:16] if newer else ""
    row["severity"] = next((str(d.says["severity"]) for d in reversed(steps) if d.says.get("severity")), "")
    gone = _lapsed(rules, row, reports, steps) if endorsements(steps) else frozenset()
    course = course_of(steps, came, rules.route, gone)
    row |= {
        "state": course.state,
        "since": course.since,
        "due": due(course, rules.clocks),
        "paused": course.paused is not None,
    }
    row |= {
        "waiting": _waiting(course),
        **_turn(course),
        "outcome": _last(steps, "determined", "outcome"),
        "received": came,
        "told": list(told),
    }
    row["turn"], row["rank"], row["number"] = row["due"] or NEVER, rank_of(name), number_of(name)
    triaged = next((d for d in reversed(steps) if d.says["step"] == "triaged"), None)
    double = triaged is not None and triaged.says.get("outcome") == "duplicate_of"
    row["duplicate_of"] = str(triaged.says["of"]) if triaged is not None and double else ""
    row["last"] = latest["id"] if latest else ""
    seen = "\n".join([*sorted(r["id"] for r in reports), *sorted(d["id"] for d in decided)])
    row["version"] = hashlib.sha256(seen.encode()).hexdigest()[:12]
    return row


def _newer(
    reports: Sequence[Row],
    decided: Sequence[Row],
    decisions: Sequence[Decision],
    steps: Sequence[Decision],
    deciders: Deciders,
) -> list[str]:
    """The reports that came into an incident after it was determined; none where it is being looked at anew."""
    made = last(steps, "determined")
    if made is None or any(
        d.at > made.at and (d.says["step"] not in AFTER_IT or d.says.get("outcome") == "returned") for d in steps
    ):
        return []
    return _came_after(made, reports, decided, decisions, deciders)


def _came_after(
    made: Decision, reports: Sequence[Row], decided: Sequence[Row], decisions: Sequence[Decision], deciders: Deciders
) -> list[str]:
    """The reports that came into an incident after a decision on it, by themselves or by a merge."""
    of, entries = {d["id"]: d for d in decided}, {d["id"]: d["entry"] for d in decided}
    merges = [(entries[d.id], set(d.says["merge"])) for d in effective(decisions, deciders, None) if d.kind == "merge"]
    own = set(of[made.id]["incidents"])
    then = _together(own, [names for entry, names in merges if entry < entries[made.id]])
    joined = _together(own, [names for _, names in merges]) - then
    return sorted(r["id"] for r in reports if r["entry"] > entries[made.id] >= 0 or r["base"] in joined)


def _together(names: set[str], merges: Sequence[set[str]]) -> set[str]:
    """All that lies together with some incidents by merges."""
    for _ in merges:
        names = names.union(*(m for m in merges if m & names))
    return names


def _lapsed(rules: Rules, row: Row, reports: Sequence[Row], steps: Sequence[Decision]) -> frozenset[str]:
    """The endorsements that were given for another text than the one that would be signed."""
    told = [SimpleNamespace(**r) for r in sorted(reports, key=lambda r: str(r["id"]))]
    return lapsed(steps, body(rules.at, SimpleNamespace(**row), told, steps))


def _waiting(course: Course) -> str:
    return f",{','.join(dict.fromkeys(of for of, *_ in course.asked))}," if course.asked else ""


def _turn(course: Course) -> Row:
    """Whose turn it is to endorse what is determined."""
    turn = course.endorser if course.state == "determined" else None
    return {"endorser": turn.body if turn else "", "endorses": turn.office if turn else ""}


def _last(steps: Sequence[Decision], step: str, key: str) -> str:
    return next((str(d.says.get(key) or "") for d in reversed(steps) if d.says["step"] == step), "")


def lay_there(entry: int, incident: str, reports: Sequence[Row], moves: Sequence[Row], deciders: Deciders) -> list[Row]:
    """The reports that lay in an incident before an entry came, wherever they lie now.

    Args:
        entry: its number.
        incident: its id then.
        reports: those that may have lain there.
        moves: the merges, splits and undoings that may have brought them there, or taken them away.
        deciders: who may decide.

    Returns:
        Those that were there.
    """
    then = Rewrite(effective([decision_of(m) for m in moves if m["entry"] < entry], deciders, None))
    there = [r for r in reports if r["entry"] < entry]
    said = {"incident_id": [r["base"] for r in there], "report_id": [r["report_id"] for r in there]}
    lay = then.moved(pl.DataFrame(said, {"incident_id": pl.String, "report_id": pl.String}))["incident_id"]
    return [r for r, name in zip(there, lay, strict=True) if name == then.of(incident)]


def described(name: str, reports: Sequence[Row]) -> Row:
    """What reports say of an incident, as a row of the queue has it; nothing where there is none."""
    return _described(name, reports, reports) if reports else {}


def _described(name: str, every: Sequence[Row], reports: Sequence[Row]) -> Row:
    """What its reports say of it: the words of most of them, the place of the most precise; of what is determined, those on which that rests.
    How many there are, and what must be heeded of any, is told of every one.
    """
    said, told = [r["said"] for r in reports], [r["said"] for r in every]

    def most(key: str) -> str:
        words = [s[key] for s in said if s.get(key)]
        return max(sorted(set(words)), key=words.count) if words else ""

    placed = [r for r in reports if r["lat"] is not None and r["lon"] is not None]
    best = min(placed, key=lambda r: (r["precision_m"] or 1e9, r["id"]), default=None)
    first = min(reports, key=lambda r: (r["known_at"] is None, r["known_at"] or 0, r["id"]))
    harm = any(_HARM.search(f"{s.get('effect', '')} {s.get('summary', '')} {s.get('unit', '')}") for s in told)
    hour = hour_of((r["said"].get("stance"), r["start"], r["end"]) for r in reports)
    return {
        "id": name,
        "start": hour[0] if hour else None,
        "act": most("act"),
        "target": most("target"),
        "accused": most("actor"),
        "place": most("place_name") or most("admin1"),
        "lat": best["lat"] if best else None,
        "lon": best["lon"] if best else None,
        "summary": first["said"].get("summary", ""),
        "reports": len(every),
        "origins": len({s.get("origin") or s.get("source") for s in told}),
        "casualties": harm,
        "protected": any(_PSEUDONYM.search(word) for s in told for word in s.values() if isinstance(word, str)),
    }
