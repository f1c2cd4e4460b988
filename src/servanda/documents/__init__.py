"""documents: drafts as people write them, in Word, OpenDocument, PDF, Markdown or plain text, read into numbered clauses.

In: a file that nobody trusts. Out: its paragraphs with every tracked change and hidden word, and one version of them as clauses. It
promises: no change is accepted or rejected without being asked; no macro runs, nothing is fetched, nothing is unpacked beyond limits.

* ``read``         any form, by its first bytes; the choice between versions
* ``model``        paragraphs, changes, versions, numbers
* ``archive``      the parts of a file, opened without trust
* ``docx``, ``docx_styles``, ``odt``, ``plain``   the forms
* ``clauses``      paragraphs as numbered clauses
* ``write``, ``redline``   Word documents written; a redline that proves itself
"""

from servanda.documents.clauses import Clause, Text, clauses_of
from servanda.documents.model import Block, Change, Manuscript, Paragraph, Piece, Version
from servanda.documents.read import ENDINGS, changes_in, chosen, read_manuscript

__all__ = [
    "ENDINGS",
    "Block",
    "Change",
    "Clause",
    "Manuscript",
    "Paragraph",
    "Piece",
    "Text",
    "Version",
    "changes_in",
    "chosen",
    "clauses_of",
    "read_manuscript",
]
