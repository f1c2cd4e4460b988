"""Which reports speak of one incident, and which say the very same.

Without fusion, one incident is: all reports that carry the same incident id; else all exact repeats, that is
reports in which the same origin says the same of the same time, place (and its precision), act, target, weapon and actor. Who
passed it on, when, and in which words makes no difference.

Within a run rows are grouped by numbers (:class:`Keys`), which never appear in a result: the ids that people see come
from :func:`founded_ids`.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import operator
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from threading import Lock

import polars as pl

from servanda.values.coded import Texts, each_text, texts
from servanda.values.keyed_hash import keyed_hash
from servanda.values.names import name_key, name_keys_of
from servanda.values.saved import Saved

EVENT = ("start", "end", "lat", "lon", "place_name", "act", "target", "weapon", "actor")
MORE = ("toward", "quantity", "nationality", "command", "payroll", "answers", "unit", "area")
"""What a report says of the event itself; :data:`MORE` is said of few."""
_PARTING, _ESCAPE = "\x1f", "\x1e"
_FLOATS = ("lat", "lon", "precision_m", "quantity")
_NOTHING = pl.lit(None, dtype=pl.String)
_SAID = (*EVENT, *MORE, "precision_m")
_ONE_BY_ONE = 200  # names of which each is looked up by itself
_ORIGIN, _NAMED, _ALL = len(_SAID), len(_SAID) + 1, len(_SAID) + 2
"""Beside those of the columns, the seeds of the origin, of an id, and of all that is said in one text."""


class Names:
    """Names as numbers, in the order in which they were first met: the same number for one name, however spelt, and another for any other.

    Threads share one. An engine of several machines lets it meet every name (:meth:`meet`) before it sends it out (``full``): a new one
    that is met there would get a number that another has elsewhere.
    """

    def __init__(self) -> None:
        self._number: dict[str, int] = {}
        self._lock = Lock()
        self._closed = False
        self.full = False

    def meet(self, names: pl.Series) -> dict[str, int]:
        """The number of each of these names as it is written."""
        written = [name for name in names.unique().cast(pl.String).to_list() if name is not None]
        keys = [name_key(name) for name in written]
        with self._lock:
            if self._closed and not self._number.keys() >= set(keys):
                raise LookupError("a name that was not met before the names were sent out")
            return {
                name: self._number.setdefault(key, len(self._number)) for name, key in zip(written, keys, strict=True)
            }

    def numbers(self, names: pl.Series) -> pl.Series:
        """A column of names as numbers; empty where there is no name."""
        met = self.meet(names)
        if len(names) <= _ONE_BY_ONE:
            return pl.Series(names.name, [met.get(name) for name in names.cast(pl.String).to_list()], dtype=pl.UInt32)
        if not met:
            return pl.Series(names.name, [None], dtype=pl.UInt32).new_from_index(0, len(names))
        return names.cast(pl.String).replace_strict(met, default=None, return_dtype=pl.UInt32)

    def of(self, names: pl.Expr) -> pl.Expr:
        """The same for an expression."""
        return names.map_batches(self.numbers, return_dtype=pl.UInt32)

    @staticmethod
    def again(names: Iterable[str]) -> Names:
        """The same as had these, in the order of their numbers (:meth:`Keys.saved`)."""
        names_again = Names()
        names_again._number.update({name: n for n, name in enumerate(names)})
        return names_again

    def in_order(self) -> list[str]:
        """All names as they are compared, in the order of their numbers."""
        return list(self._number)

    def __getstate__(self) -> tuple[dict[str, int], bool]:
        return self._number, self.full

    def __setstate__(self, state: tuple[dict[str, int], bool]) -> None:
        (self._number, self.full), self._lock = state, Lock()
        self._closed = self.full


class KeyClash(Exception):
    """Two incidents have one key in this run: it is made again with other keys."""


@dataclass(frozen=True)
class Keys:
    """The numbers by which the rows of one run are grouped.

    Origins are numbered: no two have one number. An incident's key, and that of a version, is a hash of 64 bits whose seeds are drawn
    secretly for each run, so that nobody can prepare two that meet; :func:`no_clash` looks whether any did by chance. ``anywhere``: the hash
    is the same on every machine (:mod:`servanda.values.keyed_hash`); else it is that of this process.
    """

    seeds: tuple[int, ...] = field(default_factory=lambda: tuple(secrets.randbits(64) for _ in range(_ALL + 1)))
    names: Names = field(default_factory=Names)
    anywhere: bool = False

    def saved(self) -> Saved:
        """Seeds and names, which is what :meth:`again` needs."""
        return Saved({}, {"seeds": list(self.seeds), "names": self.names.in_order()})

    @staticmethod
    def again(saved: Saved) -> Keys:
        """The same numbers as before, in a process whose library makes the same hashes."""
        return Keys(tuple(saved.facts["seeds"]), Names.again(saved.facts["names"]))

    def hashed(self, values: pl.Expr, seed: int) -> pl.Expr:
        """A number for each value of a column."""
        if not self.anywhere:
            return values.hash(seed=seed)
        return values.map_batches(functools.partial(keyed_hash, seed=seed), return_dtype=pl.UInt64)

    def of_incident(self, incident_id: pl.Expr) -> pl.Expr:
        """The key of the incident that carries an id of its own."""
        return self.hashed(incident_id, self.seeds[_NAMED])

    def origin(self, name: pl.Expr) -> pl.Expr:
        """The number of an origin by its name."""
        return self.names.of(name)

    def teller(self) -> pl.Expr:
        """The number of who tells it: an origin in its own words, or as one carrier passes them on."""
        origin, carrier = (pl.col(c).map_batches(self._hashed, return_dtype=pl.UInt64) for c in ("origin", "source"))
        return pl.when(carrier == origin).then(origin).otherwise(origin ^ carrier)

    def add_to(self, reports: pl.DataFrame) -> pl.DataFrame:
        """Reports with the keys by which they are grouped.

        Args:
            reports: a table of reports.

        Returns:
            The same with three: ``incident``, and within it ``origin`` and ``version``. The version is what
            a report says but for the words: relays that change nothing have the same.
        """
        origins = Texts.of(reports["origin"])
        said = reports.with_columns(version=self._version(reports), origin=origins.become(self.names.numbers))
        incident = self.of_incident(pl.col("incident_id"))
        if reports["incident_id"].null_count():
            who = origins.become(self._hashed)
            if who.null_count():
                who = who.fill_null(self._hashed(pl.Series([None], dtype=pl.String)).item())
            incident = pl.when(pl.col("incident_id").is_not_null()).then(incident).otherwise(pl.col("version") ^ who)
        return said.with_columns(incident=incident)

    def of_reports(self, reports: pl.DataFrame) -> pl.Series:
        """The key of the incident of each report, as :meth:`add_to` has it."""
        if reports["incident_id"].null_count():
            return self.add_to(reports)["incident"]
        return reports.select(incident=self.of_incident(pl.col("incident_id")))["incident"]

    def _hashed(self, origins: pl.Series) -> pl.Series:
        """A hash for each origin by its name, made once for each name."""
        written = origins.unique()
        if not len(written):
            return origins.cast(pl.UInt64)
        keys = name_keys_of(written)
        hashed = keys.to_frame("name").select(self.hashed(pl.col("name"), self.seeds[_ORIGIN]))["name"]
        return origins.replace_strict(written, hashed, return_dtype=pl.UInt64)

    def _version(self, reports: pl.DataFrame) -> pl.Expr:
        """One number for what is said of the event: its columns' hashes under different seeds, combined bit by bit.

        What no report of the batch says is hashed once and not once for each, and so is each text that has a number.
        """
        hashes = {c: self._of_said(c, reports.schema[c], seed) for c, seed in zip(_SAID, self.seeds, strict=False)}
        silent = [c for c in MORE if reports[c].null_count() == reports.height]
        none = pl.DataFrame({c: [None] for c in silent}, schema={c: reports[c].dtype for c in silent})
        nothing = none.select(hashes.pop(c) for c in silent).row(0) if silent else ()
        said = pl.lit(functools.reduce(operator.xor, nothing, 0), dtype=pl.UInt64)
        return functools.reduce(operator.xor, hashes.values(), said)

    def _of_said(self, column: str, dtype: pl.DataType, seed: int) -> pl.Expr:
        if not isinstance(dtype, pl.Categorical):
            return self.hashed(pl.col(column), seed)
        hashed = functools.partial(self._of_texts, seed=seed)
        return pl.col(column).map_batches(hashed, return_dtype=pl.UInt64).fill_null(self.hashed(_NOTHING, seed))

    def _of_texts(self, column: pl.Series, seed: int) -> pl.Series:
        return each_text(column, lambda each: each.to_frame("t").select(self.hashed(pl.col("t"), seed))["t"])

    def identity(self, reports: pl.DataFrame) -> pl.Series:
        """A second number of 64 bits for the incident of each report, made in another way and from other seeds."""
        seed, reports = self.seeds[_ALL], texts(reports)
        number = self.hashed(pl.lit("\x1e") + pl.col("incident_id"), seed)
        if reports["incident_id"].null_count():
            who = self.origin(pl.col("origin"))
            said = self.hashed(content_of(who), seed) if self.anywhere else pl.struct(who, *_SAID).hash(seed=seed)
            number = pl.when(pl.col("incident_id").is_not_null()).then(number).otherwise(said)
        return reports.select(t=number)["t"]


def no_clash(members: pl.DataFrame) -> None:
    """Look whether each key is that of one incident.

    Args:
        members: reports with the ``key`` of their incident and its ``identity`` (:meth:`Keys.identity`).

    Raises:
        KeyClash: it is that of two.
    """
    order = members["key"].arg_sort()
    key, identity = members["key"].gather(order), members["identity"].gather(order)
    if ((key[1:] == key[:-1]) & (identity[1:] != identity[:-1])).any():
        raise KeyClash


def _escaped(text: pl.Expr) -> pl.Expr:
    """Text in which nothing can be taken for a separator."""
    return text.str.replace_all(_ESCAPE, _ESCAPE + "e", literal=True).str.replace_all(
        _PARTING, _ESCAPE + "s", literal=True
    )


def content_of(origin: pl.Expr) -> pl.Expr:
    """All that a report says of the event, and who says so, in one text: :func:`report_ids` says how."""
    said = {c: pl.col(c) + 0.0 if c in _FLOATS else pl.col(c) for c in (*EVENT, *MORE, "precision_m")}  # -0 is 0
    said |= {c: pl.col(c).dt.epoch("us") for c in ("start", "end")}
    parts = [origin, *(said[c] for c in (*EVENT, "precision_m"))]
    parts = [_escaped(part.cast(pl.String).fill_null("")) for part in parts]
    more = [
        pl.when(pl.col(c).is_not_null())
        .then(pl.lit(f"{_PARTING}{c}=") + _escaped(said[c].cast(pl.String)))
        .otherwise(pl.lit(""))
        for c in MORE
    ]
    return pl.concat_str(parts, separator=_PARTING) + pl.concat_str(more)


def report_ids(rows: pl.DataFrame, key: bytes = b"") -> pl.Series:
    """The id of the incident that each report would found, had it no id of its own: ``x-`` and 32 hex digits.

    They are those of the SHA-256 of the letter ``r`` and of who carries the report and its id there, each after the unit separator
    (U+001F): a correction of what it says leaves it the same. Of a report without an id of its own, of the letter ``c`` and what it
    says: origin, start, end (microseconds since 1970 UTC), lat, lon, place name, act, target, weapon, actor and
    precision in metres, likewise; then, each only where it is said, ``name=value`` of what :data:`MORE` names. In all of these U+001E is
    written as U+001E and e, U+001F as U+001E and s. Inside a record it is the HMAC of the same under the record's key of ids: whoever may
    not see what a report says could else find it out by trying.

    Args:
        rows: reports.
        key: the key of ids of a record; none outside.

    Returns:
        The ids.
    """
    own = (pl.col("report_id") != pl.concat_str("file", pl.lit("#"), pl.col("row").cast(pl.String))).fill_null(True)
    parts = [_escaped(pl.col(c)) for c in ("source", "report_id")]
    told = rows.select(t=pl.when(own).then(pl.concat_str(pl.lit("r"), *parts, separator=_PARTING)))["t"]
    if told.null_count():
        told = rows.select(t=pl.coalesce(told, _content()))["t"]
    return _made(told, key)


def founded_ids(founders: pl.DataFrame, key: bytes = b"") -> pl.Series:
    """The ids of incidents by the reports that founded them.

    Args:
        founders: one report of each incident; those that became known first come first.
        key: the key of ids of a record; none outside.

    Returns:
        The id that it bears, else that of :func:`report_ids`; where an earlier founder has that already (a report given twice, saying
        two things), the digest of what it says as well.
    """
    borne = founders["incident_id"]
    ids = founders.select(id=pl.coalesce("incident_id", report_ids(founders, key)))["id"]
    again = borne.is_null() & (~ids.is_first_distinct() | ids.is_in(borne.drop_nulls().implode()))
    if again.any():
        both = founders.filter(again).select(t=pl.concat_str(ids.filter(again), _content(), separator=_PARTING))
        ids = ids.scatter(again.arg_true(), _made(both["t"], key))
    return ids.alias("incident")


def _content() -> pl.Expr:
    return pl.concat_str(pl.lit("c"), content_of(pl.col("origin")), separator=_PARTING)


def _made(texts: pl.Series, key: bytes) -> pl.Series:
    """``x-`` and the first 32 hex digits of the digest of each text: two with one id cannot be found in practice."""
    return _named(texts, key, 32)


def content_ids_of_old(rows: pl.DataFrame, key: bytes = b"") -> pl.Series:
    """The ids that incidents without one had until format 0.2, so that decisions on them still find them."""
    text = rows.select(t=content_of(pl.col("origin")))["t"]
    return _named(text, key, 12)


def _named(texts: pl.Series, key: bytes, digits: int) -> pl.Series:
    sha, said = hashlib.sha256, texts.cast(pl.Binary).to_list()
    digests = [hmac.digest(key, text, "sha256") for text in said] if key else [sha(text).digest() for text in said]
    hexes = pl.Series("id", digests, dtype=pl.Binary).bin.encode("hex")
    return ("x-" + hexes.str.head(digits)).alias("id")
