"""Rows as a reader gives them become reports, each bad row with its reason.

* ``reports``      every field checked, row by row quarantined
* ``columns``      all columns there are, trimmed, what repeats as numbers of texts
* ``instants``     instants out of text or typed times; ``text``: typed columns as text
* ``amounts``      counts as people write them
* ``counts``       what a report counts, and for which place; ``quarantine``: rows that cannot be read, and what is read of them
* ``attribution``  sources, origins, sides and grades
"""
