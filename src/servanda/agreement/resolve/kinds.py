"""Which kind of term a clause is."""

from __future__ import annotations

from servanda.agreement.kinds import KEYS, KEYS_WITH_DEADLINE, KINDS, TermKind
from servanda.agreement.resolve.clause import Clause


def resolve_kind(clause: Clause) -> TermKind | None:
    """The one kind that a clause is of, resolved; ``None`` where a fault was noted."""
    term = clause.term
    given = [key for key in KEYS if getattr(term, key) is not None]
    if not given:
        hint = f"add one of {', '.join(KEYS)}: 'forbid: {{act: ..., in: ...}}', or 'unverifiable: why'"
        clause.fault((), "the clause says nothing that can be checked", hint, code="AGR040")
        return None
    if len(given) > 1:
        what = f"the clause is of several kinds: {', '.join(given)}"
        clause.fault((), what, "make each a term of its own", code="AGR041")
        return None
    key = given[0]
    for kind in KINDS:
        if key not in kind.keys and any(getattr(term, beside) is not None for beside in kind.beside):
            needs = " and ".join(repr(word) for word in (*kind.keys, kind.beside[0]))
            hint = "say what sets it off and what follows"
            clause.fault((), f"a {kind.name} needs {needs}", hint, code="AGR042")
            return None
    if term.deadline and key not in KEYS_WITH_DEADLINE:
        what = "only what is required or declared has a deadline"
        clause.fault(("deadline",), what, "use 'until'", code="AGR043")
    kinds = [kind for kind in KINDS if kind.is_written(term)]
    if len(kinds) != 1:
        what = f"{key!r} must say exactly one thing"
        clause.fault((key,), what, "keep one of baseline, notice and items", code="AGR044")
        return None
    return kinds[0].resolve(clause)
