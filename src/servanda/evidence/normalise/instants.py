"""Instants out of columns of text or of typed times, each with the reason where there is none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import polars as pl

from servanda.evidence.model import INSTANT
from servanda.values.time import NoSuchTime, day_start, instants_of, parse_instant, written_time
from servanda.values.units import unit_key

Days = Literal["no", "start", "end"]
"""What a date without a time stands for: no instant, the beginning of its day, or its end."""
_WITH_OFFSET = ("%Y-%m-%dT%H:%M:%S%:z", "%Y-%m-%dT%H:%M%:z", "%Y-%m-%dT%H:%M:%S%.f%:z")
_WITHOUT = ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S%.f")
_USUAL = r"^(\d{4}-\d\d-\d\d)[Tt ]\s*(\d\d:\d\d(?::\d\d)?)(?:[.,](\d{1,9}))?\s*(?:([+-]\d\d):?(\d\d)?)$"
_ZONED = re.compile(r"(.+)\[!?([A-Za-z][\w+-]*(?:/[\w+-]+)*)\]")
FAULTS: Mapping[str, tuple[str, str]] = {
    "zone": ("EVD103", "a time without a zone"),
    "day": ("EVD104", "a date without a time and a zone"),
    "form": ("EVD105", "not an ISO 8601 date and time"),
    "none": ("EVD105", "no such day or time of day"),
    "skipped": ("EVD109", "a local time that does not exist: the clocks go forward over it"),
    "offset": ("EVD105", "an offset that the zone beside it does not have then"),
    "typed": ("EVD103", "times without a zone"),
    "type": ("EVD105", "not a date and time"),
}
"""Why there is no instant: its code and words."""


@dataclass(frozen=True)
class Times:
    """The instants of a column: ``first`` and ``last`` differ where a local hour comes twice; ``fault`` is a key of :data:`FAULTS`."""

    first: pl.Series
    last: pl.Series
    fault: pl.Series


def read_times(column: pl.Series, zone: ZoneInfo | None, days: Days = "no") -> Times:
    """The instants of a column.

    Args:
        column: text, or times with or without a zone.
        zone: the zone of times that do not name one; without it they are a fault.
        days: what a date without a time stands for, where there is a zone.

    Returns:
        As long as the column.
    """
    if isinstance(column.dtype, pl.Datetime):
        return _typed(column, column.dtype, zone)
    if column.dtype != pl.String:
        return Times(_nothing(column), _nothing(column), _where(column.is_not_null(), "type"))
    first = _usual(column, zone)
    left = column.is_not_null() & first.is_null()
    if not left.any():
        return Times(first, first, pl.Series([None], dtype=pl.String).new_from_index(0, len(column)))
    rows = left.arg_true()
    some = column.gather(rows)
    again = _usual(_in_usual_form(some), zone)
    read = {word: _one(word, zone, days) for word in some.filter(again.is_null()).unique().to_list()}
    table = pl.DataFrame(
        [(word, *found) for word, found in read.items()],
        schema={"word": pl.String, "first": INSTANT, "last": INSTANT, "fault": pl.String},
        orient="row",
    )
    found = pl.DataFrame({"word": some, "again": again}).join(table, on="word", how="left", maintain_order="left")
    found = found.with_columns(pl.coalesce("again", "first").alias("first"), pl.coalesce("again", "last").alias("last"))
    fault = pl.Series([None], dtype=pl.String).new_from_index(0, len(column)).scatter(rows, found["fault"])
    return Times(first.clone().scatter(rows, found["first"]), first.clone().scatter(rows, found["last"]), fault)


def _in_usual_form(text: pl.Series) -> pl.Series:
    """Text in the form of a database or another writer of ISO 8601 (+02, +0200, a blank, a comma) in the usual one."""
    usual = text.str.replace(_USUAL, "${1}T${2}.${3}${4}:${5}").str.replace(".+", "+", literal=True)
    return usual.str.replace(".-", "-", literal=True).str.replace(r":$", ":00")


def _nothing(column: pl.Series) -> pl.Series:
    return pl.Series([None], dtype=INSTANT).new_from_index(0, len(column))


def _usual(text: pl.Series, zone: ZoneInfo | None) -> pl.Series:
    """What is written in one of the usual forms; nothing for the rest, and for local times that come never or twice."""
    plain = text.str.replace(" ", "T", literal=True).str.replace(r"Z$", "+00:00")
    out = _nothing(text)
    for form in (*_WITH_OFFSET, *(_WITHOUT if zone is not None else ())):
        left = (out.is_null() & plain.is_not_null()).arg_true()
        if not len(left):
            break
        some = plain if len(left) == len(plain) else plain.gather(left)
        if form in _WITHOUT:
            assert zone is not None
            local = some.str.to_datetime(form, time_unit="us", strict=False)
            read = local.dt.replace_time_zone(zone.key, ambiguous="null", non_existent="null").dt.convert_time_zone(
                "UTC"
            )
        else:
            read = some.str.to_datetime(form, time_unit="us", time_zone="UTC", strict=False)
        out = read if len(left) == len(plain) else out.scatter(left, read)
    return out


def _typed(column: pl.Series, dtype: pl.Datetime, zone: ZoneInfo | None) -> Times:
    if dtype.time_zone is not None:
        read = column.cast(INSTANT, strict=False)
        return Times(read, read, _where(column.is_not_null() & read.is_null(), "none"))
    if zone is None:
        return Times(_nothing(column), _nothing(column), _where(column.is_not_null(), "typed"))
    earliest, latest = (
        column.dt.replace_time_zone(zone.key, ambiguous=which, non_existent="null").cast(INSTANT)
        for which in ("earliest", "latest")
    )
    return Times(earliest, latest, _where(column.is_not_null() & earliest.is_null(), "skipped"))


def _where(mask: pl.Series, fault: str) -> pl.Series:
    return pl.select(pl.when(mask).then(pl.lit(fault)).otherwise(None)).to_series()


def _beside_its_zone(text: str, name: str, days: Days) -> tuple[datetime | None, datetime | None, str | None]:
    """A time with the name of its zone behind it, as RFC 9557 writes it, with an offset or without."""
    try:
        zone = ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return None, None, "form"
    first, last, fault = _one(text, zone, days)
    if first is None or text[-1] in "Zz":  # which tells an instant, and no offset of its place
        return first, last, fault
    agrees = written_time(text).offset in (None, zone.utcoffset(first.astimezone(zone)))
    return (first, last, None) if agrees else (None, None, "offset")


def _one(text: str, zone: ZoneInfo | None, days: Days) -> tuple[datetime | None, datetime | None, str | None]:
    """One text: the first and the last instant that it can mean, or the fault."""
    if (zoned := _ZONED.fullmatch(text)) is not None:
        return _beside_its_zone(zoned[1], zoned[2], days)
    try:
        written = written_time(text)
    except NoSuchTime:
        return None, None, "none"
    except ValueError:
        return None, None, "form"
    try:
        if written.offset is not None:
            moment = (written.local - written.offset).replace(tzinfo=UTC)
            return moment, moment, None
        if written.names_day and (zone is None or days == "no"):
            return None, None, "day"
        if zone is None:
            return None, None, "zone"
        found = instants_of(written.local, zone)
        if not found:
            return None, None, "skipped"
        if written.names_day and days == "end":
            end = day_start(written.local.date() + timedelta(days=1), zone)
            return end, end, None
        return found[0], found[-1], None
    except (OverflowError, ValueError):  # beyond the years that there are
        return None, None, "none"


def shown_at(text: str, zone: ZoneInfo, names: Mapping[str, str]) -> str | None:
    """What a report shows, as the agreement's exceptions name it, with its instants in UTC.

    Args:
        text: names joined by semicolons, each alone or followed by ``@`` and an instant.
        zone: in which an instant without an offset is taken.
        names: what exceptions ask for, by how it may be written; any other name is left as it is.

    Returns:
        The same with instants as ``2025-03-20T09:50:00+00:00``; ``None`` where one cannot be read.
    """
    parts = []
    for part in text.split(";"):
        name, at, moment = (piece.strip() for piece in part.partition("@"))
        name = name if name in names.values() else names.get(unit_key(name), name)
        try:
            parts.append(f"{name}@{parse_instant(moment, zone).isoformat()}" if at else name)
        except ValueError:
            return None
    return ";".join(parts)


def shows_nothing_asked(text: str, names: Mapping[str, str]) -> bool:
    """Whether something that a report shows, as :func:`shown_at` writes it, is what no exception asks for."""
    each = (part.partition("@")[0] for part in text.split(";"))
    return any(name and name not in names.values() for name in each)
