"""parsed: who said what with a parser and weights that a user learned from a corpus of his own (extra ``speech``).

In: a text, what the rules read in it, and a model. Out: attributions, better than by the rules alone. It promises: nothing of what the rules tell as not said
becomes said; what it adds stands in the parse with a cue, and is held back where it is negated, supposed or doubted.

* ``trees``       sentences with their dependency trees
* ``traits``      what is known of a word that may be a cue
* ``candidates``  which words may be cues, and what may be their parts
* ``weights``     what each trait counts: learned, written to a file, read
* ``tagger``      the likeliest attributions of a text
* ``corpus``      marked texts to learn from
"""

from servanda.statements.parsed.corpus import Marked, marked_texts
from servanda.statements.parsed.tagger import Parsed, attributions_with, learn_from, parse
from servanda.statements.parsed.trees import available
from servanda.statements.parsed.weights import Model

__all__ = ["Marked", "Model", "Parsed", "attributions_with", "available", "learn_from", "marked_texts", "parse"]
