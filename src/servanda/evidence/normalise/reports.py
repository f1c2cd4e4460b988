"""From a reader's table to the report table: every field checked, every bad row quarantined with its reason.

Columns only, no loop over rows. The first thing wrong with a row is the one that is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import polars as pl

from servanda.evidence.model import (
    AS_IT_IS,
    CONFIRMED_BY,
    DEFAULT_PRECISION_M,
    FIGURE,
    GRADES,
    ITEM,
    ITEM_FINDINGS,
    KINDS,
    NO_SIDE,
    PRESS_STATEMENT,
    QUARANTINE,
    REPORT,
    STANCES,
    UNCONFIRMED,
    UNDATED,
    Context,
    Reader,
    TableName,
    empty,
)
from servanda.evidence.normalise.amounts import read_counts
from servanda.evidence.normalise.attribution import Check, Notes, graded, named, of_parties, resolve_sources
from servanda.evidence.normalise.columns import CODED, FEW, with_all_columns
from servanda.evidence.normalise.counts import counted_in
from servanda.evidence.normalise.instants import FAULTS, read_times, shown_at, shows_nothing_asked
from servanda.evidence.normalise.quarantine import PARTLY, partly_read, quarantined, without_unread

_FAR = 3.0  # degrees around the agreement's places beyond which swapped coordinates are suspected
_MOST = 1e9  # of anything
_FIRST, _AFTER = datetime(1900, 1, 1, tzinfo=UTC), datetime(2201, 1, 1, tzinfo=UTC)
"""Years that are believed: from 1900 to 2200 (compared as instants, since a year of every row takes twenty times as long)."""
_SWAPPED = "latitude is north-south, longitude east-west; where these are right, those of the agreement's places are swapped: it writes [lat, lon]"
_LARGE = 100_000  # rows beyond which report ids are not looked at for repeats
_SCHEMAS: dict[TableName, dict[str, pl.DataType]] = {
    "reports": REPORT,
    "figures": FIGURE,
    "statements": PRESS_STATEMENT,
    "items": ITEM,
}


@dataclass
class Normalised:
    """Good rows, quarantined rows, and counts of what had to be assumed (by sentence).

    In ``good`` text of reports that repeats may be numbers of texts (``values.coded``), of the table alone.
    """

    good: pl.DataFrame
    quarantine: pl.DataFrame
    notes: Counter[str] = field(default_factory=Counter)
    unsided: int = 0
    """How many of the quarantined are of sources without a side."""


def normalise(
    name: TableName,
    table: pl.DataFrame,
    file: str,
    reader: Reader,
    context: Context,
    recorded: datetime | None = None,
) -> Normalised:
    """Check and type one table that a reader gave. ``table`` must carry ``row``; ``recorded``: when its file became known, by a record."""
    schema = _SCHEMAS[name]
    if table.height == 0:
        return Normalised(empty(schema), empty(QUARANTINE))
    left_out = table["left_out"] if "left_out" in table.columns else None
    coded = CODED if name == "reports" and table.height > FEW else frozenset[str]()
    table = with_all_columns(table, schema, coded).with_columns(pl.lit(file).alias("file"))
    checks: list[Check] = []
    notes: Notes = {}
    written = table
    table = _left_out(table, left_out, checks)
    table = _times(table, checks, reader, context.zone, notes)
    if name == "reports":
        table = _positions(table, checks, context, notes)
        table = _codes(table, checks, reader, context, notes)
        table = resolve_sources(table, checks, reader, context, notes)
        table = _quantity(_know(table, notes, recorded), checks)
        table = _shown(counted_in(table, checks, context, notes), checks, context, notes)
    elif name == "figures":
        table = _figure(of_parties(named(table, ("claimant",), checks, context), context), checks)
    elif name == "statements":
        table = of_parties(named(table, ("speaker",), checks, context), context)
    elif name == "items":
        table = _item(table, checks, reader, context, notes)
    return _split(name, table, written, checks, schema, file, notes, recorded)


def _left_out(table: pl.DataFrame, reasons: pl.Series | None, checks: list[Check]) -> pl.DataFrame:
    """Rows that the format's own reader leaves out, each with its reason."""
    if reasons is None or reasons.null_count() == len(reasons):
        return table
    for told in reasons.unique().drop_nulls().sort().to_list():
        column, _, reason = told.rpartition(": ")
        hint = AS_IT_IS if column not in REPORT else f"check {column}"
        if column == CONFIRMED_BY:
            hint = UNCONFIRMED[1]
        code = "EVD172" if column == CONFIRMED_BY else "EVD170"
        checks.append(Check(code, column or "(row)", pl.col("__left_out") == told, reason, hint))
    return table.with_columns(reasons.alias("__left_out"))


def _times(table: pl.DataFrame, checks: list[Check], reader: Reader, zone: ZoneInfo, notes: Notes) -> pl.DataFrame:
    for column in ("start", "end", "known_at"):
        known = column == "known_at"
        loose = zone if known or reader.local_time else None
        times = read_times(table[column], loose, "start" if column == "start" else "end")
        table = table.with_columns(
            (times.last if column != "start" else times.first).alias(f"_{column}"), times.fault.alias(f"__{column}")
        )
        if column == "start":
            twice = times.last.ne_missing(times.first)
            table = table.with_columns(times.last.alias("__last"))
            if twice.any():
                notes["times in an hour that comes twice, for the clocks go back (taken as any time in both)"] = twice
        for fault, (code, what) in FAULTS.items():
            hint = (
                f"store {column} with its zone"
                if fault in ("typed", "type")
                else f"write {column} as 2025-04-19T18:00+03:00"
            )
            checks.append(Check(code, column, pl.col(f"__{column}") == fault, what, hint))
    checks.append(Check("EVD106", "start", pl.col("_start").is_null(), "no time", "every row needs a start"))
    table = table.with_columns(_end=pl.coalesce("_end", "__last"))
    checks.append(
        Check(
            "EVD107",
            "end",
            pl.col("_end") < pl.col("_start"),
            "ends before it begins",
            "the end must not be before the start",
        )
    )
    for column in ("start", "end", "known_at"):
        time, hint = pl.col(f"_{column}"), "write the year in four digits"
        beyond = (time < _FIRST) | (time >= _AFTER)
        checks.append(Check("EVD108", column, beyond, "year must be between 1900 and 2200", hint))
    return table


def _number(column: str, dtype: pl.DataType) -> pl.Expr:
    if dtype == pl.String:
        return pl.col(column).cast(pl.Float64, strict=False)
    return pl.col(column).cast(pl.Float64)


def _positions(table: pl.DataFrame, checks: list[Check], context: Context, notes: Notes) -> pl.DataFrame:
    table = table.with_columns(
        _lat=_number("lat", table.schema["lat"]) + 0.0,  # so that -0.0 and 0.0 are one place
        _lon=_number("lon", table.schema["lon"]) + 0.0,
        _precision_m=_number("precision_m", table.schema["precision_m"]),
    )
    table = table.with_columns(_lon=pl.col("_lon").replace(-180.0, 180.0))  # one meridian, two ways to write it
    checks += _position_checks(context)
    placed, precise = table["_lat"].is_not_null(), table["_precision_m"].is_not_null()
    imprecise = f"reports that do not say how precise their place is (taken as {DEFAULT_PRECISION_M / 1000:g} km)"
    notes[imprecise] = placed & ~precise
    notes["reports without coordinates (they can match only terms that bind anywhere)"] = ~placed
    given = pl.col("precision_m").is_not_null()
    return table.with_columns(_precision_m=pl.when(given).then("_precision_m").otherwise(DEFAULT_PRECISION_M))


def _position_checks(context: Context) -> Iterator[Check]:
    """What can be wrong with a position."""
    lat, lon = pl.col("_lat"), pl.col("_lon")
    for column in ("lat", "lon", "precision_m"):
        value = pl.col(f"_{column}")
        unread = pl.col(column).is_not_null() & (value.is_null() | ~value.is_finite())
        named, hint = column, "write degrees with a point, as 48.35"
        if column == "precision_m":
            named, hint = "precision_km", "write kilometres, as 0.5"
        yield Check("EVD110", column, unread, f"{named} is not a number", hint)
    halved = lat.is_null() != lon.is_null()
    yield Check("EVD111", "lat", halved, "one of lat and lon is missing", "give both or neither")
    swapped = (lat.abs() > 90) & (lon.abs() <= 90)
    if context.extent is not None:
        west, south, east, north = context.extent
        near = lat.is_between(south - _FAR, north + _FAR) & lon.is_between(west - _FAR, east + _FAR)
        other = lon.is_between(south - 1, north + 1) & lat.is_between(west - 1, east + 1)
        swapped = swapped | (~near & other)
    yield Check("EVD112", "lat", swapped, "lat and lon look swapped", _SWAPPED)
    impossible = (lat.abs() > 90) | (lon.abs() > 180)
    yield Check("EVD113", "lat", impossible, "impossible coordinates", "degrees: lat within 90, lon within 180")
    origin = (lat == 0) & (lon == 0)
    yield Check("EVD114", "lat", origin, "0, 0 is how software writes 'unknown'", "leave lat and lon empty")
    negative = pl.col("_precision_m") < 0
    yield Check("EVD115", "precision_m", negative, "a negative precision", "the 95 % radius in kilometres")


def _codes(table: pl.DataFrame, checks: list[Check], reader: Reader, context: Context, notes: Notes) -> pl.DataFrame:
    acts, targets = context.vocabulary.acts, context.vocabulary.targets
    hint = "see 'servanda readers --codes', or add the code to the agreement under 'codes:'"
    if not reader.lenient_actors:
        checks.append(Check("EVD120", "act", pl.col("act").is_null(), "no act", "say what was done, as 'shelling'"))
    checks.append(
        Check("EVD121", "act", ~pl.col("act").is_in(list(acts.codes)), "not a code of an act", hint, acts.codes)
    )
    unknown = ~pl.col("target").is_in(list(targets.codes))
    checks.append(Check("EVD122", "target", unknown, "not a code of a target", hint, targets.codes))
    if reader.lenient_actors:
        notes["reports whose format does not say what was done (they match no term)"] = table["act"].is_null()
    for column, allowed, default in (("stance", STANCES, "asserts"), ("kind", KINDS, "claim")):
        table = table.with_columns(pl.col(column).fill_null(default))
        checks.append(
            Check(
                "EVD123",
                column,
                ~pl.col(column).is_in(list(allowed)),
                f"not one of {', '.join(allowed)}",
                f"one of: {', '.join(allowed)}",
            )
        )
    checks.append(
        Check(
            "EVD124",
            "reliability",
            ~pl.col("reliability").is_in(list(GRADES)),
            "not an Admiralty letter A to F",
            "A (reliable) to F (cannot be judged)",
        )
    )
    checks.append(
        Check(
            "EVD125",
            "credibility",
            ~pl.col("credibility").is_in([str(n) for n in range(1, 7)]),
            "not an Admiralty digit 1 to 6",
            "1 (confirmed) to 6 (cannot be judged)",
        )
    )
    return table


def _know(table: pl.DataFrame, notes: Notes, recorded: datetime | None) -> pl.DataFrame:
    silent = table["_known_at"].is_null()
    if recorded is None:
        notes[f"{UNDATED} (with --as-of they are left out)"] = silent
    elif silent.any():
        notes[f"{UNDATED} (taken as when their file was recorded)"] = silent
        table = table.with_columns(_known_at=pl.col("_known_at").fill_null(recorded))
    unsaid = table["report_id"].null_count()
    if unsaid == 0 and table.height < _LARGE:
        notes["report ids that stand more than once in their file"] = ~table["report_id"].is_first_distinct()
    if 0 < unsaid < table.height or (unsaid and table.height < _LARGE):
        numbered = pl.concat_str(pl.col("file"), pl.lit("#"), pl.col("row").cast(pl.String))
        table = table.with_columns(report_id=pl.coalesce("report_id", numbered))
    return table


def _shown(table: pl.DataFrame, checks: list[Check], context: Context, notes: Notes) -> pl.DataFrame:
    """What a report shows, each as ``name`` or ``name@instant``, the instants written in one way and the names as in the agreement."""
    names = context.preconditions
    column = pl.col("shows")
    texts = table.filter(column.is_not_null() if names else column.str.contains("@", literal=True))["shows"]
    read = {text: shown_at(text, context.zone, names) for text in texts.unique().to_list()}
    if not read:
        return table
    unread = column.is_in([text for text, value in read.items() if value is None])
    hint = "write it as fired_upon@2025-03-20T11:50+02:00"
    checks.append(Check("EVD127", "shows", unread, "not an instant after '@'", hint))
    written = {text: value for text, value in read.items() if value is not None}
    odd = [text for text, value in written.items() if names and shows_nothing_asked(value, names)]
    if odd:
        notes["reports that show something that no exception of the agreement asks for"] = (
            table["shows"].is_in(odd).fill_null(False)
        )
    return table.with_columns(_shows=column.replace(written) if written else column)


def _quantity(table: pl.DataFrame, checks: list[Check]) -> pl.DataFrame:
    """How many (lorries, guns, men); and whose force it was, folded to one way of writing."""
    table = table.with_columns(pl.col(c).str.to_uppercase() for c in ("nationality", "command", "payroll"))
    return _quantity_of(table, checks)


def _quantity_of(table: pl.DataFrame, checks: list[Check]) -> pl.DataFrame:
    table = table.with_columns(_number("quantity", table.schema["quantity"]).alias("_quantity"))
    number = pl.col("_quantity")
    unread = pl.col("quantity").is_not_null() & (number.is_null() | ~number.is_finite() | (number > _MOST))
    checks.append(Check("EVD140", "quantity", unread, "not a number", "write the quantity in digits"))
    checks.append(Check("EVD141", "quantity", number < 0, "must be 0 or greater", "write the quantity in digits"))
    return table


def _item(table: pl.DataFrame, checks: list[Check], reader: Reader, context: Context, notes: Notes) -> pl.DataFrame:
    """One declared or inspected item, or one visit."""
    parties = ", ".join(context.parties)
    table = of_parties(named(table, ("source",), checks, context), context)
    checks.append(
        Check("EVD130", "source", pl.col("source").is_null(), "no source", "say who declared or inspected it")
    )
    checks.append(Check("EVD150", "site", pl.col("site").is_null(), "no site", "name the site"))
    unknown = ~pl.col("party").is_in(list(context.parties)).fill_null(False)
    hint = f"the parties are {parties}"
    checks.append(Check("EVD132", "party", unknown, "an unknown party", hint, tuple(context.parties)))
    finding = pl.col("finding").is_in(list(ITEM_FINDINGS)).fill_null(False)
    checks.append(
        Check(
            "EVD151",
            "finding",
            ~finding,
            f"not one of {', '.join(ITEM_FINDINGS)}",
            f"one of: {', '.join(ITEM_FINDINGS)}",
        )
    )
    bare = pl.col("finding").is_in(["declared", "seen", "excused"]) & pl.col("serial").is_null()
    checks.append(Check("EVD152", "serial", bare, "no serial number", "write 'counted' where serials were not read"))
    table = _quantity_of(table, checks)
    uncounted = (pl.col("finding") == "counted") & pl.col("_quantity").is_null()
    checks.append(Check("EVD153", "quantity", uncounted, "no quantity", "say how many were counted"))
    table = graded(table.with_columns(origin=pl.col("source")), reader, context.sources, notes)
    side = pl.col("side")
    table = table.with_columns(side=pl.when(side == "unknown").then(None).otherwise(side))
    return table.with_columns(serial=pl.col("serial").str.to_uppercase(), _site=pl.col("site").str.strip_chars())


def _figure(table: pl.DataFrame, checks: list[Check]) -> pl.DataFrame:
    checks.append(Check("EVD160", "claimant", pl.col("claimant").is_null(), "no claimant", "say whose count it is"))
    return read_counts(table, checks)


def _split(
    name: TableName,
    table: pl.DataFrame,
    written: pl.DataFrame,
    checks: list[Check],
    schema: Mapping[str, pl.DataType],
    file: str,
    notes: Notes,
    recorded: datetime | None,
) -> Normalised:
    seen = table.select(check.bad.any().alias(str(n)) for n, check in enumerate(checks)).row(0)
    faults = [(n, check) for n, (check, there) in enumerate(zip(checks, seen, strict=True)) if there]
    if not faults:
        return Normalised(_typed(table, schema), empty(QUARANTINE), _counted(notes))
    verdict = pl.coalesce([pl.when(check.bad).then(pl.lit(n, dtype=pl.Int32)) for n, check in faults])
    found = [check for _, check in faults]
    partly = partly_read(found) if name == "reports" else pl.lit(False)
    whole = pl.col("_wrong").is_null()
    marked = table.with_columns(_wrong=verdict).with_columns(_partly=partly & ~whole)
    some, told = marked["_partly"].sum(), _counted(notes, marked["_wrong"].is_null())
    kept = marked.filter(whole | pl.col("_partly"))
    if some:
        kept, told[PARTLY] = without_unread(kept, found, recorded), int(some)
    bad = marked.select("row", "_wrong").with_columns(written.select(pl.exclude("row", "file"))).filter(~whole)
    unsided = marked.filter(~whole & (pl.col("side") == NO_SIDE)).height
    return Normalised(_typed(kept, schema), quarantined(bad, checks, file), told, unsided)


def _typed(table: pl.DataFrame, schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """The columns of the schema, each as it was read where it was (``_start`` for ``start``); what is a number of a text stays one."""
    columns = {name: f"_{name}" if f"_{name}" in table.columns else name for name in schema}
    return table.select(
        (
            pl.col(column) if isinstance(table.schema[column], pl.Categorical) else pl.col(column).cast(schema[name])
        ).alias(name)
        for name, column in columns.items()
    )


def _counted(notes: Notes, read: pl.Series | None = None) -> Counter[str]:
    """Of how many rows each note is so; of those that could not be read nothing had to be assumed."""
    counts = {text: (so if read is None else so & read).sum() for text, so in notes.items()}
    return Counter({text: int(count) for text, count in counts.items() if count})
