"""Reports under one id that cannot be one event: an incident id belongs to who gave it.

The same number from two origins is two incidents unless time and place agree. What one origin reports under an id stays together, for it
is its own number; where it speaks in its own words these say where and when that was. Of the origins under an id those found an incident
first that saw it without having a side, then others without a side, then those that have one, then hearsay; of equals
those who assert, and the most precise. Whoever cannot speak of the same event as a founder founds another incident; who could speak of
several joins the nearest in time, then in place. So nobody's vague report bridges two.

How far apart in space one event can be told is fusion's limit (``fusion.blocking``); in time it is longer, for one number is some sign of
one event.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from servanda.evidence.model import HEARSAY, NO_SIDE, PARTIAL
from servanda.incidents.fusion.blocking import KM_PER_DEGREE, Ints, Where, distance, gap_of, reach_of
from servanda.values.coded import texts
from servanda.values.elsewhere import each, grouped
from servanda.values.keyed_hash import keyed_hash
from servanda.values.names import name_key, name_keys
from servanda.values.text_order import repeated

_MICROS_PER_HOUR = 3.6e9
_LATEST_H = 12.0  # hours between the end of one report and the start of another
_UNSIDED = 2  # the rank of who has no side; observers are above it
_NEVER = datetime.max.replace(tzinfo=UTC)
_NOTES = 20  # ids that are told one by one
_PARTS: dict[str, pl.DataType] = {
    "incident_id": pl.String(),
    "who": pl.String(),
    "part": pl.String(),
    "since": pl.Datetime("us", "UTC"),
}


@dataclass(frozen=True)
class Parted:
    """Which ids were parted: by id and origin (its name as it is compared, ``who``) the id of the part.

    ``since``: when the first report of that origin became known, or ended. ``told``: by id that was parted, what a reader must know, with
    how many reports it is about.
    """

    parts: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_PARTS))
    told: Mapping[str, Counter[str]] = field(default_factory=dict)

    @cached_property
    def _ids(self) -> frozenset[str]:
        """The ids that were parted."""
        return frozenset(self.parts["incident_id"])

    @property
    def notes(self) -> Counter[str]:
        """What a reader must know of all of them: the first ids one by one, the others together."""
        return _shortened(sum(self.told.values(), Counter()))

    def renewed(self, ids: pl.Series, other: Parted) -> Parted:
        """The same, in which these ids are parted as in another."""
        kept = self.parts.filter(~pl.col("incident_id").is_in(ids.implode()))
        gone = set(ids.to_list())
        told = {name: notes for name, notes in self.told.items() if name not in gone}
        return Parted(pl.concat([kept, other.parts]), {**told, **other.told})

    def reports(self, table: pl.DataFrame) -> pl.DataFrame:
        """The same reports, each under the id of its part; what answers a parted id answers the part of its own origin, where there is one."""
        if not self.parts.height:
            return table
        out = table.with_columns(_who=name_keys(pl.col("origin")))
        for column in ("incident_id", "answers"):
            part = self.parts.select(pl.col("incident_id").alias(column), _who="who", _part="part")
            out = out.join(part, on=[column, "_who"], how="left", maintain_order="left")
            out = out.with_columns(pl.coalesce("_part", column).alias(column)).drop("_part")
        return out.drop("_who")

    def meant(self, incident: str, at: datetime) -> list[str]:
        """The parts of an id that somebody could mean by it at an instant: those that were known; where none was, what still bears it."""
        if incident not in self._ids:
            return [incident]
        mine = self.parts.filter(pl.col("incident_id") == incident)
        known = mine.filter(pl.col("since") <= at)["part"].unique().sort().to_list()
        return known or [incident]

    def of_origin(self, incident: str, origin: str) -> str:
        """The part of an id in which an origin's reports lie."""
        mine = (pl.col("incident_id") == incident) & (pl.col("who") == name_key(origin))
        return str(next(iter(self.parts.filter(mine)["part"]), incident))

    def batches(self, tables: Iterable[pl.DataFrame]) -> Iterable[pl.DataFrame]:
        """Every batch of reports with its ids parted."""
        return each(self.reports, tables)


def part(
    batches: Callable[[], Iterable[pl.DataFrame]], as_of: datetime | None, taken: Container[str] | None = None
) -> Parted:
    """Find out which ids bear more than one event.

    Args:
        batches: tables of reports; asked for once, and again where an id may have to be parted.
        as_of: what became known later is left out; ``None``: nothing is.
        taken: the ids that reports bear; left out, those of the batches.

    Returns:
        The parted ids. The order of the reports changes nothing.
    """
    spans = _spans(batches(), as_of)
    if spans is None or not (suspects := spans.filter("suspicious").select("incident_id")).height:
        return Parted()
    said = _said(batches(), suspects, as_of)
    # of ids that are not parted only those that may be the name of a part
    borne = set(spans["incident_id"].to_list()) if taken is None else taken
    made = set[str]()
    rows: list[tuple[str, str, str, datetime]] = []
    told: dict[str, Counter[str]] = {}
    where = _where(said)
    for incident_id, blocks in _blocks(said):
        groups = _groups(blocks, where)
        if len(groups) < 2:
            continue
        first = min(groups, key=lambda group: min(one.claim for one in group))
        for group in groups:
            name = incident_id if group is first else _free(f"{incident_id} ({group[0].name})", borne, made)
            rows += [(incident_id, one.who, name, one.since) for one in group]
            if group is not first:
                notes = told.setdefault(incident_id, Counter())
                notes[_note(incident_id, first[0].name, name)] += sum(one.reports for one in group)
    return Parted(pl.DataFrame(rows, schema=_PARTS, orient="row"), told)


def _note(incident_id: str, first: str, name: str) -> str:
    return (
        f"reports under the id {incident_id} that cannot be one event with what {first} reports under it "
        f"(too far apart in time or place: judged as {name})"
    )


def _shortened(notes: Counter[str]) -> Counter[str]:
    """The first ids one by one, the others together."""
    if len(notes) <= _NOTES:
        return notes
    told = sorted(notes)
    out = Counter({note: notes[note] for note in told[:_NOTES]})
    out[
        "more reports under ids that others gave to what cannot be one event with them (judged as incidents of their own)"
    ] = sum(notes[note] for note in told[_NOTES:])
    return out


def _free(name: str, borne: Container[str], made: set[str]) -> str:
    """The name, or another where somebody has numbered an incident so."""
    while name in borne or name in made:
        name += " *"
    made.add(name)
    return name


def _known(batch: pl.DataFrame, as_of: datetime | None) -> pl.DataFrame:
    rows = batch.filter(pl.col("incident_id").is_not_null())
    return rows if as_of is None else rows.filter(pl.col("known_at") <= as_of)


def _spans(batches: Iterable[pl.DataFrame], as_of: datetime | None) -> pl.DataFrame | None:
    """How far the reports under each id lie apart at most, of those that may be ``suspicious``, and of those whose id might be the name
    of a part; nothing where none has an id.
    """
    least, most = ("one", "first", "south", "west", "sharp"), ("other", "last", "north", "east")

    def spans(batch: pl.DataFrame) -> dict[str, pl.DataFrame]:
        found = (
            _known(batch, as_of)
            .with_columns(pl.col("origin").cast(pl.String))
            .group_by("incident_id")
            .agg(
                one=pl.col("origin").min(),
                other=pl.col("origin").max(),
                last=pl.col("start").max(),
                first=pl.col("end").min(),
                south=pl.col("lat").min(),
                north=pl.col("lat").max(),
                west=pl.col("lon").min(),
                east=pl.col("lon").max(),
                sharp=pl.col("precision_m").min(),
            )
        )
        return {"spans": found}

    def widest(found: dict[str, pl.DataFrame]) -> pl.DataFrame:
        again = repeated(found["spans"]["incident_id"])
        several = found["spans"].filter(again).group_by("incident_id").agg(pl.col(least).min(), pl.col(most).max())
        every = pl.concat([several, found["spans"].filter(~again).select(several.columns)])
        told = every.with_columns(suspicious=_suspicious())
        return told.filter(pl.col("suspicious") | pl.col("incident_id").str.contains(" (", literal=True))

    found = list(grouped(spans, widest, batches, by=_of_id))
    return pl.concat(found) if found else None


def _of_id(rows: pl.DataFrame) -> pl.Series:
    return keyed_hash(rows["incident_id"], 0)


def _suspicious() -> pl.Expr:
    """Whether two origins may be too far apart: no id that bears two events is left out, some that bear one are not."""
    late = (pl.col("last") - pl.col("first")).dt.total_microseconds() / _MICROS_PER_HOUR > _LATEST_H
    wide = KM_PER_DEGREE * ((pl.col("north") - pl.col("south")) + (pl.col("east") - pl.col("west")))
    near = (pl.col("sharp") / 1000).map_batches(lambda km: pl.Series(2 * reach_of(km.to_numpy())), pl.Float64)
    return (pl.col("one") != pl.col("other")) & (late | (wide > near)).fill_null(False)


class _Block(NamedTuple):
    """What one origin reports under an id. ``rows``: what says it best; ``order``: by which incidents are founded; ``claim``: to the id
    itself, where it is parted.
    """

    who: str
    name: str
    reports: int
    since: datetime
    order: tuple[Any, ...]
    claim: tuple[Any, ...]
    rows: range


_OF = ["incident_id", "who"]
_SAID = ("start", "end", "lat", "lon", "precision_m")


def _said(batches: Iterable[pl.DataFrame], suspects: pl.DataFrame, as_of: datetime | None) -> pl.DataFrame:
    """What is said under some ids: of each origin only what says it best, each place and time once."""
    heard = pl.col("directness") > HEARSAY
    unread = (pl.col("credibility") == PARTIAL).fill_null(False)  # nobody is parted by what may have been another event
    unsided = (pl.col("side") == NO_SIDE).fill_null(False) & heard & ~unread
    saw = unsided & (pl.col("kind") == "observation").fill_null(False)
    rank = pl.when(saw).then(_UNSIDED + 1).when(unsided).then(_UNSIDED).when(heard).then(1).otherwise(0)
    speaks = pl.when(pl.col("stance") == "retracts").then(0).when(pl.col("stance") == "denies").then(1).otherwise(2)

    def heard_of(batch: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        rows = texts(_known(batch, as_of).join(suspects, on="incident_id", how="semi"))
        told = rows.with_columns(who=name_keys(pl.col("origin")), rank=rank, speaks=speaks)
        of = told.group_by(*_OF, *_SAID, "directness", "rank", "speaks")
        since = pl.coalesce("known_at", "end").min()
        return of.agg(pl.col("known_at").min(), reports=pl.len(), since=since), _first_spelt(told)

    both = list(each(heard_of, batches))
    found, called = [one for one, _ in both], [other for _, other in both]
    best = pl.col("directness").cast(pl.Int32) * 8 + pl.col("rank") * 2 + (pl.col("speaks") > 0)
    told = pl.concat(found).with_columns(
        *(pl.col(c).min().over(_OF) for c in ("known_at", "since")),
        reports=pl.col("reports").sum().over(_OF),
        best=best,
    )
    told = told.filter(pl.col("best") == pl.col("best").max().over(_OF))
    told = told.with_columns(pl.col("speaks").max().over(_OF))
    told = told.join(_first_spelt(pl.concat(called)).select(*_OF, "origin"), on=_OF)
    return told.unique([*_OF, *_SAID]).sort(*_OF, "precision_m", *_SAID)


def _first_spelt(told: pl.DataFrame) -> pl.DataFrame:
    """By id and origin, who reported first: as the name is spelt there, the part is called."""
    nearest = ["known_at", -pl.col("directness"), "source", "report_id", "origin"]
    first = told.sort(nearest, nulls_last=True).unique(_OF, keep="first", maintain_order=True)
    return first.select(*_OF, "known_at", "directness", "source", "report_id", "origin")


def _blocks(said: pl.DataFrame) -> Iterator[tuple[str, list[_Block]]]:
    """By id the origins under it, in the order in which they found incidents."""
    least = ("precision_m", "start", "end", "lat", "lon")
    length = (pl.col("end") - pl.col("start")).min()
    told = said.group_by(_OF, maintain_order=True).agg(
        pl.col("origin", "reports", "since", "known_at", "rank", "speaks").first(),
        pl.col(least).min(),
        length=length.dt.total_microseconds(),
        rows=pl.len(),
    )
    told = told.with_columns(
        pl.col("lat", "lon").fill_null(0.0), undated=pl.col("known_at").is_null(), sided=pl.col("rank") < _UNSIDED
    )
    told = told.with_columns(-pl.col("rank", "speaks"), pl.col("known_at").fill_null(_NEVER))
    low, blocks, last = 0, list[_Block](), None
    order = zip(
        *(told[c].to_list() for c in ("rank", "speaks", "precision_m", "length", *least[1:], "who")), strict=True
    )
    claims = zip(*(told[c].to_list() for c in ("sided", "undated", "known_at", "rank", "who")), strict=True)
    plain = zip(*(told[c].to_list() for c in ("incident_id", "who", "origin", "reports", "since", "rows")), strict=True)
    for first, claim, (incident_id, who, origin, reports, since, rows) in zip(order, claims, plain, strict=True):
        if incident_id != last and last is not None:
            yield last, sorted(blocks, key=lambda one: one.order)
            blocks = []
        last = incident_id
        blocks.append(_Block(who, origin, reports, since, first, claim, range(low, low + rows)))
        low += rows
    if last is not None:
        yield last, sorted(blocks, key=lambda one: one.order)


def _where(said: pl.DataFrame) -> Where:
    """Where and when all that was."""
    start, end = (said[c].dt.epoch("us").to_numpy() / _MICROS_PER_HOUR for c in ("start", "end"))
    lat, lon = (said[c].fill_null(float("nan")).to_numpy() for c in ("lat", "lon"))
    return Where(lat, lon, said["precision_m"].to_numpy() / 1000, start, end)


def _groups(blocks: list[_Block], where: Where) -> list[list[_Block]]:
    """The origins under one id by what can be one event with a founder, which comes first."""
    size = sum(len(block.rows) for block in blocks)
    founding, number = np.empty(size, np.int64), np.empty(size, np.int64)
    groups: list[list[_Block]] = []
    founders = 0
    for block in blocks:
        held = founding[:founders]
        near = [found for row in block.rows if (found := _nearest(where, row, held, number[:founders]))]
        if near:
            groups[min(near)[-1]].append(block)
            continue
        founding[founders : founders + len(block.rows)] = block.rows
        number[founders : founders + len(block.rows)] = len(groups)
        founders += len(block.rows)
        groups.append([block])
    return groups


def _nearest(where: Where, row: int, held: Ints, number: Ints) -> tuple[float, float, int] | None:
    """Hours and kilometres to the nearest founder that can be one event with a row, and its group; nothing where none can.

    What has no place may be anywhere.
    """
    if not len(held):
        return None
    of, reach = np.full(len(held), row), reach_of(where.radius[[row]]) + reach_of(where.radius[held])
    km, gap = np.nan_to_num(distance(where, of, held)), gap_of(where, of, held)
    fits = np.flatnonzero((km <= reach) & (gap <= _LATEST_H))
    if not len(fits):
        return None
    late = np.maximum(gap[fits], 0.0)
    first = np.lexsort((number[fits], km[fits], late))[0]
    return float(late[first]), float(km[fits][first]), int(number[fits][first])
