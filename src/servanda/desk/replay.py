"""A demonstration's reports, arriving day by day as they became known: each day is a file on the record."""

from __future__ import annotations

import csv
import io
import re
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from servanda.desk import decide, models
from servanda.desk.folder import Desk
from servanda.errors import Fault, ServandaError
from servanda.evidence.importing.words import roles, words
from servanda.record import File
from servanda.store import text_rows
from servanda.values.files import NamedBytes
from servanda.wording import plural

DAY, HELD = 86_400.0, "arriving"
UNDATED = "undated"
"""The last arrival: rows that nowhere say when they became known. It stands behind every date, also as text."""
_DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")


def days_of(case: Path) -> dict[str, list[File]]:
    """The tables of a case, by the day on which their rows became known.

    Args:
        case: its folder.

    Returns:
        By day, in order, one file for each table that has rows of it; rows that do not say when they became known, or were published, come last, as :data:`UNDATED`.

    Raises:
        ServandaError: a table cannot be read.
    """
    by_day: dict[str, dict[str, list[dict[str, str]]]] = {}
    columns: dict[str, list[str]] = {}
    for path in sorted((case / "evidence").glob("*.csv")):
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                reader = csv.DictReader(file)
                columns[path.stem] = list(reader.fieldnames or ())
                told = [name for name in columns[path.stem] if roles().get(words(name)) == "known_at"]
                for row in reader:
                    days = (_DATE.match(row.get(name) or "") for name in told)
                    day = next((found[0] for found in days if found), UNDATED)
                    by_day.setdefault(day, {}).setdefault(path.stem, []).append(row)
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise ServandaError(
                Fault(str(path), f"cannot be read: {error}", "save it as CSV (UTF-8)", code="DSK009")
            ) from None
    return {
        day: [_file(f"{stem}-{day}.csv", columns[stem], rows) for stem, rows in sorted(tables.items())]
        for day, tables in sorted(by_day.items())
    }


def case_of(desk: Desk) -> Path | None:
    """The tables that a demonstration holds back, to let them arrive; nothing where it holds none."""
    folder = desk.folder / HELD
    return folder if desk.demo and folder.is_dir() else None


def arrived(case: Path) -> int:
    """How many of a case's days are on the record.

    Args:
        case: its folder.

    Returns:
        Of so many days, from the first one on, some file is there.
    """
    names = {day: [file.name for file in files] for day, files in days_of(case).items()}
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
    for day, files in days_of(case).items():
        if until is not None and day > until:
            return
        if models.Entry.objects.filter(name__in=[f.name for f in files]).exists():
            continue
        now = date.fromisoformat(day) if day != UNDATED else None
        if before is not None and now is not None:
            sleep((now - before).days * DAY / speed)
        before = now
        count = models.Incident.objects.count()
        decide._record(desk, files, once=True)  # noqa: SLF001  the same way as every entry
        said = day if now is not None else "without a date, at the end"
        yield f"{said}: {plural(models.Incident.objects.count() - count, 'new incident')}"
