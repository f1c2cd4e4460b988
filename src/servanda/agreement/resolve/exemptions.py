"""The exceptions of a clause: what they ask for, and what they allow."""

from __future__ import annotations

from servanda.agreement.model import CONSENT, Exemption
from servanda.agreement.resolve.actors import MOST
from servanda.agreement.resolve.clause import only_acts
from servanda.agreement.resolve.names import Names
from servanda.agreement.schema.term import ExceptionClause, Term
from servanda.values.document import Document, Path_

_LENGTHS = {"minutes": 60_000_000, "hours": 3_600_000_000, "days": 86_400_000_000, "weeks": 604_800_000_000}


def exemptions_of(names: Names, document: Document, at: Path_, term: Term) -> tuple[tuple[Exemption, ...], bool]:
    """The exceptions of a clause.

    Args:
        names: what names mean; faults are noted there.
        document: the file.
        at: where the clause stands in it.
        term: the clause as it is written.

    Returns:
        The exceptions, and whether every name and number in them is known.
    """
    exemptions, sound = [], True
    for key, clause in (term.except_ or {}).items():
        exemption = _exemption(names, document, (*at, "except", key), key, clause)
        sound &= exemption is not None
        exemptions += [exemption] if exemption is not None else []
    if len(exemptions) > MOST:
        hint = "put those that ask for the same into one, or part the clause"
        names.fault(
            document, (*at, "except"), f"{len(exemptions)} exceptions, and {MOST} are told apart", hint, code="AGR066"
        )
        sound = False
    if term.unless is not None:
        consent = term.unless.consent_of
        sound &= names.known_actors(document, (*at, "unless", "consent_of"), consent, names.actors)
        exemptions.append(Exemption("consent", "", tuple(CONSENT + code for code in consent)))
    return tuple(exemptions), sound


def _exemption(names: Names, document: Document, at: Path_, key: str, clause: ExceptionClause) -> Exemption | None:
    """One exception; ``None`` where a fault was noted."""
    within = acts = None
    if clause.within is not None:
        length = names.duration(document, (*at, "within"), clause.within)
        if length is None:
            return None
        if length.unit not in _LENGTHS:
            hint = f"use {', '.join(_LENGTHS)}"
            names.fault(document, (*at, "within"), f"{length} has no fixed length", hint, code="AGR020")
            return None
        within = length.amount * _LENGTHS[length.unit]
    if clause.act is not None:
        allowed = names.pattern(document, (*at, "act"), only_acts(clause.act), ())
        if allowed is None:
            return None
        acts = allowed.acts
    at_most = None if clause.at_most is None else round(clause.at_most * 1000)
    return Exemption(key, clause.text or "", tuple(clause.only_if or (key,)), within, at_most, acts)
