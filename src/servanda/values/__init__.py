"""values: the small words everything else is said in. Imports nothing of ours but the errors.

* ``time``      instants (UTC inside), durations, half-open intervals
* ``frame``     the projection of one agreement, and points in it
* ``edges``     the nearest edge of a line or outline, for many points at once
* ``space``     places, lines, sides; signed distances to their edges
* ``locate``    the probability that an uncertain position lies in a place, for many reports at once
* ``codes``     the vocabulary of acts and targets, as trees
* ``quantity``  lengths with their units
* ``document``  YAML that remembers line and column
* ``parallel``  the same to many things at once, results in order
"""
