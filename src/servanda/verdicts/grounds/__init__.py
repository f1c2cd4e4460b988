"""grounds: what a verdict rests on.

* ``rests_on``  the smallest sets of sources, watches and determinations without which it would be another
* ``without``   what would be found without some of them, incident by incident; ``voices``: who speaks of which incident
"""
