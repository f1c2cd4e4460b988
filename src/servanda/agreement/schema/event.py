"""``events:`` as they are written."""

from __future__ import annotations

from pydantic import Field

from servanda.agreement.schema.base import Codes, Pattern, Strict


class Quiet(Strict):
    """A clock that starts again at every act: so long without one."""

    of: Pattern
    for_: str = Field(alias="for")
    since: str | None = Field(None, description="left out, since the agreement is in force")


class Event(Strict):
    """Something that deadlines and sequences count from. Exactly one of these."""

    on: str | None = Field(None, description="an instant")
    done: Pattern | None = Field(None, description="the first confirmed act of this kind")
    quiet: Quiet | None = None
    complied: str | None = Field(None, description="a term with a deadline, done by all whom it binds")
    all_of: Codes | None = Field(None, description="events: when the last of them has happened")
    any_of: Codes | None = Field(None, description="events: when the first of them has happened")
    text: str | None = None
