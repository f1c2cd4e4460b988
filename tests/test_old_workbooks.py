"""Workbooks of Excel 5 to 2003: what they hold is read as that of .xlsx is, and a damaged one is refused with a reason."""

from __future__ import annotations

import random
import struct
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from servanda.app.importing import import_tables
from servanda.errors import EvidenceError
from servanda.evidence.importing.containers import open_sheets
from servanda.values.files import NamedBytes

LOG = Path(__file__).parent / "data" / "post_log.xls"
NONE, LAST = 0xFFFF_FFFF, 0xFFFF_FFFE
Record = tuple[int, bytes]


def in_compound(stream: bytes, name: str, cutoff: int, more: Sequence[bytes]) -> bytes:
    """A compound file with one stream, and further entries of its directory as they are given."""
    stream = stream.ljust(4096, b"\0")
    listed = [
        _entry("Root Entry", 5, child=1, first=LAST, size=0),
        _entry(name, 2, beside=(2, 2) if more else (NONE, NONE), first=100, size=len(stream)),
        *more,
    ]
    directory = b"".join(listed).ljust(99 * 512, b"\0")
    sectors = -(-len(stream) // 512)
    table = [0xFFFF_FFFD, *range(2, 100), LAST, *range(101, 100 + sectors), LAST]
    size = -(-len(table) // 128)
    table += [NONE] * (128 * size - len(table))
    tables = [0, *range(100 + sectors, 99 + sectors + size)]
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<9I", 0, size, 1, 0, cutoff, LAST, 0, LAST, 0) + struct.pack(
        "<109I", *(tables + [NONE] * 109)[:109]
    )
    packed = struct.pack(f"<{len(table)}I", *table)
    return header + packed[:512] + directory + stream.ljust(512 * sectors, b"\0") + packed[512:]


def _entry(
    name: str, kind: int, *, child: int = NONE, beside: tuple[int, int] = (NONE, NONE), first: int = 0, size: int = 0
) -> bytes:
    wide = name.encode("utf-16-le") + b"\0\0"
    return struct.pack("<64sHBB3I36x3I", wide, len(wide), kind, 1, *beside, child, first, size, 0)


def workbook(
    cells: Sequence[Record],
    texts: Sequence[Record] = (),
    *,
    book: Sequence[Record] = (),
    old: bool = False,
    sheets: int = 1,
    cutoff: int = 4096,
    entries: Sequence[bytes] = (),
) -> bytes:
    """A workbook of records: what holds for all of it, and the cells of its sheet."""

    def packed(records: Sequence[Record]) -> bytes:
        return b"".join(struct.pack("<HH", kind, len(data)) + data for kind, data in records)

    def begins(kind: int) -> Record:
        return 0x809, struct.pack("<4H", 0x500 if old else 0x600, kind, 4000, 1997) + bytes(0 if old else 8)

    name = b"\x03Log" if old else b"\x03\0Log"
    style = 0xE0, bytes(16 if old else 20)
    first = [begins(5), *book, (0x31, bytes(15) if old else bytes(16)), style]
    size = len(packed([*first, *[(0x85, bytes(6) + name)] * sheets, *texts, (0xA, b"")]))
    globals_ = packed([*first, *[(0x85, struct.pack("<IH", size, 0) + name)] * sheets, *texts, (0xA, b"")])
    return in_compound(
        globals_ + packed([begins(0x10), *cells, (0xA, b"")]), "Book" if old else "Workbook", cutoff, entries
    )


def rows_of(content: bytes) -> list[list[object]]:
    return [list(row) for sheet in open_sheets(NamedBytes("log.xls", content)) for row in sheet.rows]


def test_days_times_numbers_and_words_of_an_old_workbook_are_read() -> None:
    log, hidden = open_sheets(LOG)
    assert (log.name, log.hidden, hidden.hidden) == ("Журнал", False, True)
    assert log.rows[2] == [
        datetime.fromisoformat("2027-03-05"),
        timedelta(hours=14, minutes=5),
        "обстріл",
        "АЛ",
        48.1,
        37.7,
        3.0,
    ]
    assert (log.hidden_rows, log.struck, log.empty_formulas) == ({5}, {(4, 2)}, {(6, 6)})


def test_an_old_workbook_is_imported_as_any_other() -> None:
    answers = {("zone",): "Europe/Kyiv", ("values", "source"): "Post 4"}
    result = import_tables([LOG], answers={**answers, ("actors", "АЛ"): "A", ("actors", "БЛ"): "B"})
    assert result.reports["start"].to_list() == [
        "2027-03-05T14:05:00+02:00",
        "2027-03-06T02:40:00+02:00",
        "2027-03-07T00:00:00+02:00",
    ]
    assert result.reports["quantity"].to_list() == ["3", "1", "2"]
    assert any("1 row is hidden in the sheet" in told for told in result.told)
    assert any("struck through" in doubt.read for doubt in result.doubts)


def test_a_text_that_runs_over_two_records_says_its_width_anew() -> None:
    begins = struct.pack("<IIHB", 1, 1, 6, 1) + "Міс".encode("utf-16-le")
    cell = 0xFD, struct.pack("<HHHI", 0, 0, 0, 0)
    assert rows_of(workbook([cell], [(0xFC, begins), (0x3C, b"\0to!")])) == [["Місto!"]]


def test_numbers_of_thirty_bits_are_whole_or_hundredths_or_the_head_of_another() -> None:
    numbers = b"".join(struct.pack("<HI", 0, number) for number in (0x32, 0xFFFF_FFFA, 0x4D3, 0x3FF8_0000))
    assert rows_of(workbook([(0xBD, struct.pack("<HH", 0, 0) + numbers + b"\3\0")])) == [[12.0, -2.0, 3.08, 1.5]]


def test_a_workbook_of_excel_95_is_read_in_the_encoding_it_names() -> None:
    text = "обстріл".encode("cp1251")
    cell = 0x204, struct.pack("<HHHH", 0, 0, 0, len(text)) + text
    assert rows_of(workbook([cell], book=[(0x42, struct.pack("<H", 1251))], old=True)) == [["обстріл"]]


NUMBER = 0x203, struct.pack("<HHHd", 0, 0, 0, 7.0)
LOWEST = 0x203, struct.pack("<HHHd", 65_535, 255, 0, 7.0)
EVERYWHERE = struct.pack("<4H", 0, 65_535, 0, 65_535) + bytes.fromhex("d0c9ea79f9bace118c8200aa004ba90b02000000")
BACK = struct.pack("<IIHBi", 1, 2**31 - 1, 1, 4, -8) + b"x"
TREE = [_entry(f"Way {n}", 2, beside=(n + 1, n + 1), first=LAST) for n in range(2, 60)]


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        (workbook([NUMBER, (0x1B8, EVERYWHERE + bytes(4))]), [[7.0]]),
        (workbook([NUMBER, *[LOWEST, (0x200, bytes(14))] * 500]), [[7.0], [None] * 255 + [7.0]]),
        (workbook([(0xFD, struct.pack("<HHHI", 0, 0, 0, 0))], [(0xFC, BACK)]), "lie over each other"),
        (workbook([NUMBER] * 200, sheets=300), "lie over each other"),
        (workbook([LOWEST], sheets=900), "more than 5,000,000 cells"),
        (workbook([NUMBER], entries=TREE), [[7.0]]),
        (workbook([NUMBER], cutoff=1 << 30), [[7.0]]),
    ],
    ids=[
        "a link over all places",
        "its size said again and again",
        "texts that lead back",
        "sheets",
        "large sheets",
        "a directory with two ways to each entry",
        "a stream said to be short",
    ],
)
def test_a_small_workbook_takes_little(content: bytes, rows: object) -> None:
    if isinstance(rows, list):
        assert rows_of(content) == rows
        return
    with pytest.raises(EvidenceError, match=str(rows)):
        rows_of(content)


@pytest.mark.parametrize("seed", range(200))
def test_a_damaged_workbook_is_read_or_refused_with_a_reason(seed: int) -> None:
    luck, content = random.Random(seed), bytearray(LOG.read_bytes())
    for _ in range(luck.choice((1, 3, 30))):
        content[luck.randrange(len(content))] = luck.choice((0, 255, luck.randrange(256)))
    try:
        open_sheets(NamedBytes("log.xls", bytes(content)))
    except EvidenceError as error:
        assert all(fault.code.startswith("EVD") for fault in error.faults)  # noqa: PT017


def test_sheets_that_lie_over_each_other_are_refused() -> None:
    content = LOG.read_bytes()
    at = content.index(b"\x85\0")  # the entry of the first sheet
    entry = content[at : at + 4 + content[at + 2]]
    more = entry * 20
    grown = content[:at] + more + content[at + len(more) :]
    with pytest.raises(EvidenceError):
        open_sheets(NamedBytes("log.xls", grown))
