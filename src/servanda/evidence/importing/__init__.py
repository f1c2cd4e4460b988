"""importing: tables that people already have, to Servanda's report table. Nothing is guessed silently.

In: a file in any of the containers, an optional mapping, what is known of the agreement. Out: rows of the report table; questions that
must be answered first; every cell that could be read in more than one way, with how it was read; quarantine with all faults of a row.

* ``containers/``  files, by their first bytes, to ``sheets`` of raw cells
* ``header``       where the table is in a sheet: titles, headers of several rows, totals
* ``several``      several tables one beneath the other; ``upright``: names in the first column, and tables side by side
* ``crossed``      cross-tables, of which each cell is a row; ``spans``: a beginning and an end in one cell; ``repeats``: what forms ask several times
* ``columns``      which column is what, by name and by what stands in it; ``pairs``: columns that belong together; ``words``: the words for that, and for acts
* ``provisions``   PA-X and the Peace Accords Matrix, which hold no reports
* ``tracks``       where somebody was, which is no report
* ``forms``        exports of KoBoToolbox, ODK, SurveyCTO and CommCare; ``stamps``: when a form was filled is not when it happened
* ``dates``, ``clocks``, ``numbers``, ``positions``, ``grid``, ``links``  one cell: a day, a time, a number, a place
* ``moments``, ``places``, ``coding``  one column: what holds for all its cells, as the order of day and month; ``work``: what they note, and how all tables are read; ``noted``: cells that are told
* ``clock_column``   the times of one column; ``day_column``: its days; ``day_order``: whether day, month or year stands first in it; ``persian``: days of the Persian calendar; ``said_days``: today and yesterday in messages; ``parts``: year, month, day, hour and minute in columns of their own; ``zones``: whose clock; ``known``: when reports became known
* ``named_places``   places by name: of the agreement, of a table of places, of the gazetteer; ``gazetteer``: what ships; ``toponyms``: how names are compared
* ``headings``   days that stand in headings and titles
* ``fields``       ids, counts, texts; ``set_aside``: rows that say of themselves that they are none; ``marks``: signs for yes and no
* ``mapping``      the answers, as a file to keep; ``reading``: a table to rows; ``files``: files to readings; ``copies``: rows that stand in two tables; ``resaved``: known formats as spreadsheets save them again
"""

from servanda.evidence.importing.files import Imported, import_files, read_again
from servanda.evidence.importing.mapping import Choice, Question, TableMapping, read_mapping, write_mapping
from servanda.evidence.importing.named_places import places_of, read_places
from servanda.evidence.importing.reading import Reading
from servanda.evidence.importing.tracks import track_table
from servanda.evidence.importing.work import How

__all__ = [
    "Choice",
    "How",
    "Imported",
    "Question",
    "Reading",
    "TableMapping",
    "import_files",
    "places_of",
    "read_again",
    "read_mapping",
    "read_places",
    "track_table",
    "write_mapping",
]
