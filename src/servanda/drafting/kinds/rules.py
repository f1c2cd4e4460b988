"""What every kind of term says to the checker of drafts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from servanda.agreement import Pattern, Term, Text
from servanda.agreement.kinds import TermKind
from servanda.drafting.draft import Draft, Report


def _no_deeds(kind: TermKind) -> tuple[Pattern, ...]:
    return ()


def _no_amount(kind: TermKind) -> int | None:
    return None


def _no(kind: TermKind) -> bool:
    return False


def no_clash(term: Term, other: Term, deeds: tuple[Pattern, ...], who: str) -> str | None:
    """No term of such a kind stands against another.

    Args:
        term: the term.
        other: another.
        deeds: what the other asks to be done.
        who: whom both bind.

    Returns:
        Nothing.
    """
    return None


@dataclass(frozen=True, slots=True)
class DraftRules:
    """What one kind of term demands of a draft.

    Attributes:
        diagnose: what is wrong with one term of this kind that could not be wrong with another kind.
        deeds: what such a term asks to be done.
        amount: the number that its clause gives, in thousandths; ``None`` where it gives none.
        declares: whether it makes somebody say what there is.
        moves_weapons: whether weapons are to be moved or limited, so that somebody must say what there is.
        clashes: why such a term cannot be kept beside another with which it shares people, place and time; it is given both, what
            the other asks to be done, and the names of those people.
    """

    diagnose: Callable[[Draft, Text, Term], Iterator[Report]]
    deeds: Callable[[TermKind], tuple[Pattern, ...]] = _no_deeds
    amount: Callable[[TermKind], int | None] = _no_amount
    declares: Callable[[TermKind], bool] = _no
    moves_weapons: Callable[[TermKind], bool] = _no
    clashes: Callable[[Term, Term, tuple[Pattern, ...], str], str | None] = no_clash
