"""States and bodies of states by the words that stand for them (``data/states.yaml``)."""

from __future__ import annotations

from collections.abc import Mapping

from servanda.values.gazetteer import gazetteer

STATES: Mapping[str, str] = {code: "|".join(words) for code, words in gazetteer("states.yaml").items()}
"""Names and adjectives of states and bodies, and the capitals that stand for them, with bars between."""
