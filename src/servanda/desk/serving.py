"""The web server: processes that answer, each with threads, and the worker beside them."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from servanda.desk import session
from servanda.desk.answering import FOLDER
from servanda.desk.bodies import bounded
from servanda.desk.folder import Desk, Gone
from servanda.desk.setup import migrate
from servanda.errors import Fault, ServandaError

_PATIENCE = 20.0
"""Seconds for which the worker is waited for at the end."""
_DEAF = 15
"""Seconds after which a process that does not stir is begun anew; so long, at most, the one that watches it may not hear that it is to end."""
_WAITING = 2048
"""How many may wait to be answered."""


def listening(host: str, port: int) -> socket.socket:
    """Listen on an address, so that nobody else can; who asks from now on waits until the pages are there.

    Args:
        host: the address.
        port: the port.

    Returns:
        The socket.

    Raises:
        ServandaError: it cannot be listened on; the fault says why.
    """
    made = None
    try:
        if not 0 < port < 65536:
            raise OverflowError("there is no such port")
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        made = socket.socket(family, kind, protocol)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.listen(_WAITING)
    except (OSError, OverflowError) as error:
        if made is not None:
            made.close()
        what = f"cannot be listened on: {getattr(error, 'strerror', None) or error}"
        hint = "a desk may be served there already; name another with --port (1 to 65535) or --host"
        raise ServandaError(Fault(f"{host}:{port}", what, hint, code="DSK072")) from None
    made.set_inheritable(True)
    return made


def serve(desk: Desk, listens: socket.socket, *, work: bool = True, processes: int = 1) -> None:
    """Serve a mission's desk until interrupted.

    Args:
        desk: the mission.
        listens: where it is asked (:func:`listening`).
        work: recompute verdicts in a thread of this process.
        processes: how many answer. One is this process; of more, each is a process of its own, which is begun anew where it dies, and this
            one, with its worker, takes no time of theirs.

    Raises:
        ServandaError: the database cannot be used; or the folder, its record or its database was taken away while it was served.
    """
    import uvicorn
    from uvicorn.supervisors import Multiprocess

    from servanda.desk.uploads import clear  # it needs Django

    migrate(desk)
    clear(desk.folder)
    stop = threading.Event()
    if work:
        from servanda.desk.working import work as worker

        beside = threading.Thread(target=worker, args=(desk,), kwargs={"stopped": stop.is_set}, daemon=True)
        beside.start()
    if processes == 1:
        make_ready(desk, work=work)
    os.environ[FOLDER] = str(desk.folder.resolve())
    alone = bounded(application(), desk.ways.largest) if processes == 1 else None
    config = uvicorn.Config(
        alone or "servanda.desk.answering:process",
        factory=alone is None,
        workers=processes,
        log_level="warning",
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=2,
        timeout_worker_healthcheck=_DEAF,
    )
    server = uvicorn.Server(config) if processes == 1 else Multiprocess(config, sockets=[listens])
    gone = Gone(desk)
    threading.Thread(target=_watch, args=(gone, stop, server), daemon=True).start()
    try:
        server.run(sockets=[listens]) if isinstance(server, uvicorn.Server) else server.run()
    finally:
        stop.set()
        if work:
            beside.join(_PATIENCE)
    if gone.fault:
        raise gone.fault


def _watch(gone: Gone, stop: threading.Event, server: Any) -> None:
    """Have a server, of one process or several, answer no more where the folder that it serves is gone, or is another."""
    while not gone():
        if stop.wait(0.5):
            return
    if isinstance(server.should_exit, threading.Event):
        server.should_exit.set()
    else:
        server.should_exit = True


def make_ready(desk: Desk, *, work: bool = False) -> None:
    """Have what many pages share there before one asks for it.

    Args:
        desk: the mission.
        work: whether a worker of this process has the session; else it is made as soon as a page could have used it.
    """
    from servanda.desk.explorer import placed
    from servanda.desk.projection import head
    from servanda.desk.standing import warm

    _beside(lambda: placed((desk.folder, (at := head()).size, at.root))).start()
    session_made = _beside(lambda: warm(desk))
    session.WANTED[:] = [] if work else [lambda: None if session_made.ident else session_made.start()]


def _beside(make: Callable[[], object]) -> threading.Thread:
    from django.db import DatabaseError, connections

    def made() -> None:
        with suppress(ServandaError, DatabaseError):  # pages say what is wrong
            make()
        connections.close_all()

    return threading.Thread(target=made, daemon=True)


def application() -> Any:
    """The desk as an ASGI application; static files are served with it."""
    from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
    from django.core.exceptions import SuspiciousOperation
    from django.http import Http404

    from servanda.desk.threads import Handler

    class Files(ASGIStaticFilesHandler):
        """The files of the pages; an address that leads out of their folder is not there."""

        def serve(self, request: Any) -> Any:
            try:
                return super().serve(request)
            except (SuspiciousOperation, ValueError, OSError):
                raise Http404 from None

    return Files(Handler())
