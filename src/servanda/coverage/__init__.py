"""coverage: who could have seen what, where and when.

In: watches (patrols, cameras, satellites, alert systems), outages, denials of access. Out: for a place, a window and
some kinds of act, the probability that one would have been seen. It promises: an outage or a denial lowers it and
never raises it; where nobody was looking it is 0.

* ``model``    watches and gaps
* ``read``     the coverage file (YAML, or a CSV patrol log)
* ``measure``  the number, the time line, the map, the least covered part
"""

from servanda.coverage.measure import Cells, Measured, measure, unseen_at_most
from servanda.coverage.model import Coverage, Gap, Watch
from servanda.coverage.read import read_coverage

__all__ = ["Cells", "Coverage", "Gap", "Measured", "Watch", "measure", "read_coverage", "unseen_at_most"]
