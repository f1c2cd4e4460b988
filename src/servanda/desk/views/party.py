"""The room of a party: what is asked of it, with its clock; its replies; its own complaints. It is told of nothing else.

What another party replied changes nothing here, nor what anybody else reports: neither an instant, nor a version, nor a count of any page follows
from it; what an incident is called and said to be is what it was when the party was asked, whatever is merged since. Of an incident that rested on a protected source then, neither place nor hour is shown. What it wrote it is shown as it wrote it (:mod:`~servanda.desk.spoken`), so that
nothing tells it whose name is protected.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from typing import Any

import numpy as np
from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from servanda.desk import attached, decide, models, spoken
from servanda.desk.compose import WRITTEN
from servanda.desk.configure import desk
from servanda.desk.kept import codes_of
from servanda.desk.lives import described, lay_there
from servanda.desk.steps import course, questions, undone
from servanda.desk.views.attached import handed_out_own
from servanda.desk.views.entry import report_of
from servanda.desk.views.hand import to_sign
from servanda.desk.views.shared import not_there, page, told_to
from servanda.errors import ServandaError
from servanda.evidence.decisions import Deciders
from servanda.incidents.determinations import meant
from servanda.incidents.fusion.cluster import components
from servanda.incidents.guards import PARTY, too_long
from servanda.values.names import name_key


@dataclass(frozen=True)
class Asked:
    """What a party is asked about, as far as it may see it. ``incident``: its id when it was asked; ``lies``: the incident in which it lies now,
    which the party is not told; ``last``: the last decision on it that it knows of.
    """

    incident: str
    lies: str
    act: str
    target: str
    place: str
    day: datetime | None
    until: datetime
    open: bool
    replies: list[models.Decided]
    last: str


def _party(request: Any) -> str:
    return str(request.person.role).removeprefix(f"{PARTY}:")


def asked(party: str) -> list[Asked]:
    """What a party is, or was, asked to reply to, and still stands.

    Args:
        party: its short name.

    Returns:
        By the end of its time.
    """
    steps = models.Decided.objects.filter(step__in=("right_of_reply", "replied", "dissent")).order_by("at", "id")
    taken_back = set(models.Decided.objects.filter(kind="undo").values_list("says__undo", flat=True))
    asks: dict[str, models.Decided] = {}
    said, rights = defaultdict[str, list[models.Decided]](list), defaultdict[str, list[models.Decided]](list)
    for d in steps:
        of = str(d.says.get("of") or "") if d.step == "right_of_reply" else d.by
        if name_key(of) != name_key(party) or (d.pk in taken_back and undone(d.pk)):
            continue
        if d.step == "right_of_reply":
            asks[str(d.incidents[0])] = d
            rights[d.incident].append(d)
        else:
            to = meant(d, rights[d.incident])
            once = to if d.step == "replied" else to[-1:]  # a dissent in two places told of a merge
            for named in {str(right.incidents[0]) for right in once}:
                said[named].append(d)
    rows = models.Incident.objects.in_bulk({ask.incident for ask in asks.values()})
    lay = _when_asked(asks.values())
    told = {ask.pk: described(str(ask.incidents[0]), lay[ask.pk]) for ask in asks.values()}
    mine = _own_places(party, [r["entry"] for ask, there in lay.items() if not told[ask].get("place") for r in there])
    found = []
    for ask in asks.values():
        if ask.incident in rows:
            place = next((mine[r["entry"]] for r in lay[ask.pk] if r["entry"] in mine), "")
            found.append(_shown(ask, rows[ask.incident], told[ask.pk], party, place, said[str(ask.incidents[0])]))
    return sorted(found, key=lambda one: (not one.open, one.until, one.incident))


def _when_asked(asks: Collection[models.Decided]) -> dict[str, list[dict[str, Any]]]:
    """The reports of incidents when a party was last asked about them, by the decision that asked: that somebody else spoke of one since, of which
    place and hour, and what was merged or parted, moves nothing.
    """
    at = models.Head.objects.get()
    deciders, moves = Deciders(at.parties, at.bodies), defaultdict[Any, list[dict[str, Any]]](list)
    every = list(models.Decided.objects.filter(kind__in=("merge", "split", "undo")).order_by("at", "id").values())
    near = _near([m["incidents"] for m in every if m["kind"] != "undo"])
    for m in every:
        moves[near.get(m["incident"], m["incident"])].append(m)
    there = {ask.pk: near.get(ask.incident, ask.incident) for ask in asks}
    wanted = set(there.values())
    lie = {ask.incident for ask in asks}.union(name for name, of in near.items() if of in wanted)
    reports = defaultdict[Any, list[dict[str, Any]]](list)
    for row in models.Report.objects.filter(incident__in=lie).order_by("id").values():
        reports[near.get(row["incident"], row["incident"])].append(row)
    return {
        ask.pk: lay_there(ask.entry, str(ask.incidents[0]), reports[there[ask.pk]], moves[there[ask.pk]], deciders)
        for ask in asks
    }


def _near(moves: Sequence[Sequence[str]]) -> dict[str, int]:
    """Of incidents that merges and splits name, a number for those between which reports may have moved."""
    pairs = [(names[0], name) for names in moves for name in names[1:]]
    number = {name: n for n, name in enumerate(dict.fromkeys(chain.from_iterable(pairs)))}
    ends = np.array([[number[one], number[other]] for one, other in pairs], np.int64).reshape(-1, 2)
    return dict(zip(number, components(len(number), ends[:, 0], ends[:, 1]).tolist(), strict=True))


def _own_places(party: str, entries: Collection[int]) -> dict[int, str]:
    """By its entry, the place of what the party itself wrote and of which the record names none: else it saw which of its words the record does not hold."""
    own = [entry for entry in _lodged(party) if entry in set(entries)] if entries else []
    words = {entry: spoken.of(desk(), files)[0] for entry, files in attached.with_reports(desk(), own).items()}
    return {entry: one.said.get("place_name", "") for entry, one in words.items() if one is not None}


def _shown(
    ask: models.Decided,
    row: models.Incident,
    told: Mapping[str, Any],
    party: str,
    own: str,
    replies: list[models.Decided],
) -> Asked:
    used = any(d.step == "replied" and d.at >= ask.at for d in replies)
    waits = f",{party}," in row.waiting and not used and _runs(ask, row, party)
    hidden = not told or told["protected"]
    place, day = ("", None) if hidden else (told["place"] or own, told["start"])
    until, last = datetime.fromisoformat(str(ask.says["until"])), max((ask, *replies), key=lambda d: (d.at, d.pk))
    name, act, target = str(ask.incidents[0]), told.get("act", ""), told.get("target", "")
    return Asked(name, row.pk, act, target, place, day, until, waits, replies, last.pk)


def _runs(ask: models.Decided, row: models.Incident, party: str) -> bool:
    """Whether a question is open still, by itself: what else it is asked about that lies there now keeps none open."""
    if datetime.fromisoformat(str(ask.says["until"])) > decide.clock():
        return True
    return bool(questions(course(models.Head.objects.get(), row), party, str(ask.incidents[0])))


def room(request: Any) -> HttpResponse:
    """What is asked of this party, and what its officers lodged."""
    entries = _lodged(_party(request))[:100]
    lodged = models.Report.objects.filter(entry__in=entries).order_by("-entry")
    files = attached.with_reports(desk(), entries)
    came = {entry: spoken.of(desk(), files.get(entry, ())) for entry in entries}
    return page(request, "room.html", asked=asked(_party(request)), lodged=lodged, came=came)


def _lodged(party: str) -> list[int]:
    """The entries of this party's complaints, the newest first: whoever was its officer when he wrote them, and none that an officer of it wrote in another office."""
    fellows = models.Person.objects.filter(role=f"{PARTY}:{party}").values_list("pk", flat=True)
    theirs = Q(note__in=[f"{WRITTEN}{pk}" for pk in fellows])
    entries = models.Entry.objects.filter(theirs | Q(note__startswith=WRITTEN) & ~Q(attached=[]), kind="evidence")
    claims = models.Report.objects.filter(entry__in=entries, said__side=party, said__kind="claim")
    found = list(claims.order_by("-entry").values_list("entry", flat=True))
    own = set(entries.filter(theirs, pk__in=found).values_list("pk", flat=True))
    came = attached.with_reports(desk(), found)
    return [e for e in found if e in own or (came.get(e) and came[e][0].name == spoken.WORDS)]


def own_file(request: Any, how: str, digest: str) -> HttpResponse:
    """A file that this party brought, with a reply or a complaint."""
    party = name_key(_party(request))
    said = models.Decided.objects.filter(step="replied")
    mine = [d for d in said if name_key(d.by) == party and digest in (d.says.get("attachments") or ())]
    brought: list[Sequence[attached.Attached]] = [attached.with_decision(desk(), d.says) for d in mine]
    brought += [] if brought else attached.with_reports(desk(), _lodged(_party(request))).values()
    one = next((a for some in brought for a in spoken.of(desk(), some)[1] if a.sha256 == digest), None)
    return not_there(request) if one is None or how not in ("view", "file") else handed_out_own(request, one, how)


def answer(request: Any, incident: str) -> HttpResponse:
    """One incident of which this party is asked; its reply."""
    party = _party(request)
    one = next((a for a in asked(party) if a.incident == incident), None)
    if one is None:
        return not_there(request)
    told, words = "", request.POST.get("why", "") if request.method == "POST" else ""
    if request.method == "POST":
        try:
            if not one.open:
                raise decide.refused("this party is not asked to reply", "look at the list again", "DSK010")
            request.came = attached.brought(desk(), request)
            if request.POST.get("after", one.last) != one.last:  # it was asked anew since, or its fellow replied
                raise decide.changed()
            click = decide.Click(one.lies, {"step": "replied"}, words, after=one.last, by=party, named=incident)
            if (elsewhere := spoke(request, click, request.came)) is not None:
                return elsewhere
            return HttpResponseRedirect(reverse("room"))
        except ServandaError as error:
            told = told_to(request, error)
    with_each = {d.pk: spoken.of(desk(), attached.with_decision(desk(), d.says)) for d in one.replies}
    shown = {"one": one, "told": told, "words": words, "with_each": with_each, **_brought(request)}
    return page(request, "answer.html", status=409 if told else 200, **shown)


def spoke(request: Any, click: decide.Click, came: Sequence[attached.Attached] = ()) -> HttpResponse | None:
    """Record what somebody from outside says of an incident; or lead to the text that he signs by hand, which holds his words by their SHA-256 alone.

    Args:
        request: his form.
        click: the step, with his words and the last decision of which he knows.
        came: the files that he brought.

    Returns:
        Where he signs; nothing where it was recorded.

    Raises:
        ServandaError: a guard says no, or it cannot be recorded; nothing was.
    """
    words, mine = click.why.strip(), desk()
    if not words:
        raise decide.refused("does not say why", "every decision has its reason", "DSK013")
    if long := too_long({"why": words}):
        raise decide.refused(long, "say it in fewer words", "DSK018")
    first = spoken.keep(mine, str(click.by), str(click.after), {"why": words}, came)
    wholly = replace(click, says={**click.says, "attachments": [a.sha256 for a in (first, *came)]})
    by_hash = replace(wholly, why=spoken.ELSEWHERE)
    if (elsewhere := to_sign(request, by_hash)) is not None:
        return elsewhere
    spoken.recorded(
        mine,
        [words],
        lambda: decide.decide(mine, request.person, [wholly]),
        lambda: decide.decide(mine, request.person, [by_hash]),
    )
    return None


def _lodge(request: Any, report: dict[str, str], nonce: str) -> None:
    """Record a complaint, with its words as a file before the others."""
    mine, who = desk(), request.person
    said = {name: report[name] for name in ("summary", "place_name")}
    came = [spoken.keep(mine, _party(request), nonce, said, request.came), *request.came]
    without = {**report, "summary": spoken.ELSEWHERE, "place_name": ""}
    nonce = spoken.form_of(nonce, *(one.sha256 for one in request.came)) if request.came else nonce
    other = spoken.form_of(nonce, *said.values())
    spoken.recorded(
        mine,
        [*said.values(), *(one.name for one in request.came)],
        lambda: decide.report(mine, who, report, nonce, came=came),
        lambda: decide.report(mine, who, without, other, came=[came[0], *spoken.unnamed(came[1:])]),
    )


def _brought(request: Any) -> dict[str, Any]:
    """What a form shows of files: how large they may be, and those that a refused sending of it brought."""
    came = [(one, attached.token(one)) for one in getattr(request, "came", ())]
    return {"came_now": came, "largest": desk().ways.largest // 1_000_000 or 1}


def complain(request: Any) -> HttpResponse:
    """A complaint: a claim of this party's side, in its own name, of an incident of its own."""
    party, told = _party(request), ""
    said = request.POST.dict() if request.method == "POST" else {}
    if request.method == "POST":
        name = request.head.parties.get(party, party)
        own = {"source": name, "origin": name, "side": party, "kind": "claim", "incident_id": "", "known_at": ""}
        try:
            request.came = attached.brought(desk(), request)
            report = report_of(request, {**said, **own})
            _lodge(request, report, said.get("nonce", "")[:64])
            return HttpResponseRedirect(reverse("room"))
        except ServandaError as error:
            told = told_to(request, error)
    nonce = said.get("nonce") or secrets.token_urlsafe(12)
    shown = {"said": said, "told": told, "nonce": nonce, **codes_of(request.head), **_brought(request)}
    return page(request, "complain.html", status=409 if told else 200, **shown)
