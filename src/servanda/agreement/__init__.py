"""agreement: the text as data.

In: a YAML file and the geometries beside it. Out: an :class:`Agreement` of typed terms, one text per reading,
with every instant, place and code resolved. It promises: an error names file, line, column, term and how to
correct it, and all errors are told at once.

* ``file``, ``clauses``   the file and its kinds of clause as they are written (and the JSON Schema)
* ``validate``  its shape, checked
* ``read``     file -> ``Agreement``, with its readings and versions
* ``resolve``, ``kinds``   names become codes, places, actors, instants
* ``places``, ``geofile``   places that can be measured
* ``model``    the resolved values
* ``say``      the terms back in plain English
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
