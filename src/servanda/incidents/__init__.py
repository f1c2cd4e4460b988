"""incidents: reports into what happened.

In: batches of reports. Out: incidents with their members, independent origins and denials. It promises: the same reports in
any order and any batches give the same incidents with the same ids; an incident counts independent origins, not reports.

Where nobody asks for fusion, an incident is the reports that carry a common incident id, or exact repeats.

* ``pairs``, ``likelihood``, ``cluster``   which reports could be one event; how much speaks for it; groups, with how sure they are
* ``fuse``, ``fused``   all of it, bit by bit; the tables that come of it
* ``origins``, ``changes``, ``grading``, ``told``   who said so first and how many did; what changed on the way; estimated grades; all of it
* ``keys``      which reports speak of one incident; stable ids
* ``describe``  incidents with their members, sources and denials
* ``decided``   merges, splits and grades that people decided; the lives of incidents
"""

from servanda.incidents.describe import BRIEF, describe, members_of, standing
from servanda.incidents.identity import incident_ids, key_of, with_keys

__all__ = ["BRIEF", "describe", "incident_ids", "key_of", "members_of", "standing", "with_keys"]
