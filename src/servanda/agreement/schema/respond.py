"""``respond:`` as it is written."""

from __future__ import annotations

from pydantic import Field

from servanda.agreement.schema.base import Answers, Pattern, Strict


class Respond(Strict):
    """What must be done after something else, within a time."""

    to: Pattern = Field(description="the trigger; its 'by' names who, or 'self', or 'other' (another party)")
    with_: Pattern = Field(alias="with")
    within: str
    answers: Answers | None = Field(
        None,
        description="whether each answer serves one trigger ('each'), or one answer all in whose time it comes ('all'); "
        "left out, what differs is undetermined",
    )
