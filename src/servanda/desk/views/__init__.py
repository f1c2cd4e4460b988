"""The pages. Each view reads what its address says and renders a page of ``pages/``; what is decided goes through ``desk.decide``.

* ``shared``  what they have in common: rendering, answers for what is not there or failed, forms of steps
* ``queue``   the queue, its rows, bulk actions, saved views
* ``case``    an incident: its panel in the queue and its page; steps; what a determination would change
* ``board``   the verdict board; one verdict with its steps
* ``sign``    what waits for a signature, the exact text; verdicts published
* ``entry``   a report written at the desk
* ``parts``   split and merge, with their effect; incidents that may be one
* ``patrols`` tasks, patrols, requests for access; ``shift``: the log of shifts and its handover
* ``explore`` map and time; ``papers``: mission reports; ``library``: agreement, sources, figures, record
* ``arrivals`` tables and letters that came: brought, shown, answered, recorded, mended, dismissed; ``attached``: files of reports handed out
* ``place``   the small map of the entry form; ``statements``: who said what in the mission's documents
* ``party``   the room of a party: what is asked of it, its replies and complaints
* ``given``   packages: made by the mission; read, taken home and commented by those for whom they are
* ``admin``   people, clocks, languages, who read what
* ``hand``    a text that waits for its author's own signature; the page of one's own key
* ``demo``    the days of a demonstration, which arrive at a click
* ``api``     the interface for sensors and partners
* ``live``    what an open page hears; ``demo``: the days of the demonstration
"""
