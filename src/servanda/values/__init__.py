"""values: the small words everything else is said in. Imports nothing of ours but the errors.

* ``time``      instants (UTC inside), durations, half-open intervals
* ``space``     places, lines, sides; signed geodesic distances in one projection per agreement
* ``locate``    the probability that an uncertain position lies in a place, for many reports at once
* ``codes``     the vocabulary of acts and targets, as trees
* ``quantity``  lengths with their units
* ``document``  YAML that remembers line and column
"""
