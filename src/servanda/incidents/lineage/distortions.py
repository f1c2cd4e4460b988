"""What happened to a report on its way: where relays of one origin disagree, and which incident may be another that has strayed.

Everything stays side by side; nothing is put right and nothing is merged.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from servanda.incidents.describe import MOST_PRECISE
from servanda.incidents.fusion.blocking import Where, distance
from servanda.values.codes import Tree, Vocabulary
from servanda.values.filled import filled

STRAY_DAYS, STRAY_KM = 3.0, 60.0
_VERSION = ("start", "end", "lat", "lon", "precision_m", "place_name", "target", "quantity", "actor")
VERSIONS = 300  # of one origin in one incident, the most told, that are compared with each other
_COMMON_NAME = 12  # a word in the place names of more incidents of one origin than this tells no place
_NO_NAME = (
    "oblast region district place unspecified station facilities facility pumping substation "
    "village railway power storage depot occupied supply"
).split()


def disagreements(reports: pl.DataFrame, vocabulary: Vocabulary) -> pl.DataFrame:
    """Relays of one origin in one incident that differ from all others of it: ``what`` (date, place, number, object, author), what this one says and what others do."""
    versions = _versions(reports)
    pairs = _pairs(versions)
    near = _km(pairs) * 1000 <= pairs["precision_m"] + pairs["precision_m_b"]
    agree: dict[str, pl.Expr | pl.Series] = {
        "date": (pl.col("start") <= pl.col("end_b")) & (pl.col("start_b") <= pl.col("end")),
        "place": near,
        "number": pl.col("quantity") == pl.col("quantity_b"),
        "object": _under_one_head(vocabulary.targets),
        "author": pl.col("actor") == pl.col("actor_b"),
    }
    says = {
        "date": pl.col("start").dt.strftime("%Y-%m-%d %H:%MZ"),
        "place": pl.coalesce("place_name", filled("{}, {}", "lat", "lon")),
        "number": pl.col("quantity").cast(pl.String),
        "object": pl.col("target"),
        "author": pl.col("actor"),
    }
    found = [_alone(versions, pairs, what, same, says[what]) for what, same in agree.items()]
    return pl.concat(found).sort("incident", "origin", "what", "report_id", "source")


def _versions(reports: pl.DataFrame) -> pl.DataFrame:
    """The different versions that relays give of what one origin said of one incident, numbered, the most told of them."""
    told = reports.select("incident", "origin", "source", "report_id", "file", "row", *_VERSION)
    return (
        told.filter(pl.len().over("incident", "origin") > 1)
        .sort("report_id", "file", "row")
        .group_by("incident", "origin", *_VERSION, maintain_order=True)
        .agg(
            pl.col("report_id").first(),
            pl.col("source").first(),
            carriers=pl.col("source").n_unique(),
            reports=pl.len(),
        )
        .filter(pl.len().over("incident", "origin") > 1)
        .sort("reports", "report_id", descending=[True, False])
        .filter(pl.int_range(pl.len()).over("incident", "origin") < VERSIONS)
        .with_row_index("n")
    )


def _pairs(versions: pl.DataFrame) -> pl.DataFrame:
    """Each version that one carrier alone tells, beside every other of its incident and origin (``_b``)."""
    columns = ("incident", "origin", "n", "report_id", "source", "carriers", "reports", *_VERSION)
    lone = versions.filter(pl.col("carriers") == 1)  # what two carriers tell alike, one of them did not make up
    pairs = lone.select(columns).join(versions.select(columns), on=["incident", "origin"], suffix="_b")
    return pairs.filter((pl.col("n") != pl.col("n_b")) & (pl.col("source") != pl.col("source_b")))


def _alone(
    versions: pl.DataFrame, pairs: pl.DataFrame, what: str, same: pl.Expr | pl.Series, says: pl.Expr
) -> pl.DataFrame:
    """The versions that agree with no other in one thing; what is not said differs from nothing."""
    compared = pairs.with_columns(_same=same, _mine=says).filter(pl.col("_same").is_not_null())
    theirs = versions.select("n", _theirs=says)
    return (
        compared.join(theirs.rename({"n": "n_b"}), on="n_b")
        .group_by("incident", "origin", "n", "report_id", "source", "_mine")
        .agg(
            agree=pl.col("_same").sum(),
            others=pl.col("reports_b").sum(),
            theirs=pl.col("_theirs").sort_by("reports_b", "_theirs", descending=[True, False]).drop_nulls().first(),
        )
        .filter((pl.col("agree") == 0) & (pl.col("_mine") != pl.col("theirs")))
        .select(
            "incident",
            "origin",
            "report_id",
            "source",
            what=pl.lit(what),
            says="_mine",
            others_say="theirs",
            others="others",
        )
    )


def _under_one_head(codes: Tree) -> pl.Expr:
    """The same code, or one above the other."""
    pairs = [f"{above}|{code}" for above in codes.codes for code in codes.below([above])]
    return filled("{}|{}", "target", "target_b").is_in(pairs) | filled("{}|{}", "target_b", "target").is_in(pairs)


def misassigned(reports: pl.DataFrame) -> pl.DataFrame:
    """Incidents that only relays tell of and that may be another one of the same origin, its date or place changed on the way.

    Named alike in place, by fewer carriers than the other; no further than three days off at the same place, or at the same time elsewhere. A near-repeat looks the same: only a person
    can tell, and nothing is merged.
    """
    pairs = _named_alike(reports)
    if not pairs.height:
        return pl.DataFrame(schema=dict.fromkeys(("incident", "report_id", "may_be", "changed", "why"), pl.String))
    km = _km(pairs)
    apart = (
        pl.max_horizontal(pl.col("start") - pl.col("end_b"), pl.col("start_b") - pl.col("end")).dt.total_seconds()
        / 86400
    )
    pairs = pairs.with_columns(km=km, days=apart).with_columns(
        changed=pl.when((pl.col("km") <= STRAY_KM) & pl.col("days").is_between(0, STRAY_DAYS))
        .then(pl.lit("date"))
        .when((pl.col("km") > STRAY_KM) & (pl.col("days") <= 0))
        .then(pl.lit("place"))
    )
    return (
        pairs.drop_nulls("changed")
        .sort("days", "km", "incident_b")
        .group_by("incident", "changed", maintain_order=True)
        .first()
        .select(
            "incident",
            pl.col("report").alias("report_id"),
            may_be="incident_b",
            changed="changed",
            why=filled(
                "{} of {} carries it; {} carry the other; both name {}; {} km and {} days apart",
                "carriers",
                "origin",
                "carriers_b",
                "word",
                pl.col("km").round(0).cast(pl.Int64),
                pl.col("days").clip(0).round(1),
            ),
        )
        .sort("incident", "changed")
    )


def _named_alike(reports: pl.DataFrame) -> pl.DataFrame:
    """Incidents that only relays tell of, beside others of the same origin (``_b``) that more carriers tell of and whose place has a
    word in common.
    """
    asserted = reports.filter(pl.col("stance").is_in(["asserts", "confirms"]))
    asserted = asserted.select("incident", "origin", "source", "link", "admin1", "report_id", "file", "row", *_VERSION)
    placed = asserted.filter(pl.col("place_name").is_not_null()).select("incident", "origin").unique()
    single = (
        asserted.join(placed, on=["incident", "origin"], how="semi", nulls_equal=True)
        .sort("precision_m", "start", "end", "report_id", "file", "row")
        .group_by("incident", "origin")
        .agg(
            carriers=pl.col("source").n_unique(),
            own=(pl.col("link") == "own words").any(),
            report=pl.col("report_id").first(),
            target=pl.col("target").drop_nulls().first(),
            admin1=pl.col("admin1").drop_nulls().first(),
            **MOST_PRECISE,
        )
    )
    words = (
        single.with_columns(
            word=_words("place_name").list.set_difference(_words("admin1").fill_null([])).list.set_difference(_NO_NAME)
        )
        .explode("word")
        .drop_nulls("word")
        .filter(pl.col("incident").n_unique().over("origin", "word") <= _COMMON_NAME)
    )
    pairs = words.join(words, on=["origin", "word"], suffix="_b").filter(
        (pl.col("incident") != pl.col("incident_b")) & ~pl.col("own") & (pl.col("carriers") < pl.col("carriers_b"))
    )
    return pairs.filter(
        (pl.col("target") == pl.col("target_b")) | pl.col("target").is_null() | pl.col("target_b").is_null()
    )


def _words(column: str) -> pl.Expr:
    return pl.col(column).str.to_lowercase().str.extract_all(r"\p{L}{5,}").list.unique()


def _km(pairs: pl.DataFrame) -> pl.Series:
    """How far apart the two reports of each pair are."""
    lat, lon = (pl.concat([pairs[c], pairs[f"{c}_b"].alias(c)]).cast(pl.Float64).to_numpy() for c in ("lat", "lon"))
    at = np.arange(pairs.height)
    return pl.Series(distance(Where(lat, lon, lat, lat, lat), at, at + pairs.height))
