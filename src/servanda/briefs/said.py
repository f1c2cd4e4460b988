"""Phrases that many reports say: an incident in a few words, when it was, a count. Short names, because the kinds of report consist of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from servanda.agreement import Agreement
from servanda.briefs.facts import SEVERAL
from servanda.briefs.model import Code, Name, Phrase, Run, Sentence, Several, Span, Value
from servanda.values.names import PSEUDONYM
from servanda.values.time import Interval

_PSEUDONYM = re.compile(PSEUDONYM)
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
    """The names of a cell, as a list; those whom a record protects are told as such, once."""
    found = [one for one in (cell or "").split(BETWEEN) if one]
    open_ = [Name(one) for one in found if not _PSEUDONYM.search(one)]
    kept = [phrase("source.protected")] if len(open_) < len(found) else []
    return Several((*open_, *kept)) if found else None


def counted(cell: str | None) -> Value:
    """How many names a cell has."""
    found = [one for one in (cell or "").split(BETWEEN) if one]
    return phrase("source.count", n=len(found)) if found else None


def source(name: str) -> Value:
    """Who says something, by his name, unless a record protects it."""
    return phrase("source.protected") if _PSEUDONYM.search(name) else Name(name)


def where(row: Mapping[str, Any], region: str = "region") -> Value:
    """The place of an incident or report; that it is kept, where a protected source tells of it."""
    return phrase("place.kept") if row.get("kept") else place(row["place_name"], row.get(region))


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


def spells(times: Sequence[Interval]) -> Value:
    """From the first instant to the last; of several spells also how many they are, for between them nobody looked, or nothing was shut."""
    whole = when(times[0].start, times[-1].end)
    return whole if len(times) == 1 else phrase("when.spells", when=whole, count=len(times))


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


def incident(row: Mapping[str, Any], agreement: Agreement, *, inside: bool = True) -> Sentence:
    """One incident: what, where, when, who is accused, who tells of it and who denies it, and how it stands.

    Args:
        row: of the incident.
        agreement: whose parties are named.
        inside: to whom a letter goes, who tells of it is told by their number alone.

    Returns:
        The sentence.
    """
    head = {"incident": short(row["incident"]), "what": what(row)}
    if row.get("kept"):
        parts: list[Value] = [phrase("incident.head_kept", **head)]
    else:
        parts = [phrase("incident.head", **head, place=where(row), when=when(row["begins"], row["ends"]))]
    who_says = names if inside else counted
    told = {
        "incident.by" if row["owed"] else "incident.accused": parties(agreement, row["accused"]),
        "incident.observed": who_says(row["observed_by"]),
        "incident.told": who_says(row["claimed_by"]),
        "incident.denied": who_says(row["denied_by"]),
        "incident.withdrawn": who_says(row["withdrawn_by"]),
    }
    parts += [phrase(key, who=who) for key, who in told.items() if who is not None]
    if row["happened"] == "confirmed" and row["status"] != "confirmed":
        parts.append(phrase("incident.happened"))
    parts.append(phrase(f"incident.{row['status']}"))
    if row["newer"]:
        parts.append(phrase("incident.newer", count=row["newer"]))
    return Sentence(Run(tuple(parts)), (f"incidents/{row['incident']}",))
