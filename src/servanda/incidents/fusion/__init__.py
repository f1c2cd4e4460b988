"""Record linkage: which reports speak of one incident.

* ``blocking``    pairs of reports near enough to be compared at all; ``crowds``: how many pairs a machine has room for
* ``likelihood``  how much likelier a pair is if both speak of one incident; ``place_names``: whether two names are of one place
* ``misdated``    relays that put an event on a wrong day; ``tallies``: counts over a long time; ``other_acts``: acts, hours, things hit and parties that part two reports
* ``cluster``     from scored pairs to incidents; ``chains``: one after another, where many hang together
* ``lanes``       whose reports may put whose together
* ``columns``     what is kept of every report; ``told``: what reports tell, in such columns; ``kept_links``: pairs, where more reports come
* ``linker``      all of it, for reports as they come
* ``divided``     the same of reports that lie on other machines, by parts: ``blocks`` of time and latitude, a ``part``, ``divided_steps``, and ``rounds`` for what hangs together too widely
* ``doubtful``    which incidents may be one, or several
* ``tables``      incidents, members and counts, as tables
"""
