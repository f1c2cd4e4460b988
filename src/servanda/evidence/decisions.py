"""What people decided about evidence: the life of an incident, merges and splits, grades, exceptions granted. Decisions are evidence too.

A YAML file among the evidence; ``docs/formats.md``, Decisions, has every word::

    decisions:
      - {incident: I-7, step: triaged, outcome: in_scope, by: Chair, at: 2025-04-01T10:00, why: inside the zone}
      - {merge: [I-7, I-9], into: I-7, by: Chair, at: 2025-04-01T11:00, why: one strike that two posts heard}

Each has its author, its time and its reason. What a party decides is its position and changes nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from servanda.errors import EvidenceError, Fault
from servanda.evidence.model import GRADES
from servanda.values.document import Document, Path_, read_document
from servanda.values.files import FileLike
from servanda.values.names import name_key, names_of
from servanda.values.time import parse_instant
from servanda.wording import either

STEPS: dict[str, tuple[str, ...]] = {
    "reported": (),
    "triaged": ("in_scope", "not_applicable", "duplicate_of"),
    "tasked": (),
    "assessed": (),
    "right_of_reply": (),
    "replied": (),
    "determined": ("confirmed", "partly", "unsubstantiated", "inconclusive", "excused"),
    "attributed": ("none", "direction", "territory", "party", "unit"),
    "endorsed": ("agreed", "returned"),
    "signed": ("agreed", "agreed_with_dissent", "vetoed"),
    "dissent": (),
    "disclosed": (),
    "followed_up": (),
    "closed": (),
    "reopened": (),
    "paused": (),
    "resumed": (),
    "commented": (),
}
"""The steps in the life of an incident, in their usual order, each with its possible outcomes (none: it has no outcome)."""
_COMMON = frozenset({"by", "at", "known_at", "why", "person", "after"})
_OF_STEPS: dict[str, tuple[str, ...]] = {
    "severity": ("assessed", "determined"),
    "term": ("determined",),
    "team": ("tasked",),
    "due": ("tasked",),
    "route": ("tasked",),
    "method": ("assessed",),
    "attachments": ("assessed", "replied", "commented"),
    "finding": ("endorsed", "signed"),
}
"""Keys that only some steps have."""
_KEYS: dict[str, frozenset[str]] = {
    "step": frozenset({"incident", "step", "outcome", "of", "until", "tier", *_OF_STEPS}),
    "merge": frozenset({"merge", "into"}),
    "split": frozenset({"split", "into"}),
    "grade": frozenset({"grade", "reliability"}),
    "grant": frozenset({"grant", "term", "incident"}),
    "undo": frozenset({"undo"}),
}


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision. ``incidents``: those it is about (a merge: first the one that stays); ``says``: the words of its kind."""

    id: str
    kind: str
    incidents: tuple[str, ...]
    by: str
    at: datetime
    known_at: datetime
    why: str
    says: Mapping[str, Any] = field(default_factory=dict)
    by_party: bool = False
    """A party signed the file in which it stands, whoever it says decided."""


def holds_decisions(file: FileLike) -> bool:
    """Whether a YAML file holds decisions, and not a register of sources."""
    document, _ = read_document(file)
    return document is not None and "decisions" in document.data


def read_decisions(file: FileLike, zone: ZoneInfo, *, severity: Sequence[str] | None = None) -> list[Decision]:
    """Read a file of decisions.

    Args:
        file: a YAML file, on disk or in memory.
        zone: the zone of times that do not name one.
        severity: the mandate's scale; left out, a severity may be any word.

    Returns:
        The decisions, in the file's order.

    Raises:
        EvidenceError: with every fault found, each with its line and column.
    """
    document, faults = read_document(file)
    if document is None:
        raise EvidenceError(*faults)
    for key in document.data:
        if key != "decisions":
            faults.append(document.fault((key,), f"unknown key {key!r}", "one of: decisions", code="EVD030"))
    listed = document.data["decisions"]
    if not isinstance(listed, list):
        raise EvidenceError(
            document.fault(("decisions",), "must be a list", "see docs/formats.md, Decisions", code="EVD030")
        )
    out = [
        d
        for n, entry in enumerate(listed)
        if (d := _decision(document, ("decisions", n), entry, zone, faults, severity)) is not None
    ]
    if faults:
        raise EvidenceError(*faults)
    return out


def _decision(
    document: Document, at: Path_, entry: Any, zone: ZoneInfo, faults: list[Fault], scale: Sequence[str] | None
) -> Decision | None:
    kinds = [k for k in _KEYS if isinstance(entry, dict) and k in entry]
    if len(kinds) != 1:
        what = f"not a valid decision: {'two' if kinds else 'none'} of its keys {'name' if kinds else 'names'} its kind"
        faults.append(document.fault(at, what, f"one of: {', '.join(_KEYS)}", code="EVD031"))
        return None
    kind, before = kinds[0], len(faults)

    def fault(key: str, what: str, hint: str, *, code: str) -> None:
        faults.append(document.fault((*at, key) if key in entry else at, what, hint, code=code))

    for key in entry:
        if key not in _KEYS[kind] | _COMMON:
            fault(key, f"unknown key {key!r}", f"one of: {', '.join(sorted(_KEYS[kind] | _COMMON))}", code="EVD030")
    for key in ("by", "at", "why"):
        if entry.get(key) in (None, ""):
            fault(key, f"does not say {key!r}", "every decision has its author, time and reason", code="EVD032")
    if not _words_only(entry, fault):
        return None
    times = {}
    for key in ("at", "known_at", "until", "due"):
        try:
            times[key] = parse_instant(entry[key], zone) if entry.get(key) is not None else None
        except ValueError as error:
            fault(key, str(error), "write it as 2025-04-01T10:00", code="EVD034")
    incidents = _of_kind(kind, entry, fault)
    _assessed(entry, scale, fault)
    if len(faults) > before:
        return None
    moment = times["at"]
    assert moment is not None
    says = {k: v for k, v in entry.items() if k not in _COMMON}
    says |= {key: times[key] for key in ("until", "due") if times[key] is not None}
    says |= {key: str(entry[key]) for key in ("person", "after") if entry.get(key) is not None}
    return Decision(
        decision_id(entry),
        kind,
        incidents,
        str(entry["by"]),
        moment,
        times["known_at"] or moment,
        str(entry["why"]),
        says,
    )


def _words_only(entry: Mapping[str, Any], fault: Any) -> bool:
    """Whether there is a word, a number or a time wherever one belongs; faults where YAML has something else there."""
    sound = True
    for key, value in entry.items():
        inner: list[Any] = [value]
        if key in ("merge", "attachments") and isinstance(value, list):
            inner = value
        elif key == "into" and isinstance(value, dict):
            inner = [word for listed in value.values() for word in (listed if isinstance(listed, list) else [listed])]
        if any(isinstance(word, bool) for word in inner):
            fault(key, f"{key!r} is read as yes or no", "put the words in quotes", code="EVD033")
        elif any(isinstance(word, list | dict) for word in inner):
            fault(key, f"{key!r} is not one word", "write one word, number or time, without brackets", code="EVD033")
        else:
            continue
        sound = False
    return sound


def _of_kind(kind: str, entry: Mapping[str, Any], fault: Any) -> tuple[str, ...]:
    """The incidents it is about; faults for what is wrong with its own words."""
    if kind == "step":
        step, outcome = entry["step"], entry.get("outcome")
        if step not in STEPS:
            fault("step", f"not a valid step: {step!r}", f"one of: {', '.join(STEPS)}", code="EVD035")
        elif (STEPS[step] and outcome not in STEPS[step]) or (not STEPS[step] and outcome is not None):
            fault(
                "outcome",
                f"not a valid outcome of {step!r}: {outcome!r}",
                f"one of: {', '.join(STEPS[step]) or 'none'}",
                code="EVD035",
            )
        if step == "right_of_reply" and (not entry.get("until") or not entry.get("of")):
            fault(
                "step", "does not say who may reply, and until when", "add 'of: PARTY' and 'until: ...'", code="EVD036"
            )
        if outcome == "duplicate_of" and not entry.get("of"):
            fault("outcome", "does not say of which incident", "add 'of: ...'", code="EVD036")
        if not entry.get("incident"):
            fault("incident", "does not say of which incident", "add 'incident: ...'", code="EVD036")
        return (str(entry.get("incident")),)
    if kind == "merge":
        names = entry["merge"]
        if not isinstance(names, list) or len({str(n) for n in names}) < 2:
            fault("merge", "needs two incidents or more", "write merge: [I-7, I-9]", code="EVD037")
            return ()
        stays = str(entry.get("into") or min(map(str, names)))
        return (stays, *(str(n) for n in names if str(n) != stays))
    if kind == "split":
        into = entry.get("into")
        if not isinstance(into, dict) or not all(isinstance(v, list) and v for v in into.values()):
            fault(
                "into", "does not say which reports go where", "write into: {I-7a: [R1, R2], I-7b: [R3]}", code="EVD037"
            )
            return ()
        reports = [str(r) for v in into.values() for r in v]
        if len(set(reports)) < len(reports):
            fault("into", "puts one report into two incidents", "each report goes to one", code="EVD037")
        return (str(entry["split"]), *map(str, into))
    if kind == "grade":
        if entry.get("reliability") not in GRADES:
            what = f"not a valid reliability: {entry.get('reliability')!r}"
            fault("reliability", what, "A (reliable) to F (cannot be judged)", code="EVD023")
        return ()
    if kind == "grant":
        for key in ("term", "incident"):
            if not entry.get(key):
                fault(key, f"does not say which {key}", f"add '{key}: ...'", code="EVD036")
        return (str(entry.get("incident")),)
    return ()


def _assessed(entry: Mapping[str, Any], scale: Sequence[str] | None, fault: Any) -> None:
    """Faults for a severity at the wrong step, or that is not on the mandate's scale."""
    for key, steps in _OF_STEPS.items():
        if entry.get("step") and entry.get(key) is not None and entry["step"] not in steps:
            what = f"the step {entry['step']!r} does not say {key!r}"
            fault(key, what, f"say it where it is {either(list(steps))}", code="EVD038")
    severity = entry.get("severity")
    if severity is not None and scale is not None and severity not in scale:
        hint = (
            f"one of: {', '.join(scale)}"
            if scale
            else "give the scale in the mandate: severity: [minor, serious, grave]"
        )
        fault("severity", f"not on the mandate's scale of severity: {severity!r}", hint, code="EVD038")


def decision_id(entry: Mapping[str, Any]) -> str:
    """``d-`` and ten hex digits of the SHA-256 of what a decision says (JSON, keys in order): what 'undo' names."""
    text = json.dumps(entry, sort_keys=True, ensure_ascii=False, default=str)
    return "d-" + hashlib.sha256(text.encode()).hexdigest()[:10]


@dataclass(frozen=True)
class Deciders:
    """Who may decide: ``bodies`` only, where the agreement names any; else everybody but the ``parties``. Names short and long."""

    parties: Mapping[str, str]
    bodies: Mapping[str, str] = field(default_factory=dict)

    def may(self, d: Decision) -> bool:
        """Whether a decision is more than its author's position."""
        return not d.by_party and self.counts(d.by)

    def counts(self, by: str) -> bool:
        """Whether what is decided in a name is more than a position."""
        name = name_key(by)
        if name in names_of(self.parties):
            return False
        return not self.bodies or name in names_of(self.bodies)


def effective(decisions: Sequence[Decision], deciders: Deciders, as_of: datetime | None) -> list[Decision]:
    """Those that count, in order of time: known by then, not undone, once each, and by somebody who may decide.

    An undoing can be undone.
    """
    known = {d.id: d for d in decisions if (as_of is None or d.known_at <= as_of) and deciders.may(d)}
    ordered = sorted(known.values(), key=lambda d: (d.at, d.id))
    undone: set[str] = set()
    for d in reversed(ordered):
        if d.kind == "undo" and d.id not in undone:
            undone.add(str(d.says["undo"]))
    return [d for d in ordered if d.id not in undone and d.kind != "undo"]
