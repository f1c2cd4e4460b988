"""verdicts: what follows from the findings and the coverage.

In: an agreement, batches of reports, coverage, as-of. Out: findings per incident, and per term, party and reading one of seven
verdicts with numbered steps. It promises: pure (no clock, disk or network); the same input in any order gives the same
bytes; a party's word alone confirms nothing; where nobody looked nothing is complied.

* ``units``     what is judged: term x reading x window
* ``match``     which reports fall under which unit, and how probably
* ``judge``     matched reports -> findings
* ``conclude``  findings and coverage -> a verdict and its steps
* ``verify``    all of it
* ``model``     verdicts as values
"""

from servanda.verdicts.model import VERDICTS, Step, Verdict, VerdictWord, Verification
from servanda.verdicts.units import Unit, units_of
from servanda.verdicts.verify import Judged, judge_reports, verify

__all__ = [
    "VERDICTS",
    "Judged",
    "Step",
    "Unit",
    "Verdict",
    "VerdictWord",
    "Verification",
    "judge_reports",
    "units_of",
    "verify",
]
