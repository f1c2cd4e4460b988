"""live: a verification that is kept, so that what comes changes only what it bears on.

In: an agreement, and then reports, decisions, coverage, versions, instants, in any order and batches. Out: the verdicts and incidents
that changed, and everything at any time. It promises: the same bytes as a run from nothing, after every change.

* ``session``  all of it: what can come, what there is; ``settled``: what follows from it; ``changes``: what is told of it
* ``kept``     the reports, each under the incident that fusion finds for it; which of them moved
* ``judged``   which reports people moved to another incident
* ``concluded``  which conclusions still hold
* ``found``    what was found, incident by incident, made anew for some of them
"""

from servanda.live.changes import Changes
from servanda.live.session import Session

__all__ = ["Changes", "Session"]
