"""values: the small words everything else is said in. Imports nothing of ours but the errors.

* ``time``         instants (UTC inside), durations, half-open intervals; ``reporting_day``: when a mission's day ends
* ``geo/``         places, lines, sides; the projection of an agreement; nearest edges; the probability that a place holds a report
* ``codes``        the vocabulary of acts and targets, as trees; ``weapons``: classes and systems
* ``quantity``     lengths and areas with their units; ``amounts``: how many, as people write it, ``number_words``: in words; ``units``: what a count counts; ``tolerance``: how
  much may go unwatched
* ``document``     YAML that remembers line and column; ``strict_json``: JSON in which no name stands twice; ``json_text``: JSON as it is
  written for people
* ``names``        names compared as names: case, spaces, look-alike letters and what nobody sees overlooked; ``sounds``: how they sound across scripts
* ``text_order``   the order of many texts, and where rows stand, as numbers; ``perhaps``: whether a text may be among many
* ``small_tables`` rows of small tables that are asked for very often
* ``filled``       sentences of which columns fill the gaps
* ``coded``        columns of few texts as numbers of texts
* ``missing``      words for a value that is missing; ``languages``: in which language a text is
* ``files``        files on disk and in memory; ``lazy_files``: files that are made when they are written; ``containers/``: archives and XML of strangers; ``maps/``: maps as layers of features
* ``gazetteer``    facts that ship as YAML in ``data/``; ``media``, ``states``: outlets and states among them
* ``plugins``      plug-ins of other packages, behind a guard
* ``later``        tables that are put together when they are asked for
* ``saved``  tables and facts of what is put on disk and comes back
* ``ordered_map``  the shape of ``map``, for what an engine may run; ``elsewhere``: tables that may lie on other machines
* ``keyed_hash``   numbers for values that are the same on every machine
"""
