"""Who first said it and who relayed whom: for every report its role, the class of its last step, and which text it repeats.

Classes of relay follow Nicholls 2019 (newswire, press release, outlet to outlet, common source, incidental), with the chain that the report
itself gives (``via``, as *outlet < agency < origin*) deciding first.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from servanda.evidence.model import NO_SIDE
from servanda.values.media import AGENCIES
from servanda.values.names import name_keys

ROLES = ("observes", "admits", "accuses", "confirms", "denies", "retracts", "reports")
"""*admits*: a party says of itself that it did it. *reports*: somebody without a side, or who blames nobody."""
LINKS = ("own words", "newswire", "press office", "outlet to outlet", "common source", "sole carrier")
"""How the last step came about: through an agency; straight from an office of a party; from another outlet; from an origin that
others carry as well; from one that nobody else carries.
"""
ALIKE = 0.5
"""Two texts of which at least this share of word sequences is common are near-duplicates."""
SEQUENCE = 3
_SHORTEST = 6  # words
_COMMON = 200  # a sequence in more texts than this tells nothing
_AGENCY = r"(?i)\b(?:" + "|".join(AGENCIES) + r")\b"


def lineage(reports: pl.DataFrame) -> pl.DataFrame:
    """Columns ``role``, ``link``, ``alike_to`` added to reports that have ``incident``.

    ``alike_to``: the report that was known first among those whose text is nearly the same; nothing where it is the first itself.
    """
    origin, source = (name_keys(pl.col(c).fill_null("")) for c in ("origin", "source"))
    way = pl.col("via").fill_null("").str.replace_all("[→>]", "<")
    steps = way.str.split("<").list.eval(pl.element().str.strip_chars())
    last = steps.list.last()
    agency_at_last = last.str.contains(f"^{_AGENCY}$") & (name_keys(last) != origin)
    # what stands in the way between who carries it and who said it: *Moscow Times/AFP < Post < Ministry*
    along = pl.concat_str(
        steps.list.slice(1, (steps.list.len().cast(pl.Int64) - 2).clip(lower_bound=0)).list.join("<"),
        pl.when(agency_at_last).then(last),
        steps.list.first().str.extract("/(.*)$", 1),
        separator=" ",
        ignore_nulls=True,
    ).str.strip_chars(" <")
    plain = pl.when(
        way.str.to_lowercase().str.strip_chars().is_in([""]) | (name_keys(way) == origin) | (name_keys(way) == source)
    )
    between = pl.when(steps.list.len() > 1).then(along).otherwise(plain.then(pl.lit("")).otherwise(way))
    own = (source == origin) & (between == "")
    carriers = pl.col("source").n_unique().over("incident", "origin")
    return (
        named_by_chain(reports)
        .with_columns(
            role=_role(),
            link=pl.when(own)
            .then(pl.lit("own words"))
            .when(between.str.contains(_AGENCY))
            .then(pl.lit("newswire"))
            .when(between != "")
            .then(pl.lit("outlet to outlet"))
            .when((pl.col("side") != NO_SIDE).fill_null(False))
            .then(pl.lit("press office"))
            .when(carriers > 1)
            .then(pl.lit("common source"))
            .otherwise(pl.lit("sole carrier")),
        )
        .with_columns(_alike_to(reports))
    )


def named_by_chain(reports: pl.DataFrame) -> pl.DataFrame:
    """Where a row names no origin but its carrier, and its chain ends with somebody else, that one is the origin."""
    last = pl.col("via").str.extract(r"<\s*([^<>;]+?)\s*(?:;[^<>]*)?$", 1)
    nobody = pl.col("origin").is_null() | (name_keys(pl.col("origin")) == name_keys(pl.col("source")))
    return reports.with_columns(origin=pl.when(nobody & last.is_not_null()).then(last).otherwise(pl.col("origin")))


def _role() -> pl.Expr:
    sided = (pl.col("side") != NO_SIDE).fill_null(False)
    return (
        pl.when(pl.col("stance").is_in(["denies", "retracts"]))
        .then(pl.col("stance"))
        .when(pl.col("kind") == "observation")
        .then(pl.lit("observes"))
        .when(sided & (pl.col("side") == pl.col("actor")))
        .then(pl.lit("admits"))
        .when(pl.col("stance") == "confirms")
        .then(pl.lit("confirms"))
        .when(sided & pl.col("actor").is_not_null())
        .then(pl.lit("accuses"))
        .otherwise(pl.lit("reports"))
    )


def near_duplicates(texts: pl.Series) -> pl.DataFrame:
    """Pairs ``i < j`` of texts with the share of their word sequences (:data:`SEQUENCE` words) that is common (``jaccard``), from :data:`ALIKE` on.

    Texts of fewer than six words are left out: too little to copy. Exact, without sampling; texts that are the same to the word are compared once.
    """
    plain = texts.str.to_lowercase().str.extract_all(r"\w+").list.join(" ").alias("text")
    table = pl.DataFrame({"row": pl.int_range(len(texts), eager=True), "text": plain}).filter(
        pl.col("text").str.count_matches(" ") >= _SHORTEST - 1
    )
    groups = table.group_by("text").agg(pl.col("row").min().alias("first"), pl.col("row").sort().alias("rows"))
    words = (
        groups.select("first", word=pl.col("text").str.split(" "))
        .explode("word")
        .with_columns(*(pl.col("word").shift(-k).over("first").alias(f"w{k}") for k in range(1, SEQUENCE)))
    )
    runs = (
        words.drop_nulls()
        .select("first", run=pl.concat_str("word", *(f"w{k}" for k in range(1, SEQUENCE)), separator=" ").hash(0))
        .unique()
    )
    size = runs.group_by("first").agg(n=pl.len())
    shared = runs.filter(pl.len().over("run").is_between(2, _COMMON))
    pairs = (
        shared.join(shared, on="run", suffix="_b")
        .filter(pl.col("first") < pl.col("first_b"))
        .group_by("first", "first_b")
        .agg(common=pl.len())
        .join(size, on="first")
        .join(size.rename({"first": "first_b", "n": "n_b"}), on="first_b")
        .with_columns(jaccard=pl.col("common") / (pl.col("n") + pl.col("n_b") - pl.col("common")))
        .filter(pl.col("jaccard") >= ALIKE)
        .select(i="first", j="first_b", jaccard="jaccard")
    )
    same = (
        groups.filter(pl.col("rows").list.len() > 1)
        .explode("rows")
        .filter(pl.col("rows") != pl.col("first"))
        .select(i="first", j="rows", jaccard=pl.lit(1.0))
    )
    return pl.concat([same, pairs]).with_columns(pl.col("i", "j").cast(pl.Int64)).sort("i", "j")


def _alike_to(reports: pl.DataFrame) -> pl.Series:
    """For every report the earliest one of nearly the same text, where it is not that one itself."""
    if reports["summary"].null_count() == reports.height:
        return pl.Series("alike_to", [None], dtype=pl.String).new_from_index(0, reports.height)
    order = reports.select(
        pl.struct(pl.coalesce("known_at", "end", "start"), "report_id", "file", "row").rank("ordinal").alias("r")
    )["r"]
    by_time = order.arg_sort()
    texts = reports["summary"].gather(by_time)
    pairs = near_duplicates(texts)
    i, j = pairs["i"].to_numpy(), pairs["j"].to_numpy()
    first = np.arange(reports.height)  # place in time of the earliest that is alike, or alike to one that is
    while True:
        before = first.copy()
        np.minimum.at(first, j, first[i])
        np.minimum.at(first, i, first[j])
        if (before == first).all():
            break
    ids = reports["report_id"].gather(by_time)
    moved = pl.DataFrame({"at": by_time, "first": first, "own": range(reports.height)}).sort("at")
    return (
        pl.Series("alike_to", ids.gather(moved["first"]))
        .to_frame()
        .select(pl.when(moved["first"] != moved["own"]).then(pl.col("alike_to")).otherwise(None).alias("alike_to"))
    )["alike_to"]
