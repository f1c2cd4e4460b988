"""understand: what can be understood of a clause's words, each with the words it came from, and what must be asked of the drafters.

In: a draft's clauses. Out: a skeleton agreement file. It promises: nothing is filled in without the words it came from, and nothing
is guessed without a mark and a question.

* ``frames``     clauses that are no terms and speak of the others
* ``lexicon``    words and what they stand for, from ``data/clause_words.yaml``
* ``actors``     who the parties are, from what stands before the first clause, and whom a clause names
* ``amounts``    numbers with their units, deadlines, distances, dates, places
* ``acts``       what is to be done or not done, and which kind of term it is
* ``clause``     all of it for one clause
* ``obligations`` one clause that binds to several things, in parts
* ``several``    a part that gives a number to each of several things, as one for each
* ``turned``     words that turn or narrow what a clause seems to say, and are asked
* ``defined``    words that a draft defines, and clauses that speak of others
* ``drafted``    the terms of a draft: all of that for each part of each clause
* ``abroad``     the same for clauses in other languages, as far as a short list of words goes
* ``asides``     words that seem to be acts and are none: relative clauses, what must not be hindered
* ``awaited``    what must have come before the rest of a clause is owed
* ``belonging``  which weapons and targets belong to which act, and to which distance; which are examples
* ``obligor``    whom a clause binds
* ``unread``     figures of a clause, and members of its lists, that no value of its term holds
* ``skeleton``   the agreement file, with its marks
"""

from servanda.drafting.understand.actors import Actors, parties_in
from servanda.drafting.understand.clause import Understood, understand
from servanda.drafting.understand.drafted import obligations_of
from servanda.drafting.understand.skeleton import Skeleton, skeleton_of

__all__ = ["Actors", "Skeleton", "Understood", "obligations_of", "parties_in", "skeleton_of", "understand"]
