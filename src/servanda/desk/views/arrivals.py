"""What comes in as a table or a letter: brought by hand, or by itself; shown before it is recorded, mended or dismissed where it cannot be."""

from __future__ import annotations

import dataclasses
import json
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from servanda.desk import arrivals as tables
from servanda.desk import attached, becoming, decide, heard, joined, letters, models
from servanda.desk.configure import desk
from servanda.desk.fields import whole
from servanda.desk.inbox import Arrival, waiting
from servanda.desk.kept import codes_of
from servanda.desk.offices import STAFF
from servanda.desk.views.attached import handed_out
from servanda.desk.views.shared import not_there, page, was_handed
from servanda.desk.watching import looked
from servanda.errors import ServandaError
from servanda.evidence.importing import Choice
from servanda.evidence.importing.mapping import LEFT, NONE

_MOST, _TEXT, _PAGE = 200, 300_000, 100
_LATE = timedelta(minutes=2)
"""After so long without a look at a watched place, something is wrong with the worker."""


def arrivals(request: Any) -> HttpResponse:
    """Bring a table; and what waits, newest first."""
    mine, may, told = desk(), request.person.role in STAFF, ""
    if request.method == "POST" and may:
        try:
            row = _brought(request)
            return HttpResponseRedirect(reverse("arrival", args=[row.pk]))
        except ServandaError as error:
            told = error.faults[0].what
    done = Arrival.objects.filter(state__in=("taken", "dismissed")).order_by("-at")[:50]
    return page(
        request,
        "arrivals.html",
        may=may,
        told=told,
        said=request.POST if told else {},
        waiting=waiting().order_by("-at", "-id")[:_MOST],
        done=[(one, joined.joined(one) if one.state == "taken" and not one.protect else []) for one in done],
        watched=[(w.source, w.path.name, w.mailbox, looked(w)) for w in mine.ways.watch],
        look_late=_LATE,
        largest=mine.ways.largest // 1_000_000 or 1,
        rows=mine.ways.rows,
        sources=sorted(set(Arrival.objects.exclude(protect=True).values_list("source", flat=True)))[:_MOST],
        status=409 if told else 200,
    )


def _brought(request: Any) -> Arrival:
    """What was chosen or pasted, as it is kept; raises :class:`~servanda.desk.decide.Refused`."""
    said, file = request.POST, request.FILES.get("file")
    pasted = said.get("pasted", "")
    if file is None and not pasted.strip():
        raise decide.refused("neither a file was chosen nor rows were pasted", "choose a table, or paste one", "DSK035")
    if file is not None and file.size > desk().ways.largest:
        raise attached.too_large(desk(), file.name)
    name, data = (file.name, file.read()) if file is not None else (f"pasted{_ending(pasted)}", pasted.encode())
    more = {"person": request.person.pk, "protect": bool(said.get("protect"))}
    return tables.arrive(desk(), said.get("source", ""), "upload", name, data, **more)


def _ending(text: str) -> str:
    return ".tsv" if "\t" in text.partition("\n")[0] else ".csv"


def arrival(request: Any, number: int) -> HttpResponse:
    """One thing that came: what it was understood as, what is asked, what would be set aside; and what is to become of it."""
    row, may, told = Arrival.objects.filter(pk=number).first(), request.person.role in STAFF, ""
    if row is None:
        return not_there(request)
    _was_read(request, row)
    if request.method == "POST" and may:
        try:
            to = _answered(request, row)
            return HttpResponseRedirect(to)
        except ServandaError as error:
            told = error.faults[0].what
            row.refresh_from_db()
    preview, text = None, ""
    try:
        if (row.state in ("waiting", "aside") or row.rows) and not row.letter:
            preview = tables.read(desk(), row)
        text = letters.words_of(desk(), row) if row.state != "dismissed" else ""
    except ServandaError as error:
        told = told or error.faults[0].what
    except tables.SPOILED as error:
        preview = tables.Preview(told=f"cannot be read ({type(error).__name__})")
    return page(
        request,
        "arrival.html",
        row=row,
        version=becoming.version(row),
        may=may,
        kept=_may_hold(request, row) and attached.sealed(desk()).holds(row.content),
        told=told,
        joined=joined.joined(row) if row.state == "taken" else [],
        preview=preview,
        columns=_columns(preview),
        text=text if len(text) <= _TEXT and (row.letter or _may_hold(request, row)) else "",
        **_some(request, row, preview),
        aside=len({(r.get("file", ""), r["row"]) for r in row.rows}),
        **codes_of(request.head),
        said=request.POST if told else {},
        status=409 if told else 200,
    )


def _columns(preview: tables.Preview | None) -> list[str]:
    """The columns in which anything stands."""
    first = preview.first() if preview is not None else []
    return [c for c in (first[0] if first else ()) if any(r[c] not in (None, "") for r in first)]


def _asked(preview: tables.Preview | None) -> list[tuple[str, str, Any]]:
    """Each question once, with the name of its field: an answer holds for all tables of the file."""
    found: dict[str, tuple[str, str, Any]] = {}
    for label, question in preview.result.questions if preview and preview.result else ():
        found.setdefault(json.dumps(question.key), (json.dumps(question.key), label, question))
    return list(found.values())


def _some(request: Any, row: Arrival, preview: tables.Preview | None) -> dict[str, Any]:
    """What is asked, to be chosen or chosen, so many of each to a page: no form has more fields than one may hold."""
    asked, choices = _asked(preview), preview.choices if preview else []
    chosen = becoming.undecided(row) if becoming.waits(row) else []
    pages = max(1, -(-max(len(asked), len(choices), len(chosen)) // _PAGE))
    at = min(max(whole(request.GET.get("page", "")) or 1, 1), pages)
    part = slice((at - 1) * _PAGE, at * _PAGE)
    return {
        "asked": asked[part],
        "open": [(json.dumps(c.key), _with_places(request, c)) for c in choices[part]] if not asked else [],
        "chosen": [(json.dumps(key), key[-1], value) for key, value in chosen[part]],
        "pages": pages,
        "at_page": at,
    }


def _with_places(request: Any, one: Choice) -> Choice:
    """A choice of a place that is not known where the agreement is, with places of that name elsewhere, the nearest first."""
    if one.key[0] != "places" or one.options:
        return one
    found = heard.places(desk(), request.head, one.key[1])
    return dataclasses.replace(
        one, options=tuple((f"{p.lat:g}, {p.lon:g}, {p.km:g}", f"{p.name}, {p.of}") for p in found)
    )


def _answered(request: Any, row: Arrival) -> str:
    """Do what was asked, and say where to go; raises :class:`~servanda.errors.ServandaError`."""
    said, do, me = request.POST, request.POST.get("do", ""), request.person.pk
    here = reverse("arrival", args=[row.pk])
    if do == "answer":
        at = whole(request.GET.get("page", ""))
        return _kept(row, said, f"{here}?page={at}" if at else here)
    stale = said.get("seen", becoming.version(row)) != becoming.version(row)
    if do == "record" and row.state == "taken" and (not row.rows or (stale and row.done_by == me)):
        return here  # the same click came twice
    if stale:
        raise decide.changed(becoming.happened(row))
    if do == "dismiss":
        becoming.dismiss(row, me, said.get("why", ""))
        return reverse("arrivals")
    if not becoming.waits(row):
        raise decide.refused("nothing of it waits", "look at the list again", "DSK035")
    return _mended(request, row) if do == "mend" else _recorded(row, said, me, here)


def _kept(row: Arrival, said: Any, here: str) -> str:
    """Keep what was answered, and choices that were changed."""
    answers: dict[tuple[str, ...], str] = {}
    for name, value in said.items():
        way, key = name[:2], _key(name[2:])
        if way == "q-" and key:
            own = said.get(name.replace("q-", "w-", 1), "").strip()  # written beside what was offered
            answers |= {key: chosen} if (chosen := own or value.strip()) else {}
        elif way == "c-" and key:
            answers[key] = value.strip()
    if any(name.startswith("c-") for name in said) and said.get("seen", becoming.version(row)) != becoming.version(row):
        raise decide.changed(becoming.happened(row))
    becoming.answer(row, answers, protect=bool(said.get("protect")))
    return here


def _mended(request: Any, row: Arrival) -> str:
    """Keep the text that was mended as a new arrival, and dismiss the one of which it was made."""
    text, me = request.POST.get("text", "").encode(), request.person.pk
    with transaction.atomic():
        becoming.held(row)
        new = tables.arrive(desk(), row.source, "upload", row.name, text, person=me, protect=row.protect)
        if new.pk != row.pk:
            becoming.dismiss(row, me, f"mended: {new.pk}")
    return reverse("arrival", args=[new.pk])


def _recorded(row: Arrival, said: Any, me: str, here: str) -> str:
    """Record what can be read; columns, as they were shown, are left out."""
    known = {tuple(key) for key, _ in row.answers}
    left: dict[tuple[str, ...], str] = {
        (LEFT, name): NONE for name in said.getlist("left") if (LEFT, name) not in known
    }
    if left:
        becoming.answer(row, left)
    preview = tables.read(desk(), row)
    if row.state == "taken" and (
        preview.result is None or not preview.result.reports.height
    ):  # the same click came twice
        return here
    try:
        tables.record(desk(), row, me, preview, leave_out=bool(said.get("leave_out")))
    except decide.Changed:
        row.refresh_from_db()
        if row.state != "taken" or row.done_by != me:  # not the same click
            raise
    return here


def _key(text: str) -> tuple[str, ...]:
    """Which question a field answers; nothing where it is none that was asked."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return ()
    return tuple(said) if isinstance(said, list) and all(isinstance(one, str) for one in said) else ()


def arrival_file(request: Any, number: int) -> HttpResponse:
    """What came, as it came; of a protected source it is not handed out here."""
    row = Arrival.objects.filter(pk=number, protect=False).first()
    if row is None or not _may_hold(request, row):
        return not_there(request)
    try:
        data = attached.sealed(desk()).open(row.content)
    except ServandaError:
        return not_there(request)
    was_handed(request, f"arrival {row.pk}", "arrival as it came")
    return handed_out(data, row.name)


def _may_hold(request: Any, row: Arrival) -> bool:
    """Whether somebody has the whole of what came: while it waits, those who answer it; then who brought it, and the chief."""
    waits = row.state in ("waiting", "aside")
    return waits or row.person == request.person.pk or request.person.role == "chief"


def _was_read(request: Any, row: Arrival) -> None:
    """Keep who read what came of a protected source."""
    if row.protect:
        about = {"incident": f"arrival {row.pk}", "page": "arrival", "at": decide.clock()}
        models.WasRead.objects.create(user=request.user, login=request.user.username, **about)
