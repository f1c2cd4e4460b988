"""verdicts: what follows from the findings and the coverage.

In: an agreement, batches of reports, coverage, as-of. Out: findings per incident, and per term, party and reading one of seven
verdicts with numbered steps. It promises: pure (no clock, disk or network); the same input in any order gives the same
bytes; a party's word alone confirms nothing; where nobody looked nothing is complied.

* ``case_file``    findings with their times, to be asked; ``event_times``: when events happened, when terms bind
* ``kinds/``       how each kind of term is concluded, by a ``builder``; parts that kinds share: ``act_steps`` (prohibition, limit),
  ``occasions`` (response, notice), ``periods`` (limit, quota), ``reconciliation`` (declared items)
* ``conclude``     all terms by their kinds' rules; from the readings' verdicts one
* ``decisions``    what people decided, as steps of the verdicts
* ``verify``       all of it; ``model``: verdicts as values; ``verification``: everything that one run found; ``summary``: the run in short
"""

from servanda.findings.queries import MatchQuery, queries_of
from servanda.verdicts.model import VERDICTS, Step, Verdict, VerdictWord
from servanda.verdicts.summary import Summary, summarise
from servanda.verdicts.verification import Verification
from servanda.verdicts.verify import verify

__all__ = [
    "VERDICTS",
    "MatchQuery",
    "Step",
    "Summary",
    "Verdict",
    "VerdictWord",
    "Verification",
    "queries_of",
    "summarise",
    "verify",
]
