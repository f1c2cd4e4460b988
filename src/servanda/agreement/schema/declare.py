"""``declare:`` as it is written: a baseline, an advance notice, or items at their sites."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from servanda.agreement.schema.base import Answers, Codes, Pattern, Strict


class Notice(Strict):
    """What must be announced before it is done."""

    of: Pattern
    before: str = Field(description="how long before, at the least: '14 days'")
    at_most: str | None = Field(
        None, description="how long before, at the most: '60 days'; an earlier notice announces nothing"
    )
    answers: Answers | None = Field(
        None,
        description="whether each notice announces one activity ('each'), or one notice all in whose time it comes "
        "('all'); left out, what differs is undetermined",
    )


class Items(Strict):
    """What must be where it was declared to be, item by item."""

    weapon: Codes | None = Field(None, description="classes or names of weapons; left out, all that is declared")
    sites: Codes | None = Field(None, description="names of sites; left out, all that are declared")


class Declare(Strict):
    """What must be told: a baseline, an advance notice, or the items at each site. Exactly one of the three."""

    baseline: list[Literal["strength", "locations", "routes", "destinations"]] | None = Field(None, min_length=1)
    notice: Notice | None = None
    items: Items | None = None
