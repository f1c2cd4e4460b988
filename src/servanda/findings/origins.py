"""What each origin says of an incident, under one query: matched rows, one for each origin (rule 1 of ``confirmation``)."""

from __future__ import annotations

import functools
import operator

import polars as pl

from servanda.evidence.model import HEARSAY, OWN_WORDS
from servanda.evidence.retractions import BACK, is_taken_back, retractions
from servanda.findings.matched import NO_PARTY, UNKNOWN_SIDE, UNSIDED, VERSIONS
from servanda.findings.rules import Rules

DOUBT = 50_000  # millionths: below this an incident is not even open
_KEY = ["unit", "incident"]
_ORIGIN_KEY = ["incident", "origin"]
_ONE = pl.lit(1, dtype=pl.UInt32)
_ODD = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F)  # multiplied by an odd number, no two numbers of 64 bits become one
_AT_LEAST_ONCE = ("surely", "first_hand", "weighs", "opens", "attests", "stated", "trace", "kept")


def exact_repeats(matched: pl.DataFrame) -> pl.DataFrame:
    """For reports without an incident id, which are one incident only when origin and version are the same.

    Args:
        matched: rows of ``matched.MATCHES``, with those that were ``withdrawn``.

    Returns:
        One row per query and incident. ``p`` is its certainty, ``p_sure`` what of it can confirm, ``p_own`` what was said by who is
        bound, ``p_kept`` what cannot be taken back, ``p_against`` what of that surely is against its own side, whomever else it
        names. ``actors``: whom it names (of several versions, a list), ``author``: the one whom it names alone.
    """
    again = _mixed(matched, _KEY).is_duplicated()
    side, trusted = _one_side()
    repeats = (
        matched.filter(again)
        .group_by(_KEY)
        .agg(
            pl.col("p").first(),
            pl.col("actor", "bound").max(),
            *(pl.col(c).any() for c in (*_AT_LEAST_ONCE, "withdrawn")),
            pl.col("authorship").min(),
            low=trusted.min().fill_null(UNKNOWN_SIDE),
            high=trusted.max().fill_null(UNKNOWN_SIDE),
            reports=pl.len(),
        )
    )
    once = matched.filter(~again).with_columns(reports=_ONE)
    return pl.concat([rows.select(*_KEY, **_at_once()) for rows in (once, repeats.with_columns(side=side))])


def _at_once() -> dict[str, pl.Expr]:
    """What one origin says of an incident, from the one row in which it says all of it."""
    p_sure, p_kept = pl.when("surely").then("p").otherwise(0), pl.when("kept").then("p").otherwise(0)
    return {
        "p": pl.col("p"),
        "p_sure": pl.when("withdrawn").then(0).otherwise(p_sure),
        "p_own": p_sure,
        "p_kept": p_kept,
        "p_against": pl.when("surely").then(p_kept).otherwise(0),
        "actors": pl.col("actor"),
        "author": pl.col("actor"),
        "names": (pl.col("actor") != NO_PARTY).cast(pl.UInt32),
        "side": pl.col("side"),
        "observer": pl.col("first_hand") & (pl.col("side") == UNSIDED) & ~pl.col("withdrawn"),
    } | {c: pl.col(c) for c in _CARRIED}


def _mixed(rows: pl.DataFrame, key: list[str]) -> pl.Series:
    """One number for the key of each row, quicker to compare: rows of one key have one number, and few of different keys do, by chance."""
    mixed = (pl.col(c).cast(pl.UInt64) * odd for c, odd in zip(key, _ODD, strict=False))
    return rows.select(functools.reduce(operator.xor, mixed).fill_null(0)).to_series()


def taken_back(matched: pl.DataFrame, remarks: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Leave out what was retracted.

    Args:
        matched: rows of ``matched.MATCHES``.
        remarks: rows of ``matched.REMARKS_ON_INCIDENT`` about these incidents.

    Returns:
        Both without it; matched rows that stay say whether they, and the nearest of what their origin had said, were (``withdrawn``).
    """
    of = ["incident", "origin"]
    back = retractions(remarks, of, "level") if remarks.height else remarks
    if back.height == 0:
        return matched.with_columns(withdrawn=pl.lit(False)), remarks
    matched, remarks = (rows.join(back, on=of, how="left") for rows in (matched, remarks))
    gone = is_taken_back("level")
    nearest = (pl.col("level").max().over(of) <= pl.col("back")).fill_null(False)
    matched = matched.with_columns(withdrawn=nearest & gone, gone=gone)
    # who says exactly the same again has withdrawn nothing
    stays = pl.col("kept") & (pl.col("named") | pl.col("gone").all().over(of))
    return matched.filter(~pl.col("gone") | stays).drop("gone", *BACK), remarks.filter(~gone).drop(BACK)


_CARRIED = ("bound", "weighs", "opens", "attests", "stated", "trace", "authorship", "withdrawn", "reports")


def by_incident_id(matched: pl.DataFrame) -> pl.DataFrame:
    """For incidents with an id: one row per query, incident and origin; two where it says more since it withdrew what it had said.

    In its own words an origin may tell of one incident in many rows (round by round), and the most certain of them counts; of what
    others say it said, the mean over versions.

    Args:
        matched: as for :func:`exact_repeats`.

    Returns:
        The same columns, and from which means it saw (``means_low``, ``means_high``: of several, two); ``sures``: of an act of which
        several may each be an author, how surely it names each of the ``actors``, where these are several; ``replaced``: it was
        withdrawn, and its origin has another row, of what it says since.
    """
    under = pl.col("unit") != VERSIONS
    found = matched.filter(under)["incident"].unique()  # in how many versions the others are told is not asked
    matched = matched.filter(under | pl.col("incident").is_in(found.implode()))
    once, matched = _told_once(matched, under)
    if not matched.height:
        return once
    # what an origin withdrew is apart from what it says since
    of = [*_ORIGIN_KEY, "withdrawn"] if matched["withdrawn"].any() else _ORIGIN_KEY
    versions = _versions(matched, of)
    rows = _each_author(_by_origin(versions, of), versions, of)
    if "withdrawn" in of:
        since = (~pl.col("withdrawn")).any().over("unit", *_ORIGIN_KEY)
        rows = rows.with_columns(replaced=pl.col("withdrawn") & since)
    else:
        rows = rows.with_columns(withdrawn=pl.lit(False), replaced=pl.lit(False))
    side, _ = _one_side()
    count, own_words = pl.coalesce("versions", "here"), pl.col("level") == OWN_WORDS
    mean = pl.col("total") // count
    # what binds its own side cannot be thinned out by more versions
    least = pl.when((side != UNSIDED) & (pl.col("p_kept") > 0)).then("p_kept").otherwise(0)
    certain = pl.when(own_words).then("greatest").otherwise(pl.max_horizontal(mean, least))
    sure_of = pl.when(own_words).then("p_own").otherwise(pl.col("total_sure") // count)
    p_sure = pl.when("withdrawn").then(0).otherwise(sure_of)
    rows = rows.select(
        *_KEY,
        p=certain.cast(pl.Int32),
        p_sure=p_sure.cast(pl.Int32),
        p_own=pl.col("p_own").cast(pl.Int32),
        p_kept=pl.col("p_kept").cast(pl.Int32),
        p_against=pl.col("p_against").cast(pl.Int32),
        sures="sures",
        actors="actors",
        author=pl.when(pl.col("names") == 1).then("author").otherwise(pl.lit(NO_PARTY, dtype=pl.Int8)),
        names=pl.col("names").cast(pl.UInt32),
        side=side,
        observer=pl.col("first_hand") & (side == UNSIDED) & ~pl.col("withdrawn"),
        means_low="means_low",
        means_high="means_high",
        replaced="replaced",
        **{c: pl.col(c) for c in _CARRIED},
    )
    return pl.concat([rows, once.select(rows.columns)])


def _told_once(matched: pl.DataFrame, under: pl.Expr) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Origins that tell of an incident in one report, which is most of them; and the matched rows of the others."""
    pair = _mixed(matched, _ORIGIN_KEY)
    told = pair.filter(matched.select(~under).to_series())
    again = pair.is_in(told.filter(told.is_duplicated()).unique().implode())
    once = matched.filter(under & ~again).with_columns(reports=_ONE).select(*_KEY, "means", **_at_once())
    once = once.with_columns(
        pl.concat_list("actors"),
        sures=pl.lit(None, dtype=pl.List(pl.Int32)),
        means_low="means",
        means_high="means",
        replaced=pl.lit(False),
    )
    return once, matched.filter(again)


def _each_author(rows: pl.DataFrame, versions: pl.DataFrame, of: list[str]) -> pl.DataFrame:
    """Origins, with how surely they name each of several authors (``sures``, of ``actors``) of an act that may have several."""
    of = ["unit", *of]
    own_words, count = pl.col("level") == OWN_WORDS, pl.coalesce("versions", "here")
    several = rows.filter((pl.col("names") > 1) & (pl.col("authorship") == 2)).select(*of, own=own_words, count=count)
    if not several.height:
        return rows.with_columns(sures=pl.lit(None, dtype=pl.List(pl.Int32)))
    named = versions.filter(pl.col("actor") != NO_PARTY).join(several, on=of)
    p = pl.when("surely").then(pl.col("p").cast(pl.Int64)).otherwise(0)
    sure = pl.when(pl.col("own").first()).then(p.max()).otherwise(p.sum() // pl.col("count").first())
    each = named.group_by(*of, "actor").agg(sure=sure.cast(pl.Int32))
    each = each.group_by(of).agg(each_actor=pl.col("actor"), sures=pl.col("sure"))
    return rows.join(each, on=of, how="left").with_columns(actors=pl.coalesce("each_actor", "actors"))


def with_voice(origins: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """What origins say, with whether that is against their own side.

    What one says against its own side stands whomever else it names: nobody undoes his word by accusing another as well.

    Args:
        origins: what each says, by :func:`exact_repeats` or :func:`by_incident_id`.
        rules: which queries look for acts.

    Returns:
        The same, with ``is_act``; ``own``: it weighs, and speaks of an act against its own side; ``p_own_sure``: how surely it does,
        and were it not withdrawn, ``p_against``.
    """
    act = pl.col("unit").is_in([n for n, query in enumerate(rules.queries) if query.voice == "act"])
    alone = pl.col("side") == pl.col("author")
    against = act & (pl.col("side") >= 0)
    p = pl.when(against & alone).then("p_own").when(against).then("p_against").otherwise(0)
    sure = pl.when(alone).then("p_sure").when("withdrawn").then(0).otherwise("p_against")
    return origins.with_columns(
        is_act=act,
        p_against=p,
        p_own_sure=pl.when(against).then(sure).otherwise(0),
        own=act & pl.col("weighs") & (p > 0),
    )


def with_deniers(origins: pl.DataFrame, remarks: pl.DataFrame) -> pl.DataFrame:
    """What origins say, with the number of observers who deny the incident (``deniers``).

    Args:
        origins: what each says.
        remarks: rows of ``matched.REMARKS_ON_INCIDENT`` about these incidents.

    Returns:
        The same rows, with the number.
    """
    denials = remarks.filter((pl.col("stance") == "denies") & pl.col("first_hand")) if remarks.height else remarks
    if denials.height == 0:
        return origins.with_columns(deniers=pl.lit(0, dtype=pl.UInt32))
    count = denials.group_by("incident").agg(deniers=pl.col("origin").n_unique().cast(pl.UInt32))
    return origins.join(count, on="incident", how="left").with_columns(pl.col("deniers").fill_null(0))


def _by_origin(versions: pl.DataFrame, of: list[str]) -> pl.DataFrame:
    """All versions of an origin together, with how many it gave, also of what does not fall under the query (``versions``)."""
    spoken = versions.filter(pl.col("unit") == VERSIONS).group_by(of).agg(versions=pl.len())
    p, names = pl.col("p").cast(pl.Int64), pl.col("actor").filter(pl.col("actor") != NO_PARTY)
    sure = pl.when("surely").then(p).otherwise(0)
    under = versions.filter(pl.col("unit") != VERSIONS).group_by(["unit", *of])
    rows = under.agg(
        pl.col("bound").max(),
        *(pl.col(c).any() for c in _AT_LEAST_ONCE if c not in ("surely", "kept")),
        pl.col("authorship").min(),
        total=p.sum(),
        total_sure=sure.sum(),
        greatest=p.max(),
        level=pl.col("level").max(),
        p_own=sure.max(),
        p_kept=pl.when("kept").then(p).otherwise(0).max(),
        p_against=pl.when("kept").then(sure).otherwise(0).max(),
        here=pl.len(),
        reports=pl.col("n").sum(),
        actors=pl.col("actor").unique(),
        names=names.n_unique(),
        author=names.max(),
        low=pl.col("low").min().fill_null(UNKNOWN_SIDE),
        high=pl.col("high").max().fill_null(UNKNOWN_SIDE),
        means_low=pl.col("means_low").min(),
        means_high=pl.col("means_high").max(),
    )
    return rows.join(spoken, on=of, how="left")


def _versions(matched: pl.DataFrame, of: list[str]) -> pl.DataFrame:
    """One row per query, incident, origin and version: an origin's own words outweigh what others say it said; a trusted relay, hearsay."""
    _, trusted = _one_side()
    versions = matched.group_by("unit", *of, "version").agg(
        pl.col("p").first(),  # the same in all rows of one version
        pl.col("actor", "bound", "level").max(),
        *(pl.col(c).any() for c in _AT_LEAST_ONCE),
        pl.col("authorship").min(),
        low=trusted.min(),
        high=trusted.max(),
        means_low=pl.col("means").min(),
        means_high=pl.col("means").max(),
        n=pl.len(),
    )
    return versions.filter(pl.col("level") == pl.col("level").max().over(of))


def _one_side() -> tuple[pl.Expr, pl.Expr]:
    """The side that all say, of ``low`` and ``high``; and the sides of what is no hearsay."""
    unknown = pl.lit(UNKNOWN_SIDE, dtype=pl.Int8)
    one = pl.when(pl.col("low") == pl.col("high")).then("low").otherwise(unknown)
    return one, pl.col("side").filter(pl.col("level") > HEARSAY)
