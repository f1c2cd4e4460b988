"""Which page is whose. A page that is not yours is not there: the answer is the same as for one that never was."""

from __future__ import annotations

from collections.abc import Mapping

STAFF = frozenset({"duty", "operations", "verification", "legal", "chief"})
READERS = STAFF | {"auditor"}

PAGES: Mapping[str, frozenset[str]] = {
    "queue": READERS,
    "rows": READERS,
    "case": READERS,
    "panel": READERS,
    "fresh": READERS,
    "step": STAFF,
    "preview": READERS,
    "bulk": frozenset({"duty", "verification", "chief"}),
    "board": READERS,
    "verdict": READERS,
    "sign": READERS,
    "publish": frozenset({"chief"}),
    "entry": STAFF | {"patrol"},
    "own": STAFF | {"patrol"},
    "record": READERS,
    "save_view": READERS,
    "admin": frozenset({"administrator", "auditor"}),
    "home": READERS | {"patrol", "administrator"},
    "events": READERS | {"patrol", "administrator"},
    "state": READERS | {"patrol"},
    "help": READERS | {"patrol", "administrator"},
}
"""The name of each address, and the offices that may open it."""

HOME: Mapping[str, str] = {"patrol": "entry", "administrator": "admin"}
"""Where an office begins, if not at the queue."""
