"""desk: where a mission works. A web application over a record; an extra (``pip install 'servanda[desk]'``), imported by ``cli`` alone.

In: a mission's folder, and what people do on its pages. Out: entries on the record, and pages. It promises: the record is the truth, and
the tables of :mod:`~servanda.desk.models` marked as projection can be thrown away and made again from it (``rebuild``); a click is one
signed entry or none; nobody is shown what his office does not read.

* ``folder``      a mission's folder: record, keys, secret, database; ``register``: people, offices and clocks, as the record holds them
* ``configure``   Django's settings out of the folder; ``setup``: the database and accounts; ``serving``: the web server; ``urls``
* ``models``      the tables; ``migrations/``
* ``picture``     everything that the record holds, as rows; ``projection``: those rows in the database
* ``decide``      from a click to an entry: guard, record, projection; ``compose``: the files that are recorded
* ``standing``    the verdicts as they stand, recomputed by ``work``; and what they would be if something were determined
* ``offices``     which page is whose; ``middleware``: headers, sign-in, who reads what; ``accounts``: signing in
* ``views/``      the pages: ``queue``, ``case``, ``board``, ``sign``, ``entry``, ``admin``, ``live``; ``shared``: what they have in common
* ``wording``     instants, ages and names as people write them; ``drawing``: the map of a case
* ``demo``        the demonstration: a truce, people of every office, and incidents in every state
* ``doctor``      whether all of it is sound; ``export``: the record, to be carried away
"""
