"""app: use cases, one function each. No arguments are parsed here and nothing is printed.

In: what users hand over, in Python or at the command line. Out: values that ``cli`` prints and ``report`` shows. It promises: a run
writes all its files or none; the command line and the Python API reach the same functions.

* ``verify``, ``fuse``, ``figures``, ``statements``, ``check``, ``graph``, ``cases``   one use case each
* ``extractors``  a program or an address that reads documents in place of the rules
* ``speech_models``  models of who said what, learned from a corpus, and read with
* ``first``     who is said to have broken it first, and by whom; ``sayings``: counts, statements and articles as rows of it; ``found_reports``: accusations in documents as reports to confirm
* ``brief``     a report that a mission sends; ``mission_report``: what the Python function for it returns
* ``importing``  tables that people already have, to one table of reports; ``messages``: chats, to one table of messages; ``provisions``: datasets of agreements
* ``draft``, ``compare``, ``begin``   a draft becomes a skeleton; two drafts; a first agreement from eight answers
* ``follow``    what arrives in a folder or a record changes the verdicts at once; ``listing``: what is there; ``read_once``: what was read of it; ``state``: what was found, on disk
* ``trend``     how often what is forbidden was counted, before, in and after; ``trended``: what the Python API returns of it
* ``mapped``    evidence some of whose tables only a mapping can read
* ``told_apart``   evidence that is judged without fusion
* ``recorded``  all reports of a record under their incidents, without judging anything
* ``record``, ``publish``, ``replay``, ``disclose``, ``release``   use cases of a record; ``carry``: out of the other copy of a fork; ``protecting``: which names may be protected
* ``given``, ``context``   what was handed over, and what readers of evidence may know of an agreement
* ``api``       the functions of ``import servanda``; ``results``, ``tables``, ``views``: what they return, and how it looks
* ``output``    files written whole or not at all; ``memory``: how a program that does one run uses memory
* ``engines``     engines by their names, begun and ended for a command
* ``error_codes``   what every error code means
"""
