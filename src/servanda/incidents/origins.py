"""How many independent origins an incident has, with the reason for each; where relays of one origin disagree; what may have strayed.

1. **Bodies.** Origins are told apart by the words that name a body: *Kovalenko (Ministry of Energy)* and *Ministry of Energy* are one; words that say only whose side it is, or *officials*,
   *media*, name none. A name whose words all stand in another's, on the same side, is the same body (*Kherson officials*, *Kherson governor*).
2. **Vague** origins (*Russian officials*, *social media*) are one between them, and none where their side has a named one.
3. **Least and most.** ``least`` takes bodies whose texts are nearly the same, word for word, for one; ``most`` takes every name for an origin of its own. Registers of sources say more than words can:
   who relays whom is entered there (``relays``), and is followed before anything here.

A retraction or a denial is no origin of what it takes back or denies.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import polars as pl

from servanda.incidents.describe import MOST_PRECISE
from servanda.values.codes import Vocabulary
from servanda.values.states import STATES

_SAYS_NOTHING = frozenset(
    [
        "the",
        "of",
        "and",
        "for",
        "in",
        "on",
        "at",
        "by",
        "a",
        "an",
        "its",
        "own",
        "official",
        "officials",
        "authority",
        "authorities",
        "media",
        "press",
        "source",
        "sources",
        "channel",
        "channels",
        "report",
        "reporting",
        "reports",
        "eyewitness",
        "eyewitnesses",
        "resident",
        "residents",
        "social",
        "telegram",
        "local",
        "regional",
        "national",
        "military",
        "pro",
        "war",
        "installed",
        "number",
        "note",
        "check",
        "address",
        "evening",
        "morning",
        "various",
        "several",
        "unnamed",
        "anonymous",
        "people",
        "public",
        "spokesman",
        "spokeswoman",
        "spokesperson",
        "office",
    ]
)
_SIDES = frozenset(
    w.lower() for words in STATES.values() for name in words.split("|") for w in re.findall(r"\w+", name)
)
EARTH_KM = 6371.0088
STRAY_DAYS, STRAY_KM = 3.0, 60.0
_COMMON_NAME = 12  # a word in the place names of more incidents of one origin than this tells no place
_NO_NAME = [
    "oblast",
    "region",
    "district",
    "place",
    "unspecified",
    "station",
    "facilities",
    "facility",
    "pumping",
    "substation",
    "village",
    "railway",
    "power",
    "storage",
    "depot",
    "occupied",
    "supply",
]


def body(name: str) -> str:
    """The words by which a name tells a body, sorted; empty where it tells none."""
    office = re.findall(r"\(([^)]*)\)", name)
    words = _telling(" ".join(office)) or _telling(re.sub(r"\([^)]*\)", " ", name))
    return " ".join(sorted(words))


def _telling(text: str) -> set[str]:
    return {w for w in re.findall(r"\w+", text.lower()) if w not in _SAYS_NOTHING and w not in _SIDES}


def _same_bodies(bodies: pl.DataFrame) -> pl.DataFrame:
    """Pairs (side, body, larger): on one side, all words of the one stand in the other."""
    by_side: dict[str | None, list[str]] = {}
    different = bodies.select("side", "body").unique()
    for side, name in zip(different["side"], different["body"], strict=True):
        by_side.setdefault(side, []).append(name)
    rows = [
        (side, small, large)
        for side, names in by_side.items()
        for small in names
        for large in names
        if small and small != large and set(small.split()) < set(large.split())
    ]
    return pl.DataFrame(rows, schema={"side": pl.String, "body": pl.String, "larger": pl.String}, orient="row")


def origins(reports: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Of reports with lineage: every origin of every incident with the reason why it counts or not; and per incident ``independent``, ``least``, ``most``."""
    names = {name: body(name) for name in reports["origin"].unique().to_list() if name is not None}
    told = reports.with_columns(
        body=pl.col("origin").replace_strict(names, default="", return_dtype=pl.String),
        side=pl.col("side").fill_null("unknown"),
        when=pl.coalesce("known_at", "start"),
    )
    table = (
        told.sort("when", "report_id", "file", "row", nulls_last=True)
        .group_by("incident", pl.col("origin").str.to_lowercase().alias("key"), "side", "body", maintain_order=True)
        .agg(
            origin=pl.col("origin").first(),
            reports=pl.len(),
            carriers=pl.col("source").n_unique(),
            first_report=pl.col("report_id").first(),
            first_source=pl.col("source").first(),
            first_known=pl.col("when").first(),
            roles=pl.col("role").unique().sort().str.join("; "),
            links=pl.col("link").unique().sort().str.join("; "),
            speaks_for=pl.col("stance").is_in(["asserts", "confirms"]).any(),
            texts=pl.coalesce("alike_to", "report_id").filter(pl.col("summary").is_not_null()).unique(),
        )
    )
    counted = table.filter("speaks_for")
    larger = (
        counted.filter(pl.col("body") != "")
        .join(_same_bodies(counted), on=["side", "body"])
        .join(
            counted.select("incident", "side", larger="body", same_as="origin").unique(["incident", "side", "larger"]),
            on=["incident", "side", "larger"],
        )
        .group_by("incident", "key", "side", "body")
        .agg(same_as=pl.col("same_as").min())
    )
    here = ["incident", "key", "side", "body"]
    named = (pl.col("speaks_for") & (pl.col("body") != "")).any().over("incident", "side")
    table = table.join(larger, on=here, how="left").with_columns(
        _first=pl.when("speaks_for").then(pl.int_range(pl.len()).over("incident", "side", "body", "speaks_for")),
        _named=named,
    )
    first_of = table.filter(pl.col("speaks_for") & (pl.col("_first") == 0)).select(
        "incident", "side", "body", of="origin"
    )
    table = table.join(first_of, on=["incident", "side", "body"], how="left")
    table = table.with_columns(
        because=pl.when(~pl.col("speaks_for"))
        .then(pl.format("no origin of it: {}", "roles"))
        .when(pl.col("same_as").is_not_null())
        .then(pl.format("the same body as {}", "same_as"))
        .when((pl.col("body") == "") & pl.col("_named"))
        .then(pl.lit("names no body, and its side has one that is named"))
        .when(pl.col("_first") > 0)
        .then(pl.format("the same body as {}", "of"))
        .when(pl.col("body") == "")
        .then(pl.lit("names no body, the only one of its side"))
        .otherwise(pl.lit("a body of its own")),
        independent=pl.col("speaks_for")
        & pl.col("same_as").is_null()
        & ((pl.col("body") != "") | ~pl.col("_named"))
        & (pl.col("_first") == 0),
    )
    table = _word_for_word(table)
    counts = table.group_by("incident").agg(
        independent=pl.col("independent").sum(),
        least=(pl.col("independent") & pl.col("copies").is_null()).sum().clip(lower_bound=pl.col("independent").any()),
        most=pl.col("speaks_for").sum(),
    )
    columns = (
        "incident", "origin", "side", "independent", "because", "copies", "reports", "carriers", "roles", "links", "first_source", "first_report", "first_known",
    )  # fmt: skip
    return table.select(columns).sort("incident", "origin"), counts.sort("incident")


def _word_for_word(table: pl.DataFrame) -> pl.DataFrame:
    """``copies``: an independent origin of the same incident that is earlier and whose text is nearly the same."""
    some = (
        table.filter("independent")
        .select("incident", "origin", "first_known", "texts")
        .explode("texts")
        .drop_nulls("texts")
    )
    earlier = (
        some.join(some, on=["incident", "texts"], suffix="_b")
        .filter(pl.col("origin") != pl.col("origin_b"))
        .filter(
            (pl.col("first_known_b") < pl.col("first_known"))
            | ((pl.col("first_known_b") == pl.col("first_known")) & (pl.col("origin_b") < pl.col("origin")))
        )
        .group_by("incident", "origin")
        .agg(copies=pl.col("origin_b").min())
    )
    return table.join(earlier, on=["incident", "origin"], how="left")


def disagreements(reports: pl.DataFrame, vocabulary: Vocabulary) -> pl.DataFrame:
    """Relays of one origin in one incident that differ from all others of it: ``what`` (date, place, number, object, author), what this one says and what others do."""
    some = reports.filter(pl.len().over("incident", "origin") > 1).with_row_index("n")
    side = (
        "n",
        "report_id",
        "source",
        "start",
        "end",
        "lat",
        "lon",
        "precision_m",
        "place_name",
        "target",
        "quantity",
        "actor",
    )
    pairs = some.select("incident", "origin", *side).join(
        some.select("incident", "origin", *side), on=["incident", "origin"], suffix="_b"
    )
    pairs = pairs.filter((pl.col("n") != pl.col("n_b")) & (pl.col("source") != pl.col("source_b")))
    near = (
        pl.Series(_km(*(pairs[c].to_numpy() for c in ("lat", "lon", "lat_b", "lon_b")))) * 1000
        <= pairs["precision_m"] + pairs["precision_m_b"]
    )
    agree: dict[str, pl.Expr | pl.Series] = {
        "date": (pl.col("start") <= pl.col("end_b")) & (pl.col("start_b") <= pl.col("end")),
        "place": pl.Series(near),
        "number": pl.col("quantity") == pl.col("quantity_b"),
        "object": _under_one_head(vocabulary.targets.parent),
        "author": pl.col("actor") == pl.col("actor_b"),
    }
    says = {
        "date": pl.col("start").dt.strftime("%Y-%m-%d %H:%MZ"), "place": pl.coalesce("place_name", pl.format("{}, {}", "lat", "lon")),
        "number": pl.col("quantity").cast(pl.String), "object": pl.col("target"), "author": pl.col("actor"),
    }  # fmt: skip
    out = []
    for what, same in agree.items():
        # what is not said differs from nothing
        judged = pairs.with_columns(_same=same, _mine=says[what]).filter(pl.col("_same").is_not_null())
        theirs = some.select("n", _theirs=says[what])
        alone = (
            judged.join(theirs.rename({"n": "n_b"}), on="n_b")
            .group_by("incident", "origin", "n", "report_id", "source", "_mine")
            .agg(agree=pl.col("_same").sum(), others=pl.len(), theirs=pl.col("_theirs").drop_nulls().mode().min())
            .filter((pl.col("agree") == 0) & (pl.col("_mine") != pl.col("theirs")))
        )
        out.append(
            alone.select(
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
    return pl.concat(out).sort("incident", "origin", "what", "report_id", "source")


def _under_one_head(parent: Mapping[str, str | None]) -> pl.Expr:
    """The same code, or one above the other."""
    above: dict[str, list[str]] = {}
    for code in parent:
        chain, up = [code], parent[code]
        while up is not None:
            chain.append(up)
            up = parent[up]
        above[code] = chain
    pairs = {f"{a}|{b}" for a, chain in above.items() for b in chain}
    one, other = pl.format("{}|{}", "target", "target_b"), pl.format("{}|{}", "target_b", "target")
    return one.is_in(list(pairs)) | other.is_in(list(pairs))


def strays(reports: pl.DataFrame) -> pl.DataFrame:
    """Incidents that only relays tell of and that may be another one of the same origin, its date or place changed on the way.

    Named alike in place, by fewer carriers than the other; no further than three days off at the same place, or at the same time elsewhere. A near-repeat looks the same: only a person
    can tell, and nothing is merged.
    """
    single = (
        reports.filter(pl.col("stance").is_in(["asserts", "confirms"]))
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
    pairs = pairs.filter(
        (pl.col("target") == pl.col("target_b")) | pl.col("target").is_null() | pl.col("target_b").is_null()
    )
    if not pairs.height:
        return pl.DataFrame(
            schema={
                "incident": pl.String,
                "report_id": pl.String,
                "may_be": pl.String,
                "changed": pl.String,
                "why": pl.String,
            }
        )
    km = _km(*(pairs[c].to_numpy() for c in ("lat", "lon", "lat_b", "lon_b")))
    apart = (
        pl.max_horizontal(pl.col("start") - pl.col("end_b"), pl.col("start_b") - pl.col("end")).dt.total_seconds()
        / 86400
    )
    pairs = pairs.with_columns(km=pl.Series(km), days=apart).with_columns(
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
            why=pl.format(
                "{} of {} carries it; {} carry the other; both name {}; {} km and {} days apart",
                "carriers", "origin", "carriers_b", "word", pl.col("km").round(0).cast(pl.Int64), pl.col("days").clip(0).round(1),
            ),
        )
        .sort("incident", "changed")
    )  # fmt: skip


def _words(column: str) -> pl.Expr:
    return pl.col(column).str.to_lowercase().str.extract_all(r"\p{L}{5,}").list.unique()


def _km(lat: np.ndarray, lon: np.ndarray, lat_b: np.ndarray, lon_b: np.ndarray) -> np.ndarray:
    """Great-circle distance (sphere): enough to ask whether two circles of kilometres touch."""
    a, b, c, d = (np.radians(x.astype(float)) for x in (lat, lat_b, lon, lon_b))
    h = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin((d - c) / 2) ** 2
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(h, 0, 1))))
