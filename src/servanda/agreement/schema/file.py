"""The agreement file as it is written: names, shapes and defaults. ``servanda schema`` is made from this.

Nothing here is resolved: instants are text, places are specifications, readings are lists of changes. See
``read.py`` for what becomes of it, and ``docs/formats.md`` for examples.
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from pydantic import ConfigDict, Field

from servanda.agreement.schema.base import Codes, Strict
from servanda.agreement.schema.event import Event
from servanda.agreement.schema.term import Term
from servanda.agreement.standards import DEFAULT_STANDARD, STANDARDS


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
    """What of the standard's ways confirms. Each of the three can be switched off, or ask for more."""

    observation: bool = Field(True, description="observations of sources without a side, graded well enough")
    grades: list[Literal["A", "B", "C", "D", "E", "F"]] = Field(
        ["A", "B"], description="Admiralty grades of reliability that make the source of an observation an observer"
    )
    weighing: list[Literal["A", "B", "C", "F"]] = Field(
        ["A", "B", "C"],
        description="grades of sources whose word weighs, beside those that nobody graded; D and E never do",
    )
    origins: int | None = Field(
        None,
        ge=0,
        description="so many independent origins that weigh; left out, the standard's number; 0 switches this off",
    )
    admission: bool = Field(True, description="the word of who binds the accused party")


class Tolerance(Strict):
    """How much may be unwatched where nothing was seen."""

    share: float = Field(ge=0, lt=1, description="of area and time together, and of each hour of the local day")
    area: str | None = Field(None, description="the greatest area that may be unwatched at once: '4 km2'")
    time: str | None = Field(None, description="the longest that any part may be unwatched: '1 hour'")


Decides: TypeAlias = Literal["body", "rule"]
"""Whose answer is the finding: that of a body that determined it through its steps, or always the rule's."""


class ReportingDay(Strict):
    """When the mission's day ends."""

    ends: str = Field(description="the time of day at which a reporting day ends, and is dated: '19:30'; or '24:00'")
    zone: str | None = Field(None, description="whose clock it is: an IANA name; left out, the agreement's own zone")


class Mandate(Strict):
    """What the mechanism may find, and how sure it must be."""

    standard: str | float = Field(
        DEFAULT_STANDARD,
        description="standard of proof, which is a kind of evidence: one of "
        + ", ".join(STANDARDS)
        + f"; or a number above 0 and up to 1, which is a certainty with the rule of {DEFAULT_STANDARD}",
    )
    certainty: float | None = Field(
        None, gt=0, le=1, description="the least certainty of place and time; left out, the standard's own"
    )
    detection: float = Field(
        0.9, gt=0, le=1, description="probability with which an act must have been seen where a place counts as watched"
    )
    tolerance: Tolerance | None = Field(
        None, description="what may be unwatched for 'complied' all the same; left out, nothing"
    )
    exposure: str = Field(
        "24 hours",
        description="how long must have been watched before anything is 'complied'; at most the whole window",
    )
    attribution: bool = Field(
        True,
        description="whether the mechanism may say which party did it; left out, it does, and every output says so",
    )
    severity: list[str] = Field(
        default_factory=list, description="how grave acts are, rising, as bodies assess them: [minor, serious, grave]"
    )
    reporting_day: ReportingDay | None = Field(
        None, description="the days, weeks and months in which the mission counts; left out, they end at midnight"
    )
    figures: list[str] | Literal["all"] = Field(
        default_factory=list,
        description="whose published counts are evidence, as reports of acts: the names of claimants, or all; left out, nobody's",
    )
    decides: Decides | None = Field(
        None,
        description="whose answer is the finding: a body's that determined it through its steps, or always the rule's; left out, a body's where the agreement names any",
    )
    confirm: Confirm = Field(default_factory=lambda: Confirm.model_validate({}))


class Place(Strict):
    """One place, in exactly one of the ways below."""

    file: str | None = Field(
        None,
        description="a map beside the agreement: GeoJSON, GeoPackage, KML, KMZ, a shapefile (.shp, or zipped), FlatGeobuf",
    )
    id: str | int | None = Field(
        None, description="which feature of the file: its id, a code or a name of it; left out, the only one"
    )
    layer: str | None = Field(None, description="which layer of the file; left out, the one that has the feature")
    by: str | None = Field(
        None, description="which column 'id' stands in, as ADM1_EN; left out, any that names features"
    )
    date: str | None = Field(None, description="the day of a snapshot, as 2025-04-18, where the file has several")
    crs: str | None = Field(
        None, description="the coordinate system, as EPSG:32637, of a file that does not say its own"
    )
    sides: dict[Literal["left", "right"], str] | None = Field(
        None, description="for a line: the names of its sides, looking along its direction"
    )
    at: list[float] | None = Field(None, description="[latitude, longitude] of a point")
    radius: str | None = Field(None, description="with 'at', or a point of a file: all within this length")
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


class Reading(Strict):
    """One reading of the text: whose it is, since when, and what it changes, each by its path."""

    model_config = ConfigDict(extra="allow")

    of: Codes | None = Field(None, description="whose reading it is: short names of actors")
    since: str | None = Field(None, description="an instant: when it was entered; an act before it did not know of it")


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
    names: dict[str, list[str]] = Field(
        default_factory=dict,
        description="other names of those above, by their short names: adjectives, forces, abbreviations, in any script; each is that actor's own name wherever evidence names somebody",
    )
    in_force: InForce | None = Field(None, description="left out, nothing is in force: a draft")
    readings: dict[str, Reading] = Field(
        default_factory=dict,
        description="per reading: what it changes, as 'in_force.from: 2025-03-25'; 'of' and 'since' say whose it is and since when",
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
