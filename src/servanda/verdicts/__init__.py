"""verdicts: what follows from the findings and the coverage.

In: an agreement, batches of reports, coverage, as-of. Out: findings per incident, and per term, party and reading one of seven
verdicts with numbered steps. It promises: pure (no clock, disk or network); the same input in any order gives the same
bytes; a party's word alone confirms nothing; where nobody looked nothing is complied.

* ``units``     what is looked for: every pattern of every term and event, by reading
* ``match``     which reports fall under which unit, and how probably
* ``judge``, ``excuses``, ``judging``   matched reports -> findings, in batches and shares
* ``facts``     findings with their times, ready to be asked; ``moments``: when events happened
* ``caps``, ``duties``, ``pairs``, ``items``, ``guarantees``   each kind of term -> an answer (``outcome``) with its steps;
  ``periods``: what came in each
* ``conclude``  all answers; the readings' verdicts -> one; ``decided``: what people decided, told in the steps
* ``verify``    all of it
* ``model``     verdicts as values; ``summary``: a verification in short, as data
"""

from servanda.engine.local import JudgedReports, judge_reports
from servanda.findings.queries import MatchQuery, queries_of
from servanda.verdicts.model import VERDICTS, Step, Verdict, VerdictWord, Verification
from servanda.verdicts.summary import Summary, summarise
from servanda.verdicts.verify import verify

__all__ = [
    "VERDICTS",
    "JudgedReports",
    "MatchQuery",
    "Step",
    "Summary",
    "Verdict",
    "VerdictWord",
    "Verification",
    "judge_reports",
    "queries_of",
    "summarise",
    "verify",
]
