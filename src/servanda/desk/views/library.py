"""What the mission works by: the agreement with what its words were understood as, sources, published figures, and the record's own checks."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Max, OuterRef, Subquery, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce
from django.http import HttpResponse

from servanda.agreement import Agreement, Term
from servanda.app.figures import read_figures
from servanda.app.graph import sequence_of
from servanda.desk import models
from servanda.desk.configure import desk
from servanda.desk.fields import whole
from servanda.desk.kept import agreement_of, inputs_of
from servanda.desk.languages import apart, listed
from servanda.desk.projection import head
from servanda.desk.views.shared import not_there, page
from servanda.drafting import check_agreement
from servanda.errors import ServandaError
from servanda.evidence.model import Source
from servanda.evidence.register import read_register
from servanda.store import Inputs, RecordStore
from servanda.values.names import name_key
from servanda.wording import listing

_MOST = 300


def agreement(request: Any) -> HttpResponse:
    """The agreement: what its terms were understood as, what the checker finds in its words, its versions, its sequence."""
    from servanda.agreement.plain_language import (
        heading_of,
        reading_words,
        say_force,
        say_places,
        say_preface,
        say_term,
    )

    text = agreement_of(desk(), request.head)
    tab = request.GET.get("tab", "say")
    versions = models.Entry.objects.filter(kind="agreement").order_by("-index")[:50]
    if text is None:
        return page(request, "agreement.html", tab=tab, text=None, versions=versions)
    checked = None
    if tab == "check":
        held = inputs_of(desk(), request.head)
        assert held is not None  # it was read above
        file, beside = RecordStore(desk().record()).agreement(held)
        checked = check_agreement(file, beside=beside)
    said = []
    if tab == "say":
        for one in text.texts:
            terms = [(term, heading_of(term), _of_whom(text, term, say_term(text, term))) for term in one.terms]
            said.append((reading_words(text, one) if one.reading else "", say_force(text, one), terms))
    return page(
        request,
        "agreement.html",
        tab=tab,
        text=text,
        preface=say_preface(text) if tab == "say" else [],
        said=said,
        places=say_places(text) if tab == "say" else [],
        checked=checked,
        versions=versions,
        readings=[one.reading for one in text.texts if one.reading],
        reading=request.GET.get("reading", ""),
    )


def _of_whom(text: Agreement, term: Term, lines: list[str]) -> list[str]:
    """What is said of a term, with those whom it binds in a row as the language joins them."""
    names = [text.actors[code] for code in term.binds]
    return [line.replace(listing(names), listed(map(apart, names))) for line in lines] if len(names) > 1 else lines


def sequence(request: Any) -> HttpResponse:
    """The sequence of the agreement as a picture: what waits for what."""
    text = agreement_of(desk(), request.head)
    if text is None:
        return not_there(request)
    try:
        drawn = sequence_of(text, reading=request.GET.get("reading") or None).svg()
    except ServandaError:
        return not_there(request)
    return HttpResponse(drawn, content_type="image/svg+xml")


def sources(request: Any) -> HttpResponse:
    """Who reports, how much, and as what the register has him."""
    told, known = "", dict[str, Source]()
    held = inputs_of(desk(), request.head, "register", "evidence")
    came = tuple(e.index for e in held.entries) if held else ()
    rows = [dict(row) for row in _reporting(desk().folder, came)]
    try:
        for entry in held.entries if held else ():
            if entry.kind == "register":
                (file,) = _files(held, entry)
                known |= read_register(file, request.head.parties).sources
    except ServandaError as error:
        told = error.faults[0].what
    keyed = {name_key(name): source for name, source in known.items()}
    for row in rows:
        row["known"] = keyed.get(name_key(row["source"] or ""))
        row["queue"] = urlencode({"view": "all", "q": row["source"] or ""})
    seen = {name_key(row["source"] or "") for row in rows}
    return page(
        request,
        "sources.html",
        rows=rows,
        told=told,
        register=bool(known),
        silent=[s for n, s in sorted(known.items()) if name_key(n) not in seen],
    )


@lru_cache(maxsize=2)
def _reporting(folder: Path, came: tuple[int, ...]) -> list[dict[str, Any]]:
    """Who reports, and how much: it is counted when a file of evidence has come, and not for every reader."""
    grouped = models.Report.objects.values(
        source=KT("said__origin"), side=KT("said__side"), grade=KT("said__reliability")
    )
    return list(grouped.annotate(reports=Count("id"), last=Max("known_at")).order_by("-reports", "source")[:_MOST])


def _files(held: Inputs | None, *entries: Any) -> list[Any]:
    """The files of some entries beside an agreement."""
    assert held is not None
    return list(RecordStore(desk().record()).contents(Inputs(held.agreement, entries)).evidence.values())


def figures(request: Any) -> HttpResponse:
    """Counts that others have published, what the reports have beside them, and what is odd."""
    found, told = None, ""
    held = inputs_of(desk(), request.head, "register", "evidence")
    if held is not None:
        try:
            found = _figures(desk().record_folder, held.agreement.index, tuple(e.index for e in held.entries))
        except ServandaError as error:
            told = error.faults[0].what
    beside = {one[0]: one[1:] for one in found.beside} if found else {}
    return page(request, "figures.html", found=found, told=told, beside=beside)


@lru_cache(maxsize=2)
def _figures(folder: Path, agreement: int, came: tuple[int, ...]) -> Any:
    """The figures of what has come: they are read once."""
    held = inputs_of(desk(), head(), "register", "evidence")
    return read_figures(_files(held, *(held.entries if held else ())), agreement_of(desk(), head()))


def _with_rows(entries: Any, size: int) -> Any:
    """The entries, each with the number that the next one has: those between are the rows of its table, which are entries of their own."""
    after = models.Entry.objects.filter(index__gt=OuterRef("index")).order_by("index").values("index")[:1]
    return entries.annotate(following=Coalesce(Subquery(after), Value(size)))


def record(request: Any) -> HttpResponse:
    """The log, newest first; the checkpoint with who has cosigned it; and the whole check, when asked for."""
    mine = desk().record()
    start = whole(request.GET.get("before", ""))
    entries = models.Entry.objects.order_by("-index")
    entries = entries if start is None else entries.filter(index__lt=start)
    kind = request.GET.get("kind", "")
    kinds = list(models.Entry.objects.values_list("kind", flat=True).distinct().order_by("kind"))
    shown = list(_with_rows(entries.filter(kind=kind) if kind in kinds else entries, request.head.size)[:201])
    checked, told = None, ""
    if request.method == "POST":
        try:
            steps: list[str] = []
            mine.verify(mine.log.policy, lambda step, what: steps.append(f"{step}: {what}"), quorum=False)
            checked = steps
        except ServandaError as error:
            told = error.faults[0].what
    there = {(name, ident) for name, ident, _ in mine.log.head.lines}
    witnesses = [(name, (key.name, key.id) in there) for name, key in sorted(mine.log.policy.witnesses.items())]
    return page(
        request,
        "record.html",
        entries=shown[:200],
        more=shown[199].index if len(shown) > 200 else None,
        kinds=kinds,
        kind=kind,
        note=mine.log.note.decode(),
        root=mine.log.head.root.hex(),
        witnesses=witnesses,
        settled=mine.log.settled,
        checked=checked,
        told=told,
    )
