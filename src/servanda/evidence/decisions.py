"""What people decided about evidence: the life of an incident, merges and splits, grades, exceptions granted. Decisions are evidence too.

A YAML file among the evidence; ``docs/formats.md``, Decisions, has every word::

    decisions:
      - {incident: I-7, step: triaged, outcome: in_scope, by: Chair, at: 2025-04-01T10:00, why: inside the zone}
      - {merge: [I-7, I-9], into: I-7, by: Chair, at: 2025-04-01T11:00, why: one strike that two posts heard}

Each has its author, its time and its reason. What a party decides is its position and changes nothing.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from servanda.errors import EvidenceError, Fault
from servanda.evidence.model import GRADES
from servanda.values.document import Document, Path_, read_document
from servanda.values.files import FileLike
from servanda.values.time import parse_instant

STEPS: dict[str, tuple[str, ...]] = {
    "reported": (),
    "triaged": ("in_scope", "not_applicable", "duplicate_of"),
    "tasked": (),
    "assessed": (),
    "right_of_reply": (),
    "replied": (),
    "determined": ("confirmed", "partly", "unsubstantiated", "inconclusive", "excused"),
    "attributed": ("none", "direction", "territory", "party", "unit"),
    "signed": ("agreed", "agreed_with_dissent", "vetoed"),
    "dissent": (),
    "disclosed": (),
    "followed_up": (),
    "closed": (),
    "reopened": (),
}
"""The steps in the life of an incident, in their usual order, each with its possible outcomes (none: it has no outcome)."""
_COMMON = frozenset({"by", "at", "known_at", "why"})
_WORDS: dict[str, frozenset[str]] = {
    "step": frozenset({"incident", "step", "outcome", "of", "until", "tier"}),
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


def read_decisions(file: FileLike, zone: ZoneInfo, *, by_party: bool = False) -> list[Decision]:
    """The decisions of a file, in its order; ``by_party``: a party signed it. Raises :class:`EvidenceError` with every fault, line and column."""
    document, faults = read_document(file)
    if document is None:
        raise EvidenceError(*faults)
    for key in document.data:
        if key != "decisions":
            faults.append(
                document.fault((key,), f"{key!r} is an unknown word here", "a file of decisions has 'decisions:'")
            )
    listed = document.data["decisions"]
    if not isinstance(listed, list):
        raise EvidenceError(document.fault(("decisions",), "must be a list", "see docs/formats.md, Decisions"))
    out = [
        d
        for n, said in enumerate(listed)
        if (d := _decision(document, ("decisions", n), said, zone, faults)) is not None
    ]
    if faults:
        raise EvidenceError(*faults)
    return [dataclasses.replace(d, by_party=by_party) for d in out]


def _decision(document: Document, at: Path_, said: Any, zone: ZoneInfo, faults: list[Fault]) -> Decision | None:
    kinds = [k for k in _WORDS if isinstance(said, dict) and k in said]
    if len(kinds) != 1:
        faults.append(document.fault(at, "is no decision, or two at once", f"write one of {', '.join(_WORDS)}"))
        return None
    kind, before = kinds[0], len(faults)

    def fault(word: str, what: str, hint: str) -> None:
        faults.append(document.fault((*at, word) if word in said else at, what, hint))

    for word in said:
        if word not in _WORDS[kind] | _COMMON:
            fault(word, f"{word!r} is an unknown word here", f"known: {', '.join(sorted(_WORDS[kind] | _COMMON))}")
    for word in ("by", "at", "why"):
        if said.get(word) in (None, ""):
            fault(word, f"does not say {word!r}", "every decision has its author, time and reason")
    for word in said:
        if isinstance(said[word], bool):
            fault(word, f"{word!r} is read as yes or no", "put the words in quotes")
    times = {}
    for word in ("at", "known_at", "until"):
        try:
            times[word] = parse_instant(said[word], zone) if said.get(word) is not None else None
        except ValueError as error:
            fault(word, str(error), "write it as 2025-04-01T10:00")
    incidents = _of_kind(kind, said, fault)
    if len(faults) > before:
        return None
    moment = times["at"]
    assert moment is not None
    says = {k: v for k, v in said.items() if k not in _COMMON}
    if times["until"] is not None:
        says["until"] = times["until"]
    return Decision(
        decision_id(said), kind, incidents, str(said["by"]), moment, times["known_at"] or moment, str(said["why"]), says
    )


def _of_kind(kind: str, said: Mapping[str, Any], fault: Any) -> tuple[str, ...]:
    """The incidents it is about; faults for what is wrong with its own words."""
    if kind == "step":
        step, outcome = said["step"], said.get("outcome")
        if step not in STEPS:
            fault("step", f"{step!r} is no step in the life of an incident", f"one of {', '.join(STEPS)}")
        elif (STEPS[step] and outcome not in STEPS[step]) or (not STEPS[step] and outcome is not None):
            fault("outcome", f"{outcome!r} is no outcome of {step!r}", f"one of {', '.join(STEPS[step]) or 'none'}")
        if step == "right_of_reply" and (not said.get("until") or not said.get("of")):
            fault("step", "does not say who may reply, and until when", "add 'of: PARTY' and 'until: ...'")
        if outcome == "duplicate_of" and not said.get("of"):
            fault("outcome", "does not say of which incident", "add 'of: ...'")
        if not said.get("incident"):
            fault("incident", "does not say of which incident", "add 'incident: ...'")
        return (str(said.get("incident")),)
    if kind == "merge":
        names = said["merge"]
        if not isinstance(names, list) or len({str(n) for n in names}) < 2:
            fault("merge", "needs two incidents or more", "write merge: [I-7, I-9]")
            return ()
        stays = str(said.get("into") or min(map(str, names)))
        return (stays, *(str(n) for n in names if str(n) != stays))
    if kind == "split":
        into = said.get("into")
        if not isinstance(into, dict) or not all(isinstance(v, list) and v for v in into.values()):
            fault("into", "does not say which reports go where", "write into: {I-7a: [R1, R2], I-7b: [R3]}")
            return ()
        reports = [str(r) for v in into.values() for r in v]
        if len(set(reports)) < len(reports):
            fault("into", "puts one report into two incidents", "each report goes to one")
        return (str(said["split"]), *map(str, into))
    if kind == "grade":
        if said.get("reliability") not in GRADES:
            fault(
                "reliability",
                f"{said.get('reliability')!r} is no Admiralty letter",
                "A (reliable) to F (cannot be judged)",
            )
        return ()
    if kind == "grant":
        for word in ("term", "incident"):
            if not said.get(word):
                fault(word, f"does not say which {word}", f"add '{word}: ...'")
        return (str(said.get("incident")),)
    return ()


def decision_id(said: Mapping[str, Any]) -> str:
    """``d-`` and ten hex digits of the SHA-256 of what a decision says (JSON, keys in order): what 'undo' names."""
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, default=str)
    return "d-" + hashlib.sha256(text.encode()).hexdigest()[:10]


@dataclass(frozen=True)
class Deciders:
    """Who may decide: ``bodies`` only, where the agreement names any; else everybody but the ``parties``. Names short and long."""

    parties: Mapping[str, str]
    bodies: Mapping[str, str] = field(default_factory=dict)

    def may(self, d: Decision) -> bool:
        """Whether a decision is more than its author's position."""
        name = plain_name(d.by)
        if d.by_party or name in _names(self.parties):
            return False
        return not self.bodies or name in _names(self.bodies)


def _names(actors: Mapping[str, str]) -> set[str]:
    return {plain_name(name) for pair in actors.items() for name in pair}


def plain_name(name: str) -> str:
    """A name as it is meant, whatever it looks like: one form of each letter, no case, nothing unprintable, no stray spaces or stops."""
    seen = "".join(
        c for c in unicodedata.normalize("NFKC", name) if c.isprintable() and unicodedata.category(c) != "Cf"
    )
    return " ".join(seen.casefold().split()).strip(" .,;:'\"")


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
