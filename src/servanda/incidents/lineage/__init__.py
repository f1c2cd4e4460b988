"""Who said so first, how many independent origins there are, and what changed from relay to relay.

* ``relays``       who relayed whom, and which text a report repeats
* ``origins``      how many independent origins an incident has
* ``distortions``  where relays of one origin disagree, and reports that may belong to another incident
* ``grading``      grades of sources and reports, estimated
* ``claims``       who accuses whom, admits, denies or saw what; ``earliest``: the earliest of it, a set; ``first``: both, for each reading
* ``report``       all of it, as the tables of a lineage report
"""
