"""The sections about one incident: what is told of it, where, under which clauses, who could have seen it, how it was handled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl
import shapely

from servanda.agreement import Agreement
from servanda.briefs.annexes import FILE_COLUMNS
from servanda.briefs.facts import ASSERTS, Facts, without_kept
from servanda.briefs.model import (
    Block,
    Code,
    Name,
    Paragraph,
    Points,
    Quote,
    Section,
    Sentence,
    Several,
    Share,
    Table,
)
from servanda.briefs.said import heads, incident, party, phrase, say, short, source, when
from servanda.coverage import Watch, looking
from servanda.errors import Fault, ServandaError
from servanda.evidence.decisions import Decision
from servanda.values.time import Interval
from servanda.verdicts.summary_words import undated_words
from servanda.wording import did_you_mean

REPLIES = ("replied", "dissent")


def incident_of(facts: Facts, wanted: str | None) -> dict[str, Any]:
    """The row of one incident.

    Args:
        facts: where it is looked for.
        wanted: its id.

    Returns:
        Its columns by name.

    Raises:
        ServandaError: none was named, or no incident that may fall under a term bears that id.
    """
    if not wanted:
        raise ServandaError(Fault("--incident", "the report is about one incident", "name it by its id", code="BRF007"))
    found = facts.events.filter(pl.col("incident") == wanted).to_dicts()
    if not found and wanted.endswith("…"):  # as reports show an id that nobody gave
        found = facts.events.filter(pl.col("incident").str.starts_with(wanted.removesuffix("…"))).to_dicts()
    if len(found) != 1:
        known = "findings.csv of 'servanda verify' has their ids"
        if undated := facts.now.undated:
            known = f"{undated_words(undated).removesuffix('.')}: say it in known_at; {known}"
        hint = did_you_mean(wanted, facts.events["incident"].to_list(), known)
        what = f"no incident that may fall under a term is known as {wanted!r}"
        raise ServandaError(Fault("--incident", what, hint, code="BRF008"))
    return found[0]


def told(facts: Facts, row: dict[str, Any]) -> tuple[Sentence, ...]:
    """The incident in a few sentences, with its position and how many origins its reports have."""
    where = f"incidents/{row['incident']}"
    out = [incident(row, facts.now.agreement)]
    if row["lat"] is not None and row["lon"] is not None:
        at = Name(f"{round(row['lat'], 5)}, {round(row['lon'], 5)}")
        if row["precision_m"] is None:
            out.append(say("case.position", where, at=at))
        else:
            out.append(say("case.position_within", where, at=at, radius=round(row["precision_m"])))
    out.append(say("case.origins", where, n=int(row["reports"]), origins=int(row["origins"])))
    return tuple(out)


def words_of_reports(facts: Facts, row: dict[str, Any]) -> tuple[Sentence, ...]:
    """What reports say in their own words, each once."""
    rows = (
        _reports(facts, row)
        .filter(pl.col("summary").is_not_null())
        .unique("summary", keep="first", maintain_order=True)
    )
    return tuple(
        say(
            "case.words", f"reports/{r['report_id']}", who=source(r["origin"] or r["source"]), words=Quote(r["summary"])
        )
        for r in rows.head(6).iter_rows(named=True)
    )


def clauses(facts: Facts, incidents: list[str]) -> Section:
    """The terms under which incidents may fall, in their own words."""
    about = pl.col("incident").is_in(incidents) & pl.col("status").is_in(["confirmed", "excused", "open", "alleged"])
    named = set(facts.now.findings.filter(about)["term"].to_list())
    terms = {t.id: t for text in reversed(facts.now.agreement.texts) for t in text.terms}
    points = [
        say(
            "case.clause",
            f"terms/{term}",
            term=Name(terms[term].title),
            words=Quote(" ".join(terms[term].text.split())),
        )
        for term in facts.now.agreement.term_ids
        if term in named
    ]
    return Section(phrase("section.clauses"), (Points(tuple(points)),))


def could_see(facts: Facts, row: dict[str, Any]) -> Section:
    """Who was looking there and then; where that is kept, nobody is told who was near."""
    if row["kept"]:
        return Section(phrase("section.could_see"), (Paragraph((say("case.kept", "watches"),)),))
    point = None if row["lat"] is None or row["lon"] is None else shapely.Point(row["lon"], row["lat"])
    own = Interval(row["start"], row["end"])
    points = []
    coverage = facts.now.watched
    for watch in sorted(coverage.watches, key=lambda w: w.id):
        if _over(watch, point) and any(_meet(time, own) for time in looking(coverage, watch, point)):
            sees = bool(facts.now.agreement.vocabulary.acts.below(watch.detects) & set((row["acts"] or "").split("; ")))
            key = "case.watch" if sees else "case.watch_other"
            points.append(say(key, f"watches/{watch.id}", who=Name(watch.who), means=Name(watch.means)))
    body: Block = Points(tuple(points)) if points else Paragraph((say("case.nobody", "watches"),))
    return Section(phrase("section.could_see"), (body,))


def _over(watch: Watch, point: Any) -> bool:
    return watch.where is None or (point is not None and bool(shapely.intersects(watch.where, point)))


def _meet(time: Interval, own: Interval) -> bool:
    """Whether two spans of time have an instant in common; an instant is a span."""
    begins = time.start is None or own.end is None or time.start <= own.end
    return begins and (time.end is None or own.start is None or own.start < time.end)


def assessment(facts: Facts, row: dict[str, Any]) -> Section:
    """How the incident stands under each term, and by which standard of proof."""
    mandate, agreement = facts.now.agreement.mandate, facts.now.agreement
    titles = {t.id: t.title for text in agreement.texts for t in text.terms}
    several = len(agreement.texts) > 1
    rows = [
        (
            Name(titles[r["term"]]),
            *([Name(r["reading"])] if several else []),
            *((party(agreement, r["party"]),) if mandate.attribution else ()),
            Code("status", r["status"]),
            Share(float(r["probability"])) if r["probability"] is not None else None,
            Share(float(r["threshold"])) if r["threshold"] is not None else None,
            phrase(f"confirmed_by.{r['confirmed_by']}") if r["confirmed_by"] else None,
        )
        for r in facts.now.findings.filter(pl.col("incident") == row["incident"]).iter_rows(named=True)
    ]
    columns = [
        "term",
        *(["reading"] if several else []),
        *(["party"] if mandate.attribution else []),
        "status",
        "certainty",
        "asked",
        "confirmed_by",
    ]
    standard = say(
        "case.standard_more" if mandate.more_than_half else "case.standard",
        "agreement/mandate",
        standard=Code("standard", mandate.standard),
        asked=Share(mandate.threshold_probability),
    )
    return Section(
        phrase("section.assessment"),
        (Paragraph((standard,)), Table("findings", phrase("table.findings"), heads(columns), tuple(rows))),
    )


def reports_table(facts: Facts, row: dict[str, Any]) -> Table:
    """Every report of the incident: who says it, whose side he is on, from whom he has it, and since when it is known."""
    rows = [
        (
            Name(r["report_id"]),
            source(r["source"]),
            source(r["via"] or r["origin"] or r["source"]),
            None if r["side"] in (None, "none") else party(facts.now.agreement, r["side"]),
            Code("stance", r["stance"]),
            when(r["start"], r["end"]),
            r["known_at"],
            Name(r["summary"]) if r["summary"] else None,
        )
        for r in _reports(facts, row).iter_rows(named=True)
    ]
    return Table("reports", phrase("table.reports"), heads(FILE_COLUMNS["reports"]), tuple(rows))


def steps(facts: Facts, row: dict[str, Any]) -> tuple[Section, Section]:
    """The steps that people took, and what was replied and dissented."""
    taken = list(_steps(facts, row["incident"]))
    answers = [d for d in taken if d.says.get("step") in REPLIES]
    other = [d for d in taken if d not in answers]
    return _stepped(facts, "section.steps", "case.no_steps", other), _stepped(
        facts, "section.replies", "case.no_replies", answers
    )


def _stepped(facts: Facts, heading: str, nothing: str, decisions: list[Decision]) -> Section:
    points = tuple(step(d, facts.now.agreement) for d in decisions)
    return Section(phrase(heading), (Points(points) if points else Paragraph((say(nothing, "decisions"),)),))


def step(decision: Decision, agreement: Agreement) -> Sentence:
    """One step with its outcome, author, time and reason."""
    name, outcome = decision.says.get("step") or decision.kind, decision.says.get("outcome")
    what = (
        phrase("step.outcome", step=Code("step", name), outcome=Code("outcome", str(outcome)))
        if outcome
        else Code("step", name)
    )
    about = Several(tuple(short(one) for one in decision.incidents)) if decision.incidents else None
    return say(
        "case.step",
        f"decisions/{decision.id}",
        incident=about,
        at=decision.at,
        what=what,
        who=party(agreement, decision.by),
        why=Quote(decision.why),
    )


def _steps(facts: Facts, wanted: str) -> Iterator[Decision]:
    life = next((one for one in facts.now.decided.lives if one.incident == wanted), None)
    yield from () if life is None else life.steps


def _reports(facts: Facts, row: dict[str, Any]) -> pl.DataFrame:
    found = facts.now.members.filter(pl.col("incident") == row["incident"])
    return without_kept(found.sort("known_at", "report_id", nulls_last=True), [row["incident"]] if row["kept"] else [])


def accusers(facts: Facts, incidents: list[str], accused: str) -> list[str]:
    """The parties whose sources allege incidents against another."""
    rows = facts.reports.filter(pl.col("incident").is_in(incidents) & pl.col("stance").is_in(ASSERTS) & ~pl.col("owed"))
    rows = rows.filter((pl.col("actor") == accused).fill_null(False) & (pl.col("side") != accused).fill_null(True))
    sides = set(rows["side"].drop_nulls().to_list())
    return [code for code in facts.now.agreement.parties if code in sides]
