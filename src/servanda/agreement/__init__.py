"""agreement: the text as data.

In: a YAML file and the geometries beside it. Out: an :class:`Agreement` of typed terms, one text per reading,
with every instant, place and code resolved. It promises: an error names file, line, column, term and how to
mend it, and all errors are told at once.

* ``file``     the file as it is written (and its JSON Schema)
* ``validate``  its shape, checked
* ``read``     file -> ``Agreement``
* ``places``, ``geofile``   places that can be measured
* ``model``    the resolved values
* ``say``      the terms back in plain English
"""

from servanda.agreement.model import Agreement, Exemption, Forbid, Mandate, Text
from servanda.agreement.read import inspect_agreement, read_agreement

__all__ = ["Agreement", "Exemption", "Forbid", "Mandate", "Text", "inspect_agreement", "read_agreement"]
