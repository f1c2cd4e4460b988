"""From a reader's table to the report table: every field checked, every bad row quarantined with its reason.

Columns only, no loop over rows. The first thing wrong with a row is the one that is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import polars as pl

from servanda.evidence.instants import day_start, parse_times
from servanda.evidence.model import (
    DEFAULT_PRECISION_M,
    FIGURE,
    GRADES,
    HEARSAY,
    KINDS,
    NO_SIDE,
    OWN_WORDS,
    QUARANTINE,
    RELAYED,
    REPORT,
    STANCES,
    STATEMENT,
    Context,
    Reader,
    Source,
    TableName,
    empty,
)

_ZONED = r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?\s?(Z|[+-]\d{2}:?\d{2})$"
_NAIVE = r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?$"
_DATE = r"^\d{4}-\d{2}-\d{2}$"
_FAR = 3.0  # degrees around the agreement's places beyond which swapped coordinates are suspected
_VALUE_LENGTH = 120
_LARGE = 100_000  # rows beyond which report ids are not looked at for repeats
_SCHEMAS: dict[TableName, dict[str, pl.DataType]] = {"reports": REPORT, "figures": FIGURE, "statements": STATEMENT}
_UNKNOWN = ("", "unknown", "none")


@dataclass
class Normalised:
    """Good rows, quarantined rows, and counts of what had to be assumed (by sentence)."""

    good: pl.DataFrame
    quarantine: pl.DataFrame
    notes: Counter[str] = field(default_factory=Counter)


@dataclass
class _Check:
    """One way in which a row can be wrong."""

    field: str
    bad: pl.Expr
    reason: str
    mend: str


def normalise(name: TableName, table: pl.DataFrame, file: str, reader: Reader, context: Context) -> Normalised:
    """Check and type one table that a reader gave. ``table`` must carry ``row``."""
    schema = _SCHEMAS[name]
    if table.height == 0:
        return Normalised(empty(schema), empty(QUARANTINE))
    table = _with_all_columns(table, schema).with_columns(pl.lit(file).alias("file"))
    checks: list[_Check] = []
    notes: Counter[str] = Counter()
    written = table
    table = _times(table, checks, reader, context.zone)
    if name == "reports":
        table = _positions(table, checks, context, notes)
        table = _codes(table, checks, reader, context, notes)
        table = _who(table, checks, reader, context, notes)
        table = _know(table, notes)
    elif name == "figures":
        table = _figure(table, checks)
    return _split(table, written, checks, schema, file, notes)


def _with_all_columns(table: pl.DataFrame, schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """Every column of the schema; text trimmed, empty text made null; numbers from Parquet kept as they are."""
    expressions = []
    for column, dtype in schema.items():
        if column not in table.columns:
            expressions.append(pl.lit(None, dtype=pl.String if column != "row" else pl.Int64).alias(column))
            continue
        have = table.schema[column]
        if have == pl.String:
            text = pl.col(column).str.strip_chars()
            expressions.append(pl.when(text == "").then(None).otherwise(text).alias(column))
        elif have == pl.List(pl.String):
            expressions.append(pl.col(column).list.join(";"))
        elif isinstance(have, (pl.Categorical, pl.Enum)) or (dtype == pl.String and have != pl.String):
            expressions.append(pl.col(column).cast(pl.String))
        else:
            expressions.append(pl.col(column))
    return table.select(expressions)


def _times(table: pl.DataFrame, checks: list[_Check], reader: Reader, zone: ZoneInfo) -> pl.DataFrame:
    local = zone if reader.local_time else None
    parsed = {}
    for column in ("start", "end", "known_at"):
        dtype = table.schema[column]
        loose = zone if column == "known_at" else local
        value = parse_times(column, dtype, loose)
        if dtype == pl.String and (reader.local_time or column == "known_at"):
            value = pl.coalesce(value, day_start(column, zone, 0 if column == "start" else 1))
        parsed[f"_{column}"] = value
        parsed[f"_unread_{column}"] = pl.col(column).is_not_null() & value.is_null()  # before gaps are filled
        unread = pl.col(f"_unread_{column}")
        if dtype == pl.String:
            mend = f"write {column} as 2025-04-19T18:00+03:00"
            checks.append(_Check(column, unread & pl.col(column).str.contains(_NAIVE), "a time without a zone", mend))
            checks.append(
                _Check(column, unread & pl.col(column).str.contains(_DATE), "a date without a time and a zone", mend)
            )
            checks.append(_Check(column, unread, "not an ISO 8601 date and time", mend))
        else:
            checks.append(_Check(column, unread, "times without a zone", f"store {column} with its zone"))
    table = table.with_columns(**parsed)
    checks.append(_Check("start", pl.col("_start").is_null(), "no time", "every row needs a start"))
    table = table.with_columns(_end=pl.coalesce("_end", "_start"))
    checks.append(_Check("end", pl.col("_end") < pl.col("_start"), "ends before it begins", "check start and end"))
    checks.append(
        _Check(
            "start",
            (pl.col("_start").dt.year() < 1900) | (pl.col("_end").dt.year() > 2200),
            "a year out of the question",
            "check the year",
        )
    )
    return table


def _number(column: str, dtype: pl.DataType) -> pl.Expr:
    if dtype == pl.String:
        return pl.col(column).cast(pl.Float64, strict=False)
    return pl.col(column).cast(pl.Float64)


def _positions(table: pl.DataFrame, checks: list[_Check], context: Context, notes: Counter[str]) -> pl.DataFrame:
    table = table.with_columns(
        _lat=_number("lat", table.schema["lat"]) + 0.0,  # so that -0.0 and 0.0 are one place
        _lon=_number("lon", table.schema["lon"]) + 0.0,
        _precision_m=_number("precision_m", table.schema["precision_m"]),
    )
    lat, lon = pl.col("_lat"), pl.col("_lon")
    for column in ("lat", "lon", "precision_m"):
        value = pl.col(f"_{column}")
        unread = pl.col(column).is_not_null() & (value.is_null() | ~value.is_finite())
        named = "precision_km" if column == "precision_m" else column
        checks.append(
            _Check(
                column,
                unread,
                f"{named} is not a number",
                "write degrees with a point, as 48.35" if column != "precision_m" else "write kilometres, as 0.5",
            )
        )
    checks.append(
        _Check("lat", lat.is_null() != lon.is_null(), "one of lat and lon is missing", "give both or neither")
    )
    swapped = (lat.abs() > 90) & (lon.abs() <= 90)
    if context.extent is not None:
        west, south, east, north = context.extent
        near = lat.is_between(south - _FAR, north + _FAR) & lon.is_between(west - _FAR, east + _FAR)
        other = lon.is_between(south - 1, north + 1) & lat.is_between(west - 1, east + 1)
        swapped = swapped | (~near & other)
    checks.append(_Check("lat", swapped, "lat and lon look swapped", "latitude is north-south, longitude east-west"))
    checks.append(
        _Check(
            "lat",
            (lat.abs() > 90) | (lon.abs() > 180),
            "impossible coordinates",
            "degrees: lat within 90, lon within 180",
        )
    )
    checks.append(
        _Check("lat", (lat == 0) & (lon == 0), "0, 0 is how software writes 'unknown'", "leave lat and lon empty")
    )
    checks.append(
        _Check("precision_m", pl.col("_precision_m") < 0, "a negative precision", "the 95 % radius in kilometres")
    )
    unsaid = table.select((pl.col("_precision_m").is_null() & pl.col("_lat").is_not_null()).sum()).item()
    if unsaid:
        notes[f"reports that do not say how precise their place is (taken as {DEFAULT_PRECISION_M / 1000:g} km)"] += (
            unsaid
        )
    unplaced = table.select(pl.col("_lat").is_null().sum()).item()
    if unplaced:
        notes["reports without coordinates (they can match only terms that bind anywhere)"] += unplaced
    said = pl.col("precision_m").is_not_null()
    return table.with_columns(_precision_m=pl.when(said).then("_precision_m").otherwise(DEFAULT_PRECISION_M))


def _codes(
    table: pl.DataFrame, checks: list[_Check], reader: Reader, context: Context, notes: Counter[str]
) -> pl.DataFrame:
    acts, targets = context.vocabulary.acts, context.vocabulary.targets
    mend = "see 'servanda readers --codes', or add the code to the agreement under 'codes:'"
    if not reader.lenient_actors:
        checks.append(_Check("act", pl.col("act").is_null(), "no act", "say what was done, as 'shelling'"))
    checks.append(_Check("act", ~pl.col("act").is_in(list(acts.codes)), "not a code of an act", mend))
    checks.append(_Check("target", ~pl.col("target").is_in(list(targets.codes)), "not a code of a target", mend))
    unknown = table.select(pl.col("act").is_null().sum()).item()
    if unknown and reader.lenient_actors:
        notes["reports whose format does not say what was done (they match no term)"] += unknown
    for column, allowed, default in (("stance", STANCES, "asserts"), ("kind", KINDS, "claim")):
        table = table.with_columns(pl.col(column).fill_null(default))
        checks.append(
            _Check(
                column, ~pl.col(column).is_in(list(allowed)), f"not one of {', '.join(allowed)}", f"correct {column}"
            )
        )
    checks.append(
        _Check(
            "reliability",
            ~pl.col("reliability").is_in(list(GRADES)),
            "not an Admiralty letter A to F",
            "correct reliability",
        )
    )
    checks.append(
        _Check(
            "credibility",
            ~pl.col("credibility").is_in([str(n) for n in range(1, 7)]),
            "not an Admiralty digit 1 to 6",
            "correct credibility",
        )
    )
    return table


def _who(
    table: pl.DataFrame, checks: list[_Check], reader: Reader, context: Context, notes: Counter[str]
) -> pl.DataFrame:
    """Who passed it on, who first said it, whose side that one is on, whom it accuses.

    Where there is a register of sources, it alone says sides and grades: a source does not declare its own.
    """
    checks.append(_Check("source", pl.col("source").is_null(), "no source", "say who carries the report"))
    made_up = pl.col("incident_id").str.starts_with("x-")
    checks.append(_Check("incident_id", made_up, "ids that begin with x- are Servanda's own", "give another id"))
    sources = context.sources
    relays = {name.lower(): _first(name, sources) for name, source in sources.items() if source.relays}
    origin = pl.coalesce("origin", "source")
    if relays:
        first = origin.str.to_lowercase().replace_strict(relays, default=None, return_dtype=pl.String)
        origin = pl.coalesce(first, origin)
    table = table.with_columns(origin=origin)
    table = _graded(table, reader, sources, notes)
    table = table.with_columns(_directness=_directness(sources))
    side = pl.col("side")
    table = table.with_columns(side=pl.when(side == "unknown").then(None).otherwise(side))
    parties = list(context.parties)
    checks.append(
        _Check(
            "side",
            ~pl.col("side").is_in([*parties, NO_SIDE]),
            "not a party, 'none' or 'unknown'",
            f"the parties are {', '.join(parties)}",
        )
    )
    names = {name: code for code, name in context.parties.items()} | dict(context.actors)
    actor = pl.col("actor").replace(names) if names else pl.col("actor")
    actor = pl.when(actor.is_in(list(_UNKNOWN))).then(None).otherwise(actor)
    if reader.lenient_actors:
        actor = pl.when(actor.is_in(parties)).then(actor).otherwise(None)
        return table.with_columns(actor=actor)
    table = table.with_columns(_actor=actor)
    checks.append(
        _Check(
            "actor",
            pl.col("_actor").is_not_null() & ~pl.col("_actor").is_in(parties),
            "an unknown party",
            f"the parties are {', '.join(parties)}; or 'unknown'",
        )
    )
    return table


def _graded(table: pl.DataFrame, reader: Reader, sources: Mapping[str, Source], notes: Counter[str]) -> pl.DataFrame:
    """Side and grade from the register; where there is none, or where the reader itself knows its instruments, the row's."""
    if not sources:
        return table
    folded = pl.col("origin").str.to_lowercase()
    listed = folded.is_in([name.lower() for name in sources])
    for column in ("side", "reliability"):
        known = {name.lower(): getattr(source, column) for name, source in sources.items() if getattr(source, column)}
        entered = folded.replace_strict(known, default=None, return_dtype=pl.String)
        own = pl.col(column) if reader.knows_its_sources else pl.lit(None, dtype=pl.String)
        table = table.with_columns(pl.coalesce(entered, own).alias(column))
    if not reader.knows_its_sources:
        strangers = table.select((~listed).sum()).item()
        if strangers:
            notes["reports whose origin is not in the register of sources (its side and grade count as unknown)"] += (
                strangers
            )
    return table


def _directness(sources: Mapping[str, Source]) -> pl.Expr:
    """Own words, relayed, or hearsay; without a register every relay is believed."""
    own = pl.col("source") == pl.col("origin")
    if not sources:
        trusted = pl.lit(True)
    else:
        sides = {name.lower(): source.side for name, source in sources.items() if source.side}
        carrier = pl.col("source").str.to_lowercase().replace_strict(sides, default=None, return_dtype=pl.String)
        trusted = ((carrier == NO_SIDE) | (carrier == pl.col("side"))).fill_null(False)
    return (
        pl.when(own)
        .then(pl.lit(OWN_WORDS))
        .when(trusted)
        .then(pl.lit(RELAYED))
        .otherwise(pl.lit(HEARSAY))
        .cast(pl.Int8)
    )


def _first(name: str, sources: Mapping[str, Source]) -> str:
    """Who first said what this source passes on: along 'relays' as far as it goes, and never in a circle."""
    seen = [name]
    while True:
        here = sources.get(seen[-1])
        relays = here.relays if here else None
        if not relays or relays in seen:
            return min(seen[seen.index(relays) :]) if relays else seen[-1]
        seen.append(relays)


def _know(table: pl.DataFrame, notes: Counter[str]) -> pl.DataFrame:
    unsaid = table.select(pl.col("_known_at").is_null().sum()).item()
    if unsaid:
        notes["reports that do not say when they became known (taken as the end of their event)"] += unsaid
        table = table.with_columns(_known_at=pl.coalesce("_known_at", "_end"))
    unsaid = table["report_id"].null_count()
    repeated = table.height - table["report_id"].n_unique() if unsaid == 0 and table.height < _LARGE else 0
    if repeated:
        notes["report ids that stand more than once in their file"] += repeated
    if 0 < unsaid < table.height or (unsaid and table.height < _LARGE):
        numbered = pl.concat_str(pl.col("file"), pl.lit("#"), pl.col("row").cast(pl.String))
        table = table.with_columns(report_id=pl.coalesce("report_id", numbered))
    return table


def _figure(table: pl.DataFrame, checks: list[_Check]) -> pl.DataFrame:
    checks.append(_Check("claimant", pl.col("claimant").is_null(), "no claimant", "say whose count it is"))
    table = table.with_columns(_count=_number("count", table.schema["count"]))
    unread = pl.col("_count").is_null() | ~pl.col("_count").is_finite()
    checks.append(_Check("count", unread, "not a number", "write the count in digits"))
    return table


def _split(
    table: pl.DataFrame,
    written: pl.DataFrame,
    checks: list[_Check],
    schema: Mapping[str, pl.DataType],
    file: str,
    notes: Counter[str],
) -> Normalised:
    verdict = pl.coalesce([pl.when(check.bad).then(pl.lit(n, dtype=pl.Int32)) for n, check in enumerate(checks)])
    wrong = table.select(_wrong=verdict)["_wrong"]
    typed = {c[1:]: pl.col(c) for c in table.columns if c.startswith("_")}
    columns = [typed.get(c, pl.col(c)).cast(dtype).alias(c) for c, dtype in schema.items()]
    if wrong.null_count() == table.height:
        return Normalised(table.select(columns), empty(QUARANTINE), notes)
    marked = table.with_columns(wrong)
    good = marked.filter(pl.col("_wrong").is_null()).select(columns)
    bad = marked.select("row", "_wrong").with_columns(written.select(pl.exclude("row", "file")))
    bad = bad.filter(pl.col("_wrong").is_not_null())
    parts = []
    for (n,), rows in bad.group_by("_wrong", maintain_order=True):
        check = checks[int(str(n))]
        value = (
            pl.col(check.field).cast(pl.String).str.slice(0, _VALUE_LENGTH)
            if check.field in rows.columns
            else pl.lit(None, dtype=pl.String)
        )
        named = "precision_km" if check.field == "precision_m" else check.field
        parts.append(
            rows.select(
                pl.lit(file).alias("file"),
                "row",
                pl.lit(named).alias("field"),
                value.alias("value"),
                pl.lit(check.reason).alias("reason"),
                pl.lit(check.mend).alias("mend"),
            )
        )
    return Normalised(
        good, pl.concat(parts).sort("row").select(pl.col(c).cast(d) for c, d in QUARANTINE.items()), notes
    )
