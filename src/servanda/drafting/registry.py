"""The faults that the checker knows. Each has happened to somebody; the sources stand in ``docs/checking.md``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of fault: what it costs of a term's 100 points, why it matters, how to correct it."""

    name: str
    cost: int
    why: str
    hint: str


_ALL = (
    Code(
        "no-start",
        30,
        "The energy truce of 2025 had two beginnings, 18 and 25 March, and the two sides counted each other's breaches from different days.",
        "add 'in_force: {from: ...}' with a time and a zone",
    ),
    Code(
        "no-deadline",
        30,
        "The Package of Measures of 2015 left several duties without a day; they were still being discussed in 2022.",
        "add 'deadline: signed + 14 days', or an event to count from",
    ),
    Code(
        "no-obligor",
        25,
        "A duty of everybody is nobody's: 'all sides shall withdraw' says neither who begins nor who is late.",
        "name whom it binds: 'binds: [A, B]'",
    ),
    Code(
        "no-line",
        30,
        "The Hodeidah agreement of 2018 named no geographic limits for the redeployment, and could not be verified for that reason.",
        "describe a line or a place under 'places:' and say 'in: ...'",
    ),
    Code(
        "no-unit",
        25,
        "Observers in Donbas counted explosions, the parties counted attacks: the numbers could not be compared for eight years.",
        "say what is counted: 'unit: pieces'",
    ),
    Code(
        "width-or-distance",
        30,
        "'A security zone 50 km wide' (Package of Measures, 2015) means 25 km on each side; read as a distance it reports weapons that are where they may be.",
        "use 'width:' for the whole and 'within:' for each side",
    ),
    Code(
        "vague-word",
        20,
        "ELN and government, Colombia 2017: lasting differences over what the forbidden acts were kept the mechanism from verifying.",
        "name the act, the number, the distance or the day",
    ),
    Code(
        "exception-swallows-rule",
        35,
        "Mindanao: monitors found most assaults justified as pursuit of criminals. Lebanon 2024: an open right to self-defence beside more than 10,000 recorded violations in a year.",
        "give preconditions that can each be shown: 'only_if: [...]', as the Measures of 22 July 2020 did",
    ),
    Code(
        "unverifiable",
        100,
        "Nobody can observe that an order was not given (Measures of 22 July 2020) or that an interest was not undermined (draft treaties of 2021).",
        "replace it by an act that leaves a trace, or keep it as 'unverifiable:' and expect no verdict",
    ),
    Code(
        "no-means",
        15,
        "No mission found publishes a denominator: what nobody was sent to see is undetermined whatever the parties do.",
        "name means of observation: 'observed_by: [patrol, satellite]'",
    ),
    Code(
        "circular-sequence",
        60,
        "Minsk 2015: the border only after the elections, the elections only with the border; the disagreement over the order is named as the main cause of the stall.",
        "let one step wait for nothing, or count both from a date",
    ),
    Code(
        "impossible-order",
        50,
        "A step due before what it must wait for is late on the day it is signed.",
        "move the deadline behind that of the step it waits for",
    ),
    Code(
        "contradiction",
        50,
        "What one clause orders and another forbids will be kept by each side in the half that suits it.",
        "make one the exception to the other, or part them by place or time",
    ),
    Code(
        "outside-force",
        40,
        "A duty due after the text has ended, or before it has begun, is owed to nobody: ninety days in a truce of sixty.",
        "move the deadline, or let the agreement last longer",
    ),
    Code(
        "whose-act",
        15,
        "'After each violation measures are taken': the Measures of July 2020 meant the side that fired; read literally the other answers for it too.",
        "say 'by: self', 'by: other' or who, under 'to'",
    ),
    Code(
        "number-differs",
        30,
        "The Minsk texts gave 50, 70 and 140 km; press and parties used 25, 35, 70 and 15 for the same clauses within a year.",
        "make the number of the clause and that of the text the same",
    ),
    Code(
        "claims-trigger",
        50,
        "Under resolution 2231 the word of one participant set off the snap-back of 28 August 2025. Where that is not meant, a claim must not suffice.",
        "let a confirmed breach set it off: 'when: {verdict: breached, of: [...]}'",
    ),
    Code(
        "asymmetric",
        25,
        "The Russian memorandum of June 2025 froze mobilisation and arms for one side only; as a term of a truce this must be meant, and said.",
        "bind both, add the mirror clause, or say why: 'asymmetric: ...'",
    ),
    Code(
        "readings-conflict",
        20,
        "Where the parties read a clause in two ways, every verdict that depends on it will be disputed.",
        "settle it in the text while both sides are at the table",
    ),
    Code(
        "no-baseline",
        15,
        "February 2015: the monitors saw weapons move and could not say that they were withdrawn, because nobody had told them what, from where, by which routes, to where.",
        "add a term with 'declare: {baseline: [strength, locations, routes, destinations]}'",
    ),
    Code(
        "extension-not-mutual",
        20,
        "The Jeddah proposal of 2025 could be prolonged by mutual agreement only; a prolongation by one side is a declaration.",
        "list every party under 'agreed_by', or leave the extension out",
    ),
)
CODES: dict[str, Code] = {code.name: code for code in _ALL}
