"""What comes in as a table or a letter: brought by hand, or by itself; shown before it is recorded, mended or dismissed where it cannot be."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from servanda.desk import arrivals as tables
from servanda.desk import attached, decide, letters, models
from servanda.desk.configure import desk
from servanda.desk.inbox import Arrival
from servanda.desk.offices import STAFF
from servanda.desk.views.attached import handed_out
from servanda.desk.views.shared import not_there, page
from servanda.errors import ServandaError
from servanda.values.codes import STANDARD

_MOST, _TEXT = 200, 300_000


def arrivals(request: Any) -> HttpResponse:
    """Bring a table; and what waits, newest first."""
    mine, may, told = desk(), request.person.role in STAFF, ""
    if request.method == "POST" and may:
        try:
            row = _brought(request)
            return HttpResponseRedirect(reverse("arrival", args=[row.pk]))
        except ServandaError as error:
            told = error.faults[0].what
    waiting = Arrival.objects.filter(state__in=("waiting", "aside")) | Arrival.objects.exclude(rows=[])
    done = Arrival.objects.filter(state__in=("taken", "dismissed")).order_by("-at")[:50]
    return page(
        request,
        "arrivals.html",
        may=may,
        told=told,
        said=request.POST if told else {},
        waiting=waiting.order_by("-at", "-id")[:_MOST],
        done=done,
        watched=[(w.source, w.path.name, w.mailbox) for w in mine.ways.watch],
        largest=mine.ways.largest // 1_000_000 or 1,
        rows=mine.ways.rows,
        sources=sorted(set(Arrival.objects.order_by("source").values_list("source", flat=True)))[:_MOST],
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
        if row.state in ("waiting", "aside") and not row.letter:
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
        may=may,
        kept=attached.sealed(desk()).holds(row.content),
        told=told,
        preview=preview,
        columns=_columns(preview),
        text=text if len(text) <= _TEXT else "",
        asked=_asked(preview),
        acts=sorted(STANDARD.acts.codes),
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


def _answered(request: Any, row: Arrival) -> str:
    """Do what was asked, and say where to go; raises :class:`~servanda.errors.ServandaError`."""
    said, do = request.POST, request.POST.get("do", "")
    here = reverse("arrival", args=[row.pk])
    if do == "dismiss":
        tables.dismiss(row, request.person.pk, said.get("why", ""))
        return reverse("arrivals")
    if do == "mend":
        if row.state not in ("waiting", "aside") and not row.rows:
            raise decide.refused("nothing of it waits", "look at the list again", "DSK035")
        new = tables.arrive(
            desk(),
            row.source,
            "upload",
            row.name,
            said.get("text", "").encode(),
            person=request.person.pk,
            protect=row.protect,
        )
        if new.pk != row.pk:
            tables.dismiss(row, request.person.pk, f"mended: {new.pk}")
        return reverse("arrival", args=[new.pk])
    if row.state == "taken":  # the same click came twice
        return here
    if row.state == "dismissed":
        raise decide.refused("nothing of it waits", "look at the list again", "DSK035")
    if do == "answer":
        answers = {tuple(key): value for key, value in row.answers}
        for name, value in said.items():
            if name.startswith("q-") and value.strip() and (key := _key(name.removeprefix("q-"))):
                answers[key] = value.strip()[:200]
        row.answers = [[list(key), value] for key, value in sorted(answers.items())]
        row.protect = row.protect or bool(said.get("protect"))
        row.save()
        return here
    tables.record(desk(), row, request.person.pk, tables.read(desk(), row), leave_out=bool(said.get("leave_out")))
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
    if row is None:
        return not_there(request)
    try:
        data = attached.sealed(desk()).open(row.content)
    except ServandaError:
        return not_there(request)
    return handed_out(data, row.name)


def _was_read(request: Any, row: Arrival) -> None:
    """Keep who read what came of a protected source."""
    if row.protect:
        about = {"incident": f"arrival {row.pk}", "page": "arrival", "at": decide.clock()}
        models.WasRead.objects.create(user=request.user, login=request.user.username, **about)
