"""Declared items against inspected ones, item by item.

Of every site the last inspection by a graded source without a side counts. An item is **present** (its serial was seen),
**excused** (the mechanism excused its absence), **missing**, or **extra** (seen, never declared). As many missing as extra at
one site are **serial_mismatch**: the number is right, the serials are not. Where items were counted and serials not read, they
are **not_checked**; where inspectors were turned away, **access_refused**; where nobody went, **not_inspected**.
"""

from __future__ import annotations

import polars as pl

from servanda.agreement import Agreement
from servanda.agreement.model import Items
from servanda.evidence.model import NO_SIDE
from servanda.values.time import Interval
from servanda.verdicts.moments import Moments
from servanda.verdicts.outcome import Answer, not_binding, number

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


def reconcile(items: pl.DataFrame, agreement: Agreement, kind: Items, party: str | None) -> pl.DataFrame:
    """Every item that one party declared, or that was found with it, and its status (:data:`RECONCILED`).

    ``items``: rows of ``evidence.model.ITEM``, known by the time that is asked about.
    """
    rows = _concerned(items, agreement, kind, party)
    site = ["party", "site"]
    declared = rows.filter(pl.col("finding") == "declared").unique([*site, "serial"], keep="any")
    declared = declared.select(*site, "serial", "weapon").sort(*site, "serial")
    looked = _last_looked(rows, agreement)
    pardoned = rows.filter(_trusted(agreement) & (pl.col("finding") == "excused"))
    excused = pardoned.select(*site, "serial", pardoned=pl.lit(True)).unique()
    visits = looked.group_by(site).agg(
        inspected=pl.col("start").max(),
        refused=(pl.col("finding") == "refused").all(),
        counted=pl.col("quantity").filter(pl.col("finding") == "counted").sum(),
        only_counted=(pl.col("finding") == "counted").any() & ~(pl.col("finding") == "seen").any(),
    )
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
    status = (
        pl.when(pl.col("inspected").is_null())
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


def itemised(answer: Answer, moments: Moments) -> Answer:
    """Every declared item where it was declared to be, and nothing else."""
    term, facts = answer.term, answer.facts
    assert isinstance(term.kind, Items)
    early = not_binding(answer, moments.span(term), duty=True)
    if early is not None:
        return early
    answer.step("in_force", f"{answer.binding()}.")
    answer.window = answer.window.intersection(Interval(None, facts.as_of))
    items = reconcile(facts.items, facts.agreement, term.kind, answer.party)
    counts = {status: items.filter(pl.col("status") == status).height for status in STATUSES}
    surplus = _surplus(facts.items, items, answer)
    # two halves of one exchange: an item that is gone and the one that stands in its place
    counts["serial_mismatch"] //= 2
    counts["extra"] += surplus
    declared = items.height - (counts["extra"] - surplus) - counts["serial_mismatch"]
    answer.measure = {"declared": declared, **counts}
    told = ", ".join(f"{n} {status.replace('_', ' ')}" for status, n in counts.items() if n)
    answer.step("items", f"Of {number(declared, 'declared item', 'declared items')}: {told or 'nothing'}.")
    wrong = counts["missing"] + counts["extra"] + counts["serial_mismatch"]
    if wrong:
        return answer.done("breached", f"{number(wrong, 'item is', 'items are')} not as declared")
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


def _concerned(items: pl.DataFrame, agreement: Agreement, kind: Items, party: str | None) -> pl.DataFrame:
    """The rows that a term speaks of."""
    rows = items.filter(pl.col("party") == party) if party is not None else items
    if kind.sites:
        rows = rows.filter(pl.col("site").is_in(list(kind.sites)))
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
    """What the last inspection of each site says."""
    looked = rows.filter(_trusted(agreement) & ~pl.col("finding").is_in(["declared", "excused"]))
    return looked.filter(pl.col("start") == pl.col("start").max().over("party", "site"))


def _surplus(rows: pl.DataFrame, items: pl.DataFrame, answer: Answer) -> int:
    """Items counted at sites beyond what was declared there, where serials were not read."""
    kind, agreement = answer.term.kind, answer.facts.agreement
    assert isinstance(kind, Items)
    last = _last_looked(_concerned(rows, agreement, kind, answer.party), agreement)
    site = ["party", "site"]
    counted = last.group_by(site).agg(
        quantity=pl.col("quantity").filter(pl.col("finding") == "counted").sum(),
        read=(pl.col("finding") == "seen").any(),
    )
    known = items.group_by(site).agg(n=pl.len())
    both = counted.filter(~pl.col("read")).join(known, on=site, how="left").with_columns(pl.col("n").fill_null(0))
    return int(both.select((pl.col("quantity") - pl.col("n")).clip(0).sum()).item() or 0)
