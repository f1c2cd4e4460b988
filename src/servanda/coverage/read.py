"""The coverage file: YAML for a few watches, a CSV table for many (a patrol log).

``docs/formats.md`` has both. Places may be named as in the agreement, or given as a point with a radius.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias
from zoneinfo import ZoneInfo

import shapely
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from shapely.geometry.base import BaseGeometry

from servanda.coverage.model import Coverage, Gap, Watch
from servanda.errors import CoverageError, Fault
from servanda.values.codes import Vocabulary
from servanda.values.document import Document, Path_, read_document
from servanda.values.files import FileLike, NamedBytes, bytes_of, name_of, suffix_of
from servanda.values.geo.shapes import Place, circle
from servanda.values.quantity import parse_length
from servanda.values.time import Interval, parse_instant
from servanda.wording import did_you_mean

_MAX_DAYS = 40_000
_COLUMNS = (
    "its columns are watch_id, who, means, detects, place (or lat, lon, radius_km), from, to, probability; "
    "reports are named before --coverage"
)


def _plain(value: Any) -> Any:
    """A value as a YAML file would give it: dates and instants as text, tuples as lists."""
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    return value.isoformat() if isinstance(value, date) else value


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, defer_build=True)


class _Where(_Strict):
    in_: Annotated[list[str] | None, BeforeValidator(_as_list, json_schema_input_type=str | list[str] | None)] = Field(
        None, alias="in"
    )
    at: list[float] | None = None
    radius: str | None = None
    from_: str = Field(alias="from")
    to: str
    daily: list[str] | None = Field(None, description="local times of day [from, to]: '08:00', '18:00'")
    known_at: str | None = None
    reason: str = ""


class WatchEntry(_Where):
    """One watch as the file writes it."""

    id: str
    who: str
    means: str
    detects: Annotated[list[str], BeforeValidator(_as_list, json_schema_input_type=str | list[str])]
    probability: float = Field(gt=0, lt=1)


class GapEntry(_Where):
    """One outage or denial as the file writes it."""

    watches: Annotated[
        list[str] | Literal["all"],
        BeforeValidator(
            lambda v: [v] if isinstance(v, str) and v != "all" else v, json_schema_input_type=str | list[str]
        ),
    ] = "all"
    share: float = Field(1.0, gt=0, le=1)
    by: str = ""


class CoverageFile(_Strict):
    """A file of coverage as it is written."""

    coverage: str = Field(description="the agreement's short name")
    watches: list[WatchEntry] = Field(default_factory=list)
    outages: list[GapEntry] = Field(default_factory=list)
    denials: list[GapEntry] = Field(default_factory=list)
    notes: list[str] = Field(default_factory=list)


CoverageItem: TypeAlias = FileLike | Mapping[str, Any]
"""A path, a file in memory, or what a coverage file says as a dict."""


def read_coverage(
    items: Iterable[CoverageItem],
    places: Mapping[str, Place],
    vocabulary: Vocabulary,
    zone: ZoneInfo,
    name: str = "",
) -> Coverage:
    """Read coverage: watches, outages and denials of access.

    Args:
        items: files (YAML, or CSV for tables of watches), on disk or in memory, and dicts with the words of the YAML file.
        places: the places of the agreement, by name.
        vocabulary: the acts of the agreement.
        zone: the zone of times that do not name one.
        name: the agreement's own name; coverage of another agreement is a fault.

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
        reader = _Reader(name_of(file), places, vocabulary, zone, faults, name)
        total = total.merge(reader.table(file) if suffix_of(file) == ".csv" else reader.document(file))
    for n, words in enumerate(dicts, 1):
        reader = _Reader("coverage" if len(dicts) == 1 else f"coverage {n}", places, vocabulary, zone, faults, name)
        total = total.merge(reader.mapping(words))
    names: set[str] = set()
    for watch in total.watches:
        if watch.id in names:
            what = f"two watches are called {watch.id!r}"
            faults.append(Fault("coverage", what, "every watch needs a name of its own", code="COV010"))
        names.add(watch.id)
    for gap in total.gaps:
        for stranger in sorted((gap.watches or frozenset()) - names):
            what = f"an {gap.kind} names the watch {stranger!r}, which does not exist"
            hint = did_you_mean(stranger, names, "name a watch, or 'all'")
            faults.append(Fault("coverage", what, hint, code="COV011"))
    if faults:
        raise CoverageError(*dict.fromkeys(faults))
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
    ) -> None:
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
            for item in error.errors():
                at: Path_ = tuple(
                    p for p in item["loc"] if not (isinstance(p, str) and p.startswith(("list[", "literal[")))
                )
                key = str(at[-1]) if at else "the file"
                unknown = item["type"] == "extra_forbidden"
                what = f"unknown key {key!r}" if unknown else f"{key}: {item['msg'].lower()}"
                self.faults.append(document.fault(at, what, code="COV001" if unknown else "COV002"))
            return Coverage()
        if self.name and file.coverage != self.name:
            what = f"is coverage of {file.coverage!r}, and the agreement is {self.name!r}"
            self._wrong("COV003", ("coverage",), what, "give the coverage of this agreement")
        watches = [self._watch(entry, ("watches", n)) for n, entry in enumerate(file.watches)]
        gaps = [self._gap("outage", entry, ("outages", n)) for n, entry in enumerate(file.outages)]
        gaps += [self._gap("denial", entry, ("denials", n)) for n, entry in enumerate(file.denials)]
        return Coverage(tuple(w for w in watches if w), tuple(g for g in gaps if g))

    def table(self, file: FileLike) -> Coverage:
        """A table of watches: watch_id, who, means, detects, place or lat/lon/radius_km, from, to, probability."""
        watches = []
        try:
            rows: Sequence[dict[str, str]] = list(csv.DictReader(io.StringIO(bytes_of(file).decode("utf-8-sig"), "")))
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            self.faults.append(Fault(self.file, f"cannot be read: {error}", "save it as CSV (UTF-8)", code="COV004"))
            return Coverage()
        if not rows:
            self.faults.append(Fault(self.file, "holds no watches", "give one row per watch", code="COV005"))
        for number, row in enumerate(rows, 2):
            try:
                entry = WatchEntry.model_validate(
                    {
                        "id": row["watch_id"],
                        "who": row["who"],
                        "means": row["means"],
                        "detects": row["detects"].split(";"),
                        "in": [row["place"]] if row.get("place") else None,
                        "at": [float(row["lat"]), float(row["lon"])] if row.get("lat") else None,
                        "radius": f"{row['radius_km']} km" if row.get("radius_km") else None,
                        "from": row["from"],
                        "to": row["to"],
                        "probability": float(row["probability"]),
                        "known_at": row.get("known_at") or None,
                        "reason": row.get("reason") or "",
                    }
                )
            except KeyError as error:
                what = f"lacks the column {error.args[0]!r} of a table of watches"
                self.faults.append(Fault(self.file, what, _COLUMNS, 1, 1, code="COV006"))
                break
            except (ValidationError, ValueError, TypeError) as error:
                text = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
                self.faults.append(Fault(self.file, f"row {number}: {text.lower()}", "", number, 1, code="COV002"))
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
        if not sound or times is None:
            return None
        detects, known_at = acts.below(entry.detects), self._known(entry, path, line)
        return Watch(
            entry.id,
            entry.who,
            entry.means,
            detects,
            name,
            where,
            times,
            entry.probability,
            entry.reason,
            known_at,
        )

    def _gap(self, kind: Literal["outage", "denial"], entry: GapEntry, path: Path_) -> Gap | None:
        name, where, sound = self._where(entry, path, 0)
        times = self._times(entry, path, 0)
        if not sound or times is None:
            return None
        watches = None if entry.watches == "all" else frozenset(entry.watches)
        return Gap(kind, watches, name, where, times, entry.share, entry.by, entry.reason, self._known(entry, path, 0))

    def _known(self, entry: _Where, path: Path_, line: int) -> datetime | None:
        if entry.known_at is None:
            return None
        return self._instant(entry.known_at, (*path, "known_at"), line)

    def _instant(self, text: str, path: Path_, line: int) -> datetime | None:
        try:
            return parse_instant(text, self.zone)
        except ValueError as error:
            self._wrong("COV013", path, str(error), "", line)
            return None

    def _where(self, entry: _Where, path: Path_, line: int) -> tuple[str, BaseGeometry | None, bool]:
        if entry.at is not None:
            if (
                entry.in_ is not None
                or entry.radius is None
                or len(entry.at) != 2
                or abs(entry.at[0]) > 90
                or abs(entry.at[1]) > 180
            ):
                self._wrong(
                    "COV014",
                    (*path, "at"),
                    "'at' must be [latitude, longitude], with a 'radius' and without 'in'",
                    "",
                    line,
                )
                return "", None, False
            try:
                metres = parse_length(entry.radius)
            except ValueError as error:
                self._wrong("COV014", (*path, "radius"), str(error), "", line)
                return "", None, False
            lat, lon = entry.at
            return f"within {entry.radius} of {lat:g}, {lon:g}", circle(lon, lat, metres), True
        if entry.in_ is None:
            return "everywhere", None, True
        for name in entry.in_:
            if name not in self.places:
                hint = did_you_mean(name, self.places, f"its places are {', '.join(self.places)}")
                self._wrong("COV017", (*path, "in"), f"the agreement has no place {name!r}", hint, line)
                return "", None, False
        shape = shapely.union_all([self.places[name].outline() for name in entry.in_])
        return " or ".join(entry.in_), shape, True

    def _times(self, entry: _Where, path: Path_, line: int) -> tuple[Interval, ...] | None:
        start = self._instant(entry.from_, (*path, "from"), line)
        end = self._instant(entry.to, (*path, "to"), line)
        if start is None or end is None:
            return None
        if end <= start:
            self._wrong("COV015", (*path, "to"), "it ends before it begins", "'to' must come after 'from'", line)
            return None
        if entry.daily is None:
            return (Interval(start, end),)
        return self._every_day(entry.daily, Interval(start, end), path, line)

    def _every_day(self, daily: list[str], span: Interval, path: Path_, line: int) -> tuple[Interval, ...] | None:
        assert span.start is not None
        assert span.end is not None
        try:
            first, last = (datetime.strptime(text, "%H:%M").time() for text in daily)  # noqa: DTZ007  a time of day
        except ValueError:
            self._wrong("COV016", (*path, "daily"), "must be two local times of day", "write ['08:00', '18:00']", line)
            return None
        if first == last:
            self._wrong(
                "COV016", (*path, "daily"), "begins and ends at the same time", "leave 'daily' out for all day", line
            )
            return None
        if (span.end - span.start).days > _MAX_DAYS:
            self._wrong(
                "COV016",
                (*path, "daily"),
                "runs over more than a century",
                "'to' must be at most 100 years after 'from'",
                line,
            )
            return None
        day = span.start.astimezone(self.zone).date() - timedelta(days=1)
        out = []
        while day <= span.end.astimezone(self.zone).date():
            # Where the clocks skip or repeat a time, the shorter spell counts: coverage is never made up.
            begin = max(self._both(day, first))
            finish = min(self._both(day + timedelta(days=last <= first), last))
            part = Interval(begin, finish).intersection(span)
            if not part.is_empty:
                out.append(part)
            day += timedelta(days=1)
        return tuple(out)

    def _both(self, day: date, clock: time) -> tuple[datetime, datetime]:
        """The two instants that a local time can mean; nearly always the same."""
        local = datetime.combine(day, clock, self.zone)
        return local.astimezone(UTC), local.replace(fold=1).astimezone(UTC)
