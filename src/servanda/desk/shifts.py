"""Shifts: what came since the last handover, what is open and falls due, and the handover itself.

A handover is a file on the record, and so is its acceptance, which names the SHA-256 of what was handed over: what the next officer was told, and
that he took it over, is asked for when something was overlooked, and must not be written afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import yaml
from django.db.models import Q

from servanda.desk import models, newer, tallies
from servanda.desk.decide import refused
from servanda.desk.folder import Desk
from servanda.desk.inbox import waiting
from servanda.desk.kept import kept
from servanda.desk.places import ORDER
from servanda.desk.wording import STATES
from servanda.incidents.guards import OPEN_STATES
from servanda.record import File
from servanda.record.log import digest_of
from servanda.values.time import iso

PREFIX = "desk/shift/"
AHEAD = timedelta(hours=12)
"""So far a shift looks ahead."""
_MOST = 30


def came_since(last: Mapping[str, Any] | None) -> Q:
    """The incidents that came after a handover, as the record has them in order: a clock that ran ahead hides none.

    Args:
        last: the handover; all of them, where there was none.

    Returns:
        A filter of incidents.
    """
    if last is None:
        return Q()
    new = models.Report.objects.filter(entry__gt=last["entry"]).values("incident")
    before = models.Report.objects.filter(entry__lt=last["entry"], incident__in=new).values("incident")
    return Q(pk__in=new) & ~Q(pk__in=before)


def facts(last: Mapping[str, Any] | None, now: datetime) -> dict[str, Any]:
    """What a handover says by itself.

    Args:
        last: the last one that was made; everything, where there was none.
        now: the instant.

    Returns:
        ``came``, ``decided`` (how many since), ``lately`` (the last of these decisions, the newest first), ``states`` (open incidents by state), ``rest`` (all others, as those set aside), ``arrivals`` (what came and waits for somebody), ``newer`` (rows of what was determined before reports came at which nobody has looked), ``due`` (rows whose clock ends in twelve hours or has ended),
        ``patrols`` that are out or wait.
    """
    there = tallies.counted()
    stand = {state: n for state in STATES if (n := there.of_states([state]))}
    soon = models.Incident.objects.filter(turn__lt=now + AHEAD)  # only what is open has a clock
    decided = models.Decided.objects.filter(entry__gt=last["entry"] if last else -1)
    return {
        "came": there.total() if last is None else models.Incident.objects.filter(came_since(last)).count(),
        "decided": decided.count(),
        "lately": list(decided.order_by("-entry", "-at", "-id")[:_MOST]),
        "states": {state: n for state, n in stand.items() if state in OPEN_STATES},
        "rest": {state: n for state, n in stand.items() if state not in OPEN_STATES},
        "arrivals": waiting().count(),
        "newer": list(newer.waiting().order_by("rank", "id")[:_MOST]),
        "due": list(soon.order_by(*ORDER)[:_MOST]),
        "due_all": soon.count(),
        "patrols": list(
            models.Patrol.objects.filter(state__in=("planned", "asked", "granted")).order_by("start")[:_MOST]
        ),
    }


def handover_file(
    desk: Desk,
    person: str,
    to: str,
    note: str,
    told: Mapping[str, Any],
    now: datetime,
    since: datetime | None,
    seen: str,
) -> File:
    """A handover as it is recorded.

    Args:
        desk: the mission.
        person: who hands over.
        to: who takes over.
        note: in his words.
        told: as :func:`facts`.
        now: when.
        since: when the last one was made.
        seen: the SHA-256 of the last one, as it was shown: the same words said after the same handover are one file.

    Returns:
        The file.
    """
    says: dict[str, Any] = {"handover": iso(now.replace(microsecond=0)), "by": person, "to": to}
    says |= {"since": iso(since)} if since else {}
    says |= {"came": told["came"], "decided": told["decided"], "open": dict(sorted(told["states"].items()))}
    says |= {"not_open": dict(sorted(told["rest"].items())), "arrivals_waiting": told["arrivals"]}
    says["new_since_determined"] = [{"incident": r.pk, "reports": len(r.later)} for r in told["newer"]]
    says["due"] = [{"incident": r.pk, "state": r.state, "due": iso(r.due)} for r in told["due"]]
    says["patrols"] = [
        {"team": p.team, "from": iso(p.start), "to": iso(p.end), "state": p.state} for p in told["patrols"]
    ]
    return _file(desk, {**says, "note": note}, f"{person} {to} {seen} {note}")


def acceptance_file(desk: Desk, handover: str, person: str, note: str, now: datetime) -> File:
    """The acceptance of a handover as it is recorded; ``handover``: the SHA-256 of what was handed over."""
    says = {"accepted": handover, "by": person, "at": iso(now.replace(microsecond=0)), "note": note}
    return _file(desk, says, handover)


def _file(desk: Desk, says: Mapping[str, Any], what: str) -> File:
    """What is recorded, under a name that everybody reads and that tells nobody who guesses its words."""
    data = yaml.safe_dump(dict(says), sort_keys=False, allow_unicode=True, width=1000).encode()
    return File(f"{PREFIX}{desk.drawn(f'shift {what}')[:8].hex()}.yaml", "attachment", data, own=True)


def handovers(desk: Desk) -> list[dict[str, Any]]:
    """The handovers on the record, the newest first, each with its SHA-256 and, where there is one, its acceptance.

    Args:
        desk: the mission.

    Returns:
        What each says, with ``entry``, ``digest``, ``when`` and ``acceptance``.
    """
    made: list[dict[str, Any]] = []
    accepted: dict[str, dict[str, Any]] = {}
    for file in kept(desk, PREFIX):
        says = yaml.safe_load(file.data)
        if "accepted" in says:
            accepted.setdefault(
                says["accepted"], {**says, "entry": file.entry, "when": datetime.fromisoformat(says["at"])}
            )
        elif "handover" in says:
            when = datetime.fromisoformat(says["handover"])
            made.append({**says, "entry": file.entry, "digest": digest_of(file.data), "when": when})
    return [{**h, "acceptance": accepted.get(h["digest"])} for h in made]


@lru_cache(maxsize=2)
def handovers_at(desk: Desk, size: int) -> tuple[dict[str, Any], ...]:
    """As :func:`handovers`, read once for each size of the record: the queue asks at every look.

    Args:
        desk: the mission.
        size: of its record.

    Returns:
        The handovers, the newest first.
    """
    return tuple(handovers(desk))


def away(made: Sequence[Mapping[str, Any]], person: str) -> Mapping[str, Any] | None:
    """After which handover somebody has not been on shift.

    Args:
        made: the handovers, the newest first.
        person: who asks.

    Returns:
        His own last one; where he never made one, the one with which the shift began that waits for him, or that of others.
    """
    own = [h for h in made if h["by"] == person]
    to_him = [n for n, h in enumerate(made) if h["to"] == person and not h["acceptance"]]
    before = own or (made[to_him[0] + 1 :] if to_him else made)
    return before[0] if before else None


def refuse(person: models.Person, to: models.Person | None) -> None:
    """Refuse a handover to nobody, or to oneself.

    Args:
        person: who hands over.
        to: who takes over.

    Raises:
        Refused: so it would be.
    """
    if to is None or to.pk == person.pk or to.role not in ("duty", "chief"):
        raise refused(
            "a shift is handed over to another duty officer, or to the chief", "choose somebody else", "DSK031"
        )
