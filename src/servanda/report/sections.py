"""What each section of the page shows: a term, an incident, a watch, a published count. Nothing is judged here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from servanda.agreement import Term
from servanda.agreement.plain_language import say_term
from servanda.coverage import Gap, Watch
from servanda.evidence.decisions import Decision
from servanda.report.map_picture import doubt_words, draw_map
from servanda.report.picture import draw_time, marks_of
from servanda.verdicts import Verdict, Verification
from servanda.verdicts.bodies.decisions import decision_words
from servanda.verdicts.findings_table import STATUSES, weighing
from servanda.verdicts.model import Step

SHOWN_MEMBERS = 40
WORDS = {
    "not_in_force": ("\u2013", "not in force", "The term does not bind in this window."),
    "not_due": ("◷", "not due", "The time for this duty has not run out, or nothing has called for it."),
    "complied": (
        "✓",
        "complied",
        "Nothing was found where it would have been seen (not that the party complied), or a duty is shown done in time.",
    ),
    "breached": ("✕", "breached", "At least one incident is confirmed and not excused."),
    "excused": ("◐", "excused", "What would be a breach falls under an exception."),
    "disputed": ("⇄", "disputed", "One reading finds a breach, and another finds none."),
    "undetermined": ("?", "undetermined", "Not enough was seen, or there are only claims."),
}

_QUIET = ("undetermined", "not_due", "not_in_force")
"""Verdicts that settle nothing; of a term of which nothing is told, such rows are folded together."""


@dataclass(frozen=True)
class Cell:
    """One cell of the strip: a verdict of one reading."""

    verdict: Verdict
    icon: str
    word: str
    why: str

    @property
    def steps(self) -> list[tuple[Step, int]]:
        """The steps, each with the number of the first that uses the same incidents: a list of them is shown once."""
        first: dict[Sequence[str], int] = {}
        return [(step, first.setdefault(step.uses, step.n)) for step in self.verdict.steps]


def _cell(verdict: Verdict) -> Cell:
    icon, word, why = WORDS[verdict.verdict]
    return Cell(verdict, icon, word, why)


class ByTerm:
    """What was found, by the id of the term; asked for once and not for every term anew."""

    def __init__(self, verification: Verification) -> None:
        self.findings, self.acts = (_parted(table) for table in (verification.findings, verification.acts))
        self.verdicts: dict[str, list[Verdict]] = {}
        self.slices: dict[str, list[Verdict]] = {}
        for by_term, verdicts in ((self.verdicts, verification.verdicts), (self.slices, verification.slices)):
            for verdict in verdicts:
                by_term.setdefault(verdict.term, []).append(verdict)


def _parted(table: pl.DataFrame) -> defaultdict[str, pl.DataFrame]:
    parts = table.partition_by("term", as_dict=True, maintain_order=True)
    return defaultdict(table.clear, {str(term): rows for (term,), rows in parts.items()})


def term_section(
    verification: Verification, found: ByTerm, term: str, shown: pl.DataFrame, *, alone: bool = False
) -> dict[str, Any]:
    """One term: its words, its verdicts, its map and its time line with the incidents that are ``shown``; ``alone``: without other places."""
    agreement = verification.agreement
    texts = [(text.reading, t) for text in agreement.texts for t in text.terms if t.id == term]
    marks = marks_of(found.findings[term], shown, found.acts[term])
    watched = [(reading, m) for reading, _ in texts if (m := verification.coverage.get((reading, term))) is not None]
    measured = [(reading or "", m) for reading, m in watched]
    first = texts[0][1]
    lanes = list(first.binds) if agreement.mandate.attribution else [""]
    return {
        "id": term,
        "title": first.title,
        "text": first.text,
        "source": first.source,
        "plain": [(reading, say_term(agreement, t)) for reading, t in texts],
        "place": first.what.place_words if first.what else "",
        "rows": _verdict_rows(verification, found.verdicts.get(term, ())),
        "exceptions": first.exemptions,
        "map": draw_map(
            agreement,
            _place(first),
            [m for _, m in measured],
            marks,
            f"m-{term}",
            alone=alone,
        ),
        "doubt": doubt_words(marks),
        "owed": any(mark.owed for mark in marks),
        "time": draw_time(
            agreement.reporting_day,
            [(r or "", t.window) for r, t in texts],
            measured,
            agreement.mandate.detection,
            marks,
            lanes,
            f"t-{term}",
        ),
        "coverage": watched,
        "days": _days(verification, found.slices.get(term, ())),
        "told": bool(marks),
        "quiet": not marks and all(v.verdict in _QUIET and not v.measure for v in found.verdicts.get(term, ())),
    }


def _verdict_rows(verification: Verification, verdicts: Sequence[Verdict]) -> list[dict[str, Any]]:
    """A row per party: a cell for each reading, and one for all of them together where there are several."""
    texts = verification.agreement.texts
    cells: dict[str | None, dict[str | None, Cell]] = {}
    for v in verdicts:
        cells.setdefault(v.party, {})[v.reading] = _cell(v)
    return [
        {
            "party": party,
            "readings": [by_reading[text.reading] for text in texts if text.reading in by_reading],
            "combined": by_reading.get(None) if len(texts) > 1 else None,
        }
        for party, by_reading in cells.items()
    ]


def _place(term: Term) -> str | None:
    """The place that is drawn: the term's own, or that of the first whom it binds."""
    return term.what.at(term.binds[0] if term.binds else None).place if term.what else None


def _days(verification: Verification, slices: Sequence[Verdict]) -> list[dict[str, Any]]:
    """A strip of slices per party and reading, where they were asked for."""
    out: dict[tuple[str | None, str | None], list[Cell]] = {}
    for v in slices:
        if v.reading is not None or len(verification.agreement.texts) == 1:
            out.setdefault((v.party, v.reading), []).append(_cell(v))
    return [{"party": party, "reading": reading, "cells": cells} for (party, reading), cells in out.items()]


def watch_lines(verification: Verification) -> list[dict[str, Any]]:
    """The watches as the page shows them."""
    checks = {row["watch"]: row for row in verification.watches.iter_rows(named=True)}
    watches = sorted(verification.watched.watches, key=lambda watch: watch.id)
    return [_watch_line(verification, watch, checks[watch.id]) for watch in watches]


def _watch_line(verification: Verification, watch: Watch, check: Mapping[str, Any]) -> dict[str, Any]:
    """One watch as the page shows it, with what others saw there, and the terms whose acts and places it can see something of."""
    parent = verification.agreement.vocabulary.acts.parent
    return {
        "watch": watch,
        "check": check,
        "detects": sorted(c for c in watch.detects if parent[c] not in watch.detects),
        "serves": _served_by(verification, watch),
        "start": watch.times[0].start if watch.times else None,
        "end": watch.times[-1].end if watch.times else None,
        "spells": len(watch.times),
    }


def _served_by(verification: Verification, watch: Watch) -> list[str]:
    """The titles of the terms whose acts and places a watch can see something of, each once, in the order of the agreement."""
    acts = verification.agreement.vocabulary.acts
    titles = [
        term.title
        for text in verification.agreement.texts
        for term in text.terms
        if term.what is not None
        and acts.leaves(term.what.act_codes) & watch.detects
        and verification.coverage[text.reading, term.id].cells.covered(watch.where).any()
    ]
    return list(dict.fromkeys(titles))


def gap_line(gap: Gap) -> dict[str, Any]:
    """One outage or denial of access."""
    return {
        "gap": gap,
        "watches": ", ".join(sorted(gap.watches)) if gap.watches else "all",
        "start": gap.times[0].start if gap.times else None,
        "end": gap.times[-1].end if gap.times else None,
    }


def incident_section(verification: Verification, shown: pl.DataFrame) -> list[dict[str, Any]]:
    """Incidents with their findings and members; those first that weigh most, then in order of time."""
    findings = _by_incident(verification.findings, shown)
    weigh = _by_incident(weighing(verification.findings), shown)
    members = _by_incident(verification.members, shown)
    incidents = []
    for row in shown.iter_rows(named=True):
        own = findings[row["incident"]]
        status = min((f["status"] for f in weigh[row["incident"]]), key=STATUSES.index, default="below")
        reports = members[row["incident"]][:SHOWN_MEMBERS]
        owed = all(f["owed"] for f in weigh[row["incident"]])
        incidents.append({**row, "findings": own, "members": reports, "status": status, "owed": owed})
    return sorted(incidents, key=lambda i: (STATUSES.index(i["status"]), i["start"], i["incident"]))


def _by_incident(table: pl.DataFrame, shown: pl.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """The rows of a table by the incident that they speak of."""
    rows: dict[str, list[dict[str, Any]]] = {incident: [] for incident in shown["incident"]}
    for row in table.filter(pl.col("incident").is_in(list(rows))).iter_rows(named=True):
        rows[row["incident"]].append(row)
    return rows


def decision_lines(verification: Verification) -> list[tuple[Decision, str, str]]:
    """What people had decided by then, in order of time: each decision, its words, and whether it was applied."""
    as_of, decided = verification.as_of, verification.decided
    known = [d for d in decided.all if as_of is None or d.known_at <= as_of]
    return [
        (d, decision_words(d), decided.done(d) if d in decided.counting else "no: a party's word, or undone")
        for d in sorted(known, key=lambda d: (d.at, d.id))
    ]


def figure_lines(figures: pl.DataFrame) -> list[dict[str, Any]]:
    """Published counts, copies of one statement together; never added and never compared."""
    if figures.height == 0:
        return []
    key = pl.coalesce("statement_key", "figure_id")
    grouped = (
        figures.with_columns(key=key)
        .sort("known_at", "figure_id", nulls_last=True)
        .group_by("key", maintain_order=True)
        .agg(
            pl.exclude("source", "components", "note").first(),
            pl.col("components", "note").drop_nulls().first(),
            copies=pl.len(),
            sources=pl.col("source").drop_nulls().unique().sort().str.join("; "),
        )
    )
    return grouped.sort("start", "claimant", "key").to_dicts()
