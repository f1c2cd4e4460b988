"""Tables in text: any separator, any of the usual encodings, with what people and programs put in front of the header.

A line ``sep=;`` names the separator; lines of comment and blank lines in front are left out; a table of GDELT, which has no header, is
known by its shape and given one; so is UCDP GED, some of whose candidate sets were published without.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter

from servanda.evidence.csv_rows import RowFault, whole_rows
from servanda.evidence.importing.containers.aligned import aligned_rows
from servanda.evidence.importing.containers.encodings import CANDIDATES, encoding_of_text, in_two_encodings
from servanda.evidence.importing.sheets import MOST_CELLS, Cell, Filler, Sheet, not_imported

_SEPARATORS = ",;\t|"
_FIELD = 1 << 20
_LINES_IN_A_FIELD = 400
_GDELT = (
    "GLOBALEVENTID SQLDATE MonthYear Year FractionDate Actor1Code Actor1Name Actor1CountryCode Actor1KnownGroupCode Actor1EthnicCode "
    "Actor1Religion1Code Actor1Religion2Code Actor1Type1Code Actor1Type2Code Actor1Type3Code Actor2Code Actor2Name Actor2CountryCode "
    "Actor2KnownGroupCode Actor2EthnicCode Actor2Religion1Code Actor2Religion2Code Actor2Type1Code Actor2Type2Code Actor2Type3Code "
    "IsRootEvent EventCode EventBaseCode EventRootCode QuadClass GoldsteinScale NumMentions NumSources NumArticles AvgTone Actor1Geo_Type "
    "Actor1Geo_FullName Actor1Geo_CountryCode Actor1Geo_ADM1Code Actor1Geo_ADM2Code Actor1Geo_Lat Actor1Geo_Long Actor1Geo_FeatureID "
    "Actor2Geo_Type Actor2Geo_FullName Actor2Geo_CountryCode Actor2Geo_ADM1Code Actor2Geo_ADM2Code Actor2Geo_Lat Actor2Geo_Long "
    "Actor2Geo_FeatureID ActionGeo_Type ActionGeo_FullName ActionGeo_CountryCode ActionGeo_ADM1Code ActionGeo_ADM2Code ActionGeo_Lat "
    "ActionGeo_Long ActionGeo_FeatureID DATEADDED SOURCEURL"
).split()
"""The columns of GDELT 2 events (61). Version 1 has no ADM2Code (58)."""

_GED = (
    "id relid year active_year code_status type_of_violence conflict_dset_id conflict_new_id conflict_name dyad_dset_id dyad_new_id dyad_name "
    "side_a_dset_id side_a_new_id side_a side_b_dset_id side_b_new_id side_b number_of_sources source_article source_office source_date "
    "source_headline source_original where_prec where_coordinates where_description adm_1 adm_2 latitude longitude geom_wkt priogrid_gid country "
    "country_id region event_clarity date_prec date_start date_end deaths_a deaths_b deaths_civilians deaths_unknown best high low gwnoa gwnob"
).split()
"""The columns of UCDP GED (49)."""
_DAY = re.compile(r"\d{4}-\d\d-\d\d(?: .*)?")
_KEPT = re.compile(r"=\"([^\"]*)\"")


def read_text(file: str, content: bytes, encoding: str = "") -> Sheet:
    """A table in text.

    Args:
        file: its name.
        content: its bytes, unpacked.
        encoding: how it is written, where that is known.

    Returns:
        Its cells, all of them text. ``told`` says how it was read; where the encoding is not certain, its ``kind`` is ``text?``.

    Raises:
        EvidenceError: it is no text, or no table.
    """
    content, two = (content, "") if encoding else in_two_encodings(content)
    found, certain = encoding_of_text(content)
    name = encoding or found
    try:
        text = content.decode(name)
    except (UnicodeDecodeError, LookupError) as error:
        hint = f"name the encoding in the mapping, one of utf-8, {', '.join(CANDIDATES)}"
        raise not_imported(file, "EVD194", f"is not text in {name}: {str(error)[:100]}", hint) from None
    if "\x00" in text:
        line = text[: text.index("\x00")].count("\n") + 1
        what = "is not text: it holds characters of no meaning (NUL)"
        raise not_imported(file, "EVD194", what, "export it again, as CSV (UTF-8)", line)
    sheet = Sheet(file, "", "text" if certain or encoding else "text?")
    if two:
        sheet.told.append(two)
    if name not in ("utf-8", "utf-8-sig"):
        sheet.told.append(f"is read as {name}{'' if certain or encoding else ', which is not certain'}")
    if text.count("\n") + text.count("\r") > 2 * MOST_CELLS:  # some few bytes, packed, would fill the memory
        hint = "give it in parts, or as CSV or Parquet in a format of 'servanda readers'"
        raise not_imported(file, "EVD190", f"has more than {MOST_CELLS:,} lines", hint)
    lines = text.splitlines(keepends=True)
    skip, separator = _beginning(lines)
    if not separator and (rows := aligned_rows(lines)) is not None:
        filler = Filler(sheet)
        for number, cells in rows:
            filler.add(number, cells)
        sheet.told.append("its columns are told by the blanks that part them in every line")
        return sheet
    if not separator:
        separator = _separator(lines[skip:])
    _fill(sheet, lines, skip, separator)
    _name_known(sheet, separator)
    return sheet


def _beginning(lines: list[str]) -> tuple[int, str]:
    """How many lines stand in front of the table, and the separator that they name."""
    separator, n = "", 0
    while n < len(lines):
        line = lines[n].strip("\ufeff \t\r\n")
        if line.lower().startswith("sep=") and len(line) <= 5:
            separator = line[4:] or "\t"
        elif line and not _is_comment(lines, n):
            break
        n += 1
    return n, separator


def _is_comment(lines: list[str], n: int) -> bool:
    """A line that begins with #, or //, and is no header (as that of FDSN's event text) and no row of HXL tags."""
    line = lines[n].strip()
    if line.startswith("//"):
        return True
    if not line.startswith("#"):
        return False
    after = next((other for other in lines[n + 1 :] if other.strip()), "")
    return not any(line.count(s) and line.count(s) == after.count(s) for s in _SEPARATORS)


def _separator(lines: list[str]) -> str:
    """The separator by which most lines have the same number of fields, and more than one."""
    sample = "".join(lines[:300])
    best, chosen = (0.0, 0), ","
    for separator in _SEPARATORS:
        if separator not in sample:
            continue
        widths = _widths(sample, separator)
        many = {width: n for width, n in widths.items() if width > 1}
        if not many:
            continue
        width = max(many, key=lambda w: (many[w], w))
        score = (many[width] / sum(widths.values()), min(width, 60))
        if score > best or (score[0] > best[0] - 0.1 and score[1] > 2 * best[1]):
            best, chosen = score, separator
    return chosen


def _widths(sample: str, separator: str) -> Counter[int]:
    """How many rows have how many fields; none where the text cannot be cut so."""
    try:
        return Counter(len(row) for row in csv.reader(io.StringIO(sample, newline=""), delimiter=separator) if row)
    except csv.Error:
        return Counter()


def _refuse_open_quotes(sheet: Sheet, lines: list[str], skip: int, separator: str) -> None:
    """Refuse a text in which a quote swallows rows, by the rules of the tables of reports."""
    usual = _widths("".join(lines[skip : skip + 300]), separator).most_common(1)
    text = "".join(lines[skip:]).encode("utf-8", "replace")
    try:
        for _ in whole_rows([text], separator, usual[0][0] if usual else 1, len(text)):
            pass
    except RowFault as fault:
        what = str(fault) if not skip else f"{fault}, counted from line {skip + 1}"
        hint = "close the quote; write a quote within quotes twice"
        raise not_imported(sheet.file, "EVD006", what, hint, fault.line + skip) from None


def _fill(sheet: Sheet, lines: list[str], skip: int, separator: str) -> None:
    filler, before = Filler(sheet), skip
    csv.field_size_limit(_FIELD)
    _refuse_open_quotes(sheet, lines, skip, separator)
    reader = csv.reader(io.StringIO("".join(lines[skip:]), newline=""), delimiter=separator)
    try:
        for row in reader:
            number, before = before + 1, skip + reader.line_num
            if any(cell.count("\n") > _LINES_IN_A_FIELD for cell in row):
                what = f"a quote that is opened in line {number} is not closed within {_LINES_IN_A_FIELD} lines"
                raise not_imported(
                    sheet.file, "EVD006", what, "close the quote; write a quote within quotes twice", number
                )
            cells: list[Cell] = [_text_of(cell) for cell in row]
            filler.add(number, cells)
            sheet.fields[number] = len(row)
    except csv.Error as error:
        what, hint = (
            f"cannot be read beyond line {before}: {error}",
            "open it in a spreadsheet and save it as CSV (UTF-8)",
        )
        raise not_imported(sheet.file, "EVD006", what, hint, before) from None


_UNSEEN = " \t\r\n\f\v\ufeff\u200b\u200e\u200f\u2060"
"""Blanks, and characters that nobody sees: a mark of byte order stands in the middle where files were joined."""
_MARKED = frozenset("0123456789+-=")
"""Before what spreadsheets put an apostrophe, so that it is kept as text."""


def _text_of(cell: str) -> str | None:
    """A field; one of the form ="0705", by which spreadsheets are told to keep a text as it is, without its signs."""
    text = cell.replace("\xa0", " ").strip(_UNSEEN)
    if text[:1] == "'" and text[1:2] in _MARKED and "'" not in text[1:]:
        text = text[1:]
    kept = _KEPT.fullmatch(text) if text.startswith("=") else None
    return (kept[1].strip() if kept else text) or None


def _name_known(sheet: Sheet, separator: str) -> None:
    """A table without a header that has the shape of GDELT's events, or of UCDP GED, gets its names."""
    first = [cell if isinstance(cell, str) else "" for cell in sheet.rows[0]] if sheet.rows else []
    names: list[str] = []
    if separator == "\t" and len(first) in (58, 61):
        if first[0].isdigit() and first[1].isdigit() and len(first[1]) == 8:
            names = [name for name in _GDELT if len(first) == 61 or not name.endswith("ADM2Code")]
            what = "events of GDELT"
    elif separator == "," and len(_GED) - 2 <= len(first) <= len(_GED):  # the last two may be empty
        cell = dict(zip(_GED, first, strict=False))
        days = all(_DAY.fullmatch(cell[name]) for name in ("date_start", "date_end"))
        if days and cell["id"].isdigit() and cell["type_of_violence"] in ("1", "2", "3"):
            names, what = _GED, "events of UCDP GED"
    if names:
        sheet.rows.insert(0, list(names))
        sheet.numbers.insert(0, 0)
        sheet.told.append(f"has no header; by its shape it is a table of {what}")
