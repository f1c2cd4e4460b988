"""The agreement file as it is written: names, shapes and defaults. ``servanda schema`` is made from this.

Nothing here is resolved: instants are text, places are specifications, readings are lists of changes. See
``read.py`` for what becomes of it, and ``docs/formats.md`` for examples.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from servanda.agreement.schema.base import Codes, Strict
from servanda.agreement.schema.event import Event
from servanda.agreement.schema.term import Term

STANDARDS: dict[str, float] = {
    "reasonable_suspicion": 0.25,
    "reasonable_grounds": 0.5,
    "balance_of_probabilities": 0.500001,  # "more than 0.5", in the millionths that probabilities are kept in
    "clear_and_convincing": 0.75,
    "beyond_reasonable_doubt": 0.95,
}


class Extension(Strict):
    """A prolongation that was agreed: it counts only if every party agreed."""

    for_: str = Field(alias="for")
    agreed_by: Codes
    source: str | None = None


class InForce(Strict):
    """When the agreement binds: from an instant, for a duration or until an instant."""

    from_: str = Field(alias="from", description="an instant: 2025-03-18, 2025-03-18T18:00, or 'signed'")
    for_: str | None = Field(None, alias="for", description="a duration: '30 days', '24 hours'")
    until: str | None = Field(None, description="an instant at which it ends (not included)")
    extendable: str | None = Field(None, description="how it may be extended, in words")
    extensions: list[Extension] = Field(default_factory=list, description="prolongations that were agreed")


class Confirm(Strict):
    """What confirms an incident. Each of the three ways can be switched off."""

    observation: bool = Field(True, description="one observation of a source without a side, graded well enough")
    grades: list[Literal["A", "B", "C", "D", "E", "F"]] = Field(
        ["A", "B"], description="Admiralty grades of reliability that are good enough for one observation"
    )
    origins: int = Field(2, ge=0, description="so many independent origins without a side; 0 switches this off")
    admission: bool = Field(True, description="the accused party's own admission")


class Mandate(Strict):
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


class Place(Strict):
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
    beyond: str | None = Field(None, description="a length, with 'within': without what lies nearer than this")
    width: str | None = Field(None, description="a total width, with 'of' a line: half of it on each side")
    of: str | None = Field(None, description="the line or area that 'within' and 'on_side_of' speak of")
    on_side_of: str | None = Field(None, description="with 'of': only what lies on this side of the line")
    any_of: list[str] | None = Field(None, description="all that lies in at least one of these places")
    all_of: list[str] | None = Field(None, description="what lies in every one of these places")
    not_in: list[str] | None = Field(None, description="without what lies in these places (with any_of or all_of)")
    note: str | None = None


class Weapon(Strict):
    """A weapon system that this agreement speaks of."""

    of: str = Field(description="its class, as 'howitzer'")
    calibre: str | None = Field(None, description="as '122 mm'")
    range: str | None = Field(None, description="as '15 km'")
    aliases: list[str] = Field(default_factory=list)


class ExtraCodes(Strict):
    """Codes that this agreement adds to the vocabulary, each under an existing one."""

    acts: dict[str, str] = Field(default_factory=dict)
    targets: dict[str, str] = Field(default_factory=dict)
    weapons: dict[str, Weapon] = Field(default_factory=dict)


class Amendment(Strict):
    """A later text that changes this one from an instant on."""

    title: str
    from_: str = Field(alias="from")
    changes: dict[str, Any] = Field(default_factory=dict, description="as in readings: 'terms.fire.limit.to: 0'")
    repeals: Codes | None = Field(None, description="terms that end here")
    source: str | None = None


class AgreementFile(Strict):
    """An agreement as its file writes it."""

    agreement: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", description="a short name: energy-truce-2025")
    title: str
    timezone: str = Field(description="IANA name: Europe/Kyiv; times without an offset are read in it")
    signed: str | None = Field(None, description="an instant; 'signed + 14 days' counts from it")
    parties: dict[str, str] = Field(min_length=1, description="short name: full name")
    guarantors: dict[str, str] = Field(default_factory=dict)
    third_states: dict[str, str] = Field(default_factory=dict, description="states that are not parties, and yet bound")
    bodies: dict[str, str] = Field(default_factory=dict, description="missions and commissions that the text names")
    in_force: InForce | None = Field(None, description="left out, nothing is in force: a draft")
    readings: dict[str, dict[str, Any]] = Field(
        default_factory=dict, description="per reading: what it changes, as 'in_force.from: 2025-03-25'"
    )
    mandate: Mandate = Field(default_factory=lambda: Mandate.model_validate({}))
    codes: ExtraCodes = Field(default_factory=ExtraCodes)
    places: dict[str, Place] = Field(default_factory=dict)
    events: dict[str, Event] = Field(default_factory=dict)
    amendments: dict[str, Amendment] = Field(default_factory=dict, description="in the order of their dates")
    observed_by: Codes | None = Field(None, description="means of observation that the text names for all its terms")
    terms: dict[str, Term] = Field(min_length=1)
    notes: list[str] = Field(default_factory=list, description="what a reader must know; shown in the report")
    sources: list[str] = Field(default_factory=list, description="addresses where the text was published")
