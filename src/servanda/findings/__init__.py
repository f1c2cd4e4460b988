"""findings: what was looked for and what was found, as tables: tables in, tables out. Pure: no threads, no files.

* ``queries``       what is looked for: every pattern of every term and event, by reading
* ``matching``      which reports fall under which query, and how probably
* ``confirmation``  what is confirmed, alleged, excused or open, incident by incident; ``exceptions``: what is excused; ``rules``: by which rules
* ``plan``          the kernels of one run as a value, and what an engine must be able to do with it
* ``ordered``       a plan over all batches by an ordered map
"""
