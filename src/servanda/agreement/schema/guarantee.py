"""``when:``, ``then:`` and ``void_if:`` as they are written."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from servanda.agreement.schema.base import Codes, Strict


class Apart(Strict):
    """What is nearer than this, in time and place, is one breach, however it is numbered."""

    time: str = Field("1 hour", description="'1 hour'")
    distance: str = Field("1 km", description="'1 km'")


class Trigger(Strict):
    """What sets a guarantee off, or voids it: an event, or verdicts."""

    event: str | None = None
    verdict: Literal["breached"] | None = None
    of: Codes | None = Field(None, description="terms")
    party: str | None = Field(None, description="by whom; left out, by anyone")
    at_least: int = Field(1, ge=1, description="so many breaches, shown as a count")
    within: str | None = Field(None, description="the time in which all of them come about: '24 hours'; left out, any")
    apart: Apart | None = Field(
        None,
        description="breaches nearer to each other than this are one; left out, one hour and one kilometre for what is to take effect",
    )
    severity: str | None = Field(
        None, description="a word of the mandate's scale: only breaches that a body assessed as grave as this count"
    )


class Consequence(Strict):
    """What then follows: a guarantor does something, or the condition of an effect is met."""

    by: str | None = Field(None, description="who must do it")
    do: Codes | None = Field(None, description="codes of acts")
    effect: str | None = Field(
        None, description="that of which the condition is met when the time has run out, in words"
    )
    within: str
    unless: str | None = Field(None, description="an event that stops it (reverse veto)")
