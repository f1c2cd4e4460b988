"""The interface for sensors and partners: no session, no cookie, no page; a token that says whose reports these are, and nobody else's rows."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import JsonResponse
from django.http.request import UnreadablePostError
from django.views.decorators.csrf import csrf_exempt

from servanda.desk import tables, tokens
from servanda.desk.configure import desk
from servanda.desk.fields import whole
from servanda.desk.handed import Unfit, hand_in, read, told
from servanda.desk.interface import LARGEST, PAGE, document, problem
from servanda.desk.projection import refresh
from servanda.errors import ServandaError
from servanda.record.verifier import read_json

_KEY = re.compile(r"[A-Za-z0-9._:-]{1,120}")
_LATER = ("REC003", "REC036", "REC060", "DSK007", "DSK008")
"""What is no fault of the request: the disk is full, the record is locked, the clock is wrong."""
_STATUS = {"DSK060": 401, "DSK061": 403, "DSK062": 429, "DSK063": 400, "DSK064": 409}


class Answer(Exception):
    """An answer that ends a request: its status, code and words."""

    def __init__(self, status: int, code: str, detail: str, **headers: str) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.headers = status, code, detail, headers


def wrong(status: int, code: str, detail: str, hint: str = "", errors: Any = None, **headers: str) -> JsonResponse:
    """A problem as an answer; names of headers are written with ``_``."""
    body = problem(status, code, detail, hint, errors)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return JsonResponse(body, status=status, content_type="application/problem+json", headers=named)


def _with_token(**methods: str) -> Callable[[Callable[..., Any]], Any]:
    """A view for who has a token: ``methods`` names the scope that each asks for."""

    def decorate(view: Callable[..., Any]) -> Any:
        @csrf_exempt
        @wraps(view)
        def answer(request: Any, **named: Any) -> Any:
            try:
                if request.method not in methods:
                    raise Answer(405, "DSK063", f"{request.method[:20]} is not answered here", Allow=", ".join(methods))
                token = tokens.bearer(request.headers.get("Authorization", ""))
                if token is None:
                    raise Answer(401, "DSK060", "there is no token, or it counts no more", WWW_Authenticate="Bearer")
                if wait := tokens.spend(token):
                    raise Answer(429, "DSK062", f"{token.rate} requests in a minute at most", Retry_After=str(wait))
                if methods[request.method] not in token.scope:
                    raise Answer(403, "DSK061", f"this token is not for '{methods[request.method]}'")
                refresh(desk().record())
                return view(request, token, **named)
            except Answer as end:
                return wrong(end.status, end.code, end.detail, **end.headers)
            except ServandaError as error:
                return _refused(error)

        return answer

    return decorate


def _refused(error: ServandaError) -> JsonResponse:
    """What a guard or the record says, without a word of what is on the record."""
    fault = error.faults[0]
    code = fault.code or "DSK016"
    if isinstance(error, Unfit):
        errors = [{"pointer": w.pointer, "detail": w.detail} for w in error.wrong]
        return wrong(_STATUS.get(code, 422), code, fault.what, fault.hint, errors)
    if code in _LATER:
        return wrong(503, code, "the desk cannot record it now", "send it again later", Retry_After="60")
    if code.startswith("DSK"):
        return wrong(_STATUS.get(code, 422), code, fault.what, fault.hint)
    return wrong(422, "DSK066", "this cannot be taken by this way", "bring it to the mission's duty officer")


def _body(request: Any) -> Any:
    if request.content_type != "application/json":
        raise Answer(415, "DSK063", "reports are sent as application/json")
    try:
        raw = request.body
        if len(raw) > LARGEST:
            raise RequestDataTooBig
        return read_json(raw)
    except RequestDataTooBig:
        raise Answer(413, "DSK063", f"a request has {LARGEST:,} bytes at most") from None
    except (ValueError, RecursionError, UnreadablePostError):
        raise Answer(400, "DSK063", "this is no JSON, or a name stands twice in it") from None


@_with_token(GET="report", POST="report")
def reports(request: Any, token: tables.Token) -> JsonResponse:
    """Hand in reports; or those of this source, as they came."""
    if request.method == "POST":
        key = request.headers.get("Idempotency-Key", "")
        if key and not _KEY.fullmatch(key):
            raise Answer(400, "DSK063", "Idempotency-Key has letters, digits and . _ : - , 120 at most")
        handed, fresh = hand_in(desk(), token, read(_body(request), key, token.source, desk().record().vault.label))
        return JsonResponse({"reports": told(handed, token.scope, fresh)}, status=201 if fresh else 200)
    after = whole(request.GET.get("after", "0"))
    if after is None or set(request.GET) - {"after"}:
        raise Answer(400, "DSK063", "'after' is what the answer before gave as 'next', and nothing else is asked for")
    mine = list(tables.Handed.objects.filter(source=token.source, pk__gt=after).order_by("pk")[: PAGE + 1])
    following = mine[PAGE - 1].pk if len(mine) > PAGE else None
    return JsonResponse({"reports": told(mine[:PAGE], token.scope), "next": following})


@_with_token(GET="report")
def report(request: Any, token: tables.Token, ident: str) -> JsonResponse:
    """One report of this source."""
    mine = tables.Handed.objects.filter(source=token.source, report_id=ident).first() if _KEY.fullmatch(ident) else None
    if mine is None:
        raise Answer(404, "DSK063", "this source has handed in no such report")
    return JsonResponse(told([mine], token.scope)[0])


@csrf_exempt
def description(request: Any) -> JsonResponse:
    """The interface as OpenAPI 3.1; it says nothing of the mission."""
    if request.method != "GET":
        return wrong(405, "DSK063", f"{request.method[:20]} is not answered here", Allow="GET")
    return JsonResponse(document())


@csrf_exempt
def nothing(request: Any, nowhere: str) -> JsonResponse:
    """What every other address here answers."""
    return wrong(404, "DSK063", "there is nothing at this address")
