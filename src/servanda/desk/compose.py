"""What a click becomes: the file that is recorded. The same words about the same state are the same file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import yaml

from servanda.evidence.decisions import decision_id
from servanda.record import File
from servanda.record.log import digest_of
from servanda.store import text_rows
from servanda.values.files import NamedBytes
from servanda.values.time import iso

WRITTEN = "written at the desk by "
"""How the note of an entry begins that a form at the desk made; then comes who wrote it."""


def decision_entry(
    says: Mapping[str, Any], *, by: str, person: str, at: datetime, why: str, after: str
) -> dict[str, Any]:
    """A decision as it stands in a file of decisions.

    Args:
        says: its own words: ``incident`` and ``step``, or ``merge``, ``split``, ``undo`` and so on.
        by: the body, or the party, in whose name it is made.
        person: who made it.
        at: when.
        why: the reason.
        after: the last decision on the incident that the maker had seen; nothing where there was none.

    Returns:
        Its keys and words, instants as text.
    """
    words = {
        k: iso(v.replace(microsecond=0)) if isinstance(v, datetime) else v
        for k, v in says.items()
        if v not in (None, "", [])
    }
    entry = {**words, "by": by, "at": iso(at), "why": why, "person": person}
    return {**entry, **({"after": after} if after else {})}


class _Lines(str):
    """Text that stands in a file line by line, as it is read."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    """As PyYAML's, with a form for :class:`_Lines`."""


_Dumper.add_representer(_Lines, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|"))


def decisions_file(entries: list[dict[str, Any]]) -> File:
    """The file that is recorded, named by what is in it."""
    shown = [{**e, **({"finding": _Lines(e["finding"])} if "finding" in e else {})} for e in entries]
    text = yaml.dump({"decisions": shown}, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1000)
    name = decision_id(entries[0]) if len(entries) == 1 else f"d-{digest_of(text.encode())[:10]}"
    return File(f"desk-{name}.yaml", "decisions", text.encode())


COLUMNS = (
    "report_id",
    "source",
    "origin",
    "side",
    "kind",
    "stance",
    "start",
    "end",
    "known_at",
    "lat",
    "lon",
    "precision_km",
    "place_name",
    "act",
    "target",
    "actor",
    "incident_id",
    "summary",
)
"""The columns of a report that was written at the desk."""


def report_file(said: Mapping[str, str], nonce: str, told: Mapping[str, str] | None = None) -> tuple[File, str, str]:
    """A report that somebody wrote at the desk.

    Args:
        said: by column; without ``report_id`` and, where it is a new incident, without ``incident_id``.
        nonce: of the form, so that one form is one report, however often it is sent.
        told: the columns that are others in a second report of the same form: what the source was told, apart from what it saw.

    Returns:
        The file, the id of the report, and that of its incident.
    """
    apart = ("known_at", "incident_id")  # left out, the clock's, which goes on; and which it was said to be
    words = sorted((k, v) for k, v in said.items() if k not in apart)
    digest = digest_of(json.dumps([words, nonce, *([sorted(told.items())] if told else [])]).encode())
    report, incident = f"W-{digest[:10]}", said.get("incident_id") or f"I-{digest[:8]}"
    row = {**said, "report_id": report, "incident_id": incident}
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerow(row)
    if told:
        writer.writerow({**row, "report_id": f"{report}-t", **told})
    name = f"report-{digest[:10]}.csv"
    file = File(name, "evidence", out.getvalue().encode(), lambda data: text_rows(NamedBytes(name, data)))
    return file, report, incident
