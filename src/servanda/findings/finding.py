"""What a finding is: what is taken to have happened of one incident under one query by one party, and why."""

from __future__ import annotations

import polars as pl

from servanda.findings.exceptions import PART, UNMET

SET_ASIDE = "set_aside"
STATUS = pl.Enum(["alleged", "below", "confirmed", "excused", "open", "private", SET_ASIDE])
"""What a finding can be, in the order in which it is sorted; what is set aside, a body has set aside."""
BY_DETERMINATION = "determination"
BY = pl.Enum(["admission", BY_DETERMINATION, "observation", "origins"])
"""What confirmed it; a determination, a body's."""
FINDING: dict[str, pl.DataType] = {
    "unit": pl.UInt16(),
    "incident": pl.UInt64(),
    "party": pl.Int8(),  # index of the party, or NO_PARTY: the act, whoever did it
    "status": STATUS,
    "p": pl.Int32(),  # millionths: the greatest certainty of place and time among the origins it rests on
    "reports": pl.UInt32(),
    "origins": pl.UInt32(),
    "observers": pl.UInt32(),  # who saw it, and name the party where there is one
    "against": pl.UInt32(),  # observers who deny it, or name somebody else alone
    "by": BY,
    "contested": pl.Enum(["act", "author"]),  # what else would have been confirmed
    "exchange": pl.Boolean(),  # several parties are authors, or would be, of an act that may have more than one
    "withdrawn": pl.Boolean(),  # somebody withdrew what he had seen or acknowledged
    "answerable": pl.Boolean(),  # coverage of its place and time would answer it
    "basis_stated": pl.Boolean(),  # who names the author says on what that rests
    "excuse": pl.Int8(),  # which of the term's exceptions
    "plea": pl.Enum(["not shown", "shown"]),  # of an exception that the accused's own side invokes
    "unmet": pl.Enum(UNMET),  # why no exception excuses it, where somebody says that one does
    **PART,
}
