"""The tables that a verification gives out: findings with their answers, exceptions, incidents by what weighs most."""

from __future__ import annotations

import functools
from collections.abc import Collection, Sequence

import polars as pl

from servanda.agreement import Agreement
from servanda.findings.finding import SET_ASIDE
from servanda.findings.matched import NO_PARTY
from servanda.findings.plan import Findings
from servanda.findings.queries import MatchQuery
from servanda.findings.repeats import Repeats
from servanda.values.text_order import in_order, places
from servanda.values.time import Interval
from servanda.verdicts.case_file import CaseFile

FINDING_OUT: dict[str, pl.DataType] = {
    "term": pl.String(),
    "reading": pl.String(),
    "role": pl.String(),
    "party": pl.String(),
    "incident": pl.String(),
    "status": pl.String(),
    "probability": pl.Float64(),
    "standard": pl.String(),
    "threshold": pl.Float64(),
    "reports": pl.UInt32(),
    "origins": pl.UInt32(),
    "confirmed_by": pl.String(),
    "observers": pl.UInt32(),
    "observers_against": pl.UInt32(),
    "contested": pl.String(),
    "exchange": pl.Boolean(),
    "withdrawn": pl.Boolean(),
    "answerable": pl.Boolean(),
    "basis_stated": pl.Boolean(),
    "excuse": pl.String(),
    "plea": pl.String(),
    "unmet": pl.String(),
    "rule": pl.String(),
    "decided_by": pl.String(),
    "answered": pl.Boolean(),
}
EXCEPTIONS: dict[str, pl.DataType] = {
    "term": pl.String(),
    "reading": pl.String(),
    "exception": pl.String(),
    "party": pl.String(),
    "invoked": pl.Int64(),
    "granted": pl.Int64(),
}
PLEAS: dict[str, pl.DataType] = {"key": pl.UInt64(), "side": pl.String(), "shown": pl.String()}
ACTS: dict[str, pl.DataType] = {
    "term": pl.String(),
    "reading": pl.String(),
    "party": pl.String(),
    "incident": pl.String(),
    "status": pl.String(),
    "start": pl.Datetime("us", "UTC"),
    "end": pl.Datetime("us", "UTC"),
    "unit": pl.String(),
    "least": pl.Float64(),
    "most": pl.Float64(),
    "excused_least": pl.Float64(),
    "excused_most": pl.Float64(),
    "reports": pl.UInt32(),
}
STATUSES = ("confirmed", "excused", "open", "alleged", "below", "private", SET_ASIDE)
"""What a finding can be; what weighs most first."""
ACCUSING = "act"
"""The role in which an incident falls under a ban or a cap; in all others, as what was counted before a cap, it accuses nobody."""
COUNTED = STATUSES[:4]
"""The statuses of incidents that are counted."""
_RANK = {status: n for n, status in enumerate(STATUSES)}


def weighing(findings: pl.DataFrame) -> pl.DataFrame:
    """The findings that say how an incident stands: that it is shown under another term, as what is owed or as what calls for an answer, bears out no accusation.

    Args:
        findings: with ``incident``, ``role`` and ``status``.

    Returns:
        Of each incident those that count, where any does; of these those under a ban or a cap, where any is. ``owed``: whether none is, so that it accuses nobody.
    """
    accuses = pl.col("role") == ACCUSING
    weight = 2 * pl.col("status").is_in(COUNTED).cast(pl.Int8) + accuses.cast(pl.Int8)
    return findings.filter(weight == weight.max().over("incident")).with_columns(owed=~accuses)


def identified(found: Findings, names: pl.DataFrame) -> pl.DataFrame:
    """Findings with the ids of their incidents (``names``: ``key``, ``incident``) and the names of exceptions, those of repeats put in."""
    excuses = pl.DataFrame(
        [(u, n, e.id) for u, query in enumerate(found.queries) for n, e in enumerate(query.exemptions)],
        schema={"unit": pl.UInt16, "excuse": pl.Int8, "name": pl.String},
        orient="row",
    )
    ids, place = in_order(names["incident"])
    findings = found.rows.rename({"incident": "key"})
    findings = findings.with_columns(place=place.gather(places(findings["key"], names["key"])))
    # by one number: unit, party, place and status, which is moved and compared faster than text
    status = pl.col("status").to_physical()
    parts = (pl.col("unit"), 16), (pl.col("party").cast(pl.Int16) + 128, 8), (pl.col("place"), 32), (status, 8)
    order = findings.select(
        functools.reduce(lambda n, part: n * 2 ** part[1] + part[0].cast(pl.UInt64), parts, pl.lit(0, dtype=pl.UInt64))
    )
    findings = findings[order.to_series().arg_sort()]
    findings = findings.with_columns(incident=ids.gather(findings["place"]))
    excused = findings.join(excuses, on=["unit", "excuse"], how="left", maintain_order="left")
    named = excused.drop("excuse", "place").rename({"name": "excuse"})
    return Repeats.of(found.queries).put_in_order(named)


def with_answers(case: CaseFile, findings: pl.DataFrame) -> pl.DataFrame:
    """The findings; those that are alleged, or could be answered, with whether they are ``answered``."""
    found = []
    answerable = findings.select("unit", "party", "key", "incident", "answerable").filter("answerable")
    for (unit, index), rows in answerable.partition_by("unit", "party", as_dict=True, maintain_order=True).items():
        query = case.queries[unit]
        party = case.actors[index] if index != NO_PARTY and query.voice != "mark" else None
        window = query.window.intersection(Interval(None, case.as_of))
        coverage = case.coverage_of(query.pattern, window, party, undone=query.voice == "deed")
        answered = case.answered(rows["incident"].to_list(), coverage)
        found.append(rows.filter(pl.col("incident").is_in(list(answered))).select("unit", "party", "key").unique())
    asked = pl.col("answerable") | (pl.col("status") == "alleged")
    yes = pl.concat(found) if found else answerable.select("unit", "party", "key").clear()
    if not yes.height:
        return findings.with_columns(answered=pl.when(asked).then(pl.lit(False)))
    marked = findings.join(yes.with_columns(yes=True), on=["unit", "party", "key"], how="left", maintain_order="left")
    told = pl.col("answerable") & pl.col("yes").fill_null(False)
    return marked.with_columns(answered=pl.when(asked).then(told)).drop("yes")


def written_findings(findings: pl.DataFrame, units: Sequence[MatchQuery], agreement: Agreement) -> pl.DataFrame:
    """The findings table as it is written out (:data:`FINDING_OUT`)."""
    names = pl.DataFrame(
        [(u, unit.owner, unit.reading, unit.role) for u, unit in enumerate(units)],
        schema={"unit": pl.UInt16, "term": pl.String, "reading": pl.String, "role": pl.String},
        orient="row",
    )
    parties = dict(enumerate(agreement.actors))
    mandate = agreement.mandate
    out = (
        findings.rename({"party": "index"})
        .join(names, on="unit", how="left", maintain_order="left")
        .with_columns(
            party=pl.col("index").replace_strict(parties, default=None, return_dtype=pl.String),
            probability=_parts_of(pl.coalesce("rule_p", "p"), 1_000_000),
            standard=pl.lit(mandate.standard),
            threshold=pl.lit(mandate.threshold_probability),
            confirmed_by=pl.col("by"),
            observers_against="against",
        )
    )
    order = ["unit", "index", "incident", "status"]
    out = out if _follow(out, order) else out.sort(order)
    return out.select(pl.col(c).cast(d) for c, d in FINDING_OUT.items())


def _follow(rows: pl.DataFrame, columns: Sequence[str]) -> bool:
    """Whether each row comes after the one before it, by these columns, as :func:`identified` leaves them where no decision changed one."""
    after = pl.lit(False)
    for column in reversed(columns):
        after = (pl.col(column) > pl.col(column).shift()) | ((pl.col(column) == pl.col(column).shift()) & after)
    return bool(rows.select(after.fill_null(value=False).slice(1).all()).item())


def _parts_of(numbers: pl.Expr, whole: int) -> pl.Expr:
    """Whole numbers divided, each as if it stood alone: Polars multiplies a column by the rounded inverse, and 5 % were another number in a
    table of one row than in a longer one.
    """

    def parts(column: pl.Series) -> pl.Series:
        divided = pl.Series(column.name, column.fill_null(0).to_numpy() / whole, dtype=pl.Float64)
        return divided.set(column.is_null(), None)

    return numbers.map_batches(parts, return_dtype=pl.Float64)


def acts_of(case: CaseFile) -> pl.DataFrame:
    """How many acts were counted under prohibitions (:data:`ACTS`), one row per term, reading, party, incident and unit; overlaps included."""
    names = pl.DataFrame(
        [(u, query.owner, query.reading) for u, query in enumerate(case.queries)],
        schema={"index": pl.UInt16, "term": pl.String, "reading": pl.String},
        orient="row",
    )
    thousandths = {"least": "low", "most": "high", "excused_least": "part_low", "excused_most": "part_high"}
    rows = case.counts.rename({"unit": "index", "party": "of"}).join(
        names, on="index", how="left", maintain_order="left"
    )
    rows = rows.with_columns(
        *(_parts_of(pl.col(old), 1000).alias(new) for new, old in thousandths.items()),
        party=pl.col("of").replace_strict(dict(enumerate(case.actors)), default=None, return_dtype=pl.String),
        unit="counted_in",
    )
    return rows.select(pl.col(c).cast(d) for c, d in ACTS.items()).sort(
        "term", "reading", "party", "start", "end", "incident", "unit", "status"
    )


def pleas_of(members: pl.DataFrame) -> pl.DataFrame:
    """What the reports of incidents plead.

    Args:
        members: reports, with the ``key`` of their incident.

    Returns:
        By incident and side each precondition that it says was there (:data:`PLEAS`), once.
    """
    pleaded = members.filter(pl.col("shows").is_not_null() & ~pl.col("stance").is_in(["denies", "retracts"]))
    pleaded = pleaded.with_columns(shown=pl.col("shows").str.split(";")).explode("shown")
    shown = pl.col("shown").str.extract(r"^\s*([^@]*?)\s*(?:@|$)")
    return pleaded.select("key", "side", shown=shown).unique()


def exceptions_of(case: CaseFile, pleas: pl.DataFrame, only: Collection[int] | None = None) -> pl.DataFrame:
    """For every exception (``only``: of these queries) and party: of how many incidents it was accused that speak of a precondition of it
    (``invoked``: said by the party itself; ``pleas``: those of all incidents), and how many were excused by it.
    """
    index = dict(enumerate(case.actors))
    accused = case.findings.with_columns(
        party=pl.col("party").replace_strict(index, default=None, return_dtype=pl.String)
    ).filter(pl.col("party").is_not_null())
    rows = []
    for n, query in enumerate(case.queries):
        for exemption in query.exemptions if only is None or n in only else ():
            for party in query.binds or ():
                charges = accused.filter((pl.col("unit") == n) & (pl.col("party") == party))
                own = pleas.filter((pl.col("side") == party) & pl.col("shown").is_in(list(exemption.only_if)))
                invoked = charges.join(own, on="key", how="semi")["key"].n_unique()
                granted = charges.filter((pl.col("excuse") == exemption.id) & (pl.col("status") == "excused")).height
                rows.append((query.owner, query.reading, exemption.id, party, invoked, granted))
    found = pl.DataFrame(rows, schema=EXCEPTIONS, orient="row")
    return found.group_by("term", "reading", "exception", "party", maintain_order=True).agg(
        pl.col("invoked", "granted").sum()
    )


def ranked_incidents(findings: pl.DataFrame, most: int | None = None) -> pl.DataFrame:
    """Incidents (``key``, ``incident``, ``rank``), those first that weigh most; ``most``: only so many, without an order of all others."""
    rank = pl.col("status").replace_strict(_RANK, return_dtype=pl.Int8).min()
    each = findings.group_by("key").agg(pl.col("incident").first(), rank=rank)
    if most is not None and each.height > most:
        last = each["rank"].sort()[most - 1]
        first = each.filter(pl.col("rank") < last)
        others = each.filter(pl.col("rank") == last)
        name = others["incident"].sort()[most - first.height - 1]
        each = pl.concat([first, others.filter(pl.col("incident") <= name)])
    each = each.with_columns(place=in_order(each["incident"])[1]).sort("rank", "place", "key").drop("place")
    return each if most is None else each.head(most)
