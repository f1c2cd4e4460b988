"""finder: sayings that no rule finds, by weights that were learned from marked articles of our own (ADR 86).

* ``scene``     a document as the finder sees it: its words, who is named, what the rules found; its clauses
* ``english``   an English document so (``slavic/scene.py``: Russian and Ukrainian ones)
* ``signs``     the signs by which a clause is weighed
* ``who``       who may speak in a clause, with the signs that he does
* ``model``     what was learned, and which clauses are found
"""

from servanda.statements.finder.english import english_scene
from servanda.statements.finder.model import FOUND, SURE, Finds, Found, Weights, finds
from servanda.statements.finder.scene import Heard, Named, Scene
from servanda.statements.finder.signs import OPENING

__all__ = ["FOUND", "OPENING", "SURE", "Finds", "Found", "Heard", "Named", "Scene", "Weights", "english_scene", "finds"]
