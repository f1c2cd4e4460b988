"""Reports of one incident or several, put into parts: the merges and splits that make it so, and what forbids them.

A part keeps the id of the incident most of whose reports it has; a part that comes from nowhere else gets a new one. Splits come before merges, so
that a report id which two incidents use never moves the wrong report. Nothing else is decided: what was decided about an incident stays with its id.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from servanda.desk import decide, models
from servanda.desk.compose import decision_entry
from servanda.desk.decide import Click
from servanda.desk.languages import text
from servanda.wording import plural

MOST_PARTS, MOST_INCIDENTS, MOST_REPORTS = 6, 4, 200


def names_of_parts(reports: Sequence[models.Report], part_of: Mapping[str, int]) -> dict[int, str]:
    """The id of every part.

    Args:
        reports: all reports.
        part_of: by the key of a report, its part.

    Returns:
        By part, the id: that of the incident which gives it most reports (the lesser id where two give as many), each id once; else a new one.
    """
    shares = Counter((part_of[r.pk], r.incident) for r in reports)
    names: dict[int, str] = {}
    for (part, incident), _ in sorted(shares.items(), key=lambda s: (-s[1], s[0])):
        if part not in names and incident not in names.values():
            names[part] = incident
    first = min((r.incident for r in reports), default="")
    taken = set(names.values())
    for part in sorted({part_of[r.pk] for r in reports} - set(names)):
        names[part] = _new_name(first, taken)
        taken.add(names[part])
    return names


def _new_name(base: str, taken: set[str]) -> str:
    """An id that nobody uses yet: that of the incident with a letter, or two."""
    letters = "bcdefghijklmnopqrstuvwxyz"
    for suffix in (*letters, *(a + b for a in letters for b in letters)):
        name = f"{base}-{suffix}"
        used = models.Incident.objects.filter(pk=name).exists() or models.Gone.objects.filter(pk=name).exists()
        if name not in taken and not used:
            return name
    raise decide.refused("there are too many parts of this incident already", "merge some of them first", "DSK030")


def clicks(
    reports: Sequence[models.Report], part_of: Mapping[str, int], why: str, seen: Mapping[str, str]
) -> list[Click]:
    """The decisions that put these reports into these parts, in the order in which they are made.

    Args:
        reports: all reports of the incidents that are parted.
        part_of: by the key of a report, its part.
        why: the reason.
        seen: by incident the version that was shown.

    Returns:
        Splits, then merges; none where everything lies so already.

    Raises:
        Refused: two reports that bear one id, or one that bears none, would have to be told apart by it.
    """
    names = names_of_parts(reports, part_of)
    by_incident: dict[str, list[models.Report]] = {}
    for r in reports:
        by_incident.setdefault(r.incident, []).append(r)
    splits, merges = [], []
    for incident, mine in sorted(by_incident.items()):
        into: dict[str, list[models.Report]] = {}
        for r in mine:
            into.setdefault(names[part_of[r.pk]], []).append(r)
        if len(into) == 1 and incident not in into:
            (whole,) = into
            merges.append(Click(incident, {"merge": [whole, incident], "into": whole}, why, seen.get(incident)))
        elif len(into) > 1:
            _refuse_alike(incident, into)
            said = {name: sorted({r.report_id for r in rs}) for name, rs in sorted(into.items())}
            splits.append(Click(incident, {"split": incident, "into": said}, why, seen.get(incident)))
    return [*splits, *merges]


def _refuse_alike(incident: str, into: Mapping[str, Sequence[models.Report]]) -> None:
    """A split names reports by their own ids, so that each must have one, and those that share one stay together."""
    lies = [(r.report_id, name) for name, rs in into.items() for r in rs]
    if any(not ident for ident, name in lies if name != incident):
        raise decide.refused(
            "a report that bears no id of its own cannot be moved by a decision", "leave it where it is", "DSK030"
        )
    twice = [ident for ident, n in Counter(ident for ident, _ in set(lies)).items() if n > 1]
    if twice:
        what = f"two reports bear the id {twice[0]}, so that no decision can part them"
        raise decide.refused(what, "put them into the same part", "DSK030")


def refusal(click: Click) -> str:
    """What forbids a split, besides offices: what it names is not there, or would fall into an incident that nobody looked at.

    Args:
        click: the split.

    Returns:
        A sentence without its full stop; empty where nothing does.
    """
    into = click.says.get("into")
    if click.says.get("split") != click.incident or not isinstance(into, dict) or len(into) < 2:
        return "a split says of one incident which of its reports go where, into two parts at least"
    mine = set(models.Report.objects.filter(incident=click.incident).values_list("report_id", flat=True))
    named = [str(r) for listed in into.values() for r in listed]
    if strangers := [r for r in named if r not in mine]:
        return f"the incident has no report {strangers[0][:80]!r}"
    if mine - set(named):
        return "every report of the incident goes somewhere: some are not named"
    return ""


def entries_of(head: models.Head, person: str, made: Sequence[Click]) -> list[dict[str, Any]]:
    """The decisions as they would stand in their file, to see what would change."""
    now = decide.clock()
    return [
        decision_entry(
            c.says, by=head.office, person=person, at=decide.nth(now, n), why=c.why or "what would change", after=""
        )
        for n, c in enumerate(made)
    ]


def told(reports: Sequence[models.Report], part_of: Mapping[str, int]) -> list[dict[str, Any]]:
    """What each part would be.

    Args:
        reports: all reports.
        part_of: by the key of a report, its part.

    Returns:
        One mapping a part: its number, id, whether the id is new, how many reports and origins, and where its reports came from.
    """
    names = names_of_parts(reports, part_of)
    there = {r.incident for r in reports}
    out = []
    for part, name in sorted(names.items()):
        mine = [r for r in reports if part_of[r.pk] == part]
        origins = {r.said.get("origin") or r.said.get("source") for r in mine}
        came = Counter(r.incident for r in mine)
        out.append(
            {
                "part": part,
                "name": name,
                "new": name not in there,
                "reports": len(mine),
                "origins": len(origins),
                "from": sorted(came.items()),
            }
        )
    return out


def summary(made: Sequence[Click]) -> str:
    """What would be decided, in one line."""
    kinds = Counter("split" if "split" in c.says else "merge" for c in made)
    words = [plural(n, kind) for kind, n in sorted(kinds.items(), reverse=True)]
    return ", ".join(words) if words else text("nothing")
