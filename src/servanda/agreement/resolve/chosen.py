"""Which parameters of a clause its makers chose, because the text gives none (``ours``), and what is written for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from servanda.agreement.model import NOT_AGREED, Chosen
from servanda.agreement.schema.term import Term
from servanda.errors import Fault
from servanda.values.document import Document, Path_
from servanda.wording import did_you_mean, listing


def chosen_of(document: Document, at: Path_, term: Term, faults: list[Fault]) -> tuple[Chosen, ...]:
    """The parameters of a clause that are not the text's; adds a fault for each that the clause does not have.

    Args:
        document: the file, or a reading or version of it.
        at: where the clause stands in it.
        term: the clause as it is written.
        faults: those found so far.

    Returns:
        Each key with what is written for it, in the order of the file.
    """
    clause: Any = document.data
    for key in at:
        clause = clause[key]
    written = _values({key: value for key, value in clause.items() if key not in ("ours", "open")})
    for key in term.ours or ():
        if key not in written:
            hint = did_you_mean(key, written, "name a key of this clause, as 'within'; 'text' for a clause of ours")
            what = f"the clause has no {key!r} that could be ours"
            faults.append(document.fault((*at, "ours"), what, hint, code="AGR055"))
    chosen = tuple(Chosen(key, written.get(key, "")) for key in dict.fromkeys(term.ours or ()))
    return (*chosen, Chosen(NOT_AGREED, listing(term.open_))) if term.open_ else chosen


def _values(clause: Mapping[str, Any]) -> dict[str, str]:
    """Every key of a clause, however deep, with what is written for it in words."""
    found: dict[str, str] = {}
    for key, value in clause.items():
        parts = value if isinstance(value, list) else [value]
        inner = [part for part in parts if isinstance(part, dict)]
        for part in inner:
            for name, words in _values(part).items():
                found[name] = f"{found[name]}, {words}" if found.get(name) not in (None, "", words) else words
        found[key] = "" if inner or key == "text" else ", ".join(str(part) for part in parts)
    return found
