"""Plug-ins of other packages: a broken one is named, and everything else goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from servanda.cli.main import main
from servanda.errors import EvidenceError
from servanda.evidence import Context, all_readers, plugins, read_evidence, readers_not_loaded
from servanda.values.files import NamedBytes

MODULE = """
import polars as pl
from servanda.evidence import Reader
def good(raw, context):
    return {"reports": raw.with_columns(report_id="log_id", source=pl.lit("log"), start="when", act=pl.lit("missile"))}
def bad(raw, context):
    raise KeyError("a column of old")
def exits(raw, context):
    raise SystemExit(0)
def lacks(raw, context):
    return {"reports": raw.select("no such column")}
def gives_nothing(raw, context):
    return None
def every_other(raw, context):
    return {"reports": good(raw, context)["reports"].filter(pl.col("row") % 2 == 0)}
class Changing(Reader):
    @property
    def name(self):
        raise RuntimeError("later")
EXITS = Reader("exits", "A log that exits", "", frozenset({"exit_id"}), exits)
LACKS = Reader("lacks", "A log", "", frozenset({"lacks_id"}), lacks)
NONE = Reader("none", "A log", "", frozenset({"none_id"}), gives_nothing)
HALF = Reader("half", "Half a log", "", frozenset({"half", "log_id"}), every_other)
LIST = Reader("list", "A log", "", ["log_id"], good)
MIXED = Reader("mixed", "A log", "", frozenset({"log_id", 3}), good)
OPTIONS = Reader("options", "A log", "", frozenset({"log_id"}), good, optional="level")
NAMELESS = Reader(None, "A log", "", frozenset({"f"}), good)
UNTITLED = Reader("untitled", None, None, frozenset({"f"}), good)
OURS = Reader("servanda-log", "A log", "", frozenset({"f"}), good)
CHANGING = object.__new__(Changing)
GOOD = Reader("log", "A log", "Columns log_id, when.", frozenset({"log_id", "when"}), good)
FAILS = Reader("fails", "A log that fails", "Columns fail_id.", frozenset({"fail_id"}), bad)
FUTURE = Reader("future", "Later", "", frozenset({"f"}), good, api=99)
GREEDY = Reader("greedy", "Reads all", "", frozenset(), good)
COPY = Reader("acled", "As one that ships", "", frozenset({"f"}), good)
TEXT = "a reader"
"""
POINTS = """[servanda.readers]
a-raises = broken_plugin_raises:READER
b-exits = broken_plugin_exits:READER
c-missing = servanda_no_such_module:READER
copy = fake_plugin:COPY
fails = fake_plugin:FAILS
future = fake_plugin:FUTURE
f1 = fake_plugin:EXITS
f2 = fake_plugin:LACKS
f3 = fake_plugin:NONE
f4 = fake_plugin:HALF
good = fake_plugin:GOOD
good-again = fake_plugin:GOOD
h1-list = fake_plugin:LIST
h2-mixed = fake_plugin:MIXED
h3-options = fake_plugin:OPTIONS
h4-nameless = fake_plugin:NAMELESS
h5-untitled = fake_plugin:UNTITLED
h6-ours = fake_plugin:OURS
h7-changing = fake_plugin:CHANGING
stopped = broken_plugin_stops:READER
greedy = fake_plugin:GREEDY
nothing = fake_plugin:NOTHING
text = fake_plugin:TEXT
"""


def install(folder: Path, name: str, points: str) -> None:
    info = folder / f"{name.replace('-', '_')}-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(points, encoding="utf-8")


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "fake_plugin.py").write_text(MODULE, encoding="utf-8")
    (tmp_path / "broken_plugin_raises.py").write_text("raise RuntimeError('out of\\norder')", encoding="utf-8")
    (tmp_path / "broken_plugin_exits.py").write_text("raise SystemExit(3)", encoding="utf-8")
    stops = "import polars as pl\nraise pl.exceptions.PanicException('stopped')"
    (tmp_path / "broken_plugin_stops.py").write_text(stops, encoding="utf-8")
    install(tmp_path, "fake-readers", POINTS)
    install(tmp_path, "garbled", "[servanda.readers]\nno equals sign\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    plugins._plugins.cache_clear()
    yield
    plugins._plugins.cache_clear()


REASONS = {
    "a-raises": "RuntimeError: out of order",
    "b-exits": "SystemExit: 3",
    "c-missing": "ModuleNotFoundError: No module named 'servanda_no_such_module'",
    "copy": "the reader 'acled' comes with Servanda",
    "future": "is written for version 99 of readers; this Servanda loads version 1",
    "good-again": "another plug-in that was loaded is called 'log'",
    "greedy": "needs a signature",
    "h1-list": "its columns must be a frozenset of text, not ['log_id']",
    "h2-mixed": "its columns must be a frozenset of text",
    "h3-options": "its columns must be a frozenset of text, not 'level'",
    "h4-nameless": "its name, title and about must be text",
    "h5-untitled": "its name, title and about must be text",
    "h6-ours": "the reader 'servanda-log' comes with Servanda",
    "h7-changing": "",
    "stopped": "PanicException: stopped",
    "nothing": "AttributeError: ",
    "text": "is a str, not a servanda.evidence.Reader",
}


@pytest.mark.usefixtures("installed")
def test_each_broken_reader_is_named_with_its_reason_and_the_sound_ones_are_loaded() -> None:
    names = [reader.name for reader in all_readers()]
    assert names[-6:] == ["exits", "lacks", "none", "half", "fails", "log"]
    lines = [str(plugin) for plugin in readers_not_loaded()]
    for name, reason in REASONS.items():
        assert any(line.startswith(f"not loaded: {name} (fake-readers, 1.2): {reason}") for line in lines), name
    assert any("(garbled, 1.2)" in line for line in lines)
    assert len(lines) == len(REASONS) + 1


@pytest.mark.usefixtures("installed")
def test_the_command_lists_the_readers_and_what_could_not_be_loaded(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["readers"]) == 0
    out = capsys.readouterr().out
    assert "log: A log" in out
    assert "not loaded: future (fake-readers, 1.2): is written for version 99" in out


@pytest.mark.usefixtures("installed")
def test_a_plugged_in_reader_reads_and_one_that_fails_is_an_error_with_its_name() -> None:
    context = Context(ZoneInfo("Europe/Kyiv"))
    source = read_evidence([NamedBytes("log.csv", b"log_id,when\n1,2025-03-20T10:00Z\n")], context)
    assert pl.concat(source.batches())["report_id"].to_list() == ["1"]
    failing = read_evidence([NamedBytes("log.csv", b"fail_id\n1\n")], context)
    with pytest.raises(EvidenceError, match=r"EVD015.*'fails' of another package failed: KeyError"):
        list(failing.batches())
    for name, failure in {"exit": "SystemExit", "lacks": "ColumnNotFoundError", "none": "AttributeError"}.items():
        source = read_evidence([NamedBytes("log.csv", f"{name}_id\n1\n".encode())], context)
        with pytest.raises(EvidenceError, match=f"EVD015.* of another package failed: {failure}"):
            list(source.batches())
    with pytest.raises(EvidenceError, match="not loaded: future"):
        read_evidence([NamedBytes("log.csv", b"who,knows\n1,2\n")], context)


@pytest.mark.usefixtures("installed")
def test_a_row_of_which_a_plugged_in_reader_gives_nothing_goes_to_quarantine() -> None:
    rows = "".join(f"{n},x,2025-03-20T10:00Z\n" for n in range(3))
    source = read_evidence(
        [NamedBytes("log.csv", b"log_id,half,when\n" + rows.encode())], Context(ZoneInfo("Europe/Kyiv"))
    )
    assert pl.concat(source.batches())["report_id"].to_list() == ["0", "2"]
    (lost,) = source.ingest.quarantine.to_dicts()
    assert (lost["row"], lost["code"], lost["reason"]) == (3, "EVD171", "the reader 'half' gives nothing for this row")
    assert source.ingest.files[0].quarantined == source.ingest.quarantined == 1
