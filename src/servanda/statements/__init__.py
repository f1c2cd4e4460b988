"""statements: from documents to who said what about which term.

In: articles (text, HTML, PDF) and the terms that are asked about. Out: statements with their speaker, the way they came and their
stance; the occasions on which they were made, each one origin however many documents relay it; what was cut, changed or bent on the way; and
who stands where. It promises: rules of grammar, weights that ship, and nothing learnt from the case at hand; nothing is put right, documents that differ
stay side by side; what is left out of a page is kept with its reason.

* ``documents``  files -> paragraphs, without menus and other articles
* ``pages``      the text of web pages, PDFs and files
* ``headlines``  who says what in headings
* ``letterhead``  whose own words a text is
* ``interviews`` the answers of interviews that have neither labels nor dashes
* ``furniture``  what stands on a page and is no part of an article
* ``cyrillic``   days, datelines and older encodings in Cyrillic letters
* ``words``      quotations, sentences, tagged words; the seam for another tagger
* ``cues``       verbs and nouns of saying and thinking
* ``phrases``, ``content``   noun phrases and verb groups of a sentence; where what was said begins and ends
* ``nocues``     verbs that are no cues where they stand
* ``nouns``    nouns as cues: *his claim that*, *Moscow's offer of a truce*
* ``verbs``      verbs as cues, rule by rule
* ``attribute``  source, cue and content of every attribution in a text
* ``speakers``   one name for one person, whose side he is on, which names are only carriers
* ``cast``       who is in a document and on which side, found before what was said is read
* ``parts``      whose part of an agreement somebody speaks of as his: his side, where no word tells it
* ``voices``     who speaks in each attribution, pronouns and joint speakers
* ``scope``      what is told as not said
* ``leftover``   what stands in no statement, with the reason
* ``topics``     which term, by the agreement's own words and the thesaurus
* ``meaning``    sentences as vectors: the seam of an encoder
* ``lists``      several terms in one saying: the members of a list, and what stands behind *but not*
* ``nearby``     which terms, by words, meaning and what stands around a saying
* ``bans``       words that keep a matter away
* ``conditions`` what somebody makes a condition, what he only waits for, what he leaves to another
* ``standing``   who stands where on which term, statement by statement
* ``stances``    which stance, by grammar; the seam for a language model
* ``traits``, ``learned``   the traits of a saying, and the stance that they make likeliest by weights from marked sayings of our own
* ``finder``     sayings that no rule finds, by weights from marked articles of our own
* ``way``        to whom a saying was said, who passed it on, on which day
* ``extract``    all of it, for one document
* ``languages``  in which language a text is
* ``slavic``     the same for Russian and Ukrainian
* ``parsed``     English by a parser and a model that a user learned, beside the rules
* ``reading``    each document by the rules of its language
* ``proposals``  what a language model is asked, and what of its answers is taken
* ``across``     one person in several scripts
* ``align``      the same saying across documents
* ``matrix``     sides by terms
* ``positions``   what each side said over time, who moved, what each waits for, where an agreement would fall
* ``offers``     who would send how many, where, for what, on whose consent
* ``accusations``   who accuses whom of a deed, admits or denies it, of which days
* ``analysis``   all of it, as one value
"""

from servanda.statements.accusations import Accusation, accusations
from servanda.statements.align import Aligned, Change, Occasion, align
from servanda.statements.analysis import StatementAnalysis
from servanda.statements.cast import Cast, cast_of
from servanda.statements.documents import Document, documents_of, english, read_documents
from servanda.statements.extract import Reading, Statement, reading_of, statements_of
from servanda.statements.matrix import Stand, stands
from servanda.statements.proposals import Answer, Extractor, Proposed, Rejected, request_for, taken
from servanda.statements.reading import Read, Unread, read_by_language
from servanda.statements.speakers import People
from servanda.statements.stances import StanceClassifier
from servanda.statements.topics import TermText, TopicMatcher
from servanda.values.languages import Language, language_of

__all__ = [
    "Accusation",
    "Aligned",
    "Answer",
    "Cast",
    "Change",
    "Document",
    "Extractor",
    "Language",
    "Occasion",
    "People",
    "Proposed",
    "Read",
    "Reading",
    "Rejected",
    "StanceClassifier",
    "Stand",
    "Statement",
    "StatementAnalysis",
    "TermText",
    "TopicMatcher",
    "Unread",
    "accusations",
    "align",
    "cast_of",
    "documents_of",
    "english",
    "language_of",
    "read_by_language",
    "read_documents",
    "reading_of",
    "request_for",
    "stands",
    "statements_of",
    "taken",
]
