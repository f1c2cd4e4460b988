"""The plain evaluator: the definitions of ``docs/verdicts.md`` in loops, to be read beside them.

It is slow and shares no code with the engine but the agreement's own data, the cells that coverage is defined on, and the
projection. The tests compare the two.

* ``looks``      what is looked for; ``names``: which names are one
* ``places``     where a report lies; ``matching``: whether it falls under what is looked for
* ``one_event``  which reports under one id can be one event
* ``evidence``   what confirms and excuses; ``incidents``: what becomes of an incident by it
* ``coverage``   who would have seen it; ``watches``: what others saw where somebody was looking
"""

from tests.reference_evaluator.coverage import Seen
from tests.reference_evaluator.evidence import bound_by, first_hand, named, weighs
from tests.reference_evaluator.incidents import Found, World
from tests.reference_evaluator.looks import GEOD, Look, Report
from tests.reference_evaluator.matching import edges, in_window, level
from tests.reference_evaluator.places import chance, drawn, in_place
from tests.reference_evaluator.watches import checked

__all__ = [
    "GEOD",
    "Found",
    "Look",
    "Report",
    "Seen",
    "World",
    "bound_by",
    "chance",
    "checked",
    "drawn",
    "edges",
    "first_hand",
    "in_place",
    "in_window",
    "level",
    "named",
    "weighs",
]
