"""findings: what was looked for and what was found, as tables: tables in, tables out. Pure: no threads, no files.

* ``queries``       what is looked for: every pattern of every term and event, by reading; ``repeats``: which of them look for the same
* ``matching``      which reports fall under which query (``falls_under``), and how probably; ``matched``: the rows that this gives; ``weight``: what each weighs; ``blind``: who denies
  what he could not have seen; ``counting``: which numbers count acts; ``none_left``: who counted none of what a cap counts
* ``confirmation``  what is confirmed, alleged, excused or open, incident by incident: by what each of its ``origins`` says, the mandate's
  ``standard``, its ``exceptions`` and ``rules``; ``finding``: what is then said of it; ``for_whom``: who may have done what is open; ``faint``: what lies near
  an edge, together; ``any_act``: that anything happened
* ``speaks_of``     which prohibitions somebody's words speak of, whatever the time
* ``plan``          the kernels of one run as a value, and what an engine must be able to do with it
* ``ordered``       a plan over all batches by an ordered map; ``piles``: matched rows by incident, until they are judged
* ``no_term``       of which reports there is no finding, and why
"""
