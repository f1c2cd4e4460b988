"""The coverage file as it is written: names, shapes and defaults. ``servanda schema coverage`` is made from this."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from servanda.coverage.model import RestsOn


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, defer_build=True)


class Whereabouts(_Strict):
    """Where and when somebody was looking, or was not."""

    in_: Annotated[list[str] | None, BeforeValidator(_as_list, json_schema_input_type=str | list[str] | None)] = Field(
        None, alias="in"
    )
    at: list[float] | None = None
    radius: str | None = None
    from_: str = Field(alias="from")
    to: str
    daily: list[str] | None = Field(None, description="local times of day [from, to]: '08:00', '18:00'")
    known_at: str | None = None
    reason: str = ""


class ProbabilityEntry(_Strict):
    """An interval of a probability; its lower end counts."""

    low: float = Field(gt=0, lt=1)
    high: float = Field(gt=0, le=1)


_Names: TypeAlias = Annotated[list[str], BeforeValidator(_as_list, json_schema_input_type=str | list[str])]


class WatchEntry(Whereabouts):
    """One watch as the file writes it."""

    id: str
    who: str
    means: str
    detects: _Names
    probability: Annotated[float, Field(gt=0, lt=1)] | ProbabilityEntry | None = Field(
        None, description="that an act there and then is seen; of an interval the lower end counts; or give 'trials'"
    )
    trials: Annotated[list[int], Field(min_length=2, max_length=2)] | None = Field(
        None, description="[seen, of]: so many of so many test acts were seen; the lower end (95 %) counts"
    )
    rests_on: RestsOn | None = Field(None, description="what the probability rests on")
    shares: _Names | None = Field(
        None,
        description="what makes it fail together with others; left out, with those of its 'who' by its 'means'; [] with none",
    )
    sees: _Names | None = Field(None, description="the parties whose acts it sees; left out, everybody's")
    false_alarms: float | None = Field(None, ge=0, description="how many a day")
    side: str | None = Field(
        None, description="the party it belongs to; a register of sources, or its own name, outweighs this"
    )
    source: str = Field("", description="the name under which its reports come; left out, 'who'")


class GapEntry(Whereabouts):
    """One outage or denial as the file writes it."""

    watches: Annotated[
        list[str] | Literal["all"],
        BeforeValidator(
            lambda v: [v] if isinstance(v, str) and v != "all" else v, json_schema_input_type=str | list[str]
        ),
    ] = "all"
    share: float = Field(1.0, gt=0, le=1)
    by: str = ""


class CoverageFile(_Strict):
    """A file of coverage as it is written."""

    coverage: str = Field(description="the agreement's short name")
    watches: list[WatchEntry] = Field(default_factory=list)
    outages: list[GapEntry] = Field(default_factory=list)
    denials: list[GapEntry] = Field(default_factory=list)
    notes: list[str] = Field(default_factory=list)
