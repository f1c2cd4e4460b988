"""verdicts: what follows from the findings and the coverage.

In: an agreement, batches of reports, coverage, as-of. Out: findings per incident, and per term, party and reading one of seven
verdicts with numbered steps. It promises: pure (no clock, disk or network); the same input in any order gives the same
bytes; a party's word alone confirms nothing, but the register says whose word it is; where nobody looked nothing is complied.

* ``reports``      the reports as they are judged, and their incidents
* ``case_file``    findings with their times, to be asked; ``since``: few of its incidents, as they were and are; ``speaking``: the reports that assert incidents; ``event_times``: when events happened, when terms bind
* ``acts_counted`` how many acts the incidents of a prohibition had, where anybody counted them
* ``occurrences``  what happened under a query, when, where and how much; ``told_numbers``: in parts, and against oneself; ``refutations``: what was seen not to have been done
* ``chances/``     of several incidents together, at both ends
* ``breaches``     as guarantees count them; ``far_apart``: the most of them that are pairwise apart; ``undone``: when a deed is shown not done; ``degrees``: how far what is owed in parts is done
* ``watches``      whose the watches are, and how they stand to what others saw; ``said_beside``: what these said where a watch looked; ``coverage_words``: what was watched, in words
* ``kinds/``       how each kind of term is concluded, by a ``builder``; parts that kinds share: ``act_steps``, ``evidence_steps`` (prohibition, limit), ``hearsay_words``, ``compliance`` (what complied asks),
  ``occasions`` and ``answering`` (response, notice), ``periods``, ``across_edges``, ``counts`` and ``totals`` (limit, quota), ``delivered`` (quota), ``reconciliation`` (declared items)
* ``conclude``     all terms by their kinds' rules; from the readings' verdicts one; ``chosen``: no breach rests on what is not in the text
* ``bodies/``      what those who decide have decided: a body's finding in the place of the rule's, and steps that say so
* ``grounds/``     what a verdict rests on
* ``parts``        what a verification has beside its verdicts; ``divided/``: verdicts where findings lie elsewhere
* ``listed``       incidents in order, by their ids; ``alike``: terms that look for the same
* ``found``        all that is found, before anything is concluded; ``verify``: all of it; ``findings_table``: findings as they are written out; ``model``: verdicts as values; ``verification``: everything that one run found; ``summary``, ``summary_words``: the run in short; ``to_verify``: what to verify next
"""

from servanda.findings.no_term import NO_TERM
from servanda.findings.queries import MatchQuery, queries_of
from servanda.verdicts.model import VERDICTS, Step, Verdict, VerdictWord
from servanda.verdicts.summary import Summary, summarise
from servanda.verdicts.verification import Verification, Wanted
from servanda.verdicts.verify import verify

__all__ = [
    "NO_TERM",
    "VERDICTS",
    "MatchQuery",
    "Step",
    "Summary",
    "Verdict",
    "VerdictWord",
    "Verification",
    "Wanted",
    "queries_of",
    "summarise",
    "verify",
]
