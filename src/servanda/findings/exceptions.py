"""Which confirmed incidents fall under an exception, every precondition of it shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from servanda.agreement.model import CONSENT
from servanda.findings.matched import NO_PARTY, UNSIDED
from servanda.findings.queries import MatchQuery
from servanda.findings.rules import Rules
from servanda.findings.standard import ways

PART: dict[str, pl.DataType] = {
    "part_in": pl.String(),  # what falls under an exception only in part: in what its acts were counted
    "part_low": pl.Int64(),  # how many of them do at the least, in thousandths
    "part_high": pl.Int64(),  # and at the most
}
UNMET = ("unshown", "after", "when", "unsaid", "more", "act")
"""Why no exception excuses what somebody says falls under one: its precondition is not shown; or it came after the act; or not when it was,
as soon before as it asks; nobody says how much it was; it was more, or another act, than it allows. Of several exceptions that by which it comes nearest."""
EXCUSE: dict[str, pl.DataType] = {
    "unit": pl.UInt16(),
    "incident": pl.UInt64(),
    "party": pl.Int8(),
    "excuse": pl.Int8(),
    "unmet": pl.Enum(UNMET),
    **PART,
}
_OF = ["unit", "incident", "party", "excuse"]
_CASE = ["unit", "incident", "party", "order", "excuse"]


def excused(confirmed: pl.DataFrame, remarks: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Rule 4: for each confirmed (query, incident, party) the first exception whose every precondition is shown and that allows as
    much, or that was granted by a decision; else the first that is shown for some of its acts, with how many (:data:`PART`); else why
    none does (:data:`UNMET`), where somebody says so.
    """
    schema = EXCUSE
    wanted = [
        (u, n, n, needed, _grantor(needed, rules.actors), exemption.within)
        for u, query in enumerate(rules.queries)
        for n, exemption in enumerate(query.exemptions)
        for needed in exemption.only_if
    ]
    shown_by = remarks.filter(pl.col("shows").is_not_null() & ~pl.col("stance").is_in(["denies", "retracts"]))
    granted = _granted(confirmed, rules.queries)
    if granted.height:  # a grant stands for what an exception asks, and not for how much it allows
        beyond = _beyond(confirmed, remarks, rules)
        granted = granted.join(beyond, on=["unit", "incident", "party", "excuse"], how="anti")
    if not wanted or confirmed.height == 0 or shown_by.height == 0:
        return _first(granted, schema)
    need = pl.DataFrame(
        wanted,
        schema={
            "unit": pl.UInt16,
            "order": pl.Int64,
            "excuse": pl.Int8,
            "shown": pl.String,
            "grantor": pl.Int8,
            "within": pl.Int64,
        },
        orient="row",
    )
    who = ("origin", "side", "bound", "first_hand", "weighs", "trace", "means")
    said = ("said_start", "said_end", "amount", "counted_in")
    each = _each(shown_by).rename({"start": "said_start", "end": "said_end", "quantity": "amount"})
    each = each.select("incident", "shown", "at", *who, *said).unique()
    extents = _extents(remarks, rules)
    cases = confirmed.join(need, on="unit").join(each, on=["incident", "shown"], how="left")
    cases = cases.join(extents, on=["unit", "incident"], how="left")
    # so soon after its precondition: nobody may say how soon, and then it is not shown
    soon = (pl.col("at") <= pl.col("start")) & (
        (pl.col("end") - pl.col("at")).dt.total_microseconds() <= pl.col("within")
    )
    before = (pl.col("at") <= pl.col("end")).fill_null(True)  # what came after an act is no precondition of it
    speaks = (pl.col("within").is_null() | soon.fill_null(False)) & before
    cases = _of_acts(cases.with_columns(speaks=speaks, before=before), remarks, rules)
    beyond = _beyond(confirmed, remarks, rules)
    of = _OF
    full = _whole(cases.with_columns(pl.col("speaks") & ~pl.col("partial")), rules).join(beyond, on=of, how="anti")
    whole = pl.concat([full.select(pl.col(c).cast(d) for c, d in granted.schema.items()), granted])
    found = _first(whole, schema)
    timely = _whole(cases, rules)
    if cases["partial"].any():
        part = timely.join(beyond, on=of, how="anti")
        part = part.join(whole, on=of[:3], how="anti").join(_amounts(cases, rules), on=_CASE)
        found = pl.concat([found, _first(part, schema)])
    left = cases.join(found, on=of[:3], how="anti")
    return pl.concat([found, _unmet(left, timely, beyond, rules)]) if left.height else found


def _unmet(cases: pl.DataFrame, timely: pl.DataFrame, beyond: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Why what somebody says falls under an exception falls under none."""
    said = cases.filter(pl.col("origin").is_not_null())
    near = said.select(_CASE).unique()
    for name, speaks in (("ever", pl.lit(True)), ("earlier", pl.col("before"))):
        shown = _whole(said.with_columns(speaks=speaks), rules)
        near = near.join(shown.select(*_CASE, pl.lit(True).alias(name)), on=_CASE, how="left")
    near = near.join(timely.select(*_CASE, timely=pl.lit(True)), on=_CASE, how="left")
    near = near.join(beyond.unique(_OF, keep="first", maintain_order=True), on=_OF, how="left")
    unmet = pl.when("timely").then("beyond").when("earlier").then(pl.lit("when")).when("ever").then(pl.lit("after"))
    steps = pl.sum_horizontal(pl.col("timely", "earlier", "ever").is_not_null().cast(pl.Int8))
    near = near.with_columns(unmet=unmet.otherwise(pl.lit("unshown")), rank=steps)
    near = near.sort("rank", "order", descending=[True, False]).unique(_OF[:3], keep="first", maintain_order=True)
    return near.select(
        (pl.col(c) if c in ("unmet", *_OF[:3]) else pl.lit(None)).cast(d).alias(c) for c, d in EXCUSE.items()
    )


def _whole(cases: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """The exceptions whose every precondition is shown."""
    by_need = _shown(cases, [*_CASE, "shown"], rules)
    return by_need.group_by(_CASE).agg(is_=pl.col("is_").all()).filter("is_").drop("is_")


def _of_acts(cases: pl.DataFrame, remarks: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """The cases with how many acts the incident had (``total``), and whether a row speaks only for some of them (``partial``)."""
    counted = _telling(remarks).filter(pl.col("counted_in").is_not_null())
    of = ["unit", "incident", "counted_in"]
    totals = counted.group_by(of).agg(total=pl.col("quantity").max())
    counts = [n for n, query in enumerate(rules.queries) if query.counts]
    less = pl.col("unit").is_in(counts) & (pl.col("amount") < pl.col("total"))
    return cases.join(totals, on=of, how="left").with_columns(partial=less.fill_null(False))


def _amounts(cases: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """For how many acts exceptions are shown, by incident and party: what each origin says in times that do not overlap together, the
    least and the most that any says, and of several preconditions the least; of the first unit in which anybody counts.
    """
    heard = pl.any_horizontal(*_voices(rules).values()).fill_null(False)
    rows = cases.filter(pl.col("partial") & heard)
    by = [*_CASE, "counted_in", "shown", "origin"]
    rows = rows.sort(*by, "said_start", "said_end")
    start, end = pl.col("said_start"), pl.col("said_end")
    again = (start == start.shift().over(by)) & (end == end.shift().over(by))
    rows = rows.with_columns(meets=((start < end.shift().cum_max().over(by)) | again).fill_null(False))
    said = rows.group_by(by).agg(
        pl.col("total").first(),
        amount=pl.when(pl.col("meets").any()).then(pl.col("amount").max()).otherwise(pl.col("amount").sum()),
    )
    capped = pl.min_horizontal("amount", "total")
    each = said.group_by(*_CASE, "counted_in", "shown").agg(part_low=capped.min(), part_high=capped.max())
    all_of = each.group_by(*_CASE, "counted_in").agg(pl.col("part_low").min(), pl.col("part_high").min())
    first = all_of.sort("counted_in").unique(_CASE, keep="first", maintain_order=True)
    return first.rename({"counted_in": "part_in"})


def _shown(cases: pl.DataFrame, key: list[str], rules: Rules) -> pl.DataFrame:
    """Whether each precondition is shown (``is_``): by the standard's ways, as an act is, or by the word that binds."""
    mandate, voices = rules.mandate, _voices(rules)
    seen, neutral, other, grants = voices["seen"], voices["neutral"], voices["other"], voices["grants"]
    known = seen & pl.col("means").is_not_null()
    others = pl.max_horizontal(rules.parties - (pl.col("party") < rules.parties).cast(pl.Int8), 1)
    heard = (
        cases.with_columns(others=others)
        .group_by(key)
        .agg(
            seen=pl.col("origin").filter(seen).n_unique(),
            weighing=pl.col("origin").filter(neutral).n_unique(),
            own=pl.lit(0, dtype=pl.UInt32),
            traced=(seen & pl.col("trace")).any(),
            known_means=pl.col("origin").filter(known).n_unique(),
            means_low=pl.col("means").filter(known).min(),
            means_high=pl.col("means").filter(known).max(),
            bound=grants.any() | (pl.col("bound").filter(other).n_unique() >= pl.col("others").max()),
        )
    )
    observed, several, _ = ways(mandate)
    return heard.select(*key, is_=observed | several | (pl.col("bound") & pl.lit(mandate.admission)))


def _voices(rules: Rules) -> dict[str, pl.Expr]:
    """Whose word it is that shows a precondition, where it ``speaks`` for it."""
    speaks = pl.col("speaks")
    # against its own interest speaks whose word binds a party and not this one; it takes all of them
    other = (pl.col("bound") >= 0) & (pl.col("bound") < rules.parties) & (pl.col("bound") != pl.col("party"))
    return {
        "seen": pl.col("first_hand").fill_null(False) & speaks,
        "neutral": (pl.col("side") == UNSIDED) & pl.col("weighs") & speaks,
        "other": other & (pl.col("party") != NO_PARTY) & pl.col("grantor").is_null() & speaks,
        "grants": (pl.col("bound") == pl.col("grantor")).fill_null(False) & speaks,
    }


def _extents(remarks: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """When, what and how much incidents were."""
    return (
        _telling(remarks)
        .group_by("unit", "incident")
        .agg(pl.col("start").min(), pl.col("end").max(), pl.col("quantity").max(), acts=pl.col("act").unique())
    )


def _telling(remarks: pl.DataFrame) -> pl.DataFrame:
    """Who says when, what and how much incidents were: observers; else sources without a side that weigh; else all."""
    unsided = (pl.col("side") == UNSIDED) & pl.col("weighs")
    rows = remarks.filter(pl.col("unit").is_not_null())
    rank = pl.when("first_hand").then(2).when(unsided).then(1).otherwise(0)
    return rows.with_columns(rank=rank).filter(pl.col("rank") == pl.col("rank").max().over("unit", "incident"))


def _beyond(confirmed: pl.DataFrame, remarks: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Incidents and parties that go beyond what an exception allows (why: ``beyond``): they are more, by who saw it or by the accused's own
    word; nobody says how much they were; or they are of another act.
    """
    of = ["unit", "incident", "party"]
    own = remarks.filter(pl.col("unit").is_not_null() & (pl.col("bound") >= 0))
    own = own.group_by("unit", "incident", party="bound").agg(admitted=pl.col("quantity").max())
    extents = confirmed.select(of).join(_extents(remarks, rules), on=["unit", "incident"]).join(own, on=of, how="left")
    much = pl.when(pl.col("quantity").is_not_null()).then(pl.max_horizontal("quantity", "admitted"))
    parts = [pl.DataFrame(schema={**{c: EXCUSE[c] for c in _OF}, "beyond": pl.String()})]
    for u, query in enumerate(rules.queries):
        for n, exemption in enumerate(query.exemptions):
            why = pl.lit(None, dtype=pl.String)
            if exemption.acts is not None:
                allowed = pl.element().is_in(list(exemption.acts)).fill_null(False)
                why = pl.when(~pl.col("acts").list.eval(allowed).list.all()).then(pl.lit("act"))
            if exemption.at_most is not None:
                more = pl.when(much > exemption.at_most).then(pl.lit("more")).otherwise(why)
                why = pl.when(much.is_null()).then(pl.lit("unsaid")).otherwise(more)
            of_query = extents.filter(pl.col("unit") == u).with_columns(beyond=why, excuse=pl.lit(n, dtype=pl.Int8))
            parts.append(of_query.filter(pl.col("beyond").is_not_null()).select(*_OF, "beyond"))
    return pl.concat(parts)


def pleaded(confirmed: pl.DataFrame, remarks: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Those of the confirmed for which the accused's own side invokes an exception (``invoked``)."""
    schema = {"unit": pl.UInt16, "incident": pl.UInt64, "party": pl.Int8, "invoked": pl.Boolean}
    wanted = [
        (u, needed)
        for u, query in enumerate(rules.queries)
        for exemption in query.exemptions
        for needed in exemption.only_if
    ]
    said = remarks.filter(
        pl.col("shows").is_not_null() & (pl.col("side") >= 0) & ~pl.col("stance").is_in(["denies", "retracts"])
    )
    if not wanted or confirmed.height == 0 or said.height == 0:
        return pl.DataFrame(schema=schema)
    need = pl.DataFrame(wanted, schema={"unit": pl.UInt16, "shown": pl.String}, orient="row").unique()
    invoked = confirmed.join(_each(said).select("incident", "shown", party="side").unique(), on=["incident", "party"])
    invoked = invoked.join(need, on=["unit", "shown"], how="semi").select("unit", "incident", "party").unique()
    return invoked.with_columns(invoked=pl.lit(True))


def _each(remarks: pl.DataFrame) -> pl.DataFrame:
    """Remarks by what they show (``shown``), one after another, and when that was (``at``)."""
    each = remarks.with_columns(shown=pl.col("shows").str.split(";")).explode("shown")
    name, at = (pl.col("shown").str.splitn("@", 2).struct.field(f"field_{n}") for n in (0, 1))
    return each.with_columns(
        shown=name.str.strip_chars(), at=at.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%:z", time_unit="us", strict=False)
    )


def _first(full: pl.DataFrame, schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """Of the exceptions that hold for an incident and party the first."""
    first = full.sort("order").unique(["unit", "incident", "party"], keep="first", maintain_order=True)
    known = set(full.columns)
    return first.select((pl.col(c) if c in known else pl.lit(None)).cast(d).alias(c) for c, d in schema.items())


def _granted(confirmed: pl.DataFrame, queries: Sequence[MatchQuery]) -> pl.DataFrame:
    """What decisions granted, for the incidents that are confirmed."""
    rows = [(u, key, n, n) for u, query in enumerate(queries) for key, n in query.granted]
    schema = {"unit": pl.UInt16, "incident": pl.UInt64, "order": pl.Int64, "excuse": pl.Int8}
    return confirmed.join(pl.DataFrame(rows, schema=schema, orient="row"), on=["unit", "incident"]).select(
        "unit", "incident", "party", "order", "excuse"
    )


def _grantor(needed: str, actors: Sequence[str]) -> int | None:
    """Whose consent a precondition is; nobody else's word stands for it."""
    name = needed.removeprefix(CONSENT)
    return actors.index(name) if needed.startswith(CONSENT) and name in actors else None
