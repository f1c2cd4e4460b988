"""Who stands where: sides by terms, every cell with the statements it rests on and how many independent origins those have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from servanda.statements.align import Aligned
from servanda.statements.extract import Statement
from servanda.statements.finder import FOUND
from servanda.statements.stances import STANCES, Stance

NOT_TOLD = ""
"""The side of speakers of whom no document tells whose they are."""


@dataclass(frozen=True)
class Stand:
    """One stance of one side on one term. ``origins``: occasions, each once however many documents relay it; ``statements``: quotations first; ``by_word_of``: who tells of
    it, where nobody of that side does; ``bent``: statements of it that others contradict; they count for no origin.
    """

    side: str
    term: str
    stance: Stance
    origins: int
    documents: int
    statements: tuple[Statement, ...]
    by_word_of: tuple[str, ...] = ()
    bent: tuple[str, ...] = ()

    @property
    def known(self) -> str:
        """How the side is known: *told* where words tell it in one statement at least, else *inferred*; empty where nobody says."""
        how = {s.known for s in self.statements} if self.side else set()
        return next((one for one in ("told", "inferred") if one in how), "")

    @property
    def found(self) -> bool:
        """Whether it rests on nothing but what the finder found, where no rule did."""
        return all(s.read_by == FOUND for s in self.statements)


def stands(statements: Sequence[Statement], aligned: Aligned, names: Mapping[str, str]) -> list[Stand]:
    """The cells of the matrix.

    Args:
        statements: the statements of all documents.
        aligned: which of them are one saying.
        names: the sides in the order in which they come first, each with its name.

    Returns:
        The cells in the order of sides, terms, and stances by their origins.
    """
    cells: dict[tuple[str, str, Stance], list[Statement]] = {}
    bent = {(c.statement, c.term) for c in aligned.changes if c.kind == "bent"}
    for s in statements:
        if not s.speaker or (s.teller != s.speaker and not (s.by_word or s.own_side)):
            continue  # what one says that another holds stands in nobody's cell
        for term, stance in s.stances:
            if s.by_word and not s.own_side and stance != "accepts":
                continue
            for side in s.side.split("; "):
                cells.setdefault((side, term, stance), []).append(s)
    out = [
        Stand(
            side,
            term,
            stance,
            len({aligned.occasion_of[s.id] for s in group if (s.id, term) not in bent}),
            len({s.document for s in group if (s.id, term) not in bent}),
            tuple(sorted(group, key=lambda s: ((s.id, term) in bent, s.by_word, not s.direct, s.id))),
            tuple(dict.fromkeys(s.teller for s in group)) if all(s.by_word and not s.own_side for s in group) else (),
            tuple(s.id for s in group if (s.id, term) in bent),
        )
        for (side, term, stance), group in cells.items()
    ]
    first = list(names)
    return sorted(
        out,
        key=lambda c: (
            c.side == NOT_TOLD,
            first.index(c.side) if c.side in first else len(first),
            c.side,
            c.term,
            c.stance == "speaks of",
            -c.origins,
            STANCES.index(c.stance),
        ),
    )
