"""cast: who is in a document and on which side, found once and before anything that was said is read.

* ``lexicon``    nouns for offices, organs, missions and groups
* ``mentions``   the noun phrases of a sentence that mean a person, a body or a side
* ``ties``       how they hang together: whose, of what, in apposition, who leads what, lists of who takes part
* ``members``    one member for all mentions of one person, body or side
* ``wills``      whose stand and whose will an official tells
* ``sides``      to whom each member belongs, by every word that tells it
* ``model``      all of it, for one document; what the rest of the room asks
"""

from servanda.statements.cast.model import Cast, cast_of

__all__ = ["Cast", "cast_of"]
