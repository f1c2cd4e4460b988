"""The web server: one process with threads, and the worker beside it."""

from __future__ import annotations

import threading
from typing import Any

from servanda.desk.bodies import bounded
from servanda.desk.folder import Desk
from servanda.desk.setup import migrate


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
        from servanda.desk.standing import work as worker

        threading.Thread(target=worker, args=(desk,), kwargs={"stopped": stop.is_set}, daemon=True).start()
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
