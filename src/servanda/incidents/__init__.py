"""incidents: reports into what happened.

In: batches of reports. Out: incidents with their members, independent origins and denials. It promises: the same reports in
any order and any batches give the same incidents with the same ids; an incident counts independent origins, not reports.

Until fusion is built, an incident is the reports that carry a common incident id, or exact repeats.

* ``keys``      which reports speak of one incident; stable ids
* ``describe``  incidents with their members, sources and denials
* ``decided``   merges, splits and grades that people decided; the lives of incidents
"""

from servanda.incidents.describe import BRIEF, describe, members_of, standing
from servanda.incidents.keys import incident_ids, key_of, with_keys

__all__ = ["BRIEF", "describe", "incident_ids", "key_of", "members_of", "standing", "with_keys"]
