"""slavic: who said what in Russian and Ukrainian.

One implementation for both; ``data/speech/ru.yaml`` and ``uk.yaml`` hold the verbs of saying by their stances, prepositions, negations, offices, bodies,
names of states and words of stance. Words get their dictionary forms and cases from pymorphy3, which carries its dictionaries (extra
``servanda[speech]``). Rules that find no certain speaker leave a saying out: no words are put into a mouth.

* ``dictionary``  the dictionaries of both languages
* ``words``      sentences into words with all their readings; the tables of a language
* ``phrases``    who a noun phrase names, and where it ends
* ``sentence``   one sentence, its cues and clauses
* ``subjects``   who speaks: the subject of a verb
* ``places``     a place or a body that speaks
* ``objects``    what a verb of stance or of naming is about
* ``headed``     who speaks by a sign alone: a colon, a dash
* ``attribute``  source, cue and content of every attribution in a paragraph
* ``relayed``    sayings whose words stand in the sentence before, or are cited by an agency
* ``dialogue``   what is said in interviews with dashes, channels and bulletins without a verb
* ``whose``      whose side words tell
* ``names``      when two spellings are one name
* ``beside``     what stands beside a name and tells whose side somebody is on
* ``people``     one name for one person, and his side by words
* ``sides``      who speaks in an attribution; his side by what stands around him
* ``headlines``  what headings tell that people said
* ``own``        what a document says in its own author's words
* ``stances``    where a speaker stands, by verb and words
* ``standing``   where the speaker of one attribution stands on each term
* ``weighed``    a saying with the traits by which its stance is weighed
* ``accusations``   who accuses whom of a deed, admits or denies it
* ``terms``      which term the words are about
* ``scene``      a document as the finder of sayings sees it
* ``extract``    all of it, for one document
"""

from servanda.statements.slavic.accusations import slavic_accusations
from servanda.statements.slavic.dictionary import available, likelier
from servanda.statements.slavic.extract import slavic_statements

__all__ = ["available", "likelier", "slavic_accusations", "slavic_statements"]
