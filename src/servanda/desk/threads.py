"""The threads in which pages are made. They stay, and so do their connections to the database: a new one for each page costs more than the page."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any

from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.http import HttpResponseBase
from django.urls import set_script_prefix

Message = MutableMapping[str, Any]
_READS = ("GET", "HEAD", "OPTIONS")
READING, WRITING = 5, 3
"""How many pages one process makes at once, and how many forms it takes; so many connections to the database it has at most, for pages.

Whoever only reads does not wait for those who write, which takes long where many do or the record is locked.
"""


class Handler(ASGIHandler):
    """Django as an ASGI application, in which all of a page is made in one thread.

    Django's own goes back and forth between a thread and the loop several times for each page, each time waiting for what other threads
    compute, and gives each page a new thread, and so a new connection to the database.
    """

    def __init__(self) -> None:
        super(ASGIHandler, self).__init__()
        self.load_middleware()
        self._reading, self._writing = ThreadPoolExecutor(READING, "page"), ThreadPoolExecutor(WRITING, "form")

    async def __call__(
        self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        """Answer one request: read what comes before a thread is taken, and send after it is free again."""
        if scope["type"] != "http":
            raise ValueError(f"the desk speaks HTTP alone, not {scope['type']}")
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        made = copy_context().run  # the language, and whatever else belongs to this request alone
        threads = self._reading if scope["method"] in _READS else self._writing
        answer = await asyncio.get_running_loop().run_in_executor(threads, made, self._made, scope, body)
        if answer.streaming:
            await self._streamed(answer, receive, send)
        else:
            await self.send_response(answer, send)

    def _made(self, scope: Message, body: Any) -> HttpResponseBase:
        """The answer, in a thread; one that is no stream is whole, and nothing of it is open any more."""
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=type(self), scope=scope)
        try:
            request, refused = self.create_request(scope, body)
            answer = refused or self.get_response(request)
            answer._handler_class = type(self)  # noqa: SLF001  as Django's own; its closing names it
            if not answer.streaming:
                answer.close()
            return answer
        finally:
            body.close()

    async def _streamed(
        self,
        answer: HttpResponseBase,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        """Send what has no end until it ends, or until nobody listens any more."""
        sent = asyncio.ensure_future(self.send_response(answer, send))
        left = asyncio.ensure_future(receive())
        try:
            await asyncio.wait((sent, left), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in (sent, left):
                one.cancel()
            await asyncio.gather(sent, left, return_exceptions=True)
            answer.close()
