"""figures: counts that somebody published, as data: what may be compared, what may be added, and what is wrong with a sum.

In: the figure table of ``evidence``. Out: counts (copies of one statement together) and remarks on them, as data with the reason. It
promises: nothing is ever compared or added that differs in unit, window, area or way of counting; every refusal says why; no figure
becomes a finding unless the mandate says whose counts are evidence.

* ``published_counts``  rows -> counts: who, what, when, where, made of what
* ``remarks``           sums of components, cumulative series, two numbers for one thing, one event in two totals; ``over_time``: totals
  and their days
* ``as_reports``        counts as reports, where the mandate says whose are evidence
* ``compare``           pairs of counts: comparable or not, and why not; what may be added
"""

from servanda.figures.compare import Comparison, added, compared
from servanda.figures.published_counts import (
    Component,
    PublishedCount,
    Remark,
    changes_without_a_number,
    published_counts_of,
)
from servanda.figures.remarks import remarks_on

__all__ = [
    "Comparison",
    "Component",
    "PublishedCount",
    "Remark",
    "added",
    "changes_without_a_number",
    "compared",
    "published_counts_of",
    "remarks_on",
]
