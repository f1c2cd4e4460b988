"""What all parts of the agreement file share: strictness, lists of one, patterns."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def as_list(value: Any) -> Any:
    """One word stands for a list of one."""
    return [value] if isinstance(value, str) else value


Codes = Annotated[list[str], BeforeValidator(as_list, json_schema_input_type=str | list[str]), Field(min_length=1)]


Answers: TypeAlias = Literal["each", "all"]
"""Whether each answer serves one trigger, or one serves all in whose time it comes."""


def _places(value: Any) -> Any:
    return {k: as_list(v) for k, v in value.items()} if isinstance(value, dict) else as_list(value)


Places = Annotated[
    list[str] | dict[str, list[str]],
    BeforeValidator(_places, json_schema_input_type=str | list[str] | dict[str, str | list[str]]),
]


class Strict(BaseModel):
    """Every word is known, nothing is converted, nothing changes."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, populate_by_name=True, allow_inf_nan=False, defer_build=True
    )


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
