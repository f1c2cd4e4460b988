"""The annexed tables, in the columns that the OSCE Special Monitoring Mission to Ukraine made standard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from servanda.briefs.facts import ASSERTS, Facts
from servanda.briefs.model import Code, Name, Table, Value
from servanda.briefs.said import codes, heads, kind_of_act, names, parties, phrase, when, where
from servanda.briefs.said import source as of
from servanda.coverage.model import Gap

_EVENT = ("position", "event_location", "means", "number", "observation", "description", "weapon", "time")
"""Position of who tells, location of the event, means, number, observation, description, weapon, date and time."""
_HAPPENED = ("incident", "time", "place", "act", "target", "status")
FILE_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "events": (*_EVENT, "report", "incident"),
    "incidents": (*_HAPPENED, "accused", "told_by", "observed_by", "denied_by"),
    "counts": ("region", "act", "incidents", "confirmed", "day_before", "days_before", "mean"),
    "restrictions": ("restriction", "place", "from", "until", "by", "reason"),
    "weapons": ("time", "site", "party", "weapon", "number", "finding", "position"),
    "terms": ("term", "reading", "party", "verdict", "confirmed", "alleged", "watched"),
    "decisions": ("incident", "step", "outcome", "time", "by", "reason"),
    "reports": ("report", "source", "lineage", "side", "stance", "time", "known_since", "words"),
}
"""The columns of the files of tables by their names: the same whatever a mandate allows to be shown and a period compares."""


def events_table(facts: Facts) -> Table:
    """Every report that became known in the period or whose incident begins in it, one row each; what is not told is not known (N/K)."""
    day = pl.col("day").is_between(facts.period.first, facts.period.last)
    known = pl.col("report_id").is_in(facts.told["report_id"].implode())
    rows = facts.reports.filter(pl.col("stance").is_in(ASSERTS) & (day | known).fill_null(False))
    return Table(
        "events",
        phrase("table.events"),
        heads(FILE_COLUMNS["events"]),
        tuple(_event(row) for row in rows.iter_rows(named=True)),
    )


def _event(row: dict[str, Any]) -> tuple[Value, ...]:
    origin, source = row["origin"] or row["source"], row["source"]
    position = of(origin) if origin == source else phrase("position.by_way_of", origin=of(origin), source=of(source))
    number = row["quantity"]
    counted = None if number is None else int(number) if float(number).is_integer() else float(number)
    return (
        position,
        where(row, "admin1"),
        Name(row["means"]) if row["means"] else None,
        counted,
        kind_of_act(row["act"]),
        codes("target", row["target"]),
        Name(row["weapon"]) if row["weapon"] else None,
        when(row["start"], row["end"]),
        Name(row["report_id"]),
        Name(row["incident"]),
    )


def incidents_table(facts: Facts) -> Table:
    """The incidents of the period, and those newly told."""
    agreement = facts.now.agreement
    rows = pl.concat([facts.own, facts.new]).unique("incident").sort("start", "incident")
    columns = [c for c in FILE_COLUMNS["incidents"] if c != "accused" or agreement.mandate.attribution]
    body = []
    for row in rows.iter_rows(named=True):
        whose = None if row["owed"] else parties(agreement, row["accused"])
        accused = (whose,) if agreement.mandate.attribution else ()
        body.append(
            (
                Name(row["incident"]),
                when(row["begins"], row["ends"]),
                where(row),
                codes("act", row["acts"]),
                codes("target", row["targets"]),
                Code("status", row["status"]),
                *accused,
                names(row["claimed_by"]),
                names(row["observed_by"]),
                names(row["denied_by"]),
            )
        )
    return Table("incidents", phrase("table.incidents"), heads(columns), tuple(body))


def gap_place(facts: Facts, gap: Gap) -> Value:
    """Where nobody could look; of a gap of certain watches that names no place, whose they are, and where."""
    if gap.where is not None:
        return Name(gap.place.replace("_", " "))
    out = [w for w in facts.now.watched.watches if gap.watches is not None and w.id in gap.watches]
    if not out:
        return phrase("place.everywhere")
    return Name("; ".join(dict.fromkeys(f"{w.who} ({w.place.replace('_', ' ')})" for w in out)))


def restrictions_table(facts: Facts) -> Table:
    """Denials of access and outages of the period."""
    rows = [
        (
            phrase(f"restriction.{gap.kind}"),
            gap_place(facts, gap),
            times[0].start,
            times[-1].end,
            Name(gap.by or gap.party or "") if gap.by or gap.party else None,
            Name(gap.reason) if gap.reason else None,
        )
        for gap, times in facts.gaps
    ]
    return Table("restrictions", phrase("table.restrictions"), heads(FILE_COLUMNS["restrictions"]), tuple(rows))


def weapons_table(facts: Facts) -> Table:
    """Weapons and other items that became known in the period: seen, counted, visited, refused."""
    items = facts.now.ingest_shown().items
    known_at = pl.coalesce("known_at", "end", "start")
    known = (known_at > facts.period.start) & (known_at <= facts.period.end)
    agreement = facts.now.agreement
    rows = []
    for row in items.filter(known).sort("start", "item_id").iter_rows(named=True):
        number = row["quantity"]
        rows.append(
            (
                when(row["start"], row["end"]),
                Name(row["site"]) if row["site"] else None,
                Name(agreement.actors.get(row["party"], row["party"]))
                if row["party"] and agreement.mandate.attribution
                else None,
                Name(row["weapon"]) if row["weapon"] else None,
                None if number is None else int(number),
                Code("outcome", row["finding"]),
                Name(row["source"]) if row["source"] else None,
            )
        )
    return Table("weapons", phrase("table.weapons"), heads(FILE_COLUMNS["weapons"]), tuple(rows))
