"""statements: from documents to who said what about which term.

In: articles (text, HTML, PDF) and the terms that are asked about. Out: statements with their speaker, the way they came and their
stance; the occasions on which they were made, each one origin however many documents relay it; what was cut, changed or bent on the way; and
who stands where. It promises: rules of grammar and nothing learnt from the case at hand; nothing is put right, documents that differ
stay side by side; what is left out of a page is kept with its reason.

* ``documents``  files -> paragraphs, without menus and other articles
* ``words``      quotations, sentences, tagged words; the seam for another tagger
* ``cues``       verbs and nouns of saying and thinking
* ``phrases``, ``content``   noun phrases and verb groups of a sentence; where what was said begins and ends
* ``verbs``      verbs as cues, rule by rule
* ``attribute``  source, cue and content of every attribution in a text
* ``speakers``   one name for one person, whose side he is on, which names are only carriers
* ``topics``     which term, which stance; the seam for a language model
* ``extract``    all of it, for one document
* ``align``      the same saying across documents
* ``matrix``     sides by terms
* ``accusations``   who accuses whom of a deed, admits or denies it, of which days
* ``analysis``   all of it, as one value
"""

from servanda.statements.accusations import Accusation, accusations
from servanda.statements.align import Aligned, Change, Occasion, align
from servanda.statements.analysis import StatementAnalysis
from servanda.statements.documents import Document, documents_of, english, read_documents
from servanda.statements.extract import Statement, statements_of
from servanda.statements.matrix import Stand, stands
from servanda.statements.speakers import People
from servanda.statements.topics import StanceClassifier, TopicMatcher

__all__ = [
    "Accusation",
    "Aligned",
    "Change",
    "Document",
    "Occasion",
    "People",
    "StanceClassifier",
    "Stand",
    "Statement",
    "StatementAnalysis",
    "TopicMatcher",
    "accusations",
    "align",
    "documents_of",
    "english",
    "read_documents",
    "stands",
    "statements_of",
]
