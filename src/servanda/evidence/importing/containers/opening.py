"""Which container a file is, by its first bytes, and its sheets."""

from __future__ import annotations

import bz2
import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from servanda.chats import chats_of, letters_in, read_mail
from servanda.errors import EvidenceError
from servanda.evidence.file_kinds import other_kind
from servanda.evidence.importing.containers.chats import chat_sheets
from servanda.evidence.importing.containers.columnar import read_parquet
from servanda.evidence.importing.containers.layers import beside_on_disk, read_dbase, read_layers
from servanda.evidence.importing.containers.letters import attachments, page_of
from servanda.evidence.importing.containers.maps import read_map
from servanda.evidence.importing.containers.ods import read_ods
from servanda.evidence.importing.containers.papers import read_page, read_word
from servanda.evidence.importing.containers.patrols import MARK as PATROL
from servanda.evidence.importing.containers.patrols import read_patrol
from servanda.evidence.importing.containers.records import read_json_sheet
from servanda.evidence.importing.containers.spreadsheetml import read_spreadsheetml
from servanda.evidence.importing.containers.strangers import entry_bytes, open_archive
from servanda.evidence.importing.containers.text import read_text
from servanda.evidence.importing.containers.xlsx import read_xlsx
from servanda.evidence.importing.sheets import Sheet, not_imported, shown
from servanda.evidence.raw_files import refuse_unreadable
from servanda.values.containers.archive import DAMAGED
from servanda.values.files import FileLike, base_name_of, bytes_of, name_of
from servanda.values.maps import Sibling, is_beside_a_shapefile, is_dbase, no_sibling

_LARGEST = 256 << 20
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_LAYERS = (b"SQLite format 3\0", b"\x00\x00\x27\x0a", b"fgb\x03")
"""How GeoPackage and other databases of SQLite, shapefiles and FlatGeobuf begin."""


def kind_of(content: bytes) -> str:
    """What a file is: ``xlsx``, ``xls``, ``ods``, ``zip``, ``kml``, ``gpx``, ``patrol``, ``layers``, ``parquet``, ``json``, ``text``; or in words, what else.

    Args:
        content: its bytes.

    Returns:
        The kind.
    """
    if content.startswith(b"PK\x03\x04"):
        return _kind_of_archive(content)
    head = content[:65_536]
    if PATROL in head:
        return "patrol"
    if head.startswith(_LAYERS):
        return "layers"
    if is_dbase(content):
        return "dbase"
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(_OLD_OFFICE):
        locked = "EncryptedPackage".encode("utf-16-le") in content[: 1 << 20]
        names = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))
        old = "xls" if any(name in content for name in names) else "an old Office document (.xls, .doc)"
        return "a workbook that is protected by a password" if locked else old
    other = other_kind(head)
    if other is not None:
        known = {"a KML": "kml", "a GPX": "gpx"}
        return next((kind for words, kind in known.items() if other[0].startswith(words)), other[0])
    lines = [line for line in head.lstrip(b"\xef\xbb\xbf \t\r\n").splitlines()[:9] if line.strip()]
    if lines and lines[0][:1] in (b"{", b"["):
        return "json"
    objects = sum(line.startswith(b"{") for line in lines)  # lines of JSON, the first of which is no object
    return "json" if 2 * objects > len(lines) else "text"


def _kind_of_archive(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            with archive.open("mimetype") if "mimetype" in names else io.BytesIO() as stream:
                says = stream.read(200)
    except DAMAGED:
        return "zip"
    if any(name.endswith((".iwa", "Index.zip")) for name in names):
        return "a document of Apple (Numbers or Pages)"
    if any(name.startswith("xl/") for name in names):
        return "a binary workbook (.xlsb)" if "xl/workbook.bin" in names else "xlsx"
    if any(name.startswith("word/") for name in names):
        return "a Word document (.docx)"
    if "content.xml" in names:
        return "ods" if b"spreadsheet" in says else "a text document (.odt)"
    return "zip"


def open_sheets(file: FileLike, encoding: str = "", order: str = "") -> list[Sheet]:
    """The sheets of a file.

    Args:
        file: a path, or a file in memory.
        encoding: of a text, where that is known.
        order: of day and month in a chat, where that is known.

    Returns:
        All of them, in their order.

    Raises:
        EvidenceError: it cannot be read, or is something that holds no table; with the reason.
    """
    refuse_unreadable(file)
    content = bytes_of(file)
    if len(content) > _LARGEST:
        raise not_imported(
            name_of(file),
            "EVD190",
            f"is larger than {_LARGEST >> 20} MB",
            "give it as CSV or Parquet in a format of 'servanda readers'",
        )
    name, where, known = base_name_of(file), name_of(file), (encoding, order)
    return _sheets(name, where, _unpacked(where, content), known, beside_on_disk(file), inside=False)


def _unpacked(file: str, content: bytes) -> bytes:
    """What gzip or bzip2 packed."""
    try:
        if content.startswith(b"\x1f\x8b"):
            with gzip.GzipFile(fileobj=io.BytesIO(content)) as stream:
                return _within(file, stream.read(_LARGEST + 1))
        if content.startswith(b"BZh"):
            return _within(file, bz2.BZ2Decompressor().decompress(content, _LARGEST + 1))
    except (OSError, EOFError, zlib.error, ValueError) as error:
        raise not_imported(file, "EVD003", f"cannot be unpacked: {error}", "copy it again from its source") from None
    return content


def _within(file: str, content: bytes) -> bytes:
    if len(content) > _LARGEST:
        raise not_imported(file, "EVD192", f"unpacks to more than {_LARGEST >> 20} MB", "give it in parts")
    return content


def _sheets(
    name: str, where: str, content: bytes, known: tuple[str, str], beside: Sibling, *, inside: bool
) -> list[Sheet]:
    kind = kind_of(content)
    maybe = kind in ("json", "text") or "HTML" in kind or "a feed" in kind
    if maybe and (chats := chats_of(where, content, known[1])):
        return _called(name, chat_sheets(where, chats))
    if kind in ("xlsx", "ods", "zip"):
        archive = open_archive(where, content)
        if kind == "zip":
            if inside:
                raise not_imported(where, "EVD192", "is an archive within an archive", "unpack the outer one")
            return _of_archive(name, where, archive, known)
        return _called(name, read_xlsx(where, archive) if kind == "xlsx" else read_ods(where, archive))
    if kind == "xls":
        from servanda.evidence.importing.containers.xls import read_xls

        return _called(name, read_xls(where, content))
    if "Word" in kind:
        return _called(name, read_word(where, open_archive(where, content)))
    if "HTML" in kind:
        return _called(name, read_page(where, content, known[0]))
    if kind in ("kml", "gpx"):
        return _called(name, [read_map(where, content, kind)])
    if kind == "layers":
        return _called(name, read_layers(where, name.rpartition("/")[2], content, beside))
    if kind == "dbase":
        return _called(name, read_dbase(where, content, beside))
    if kind == "parquet":
        return _called(name, [read_parquet(where, content)])
    if kind == "a spreadsheet as an XML document":
        return _called(name, read_spreadsheetml(where, content))
    if kind == "patrol":
        return _called(name, [read_patrol(where, content)])
    if kind == "json":
        return _called(name, [read_json_sheet(where, content)])
    if kind == "text":
        return _called(name, [read_text(where, content, known[0])])
    if "e-mail" in kind:
        return _of_letter(name, where, content, known)
    if "password" in kind:
        raise not_imported(where, "EVD193", f"is {kind}", "save it without the password")
    other = other_kind(content[:65_536])
    if "Apple" in kind:
        hint = "in Numbers choose File, Export To, Excel or CSV"
    elif any(word in kind for word in ("workbook", "Office", "table")):
        hint = "save it as .xlsx, .ods or CSV (UTF-8)"
    elif any(word in kind for word in ("text document", "RTF", "PDF")):
        hint = "a report is a row of a table: copy its tables into a spreadsheet; 'servanda statements' looks for who said what in its text, saved as such"
    elif "map" in kind:
        hint = "save its points as GeoJSON or CSV"
    else:
        hint = other[1] if other is not None and "e-mail" in kind else "a report is a row of a table"
    raise not_imported(where, "EVD007", f"is {kind}, and is not imported", hint)


def _called(name: str, sheets: list[Sheet]) -> list[Sheet]:
    for sheet in sheets:
        sheet.file = name
    return sheets


def _beside_in(where: str, archive: zipfile.ZipFile, name: str) -> Sibling:
    """The files of an archive that are called as one of it but for their ending."""
    stem = name.rpartition(".")[0].lower()

    def found(ending: str) -> bytes | None:
        other = next((other for other in archive.namelist() if other.lower() == stem + ending), None)
        return None if other is None else entry_bytes(where, archive, other)

    return found


def _of_archive(name: str, where: str, archive: zipfile.ZipFile, known: tuple[str, str]) -> list[Sheet]:
    """The sheets of every file in an archive; of what holds no table it is told why."""
    gathered, names = _Gathered(name, where, known), archive.namelist()
    for entry in archive.infolist():
        base = entry.filename.rpartition("/")[2]
        if entry.is_dir() or not base or base.startswith(".") or entry.filename.startswith("__MACOSX"):
            continue
        if is_beside_a_shapefile(entry.filename, names):
            continue
        beside = _beside_in(where, archive, entry.filename)
        gathered.take(base, partial(entry_bytes, where, archive, entry.filename), beside, inside=True)
    return gathered.sheets_or_refuse("is an archive without a table", "put tables into it")


def _of_letter(name: str, where: str, content: bytes, known: tuple[str, str]) -> list[Sheet]:
    """The sheets of what is attached to letters, and of those whose own words have the form of a row."""
    gathered = _Gathered(name, where, known)
    letters = list(letters_in(where, content))
    for n, letter in enumerate(letters, 1):
        for base, data in attachments(where, letter):
            within = base if len(letters) == 1 else f"letter {n}/{base}"
            gathered.take(within, partial(bytes, data), no_sibling, inside=False)
        gathered.page(*page_of(letter))
    try:
        gathered.sheets += _called(name, chat_sheets(where, read_mail(where, content)))
    except EvidenceError:
        hint = "'servanda import --as messages' writes letters as a table; 'servanda statements' reads who said what in a letter saved as text"
        sheets = gathered.sheets_or_refuse("is an e-mail without a table in it or attached to it", hint)
        sheets[0].told.append(f"{name}: the words of the letter itself are not read, but for tables in it")
        return sheets
    return gathered.sheets_or_refuse("", "")


def _raise_dishonest(error: EvidenceError) -> None:
    """What is no honest file refuses the whole that it lies in."""
    if any(fault.code in ("EVD192", "EVD201") for fault in error.faults):
        raise error


def _rows_of(sheet: Sheet) -> Iterator[tuple[str, ...]]:
    """Its rows in words, without empty cells."""
    return (tuple(filter(None, map(shown, row))) for row in sheet.rows)


@dataclass
class _Gathered:
    """The sheets of the files within a file, and why others hold none."""

    name: str
    where: str
    known: tuple[str, str]
    sheets: list[Sheet] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def take(self, base: str, content_of: Callable[[], bytes], beside: Sibling, *, inside: bool) -> None:
        """Take the sheets of one file; one that is no honest file refuses the whole."""
        try:
            content = _unpacked(base, content_of())
            if content:
                within = f"{self.name}/{base}", f"{self.where}/{base}"
                self.sheets += _sheets(*within, content, self.known, beside, inside=inside)
        except EvidenceError as error:
            _raise_dishonest(error)
            self.refused += [f"{base}: {fault.what}" for fault in error.faults]

    def page(self, content: bytes, encoding: str) -> None:
        """Take the tables of a letter's own page, but those that are attached too; most have none."""
        try:
            found = _called(self.name, read_page(self.where, content, encoding) if content else [])
            attached = {cells for sheet in self.sheets for cells in _rows_of(sheet)} if found else set()
            new = [sheet for sheet in found if not attached.issuperset(_rows_of(sheet))]
            if len(new) < len(found):
                self.sheets[0].told.append(f"{self.name}: a table in the letter that is attached too is read once")
            self.sheets += new
        except EvidenceError as error:
            _raise_dishonest(error)

    def sheets_or_refuse(self, what: str, hint: str) -> list[Sheet]:
        """The sheets, with what was left out; an error where there are none."""
        if not self.sheets:
            why = f" ({'; '.join(self.refused[:3])})" if self.refused else ""
            raise not_imported(self.where, "EVD195", what + why, hint)
        self.sheets[0].told += [f"left out of {self.name}: {one}" for one in self.refused]
        return self.sheets
