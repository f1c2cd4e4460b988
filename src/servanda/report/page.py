"""The one-page report: everything a reader needs, in one file that makes no request."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl
from markupsafe import Markup

from servanda import __version__
from servanda.agreement import Term
from servanda.agreement.plain_language import say_term, span
from servanda.coverage import Gap, Watch
from servanda.evidence import IngestResult
from servanda.report.answers import answers, measure_words
from servanda.report.environment import asset, environment_of
from servanda.report.picture import draw_map, draw_time, marks_of
from servanda.report.tables import verdicts_json, withheld
from servanda.verdicts import Verdict, Verification
from servanda.verdicts.decisions import words
from servanda.verdicts.summary import summarise

SHOWN_INCIDENTS = 1_500
SHOWN_MEMBERS = 40
SHOWN_QUARANTINE = 200
SHOWN_ITEMS = 500
_EMBEDDED = 3_000_000  # characters of data kept inside the page
WORDS = {
    "not_in_force": ("\u2013", "not in force", "The term does not bind in this window."),
    "not_due": ("◷", "not due", "The time for this duty has not run out, or nothing has called for it."),
    "complied": ("✓", "complied", "No breach was found where one would have been seen."),
    "breached": ("✕", "breached", "At least one incident is confirmed and not excused."),
    "excused": ("◐", "excused", "What would be a breach falls under an exception."),
    "disputed": ("⇄", "disputed", "The parties' readings give different verdicts."),
    "undetermined": ("?", "undetermined", "Not enough was seen, or there are only claims."),
}


@dataclass(frozen=True)
class Cell:
    """One cell of the strip: a verdict of one reading."""

    verdict: Verdict
    icon: str
    word: str
    why: str


def render(run: Verification, aside: IngestResult) -> str:
    """The page as text."""
    environment = environment_of(run.agreement.zone)
    return environment.get_template("report.html.j2").render(
        **_context(run, aside), style=asset("report.css"), script=asset("report.js")
    )


def _context(run: Verification, aside: IngestResult) -> dict[str, Any]:
    agreement = run.agreement
    aside = _as_far(aside, run)
    shown = run.incidents.head(SHOWN_INCIDENTS)
    terms = [_term(run, term, shown) for term in agreement.term_ids]

    def known(moment: datetime) -> bool:
        return run.as_of is None or moment <= run.as_of

    return {
        "version": __version__,
        "agreement": agreement,
        "run": run,
        "aside": aside,
        "readings": [(text.reading, span(agreement, text.in_force)) for text in agreement.texts],
        "parties": [None] if not agreement.mandate.attribution else list(agreement.parties),
        "terms": terms,
        "answers": answers(summarise(run)),
        "incidents": _incidents(run, shown),
        "hidden": run.incidents_found - shown.height,
        "watches": [_watch(run, w) for w in sorted(run.watched.watches, key=lambda w: w.id)],
        "gaps": [_gap(g) for g in run.watched.gaps],
        "figure_groups": _figures(aside.figures),
        "statements": aside.statements.sort("start", "statement_id").to_dicts(),
        "quarantine": aside.quarantine.sort("file", "row").head(SHOWN_QUARANTINE).to_dicts(),
        "items": run.items.to_dicts()[:SHOWN_ITEMS],
        "exceptions": run.exceptions.to_dicts(),
        "decisions": [
            (d, words(d), d in run.decided.counting)
            for d in sorted(run.decided.all, key=lambda d: (d.at, d.id))
            if known(d.known_at)
        ],
        "lives": run.decided.lives,
        "measure_words": measure_words,
        "shown_quarantine": SHOWN_QUARANTINE,
        "words": WORDS,
        "data": _embedded(run),
    }


def _cell(verdict: Verdict) -> Cell:
    icon, word, why = WORDS[verdict.verdict]
    return Cell(verdict, icon, word, why)


def _term(run: Verification, term: str, shown: pl.DataFrame) -> dict[str, Any]:
    agreement = run.agreement
    texts = [(text.reading, t) for text in agreement.texts for t in text.terms if t.id == term]
    verdicts = [v for v in run.verdicts if v.term == term]
    parties = list(dict.fromkeys(v.party for v in verdicts))
    rows = []
    for party in parties:
        mine = {v.reading: _cell(v) for v in verdicts if v.party == party}
        readings = [mine[text.reading] for text in agreement.texts if text.reading in mine]
        rows.append(
            {"party": party, "readings": readings, "combined": mine.get(None) if len(agreement.texts) > 1 else None}
        )
    findings = run.findings.filter(pl.col("term") == term)
    marks = marks_of(findings, shown)
    watched = [(reading, m) for reading, _ in texts if (m := run.coverage.get((reading, term))) is not None]
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
        "rows": rows,
        "exceptions": first.exemptions,
        "map": draw_map(
            agreement, _place(first), [m for _, m in measured], agreement.mandate.detection, marks, f"m-{term}"
        ),
        "time": draw_time(
            agreement.zone,
            [(r or "", t.window) for r, t in texts],
            measured,
            agreement.mandate.detection,
            marks,
            lanes,
            f"t-{term}",
        ),
        "coverage": watched,
        "days": _days(run, term),
    }


def _place(term: Term) -> str | None:
    """The place that is drawn: the term's own, or that of the first whom it binds."""
    return term.what.at(term.binds[0] if term.binds else None).place if term.what else None


def _days(run: Verification, term: str) -> list[dict[str, Any]]:
    """A strip of slices per party and reading, where the run was asked for them."""
    out: dict[tuple[str | None, str | None], list[Cell]] = {}
    for v in run.slices:
        if v.term == term and (v.reading is not None or len(run.agreement.texts) == 1):
            out.setdefault((v.party, v.reading), []).append(_cell(v))
    return [{"party": party, "reading": reading, "cells": cells} for (party, reading), cells in out.items()]


def _as_far(aside: IngestResult, run: Verification) -> IngestResult:
    """Figures and statements as far as they were known, and without authors where the mandate names none."""
    figures, statements, quarantine = aside.figures, aside.statements, aside.quarantine
    if run.as_of is not None:
        known = pl.coalesce("known_at", "end", "start") <= run.as_of
        figures, statements = figures.filter(known), statements.filter(known)
    if not run.agreement.mandate.attribution:
        figures = figures.with_columns(against=pl.lit(None, dtype=pl.String))
        quarantine = withheld(run, quarantine)
    return dataclasses.replace(aside, figures=figures, statements=statements, quarantine=quarantine)


def _watch(run: Verification, watch: Watch) -> dict[str, Any]:
    """One watch as the page shows it, and the terms whose acts and places it can see something of."""
    acts = run.agreement.vocabulary.acts
    serves = [
        term.title
        for text in run.agreement.texts
        for term in text.terms
        if term.what is not None
        and acts.leaves(term.what.act_codes) & watch.detects
        and run.coverage[(text.reading, term.id)].cells.covered(watch.where).any()
    ]
    return {
        "watch": watch,
        "detects": sorted(c for c in watch.detects if acts.parent[c] not in watch.detects),
        "serves": list(dict.fromkeys(serves)),
        "start": watch.times[0].start if watch.times else None,
        "end": watch.times[-1].end if watch.times else None,
        "spells": len(watch.times),
    }


def _gap(gap: Gap) -> dict[str, Any]:
    return {
        "gap": gap,
        "watches": ", ".join(sorted(gap.watches)) if gap.watches else "all",
        "start": gap.times[0].start if gap.times else None,
        "end": gap.times[-1].end if gap.times else None,
    }


def _incidents(run: Verification, shown: pl.DataFrame) -> list[dict[str, Any]]:
    """Incidents with their findings and members, ready for the page."""
    ids = shown["incident"].to_list()
    findings: dict[str, list[dict[str, Any]]] = {i: [] for i in ids}
    for row in run.findings.filter(pl.col("incident").is_in(ids)).iter_rows(named=True):
        findings[row["incident"]].append(row)
    members: dict[str, list[dict[str, Any]]] = {i: [] for i in ids}
    for row in run.members.filter(pl.col("incident").is_in(ids)).iter_rows(named=True):
        mine = members[row["incident"]]
        if len(mine) < SHOWN_MEMBERS:
            mine.append(row)
    order = {"confirmed": 0, "excused": 1, "open": 2, "alleged": 3, "below": 4}
    out = []
    for row in shown.iter_rows(named=True):
        mine = findings[row["incident"]]
        status = min((f["status"] for f in mine), key=lambda s: order[s], default="below")
        out.append({**row, "findings": mine, "members": members[row["incident"]], "status": status})
    return sorted(out, key=lambda i: (order[i["status"]], i["start"], i["incident"]))


def _figures(figures: pl.DataFrame) -> list[dict[str, Any]]:
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


def _embedded(run: Verification) -> Markup:
    """The verdicts as data inside the page, so that it can be checked by machine."""
    data = json.dumps(json.loads(verdicts_json(run)), ensure_ascii=False, separators=(",", ":"))
    if len(data) > _EMBEDDED:
        data = json.dumps({"agreement": run.agreement.id, "see": "verdicts.json"})
    return Markup(data.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704  nothing that could end the script
