"""The words of a finding, made of rows alone, so that the projection knows as well as a page whether what was endorsed is what would be signed.

English, as all that is signed; one thing a line, so that two of them can be compared. People are not named: parties may be shown it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from servanda.evidence.decisions import Decision
from servanda.incidents.determinations import meant
from servanda.values.names import name_key, names_of, shown
from servanda.values.time import hour_of
from servanda.wording import listing, plural, short_instant

_OUTCOMES = {
    "confirmed": "confirmed",
    "partly": "confirmed in part",
    "excused": "confirmed, and excused",
    "unsubstantiated": "not confirmed: unsubstantiated",
    "inconclusive": "not confirmed: inconclusive",
}
_ATTRIBUTED = {
    "none": "to nobody",
    "direction": "to a direction",
    "territory": "to the territory from which it came",
    "party": "to a party",
    "unit": "to a unit",
}


ENDORSED, NOT_YET = "Endorsed", "Not endorsed yet by"
"""How the lines begin that say who has endorsed a finding: what stands before them is what he endorsed."""


def body(at: Any, row: Any, reports: Sequence[Any], steps: Sequence[Decision]) -> list[str]:
    """What is determined of an incident, in words: all of a finding but who endorses it and who dissents.

    Args:
        at: the agreement's parties, terms and zone.
        row: the incident.
        reports: its reports.
        steps: its steps that stand.

    Returns:
        The lines; none where nothing is determined.
    """
    made = last(steps, "determined")
    if made is None:
        return []
    say = Words(at)
    newer = set(row.newer.splitlines())
    own, since = [r for r in reports if r.id not in newer], [r for r in reports if r.id in newer]
    lines = [
        f"Finding on the incident {row.id} under: {say.plain(at.title or at.agreement)}",
        f"Act: {_what(row)}",
        *_where(row, own, say, since=bool(since)),
        *_told(own, say),
        *_since(since, say),
        f"Determined: {_OUTCOMES.get(str(made.says['outcome']), made.says['outcome'])}, by {made.by} on {say.when(made.at)}",
        f"Term: {say.term(made.says.get('term'))}",
        f"Severity: {made.says.get('severity') or row.severity or 'not said'}",
        f"Reason: {say.plain(made.why)}",
        *_attributed(last([d for d in steps if d.at >= made.at], "attributed"), say),
        *_heard(steps, say),
    ]
    return [shown(line) for line in lines]  # what is read is what is signed, whatever came in by tables or agreements


def core(text: str) -> list[str]:
    """The lines of a finding that :func:`body` made."""
    lines = text.splitlines()
    return lines[: next((n for n, line in enumerate(lines) if line.startswith((ENDORSED, NOT_YET))), len(lines))]


def endorsements(steps: Sequence[Decision]) -> list[Decision]:
    """The endorsements of the determination that stands which say of what text they are."""
    made = last(steps, "determined")
    since = [d for d in steps if made is not None and d.at >= made.at and d.says["step"] == "endorsed"]
    return [d for d in since if d.says.get("outcome") == "agreed" and d.says.get("finding")]


def lapsed(steps: Sequence[Decision], now: Sequence[str]) -> frozenset[str]:
    """The ids of the endorsements that were given for another text than the one that would be signed.

    Args:
        steps: the steps of an incident that stand.
        now: its text, as :func:`body` makes it.

    Returns:
        The ids.
    """
    return frozenset(d.id for d in endorsements(steps) if core(str(d.says["finding"])) != list(now))


def last(steps: Sequence[Decision], step: str) -> Decision | None:
    """The last step of a kind; nothing where there is none."""
    return next((d for d in reversed(steps) if d.says["step"] == step), None)


class Words:
    """Names in the place of ids, and words on one line."""

    def __init__(self, at: Any) -> None:
        self._at, self._zone, self._short = at, ZoneInfo(at.zone), names_of(at.parties)

    def plain(self, text: str) -> str:
        """The words on one line."""
        return shown(text)

    def party(self, name: str) -> str:
        short = self._short.get(name_key(name))
        return f"{self._at.parties[short]} ({short})" if short else self.plain(name)

    def when(self, moment: datetime) -> str:
        return f"{short_instant(moment, self._zone)} ({self._at.zone})"

    def span(self, start: datetime, end: datetime) -> str:
        begins = f"{short_instant(start, self._zone)} to " if end > start else ""
        return begins + self.when(end)

    def term(self, ident: object) -> str:
        text = self._at.terms.get(str(ident), "") if ident else ""
        return f"{ident}: {self.plain(text)}" if ident else "every one that it falls under"


def _what(row: Any) -> str:
    act, target = (word.replace("_", " ") for word in (row.act or "not said", row.target))
    return f"{act} on {target}" if target else act


def _where(row: Any, reports: Sequence[Any], say: Words, *, since: bool) -> list[str]:
    """Place and time; neither where a source is protected, of whom they could tell."""
    if row.protected:
        return ["Place and time: kept with a protected source"]
    hour = hour_of((r.said.get("stance"), r.start, r.end) for r in reports)
    whose = ", by the reports on which it was determined" if since else ""
    time = say.span(*hour) + whose if hour else "not said"
    return [f"Place: {say.plain(row.place) or 'not said'}", f"Time: {time}"]


def _told(reports: Sequence[Any], say: Words) -> list[str]:
    """Of whom it is alleged, by how many; who denies it."""
    said: list[Mapping[str, str]] = [r.said for r in reports]
    against = [s for s in said if s.get("stance") == "denies"]
    origins = len({s.get("origin") or s.get("source") for s in said})
    denied = f"; denied by {plural(len(against), 'report')}" if against else ""
    return [
        f"Reported: {plural(len(said), 'report')} of {plural(origins, 'origin')}{denied}",
        f"Alleged of: {_whom(reports, say)}",
    ]


def _whom(reports: Sequence[Any], say: Words) -> str:
    named = Counter(
        say.party(r.said["actor"]) for r in reports if r.said.get("actor") and r.said.get("stance") != "denies"
    )
    return listing([f"{name}, by {plural(n, 'report')}" for name, n in sorted(named.items())]) or "nobody"


def _since(reports: Sequence[Any], say: Words) -> list[str]:
    """What came after the determination, which does not rest on it."""
    if not reports:
        return []
    return [
        f"Since it was determined: {plural(len(reports), 'report')} on which it does not rest; alleged of: {_whom(reports, say)}"
    ]


def _attributed(made: Decision | None, say: Words) -> list[str]:
    if made is None:
        return ["Attributed: not by a step of its own"]
    to = _ATTRIBUTED.get(str(made.says["outcome"]), str(made.says["outcome"]))
    of = f", {say.party(str(made.says['of']))}" if made.says.get("of") else ""
    return [f"Attributed: {to}{of}", f"Reason for that: {say.plain(made.why)}"]


def _heard(steps: Sequence[Decision], say: Words) -> list[str]:
    """Who was given time to reply, and what he said."""
    asked = {(str(d.says["of"]), d.says.get("incident")): d for d in steps if d.says["step"] == "right_of_reply"}
    rights, replies = list(asked.values()), [d for d in steps if d.says["step"] == "replied"]
    used = [
        r for d in replies for r in meant(d, [r for r in rights if say.party(str(r.says["of"])) == say.party(d.by)])
    ]
    silent = [(str(r.says["of"]), r.says["until"]) for r in rights if r not in used]
    out = [f"Reply of {say.party(d.by)} on {say.when(d.at)}: {say.plain(d.why)}" for d in replies]
    out += [f"Reply of {say.party(of)}: none by {say.when(until)}" for of, until in silent]
    return out or ["Reply: nobody was asked for one"]
