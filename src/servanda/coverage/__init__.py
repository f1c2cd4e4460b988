"""coverage: who could have seen what, where and when.

In: watches (patrols, cameras, satellites, alert systems), outages, denials of access. Out: for a place, a window and
some kinds of act, the probability that one would have been seen. It promises: an outage or a denial lowers it and
never raises it; where nobody was looking it is 0; another watch never lowers it.

* ``model``     watches and gaps
* ``read``      the coverage file (YAML, or a CSV patrol log), ``schema``: as it is written, ``log_rows``: rows of a log
* ``shifts``    hours of a day on each of many days
* ``reported``  a watch only where its source reported
* ``odds``      what so many seen of so many say of a probability
* ``together``  watches that fail together
* ``cells``     the parts of a place, and what of each is covered
* ``measure``   the number, what was watched, the time line, the map
* ``holes``     what was not watched
* ``looking``   when a watch was looking
* ``idle``      watches that can show nothing
"""

from servanda.coverage.cells import Cells
from servanda.coverage.holes import Holes
from servanda.coverage.idle import idle_watches
from servanda.coverage.looking import looking
from servanda.coverage.measure import Measured, measure
from servanda.coverage.model import UNTOLD, WITHOUT_SIDE, Coverage, Gap, Watch
from servanda.coverage.odds import lower_end, upper_end
from servanda.coverage.read import read_coverage
from servanda.coverage.reported import only_reported

__all__ = [
    "UNTOLD",
    "WITHOUT_SIDE",
    "Cells",
    "Coverage",
    "Gap",
    "Holes",
    "Measured",
    "Watch",
    "idle_watches",
    "looking",
    "lower_end",
    "measure",
    "only_reported",
    "read_coverage",
    "upper_end",
]
