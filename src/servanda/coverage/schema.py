"""The coverage file as it is written: names, shapes and defaults. ``servanda schema coverage`` is made from this."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from servanda.coverage.model import RestsOn
from servanda.errors import Fault
from servanda.values.document import Document, Path_
from servanda.wording import did_you_mean


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


_PERCENT = re.compile(r"^\s*(\d{1,3}(?:\.\d+)?)\s*%\s*$")


def parts_of_one(value: Any) -> Any:
    """A probability in percent (``80%``) as a part of one; anything else as it is."""
    if isinstance(value, dict):
        return {key: parts_of_one(part) for key, part in value.items()}
    match = _PERCENT.match(value) if isinstance(value, str) else None
    return float(f"{float(match[1]) / 100:.12g}") if match else value


class WatchEntry(Whereabouts):
    """One watch as the file writes it."""

    @model_validator(mode="before")
    @classmethod
    def _percent(cls, data: Any) -> Any:
        if isinstance(data, dict) and "probability" in data:
            return {**data, "probability": parts_of_one(data["probability"])}
        return data

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
    sees: Annotated[_Names, Field(min_length=1)] | None = Field(
        None, description="the parties whose acts it sees; left out, everybody's"
    )
    false_alarms: float | None = Field(None, ge=0, description="how many a day")
    side: str | None = Field(
        None,
        description="the party it belongs to, or 'none'; a register of sources, or its own name, outweighs this; where there is a "
        "register that does not have it, left out it counts for nobody",
    )
    reports_every: str | None = Field(
        None, description="how often its source reports ('24 hours'); a period of which nothing came was not watched"
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


_HINTS = {
    "rests_on": "one of: test_shots, double_observers, judgement",
    "probability": "write a number above 0 and below 1, as 0.9, or {low: 0.7, high: 0.9}",
    "trials": "write [seen, of], as [17, 20]",
    "shares": "write a list of names, as [mast-3, grid-north]; [] for none",
    "sees": "write the parties' short names, as [A]; leave it out where it sees everybody's acts",
    "false_alarms": "write how many a day, as 0.02",
    "share": "write a number above 0 and up to 1",
    "watches": "name watches, or write 'all'",
}
"""What to write instead, by key."""
_LISTS: dict[str, type[BaseModel]] = {"watches": WatchEntry, "outages": GapEntry, "denials": GapEntry}


def faults_of_shape(document: Document, error: ValidationError) -> list[Fault]:
    """What is wrong with the shape of a coverage file, one fault a key.

    Args:
        document: the file.
        error: what the schema says of it.

    Returns:
        The faults, each at its line.
    """
    faults: dict[Path_, Fault] = {}
    for item in error.errors():
        at = _written(item["loc"])
        entry: type[BaseModel] = _LISTS.get(str(at[0]), CoverageFile) if len(at) > 1 else CoverageFile
        key = next((str(part) for part in reversed(at) if isinstance(part, str)), "the file")
        if item["type"] == "extra_forbidden":
            known = [field.alias or name for name, field in entry.model_fields.items()]
            hint = did_you_mean(key, known, f"one of: {', '.join(known)}")
            faults[at] = document.fault(at, f"unknown key {key!r}", hint, code="COV001")
        elif item["type"] == "missing" and at == tuple(item["loc"]):
            faults[at] = document.fault(at, f"{key!r} is missing", _HINTS.get(key, ""), code="COV002")
        else:
            what = f"not a valid {key!r}: {item['input']!r}" if len(str(item["input"])) < 60 else f"not a valid {key!r}"
            faults[at] = document.fault(at, what, _HINTS.get(key, ""), code="COV002")
    return list(faults.values())


def _written(place: tuple[int | str, ...]) -> Path_:
    """Where it stands in the file: list, number and key, without what the schema calls its own alternatives."""
    if len(place) > 2 and place[0] in _LISTS:
        return place[:3]
    return place[:2] if place and place[0] in _LISTS else place[:1]
