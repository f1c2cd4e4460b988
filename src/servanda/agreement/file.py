"""The agreement file as it is written: names, shapes and defaults. ``servanda schema`` is made from this.

Nothing here is resolved: instants are text, places are specifications, readings are lists of changes. See
``compile.py`` for what becomes of it, and ``docs/formats.md`` for examples.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Codes = Annotated[list[str], BeforeValidator(_as_list), Field(min_length=1)]
STANDARDS: dict[str, float] = {
    "reasonable_suspicion": 0.25,
    "reasonable_grounds": 0.5,
    "balance_of_probabilities": 0.500001,  # "more than 0.5", in the millionths that probabilities are kept in
    "clear_and_convincing": 0.75,
    "beyond_reasonable_doubt": 0.95,
}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)


class InForce(_Strict):
    """When the agreement binds: from an instant, for a duration or until an instant."""

    from_: str = Field(alias="from", description="an instant: 2025-03-18, 2025-03-18T18:00, or 'signed'")
    for_: str | None = Field(None, alias="for", description="a duration: '30 days', '24 hours'")
    until: str | None = Field(None, description="an instant at which it ends (not included)")
    extendable: str | None = Field(None, description="how it may be extended, in words")


class Confirm(_Strict):
    """What confirms an incident. Each of the three ways can be switched off."""

    observation: bool = Field(True, description="one observation of a source without a side, graded well enough")
    grades: list[Literal["A", "B", "C", "D", "E", "F"]] = Field(
        ["A", "B"], description="Admiralty grades of reliability that are good enough for one observation"
    )
    origins: int = Field(2, ge=0, description="so many independent origins without a side; 0 switches this off")
    admission: bool = Field(True, description="the accused party's own admission")


class Mandate(_Strict):
    """What the mechanism may find, and how sure it must be."""

    standard: str | float = Field(
        "balance_of_probabilities",
        description="standard of proof: one of " + ", ".join(STANDARDS) + ", or a number above 0 and up to 1",
    )
    detection: float = Field(
        0.9, gt=0, le=1, description="probability of detection that coverage must reach for 'complied'"
    )
    attribution: bool = Field(True, description="whether the mechanism may say which party did it")
    confirm: Confirm = Field(default_factory=lambda: Confirm.model_validate({}))


class Place(_Strict):
    """One place, in exactly one of the ways below."""

    file: str | None = Field(None, description="a GeoJSON or GeoPackage file beside the agreement (WGS 84)")
    id: str | int | None = Field(None, description="which feature of the file: its id, or its property 'id' or 'name'")
    sides: dict[Literal["left", "right"], str] | None = Field(
        None, description="for a line: the names of its sides, looking along its direction"
    )
    at: list[float] | None = Field(None, description="[latitude, longitude] of a point")
    radius: str | None = Field(None, description="with 'at': all within this length")
    polygon: list[list[float]] | None = Field(None, description="corners as [latitude, longitude]")
    line: list[list[float]] | None = Field(None, description="vertices as [latitude, longitude]")
    within: str | None = Field(None, description="a length, with 'of': all within it of a line or an area")
    of: str | None = Field(None, description="the line or area that 'within' and 'on_side_of' speak of")
    on_side_of: str | None = Field(None, description="with 'of': only what lies on this side of the line")
    any_of: list[str] | None = Field(None, description="all that lies in at least one of these places")
    all_of: list[str] | None = Field(None, description="what lies in every one of these places")
    not_in: list[str] | None = Field(None, description="without what lies in these places (with any_of or all_of)")
    note: str | None = None


class ExtraCodes(_Strict):
    """Codes that this agreement adds to the vocabulary, each under an existing one."""

    acts: dict[str, str] = Field(default_factory=dict)
    targets: dict[str, str] = Field(default_factory=dict)


class Forbid(_Strict):
    """What must not be done."""

    act: Codes = Field(description="codes of acts; a code stands for everything below it")
    target: Codes | None = Field(None, description="codes of targets; left out, any target")
    in_: Codes | None = Field(None, alias="in", description="places; left out, anywhere")


class ExceptionClause(_Strict):
    """An exception: it excuses only when every one of its preconditions is shown."""

    text: str | None = None
    only_if: list[str] = Field(min_length=1, description="names of preconditions, each to be shown by evidence")


class Term(_Strict):
    """One obligation. Exactly one kind: this version judges ``forbid``."""

    text: str = Field(description="the clause in its own words")
    title: str | None = Field(None, description="a few words for headings; left out, the term's short name")
    source: str | None = Field(None, description="where the clause is written")
    forbid: Forbid | None = None
    binds: Codes | None = Field(None, description="parties; left out, all of them")
    from_: str | None = Field(
        None, alias="from", description="when later than the agreement: '2025-04-01', 'signed + 14 days'"
    )
    until: str | None = None
    except_: dict[str, ExceptionClause] | None = Field(None, alias="except")


class AgreementFile(_Strict):
    """The whole file."""

    agreement: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", description="a short name: energy-truce-2025")
    title: str
    timezone: str = Field(description="IANA name: Europe/Kyiv; times without an offset are read in it")
    signed: str | None = Field(None, description="an instant; 'signed + 14 days' counts from it")
    parties: dict[str, str] = Field(min_length=1, description="short name: full name")
    guarantors: dict[str, str] = Field(default_factory=dict)
    in_force: InForce
    readings: dict[str, dict[str, Any]] = Field(
        default_factory=dict, description="per reading: what it changes, as 'in_force.from: 2025-03-25'"
    )
    mandate: Mandate = Field(default_factory=lambda: Mandate.model_validate({}))
    codes: ExtraCodes = Field(default_factory=ExtraCodes)
    places: dict[str, Place] = Field(default_factory=dict)
    terms: dict[str, Term] = Field(min_length=1)
    notes: list[str] = Field(default_factory=list, description="what a reader must know; shown in the report")
    sources: list[str] = Field(default_factory=list, description="addresses where the text was published")


LATER_KINDS = ("require", "limit", "respond", "declare", "when", "only_after", "unless")
"""Kinds of term that have their room in the language and are not judged by this version."""
