"""How the tables came about, in Django's own form.

* ``0001_initial``  makes the first of them
* ``0002_search``   the queue's order, tallies, and the index of words in each database's own way
* ``0003_screens``  those of the screens
* ``0004_keys``     the name of each person's key
* ``0005_doors``    tokens, what was handed in with them, texts that wait for a signature
* ``0006_counted``  what is counted beside the incidents, so that no page counts them
* ``0007_arrivals`` what comes in, and what documents say
* ``0008_route``    the bodies that a determination passes
* ``0009_endorser`` whose turn it is to endorse, and why no term counts what was determined
* ``0010_noticed``  which comments of guarantors somebody has looked at
* ``0011_returned`` mission reports that were sent back, and what was answered
* ``0012_brought``  files that forms brought, until these are recorded; what was written of a letter
* ``0013_packages`` packages that the worker makes
* ``0014_newer``    reports that came into an incident after it was determined
* ``0015_rank``     equal clocks by the numbers in ids: I-2 before I-10
* ``0016_views``    a saved view holds its whole address, each name once
"""
