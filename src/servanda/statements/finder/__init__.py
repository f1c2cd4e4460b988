"""finder: sayings that no rule finds, by weights that were learned from marked articles of our own (ADR 86).

* ``scene``     a document as the finder sees it: its words, who is named, what the rules found; its clauses
* ``english``   an English document so (``slavic/scene.py``: Russian and Ukrainian ones)
* ``signs``     the signs by which a clause is weighed
* ``who``       who may speak in a clause, with the signs that he does
* ``model``     what was learned of clauses and of speakers
* ``stands``    which stance a clause takes, spoken or narrated
* ``forest``    small trees whose answers are added up
* ``clues``     what each clause tells, by likelihoods: who, on which term, with which stance
* ``cells``     side, term and stance with all that a document tells of them, as figures
* ``judge``     which of them stand, and which words they rest on (ADR 89)
"""

from servanda.statements.finder.english import english_scene
from servanda.statements.finder.judge import Finds, Judged, as_told, finds
from servanda.statements.finder.model import FOUND, Found, Weights
from servanda.statements.finder.scene import Heard, Named, Scene
from servanda.statements.finder.signs import OPENING

__all__ = [
    "FOUND",
    "OPENING",
    "Finds",
    "Found",
    "Heard",
    "Judged",
    "Named",
    "Scene",
    "Weights",
    "as_told",
    "english_scene",
    "finds",
]
