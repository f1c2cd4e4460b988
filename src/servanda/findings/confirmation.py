"""From matched reports to findings: what is confirmed, alleged, excused or open, incident by incident.

The rules, in the words of ``docs/verdicts.md``, for one term, reading and window:

1. *Origins.* All that one origin says of one incident counts once. If it is quoted in several versions, its probability is
   the mean over the versions (a version that does not fall under the term counts as 0). Its own words outweigh what
   others say it said. A retraction takes back all that its origin said of the incident. Hearsay (``directness`` 0)
   can accuse; it has no side, and neither confirms, denies, retracts nor excuses. A denial confirms nothing.
2. *Confirmed as the act.* Counting only origins whose probability reaches the standard of proof and who surely speak
   of the term's own act and target: one graded observation of a source without a side; or enough origins
   without a side. An observation without a side that denies the incident undoes this.
3. *Confirmed as a party's.* The same, counting only origins who name that party and no other; or its own admission. What
   it was bound to do: not its own word, but the acknowledgement of every other party. Events and triggers: neither.
4. *Excused.* Every precondition of one exception is shown for the incident, by the rule of 2 or by another party; a
   consent by the rule of 2 or by who gives it.
5. *Alleged.* Not confirmed, and at least one origin whose probability reaches the standard accuses the party.
6. *Below.* Like alleged, but the probability does not reach the standard (and is at least 5 %).
7. *Open.* Not confirmed as any party's, and: confirmed as the act; or asserted by a source without a side; or it would be
   confirmed if the standard were 5 %.
"""

from __future__ import annotations

import polars as pl

from servanda.agreement import Mandate
from servanda.evidence.model import HEARSAY
from servanda.findings.exceptions import excused
from servanda.findings.matching import MATCHES, NO_PARTY, REMARKS_ON_INCIDENT, UNKNOWN_SIDE, UNSIDED, VERSIONS
from servanda.findings.rules import Rules

DOUBT = 50_000  # millionths: below this an incident is not even open
FINDING: dict[str, pl.DataType] = {
    "unit": pl.UInt16(),
    "incident": pl.UInt64(),
    "party": pl.Int8(),  # index of the party, or NO_PARTY: the act, whoever did it
    "status": pl.Enum(["confirmed", "excused", "alleged", "below", "open"]),
    "p": pl.Int32(),  # millionths: the greatest probability among the origins it rests on
    "reports": pl.UInt32(),
    "origins": pl.UInt32(),
    "by": pl.Enum(["observation", "origins", "admission"]),  # what confirmed it
    "contested": pl.Boolean(),  # an observation without a side denies it
    "excuse": pl.Int8(),  # which of the term's exceptions
}
_KEY = ["unit", "incident"]


def confirm(matched: pl.DataFrame, remarks: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Findings (:data:`FINDING`) from matched rows (:data:`MATCHES`) and what was said about incidents (:data:`REMARKS_ON_INCIDENT`).

    All rows of an incident must be here; the incidents may be split over several calls.
    """
    assert matched.columns == list(MATCHES)
    assert remarks.columns == list(REMARKS_ON_INCIDENT)
    trusted = pl.col("level") > HEARSAY
    retracted = remarks.filter((pl.col("stance") == "retracts") & trusted).select("incident", "origin").unique()
    if retracted.height:
        matched = matched.join(retracted, on=["incident", "origin"], how="anti")
        remarks = remarks.join(retracted, on=["incident", "origin"], how="anti")
    contested = remarks.filter((pl.col("stance") == "denies") & pl.col("first_hand"))["incident"].unique().implode()
    parts = []
    for origins, alone in ((_plain(matched.filter(~pl.col("named"))), True), (_named(matched.filter("named")), False)):
        if origins.height:
            marked = origins.with_columns(contested=pl.col("incident").is_in(contested))
            parts.append(_findings(marked, remarks, rules, alone=alone))
    return pl.concat(parts) if parts else pl.DataFrame(schema=FINDING)


def _findings(origins: pl.DataFrame, remarks: pl.DataFrame, rules: Rules, *, alone: bool) -> pl.DataFrame:
    """Rules 2 to 7. ``alone``: every row of ``origins`` is the only one of its query and incident."""
    act = _confirmed(origins, rules.mandate, _KEY, None, alone=alone)
    whoever = pl.col("unit").is_in([n for n, query in enumerate(rules.queries) if query.binds is None])
    nameless = _unattributed(act.filter(whoever), remarks, rules)
    origins, act = origins.filter(~whoever), act.filter(~whoever)
    if act.height == 0:
        return nameless
    by_party = _confirmed(_accusing(origins, rules, alone=alone), rules.mandate, [*_KEY, "party"], "party", alone=alone)
    of_act = act.select(
        *_KEY,
        act="is",
        act_open="could",
        act_by="by",
        act_p="p",
        p_any="p_accused",
        all_reports="reports",
        all_origins="origins",
        unsided="unsided",
    )
    return pl.concat([_accused(by_party, of_act, remarks, rules), _open(by_party, of_act), nameless])


def _accusing(origins: pl.DataFrame, rules: Rules, *, alone: bool) -> pl.DataFrame:
    """Each origin with the ``party`` that it names, and whose word confirms it (:func:`_voices`)."""
    if not alone:
        # An origin that names two authors accuses both and confirms neither.
        one = pl.col("names") == 1
        origins = origins.with_columns(p_sure=pl.when(one).then("p_sure").otherwise(0)).explode("actors")
    return _voices(origins.rename({"actors": "party"}).filter(pl.col("party") != NO_PARTY), rules)


def _accused(by_party: pl.DataFrame, of_act: pl.DataFrame, remarks: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Rules 3 to 6: what is confirmed, excused, alleged or below of each party that a query binds."""
    bound = pl.DataFrame(
        [(n, rules.actors.index(party)) for n, query in enumerate(rules.queries) for party in query.binds or ()],
        schema={"unit": pl.UInt16, "party": pl.Int8},
        orient="row",
    )
    accused = by_party.join(bound, on=["unit", "party"], how="semi").filter(
        pl.col("is") | (pl.col("p_accused") >= DOUBT)
    )
    accused = accused.join(of_act, on=_KEY, how="left").with_columns(
        status=pl.when("is")
        .then(pl.lit("confirmed"))
        .when("accused")
        .then(pl.lit("alleged"))
        .otherwise(pl.lit("below")),
        p=pl.when("is").then("p").otherwise("p_accused"),
        by=pl.when("is").then("by"),
        reports="all_reports",
        origins="all_origins",
    )
    pardoned = excused(accused.filter("is").select(*_KEY, "party"), remarks, rules)
    accused = accused.join(pardoned, on=[*_KEY, "party"], how="left").with_columns(
        status=pl.when(pl.col("excuse").is_not_null()).then(pl.lit("excused")).otherwise("status")
    )
    return _typed(accused)


def _open(by_party: pl.DataFrame, of_act: pl.DataFrame) -> pl.DataFrame:
    """What is open (rule 7): it may be a breach, and is neither confirmed nor merely alleged."""
    settled = by_party.filter("is").select(_KEY).unique()
    doubtful = by_party.filter(pl.col("could") & ~pl.col("is")).select(_KEY).unique()
    happened = of_act.filter(pl.col("act") | pl.col("act_open") | pl.col("unsided"))
    doubtful = of_act.join(doubtful, on=_KEY, how="semi").join(happened, on=_KEY, how="anti")
    unsettled = pl.concat([happened, doubtful]).join(settled, on=_KEY, how="anti")
    return _typed(
        unsettled.select(
            *_KEY,
            party=pl.lit(NO_PARTY, dtype=pl.Int8),
            status=pl.lit("open"),
            p=pl.when("act").then("act_p").otherwise("p_any"),
            reports="all_reports",
            origins="all_origins",
            by=pl.when("act").then("act_by"),
            contested=pl.lit(False),
            excuse=pl.lit(None, dtype=pl.Int8),
        )
    )


def _voices(accusing: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """With whose word, besides observers', confirms it (``voice``), and how many such words it takes (``voices``).

    An act: the accused party's own. A deed: every other party's, for it is against their interest. A mark: nobody's.
    """
    side, doer, parties = pl.col("side"), pl.col("party"), rules.parties
    is_act = pl.col("unit").is_in([n for n, query in enumerate(rules.queries) if query.voice == "act"])
    is_deed = pl.col("unit").is_in([n for n, query in enumerate(rules.queries) if query.voice == "deed"])
    other = (side >= 0) & (side < parties) & (side != doer)
    others = pl.max_horizontal(parties - (doer < parties).cast(pl.Int8), 1)
    return accusing.with_columns(
        voice=pl.when((is_act & (side == doer)) | (is_deed & other)).then(side),
        voices=pl.when(is_deed).then(others).otherwise(1),
    )


def _typed(findings: pl.DataFrame) -> pl.DataFrame:
    return findings.select(pl.col(c).cast(d) for c, d in FINDING.items())


def _plain(matched: pl.DataFrame) -> pl.DataFrame:
    """Rule 1 for reports without an incident id, which are one incident only when origin and version are the same."""
    trusted_sides = pl.col("side").filter(pl.col("level") > HEARSAY)
    one_side = pl.when(pl.col("low") == pl.col("high")).then("low").otherwise(pl.lit(UNKNOWN_SIDE, dtype=pl.Int8))
    return (
        matched.group_by(_KEY)
        .agg(
            pl.col("p", "surely", "actor").first(),
            pl.col("first_hand").any(),
            low=trusted_sides.min().fill_null(UNKNOWN_SIDE),
            high=trusted_sides.max().fill_null(UNKNOWN_SIDE),
            reports=pl.len(),
        )
        .select(
            *_KEY,
            "p",
            p_sure=pl.when("surely").then("p").otherwise(0),
            actors="actor",
            side=one_side,
            first_hand=pl.col("first_hand") & (one_side == UNSIDED),
            reports="reports",
        )
    )


def _named(matched: pl.DataFrame) -> pl.DataFrame:
    """Rule 1 for incidents with an id: one row per query, incident and origin, with its mean over versions.

    ``actors`` is the list of parties that the origin names.
    """
    origin_key = ["incident", "origin"]
    trusted_sides = pl.col("side").filter(pl.col("level") > HEARSAY)
    versions = matched.group_by("unit", *origin_key, "version").agg(
        pl.col("p", "actor").first(),  # the same in all rows of one version
        pl.col("surely").any(),  # but for one that also stands in a denial
        pl.col("first_hand").any(),
        level=pl.col("level").max(),
        low=trusted_sides.min(),
        high=trusted_sides.max(),
        n=pl.len(),
    )
    # An origin's own words outweigh what others say it said; a trusted relay outweighs hearsay.
    versions = versions.filter(pl.col("level") == pl.col("level").max().over(origin_key))
    spoken = versions.filter(pl.col("unit") == VERSIONS).group_by(origin_key).agg(versions=pl.len())
    p = pl.col("p").cast(pl.Int64)
    one_side = pl.when(pl.col("low") == pl.col("high")).then("low").otherwise(pl.lit(UNKNOWN_SIDE, dtype=pl.Int8))
    count = pl.coalesce("versions", "here")
    return (
        versions.filter(pl.col("unit") != VERSIONS)
        .group_by(["unit", *origin_key])
        .agg(
            total=p.sum(),
            total_sure=pl.when("surely").then(p).otherwise(0).sum(),
            here=pl.len(),
            reports=pl.col("n").sum(),
            actors=pl.col("actor").unique(),
            names=pl.col("actor").filter(pl.col("actor") != NO_PARTY).n_unique(),
            low=pl.col("low").min().fill_null(UNKNOWN_SIDE),
            high=pl.col("high").max().fill_null(UNKNOWN_SIDE),
            first_hand=pl.col("first_hand").any(),
        )
        .join(spoken, on=origin_key, how="left")
        .select(
            *_KEY,
            p=(pl.col("total") // count).cast(pl.Int32),
            p_sure=(pl.col("total_sure") // count).cast(pl.Int32),
            actors="actors",
            names="names",
            side=one_side,
            first_hand=pl.col("first_hand") & (one_side == UNSIDED),
            reports="reports",
        )
    )


def _confirmed(
    origins: pl.DataFrame, mandate: Mandate, key: list[str], party: str | None, *, alone: bool
) -> pl.DataFrame:
    """Rules 2, 3 and the doubt of 7 for groups of origins: is it confirmed, could it be, by what, accused at all.

    ``alone``: every group is one row, so that nothing has to be grouped.
    """

    def any_(what: pl.Expr) -> pl.Expr:
        return what if alone else what.any()

    def most(column: str) -> pl.Expr:
        return pl.col(column) if alone else pl.col(column).max()

    def by(threshold: int) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
        enough = pl.col("p_sure") >= threshold
        unsided = enough & (pl.col("side") == UNSIDED)
        number = unsided.cast(pl.UInt32) if alone else unsided.sum()
        admitted = pl.lit(False)
        if party and alone:
            admitted = enough & pl.col("voice").is_not_null() & (pl.col("voices") == 1)
        elif party:
            admitted = pl.col("voice").filter(enough).drop_nulls().n_unique() >= pl.col("voices").max()
        return (
            any_(enough & pl.col("first_hand")) & pl.lit(mandate.by_observation),
            (number >= mandate.origins) & pl.lit(mandate.origins > 0),
            admitted & pl.lit(mandate.admission),
        )

    sure, doubt = by(mandate.threshold), by(min(DOUBT, mandate.threshold))
    contested = any_(pl.col("contested"))
    columns = {
        "observation": sure[0] & ~contested,
        "several": sure[1] & ~contested,
        "admission": sure[2],
        "could": ((doubt[0] | doubt[1]) & ~contested) | doubt[2],
        "p": most("p_sure"),
        "p_accused": most("p"),
        "contested": contested,
        "unsided": any_((pl.col("side") == UNSIDED) & (pl.col("p") >= mandate.threshold)),
        "reports": pl.col("reports").cast(pl.UInt32) if alone else pl.col("reports").sum().cast(pl.UInt32),
        "origins": pl.lit(1, dtype=pl.UInt32) if alone else pl.len().cast(pl.UInt32),
    }
    rows = origins.select(*key, **columns) if alone else origins.group_by(key).agg(**columns)
    return rows.with_columns(
        (pl.col("observation") | pl.col("several") | pl.col("admission")).alias("is"),
        (pl.col("p_accused") >= mandate.threshold).alias("accused"),
        by=pl.when("observation")
        .then(pl.lit("observation"))
        .when("several")
        .then(pl.lit("origins"))
        .when("admission")
        .then(pl.lit("admission")),
    )


def _unattributed(act: pl.DataFrame, remarks: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """The same for queries of which it does not matter, or may not be said, who did it."""
    if act.height == 0:
        return pl.DataFrame(schema=FINDING)
    rows = act.with_columns(party=pl.lit(NO_PARTY, dtype=pl.Int8))
    pardoned = excused(rows.filter("is").select(*_KEY, "party"), remarks, rules)
    rows = rows.join(pardoned, on=[*_KEY, "party"], how="left").with_columns(
        status=pl.when(pl.col("is") & pl.col("excuse").is_not_null())
        .then(pl.lit("excused"))
        .when("is")
        .then(pl.lit("confirmed"))
        .when("accused")
        .then(pl.lit("alleged"))
        .when("could")
        .then(pl.lit("open"))
        .when(pl.col("p_accused") >= DOUBT)
        .then(pl.lit("below")),
        p=pl.when("is").then("p").otherwise("p_accused"),
        by=pl.when("is").then("by"),
    )
    happened = rows.filter(pl.col("unsided") & ~pl.col("is") & (pl.col("status") != "open")).with_columns(
        status=pl.lit("open")
    )
    return pl.concat([_typed(rows.filter(pl.col("status").is_not_null())), _typed(happened)])
