"""Exports of KoBoToolbox, Ona, ODK, SurveyCTO, CommCare and of services for surveys: what of their columns is about the form and not about what happened.

Groups stand in front of names ("grp/act"), a question with several answers has a column for each of them besides, and a position has
four. When a form was begun, ended and sent is not when something happened.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from servanda.evidence.importing.header import Table
from servanda.evidence.importing.sheets import Cell, is_blank, shown
from servanda.values.gazetteer import gazetteer

_SENT = ("received_on", "completed_time")
"""When a form of CommCare came in."""
_UTC = frozenset({"_submission_time", "__system/submissionDate"})
"""Stamps of servers, which are in UTC whatever computer exports them."""
_MARKS = (
    {"_submission_time"},
    {"KEY", "SubmissionDate"},
    {"SubmissionDate", "start"},
    {"SubmissionDate", "meta-instanceID"},
    {"start", "end", "today"},
    {"start", "end", "deviceid"},
    {"__id", "__system/submissionDate"},
    {"_id", "_uuid", "formhub/uuid"},
    *({"formid", stamp} for stamp in _SENT),
    {"form_link", "completed_time"},
)
_OF_THE_FORM = re.compile(
    r"^(?:start|end|today|deviceid|device_?id|subscriberid|simserial|simid|phonenumber|username|caseid|audit|"
    r"_id|_tags|_notes|_status|_submitted_by|__version__|_version_|_bamboo_dataset_id|_xform_id_string|_xform_id|_attachments.*|_index|_parent_.*|_validation_status.*|"
    r"formhub/.*|meta[-/:].*|_geolocation|__id|__system/.*|SubmitterID|SubmitterName|AttachmentsPresent|AttachmentsExpected|Status|ReviewState|DeviceID|Edits|FormVersion|SET-OF-.*|rootUuid|_submission__.*|background.audio|__.*|"
    r"formid|form_link|started_time|completed_time|received_on|hq_user|userid|starttime|endtime|instanceID|formdef_version|form\.(?:meta|case|@)\b.*)$"
)
_ANSWERS = frozenset({"", "0", "1", "true", "false"})
_PARTS = {
    "latitude": "lat",
    "longitude": "lon",
    "precision": "precision_m",
    "accuracy": "precision_m",
    "altitude": "altitude",
}
_OFFSET = re.compile(r"T\d\d:\d\d[\d:.]*([+-]\d\d:\d\d)$")
REFUSED = "validation_status_not_approved"


def _surveys() -> Iterable[Mapping[str, Any]]:
    """Services for surveys, by what their exports are known (``data/surveys.yaml``)."""
    found: Mapping[str, Mapping[str, Any]] = gazetteer("surveys.yaml")
    return found.values()


def is_form(table: Table) -> bool:
    """Whether a table is an export of such a program."""
    have = {name.rpartition(" / ")[2] if name.startswith("meta") else name for name in table.names}
    return any(marks <= have for marks in _MARKS) or any(have.issuperset(one["known_by"]) for one in _surveys())


def form_columns(table: Table) -> tuple[dict[str, list[int]], frozenset[int]]:
    """What is known of the columns of a form.

    Args:
        table: an export.

    Returns:
        Columns by role, and those that are not about what happened.
    """
    at = {name: n for n, name in enumerate(table.names)}
    roles: dict[str, list[int]] = {}
    skipped = {n for name, n in at.items() if _OF_THE_FORM.match(name)}
    for name in ("_uuid", "KEY", "meta/instanceID", "__id", "_id", "formid"):
        if name in at and "report_id" not in roles:
            roles["report_id"] = [at[name]]
    for name in ("_submission_time", "SubmissionDate", "__system/submissionDate", *_SENT):
        if name in at:
            roles.setdefault("known_at", [at[name]])
    for one in _surveys():
        if at.keys() >= set(one["known_by"]):
            named = {"report_id": one["number"], "known_at": one["sent"]}
            roles |= {role: [at[name]] for role, name in named.items() if name in at}
            skipped |= {n for name, n in at.items() if any(fnmatchcase(name, own) for own in one["own"])}
    for name, n in at.items():
        skipped |= _choice(table, name, n, at)
    _positions(table, at, roles, skipped)
    taken = {n for found in roles.values() for n in found}
    return roles, frozenset(skipped | taken)


def _choice(table: Table, name: str, n: int, at: dict[str, int]) -> set[int]:
    """A column that says of one answer to a question of several whether it was given."""
    for mark in ("/", "."):
        above = name.rpartition(mark)[0]
        if above in at and at[above] != n and {_answer(cell) for cell in table.columns[n]} <= _ANSWERS:
            return {n}
    return set()


def _answer(cell: Cell) -> str:
    return shown(cell).lower()


def _positions(table: Table, at: dict[str, int], roles: dict[str, list[int]], skipped: set[int]) -> None:
    """The parts of a position; the first position that has them, and what it was made from is left out."""
    for name, n in at.items():
        match = re.match(r"^(_?)(.*?)[_:\-.](latitude|longitude|altitude|precision|accuracy)$", name, re.IGNORECASE)
        if match is None:
            continue
        role, whole = _PARTS[match[3].lower()], match[2]
        filled = any(not is_blank(cell) for cell in table.columns[n])
        if (
            role in roles
            or role == "altitude"
            or not filled
            or (match[1] and whole == "geolocation" and "lat" in roles and role == "lat")
        ):
            skipped.add(n)
        else:
            roles[role] = [n]
        skipped |= {at[other] for other in (whole, f"{match[1]}{whole}") if other in at}


def zone_of_phones(table: Table) -> str:
    """The offset that the phones bore which filled the form, where it was one and the same all the time; else nothing."""
    found: set[str] = set()
    for name, cells in zip(table.names, table.columns, strict=True):
        if name in ("start", "end"):
            found |= {match[1] for cell in cells if (match := _OFFSET.search(shown(cell)))}
    return found.pop() if len(found) == 1 else ""


def is_sent_in_utc(name: str) -> bool:
    """Whether a column of when forms were sent is in UTC; others bear the clock of the computer that exported them, or say their offset."""
    return name in _UTC


def is_of_the_whole(name: str) -> bool:
    """Whether a column of latitudes is of the form's first position, whatever that was asked for."""
    return name.lstrip("_").startswith("geolocation")


def refused_rows(table: Table) -> set[int]:
    """The rows (from 0) of submissions that a validator did not approve."""
    found: set[int] = set()
    for name, cells in zip(table.names, table.columns, strict=True):
        if name.startswith("_validation_status") or name == "ReviewState":
            found |= {
                n
                for n, cell in enumerate(cells)
                if shown(cell).lower() in (REFUSED, "not approved", "rejected", "not_approved")
            }
    return found
