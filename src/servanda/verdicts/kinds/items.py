"""Declared items against inspected ones, item by item.

A party declares for itself. Of every site the last day of inspection by a graded source without a side counts, and what was
declared by then; a later refusal undoes nothing that was seen. An item is **present** (its serial was seen),
**excused** (the mechanism excused its absence), **missing**, or **extra** (seen, never declared). As many missing as extra at
one site are **serial_mismatch**: the number is right, the serials are not. Where items were counted and serials not read, they
are **not_checked**; where inspectors were turned away, **access_refused**; where nobody went, **not_inspected**.
"""

from __future__ import annotations

import polars as pl

from servanda.agreement import Agreement
from servanda.agreement.kinds import DeclaredItems
from servanda.evidence.model import NO_SIDE
from servanda.values.time import Interval
from servanda.verdicts.builder import VerdictBuilder, not_binding
from servanda.verdicts.event_times import EventTimes
from servanda.wording import plural

STATUSES = (
    "present", "excused", "missing", "extra", "serial_mismatch", "not_checked", "access_refused", "not_inspected",
)  # fmt: skip
RECONCILED: dict[str, pl.DataType] = {
    "party": pl.String(),
    "site": pl.String(),
    "serial": pl.String(),
    "weapon": pl.String(),
    "status": pl.String(),
    "inspected": pl.Datetime("us", "UTC"),
}


def reconcile(
    items: pl.DataFrame, agreement: Agreement, kind: DeclaredItems, party: str | None, window: Interval
) -> pl.DataFrame:
    """Every item that one party declared, or that was found with it, and its status (:data:`RECONCILED`).

    ``items``: rows of ``evidence.model.ITEM``, known by the time that is asked about; ``window``: when inspections count.
    """
    rows = _concerned(items, agreement, kind, party, window)
    site = ["party", "site"]
    own = (pl.col("finding") == "declared") & (pl.col("side") == pl.col("party"))
    declared = rows.filter(own).group_by(*site, "serial").agg(pl.col("weapon").first(), since=pl.col("known_at").min())
    declared = declared.sort(*site, "serial")
    looked = _last_looked(rows, agreement)
    pardoned = rows.filter(_trusted(agreement) & (pl.col("finding") == "excused"))
    excused = pardoned.select(*site, "serial", pardoned=pl.lit(True)).unique()
    counts = looked.filter(pl.col("finding") == "counted").unique([*site, "source", "weapon", "quantity"])
    by_source = counts.group_by(*site, "source").agg(pl.col("quantity").sum())
    visits = looked.group_by(site).agg(
        inspected=pl.col("start").max(),
        refused=(pl.col("finding") == "refused").all(),
        only_counted=(pl.col("finding") == "counted").any() & ~(pl.col("finding") == "seen").any(),
    )
    visits = visits.join(by_source.group_by(site).agg(counted=pl.col("quantity").max()), on=site, how="left")
    visits = visits.with_columns(pl.col("counted").fill_null(0))
    seen = (
        looked.filter(pl.col("finding") == "seen")
        .select(*site, "serial", "weapon", seen=pl.lit(True))
        .unique([*site, "serial"])
    )
    both = declared.with_columns(declared=pl.lit(True)).join(seen, on=[*site, "serial"], how="full", coalesce=True)
    both = both.with_columns(weapon=pl.coalesce("weapon", "weapon_right")).join(visits, on=site, how="left")
    both = both.join(excused, on=[*site, "serial"], how="left").sort(*site, "serial", nulls_last=True)
    is_declared, is_seen = pl.col("declared").fill_null(False), pl.col("seen").fill_null(False)
    index = pl.int_range(pl.len()).over(site)
    late = is_declared & ~is_seen & (pl.col("since") > pl.col("inspected"))  # declared after the last look
    is_declared = is_declared & (pl.col("since") <= pl.col("inspected"))
    status = (
        pl.when(pl.col("inspected").is_null() | late)
        .then(pl.lit("not_inspected"))
        .when(pl.col("refused"))
        .then(pl.lit("access_refused"))
        .when(pl.col("only_counted") & (index < pl.col("counted")))
        .then(pl.lit("not_checked"))
        .when(is_declared & is_seen)
        .then(pl.lit("present"))
        .when(is_seen)
        .then(pl.lit("extra"))
        .when(pl.col("pardoned").fill_null(False))
        .then(pl.lit("excused"))
        .otherwise(pl.lit("missing"))
    )
    out = both.with_columns(status=status)
    lost = (pl.col("status") == "missing").sum().over(site)
    more = (pl.col("status") == "extra").sum().over(site)
    nth = pl.int_range(pl.len()).over([*site, "status"])
    swapped = pl.col("status").is_in(["missing", "extra"]) & (nth < pl.min_horizontal(lost, more))
    out = out.with_columns(status=pl.when(swapped).then(pl.lit("serial_mismatch")).otherwise("status"))
    return out.select(pl.col(c).cast(d) for c, d in RECONCILED.items()).sort("party", "site", "status", "serial")


def itemised(answer: VerdictBuilder, moments: EventTimes) -> VerdictBuilder:
    """Every declared item where it was declared to be, and nothing else."""
    term, facts = answer.term, answer.facts
    assert isinstance(term.kind, DeclaredItems)
    span = moments.span(term)
    early = not_binding(answer, span, duty=True)
    if early is not None:
        return early
    if span.unsettled:
        return answer.done("undetermined", "it is not settled whether it has begun to bind")
    answer.step("in_force", f"{answer.binding()}.")
    answer.window = span.widest.intersection(Interval(None, facts.as_of))
    items = reconcile(facts.items, facts.agreement, term.kind, answer.party, answer.window)
    counts = {status: items.filter(pl.col("status") == status).height for status in STATUSES}
    surplus = _surplus(facts.items, items, answer)
    # two halves of one exchange: an item that is gone and the one that stands in its place
    counts["serial_mismatch"] //= 2
    counts["extra"] += surplus
    declared = items.height - (counts["extra"] - surplus) - counts["serial_mismatch"]
    answer.measure = {"declared": declared, **counts}
    told = ", ".join(f"{n} {status.replace('_', ' ')}" for status, n in counts.items() if n)
    answer.step("items", f"Of {plural(declared, 'declared item', 'declared items')}: {told or 'nothing'}.")
    wrong = counts["missing"] + counts["extra"] + counts["serial_mismatch"]
    if wrong:
        seen_at = items.filter(pl.col("status").is_in(["missing", "extra", "serial_mismatch"]))["inspected"]
        answer.breaches = tuple((t, t) for t in seen_at.unique().sort().to_list()) or ((None, None),)
        return answer.done("breached", f"{plural(wrong, 'item is', 'items are')} not as declared")
    if not declared:
        return answer.done("undetermined", "nothing was declared, so that there is nothing to compare with")
    share = (counts["present"] + counts["excused"]) / declared
    answer.step(
        "inspected",
        f"{100 * share:.0f} % of what was declared was read by inspectors; the mandate asks for {100 * answer.standard:g} %.",
    )
    if share < answer.standard:
        return answer.done("undetermined", "too little of what was declared was inspected")
    if counts["excused"]:
        return answer.done("excused", "what is absent was excused, and all else is in its place")
    return answer.done("complied", "what was declared is there, and nothing else")


def _concerned(
    items: pl.DataFrame, agreement: Agreement, kind: DeclaredItems, party: str | None, window: Interval
) -> pl.DataFrame:
    """The rows that a term speaks of; inspections only from its window."""
    rows = items.filter(pl.col("party") == party) if party is not None else items
    if kind.sites:
        rows = rows.filter(pl.col("site").is_in(list(kind.sites)))
    inside = pl.lit(True)
    if window.start is not None:
        inside &= pl.col("start") >= window.start
    if window.end is not None:
        inside &= pl.col("start") < window.end
    rows = rows.filter((pl.col("finding") == "declared") | inside)
    if kind.weapon is not None:
        levels = {
            name: agreement.vocabulary.weapons.level(kind.weapon, name) for name in rows["weapon"].unique().to_list()
        }
        fitting = [name for name, level in levels.items() if name is not None and level]
        rows = rows.filter(pl.col("weapon").is_in(fitting) | pl.col("weapon").is_null())
    return rows


def _trusted(agreement: Agreement) -> pl.Expr:
    return (pl.col("side") == NO_SIDE) & pl.col("reliability").is_in(list(agreement.mandate.grades))


def _last_looked(rows: pl.DataFrame, agreement: Agreement) -> pl.DataFrame:
    """What was found on the last day on which each site was inspected; refusals only where nobody ever came in."""
    looked = rows.filter(_trusted(agreement) & ~pl.col("finding").is_in(["declared", "excused"]))
    day = pl.col("start").dt.convert_time_zone(agreement.zone.key).dt.date()
    inside = pl.col("finding") != "refused"
    came_in = inside.any().over("party", "site")
    looked = looked.with_columns(day=day).filter(inside | ~came_in)
    return looked.filter(pl.col("day") == pl.col("day").max().over("party", "site")).drop("day")


def _surplus(rows: pl.DataFrame, items: pl.DataFrame, answer: VerdictBuilder) -> int:
    """Items counted at sites beyond what was declared there, where serials were not read; where sources differ, the least."""
    kind, agreement = answer.term.kind, answer.facts.agreement
    assert isinstance(kind, DeclaredItems)
    last = _last_looked(_concerned(rows, agreement, kind, answer.party, answer.window), agreement)
    site = ["party", "site"]
    read = last.group_by(site).agg(read=(pl.col("finding") == "seen").any())
    counts = last.filter(pl.col("finding") == "counted").unique([*site, "source", "weapon", "quantity"])
    counts = counts.group_by(*site, "source").agg(pl.col("quantity").sum()).group_by(site).agg(pl.col("quantity").min())
    known = items.filter(pl.col("status") != "not_inspected").group_by(site).agg(n=pl.len())
    both = counts.join(read.filter(~pl.col("read")), on=site, how="semi").join(known, on=site, how="left")
    return int(both.select((pl.col("quantity") - pl.col("n").fill_null(0)).clip(0).sum()).item() or 0)
