"""Standards of proof: each is a kind of evidence, and the least certainty of place and time that goes with it.

The numbers are ours; no tribunal uses them. ``docs/verdicts.md`` has the table that these values are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Contrary = Literal["ignored", "outnumbered", "any"]
"""When observers against it contest an incident: never; when those for it do not outnumber them; always."""


@dataclass(frozen=True, slots=True)
class Standard:
    """What confirms, as the act and as a party's alike.

    ``certainty``: the least of place and time, in millionths. ``observers``: so many suffice, ``by_means``: by different means;
    ``origins``: so many that weigh suffice; 0: no number does. ``trace``: the act leaves a physical trace or a recording, and the
    author is named on a stated basis. ``admission_confirms_act``: an admission confirms the act too, and does not only
    give the author of an act that is confirmed otherwise.
    """

    certainty: int
    observers: int
    origins: int
    contrary: Contrary
    by_means: bool = False
    trace: bool = False
    admission_confirms_act: bool = True


DEFAULT_STANDARD = "balance_of_probabilities"
STANDARDS: Mapping[str, Standard] = MappingProxyType(
    {
        "reasonable_suspicion": Standard(250_000, observers=1, origins=1, contrary="ignored"),
        "reasonable_grounds": Standard(500_000, observers=1, origins=2, contrary="outnumbered"),
        # "more than 0.5", in the millionths that certainties are kept in
        "balance_of_probabilities": Standard(500_001, observers=1, origins=2, contrary="outnumbered"),
        "clear_and_convincing": Standard(
            750_000, observers=2, origins=0, contrary="any", by_means=True, admission_confirms_act=False
        ),
        "beyond_reasonable_doubt": Standard(
            950_000, observers=2, origins=0, contrary="any", by_means=True, trace=True, admission_confirms_act=False
        ),
    }
)
