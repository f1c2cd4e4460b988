"""A demonstration's reports, arriving day by day as they became known: each day is a file on the record."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from zoneinfo import ZoneInfo

from servanda.desk import decide, hours, models, projection
from servanda.desk.folder import Desk
from servanda.desk.kept import agreement_of
from servanda.errors import Fault, ServandaError
from servanda.evidence.importing.words import roles, words
from servanda.record import File
from servanda.store import text_rows
from servanda.values.files import NamedBytes
from servanda.values.reporting_day import ReportingDay
from servanda.values.time import parse_instant, starts_day
from servanda.wording import plural

DAY, HELD = 86_400.0, "arriving"
UNDATED = "undated"
"""The last arrival: rows that nowhere say when they became known. It stands behind every date, also as text."""
MIDNIGHT = ReportingDay(clock_time(), ZoneInfo("UTC"))


@dataclass(frozen=True)
class Day:
    """What arrives on a day: a file for each table that has rows of it, and when the last of these rows became known."""

    files: list[File]
    known: datetime | None


def days_of(case: Path, reporting: ReportingDay = MIDNIGHT) -> dict[str, Day]:
    """The tables of a case, by the day of the mission on which their rows became known.

    Args:
        case: its folder.
        reporting: when the mission's days end.

    Returns:
        By day, in order, what arrives; rows that do not say when they became known, or were published, come last, as :data:`UNDATED`.

    Raises:
        ServandaError: a table cannot be read.
    """
    by_day: dict[str, dict[str, list[dict[str, str]]]] = {}
    columns: dict[str, list[str]] = {}
    last: dict[str, datetime] = {}
    for path in sorted((case / "evidence").glob("*.csv")):
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                reader = csv.DictReader(file)
                columns[path.stem] = list(reader.fieldnames or ())
                told = [name for name in columns[path.stem] if roles().get(words(name)) == "known_at"]
                for row in reader:
                    known = next(filter(None, (_instant(row.get(name), reporting.zone) for name in told)), None)
                    day = reporting.day_of(known).isoformat() if known else UNDATED
                    if known:
                        known += timedelta(hours=12) if starts_day(known, reporting.zone) else timedelta()
                        last[day] = max(known, last.get(day, known))
                    by_day.setdefault(day, {}).setdefault(path.stem, []).append(row)
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise ServandaError(
                Fault(str(path), f"cannot be read: {error}", "save it as CSV (UTF-8)", code="DSK009")
            ) from None
    return {
        day: Day(
            [_file(f"{stem}-{day}.csv", columns[stem], rows) for stem, rows in sorted(tables.items())], last.get(day)
        )
        for day, tables in sorted(by_day.items())
    }


def _instant(written: str | None, zone: ZoneInfo) -> datetime | None:
    try:
        return parse_instant((written or "").strip(), zone)
    except ValueError:
        return None


def reporting_of(desk: Desk) -> ReportingDay:
    """When the days of a demonstration end, as its agreement says."""
    text = agreement_of(desk, projection.head())
    return text.reporting_day if text else MIDNIGHT


def stand_at(desk: Desk, days: Mapping[str, Day], day: str) -> None:
    """Set the clock of a demonstration to a day that arrives.

    Args:
        desk: the mission.
        days: all of its days, as :func:`days_of`.
        day: which arrives; what is :data:`UNDATED` moves no clock.

    Raises:
        ServandaError: the clock cannot be set.
    """
    names = [*days]
    known = days[day].known
    if known is not None:
        hours.put(desk.folder, known, None if day == names[-1] else _end(reporting_of(desk), date.fromisoformat(day)))
    elif len(names) > 1:
        hours.put(desk.folder, hours.now(desk.folder), None)


def _end(reporting: ReportingDay, day: date) -> datetime | None:
    """The last second of a day of the mission."""
    end = reporting.window(day).end
    return end - timedelta(seconds=1) if end is not None else None


def case_of(desk: Desk) -> Path | None:
    """The tables that a demonstration holds back, to let them arrive; nothing where it holds none."""
    folder = desk.folder / HELD
    return folder if desk.demo and folder.is_dir() else None


def arrived(days: Mapping[str, Day]) -> int:
    """How many of a case's days are on the record.

    Args:
        days: as :func:`days_of`.

    Returns:
        Of so many days, from the first one on, some file is there.
    """
    names = {day: [file.name for file in one.files] for day, one in days.items()}
    there = set(models.Entry.objects.filter(kind="evidence").values_list("name", flat=True))
    return max((n for n, files in enumerate(names.values(), 1) if not there.isdisjoint(files)), default=0)


def _file(name: str, columns: list[str], rows: list[dict[str, str]]) -> File:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return File(name, "evidence", out.getvalue().encode(), lambda data: text_rows(NamedBytes(name, data)))


def replay(
    desk: Desk, case: Path, speed: float, *, until: str | None = None, sleep: Callable[[float], None] = time.sleep
) -> Iterator[str]:
    """Let the reports arrive.

    Args:
        desk: a demonstration that was made without them.
        case: the folder of which it was made.
        speed: how many times faster than it was.
        until: the last day.
        sleep: waits between two days.

    Yields:
        What came each day. A day that is on the record already is passed over, so that a replay that was stopped goes on.

    Raises:
        ServandaError: it is no demonstration, or a day cannot be recorded.
    """
    if not desk.demo or speed <= 0:
        what = (
            "is no demonstration: its record is not to be filled with what was long ago"
            if speed > 0
            else "cannot run backwards"
        )
        raise ServandaError(
            Fault(str(desk.folder), what, "make one with 'servanda desk init DIR --demo CASE --by-day'", code="DSK034")
        )
    before: date | None = None
    days = days_of(case, reporting_of(desk))
    for day, files in ((day, one.files) for day, one in days.items()):
        if until is not None and day > until:
            return
        if models.Entry.objects.filter(name__in=[f.name for f in files]).exists():
            continue
        now = date.fromisoformat(day) if day != UNDATED else None
        if before is not None and now is not None:
            sleep((now - before).days * DAY / speed)
        before = now
        count = models.Incident.objects.count()
        stand_at(desk, days, day)
        decide._record(desk, files, once=True)  # noqa: SLF001  the same way as every entry
        said = day if now is not None else "without a date, at the end"
        yield f"{said}: {plural(models.Incident.objects.count() - count, 'new incident')}"
