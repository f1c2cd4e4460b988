"""``require:`` as it is written: a duty, or a quota."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from servanda.agreement.schema.base import Pattern


class Require(Pattern):
    """What must be done: once, by the term's deadline; or so and so much in every period; or step by step."""

    at_least: float | None = Field(None, gt=0, description="how many, of 'unit'; with 'every', in each period")
    unit: str | None = Field(None, description="what is counted: lorries, persons")
    every: str | None = Field(None, description="the period: '1 day', '14 days', '1 month'")
    milestones: dict[Literal["minimal", "intermediate", "full"], Pattern] | None = Field(
        None, description="for slow legal duties: what shows levels 1, 2 and 3 of the Peace Accords Matrix"
    )
