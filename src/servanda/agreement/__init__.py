"""agreement: the text as data.

In: a YAML file, on disk or in memory, or a mapping, and the geometries beside it. Out: an :class:`Agreement` of typed terms, one text
per reading, with every instant, place and code resolved. It promises: an error names file, line, column, term and how to correct it,
and all errors are reported at once.

* ``schema``    the file as it is written, clause by clause (and the JSON Schema); its shape, checked
* ``kinds``     one file a kind of term: how it is resolved, what it looks for, what it owes, how it is said
* ``resolve``   names become codes, places, actors and instants
* ``read``      file -> ``Agreement``, with its readings and versions
* ``model``, ``pattern``   the resolved values; ``standards``: the standards of proof
* ``plain_language``, ``phrases``   the terms back in plain English
"""

from servanda.agreement.model import Agreement, Exemption, Mandate, Term, Text
from servanda.agreement.pattern import Pattern
from servanda.agreement.read import inspect_agreement, read_agreement

__all__ = [
    "Agreement",
    "Exemption",
    "Mandate",
    "Pattern",
    "Term",
    "Text",
    "inspect_agreement",
    "read_agreement",
]
