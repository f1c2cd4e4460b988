"""briefs: the reports that a mission sends, as sentences that carry their data.

In: verifications of one agreement, as of the end of a reporting day and as of its beginning. Out: a document model without a language, and the
wording that makes text of it. It promises: a sentence shows no value but those it carries, names and quotations are not translated, and no author is named
where the mandate names none.

* ``model``    sentences, tables and sections, each with its values
* ``words``    the catalogues (``catalogues/*.po``), plural forms, dates and lists of a language
* ``period``   reporting days, weeks and months, and the number of a report
* ``asked``    what a report is about, and what a kind of report needs
* ``facts``    the incidents of each day, who says so, what was watched: frames and numbers
* ``said``     phrases that many reports say
* ``parts``    sections that reports of a period share
* ``case``     sections about one incident
* ``clocks``   what falls due, what changed, what to verify next
* ``corrections``  what of earlier reports no longer stands
* ``framing``  what every report has around its sections
* ``annexes``  the annexed tables
* ``kinds``    one file for each family of reports; ``registry``: their names
"""

from servanda.briefs.annexes import FILE_COLUMNS
from servanda.briefs.asked import Asked, Kind, Unplaced
from servanda.briefs.facts import Facts
from servanda.briefs.model import Brief, Paragraph, Points, Section, Sentence, Table, is_number
from servanda.briefs.period import Period, period_of
from servanda.briefs.registry import KINDS
from servanda.briefs.words import LANGUAGES, Words, read_catalogue, words_of

__all__ = [
    "FILE_COLUMNS",
    "KINDS",
    "LANGUAGES",
    "Asked",
    "Brief",
    "Facts",
    "Kind",
    "Paragraph",
    "Period",
    "Points",
    "Section",
    "Sentence",
    "Table",
    "Unplaced",
    "Words",
    "is_number",
    "period_of",
    "read_catalogue",
    "words_of",
]
