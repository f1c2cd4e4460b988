"""What an open page hears: that the record has grown, or that verdicts are new."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from django.http import StreamingHttpResponse

from servanda.desk.configure import desk
from servanda.desk.standing import stamp
from servanda.desk.views.shared import page

LONGEST = 600


def _now() -> tuple[int, int]:
    mine = desk()
    paths = (mine.record_folder / "checkpoint", stamp(mine))
    first, second = (path.stat().st_mtime_ns if path.exists() else 0 for path in paths)
    return first, second


async def events(request: Any) -> StreamingHttpResponse:
    """A stream of server-sent events, ten minutes long; the browser comes back by itself."""

    async def stream() -> AsyncIterator[str]:
        seen = _now()
        yield "retry: 3000\n\n"
        for n in range(LONGEST):
            await asyncio.sleep(1)
            if (now := _now()) != seen:
                seen = now
                yield "event: changed\ndata: {}\n\n"
            elif n % 15 == 14:
                yield ": still here\n\n"

    answer = StreamingHttpResponse(stream(), content_type="text/event-stream")
    answer["X-Accel-Buffering"] = "no"
    return answer


def state(request: Any) -> Any:
    """The line that says of when the verdicts are."""
    return page(request, "standing.html")
