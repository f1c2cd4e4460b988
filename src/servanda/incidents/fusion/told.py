"""What reports tell, as fusion keeps and compares it: columns of numbers, who says the very same, and in whose voice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from servanda.incidents.fusion.blocking import (
    Floats,
    Int32s,
    Ints,
    Mask,
    Where,
    banded,
)
from servanda.incidents.fusion.cluster import first_of_each, runs
from servanda.incidents.fusion.columns import Codes, Columns, Ranked, hashed, hours_of, numbers_of
from servanda.incidents.fusion.lanes import (
    FIRST_HAND,
    LANES,
    NOTHING,
    Said,
    lane_names,
    nearness_of,
)
from servanda.incidents.fusion.likelihood import (
    ACTOR_OTHER,
    ACTOR_SAME,
    TRACES,
    Claims,
    Tables,
    density_cells,
    others_near,
    relations,
)
from servanda.incidents.fusion.misdated import clocked, minute_keys
from servanda.incidents.fusion.other_acts import apart_by
from servanda.incidents.fusion.place_names import place_names
from servanda.incidents.fusion.tallies import kinds_of, tallies, things_in
from servanda.incidents.identity import Keys
from servanda.values.codes import Vocabulary
from servanda.values.keyed_hash import plain_hash
from servanda.values.saved import Saved

_SPREAD = np.uint64(0x9E3779B97F4A7C15)
KEPT = (
    "report_id",
    "file",
    "row",
    "source",
    "origin",
    "stance",
    "kind",
    "side",
    "directness",
    "start",
    "end",
    "known_at",
    "lat",
    "lon",
    "precision_m",
    "place_name",
    "act",
    "target",
    "weapon",
    "actor",
    "toward",
    "quantity",
    "unit",
    "area",
    "nationality",
    "command",
    "payroll",
    "answers",
    "url",
    "incident_id",
)
"""What is kept of every report for people to read."""


@dataclass(frozen=True)
class Laid:
    """Some reports in the order of their starts (``rows``); where those stand among them that stand for all who say the very same
    (``telling``); of every report the number of that one (``at``); and what these say.
    """

    rows: Ints
    telling: Ints
    at: Ints
    said: Said

    @property
    def back(self) -> Ints:
        """The rows of those that stand for all."""
        return self.rows[self.telling]


class Told:
    """Reports in columns that grow."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._numbers = Keys()
        self.tables: list[pl.DataFrame] = []
        self.columns = Columns()
        self._codes = {n: Codes() for n in ("source", "act", "target", "weapon", "actor", "place_name")}
        self._lanes = Codes()
        self._lanes.of(pl.Series(LANES))
        self._keys, self._cells, self._bands = Ranked(np.int64), Ranked(np.int64), Ranked(np.int64)
        self._minutes = Ranked(np.int64)
        self._longest = 0.0

    def saved(self) -> Saved:
        """Columns, words and orders, which is what :meth:`take_back` needs."""
        ordered: dict[str, Ranked[Any]] = {
            "keys": self._keys,
            "cells": self._cells,
            "bands": self._bands,
            "minutes": self._minutes,
        }
        codes = {name: codes.words for name, codes in self._codes.items()}
        tables = {name: pl.DataFrame({"row": ranked.rows}) for name, ranked in ordered.items()}
        facts = {"codes": codes, "lanes": self._lanes.words, "longest": self._longest}
        return Saved({**tables, "columns": pl.DataFrame(self.columns.saved())}, facts).having(
            numbers=self._numbers.saved()
        )

    def take_back(self, saved: Saved) -> None:
        """Be as the one that was saved."""
        facts = saved.facts
        self.columns = c = Columns.again(saved.tables["columns"])
        self._codes = {name: Codes(words) for name, words in facts["codes"].items()}
        self._lanes, self._longest = Codes(facts["lanes"]), facts["longest"]
        self._numbers = Keys.again(saved.part("numbers"))
        rows = {name: saved.tables[name]["row"].to_numpy() for name in ("keys", "cells", "bands", "minutes")}
        self._keys.put(c.key[rows["keys"]], rows["keys"])
        self._cells.put(c.cell[rows["cells"]], rows["cells"])
        self._bands.put(banded(c.where.take(rows["bands"])), rows["bands"])
        self._minutes.put(self._minute_of(rows["minutes"]), rows["minutes"])

    def _minute_of(self, rows: Ints) -> Ints:
        """The origin and the minute, by which those are found that may tell of one event on other days."""
        return minute_keys(self.columns.origin[rows], self.columns.start[rows])

    def _columns(self, reports: pl.DataFrame) -> Columns:
        keyed = self._numbers.add_to(reports)
        numbers = {n: codes.of(_carriers(reports) if n == "source" else reports[n]) for n, codes in self._codes.items()}
        where, (lat, lon, radius, start, end) = where_of(reports)
        lane = self._lanes.of(_lanes(reports))
        stance = reports["stance"].replace_strict(
            {"asserts": 0, "confirms": 1, "denies": 2, "retracts": 3}, default=0, return_dtype=pl.Int32
        )
        return Columns(
            lat,
            lon,
            radius,
            start,
            end,
            keyed["incident"].to_numpy().view(np.int64),
            reports["incident_id"].is_not_null().to_numpy().astype(np.int32),
            numbers["source"],
            numbers["act"],
            numbers["target"],
            numbers["weapon"],
            numbers["actor"],
            numbers["place_name"],
            stance.to_numpy(),
            lane,
            page := hashed(reports["url"]),
            np.where(page, hashed(reports["report_id"]), 0),
            _cells(where, self._codes["source"].words, numbers["source"], self._lanes.words, lane),
            _rank(reports),
            *self._relayed(reports),
            tallies(reports, where, self.vocabulary),
        )

    def _relayed(self, reports: pl.DataFrame) -> tuple[Int32s, Mask, Floats, Floats]:
        """Who said it first, whether another carries it, when it became known, and the number that it tells."""
        names = self._numbers.names
        origin, source = (
            names.numbers(reports[n]).cast(pl.Int32).fill_null(-1).to_numpy() for n in ("origin", "source")
        )
        return origin, origin != source, hours_of(reports["known_at"]), numbers_of(reports["quantity"])

    def _laid(self, rows: Ints) -> Laid:
        """Reports in the order of their starts, with who stands for those that say the very same, and what these say."""
        rows = self._in_order_of_starts(rows)
        twin = self._twins(rows)  # who says the very same is where that one is, and as surely
        first = twin == np.arange(len(rows))
        telling = np.flatnonzero(first)
        at = (np.cumsum(first) - 1)[twin]
        return Laid(rows, telling, at, self._said(rows, telling, at))

    def _in_order_of_starts(self, rows: Ints) -> Ints:
        c = self.columns
        order = pl.DataFrame({"start": c.start[rows], "rank": c.rank[rows]})
        rising: Ints = order.select(pl.arg_sort_by("start", "rank", maintain_order=True)).to_series().to_numpy()
        return rows[rising]

    def _twins(self, rows: Ints) -> Ints:
        """For each of these reports the one that stands for all that say the very same: the most direct, else the first.

        What carries an id stands for itself. Rows that one page tells apart are no repeats, however alike they read.
        """
        c, twin = self.columns, np.arange(len(rows))
        loose = np.flatnonzero(c.named[rows] == 0)
        here = rows[loose]
        key = c.key[here] ^ self._place_on_page(here)
        first = first_of_each(key)
        alike = np.flatnonzero(np.bincount(first, minlength=len(loose))[first] > 1)
        nearness = np.array([nearness_of(number, name) for number, name in enumerate(self._lanes.words)])
        order = alike[np.lexsort((alike, nearness[c.lane[here[alike]]], first[alike]))]
        begins, length = runs(first[order])
        twin[loose[order]] = loose[np.repeat(order[begins], length)]
        return twin

    def _place_on_page(self, rows: Ints) -> Ints:
        """Of what one page says several times in the very same words, a number for each but the first; else nothing."""
        c, out = self.columns, np.zeros(len(rows), np.int64)
        paged = np.flatnonzero(c.page[rows] != 0)
        here = rows[paged]
        table = pl.DataFrame({n: getattr(c, n)[here] for n in ("key", "source", "page", "ident")})
        number = table.select(n=pl.col("ident").rank("dense").over("key", "source", "page") - 1)["n"]
        out[paged] = (number.cast(pl.UInt64).to_numpy() * _SPREAD).view(np.int64)
        return out

    def _said(self, rows: Ints, telling: Ints, at: Ints) -> Said:
        """What decides who may join whom, of the reports that stand for all."""
        c, here = self.columns, rows[telling]
        named = c.named[here] == 1
        begun, with_id = np.arange(len(here)), np.flatnonzero(named)
        begun[with_id] = with_id[first_of_each(c.key[here[with_id]])]
        voice = self._voices(rows)
        repeats = np.flatnonzero(voice >= 0)
        repeats = repeats[telling[at[repeats]] != repeats]
        more = at[repeats], voice[repeats]
        return Said(
            c.lane[here].astype(np.int32), c.stance[here] >= 2, voice[telling], begun, named, more, self._natures(here)
        )

    def _natures(self, rows: Ints) -> Ints:
        """The nature of what each report tells of, as a number; of what tells of nothing one of its own."""
        number = {name: n for n, name in enumerate(self.vocabulary.natures, 1)}
        natures = [number.get(self.vocabulary.nature(act) or "", 0) for act in self._codes["act"].words]
        of_act = np.array([*natures, 0], np.int64)  # nothing said counts from the end
        return np.where(self.columns.lane[rows] == NOTHING, -1 - np.arange(len(rows)), of_act[self.columns.act[rows]])

    def _voices(self, rows: Ints) -> Ints:
        """Who reports each incident once: a source, of one origin, on one page; -1 for what may be said again of the same incident."""
        c = self.columns
        voice = c.source[rows].astype(np.int64)
        if c.page[rows].any():
            voice = first_of_each(c.page[rows] ^ (voice.astype(np.uint64) * _SPREAD).view(np.int64))
        return np.where(c.stance[rows] == 0, voice, -1)

    def _datable(self, rows: Ints) -> Mask:
        """Which reports tell of an event by the clock and may be told by relays on another day: no observation, and no denial."""
        c = self.columns
        asserted, lane = c.stance[rows] < 2, c.lane[rows]
        return np.asarray(clocked(c.where.take(rows)) & asserted & (lane > FIRST_HAND) & (lane != NOTHING))

    def near(self, rows: Ints) -> Floats:
        """How many other incidents there are near these reports (``others_near``)."""
        size = len(self.columns.lat)
        count = self._cells.count(self.columns.cell[rows]) if len(rows) < size else self._cells.alike(size)[rows]
        return others_near(self.columns.where.take(rows), count)

    def claims(self, rows: Ints, tables: Tables | None = None) -> Claims:
        """What those reports say, and what to compare it by."""
        c = self.columns
        act, target, weapon, actor, name, source = (
            getattr(c, code)[rows].astype(np.int32) for code in ("act", "target", "weapon", "actor", "name", "source")
        )
        stance = c.stance[rows]
        return Claims(
            act,
            target,
            weapon,
            actor,
            name,
            source,
            stance >= 2,
            stance == 0,
            c.page[rows],
            c.relayed.take(rows),
            c.tally[rows],
            self._things()[act] & (c.quantity[rows] > 0),
            tables or self._tables(),
        )

    def _things(self) -> Mask:
        """Of each act whether what is there, or was brought, is counted under it; the last stands for nothing said."""
        things = things_in(self.vocabulary)
        return np.array([*(act in things for act in self._codes["act"].words), False], bool)

    def _tables(self) -> Tables:
        acts, targets = self.vocabulary.acts, self.vocabulary.targets
        relation = {
            "act": relations(self._codes["act"].words, acts),
            "target": relations(self._codes["target"].words, targets),
            "weapon": relations(self._codes["weapon"].words, None) * 0.5,
            "actor": _actors(len(self._codes["actor"].words)),
        }
        kinds = kinds_of(self._codes["weapon"].words, self.vocabulary.weapons)
        return Tables(
            relation,
            place_names(self._codes["place_name"].words),
            kinds,
            apart_by(self._codes["act"].words, self._codes["target"].words, self.vocabulary, TRACES),
        )


def where_of(reports: pl.DataFrame) -> tuple[Where, tuple[Floats, Floats, Floats, Floats, Floats]]:
    """Place and time of reports without gaps, and the same columns with NaN where nothing is told."""
    lat, lon, radius = (numbers_of(reports[n]) for n in ("lat", "lon", "precision_m"))
    start, end = hours_of(reports["start"]), hours_of(reports["end"])
    radius = radius / 1000
    there = Where(np.nan_to_num(lat), np.nan_to_num(lon), radius, np.nan_to_num(start), np.nan_to_num(end))
    return there, (lat, lon, radius, start, end)


def cells_of(reports: pl.DataFrame) -> Ints:
    """The cell of each report in which its source's other reports are counted (:func:`likelihood.density_cells`): the same number everywhere."""
    voices, lanes = Codes(), Codes()
    voice, lane = voices.of(_carriers(reports)), lanes.of(_lanes(reports))
    return _cells(where_of(reports)[0], voices.words, voice, lanes.words, lane)


def _cells(where: Where, voices: list[str], voice: Int32s, lanes: list[str], lane: Int32s) -> Ints:
    of_voice, of_lane = (plain_hash(pl.Series(words, dtype=pl.String), 13) for words in (voices, lanes))
    if not len(voice):
        return np.empty(0, np.int64)
    return density_cells(where, (of_voice[voice] + _SPREAD * of_lane[lane]).view(np.int64))


def _carriers(reports: pl.DataFrame) -> pl.Series:
    """Who carries each report, and from whom: a carrier that passes on what two others said may report an incident twice."""
    return reports.select(voice=pl.concat_str("source", "origin", separator="\x1f", ignore_nulls=True))["voice"]


def _lanes(reports: pl.DataFrame) -> pl.Series:
    return reports.select(lane=lane_names())["lane"]


def _actors(size: int) -> Floats:
    table = np.full((size + 1, size + 1), ACTOR_OTHER)
    np.fill_diagonal(table, ACTOR_SAME)
    table[size, :] = table[:, size] = 0.0
    return table


def _rank(reports: pl.DataFrame) -> Ints:
    """A number for each report that depends on what it says and not on where it stands, to settle ties."""
    rank = np.zeros(reports.height, np.uint64)
    for seed, name in enumerate(KEPT):
        if name not in ("file", "row"):
            rank += plain_hash(reports[name], seed)
    return rank.view(np.int64)
