"""Declared items against inspected ones, item by item.

A party declares for itself. At every site the last day of inspection by a graded source without a side counts, with what was
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

STATUSES = (
    "present",
    "excused",
    "missing",
    "extra",
    "serial_mismatch",
    "not_checked",
    "access_refused",
    "not_inspected",
)
SITE = ["party", "site"]
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
    """Every item that one party declared, or that was found with it, and its status.

    Args:
        items: rows of ``evidence.model.ITEM``, known by the time that is asked about.
        agreement: for its mandate, its zone and its classes of weapons.
        kind: which items, at which sites.
        party: whose items; ``None`` for everybody's.
        window: when inspections count.

    Returns:
        A table with the columns of :data:`RECONCILED`.
    """
    rows = _concerned(items, agreement, kind, party, window)
    inspected = _last_inspected(rows, agreement)
    pardoned = rows.filter(_trusted(agreement) & (pl.col("finding") == "excused"))
    excused = pardoned.select(*SITE, "serial", pardoned=pl.lit(True)).unique()
    both = _declared(rows).join(_seen(inspected), on=[*SITE, "serial"], how="full", coalesce=True)
    both = both.with_columns(weapon=pl.coalesce("weapon", "weapon_right")).join(_visits(inspected), on=SITE, how="left")
    both = both.join(excused, on=[*SITE, "serial"], how="left").sort(*SITE, "serial", nulls_last=True)
    return (
        both.with_columns(status=_status())
        .with_columns(status=_with_mismatches())
        .select(pl.col(c).cast(d) for c, d in RECONCILED.items())
        .sort(*SITE, "status", "serial")
    )


def _declared(rows: pl.DataFrame) -> pl.DataFrame:
    """What each party declared of its own, and since when."""
    own = (pl.col("finding") == "declared") & (pl.col("side") == pl.col("party"))
    since = pl.coalesce("known_at", "end", "start").min()
    declared = rows.filter(own).group_by(*SITE, "serial").agg(pl.col("weapon").first(), since=since)
    return declared.sort(*SITE, "serial").with_columns(declared=pl.lit(True))


def _seen(inspected: pl.DataFrame) -> pl.DataFrame:
    """The serials that inspectors read."""
    seen = inspected.filter(pl.col("finding") == "seen").select(*SITE, "serial", "weapon", seen=pl.lit(True))
    return seen.unique([*SITE, "serial"])


def _visits(inspected: pl.DataFrame) -> pl.DataFrame:
    """For each site when it was inspected last, whether inspectors were turned away, and how many items they only counted."""
    visits = inspected.group_by(SITE).agg(
        inspected=pl.col("start").max(),
        refused=(pl.col("finding") == "refused").all(),
        only_counted=(pl.col("finding") == "counted").any() & ~(pl.col("finding") == "seen").any(),
    )
    counted = _counts(inspected).group_by(SITE).agg(counted=pl.col("quantity").max())
    return visits.join(counted, on=SITE, how="left").with_columns(pl.col("counted").fill_null(0))


def _counts(inspected: pl.DataFrame) -> pl.DataFrame:
    """How many items each source counted at each site."""
    counts = inspected.filter(pl.col("finding") == "counted").unique([*SITE, "source", "weapon", "quantity"])
    return counts.group_by(*SITE, "source").agg(pl.col("quantity").sum())


def _status() -> pl.Expr:
    """The status of an item, before missing and extra ones are matched."""
    declared, seen = pl.col("declared").fill_null(False), pl.col("seen").fill_null(False)
    index = pl.int_range(pl.len()).over(SITE)
    late = declared & ~seen & (pl.col("since") > pl.col("inspected"))  # declared after the last inspection
    in_time = declared & (pl.col("since") <= pl.col("inspected"))
    return (
        pl.when(pl.col("inspected").is_null() | late)
        .then(pl.lit("not_inspected"))
        .when(pl.col("refused"))
        .then(pl.lit("access_refused"))
        .when(pl.col("only_counted") & (index < pl.col("counted")))
        .then(pl.lit("not_checked"))
        .when(in_time & seen)
        .then(pl.lit("present"))
        .when(seen)
        .then(pl.lit("extra"))
        .when(pl.col("pardoned").fill_null(False))
        .then(pl.lit("excused"))
        .otherwise(pl.lit("missing"))
    )


def _with_mismatches() -> pl.Expr:
    """As many missing as extra items at one site are ``serial_mismatch``."""
    missing = (pl.col("status") == "missing").sum().over(SITE)
    extra = (pl.col("status") == "extra").sum().over(SITE)
    nth = pl.int_range(pl.len()).over([*SITE, "status"])
    exchanged = pl.col("status").is_in(["missing", "extra"]) & (nth < pl.min_horizontal(missing, extra))
    return pl.when(exchanged).then(pl.lit("serial_mismatch")).otherwise("status")


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


def _last_inspected(rows: pl.DataFrame, agreement: Agreement) -> pl.DataFrame:
    """What was found on the last day on which each site was inspected; refusals only where nobody ever came in."""
    inspected = rows.filter(_trusted(agreement) & ~pl.col("finding").is_in(["declared", "excused"]))
    day = pl.col("start").dt.convert_time_zone(agreement.zone.key).dt.date()
    inside = pl.col("finding") != "refused"
    came_in = inside.any().over(SITE)
    inspected = inspected.with_columns(day=day).filter(inside | ~came_in)
    return inspected.filter(pl.col("day") == pl.col("day").max().over(SITE)).drop("day")


def surplus(
    reconciled: pl.DataFrame,
    items: pl.DataFrame,
    agreement: Agreement,
    kind: DeclaredItems,
    party: str | None,
    window: Interval,
) -> int:
    """How many items were counted beyond what was declared, at sites where serials were not read.

    Where sources differ, the least counts. ``reconciled``: what :func:`reconcile` gave for the other arguments.
    """
    inspected = _last_inspected(_concerned(items, agreement, kind, party, window), agreement)
    read = inspected.group_by(SITE).agg(read=(pl.col("finding") == "seen").any())
    least = _counts(inspected).group_by(SITE).agg(pl.col("quantity").min())
    declared = reconciled.filter(pl.col("status") != "not_inspected").group_by(SITE).agg(n=pl.len())
    both = least.join(read.filter(~pl.col("read")), on=SITE, how="semi").join(declared, on=SITE, how="left")
    return int(both.select((pl.col("quantity") - pl.col("n").fill_null(0)).clip(0).sum()).item() or 0)
