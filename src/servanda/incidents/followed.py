"""Where the incidents lie that people decided about: a decision follows the reports that it was about.

A decision names an incident by its id. Every report has the id that it would found (``identity.report_ids``): that of its incident may be
another's, or one that its reports bear. So whichever of its reports a decision names, it finds the incident; and where an id has been
parted since, the part that was known then. What moved, parted or is found nowhere is told.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from servanda.evidence.decisions import Decision
from servanda.incidents.describe import members_of, named
from servanda.incidents.identity import Keys, content_ids_of_old, report_ids
from servanda.incidents.parted import Parted
from servanda.values.elsewhere import each

NAMED: dict[str, pl.DataType] = {"key": pl.UInt64(), "incident": pl.String()}
_MOVED = "decisions on an incident whose founding report lies in another incident here (they follow it)"
_PARTED = "decisions on an id whose reports cannot be one event (they count for the part that kept the id)"
_NOWHERE = "decisions on an incident that no report here bears or founds (they decide nothing)"
_OLD = len("x-") + 12


@dataclass(frozen=True)
class Followed:
    """Decisions by the ids that their incidents have here.

    ``names``: by the id that a decision names the one here; ``ids``: by ``key`` the id of those incidents that bear none of their own; ``remarks``: by incident what a reader must know of where
    it was found; ``notes``: the same in numbers; ``nowhere``: by the id of a decision, the incidents that it names and that are not here.
    """

    decisions: tuple[Decision, ...]
    names: Mapping[str, str] = field(default_factory=dict)
    ids: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=NAMED))
    remarks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notes: Counter[str] = field(default_factory=Counter)
    nowhere: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def follow(
    decisions: Sequence[Decision],
    batches: Callable[[], Iterable[pl.DataFrame]],
    parted: Parted,
    keys: Keys,
    as_of: datetime | None,
    id_key: bytes = b"",
) -> Followed:
    """Find the incidents that decisions are about.

    Args:
        decisions: all that there are.
        batches: the reports, their ids parted; asked for only where a decision names an incident.
        parted: which ids were parted.
        keys: by which incidents are grouped.
        as_of: what became known later is left out.
        id_key: the key of ids of a record; none outside.

    Returns:
        The decisions in the same order.
    """
    wanted = named_by(decisions)
    if not wanted:
        return Followed(tuple(decisions))
    borne, ids, lies = _lying(wanted, batches, keys, as_of, id_key)
    made = {name for d in decisions for name in _made_by(d)}
    remarks: dict[str, list[str]] = {}
    notes: Counter[str] = Counter()
    out: list[Decision] = []
    names: dict[str, str] = {}
    nowhere: dict[str, tuple[str, ...]] = {}
    for d in decisions:
        to = {}
        for name in _about(d):
            parts = parted.meant(name, d.at)
            found = parts if parts != [name] or name in borne else lies.get(name, [])
            whole, _, founder = name.removesuffix(")").rpartition(" (")
            if not found and whole in borne:  # it was a part
                found = [parted.of_origin(whole, founder)]
            here = name if name in found else found[0] if found else name
            to[name] = here
            told = _told(name, here, found)
            if told is not None and (found or name not in made):
                notes[told[0]] += 1
                remarks.setdefault(here, []).append(told[1])
                if not found:
                    nowhere[d.id] = (*nowhere.get(d.id, ()), name)
        out.append(_renamed(d, to))
        names |= to
    told_once = {incident: tuple(dict.fromkeys(said)) for incident, said in remarks.items()}
    return Followed(tuple(out), names, ids, told_once, notes, nowhere)


def named_by(decisions: Iterable[Decision]) -> set[str]:
    """The ids that decisions name, but for those that they make; of a part also that of which it is one."""
    wanted = {name for d in decisions for name in _about(d)}
    return wanted | {name.rpartition(" (")[0] for name in wanted if name.endswith(")")}


def _told(name: str, here: str, found: Sequence[str]) -> tuple[str, str] | None:
    """What a reader must know of where a decision on an incident was found: the note, and the remark on the incident."""
    if not found:
        return _NOWHERE, f"{name} is found nowhere: no report bears this id or founds it"
    if len(found) > 1:
        return _PARTED, f"decided about as {name}, whose reports are parted now: {', '.join(found)}"
    return (_MOVED, f"decided about as {name}, whose founding report lies here now") if here != name else None


def _about(d: Decision) -> tuple[str, ...]:
    """The incidents that a decision names, but for those that it makes."""
    of = (str(d.says["of"]),) if d.says.get("outcome") == "duplicate_of" else ()
    return (*(d.incidents[:1] if d.kind == "split" else d.incidents), *of)


def _made_by(d: Decision) -> tuple[str, ...]:
    """The ids that a decision gives."""
    return {"merge": d.incidents[:1], "split": d.incidents[1:]}.get(d.kind, ())


def _renamed(d: Decision, to: Mapping[str, str]) -> Decision:
    if all(name == here for name, here in to.items()):
        return d
    says = dict(d.says)
    if says.get("outcome") == "duplicate_of":
        says["of"] = to[str(says["of"])]
    made = d.incidents[1:] if d.kind == "split" else ()
    incidents = dict.fromkeys(to.get(name, name) for name in d.incidents[: len(d.incidents) - len(made)])
    return dataclasses.replace(d, incidents=(*incidents, *made), says=says)


def _lying(
    wanted: set[str],
    batches: Callable[[], Iterable[pl.DataFrame]],
    keys: Keys,
    as_of: datetime | None,
    id_key: bytes,
) -> tuple[set[str], pl.DataFrame, dict[str, list[str]]]:
    """Which of these ids some report bears; by key the ids of the other incidents; and by id that a report would found, where that lies."""
    ours = [name for name in wanted if name.startswith("x-")]
    founding = [
        (report_ids, [n for n in ours if len(n) != _OLD]),
        (content_ids_of_old, [n for n in ours if len(n) == _OLD]),
    ]
    borne: set[str] = set()
    hits: list[pl.DataFrame] = []

    def met(every: pl.DataFrame) -> tuple[set[str], list[pl.DataFrame]]:
        rows = every if as_of is None else every.filter(pl.col("known_at") <= as_of)
        bears, hit = rows["incident_id"], []
        for made, names in founding:
            if names:
                of = rows.with_columns(name=made(rows, id_key)).filter(pl.col("name").is_in(names))
                hit.append(of.select("name", "incident_id", key=keys.of_reports(of)))
        return set(bears.filter(bears.is_in(list(wanted))).to_list()), hit

    for bears, hit in each(met, batches()):
        borne |= bears
        hits += hit
    found = pl.concat(hits) if hits else pl.DataFrame(schema={"name": pl.String, "incident_id": pl.String, **NAMED})
    unnamed = found.filter(pl.col("incident_id").is_null()).select("key").unique()

    def again(some: pl.DataFrame) -> pl.DataFrame:
        return members_of(batches(), some, keys, as_of, id_key=id_key)

    ids = named(again(unnamed), again, id_key) if unnamed.height else pl.DataFrame(schema=NAMED)
    placed = found.join(ids, on="key", how="left").select("name", at=pl.coalesce("incident_id", "incident"))
    lies = placed.unique().sort("name", "at").group_by("name", maintain_order=True).agg("at")
    return borne, ids, dict(zip(lies["name"].to_list(), lies["at"].to_list(), strict=True))
