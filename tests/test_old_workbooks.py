"""Workbooks of Excel 97 to 2003: what they hold is read as that of .xlsx is, and a damaged one is refused with a reason."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from servanda.app.importing import import_tables
from servanda.errors import EvidenceError
from servanda.evidence.importing.containers import open_sheets
from servanda.evidence.importing.containers.xls import _packed, _Texts
from servanda.values.files import NamedBytes

LOG = Path(__file__).parent / "data" / "post_log.xls"


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
    begins = b"\x01\0\0\0\x01\0\0\0" + b"\x06\0\x01" + "Міс".encode("utf-16-le")
    assert _Texts([begins, b"\0" + b"to!"]).all() == ["Місto!"]


@pytest.mark.parametrize(
    ("number", "value"), [(0x0000_0032, 12.0), (0xFFFF_FFFA, -2.0), (0x0000_04D3, 3.08), (0x3FF8_0000, 1.5)]
)
def test_numbers_of_thirty_bits_are_whole_or_hundredths_or_the_head_of_another(number: int, value: float) -> None:
    assert _packed(number) == value


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
