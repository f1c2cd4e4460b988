"""The web server: one process with threads, and the worker beside it."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Any

from servanda.desk import session
from servanda.desk.bodies import bounded
from servanda.desk.folder import Desk
from servanda.desk.setup import migrate
from servanda.errors import ServandaError

_PATIENCE = 20.0
"""Seconds for which the worker is waited for at the end."""


def serve(desk: Desk, host: str, port: int, *, work: bool = True) -> None:
    """Serve a mission's desk until interrupted.

    Args:
        desk: the mission.
        host: the address to listen on.
        port: the port.
        work: recompute verdicts in a thread of this process.

    Raises:
        ServandaError: the database cannot be used.
    """
    import uvicorn

    migrate()
    stop = threading.Event()
    if work:
        from servanda.desk.working import work as worker

        beside = threading.Thread(target=worker, args=(desk,), kwargs={"stopped": stop.is_set}, daemon=True)
        beside.start()
    else:
        beside = threading.Thread(target=_warm, args=(desk,), daemon=True)
        session.WANTED[:] = [lambda: None if beside.ident else beside.start()]
    try:
        uvicorn.run(
            bounded(application(), desk.ways.largest),
            host=host,
            port=port,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=2,
        )
    finally:
        stop.set()
        if work:
            beside.join(_PATIENCE)


def _warm(desk: Desk) -> None:
    from django.db import DatabaseError, connections

    from servanda.desk.standing import warm

    with suppress(ServandaError, DatabaseError):  # pages say what is wrong
        warm(desk)
    connections.close_all()


def application() -> Any:
    """The desk as an ASGI application; static files are served with it."""
    from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
    from django.core.asgi import get_asgi_application
    from django.core.exceptions import SuspiciousOperation
    from django.http import Http404

    class Files(ASGIStaticFilesHandler):
        """The files of the pages; an address that leads out of their folder is not there."""

        def serve(self, request: Any) -> Any:
            try:
                return super().serve(request)
            except (SuspiciousOperation, ValueError, OSError):
                raise Http404 from None

    return Files(get_asgi_application())
