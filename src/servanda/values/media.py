"""Names of news agencies and other outlets, in their usual forms (``data/outlets.yaml``)."""

from __future__ import annotations

from servanda.values.gazetteer import gazetteer

AGENCIES: tuple[str, ...] = tuple(gazetteer("outlets.yaml")["agencies"])
"""News agencies: what they send out is printed by others."""
OUTLETS: tuple[str, ...] = tuple(gazetteer("outlets.yaml")["outlets"])
"""Other outlets that texts name as carriers."""
