"""Which page is whose. A page that is not yours is not there: the answer is the same as for one that never was."""

from __future__ import annotations

from collections.abc import Mapping

from servanda.incidents.guards import OUTSIDE

STAFF = frozenset({"duty", "operations", "verification", "legal", "chief"})
READERS = STAFF | {"auditor"}
SHOWN = STAFF | {"administrator"}
"""Offices that write, and are shown of it what the record holds."""
TRIAGE = frozenset({"duty", "verification", "chief"})

PAGES: Mapping[str, frozenset[str]] = {
    "queue": READERS,
    "rows": READERS,
    "case": READERS,
    "panel": READERS,
    "fresh": READERS,
    "step": STAFF,
    "preview": READERS,
    "bulk": TRIAGE,
    "parts": TRIAGE,
    "twins": READERS,
    "apart": TRIAGE,
    "patrols": READERS | {"patrol"},
    "patrol": READERS | {"patrol"},
    "shift": READERS,
    "explore": READERS,
    "tiles": READERS,
    "reports": READERS,
    "paper": READERS,
    "paper_file": READERS,
    "agreement": READERS | {"patrol"},
    "sequence": READERS | {"patrol"},
    "sources": READERS,
    "figures": READERS,
    "board": READERS,
    "verdict": READERS,
    "sign": READERS,
    "publish": frozenset({"chief"}),
    "entry": STAFF | {"patrol"},
    "own": STAFF | {"patrol"},
    "arrivals": READERS,
    "arrival": READERS,
    "arrival_file": STAFF,
    "attachment": READERS,
    "own_attachment": STAFF | {"patrol"},
    "place_map": STAFF | {"patrol"},
    "statements": READERS,
    "record": READERS,
    "demo": READERS | {"patrol"},
    "save_view": READERS,
    "admin": frozenset({"administrator", "auditor"}),
    "room": frozenset({"party"}),
    "answer": frozenset({"party"}),
    "room_file": frozenset({"party"}),
    "complain": frozenset({"party"}),
    "given": OUTSIDE,
    "given_case": OUTSIDE,
    "given_file": OUTSIDE | {"chief"},
    "packages": frozenset({"chief", "legal", "auditor"}),
    "home": READERS | {"patrol", "administrator"} | OUTSIDE,
    "events": READERS | {"patrol", "administrator"},
    "state": READERS | {"patrol"},
    "here": READERS | {"patrol", "administrator"} | OUTSIDE,
    "hand": STAFF | OUTSIDE,
    "own_key": STAFF | OUTSIDE,
    "help": READERS | {"patrol", "administrator"},
    "language": READERS | {"patrol", "administrator"} | OUTSIDE,
}
"""The name of each address, and the offices that may open it."""

HOME: Mapping[str, str] = {"patrol": "entry", "administrator": "admin", "party": "room", "guarantor": "given"}
"""Where an office begins, if not at the queue."""
