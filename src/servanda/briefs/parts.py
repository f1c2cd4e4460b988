"""The sections that reports of a period have in common: head, headline, counts, what is new, what each side says, who was looking."""

from __future__ import annotations

from typing import Any

import polars as pl

from servanda.briefs.annexes import FILE_COLUMNS, gap_place
from servanda.briefs.asked import Asked
from servanda.briefs.facts import ASSERTS, Facts
from servanda.briefs.model import (
    Block,
    Code,
    Days,
    Name,
    Paragraph,
    Points,
    Quote,
    Section,
    Sentence,
    Share,
    Table,
    Value,
)
from servanda.briefs.said import heads, incident, kind_of_act, party, phrase, place, say, source, spells, when

SHOWN = 8
"""So many incidents are told on the page; the annex has all."""


NO_LAW = (say("foot.no_law"),)
"""The foot of what is no report on all of the evidence."""


def head(facts: Facts, *, counts: bool = True, inside: bool = True) -> tuple[Sentence, ...]:
    """What period it is (of a report that counts), where it is cut off, what was told before (``inside`` the mission), and whether authors are named."""
    period, now = facts.period, facts.now
    out = []
    if counts:
        out.append(
            say("head.period", "period", start=period.start, end=period.end, zone=Name(period.reporting.zone.key))
        )
        out.append(say("head.cut", "period"))
    elif now.as_of is None:
        out.append(say("head.everything", "evidence", zone=Name(period.reporting.zone.key)))
    else:
        out.append(say("head.as_of", "period", end=now.as_of, zone=Name(period.reporting.zone.key)))
    if inside and now.undated:
        out.append(say("head.undated", "verification/undated", n=now.undated))
    last = period.last_report
    if inside and facts.since is not None and last is not None:
        out.append(say("head.since", "period", number=last[0], day=last[1], at=facts.since))
    if inside and facts.known is not None:
        out.append(say("head.known", "period", at=facts.known))
    mandate = now.agreement.mandate
    names = "names" if mandate.attribution else "no_names"
    return (*out, say(f"head.{names if mandate.attribution_stated else 'not_said'}", "agreement/mandate"))


def foot(facts: Facts, *, counts: bool = True) -> tuple[Sentence, ...]:
    """How incidents are counted, and what a report is not."""
    unread = facts.now.ingest.quarantined
    described, found = facts.now.incidents.height, facts.now.incidents_found
    return (
        *([say("foot.counted")] if counts else []),
        *([say("foot.weightiest", "incidents", described=described, found=found)] if found > described else []),
        say("foot.reports", "verification/reports", n=facts.now.reports),
        *([say("foot.unread", "verification/quarantined", n=unread)] if unread else []),
        *NO_LAW,
    )


def about_days(facts: Facts) -> Value:
    """The day, or the days from one to another."""
    first, last = facts.period.first, facts.period.last
    return first if first == last else Days(first, last)


def lead(facts: Facts) -> tuple[Sentence, ...]:
    """The headline: how many, how many before, how many of them confirmed, and how much was watched."""
    own, period = facts.own, facts.period
    n, day = own.height, about_days(facts)
    confirmed = own.filter(pl.col("status") == "confirmed").height
    of = "" if period.span == "day" else "_period"
    out = [say(f"lead.count{of}", "counts", n=n, day=day) if n else say(f"lead.none{of}", "counts", day=day)]
    if period.before and period.span == "day":
        counts = [count for day_, count in facts.per_day(facts.events).items() if day_ < period.first]
        if len(counts) == 1:
            out.append(say("lead.before_one", "counts", before=counts[-1]))
        else:
            mean = _mean(sum(counts), len(counts))
            out.append(say("lead.before", "counts", before=counts[-1], mean=mean, days=len(counts)))
    if n:
        out.append(
            say("lead.confirmed", "counts", confirmed=confirmed)
            if confirmed
            else say("lead.none_confirmed", "counts", n=n)
        )
    owed, acting = own.filter("owed"), own.filter(~pl.col("owed"))
    if owed.height:
        done = owed.filter(pl.col("status") == "confirmed").height
        out.append(say("lead.owed", "counts", n=owed.height, confirmed=done))
    told = acting["acts_told"].drop_nulls()
    if told.len():
        acts = round(float(told.sum()) + (acting.height - told.len()))
        out.append(say("lead.acts", "counts", n=acts))
    if facts.may_be:
        out.append(say("lead.may_be", "incidents", n=facts.may_be))
    return (*out, watched_in_short(facts))


def _mean(total: int, days: int) -> float:
    """The average of some days to one decimal; halves go up."""
    return (20 * total + days) // (2 * days) / 10


def watched_in_short(facts: Facts) -> Sentence:
    """How much was watched, over all terms."""
    shares = [share for _, share in facts.watched]
    if not shares:
        return say("lead.nothing_to_watch", "watched")
    low, high = min(shares), max(shares)
    if high == 0:
        return say("lead.nobody_looked", "watched")
    if low == high:
        return say("lead.watched", "watched", share=Share(low))
    return say("lead.watched_between", "watched", low=Share(low), high=Share(high))


def counts(facts: Facts) -> Section:
    """Counts by region and by kind, beside the day before and the days before."""
    return Section(phrase("section.counts"), (_counted(facts, "region"), _counted(facts, "act")))


def _counted(facts: Facts, column: str) -> Table:
    rows = facts.by(column).to_dicts()
    columns = {column: phrase(f"column.{column}"), **_count_columns(facts)}
    shown = [row for row in rows if row["n"] or row["day_before"]]
    other = [row for row in rows if row not in shown]
    if len(other) == 1:
        shown, other = rows, []
    body = [(_cell(column, row[column]), *_numbers(facts, row)) for row in shown]
    body += [(phrase(f"others.{column}"), *_numbers(facts, _summed(other)))] if other else []
    whole = (phrase("total"), *_numbers(facts, _summed(rows)))
    return Table(f"counts_by_{column}", phrase(f"table.by_{column}"), columns, (*body, whole))


def _summed(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {key: sum(row[key] for row in rows) for key in ("n", "confirmed", "day_before", "days_before")}


def counts_annex(facts: Facts) -> Table:
    """Counts by region and kind together."""
    columns = {"region": phrase("column.region"), "act": phrase("column.act"), **_count_columns(facts)}
    rows = facts.by("region", "act").to_dicts()
    body = tuple((_cell("region", r["region"]), _cell("act", r["act"]), *_numbers(facts, r)) for r in rows)
    return Table("counts", phrase("table.counts"), columns, body)


def _count_columns(facts: Facts) -> dict[str, Any]:
    columns = {"incidents": phrase(f"column.this_{facts.period.span}"), "confirmed": phrase("column.confirmed")}
    if not facts.period.before:
        return columns
    days = facts.period.before
    day = {"day_before": phrase("column.day_before")} if facts.period.span == "day" else {}
    if day and days == 1:
        return {**columns, **day}
    return {**columns, **day, "days_before": phrase("column.days_before", n=days), "mean": phrase("column.mean")}


def _numbers(facts: Facts, row: dict[str, Any]) -> tuple[Value, ...]:
    numbers: tuple[Value, ...] = (row["n"], row["confirmed"])
    if not facts.period.before:
        return numbers
    day = (row["day_before"],) if facts.period.span == "day" else ()
    if day and facts.period.before == 1:
        return (*numbers, *day)
    return (*numbers, *day, row["days_before"], _mean(row["days_before"], facts.period.before))


def _cell(column: str, value: str | None) -> Value:
    if column == "act":
        return kind_of_act(value)
    return phrase("region.not_told") if value is None else Name(value)


def told_of(facts: Facts, key: str, events: pl.DataFrame) -> Section:
    """A section that tells of some incidents one by one, or that there is none. ``key``: ``new`` or ``confirmed``."""
    rows = events.head(SHOWN).to_dicts()
    if not rows:
        return Section(phrase(f"section.{key}"), (Paragraph((say(f"{key}.none", "incidents"),)),))
    blocks: list[Block] = [Paragraph((say(f"{key}.count", "incidents", n=events.height),))]
    blocks.append(Points(tuple(incident(row, facts.now.agreement) for row in rows)))
    more = events.height - len(rows)
    if more > 0:
        blocks.append(Paragraph((say("more.in_annex", "incidents", n=more),)))
    return Section(phrase(f"section.{key}"), tuple(blocks))


def unplaced(facts: Facts, asked: Asked) -> Section | None:
    """The reports of the period that no term counts because they say no place on the map; nothing where there is none."""
    counted = set(facts.events["incident"].to_list())
    new = [
        one
        for one in asked.unplaced
        if one.incident not in counted and one.known_at and facts.opening < one.known_at <= facts.period.end
    ]
    if not new:
        return None
    points = [
        say(
            "unplaced.report",
            f"reports/{one.report}",
            report=Name(one.report),
            who=source(one.source),
            place=place(one.place),
            when=when(one.start, one.end),
        )
        for one in new[:SHOWN]
    ]
    told = Paragraph((say("unplaced.count", "reports", count=len(new)),))
    return Section(phrase("section.unplaced"), (told, Points(tuple(points))))


def sides(facts: Facts) -> Section:
    """What the sources of each side allege of the other in the period, and what they answer to what is alleged against theirs."""
    agreement = facts.now.agreement
    points: list[Sentence] = []
    for code in agreement.parties:
        points += _of_side(facts, code)
    published = _figures(facts)
    figures = [_figure(row) for row in published[:SHOWN]]
    blocks: list[Block] = [Points(tuple(points))] if points else []
    if figures:
        blocks += [Paragraph((say("sides.figures", "figures"),)), Points(tuple(figures))]
    if len(published) > SHOWN:
        blocks.append(Paragraph((say("sides.figures_more", "figures", n=len(published) - SHOWN),)))
    if not blocks:
        blocks = [Paragraph((say("sides.none", "reports"),))]
    return Section(phrase("section.sides"), tuple(blocks))


def _of_side(facts: Facts, code: str) -> list[Sentence]:
    """The sentences about one side: what its sources told in the period, and what they say to what is told against it."""
    agreement, told = facts.now.agreement, facts.told
    name, where = party(agreement, code), f"reports/side={code}"
    own = told.filter((pl.col("side") == code) & ~pl.col("owed"))
    alleges = own.filter(pl.col("stance").is_in(ASSERTS) & (pl.col("actor") != code).fill_null(True))
    out = []
    against = sorted(a for a in alleges["actor"].unique().drop_nulls().to_list() if a in agreement.actors)
    n = alleges["incident"].n_unique()
    if n and agreement.mandate.attribution and len(against) == 1:
        out.append(say("sides.alleges_against", where, n=n, party=name, accused=party(agreement, against[0])))
    elif n:
        out.append(say("sides.alleges", where, n=n, party=name))
    if agreement.mandate.attribution:
        out += _answers(facts, code, name, where)
    return out


def _answers(facts: Facts, code: str, name: Value, where: str) -> list[Sentence]:
    """What a side's sources answer to the incidents of the period, and to those newly told, that are alleged against it."""
    about = pl.concat([facts.own.select("incident"), facts.new.select("incident")]).unique()
    said = facts.reports.filter(~pl.col("owed")).join(about, on="incident", how="semi")
    accused = said.filter(
        (pl.col("actor") == code) & pl.col("stance").is_in(ASSERTS) & (pl.col("side") != code).fill_null(True)
    )
    against = set(accused["incident"].to_list())
    own = said.filter((pl.col("side") == code) & pl.col("incident").is_in(sorted(against)))
    denied = set(own.filter(pl.col("stance") == "denies")["incident"].to_list())
    admitted = (
        set(own.filter((pl.col("actor") == code) & pl.col("stance").is_in(ASSERTS))["incident"].to_list()) - denied
    )
    parts = {"denies": denied, "admits": admitted, "silent": against - denied - admitted}
    return [say(f"sides.{key}", where, n=len(found), party=name) for key, found in parts.items() if found]


def _figures(facts: Facts) -> list[dict[str, Any]]:
    """The published counts that became known in the period, each claim once."""
    figures = facts.now.ingest_shown().figures
    known = (pl.col("known_at") > facts.period.start) & (pl.col("known_at") <= facts.period.end)
    once = figures.filter(known).with_columns(k=pl.coalesce("statement_key", "figure_id"))
    return once.sort("claimant", "figure_id").unique("k", keep="first", maintain_order=True).to_dicts()


def _figure(row: dict[str, Any]) -> Sentence:
    """A published count with its claimant, its own unit and its time."""
    key = row["qualifier"] if row["qualifier"] in ("at_least", "at_most", "about") else "exact"
    count = row["count"]
    return say(
        f"figure.{key}",
        f"figures/{row['figure_id']}",
        who=Name(row["claimant"]),
        count=int(count) if float(count).is_integer() else float(count),
        unit=Quote(row["unit"]),
        when=when(row["start"], row["end"]),
    )


def movement(facts: Facts) -> Section:
    """Restrictions of movement and outages in the period."""
    points = []
    for gap, times in facts.gaps:
        values: dict[str, Value] = {"place": gap_place(facts, gap), "when": spells(times)}
        by = party(facts.now.agreement, gap.party) if gap.party else Name(gap.by) if gap.by else None
        key = f"movement.{gap.kind}" + ("" if by is None or gap.kind == "outage" else "_by")
        if by is not None and gap.kind == "denial":
            values["by"] = by
        if gap.reason:
            points.append(say(f"{key}_why", "coverage/gaps", **values, why=Quote(gap.reason)))
        else:
            points.append(say(key, "coverage/gaps", **values))
    body: Block = Points(tuple(points)) if points else Paragraph((say("movement.none", "coverage/gaps"),))
    return Section(phrase("section.movement"), (body,))


def looked(facts: Facts) -> Section:
    """Who looked where, and what nobody saw."""
    points = []
    for watch, times, used in facts.watches[:SHOWN]:
        where = phrase("place.everywhere") if watch.where is None else Name(watch.place.replace("_", " "))
        values: dict[str, Value] = {"who": Name(watch.who), "place": where, "when": spells(times)}
        of = f"watches/{watch.id}"
        points.append(say("looked.watch", of, **values, means=Name(watch.means), chance=Share(used)))
    blocks: list[Block] = [Points(tuple(points))] if points else [Paragraph((say("looked.nobody", "watches"),))]
    more = len(facts.watches) - SHOWN
    if more > 0:
        blocks.append(Paragraph((say("looked.more", "watches", n=more),)))
    seen = []
    for term, share in facts.watched:
        key = "looked.term_nothing" if share == 0 else "looked.term_all" if share == 1 else "looked.term_part"
        shown: dict[str, Value] = {"share": Share(share)} if key == "looked.term_part" else {}
        seen.append(say(key, f"watched/{term.id}", term=Name(term.title), **shown))
    if seen:
        blocks.append(Points(tuple(seen)))
    return Section(phrase("section.looked"), tuple(blocks))


def terms(facts: Facts) -> Table:
    """How every term stands as of the end of the period; where there are several readings, in each and in all of them together."""
    verification = facts.now
    titles = {t.id: t.title for text in verification.agreement.texts for t in text.terms}
    several = len(verification.agreement.texts) > 1
    rows = [
        (
            Name(titles[v.term]),
            *([phrase("readings.all") if v.reading is None else Name(v.reading)] if several else []),
            party(verification.agreement, v.party) if v.party else phrase("whoever"),
            Code("verdict", v.verdict),
            v.confirmed,
            v.alleged,
            None if v.watched is None else Share(v.watched.share),
        )
        for v in verification.verdicts
        if several or v.reading is None
    ]
    columns = [c for c in FILE_COLUMNS["terms"] if several or c != "reading"]
    return Table("terms", phrase("table.terms"), heads(columns), tuple(rows))
