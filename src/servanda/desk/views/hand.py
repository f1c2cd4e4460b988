"""Signing with one's own key: the text that waits, and the page on which a key is made. No private key ever comes here."""

from __future__ import annotations

import base64
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from servanda.desk import attached, decide, hands, spoken
from servanda.desk.configure import desk
from servanda.desk.offices import HOME
from servanda.desk.views.shared import find, not_there, page, told_to, was_read
from servanda.errors import ServandaError
from servanda.incidents.guards import OUTSIDE, office_of
from servanda.record.log import digest_of
from servanda.record.vault import OBJECT_SALT


def to_sign(request: Any, click: decide.Click) -> HttpResponse | None:
    """Send somebody to the text that he is to sign; nothing where the mission signs for him, or it is not his own word.

    Raises:
        ServandaError: a guard says no now.
    """
    mine = desk()
    if not hands.needs(mine.record(), request.person, click):
        return None
    address = reverse("hand", args=[hands.draft(mine, request.person, click).pk])
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def hand(request: Any, ident: str) -> HttpResponse:
    """The exact text, and the button that signs it; and what came of it."""
    waits = hands.waiting(request.person, ident)
    if waits is None:
        return not_there(request)
    told, mine = "", desk()
    if request.method == "POST":
        try:
            done = hands.sign(mine, request.person, waits, request.POST.dict())
            office = office_of(request.person.role)
            home = reverse(HOME[office]) if office in OUTSIDE else reverse("case", args=[done.incident])
            return HttpResponseRedirect(home)
        except ServandaError as error:
            told = told_to(request, error)
    incident = find(waits.incident)
    if incident is not None and office_of(request.person.role) not in OUTSIDE:
        was_read(request, incident, "hand")
    record, kept = mine.record(), bytes(waits.kept)
    words = spoken.written(mine, attached.with_decision(mine, waits.entry))
    key = record.hands().get(request.person.key, {})
    return page(
        request,
        "hand.html",
        told=told,
        waits=waits,
        incident=incident,
        text=kept[OBJECT_SALT:].decode(),
        words=words.decode(),
        words_kept=base64.b64encode(words).decode(),
        kept=base64.b64encode(kept).decode(),
        digest=digest_of(kept),
        origin=record.log.head.origin,
        key=key,
        status=409 if told else 200,
    )


@reauthentication_required
def own_key(request: Any) -> HttpResponse:
    """The page of one's own key: which counts, or how one is made."""
    told, mine = "", desk()
    record = mine.record()
    site = request.get_host().partition(":")[0]
    if request.method == "POST":
        try:
            said = request.POST.dict()
            hands.give(mine, request.person, hands.key_of(said, site), said, said.get("credential", ""))
            return HttpResponseRedirect(reverse("own_key"))
        except ServandaError as error:
            told = told_to(request, error)
    key = record.hands().get(request.person.key)
    return page(
        request,
        "ownkey.html",
        told=told,
        key=key,
        name=hands.next_name(record, request.person.pk),
        origin=record.log.head.origin,
        site=site,
        status=409 if told else 200,
    )
