"""``limit:`` as it is written."""

from __future__ import annotations

from pydantic import Field

from servanda.agreement.schema.base import Pattern, Strict


class Limit(Strict):
    """A cap. A pull-back is a cap of 0 in a place."""

    what: Pattern = Field(description="what is counted; without an act, that it is there")
    to: float = Field(ge=0, description="the most that may be there, or happen")
    unit: str | None = Field(None, description="what is counted: pieces, men")
    holds: str | None = Field(
        None,
        description="how long what was counted may still be there ('7 days'); left out, until its place is counted again",
    )
    per: str | None = Field(None, description="for flows: the period in which it may happen so often: '1 month'")
