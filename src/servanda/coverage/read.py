"""The coverage file: YAML for a few watches, a CSV table for many (a patrol log).

``docs/formats.md`` has both. Places may be named as in the agreement, or given as a point with a radius.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal, TypeAlias
from zoneinfo import ZoneInfo

import shapely
from pydantic import ValidationError
from shapely.geometry.base import BaseGeometry

from servanda.coverage.log_rows import rows_of_log
from servanda.coverage.model import WITHOUT_SIDE, Coverage, Gap, Watch
from servanda.coverage.odds import lower_end
from servanda.coverage.reported import parse_every
from servanda.coverage.schema import CoverageFile, GapEntry, ProbabilityEntry, WatchEntry, Whereabouts, faults_of_shape
from servanda.coverage.shifts import DAYS_END, MAX_DAYS, clock, every_day, relieved
from servanda.coverage.together import combinations
from servanda.errors import CoverageError, Fault
from servanda.values.codes import Vocabulary
from servanda.values.document import Document, Path_, read_document
from servanda.values.files import FileLike, NamedBytes, name_of, suffix_of
from servanda.values.geo.shapes import Place, circle
from servanda.values.missing import is_missing
from servanda.values.quantity import parse_radius
from servanda.values.time import Duration, Interval, parse_instant
from servanda.wording import did_you_mean

_TABLES = (".csv", ".tsv", ".xlsx", ".ods", ".xls")
_COLUMNS = (
    "its columns are watch_id, who, means, detects, place (or lat, lon, radius_km), from, to, probability (or seen, of); "
    "reports are named before --coverage"
)
_MANY = ("shares", "sees")
_NONE = "-"  # in these columns a list without names
_TEXTS = ("rests_on", "source", "side", "reports_every", "known_at")


def _plain(value: Any) -> Any:
    """A value as a YAML file would give it: dates and instants as text, tuples as lists."""
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    return value.isoformat() if isinstance(value, date) else value


def _listed(cell: str) -> list[str]:
    """Names in a cell, separated by semicolons; a dash for none."""
    return [part.strip() for part in cell.split(";") if part.strip() not in ("", _NONE)]


CoverageItem: TypeAlias = FileLike | Mapping[str, Any]
"""A path, a file in memory, or what a coverage file says as a dict."""


def read_coverage(
    items: Iterable[CoverageItem],
    places: Mapping[str, Place],
    vocabulary: Vocabulary,
    zone: ZoneInfo,
    name: str = "",
    actors: Mapping[str, str] | None = None,
) -> Coverage:
    """Read coverage: watches, outages and denials of access.

    Args:
        items: files (YAML, or CSV for tables of watches), on disk or in memory, and dicts with the words of the YAML file.
        places: the places of the agreement, by name.
        vocabulary: the acts of the agreement.
        zone: the zone of times that do not name one.
        name: the agreement's own name; coverage of another agreement is a fault.
        actors: those whose acts a watch may see, by their short names; ``None``: anybody.

    Returns:
        All of it together.

    Raises:
        CoverageError: with every fault found.
    """
    faults: list[Fault] = []
    total = Coverage()
    files: set[FileLike] = set()
    dicts: list[Mapping[str, Any]] = []
    for item in items:
        if isinstance(item, Mapping):
            dicts.append(item)
        else:
            files.add(item if isinstance(item, NamedBytes) else Path(item))
    for file in sorted(files, key=lambda file: (name_of(file), file.content if isinstance(file, NamedBytes) else b"")):
        reader = _Reader(name_of(file), places, vocabulary, zone, faults, name, actors)
        total = total.merge(reader.table(file) if suffix_of(file) in _TABLES else reader.document(file))
    for n, words in enumerate(dicts, 1):
        called = "coverage" if len(dicts) == 1 else f"coverage {n}"
        reader = _Reader(called, places, vocabulary, zone, faults, name, actors)
        total = total.merge(reader.mapping(words))
    names: set[str] = set()
    for watch in total.watches:
        if watch.id in names:
            what = f"two watches are called {watch.id!r}"
            faults.append(Fault("coverage", what, "every watch needs a name of its own", code="COV010"))
        names.add(watch.id)
    for gap in total.gaps:
        for stranger in sorted((gap.watches or frozenset()) - names):
            article = "an" if gap.kind == "outage" else "a"
            what = f"{article} {gap.kind} names the watch {stranger!r}, which does not exist"
            hint = did_you_mean(stranger, names, "name a watch, or 'all'")
            faults.append(Fault("coverage", what, hint, code="COV011"))
    if faults:
        raise CoverageError(*dict.fromkeys(faults))
    combinations(
        tuple(watch.causes for watch in total.watches)
    )  # too many ways to fail together are told before anything is measured
    return total


class _Reader:
    def __init__(
        self,
        file: str,
        places: Mapping[str, Place],
        vocabulary: Vocabulary,
        zone: ZoneInfo,
        faults: list[Fault],
        name: str,
        actors: Mapping[str, str] | None,
    ) -> None:
        self.actors = actors
        self.file, self.places, self.vocabulary, self.zone = file, places, vocabulary, zone
        self.faults, self.name = faults, name
        self.doc = Document(file, {})

    def document(self, file: FileLike) -> Coverage:
        """The coverage of a YAML file."""
        document, faults = read_document(file)
        if document is None:
            self.faults.extend(faults)
            return Coverage()
        return self._entries(document)

    def mapping(self, words: Mapping[str, Any]) -> Coverage:
        """The same from a dict; dates and times may be typed."""
        return self._entries(Document(self.file, _plain(words)))

    def _entries(self, document: Document) -> Coverage:
        self.doc = document
        try:
            file = CoverageFile.model_validate(document.data)
        except ValidationError as error:
            self.faults.extend(faults_of_shape(document, error))
            return Coverage()
        if self.name and file.coverage != self.name:
            what = f"is coverage of {file.coverage!r}, and the agreement is {self.name!r}"
            self._wrong("COV003", ("coverage",), what, "give the coverage of this agreement")
        watches = [self._watch(entry, ("watches", n)) for n, entry in enumerate(file.watches)]
        gaps = [self._gap("outage", entry, ("outages", n)) for n, entry in enumerate(file.outages)]
        gaps += [self._gap("denial", entry, ("denials", n)) for n, entry in enumerate(file.denials)]
        read = [(entry, watch) for entry, watch in zip(file.watches, watches, strict=True) if watch]
        return Coverage(tuple(relieved(read, self.zone)), tuple(g for g in gaps if g))

    def table(self, file: FileLike) -> Coverage:
        """A table of watches: watch_id, who, means, detects, place or lat/lon/radius_km, from, to, probability or seen/of."""
        watches = []
        rows, faults = rows_of_log(file)
        self.faults += faults
        if not rows and not faults:
            self.faults.append(Fault(self.file, "holds no watches", "give one row per watch", code="COV005"))
        for number, given in rows:
            row = {
                k: "" if is_missing(v) and not (k in _MANY and v.strip() == _NONE) else v
                for k, v in given.items()
                if isinstance(v, str)
            }
            try:
                entry = WatchEntry.model_validate(
                    {
                        "id": row["watch_id"],
                        "who": row["who"],
                        "means": row["means"],
                        "detects": row["detects"].split(";"),
                        "in": [row["place"]] if row.get("place") else None,
                        "at": [float(row[c]) for c in ("lat", "lon")] if row.get("lat") or row.get("lon") else None,
                        "radius": f"{row['radius_km']} km" if row.get("radius_km") else None,
                        "from": row["from"],
                        "to": row["to"],
                        "probability": float(row["probability"]) if row.get("probability") else None,
                        "trials": [int(row["seen"]), int(row["of"])] if row.get("of") else None,
                        "false_alarms": float(row["false_alarms"]) if row.get("false_alarms") else None,
                        "reason": row.get("reason") or "",
                        **{key: row[key] for key in _TEXTS if row.get(key)},
                        **{key: _listed(row[key]) for key in _MANY if row.get(key)},
                    }
                )
            except KeyError as error:
                what = f"lacks the column {error.args[0]!r} of a table of watches"
                self.faults.append(Fault(self.file, what, _COLUMNS, 1, 1, code="COV006"))
                break
            except (ValidationError, ValueError, TypeError) as error:
                text, hint = f"not a number: {str(error).rpartition(': ')[2]}", "write it with a point, as 0.8 or 48.35"
                if isinstance(error, ValidationError):
                    text, hint = error.errors()[0]["msg"].lower(), ""
                self.faults.append(Fault(self.file, f"row {number}: {text}", hint, number, 1, code="COV002"))
                continue
            self.doc = Document(self.file, {})
            watches.append(self._watch(entry, (), number))
        return Coverage(tuple(w for w in watches if w))

    def _wrong(self, code: str, path: Path_, what: str, hint: str = "", line: int = 0) -> None:
        mark = self.doc.mark(path)
        self.faults.append(
            Fault(self.file, what, hint, line or mark.line, mark.column or (1 if line else 0), code=code)
        )

    def _watch(self, entry: WatchEntry, path: Path_, line: int = 0) -> Watch | None:
        acts = self.vocabulary.acts
        for code in entry.detects:
            if code not in acts:
                what, hint = f"not a valid code of an act: {code!r}", "see 'servanda readers --codes'"
                self._wrong("COV012", (*path, "detects"), what, did_you_mean(code, acts.codes, hint), line)
                return None
        name, where, sound = self._where(entry, path, line)
        times = self._times(entry, path, line)
        probability = self._probability(entry, path, line)
        sided = entry.side not in (None, WITHOUT_SIDE)
        for key, party in [*(("sees", party) for party in entry.sees or ()), *[("side", entry.side)] * sided]:
            if self.actors is not None and party not in self.actors:
                hint = did_you_mean(str(party), self.actors, f"one of: {', '.join(self.actors)}")
                self._wrong("COV019", (*path, key), f"not a valid party: {party!r}", hint, line)
                sound = False
        every = self._every(entry.reports_every, (*path, "reports_every"), line)
        if not sound or times is None or probability is None or (entry.reports_every and every is None):
            return None
        return Watch(
            entry.id,
            entry.who,
            entry.means,
            acts.below(entry.detects),
            name,
            where,
            times,
            probability,
            entry.reason,
            self._known(entry, path, line),
            shares=None if entry.shares is None else frozenset(entry.shares),
            sees=None if entry.sees is None else frozenset(entry.sees),
            rests_on=entry.rests_on or ("test_shots" if entry.trials else None),
            false_alarms=entry.false_alarms,
            source=entry.source,
            side=entry.side,
            reports_every=every,
        )

    def _every(self, text: str | None, path: Path_, line: int) -> Duration | None:
        try:
            return parse_every(text) if text is not None else None
        except ValueError as error:
            self._wrong("COV020", path, str(error), "write for example '24 hours'", line)
            return None

    def _probability(self, entry: WatchEntry, path: Path_, line: int) -> float | None:
        """The lower end of what is declared, or of what trials say."""
        given, trials = entry.probability, entry.trials
        if (given is None) == (trials is None):
            what = "needs a 'probability', or 'trials'" if given is None else "gives a 'probability' and 'trials' too"
            self._wrong("COV002", (*path, "probability"), what, "write probability: 0.8, or trials: [17, 20]", line)
            return None
        if trials is not None:
            seen, of = trials
            if 0 < seen <= of:
                return lower_end(seen, of)
            what, hint = (
                f"not valid trials: {seen} seen of {of}",
                "write [seen, of], as [17, 20]; at least one must be seen",
            )
            self._wrong("COV002", (*path, "trials"), what, hint, line)
            return None
        if not isinstance(given, ProbabilityEntry):
            return given
        if given.low > given.high:
            self._wrong("COV002", (*path, "probability"), "'low' is above 'high'", "write {low: 0.7, high: 0.9}", line)
            return None
        return given.low

    def _gap(self, kind: Literal["outage", "denial"], entry: GapEntry, path: Path_) -> Gap | None:
        name, where, sound = self._where(entry, path, 0)
        times = self._times(entry, path, 0)
        if not sound or times is None:
            return None
        watches = None if entry.watches == "all" else frozenset(entry.watches)
        return Gap(kind, watches, name, where, times, entry.share, entry.by, entry.reason, self._known(entry, path, 0))

    def _known(self, entry: Whereabouts, path: Path_, line: int) -> datetime | None:
        if entry.known_at is None:
            return None
        return self._instant(entry.known_at, (*path, "known_at"), line)

    def _instant(self, text: str, path: Path_, line: int) -> datetime | None:
        try:
            return parse_instant(text, self.zone)
        except ValueError as error:
            self._wrong("COV013", path, str(error), "", line)
            return None

    def _where(self, entry: Whereabouts, path: Path_, line: int) -> tuple[str, BaseGeometry | None, bool]:
        if entry.at is not None:
            if (
                entry.in_ is not None
                or entry.radius is None
                or len(entry.at) != 2
                or not (abs(entry.at[0]) <= 90 and abs(entry.at[1]) <= 180)
            ):
                what = "'at' must be [latitude, longitude], with a 'radius' and without 'in'"
                self._wrong("COV014", (*path, "at"), what, "", line)
                return "", None, False
            try:
                metres = parse_radius(entry.radius)
            except ValueError as error:
                self._wrong("COV014", (*path, "radius"), str(error), "", line)
                return "", None, False
            lat, lon = entry.at
            return f"within {entry.radius} of {lat:g}, {lon:g}", circle(lon, lat, metres), True
        if entry.radius is not None:
            self._wrong("COV014", (*path, "radius"), "a 'radius' needs 'at'", "give the place that it is around", line)
            return "", None, False
        if entry.in_ is None:
            return "everywhere", None, True
        for name in entry.in_:
            if name not in self.places:
                hint = did_you_mean(name, self.places, f"its places are {', '.join(self.places)}")
                self._wrong("COV017", (*path, "in"), f"the agreement has no place {name!r}", hint, line)
                return "", None, False
        shape = shapely.union_all([self.places[name].outline() for name in entry.in_])
        return " or ".join(entry.in_), shape, True

    def _times(self, entry: Whereabouts, path: Path_, line: int) -> tuple[Interval, ...] | None:
        start = self._instant(entry.from_, (*path, "from"), line)
        end = self._instant(entry.to, (*path, "to"), line)
        if start is None or end is None:
            return None
        if end <= start:
            self._wrong("COV015", (*path, "to"), "it ends before it begins", "'to' must come after 'from'", line)
            return None
        if entry.daily is None:
            return (Interval(start, end),)
        looking = isinstance(entry, WatchEntry)
        return self._every_day(entry.daily, Interval(start, end), path, line, looking=looking)

    def _every_day(
        self, daily: list[str], span: Interval, path: Path_, line: int, *, looking: bool
    ) -> tuple[Interval, ...] | None:
        assert span.start is not None
        assert span.end is not None
        try:
            first, last = (clock(text) for text in daily)
        except ValueError:
            self._wrong("COV016", (*path, "daily"), "must be two local times of day", "write ['08:00', '18:00']", line)
            return None
        if first == last and daily[1] != DAYS_END:
            self._wrong(
                "COV016", (*path, "daily"), "begins and ends at the same time", "leave 'daily' out for all day", line
            )
            return None
        if (span.end - span.start).days > MAX_DAYS:
            self._wrong(
                "COV016",
                (*path, "daily"),
                "runs over more than a century",
                "'to' must be at most 100 years after 'from'",
                line,
            )
            return None
        return every_day(first, last, span, self.zone, looking=looking)
