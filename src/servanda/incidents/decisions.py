"""What decisions do to reports before incidents are made of them; and the life of every incident that somebody decided about.

Merges and splits give reports another incident id; a grade replaces a source's letter. All are read in order of time, so that a split
can take a merge apart again. Nothing is deleted: the reports stay as they are, and so do the decisions.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from servanda.evidence.decisions import STEPS, Deciders, Decision
from servanda.incidents.determinations import Determination, determination_of, is_signed, replies, with_duplicates
from servanda.incidents.identity import Keys
from servanda.values.elsewhere import each
from servanda.values.names import name_key, name_keys
from servanda.wording import utc_minute


class Rewrite:
    """Merges, splits and grades, ready to be applied to any table of reports."""

    def __init__(
        self, decisions: Sequence[Decision], ids: pl.DataFrame | None = None, keys: Keys | None = None
    ) -> None:
        """``ids``: by ``key`` (made by ``keys``) those of the incidents that decisions name and no report bears (``Followed.ids``)."""
        self.ids = pl.DataFrame(schema={"key": pl.UInt64, "incident": pl.String}) if ids is None else ids
        self._keys = keys or Keys()
        self._steps = [d for d in decisions if d.kind in ("merge", "split", "grant")]
        self._grades = {
            name_key(str(d.says["grade"])): str(d.says["reliability"]) for d in decisions if d.kind == "grade"
        }
        about = [i for d in self._steps for i in d.incidents]
        self._borne = self.ids.filter(pl.col("incident").is_in(about)).rename({"incident": "_borne"})
        self.stays: dict[str, str] = {}
        for d in decisions:
            if d.kind == "merge":
                self.stays |= dict.fromkeys(d.incidents[1:], d.incidents[0])
                self.stays.pop(d.incidents[0], None)
            elif d.kind == "split":  # what comes out of a split stands for itself again
                for name in d.incidents[1:]:
                    self.stays.pop(name, None)

    def __bool__(self) -> bool:
        return bool(self._steps or self._grades)

    @property
    def grades(self) -> Mapping[str, str]:
        """By the name of a source, as it is compared, the letter that was decided."""
        return self._grades

    def of(self, incident: str) -> str:
        """Where an incident has gone by merges."""
        seen = {incident}
        while incident in self.stays and self.stays[incident] not in seen:
            incident = self.stays[incident]
            seen.add(incident)
        return incident

    def reports(self, table: pl.DataFrame) -> pl.DataFrame:
        """The same reports under the incidents and grades that were decided."""
        if self._borne.height:  # an incident that carries no id of its own gets the one that people see
            keyed = table.with_columns(key=self._keys.of_reports(table))
            meant = keyed.join(self._borne, on="key", how="left", maintain_order="left").drop("key")
            table = meant.with_columns(incident_id=pl.coalesce("incident_id", "_borne")).drop("_borne")
        return self.graded(self.moved(table), "origin")

    @property
    def left(self) -> frozenset[str]:
        """The incidents that reports may have left; those of all others are where they were."""
        return frozenset(i for d in self._steps for i in (d.incidents[1:] if d.kind == "merge" else d.incidents[:1]))

    def moved(self, table: pl.DataFrame) -> pl.DataFrame:
        """The same rows under the incidents to which they went; ``incident_id`` and ``report_id`` suffice."""
        merges: list[Decision] = []  # since the last split
        for d in self._steps:
            if d.kind == "merge":
                merges.append(d)
            elif d.kind == "split":
                table, merges = _merged(table, merges), []
                to = {str(r): str(new) for new, reports in d.says["into"].items() for r in reports}
                goes = (pl.col("incident_id") == d.incidents[0]) & pl.col("report_id").is_in(list(to))
                new = pl.col("report_id").replace_strict(to, default=None, return_dtype=pl.String)
                table = table.with_columns(incident_id=pl.when(goes).then(new).otherwise("incident_id"))
        return _merged(table, merges)

    def graded(self, table: pl.DataFrame, column: str) -> pl.DataFrame:
        """The same rows with the letters that were decided, for the sources in ``column``."""
        if not self._grades:
            return table
        letter = name_keys(pl.col(column)).replace_strict(self._grades, default=None, return_dtype=pl.String)
        return table.with_columns(reliability=pl.coalesce(letter, "reliability"))

    def batches(self, tables: Iterable[pl.DataFrame]) -> Iterable[pl.DataFrame]:
        """Every batch of reports as decisions change it."""
        return each(self.reports, tables)


def _merged(table: pl.DataFrame, merges: Sequence[Decision]) -> pl.DataFrame:
    """The same rows under the incidents to which merges brought them, one after another."""
    to: dict[str, str] = {}
    for d in reversed(merges):
        to |= dict.fromkeys(d.incidents[1:], to.get(d.incidents[0], d.incidents[0]))
    return table.with_columns(pl.col("incident_id").replace(to)) if to else table


@dataclass(frozen=True, slots=True)
class Life:
    """The life of an incident as people decided it.

    ``state``: the last step (with its outcome); ``remarks``: what a reader must know (silence, dissent, veto, unsigned, out of order);
    ``determined``: outcome and author, where there is one; ``assessed``: it has been, so that it may be disclosed; ``determination``: what
    was determined last, or by a triage as a duplicate; ``severity``: how grave it was assessed to be.
    """

    incident: str
    state: str
    determined: str
    assessed: bool
    remarks: tuple[str, ...]
    steps: tuple[Decision, ...]
    determination: Determination | None = None
    severity: str | None = None


_ORDER = {step: n for n, step in enumerate(STEPS)}
NEEDS = {"determined": "assessed", "attributed": "determined", "signed": "determined", "disclosed": "assessed"}
"""Steps that are out of order before another was taken."""


def lives(
    decisions: Sequence[Decision],
    counting: Sequence[Decision],
    deciders: Deciders,
    rewrite: Rewrite,
    as_of: datetime | None,
    remarks: Mapping[str, Sequence[str]] | None = None,
) -> tuple[Life, ...]:
    """The lives of all incidents that a step speaks of, by id.

    ``decisions``: all that there are; ``counting``: those that count (``effective``); what was undone is left out. What a party says is told as its reply, dissent, veto or position,
    and moves nothing. ``remarks``: what else a reader must know of an incident.
    """
    counts = {d.id for d in counting}
    by_incident: dict[str, list[tuple[Decision, bool]]] = {}
    for d in {d.id: d for d in decisions if as_of is None or d.known_at <= as_of}.values():
        if d.kind == "step" and (d.id in counts or not deciders.may(d)):
            by_incident.setdefault(rewrite.of(d.incidents[0]), []).append((d, d.id in counts))
    found, duplicates, signed, out = {}, {}, set[str](), []
    told: dict[str, list[str]] = {}
    for incident, what in (remarks or {}).items():
        told.setdefault(rewrite.of(incident), []).extend(what)
    for incident, said in sorted(by_incident.items()):
        steps = sorted(said, key=lambda p: (p[0].at, _ORDER[str(p[0].says["step"])], p[0].id))
        life = _life(incident, steps, as_of, deciders)
        out.append(dataclasses.replace(life, remarks=(*life.remarks, *told.get(incident, ()))))
        made = determination_of(incident, [d for d, _ in steps], lambda d: d.id in counts, deciders)
        if made is not None:
            found[incident] = made
        triaged = next((d for d, counted in reversed(steps) if counted and d.says["step"] == "triaged"), None)
        if triaged is not None and triaged.says.get("outcome") == "duplicate_of":
            duplicates[incident] = (triaged, rewrite.of(str(triaged.says["of"])))
            if is_signed(triaged, [d for d, counted in steps if counted]):
                signed.add(incident)
    standing = with_duplicates(found, duplicates, signed)
    return tuple(dataclasses.replace(life, determination=standing.get(life.incident)) for life in out)


def _life(incident: str, steps: list[tuple[Decision, bool]], now: datetime | None, deciders: Deciders) -> Life:
    passed: set[str] = set()
    remarks: list[str] = []
    state, determined, closed, stood = "reported", "", False, ""
    for d, counts in steps:
        step, outcome = str(d.says["step"]), str(d.says.get("outcome") or "")
        when = utc_minute(d.at)
        if step == "dissent":
            remarks.append(f"dissent of {d.by} ({when}): {d.why}")
            continue
        if step == "commented":
            remarks.append(f"comment of {d.by} ({when}): {d.why}")
            continue
        if step == "replied":
            remarks.append(f"reply of {d.by} ({when}): {d.why}")
            continue
        if step == "signed" and outcome == "vetoed":
            remarks.append(f"veto of {d.by} ({when}): {d.why}; the finding stands and stays unsigned")
            continue
        if not counts:
            position = f"{step} {outcome}".strip().replace("_", " ")
            remarks.append(f"position of {d.by} ({when}), which decides nothing: {position}")
            continue
        if step in ("paused", "resumed"):
            remarks.append(f"clock {step} by {d.by} ({when}): {d.why}")
            continue
        if closed and step not in ("reopened", "disclosed"):
            remarks.append(f"{step} by {d.by} ({when}) although it was closed")
        if step in NEEDS and NEEDS[step] not in passed:
            remarks.append(f"{step} by {d.by} ({when}) before it was {NEEDS[step]}")
        passed.add(step)
        state = f"{step} ({outcome.replace('_', ' ')})" if outcome else step
        if step == "determined":
            determined = f"{outcome.replace('_', ' ')} by {d.by}"
            if stood:
                remarks.append(
                    f"determined {outcome.replace('_', ' ')} by {d.by} ({when}) although {stood} was signed, and not reopened"
                )
        stood = determined if step == "signed" else "" if step == "reopened" else stood
        if step == "triaged" and outcome == "duplicate_of":
            state = f"triaged (duplicate of {d.says['of']})"
        closed = step == "closed" or (closed and step != "reopened")
    remarks += _silences(steps, now, deciders)
    if "determined" in passed and "signed" not in passed:
        remarks.append("unsigned")
    severity = [str(d.says["severity"]) for d, counts in steps if counts and d.says.get("severity")]
    return Life(
        incident,
        state,
        determined,
        "assessed" in passed,
        tuple(remarks),
        tuple(d for d, _ in steps),
        severity=severity[-1] if severity else None,
    )


def _silences(steps: list[tuple[Decision, bool]], now: datetime | None, deciders: Deciders) -> list[str]:
    """Who was given the right to reply and did not use it in its time; without an instant (``now``) every time has passed."""
    out = []
    for d, counts in steps:
        until, of = d.says.get("until"), str(d.says.get("of", ""))
        if counts and d.says["step"] == "right_of_reply" and until is not None:
            answers = [reply.at for reply in replies(d, [step for step, _ in steps], deciders)]
            if any(at <= until for at in answers):
                continue
            if answers:
                out.append(f"{of} replied after its time, which ended {utc_minute(until)}")
            elif now is None:
                out.append(f"silence: no reply of {of} by {utc_minute(until)} is known")
            elif now >= until:
                out.append(f"silence: {of} did not reply by {utc_minute(until)}")
    return out
