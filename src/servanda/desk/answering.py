"""One of several processes that answer (``serving.py`` begins them); it is told by the environment which mission it serves."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from uvicorn.config import STARTUP_FAILURE

from servanda.desk.configure import configure
from servanda.desk.folder import open_desk
from servanda.errors import ServandaError

FOLDER = "SERVANDA_DESK"
"""The variable of the environment that names the mission's folder."""


def process() -> Any:
    """The desk as this process answers with it; it ends where the process that began it has ended.

    Returns:
        The application (ASGI).

    Raises:
        SystemExit: the folder is none of a mission any more; all of the desk ends then.
    """
    try:
        configure(desk := open_desk(Path(os.environ[FOLDER])))
    except ServandaError as error:  # begun anew, it would end as it did
        print(f"servanda: {error}", file=sys.stderr)
        sys.exit(STARTUP_FAILURE)
    from servanda.desk.bodies import bounded
    from servanda.desk.serving import application, make_ready  # they need Django's settings

    if parent := multiprocessing.parent_process():

        def outlive() -> None:
            parent.join()
            os.kill(os.getpid(), signal.SIGTERM)

        threading.Thread(target=outlive, daemon=True).start()
    make_ready(desk)
    return bounded(application(), desk.ways.largest)
