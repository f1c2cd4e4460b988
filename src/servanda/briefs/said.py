"""Phrases that many reports say: an incident in a few words, when it was, a count. Short names, because the kinds of report consist of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from servanda.agreement import Agreement
from servanda.briefs.facts import SEVERAL
from servanda.briefs.model import Code, Name, Phrase, Run, Sentence, Several, Span, Value

_OURS = re.compile(r"(x-[0-9a-f]{8})[0-9a-f]{24}")
BETWEEN = "; "
"""Between the names in a cell of the table of incidents."""


def phrase(key: str, **values: Value) -> Phrase:
    """A message with its values."""
    return Phrase(key, values)


def say(key: str, *of: str, **values: Value) -> Sentence:
    """A sentence with its values, and where these are found."""
    return Sentence(Phrase(key, values), of)


def short(incident: str) -> Name:
    """The id of an incident in running text: one that nobody gave is cut to what tells it apart; the annexed tables have all of it."""
    return Name(_OURS.sub(r"\1…", incident))


def heads(columns: Iterable[str]) -> dict[str, Phrase]:
    """The headings of columns by their names."""
    return {column: phrase(f"column.{column}") for column in columns}


def names(cell: str | None) -> Value:
    """The names of a cell, as a list."""
    found = [Name(one) for one in (cell or "").split(BETWEEN) if one]
    return Several(tuple(found)) if found else None


def codes(kind: Any, cell: str | None) -> Value:
    """The codes of a cell, as a list of words."""
    found = [Code(kind, one) for one in (cell or "").split(BETWEEN) if one]
    return Several(tuple(found)) if found else None


def party(agreement: Agreement, code: str | None) -> Value:
    """A party by its name."""
    return None if code is None else Name(agreement.actors.get(code, code))


def parties(agreement: Agreement, cell: str | None) -> Value:
    """The parties of a cell by their names."""
    found = [Name(agreement.actors.get(one, one)) for one in (cell or "").split(BETWEEN) if one]
    return Several(tuple(found)) if found else None


def when(start: datetime | None, end: datetime | None) -> Value:
    """At an instant, or between two."""
    if start is None or end is None or start == end:
        return start or end
    return Span(start, end)


def place(name: str | None, region: str | None = None) -> Value:
    """A place with its region, as far as they are told."""
    if name and region and region not in name:
        return phrase("place.in", place=Name(name), region=Name(region))
    return Name(name or region or "") if name or region else phrase("place.not_told")


def kind_of_act(code: str | None) -> Value:
    """The kind of an incident in a table."""
    if code is None:
        return phrase("act.not_told")
    return phrase("act.several") if code == SEVERAL else Code("act", code)


def what(row: Mapping[str, Any]) -> Value:
    """The acts of an incident, with their targets."""
    acts = codes("act", row["acts"]) or phrase("act.not_told")
    targets = codes("target", row["targets"])
    return acts if targets is None else phrase("what.target", acts=acts, targets=targets)


def incident(row: Mapping[str, Any], agreement: Agreement) -> Sentence:
    """One incident: what, where, when, who is accused, who tells of it and who denies it, and how it stands."""
    parts: list[Value] = [
        phrase(
            "incident.head",
            incident=short(row["incident"]),
            what=what(row),
            place=place(row["place_name"], row.get("region")),
            when=when(row["begins"], row["ends"]),
        )
    ]
    told = {
        "incident.accused": parties(agreement, row["accused"]),
        "incident.observed": names(row["observed_by"]),
        "incident.told": names(row["claimed_by"]),
        "incident.denied": names(row["denied_by"]),
        "incident.withdrawn": names(row["withdrawn_by"]),
    }
    parts += [phrase(key, who=who) for key, who in told.items() if who is not None]
    if row["happened"] == "confirmed" and row["status"] != "confirmed":
        parts.append(phrase("incident.happened"))
    parts.append(phrase(f"incident.{row['status']}"))
    if row["newer"]:
        parts.append(phrase("incident.newer", count=row["newer"]))
    return Sentence(Run(tuple(parts)), (f"incidents/{row['incident']}",))
