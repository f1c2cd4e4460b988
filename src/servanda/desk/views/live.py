"""What an open page hears: that the record has grown, or that verdicts are new."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

from asgiref.sync import sync_to_async
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.middleware.csrf import get_token

from servanda.desk.configure import desk
from servanda.desk.middleware import listens
from servanda.desk.standing import stamp
from servanda.desk.views.shared import page

LONGEST = 600
MOST = 30
"""Streams that one person has open in one process: each looks at the disk every second."""
_OPEN: Counter[int] = Counter()


def _now() -> tuple[int, int]:
    mine = desk()
    paths = (mine.record_folder / "checkpoint", stamp(mine))
    first, second = (path.stat().st_mtime_ns if path.exists() else 0 for path in paths)
    return first, second


def events(request: Any) -> HttpResponse | StreamingHttpResponse:
    """A stream of server-sent events, ten minutes long; the browser comes back by itself. Who loses his office hears nothing more."""
    who = request.user.pk
    if _OPEN[who] >= MOST:
        return HttpResponse(status=204)  # a browser that is told so asks no more
    if request.method == "HEAD":
        return HttpResponse(content_type="text/event-stream")

    async def stream() -> AsyncIterator[str]:
        _OPEN[who] += 1
        try:
            async for said in heard():
                yield said
        finally:
            _OPEN[who] -= 1

    async def heard() -> AsyncIterator[str]:
        seen = _now()
        yield "retry: 3000\n\n"
        for n in range(LONGEST):
            await asyncio.sleep(1)
            changed = (now := _now()) != seen
            if not changed and n % 15 != 14:
                continue
            if not await sync_to_async(listens)(request):
                return
            seen = now
            yield "event: changed\ndata: {}\n\n" if changed else ": still here\n\n"

    answer = StreamingHttpResponse(stream(), content_type="text/event-stream")
    answer["X-Accel-Buffering"] = "no"
    return answer


def here(request: Any) -> HttpResponse:
    """Who is signed in, and what his forms send: an open page asks, while somebody types in it and before it sends a form."""
    return JsonResponse({"login": request.person.login, "token": get_token(request)})


def state(request: Any) -> Any:
    """The line that says of when the verdicts are."""
    return page(request, "standing.html")
