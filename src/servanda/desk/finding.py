"""A finding in words: what is signed, and endorsed, says by itself what it is about. It stands in the decision, so that the record holds what was read.

English, as all that is signed; one thing a line, so that two of them can be compared. People are not named: parties may be shown it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from servanda.desk import models
from servanda.desk.steps import course, standing_steps
from servanda.evidence.decisions import Decision
from servanda.record.log import digest_of
from servanda.values.names import name_key, names_of, shown
from servanda.wording import listing, plural, short_instant

STEPS = ("signed", "endorsed")
"""Steps that bear the finding in words."""
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


def finding(at: models.Head, row: models.Incident) -> str:
    """What is to be signed of an incident, in words.

    Args:
        at: the agreement's parties, terms and zone, and the route.
        row: the incident, which is determined.

    Returns:
        Lines without an end of line after the last; nothing where nothing is determined.
    """
    steps = standing_steps(at, row.pk)
    made = _last(steps, "determined")
    if made is None:
        return ""
    say = _Words(at)
    reports = list(models.Report.objects.filter(incident=row.pk).order_by("id"))
    lines = [
        f"Finding on the incident {row.pk} under: {say.plain(at.title or at.agreement)}",
        f"Act: {_what(row)}",
        *_where(row, reports, say),
        *_told(reports, say),
        f"Determined: {_OUTCOMES.get(str(made.says['outcome']), made.says['outcome'])}, by {made.by} on {say.when(made.at)}",
        f"Term: {say.term(made.says.get('term'))}",
        f"Severity: {made.says.get('severity') or row.severity or 'not said'}",
        f"Reason: {say.plain(made.why)}",
        *_attributed(_last([d for d in steps if d.at >= made.at], "attributed"), say),
        *_heard(steps, say),
        *_endorsed(at, row, [d for d in steps if d.at >= made.at], say),
        *_dissent(steps, say),
    ]
    return "\n".join(map(shown, lines))  # what is read is what is signed, whatever came in by tables or agreements


def finding_on(incident: str) -> str:
    """The finding on an incident as it stands; see :func:`finding`."""
    return finding(models.Head.objects.get(), models.Incident.objects.get(pk=incident))


def read_of(incident: str) -> str:
    """The SHA-256 of the finding on an incident as it stands: whoever signs it has read that one."""
    return digest(finding_on(incident))


def digest(text: str) -> str:
    """The SHA-256 of a finding, as it stands in a decision."""
    return digest_of(text.encode())


class _Words:
    """Names in the place of ids, and words on one line."""

    def __init__(self, at: models.Head) -> None:
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


def _last(steps: Sequence[Decision], step: str) -> Decision | None:
    return next((d for d in reversed(steps) if d.says["step"] == step), None)


def _what(row: models.Incident) -> str:
    act, target = (word.replace("_", " ") for word in (row.act or "not said", row.target))
    return f"{act} on {target}" if target else act


def _where(row: models.Incident, reports: Sequence[models.Report], say: _Words) -> list[str]:
    """Place and time; neither where a source is protected, of whom they could tell."""
    if row.protected:
        return ["Place and time: kept with a protected source"]
    begins, ends = [r.start for r in reports if r.start], [r.end or r.start for r in reports if r.start]
    time = say.span(min(begins), max(ends)) if begins else "not said"
    return [f"Place: {say.plain(row.place) or 'not said'}", f"Time: {time}"]


def _told(reports: Sequence[models.Report], say: _Words) -> list[str]:
    """Of whom it is alleged, by how many; who denies it."""
    said: list[Mapping[str, str]] = [r.said for r in reports]
    against = [s for s in said if s.get("stance") == "denies"]
    named = Counter(say.party(s["actor"]) for s in said if s.get("actor") and s not in against)
    whom = listing([f"{name}, by {plural(n, 'report')}" for name, n in sorted(named.items())]) or "nobody"
    origins = len({s.get("origin") or s.get("source") for s in said})
    denied = f"; denied by {plural(len(against), 'report')}" if against else ""
    return [
        f"Reported: {plural(len(said), 'report')} of {plural(origins, 'origin')}{denied}",
        f"Alleged of: {whom}",
    ]


def _attributed(made: Decision | None, say: _Words) -> list[str]:
    if made is None:
        return ["Attributed: not by a step of its own"]
    to = _ATTRIBUTED.get(str(made.says["outcome"]), str(made.says["outcome"]))
    of = f", {say.party(str(made.says['of']))}" if made.says.get("of") else ""
    return [f"Attributed: {to}{of}", f"Reason for that: {say.plain(made.why)}"]


def _heard(steps: Sequence[Decision], say: _Words) -> list[str]:
    """Who was given time to reply, and what he said."""
    asked = {str(d.says["of"]): d.says["until"] for d in steps if d.says["step"] == "right_of_reply"}
    replies = [d for d in steps if d.says["step"] == "replied"]
    answered = {say.party(d.by) for d in replies}
    silent = [(of, until) for of, until in asked.items() if say.party(of) not in answered]
    out = [f"Reply of {say.party(d.by)} on {say.when(d.at)}: {say.plain(d.why)}" for d in replies]
    out += [f"Reply of {say.party(of)}: none by {say.when(until)}" for of, until in silent]
    return out or ["Reply: nobody was asked for one"]


def _endorsed(at: models.Head, row: models.Incident, since: Sequence[Decision], say: _Words) -> list[str]:
    """The bodies that have endorsed it; of a route, who has not yet."""
    stands = course(at, row)
    reasons = {str(d.says.get("of")): d for d in since if d.says["step"] == "endorsed"}
    out = [
        f"Endorsed by {body} on {say.when(reasons[body].at)}: {say.plain(reasons[body].why)}"
        for body in stands.endorsed
        if body in reasons
    ]
    asked = [e.body for e in stands.route if e.body not in stands.endorsed]
    return (
        [*out, f"Not endorsed yet by {listing(asked)}"] if asked else out or ["Endorsed: by no body, for none is asked"]
    )


def _dissent(steps: Sequence[Decision], say: _Words) -> list[str]:
    made = [d for d in steps if d.says["step"] == "dissent"]
    return [f"Dissent of {say.party(d.by)} on {say.when(d.at)}: {say.plain(d.why)}" for d in made] or ["Dissent: none"]
