"""incidents: reports into what happened.

In: batches of reports. Out: incidents with their members, independent origins and denials. It promises: the same reports in
any order and any batches give the same incidents with the same ids; an incident counts independent origins, not reports.

Where nobody asks for fusion, an incident is the reports that carry a common incident id, or exact repeats.

* ``identity``   which reports speak of one incident; stable ids
* ``parted``     reports under one id that cannot be one event
* ``fusion/``    record linkage: ``blocking`` (which reports could be one event), ``likelihood`` (how much speaks for it), ``cluster``
  (groups, with how sure they are), ``linker`` (all of it, bit by bit), ``tables`` (what comes of it)
* ``lineage/``   ``relays`` (who said so first), ``origins`` (how many did), ``distortions`` (what changed on the way), ``grading``
  (estimated grades), ``report`` (all of it)
* ``doubts``     how many incidents there may be where fusion is unsure
* ``describe``   incidents with their members, sources and denials
* ``telling``    what a report tells of: something, nothing, or only a warning
* ``decisions``  merges, splits and grades that people decided; the lives of incidents
* ``guards``     who may take which step of an incident's life now
* ``followed``   where the incidents lie that people decided about
* ``determinations``  what a body determined of an incident, and whether that stands for the finding

Work that can be divided runs by an ordered map that is handed in (``values.ordered_map``).
"""

from servanda.incidents.describe import BRIEF, describe, divided, members_of, named, standing
from servanda.incidents.identity import KeyClash, Keys, no_clash

__all__ = ["BRIEF", "KeyClash", "Keys", "describe", "divided", "members_of", "named", "no_clash", "standing"]
