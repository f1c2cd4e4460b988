"""What is too large is refused before it is kept: a request says how long it is, and one that lies is cut off where its limit lies.

What else comes of it is let pass unread, for a browser shows no answer to a request that it could not send whole.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from servanda.desk.interface import problem
from servanda.desk.languages import NAMES, speaking, text

Message = MutableMapping[str, Any]
App = Callable[[Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]]
BRING = ("/entry/", "/step/", "/arrivals/", "/statements/", "/room/", "/api/")
"""Addresses to which files are sent."""
_FORM = 3_000_000
"""Bytes of a form without files."""
_PASSED = 8_000_000_000
"""Bytes that are let pass unread; the line is closed then."""
_BESIDE = 1_000_000
"""Bytes of what stands in a form beside its file."""


class _TooLarge(Exception):
    """More came than may."""


def bounded(app: App, largest: int) -> App:
    """An application that is sent nothing larger than it may be.

    Args:
        app: the application (ASGI).
        largest: how many bytes a file may have.

    Returns:
        The same, before which what is too large is refused with 413.
    """

    async def answer(
        scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        most = largest + _BESIDE if str(scope["path"]).startswith(BRING) else _FORM
        headers, came, begun = dict(scope["headers"]), 0, False

        async def counted() -> Message:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            if came > most:
                raise _TooLarge
            return message

        async def told(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            length = headers.get(b"content-length", b"0")
            if not length.isdigit() or int(length) > most:
                raise _TooLarge
            await app(scope, counted, told)
        except _TooLarge:
            if begun:
                return
            if headers.get(b"expect", b"").lower() != b"100-continue":  # it has not begun to send
                await _let_pass(receive)
            if str(scope["path"]).startswith("/api/"):
                await _problem(send, most)
            else:
                await _refuse(send, headers.get(b"accept-language", b""), most)

    return answer


async def _let_pass(receive: Callable[[], Awaitable[Message]]) -> None:
    passed = 0
    while passed < _PASSED:
        message = await receive()
        passed += len(message.get("body", b""))
        if message["type"] != "http.request" or not message.get("more_body"):
            return


async def _problem(send: Callable[[Message], Awaitable[None]], most: int) -> None:
    said = problem(413, "DSK063", f"a request has {most:,} bytes at most", "send less at once")
    headers = [(b"content-type", b"application/problem+json"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(said).encode()})


async def _refuse(send: Callable[[Message], Awaitable[None]], languages: bytes, most: int) -> None:
    code = languages.decode("latin-1")[:2].lower()
    with speaking(code if code in NAMES else "en"):
        title = text("Too large")
        words = text("Nothing was recorded: what was sent has more than %(size)s MB. Go back, and send less at once.")
    page = f'<!doctype html><html lang="{code if code in NAMES else "en"}"><meta charset="utf-8"><title>{title}</title><link rel="stylesheet" href="/static/desk/desk.css"><main class="narrow"><h1>{title}</h1><p>{words % {"size": max(1, most // 1_000_000)}}</p></main></html>'
    headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"connection", b"close"),
        (b"content-security-policy", b"default-src 'none'; style-src 'self'"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": page.encode()})
