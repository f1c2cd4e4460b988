"""drafting: what will be fought over later, found while the text can still be changed.

In: an agreement file that can be read. Out: findings, each with a code, the clause, what is wrong, why it matters (something
that happened), and how to correct it; and a verifiability score for each term and the whole. It promises: it needs no evidence
and no deal, and it takes no side: exchange the parties and the findings stay the same.

* ``registry``   the faults it knows, with their precedents and what each costs
* ``wording``    what is found in the words of a clause
* ``sequence``   circles and deadlocks among terms and events
* ``kinds``      what each kind of term demands, one file a kind
* ``per_term``, ``cross_term``   what is found in any term, and between terms
* ``words_and_code``   what is coded otherwise than the clause's words say
* ``understand``   the words of a clause read, and the skeleton of a file made of a draft
* ``comparison``   two drafts beside each other
* ``draft``      the draft that is checked; ``check``: all of it, and the score
"""

from servanda.drafting.check import Checked, Diagnostic, check_agreement
from servanda.drafting.registry import CODES

__all__ = ["CODES", "Checked", "Diagnostic", "check_agreement"]
