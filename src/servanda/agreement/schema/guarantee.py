"""``when:``, ``then:`` and ``void_if:`` as they are written."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from servanda.agreement.schema.base import Codes, Strict


class Trigger(Strict):
    """What sets a guarantee off, or voids it: an event, or verdicts."""

    event: str | None = None
    verdict: Literal["breached"] | None = None
    of: Codes | None = Field(None, description="terms")
    party: str | None = Field(None, description="by whom; left out, by anyone")
    at_least: int = Field(1, ge=1, description="so many confirmed incidents")


class Consequence(Strict):
    """What then follows: a guarantor does something, or something takes effect by itself."""

    by: str | None = Field(None, description="who must do it")
    do: Codes | None = Field(None, description="codes of acts")
    effect: str | None = Field(None, description="what takes effect by itself when the time has run out, in words")
    within: str
    unless: str | None = Field(None, description="an event that stops it (reverse veto)")
