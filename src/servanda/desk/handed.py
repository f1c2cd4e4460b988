"""Reports that sensors and partners hand in: from JSON to entries on the record, once each, however often they are sent.

A report is known by its source and its id. Where the sender gives no id it follows from the key of the request and the report's place in it,
or, without a key, from what the report says. All reports of a request are one file, recorded whole or not at all.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
import re
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

from servanda.desk import attached, decide, models, spoken, tables
from servanda.desk.fields import unreadable
from servanda.desk.folder import Desk
from servanda.desk.interface import COLUMNS, MOST, report
from servanda.desk.projection import catch_up, lock
from servanda.errors import Fault, RecordError
from servanda.record import File
from servanda.record.files import make_ready
from servanda.store import text_rows
from servanda.values.files import NamedBytes
from servanda.values.names import unseen
from servanda.values.time import iso, parse_instant, written_time

_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "number": (int, float),
    "object": (dict,),
    "null": (type(None),),
}
_SKEW = timedelta(minutes=1)
_BARE = (
    "kind",
    "stance",
    "start",
    "end",
    "known_at",
    "lat",
    "lon",
    "precision_km",
    "act",
    "target",
    "quantity",
    "unit",
)
"""What stands on the record of a report whose words are kept sealed."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """A fault of a request: where it is (a JSON pointer), and what."""

    pointer: str
    detail: str


class Unfit(decide.Refused):
    """A request of which nothing was recorded, with all that is wrong with it."""

    wrong: Sequence[Wrong] = ()

    @classmethod
    def of(cls, fault: Fault, wrong: Sequence[Wrong]) -> Unfit:
        """One with all that is wrong."""
        made = cls(fault)
        made.wrong = list(wrong)
        return made


@dataclass(frozen=True, slots=True)
class Sent:
    """A report as it was sent: where in the request (a JSON pointer), its id, its columns as text, and a digest of these.

    ``was``: the id that an older version made of what it says, by which whoever guesses that knows it; ``called``: its id on the record, where that is another.
    """

    at: str
    ident: str
    said: Mapping[str, str]
    digest: str
    was: str = ""
    called: str = ""


def read(body: Any, key: str, source: str, label: Callable[[str], str]) -> list[Sent]:
    """The reports of a request.

    Args:
        body: what was sent, as JSON has it: a report, or ``reports`` with several.
        key: of the request; empty where it has none.
        source: of the token.
        label: makes of what a report without an id says one that tells nobody what that is.

    Returns:
        Each once, in order.

    Raises:
        Unfit: with everything that is wrong.
    """
    several = isinstance(body, dict) and "reports" in body
    rows = body["reports"] if several else [body]
    if several and (set(body) != {"reports"} or not isinstance(rows, list) or not 1 <= len(rows) <= MOST):
        what = f"'reports' is a list of 1 to {MOST} reports, and stands alone"
        fault = Fault("desk", what, "nothing was recorded", code="DSK016")
        raise Unfit.of(fault, [Wrong("/reports", "not such a list")])
    wrong: list[Wrong] = []
    out: dict[str, Sent] = {}
    for n, row in enumerate(rows):
        at = f"/reports/{n}" if several else ""
        found = faults(row, report(), at) or _impossible(row, at)
        wrong += found
        if found:
            continue
        said = {name: _text(row[name]) for name in COLUMNS if row.get(name) not in (None, "")}
        digest = _digest([source, sorted(said.items())])
        made = _digest([source, key, n]) if key else digest
        own = said.get("report_id")
        sent = Sent(at, own or f"S-{label(made)}", said, digest, "" if own else f"S-{made[:16]}")
        if out.setdefault(sent.ident, sent).digest != digest:
            wrong.append(Wrong(f"{at}/report_id", "stands for another report of this request too"))
    if wrong:
        what = f"{wrong[0].pointer or 'the report'}: {wrong[0].detail}"
        raise Unfit.of(Fault("desk", what, "nothing was recorded", code="DSK016"), wrong)
    return list(out.values())


def faults(value: Any, shape: Mapping[str, Any], at: str) -> list[Wrong]:
    """What of a value does not fit a schema, as far as ours use one.

    Args:
        value: as JSON has it.
        shape: the schema.
        at: a pointer to the value.

    Returns:
        Each fault with its pointer.
    """
    kinds = [shape["type"]] if isinstance(shape["type"], str) else shape["type"]
    if isinstance(value, bool) or not isinstance(value, tuple(t for kind in kinds for t in _TYPES[kind])):
        return [Wrong(at, f"must be of type {' or '.join(kinds)}")]
    if isinstance(value, dict):
        known = shape["properties"]
        out = [Wrong(at, f"'{name}' is missing") for name in shape["required"] if name not in value]
        out += [
            Wrong(f"{at}/{_pointed(name)}", "is not a column that can be handed in")
            for name in value
            if name not in known
        ]
        return out + [w for name in value if name in known for w in faults(value[name], known[name], f"{at}/{name}")]
    if isinstance(value, str):
        return _text_faults(value, shape, at)
    if isinstance(value, (int, float)):
        least, most = shape.get("minimum", -math.inf), shape.get("maximum", math.inf)
        if not (math.isfinite(value) if isinstance(value, float) else True) or not least <= value <= most:
            return [Wrong(at, f"must be a number from {least:g} to {most:g}")]
    return []


def _text_faults(value: str, shape: Mapping[str, Any], at: str) -> list[Wrong]:
    if "enum" in shape and value not in shape["enum"]:
        return [Wrong(at, f"must be one of {', '.join(shape['enum'])}")]
    if len(value) > (most := shape.get("maxLength", 4000)):
        return [Wrong(at, f"has {len(value):,} characters; {most:,} at most are recorded")]
    if len(value) < shape.get("minLength", 0) or ("pattern" in shape and not re.fullmatch(shape["pattern"], value)):
        return [Wrong(at, "is empty, or has other characters than it may")]
    if character := unseen(value):
        return [Wrong(at, f"holds the character {character}, which nobody sees as what it is")]
    return []


def _impossible(row: Mapping[str, Any], at: str) -> list[Wrong]:
    """What of a report cannot be: times without an offset or in the wrong order, half a position, nothing that was done."""
    now, times, out = decide.clock(), dict[str, datetime](), list[Wrong]()
    for name in ("start", "end", "known_at"):
        if not (text := row.get(name)):
            continue
        try:
            if written_time(text).offset is None:
                raise ValueError("must be date and time with an offset, as 2025-04-01T10:00:00Z")
            times[name] = parse_instant(text, UTC)  # type: ignore[arg-type]
        except (ValueError, OverflowError) as error:
            out.append(Wrong(f"{at}/{name}", str(error)))
    start, end, known = (times.get(name) for name in ("start", "end", "known_at"))
    if start is not None and (start > now + _SKEW or (known or now) + _SKEW < start):
        out.append(Wrong(f"{at}/start", "lies ahead of the clock, or after it became known"))
    if start is not None and end is not None and end < start:
        out.append(Wrong(f"{at}/end", "lies before it began"))
    if known is not None and known > now + _SKEW:
        out.append(Wrong(f"{at}/known_at", "lies ahead of the clock"))
    if (row.get("lat") is None) != (row.get("lon") is None):
        out.append(Wrong(f"{at}/lat", "give latitude and longitude, or neither"))
    if not row["act"].strip():
        out.append(Wrong(f"{at}/act", "is empty"))
    return out


def hand_in(desk: Desk, token: tables.Token, sent: Sequence[Sent]) -> tuple[list[tables.Handed], set[str]]:
    """Record reports, all or none; what was handed in before is not recorded again.

    Args:
        desk: the mission.
        token: of who hands them in.
        sent: the reports.

    Returns:
        What is known of each, in their order, and the ids of those that are new.

    Raises:
        Unfit: an id stands for another report already, or one of them cannot be read as evidence.
        ServandaError: the record cannot be written; nothing was recorded.
    """
    with transaction.atomic():
        at = lock()
        catch_up(desk.record(), at)
        at.refresh_from_db()
        there = _there(token, sent)
        taken = [one for one in sent if one.ident in there and there[one.ident].digest != one.digest]
        if taken:
            wrong = [Wrong(f"{one.at}/report_id", "stands for another report of this source") for one in taken]
            what = f"{taken[0].ident} stands for another report of this source"
            raise Unfit.of(Fault("desk", what, "give it an id of its own", code="DSK064"), wrong)
        fresh = [one for one in sent if one.ident not in there]
        if fresh:
            file, lines = _file(desk, fresh, token)
            set_aside = unreadable(desk, at, file)
            if set_aside:
                wrong = [
                    Wrong(fresh[bisect_right(lines, line) - 1].at, f"{what}; {hint}") for line, what, hint in set_aside
                ]
                _, what, hint = set_aside[0]
                raise Unfit.of(Fault("desk", what, hint, code="DSK016"), wrong)
            _recorded(desk, token, file, fresh)
            made = [
                tables.Handed(
                    source=token.source,
                    report_id=one.ident,
                    digest=one.digest,
                    token=token.pk,
                    file=file.name,
                    at=decide.clock(),
                )
                for one in fresh
            ]
            tables.Handed.objects.bulk_create(made)
            there |= {h.report_id: h for h in made}
    return [there[one.ident] for one in sent], {one.ident for one in fresh}


def _recorded(desk: Desk, token: tables.Token, file: File, fresh: Sequence[Sent]) -> None:
    """Record the table; where words of a report may be a protected name, without the words of that one, which are sealed as they came: no answer tells whose names are protected."""

    def record(files: list[File]) -> None:
        decide._record(desk, files, note="handed in with token {}", by=token.pk, once=True)  # noqa: SLF001  the same way as every entry

    spoken.recorded(
        desk, [], lambda: record([file]), lambda: record(_apart(desk, token, fresh, desk.record().protected_names()))
    )


def _apart(desk: Desk, token: tables.Token, fresh: Sequence[Sent], names: list[tuple[str, str]]) -> list[File]:
    """The table without the words of the reports that cannot be recorded with them, behind the list of the file that holds these."""
    vault, words, bare = desk.record().vault, dict[str, str](), list[Sent]()

    def fits(one: Sent) -> bool:
        try:
            make_ready(_file(desk, [one], token)[0], vault, names)
        except RecordError:
            return False
        return True

    for one in fresh:
        kept = one
        if not fits(one):
            words[one.ident] = json.dumps(one.said, ensure_ascii=False)
            said = {name: one.said[name] for name in (*_BARE, "report_id") if name in one.said}
            kept = replace(one, said={**said, "summary": spoken.ELSEWHERE})
            if not fits(kept):
                called = f"S-{vault.label(one.ident)}"
                kept = replace(kept, said={**kept.said, "report_id": called}, called=called)
        bare.append(kept)
    file, _ = _file(desk, bare, token)
    return attached.with_list(file, [spoken.keep(desk, token.source, file.name, words, ())], names)


def _there(token: tables.Token, sent: Sequence[Sent]) -> dict[str, tables.Handed]:
    """What was handed in before, by the id that it has now."""
    ids = [i for one in sent for i in (one.ident, one.was) if i]
    known = {h.report_id: h for h in tables.Handed.objects.filter(source=token.source, report_id__in=ids)}
    return {one.ident: h for one in sent if (h := known.get(one.ident) or known.get(one.was)) is not None}


def _name(fresh: Sequence[Sent], token: tables.Token, label: Callable[[str], str]) -> str:
    """How the table is called, which everybody reads: by a secret of the vault; and as an older version called the same, where that is on the record."""
    guessed = _digest([token.source, [[one.was or one.ident, one.digest] for one in fresh]])
    older = f"handed-{guessed[:16]}.csv"
    return older if models.Entry.objects.filter(name=older).exists() else f"handed-{label(guessed)}.csv"


def _file(desk: Desk, fresh: Sequence[Sent], token: tables.Token) -> tuple[File, list[int]]:
    """The table that is recorded, in which each report begins an incident of its own, whose id tells nobody who guesses of which source it is; and the line in which each begins."""
    out, lines, label = io.StringIO(), list[int](), desk.record().vault.label
    name, now = _name(fresh, token, label), iso(decide.clock().replace(microsecond=0)) or ""
    columns = [*COLUMNS, "source", "side", "incident_id"]
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    for one in fresh:
        lines.append(out.getvalue().count("\n") + 1)
        own = {"report_id": one.called or one.ident, "source": token.source, "side": token.side}
        own["incident_id"] = f"I-{label(json.dumps([token.source, one.ident]))[:12]}"
        usual = {"kind": "claim", "stance": "asserts", "origin": token.source, "known_at": now}
        writer.writerow({**usual, **one.said, **own})
    return File(name, "evidence", out.getvalue().encode(), lambda data: text_rows(NamedBytes(name, data))), lines


def told(handed: Sequence[tables.Handed], scope: Sequence[str], fresh: set[str] | None = None) -> list[dict[str, Any]]:
    """What whoever handed them in is told of reports.

    Args:
        handed: the reports.
        scope: of the token.
        fresh: the ids of those that came with this request; left out, none did.

    Returns:
        One object for each, as the description of the interface has it.
    """
    entries = dict(models.Entry.objects.filter(name__in={h.file for h in handed}).values_list("name", "index"))
    lies: dict[tuple[int, str], str] = {}
    states: dict[str, str] = {}
    if "status" in scope:
        rows = models.Report.objects.filter(entry__in=list(entries.values()))
        lies = {(e, r): i for e, r, i in rows.values_list("entry", "report_id", "incident")}
        states = dict(models.Incident.objects.filter(pk__in=list(lies.values())).values_list("id", "state"))
    out = []
    for h in handed:
        entry = entries.get(h.file)
        one = {"report_id": h.report_id, "status": "recorded", "again": h.report_id not in (fresh or set())}
        one |= {"entry": entry, "file": h.file, "received_at": iso(h.at.replace(microsecond=0))}
        incident = lies.get((entry, h.report_id)) if entry is not None else None
        out.append({**one, **({"incident": incident, "state": states[incident]} if incident in states else {})})
    return out


def _text(value: object) -> str:
    return str(value) if not isinstance(value, float) else repr(value)


def _pointed(name: str) -> str:
    return name[:80].replace("~", "~0").replace("/", "~1")


def _digest(of: object) -> str:
    return hashlib.sha256(json.dumps(of, ensure_ascii=True).encode()).hexdigest()
