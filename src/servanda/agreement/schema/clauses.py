"""The kinds of clause as they are written: what is forbidden, required, limited, answered, declared, guaranteed."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def as_list(value: Any) -> Any:
    """One word stands for a list of one."""
    return [value] if isinstance(value, str) else value


Codes = Annotated[list[str], BeforeValidator(as_list), Field(min_length=1)]


def _places(value: Any) -> Any:
    return {k: as_list(v) for k, v in value.items()} if isinstance(value, dict) else as_list(value)


Places = Annotated[list[str] | dict[str, list[str]], BeforeValidator(_places)]


class Strict(BaseModel):
    """Every word is known, nothing is converted, nothing changes."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True, allow_inf_nan=False)


class Force(Strict):
    """Whose force it is: by nationality, command or payroll, never by its label."""

    foreign_to: str | None = Field(
        None, description="foreign to this state: nationality, command or payroll is another's"
    )
    states: Codes | None = Field(None, description="nationality, command or payroll is one of these")


class Pattern(Strict):
    """What is looked for in the evidence; what is left out may be anything."""

    act: Codes | None = Field(None, description="codes of acts; a code stands for everything below it")
    target: Codes | None = Field(None, description="codes of targets; left out, any target")
    in_: Places | None = Field(
        None, alias="in", description="places; or by party, {A: place, B: place}; left out, anywhere"
    )
    weapon: Codes | None = Field(None, description="classes or names of weapons")
    calibre: str | None = Field(None, description="a bound, as '>= 100 mm'")
    range: str | None = Field(None, description="a bound, as '<= 20 km'")
    of: Force | None = Field(None, description="whose force")
    by: Codes | None = Field(None, description="who does it, where that is not whom the term binds")


class Forbid(Pattern):
    """What must not be done."""

    act: Codes = Field(description="codes of acts; a code stands for everything below it")


class Require(Pattern):
    """What must be done: once, by the term's deadline; or so and so much in every period; or step by step."""

    at_least: float | None = Field(None, gt=0, description="how many, of 'unit'; with 'every', in each period")
    unit: str | None = Field(None, description="what is counted: lorries, persons")
    every: str | None = Field(None, description="the period: '1 day', '14 days', '1 month'")
    milestones: dict[Literal["minimal", "intermediate", "full"], Pattern] | None = Field(
        None, description="for slow legal duties: what shows levels 1, 2 and 3 of the Peace Accords Matrix"
    )


class Limit(Strict):
    """A cap. A pull-back is a cap of 0 in a place."""

    what: Pattern = Field(description="what is counted; without an act, that it is there")
    to: float = Field(ge=0, description="the most that may be there, or happen")
    unit: str | None = Field(None, description="what is counted: pieces, men")
    per: str | None = Field(None, description="for flows: the period in which it may happen so often: '1 month'")


class Respond(Strict):
    """What must be done after something else, within a time."""

    to: Pattern = Field(description="the trigger; its 'by' names who, or 'self', or 'other' (another party)")
    with_: Pattern = Field(alias="with")
    within: str


class Notice(Strict):
    """What must be announced before it is done."""

    of: Pattern
    before: str = Field(description="how long before: '14 days'")


class Items(Strict):
    """What must be where it was declared to be, item by item."""

    weapon: Codes | None = Field(None, description="classes or names of weapons; left out, all that is declared")
    sites: Codes | None = Field(None, description="names of sites; left out, all that are declared")


class Declare(Strict):
    """What must be told: a baseline, an advance notice, or the items at each site. Exactly one of the three."""

    baseline: list[Literal["strength", "locations", "routes", "destinations"]] | None = Field(None, min_length=1)
    notice: Notice | None = None
    items: Items | None = None


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


class ExceptionClause(Strict):
    """An exception: it excuses only when every one of its preconditions is shown."""

    text: str | None = None
    only_if: list[str] | None = Field(
        None, min_length=1, description="preconditions, each to be shown by evidence; left out, its own name"
    )


class Unless(Strict):
    """What lifts the duty: the consent of every named party."""

    consent_of: Codes


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


class Amendment(Strict):
    """A later text that changes this one from an instant on."""

    title: str
    from_: str = Field(alias="from")
    changes: dict[str, Any] = Field(default_factory=dict, description="as in readings: 'terms.fire.limit.to: 0'")
    repeals: Codes | None = Field(None, description="terms that end here")
    source: str | None = None


class Extension(Strict):
    """A prolongation that was agreed: it counts only if every party agreed."""

    for_: str = Field(alias="for")
    agreed_by: Codes
    source: str | None = None


KINDS = ("forbid", "require", "limit", "respond", "declare", "when", "unverifiable")
