"""desk: where a mission works. A web application over a record; an extra (``pip install 'servanda[desk]'``), imported by ``cli`` alone.

In: a mission's folder, and what people do on its pages. Out: entries on the record, and pages. It promises: the record is the truth, and
the tables of :mod:`~servanda.desk.models` marked as projection can be thrown away and made again from it (``rebuild``); a click is one
signed entry or none; nobody is shown what his office does not read.

* ``folder``      a mission's folder: record, keys, secret, database; ``register``: people, offices and clocks, as the record holds them
* ``hours``       the mission's clock, which in a demonstration is its own
* ``configure``   Django's settings out of the folder; ``setup``: the database and accounts; ``serving``: the web server, ``answering``: one of its processes, ``threads``: in which it makes pages; ``urls``
* ``models``      the tables; ``migrations/``
* ``picture``     everything that the record holds, as rows; ``lives``: where one incident stands; ``projection``: those rows in the database; ``places``, ``tallies``, ``search``: of the queue, counted, found
* ``session``     the session of the record in this process; ``moved``: what of the projection is to be written anew, as the session knows it
* ``steps``       where an incident stands, for the guards; ``finding``: what is signed of it, in words, ``phrased`` of rows alone
* ``decide``      from a click to an entry: guard, record, projection; ``compose``: the files that are recorded; ``keys``: of persons; ``hands``: what they sign at the page; ``own``: whose word a decision is; ``authors``: who made it, for the mission alone; ``grades``: of sources
* ``interface``   what sensors and partners may send and are told, as OpenAPI; ``tokens``: who may; ``handed``: from what they send to the record; ``tables``: theirs, and texts that wait for a signature
* ``standing``    the verdicts as they stand, and what they would be if something were determined; ``working``: what is done beside the pages, each in a loop of its own
* ``offices``     which page is whose; ``middleware``: headers, sign-in, who reads what; ``accounts``: signing in; ``openid``, ``provider``: through the mission's own identity provider
* ``parting``     reports put into parts: the merges and splits that make it so; ``twins``: incidents that may be one; ``lookers``: who could have seen one
* ``patrols``     what came of a patrol, as coverage; ``shifts``: handovers; ``papers``: mission reports on their way
* ``given``       packages for parties, guarantors and the public: made, kept, and read as what they hold; ``comments``: of guarantors, until somebody looked; ``newer``: reports after a determination, likewise; ``joined``: where the reports of an arrival lie; ``withheld``: what packages withhold, in words
* ``explorer``    incidents of a frame of map and time, counted; ``ground``: land, water, borders and towns under every map; ``kept``: what pages read from the record itself
* ``views/``      the pages: ``queue``, ``case``, ``parts``, ``patrols``, ``shift``, ``explore``, ``board``, ``sign``, ``papers``, ``entry``, ``library``,
  ``admin``, ``live``, ``arrivals``, ``attached``, ``place``, ``statements``, ``api``, ``hand``, ``given``; ``shared``: what they have in common
* ``ways_in``     which files may come in, and what is watched; ``bodies``: what is too large is not read; ``uploads``: what is large lies without a name on its way; ``inbox``: the tables of what waits
* ``attached``    files that come with reports: hashed, sealed, listed; ``pictures``: how they are shown; ``spoken``: what a party wrote, as it wrote it
* ``arrivals``    tables that come in: read, shown, recorded; ``becoming``: what becomes of each; ``watching``: folders and mailboxes; ``letters``: words of which a person writes a report
* ``heard``       a place by its name, by direction and distance; ``said``: who said what in the mission's documents
* ``wording``     instants, ages and names as people write them; ``languages``: texts by ``catalogues/``; ``judged``: the steps of verdicts, by the patterns of ``judge_says``, and what an agreement was understood as, by those of ``agreement_says``; ``sayings``: those that no page writes out
* ``drawing``     maps and the line of time, as pictures; ``atlas``: the same as data, for the browser's map library; ``fields``: bounds of what forms and addresses say, and whether a report can be read
* ``demo``        the demonstration: a truce, people of every office, and incidents in every state; ``replay``: its reports, day by day, as the page ``views/demo`` or the command asks
* ``doctor``      whether all of it is sound; ``export``: the record, to be carried away
"""
