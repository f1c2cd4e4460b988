"""The command line: what it prints, and that its reference is up to date."""

from __future__ import annotations

import argparse
import contextlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from servanda import __version__
from servanda.agreement import inspect_agreement
from servanda.cli.main import main
from tests.build import HEAD, TERM, ZONES

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
CASE = ROOT / "cases" / "easter-truce-2025"
VERIFY = [
    "verify",
    str(CASE / "agreement.yaml"),
    *map(str, sorted((CASE / "evidence").iterdir())),
    "--coverage",
    str(CASE / "coverage.yaml"),
]


def test_the_reference_of_the_command_line_is_up_to_date() -> None:
    from cli_reference import reference

    assert (ROOT / "docs" / "cli.md").read_text(encoding="utf-8") == reference()


def test_every_command_is_named_in_the_readme() -> None:
    from cli_reference import parser

    text = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = next(a for a in parser()._actions if isinstance(a, argparse._SubParsersAction))
    assert [name for name in commands.choices if f"servanda {name} " not in text] == []
    assert len(commands.choices) > 10


def test_verify_prints_a_summary_and_writes_all_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*VERIFY, "--out", str(tmp_path / "new" / "folder")]) == 0
    told = capsys.readouterr().out
    assert "complied" in told
    assert "report.html" in told
    names = {p.name for p in (tmp_path / "new" / "folder").iterdir()}
    assert names == {
        "report.html",
        "summary.json",
        "verdicts.json",
        "findings.csv",
        "findings.parquet",
        "hearsay.csv",
        "to_verify.csv",
        "coverage.geojson",
        "incidents.geojson",
        "map.gpkg",
        "no_term.csv",
        "places.geojson",
        "quarantine.csv",
        "watches.csv",
    }


def test_verify_as_json_prints_the_file_and_nothing_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*VERIFY, "--json", "--out", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert told == (tmp_path / "verdicts.json").read_text(encoding="utf-8")
    assert json.loads(told)["servanda"] == __version__


def test_verdicts_by_day_cover_the_window_day_by_day(tmp_path: Path) -> None:
    assert main([*VERIFY, "--by", "day", "--out", str(tmp_path)]) == 0
    rows = json.loads((tmp_path / "timeline.json").read_text(encoding="utf-8"))["verdicts"]
    windows = [r["window"] for r in rows if r["term"] == "strikes_on_ukraine"]
    assert windows == [
        ["2025-04-19T18:00:00+03:00", "2025-04-20T00:00:00+03:00"],
        ["2025-04-20T00:00:00+03:00", "2025-04-21T00:00:00+03:00"],
    ]
    assert {r["verdict"] for r in rows if r["term"] == "strikes_on_ukraine"} == {"complied"}
    assert "Slice by slice" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_what_is_not_judged_by_day_is_named_with_the_reason_where_nothing_else_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An agreement of caps and duties only: the file is there, and says why it has no rows."""
    terms = (
        "terms:\n  guns: {text: Two guns, limit: {what: {act: military_presence}, to: 2}, binds: A}\n"
        "  lorries: {text: Lorries, require: {act: delivery}, binds: B, deadline: 2025-03-20}\n"
    )
    (tmp_path / "a.yaml").write_text(HEAD + terms, encoding="utf-8")
    (tmp_path / "e.csv").write_text("report_id,source,start,act\n1,Post,2025-03-20T10:00Z,shelling\n", encoding="utf-8")
    command = ["verify", str(tmp_path / "a.yaml"), str(tmp_path / "e.csv"), "--by", "day", "--out", str(tmp_path / "o")]
    assert main(command) == 0
    data = json.loads((tmp_path / "o" / "timeline.json").read_text(encoding="utf-8"))
    assert (data["by"], data["verdicts"], list(data["unsliced"])) == ("day", [], ["guns", "lorries"])
    told = capsys.readouterr().err
    assert "No verdicts by day on guns: what was counted on one day may still be there on the next" in told
    assert "No verdicts by day on lorries: what is owed by a day" in told


def test_verdicts_by_day_that_nobody_asked_to_write_are_told_where_they_would_be(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main([*VERIFY, "--by", "day"]) == 0
    assert "by day stand in timeline.json, which --out DIR writes" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("rows", "says"), [("", "no report was given; 0 rows"), (",,,\n", "no report could be read; 1 row")]
)
def test_verdicts_on_no_report_say_so_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], rows: str, says: str
) -> None:
    (tmp_path / "e.csv").write_text("report_id,source,start,act\n" + rows, encoding="utf-8")
    assert main(["verify", VERIFY[1], str(tmp_path / "e.csv"), "--out", str(tmp_path / "out")]) == 0
    assert says in capsys.readouterr().out.split("\n\n")[0]
    assert says.split(";", maxsplit=1)[0] in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_as_of_leaves_out_what_became_known_later(tmp_path: Path) -> None:
    assert main([*VERIFY, "--as-of", "2025-04-19T20:00+03:00", "--out", str(tmp_path)]) == 0
    data = json.loads((tmp_path / "verdicts.json").read_text(encoding="utf-8"))
    assert data["as_of"] == "2025-04-19T20:00:00+03:00"
    assert all(r["alleged"] == 0 for r in data["verdicts"])
    assert data["verdicts"][0]["window"][1] == "2025-04-19T20:00:00+03:00"


def test_check_says_that_a_sound_agreement_is_sound(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(CASE / "agreement.yaml")]) == 0
    assert "can be read" in capsys.readouterr().out


def test_say_gives_every_term_back_in_sentences(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["say", str(ROOT / "cases" / "energy-truce-2025" / "agreement.yaml")]) == 0
    told = capsys.readouterr().out
    assert (
        "Russian Federation and Ukraine must each not commit an act of attack concerning energy in 'theatre'." in told
    )
    assert "from 25 March 2025 00:00 EET until 24 April 2025 00:00 EEST" in told
    assert "There is no exception." in told


def test_the_schema_knows_every_word_of_the_shipped_agreements(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert {"agreement", "parties", "in_force", "terms", "places", "mandate", "readings"} <= set(schema["properties"])
    assert "from" in schema["$defs"]["InForce"]["properties"]


def test_readers_lists_formats_and_codes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["readers"]) == 0
    told = capsys.readouterr().out
    for name in ("servanda-reports", "truces-2025", "acled", "ged", "viina", "firms", "alerts-merged", "sources"):
        assert f"{name}:" in told
    assert main(["readers", "--codes"]) == 0
    assert "    strike_drone" in capsys.readouterr().out


def test_the_page_on_checking_has_every_code_as_it_is() -> None:
    from servanda.drafting import CODES

    page = (Path(__file__).resolve().parent.parent / "docs" / "checking.md").read_text(encoding="utf-8")
    for code in CODES.values():
        costs = "" if code.asks else f" {code.cost} |"
        assert f"| `{code.name}` |{costs} {code.why} | {code.hint} |" in page
        if code.precedent:
            addresses = " ".join(f"[{n}]({source})" for n, source in enumerate(code.sources, 1))
            assert f"* `{code.name}`: {code.precedent} {addresses}\n" in page


def test_faults_are_told_as_data_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.yaml"
    source = ROOT / "cases" / "jeddah-2025" / "agreement.yaml"
    path.write_text(source.read_text(encoding="utf-8").replace("binds: RU", "binds: XX"), encoding="utf-8")
    assert main(["check", "--json", str(path)]) == 2
    assert "'XX' is not a party, guarantor or third state" in json.loads(capsys.readouterr().out)["faults"][0]["what"]
    assert main(["check", "--json", str(CASE / "agreement.yaml")]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {f["code"] for f in told["findings"]} == {"no-means"}
    assert main(["check", "--strict", str(CASE / "agreement.yaml")]) == 1


def test_all_codes_are_listed_without_an_agreement(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--codes"]) == 0
    assert "no-deadline (costs 30 of 100)" in capsys.readouterr().out
    assert main(["check"]) == 2


def test_the_sequence_tells_what_of_the_evidence_it_leaves_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    agreement, evidence = tmp_path / "a.yaml", tmp_path / "r.csv"
    agreement.write_text(HEAD + ZONES + TERM, encoding="utf-8")
    evidence.write_text(
        "report_id,source,side,kind,start,act\nR1,Post,none,claim,2025-03-20T10:00Z,shelling\nR2,Post,none,claim,2025-03-20T10:00Z,tea\n",
        encoding="utf-8",
    )
    assert main(["graph", str(agreement), str(evidence), "--as-of", "2025-04-01"]) == 0
    told = capsys.readouterr().err
    assert "1 row in quarantine" in told
    assert "1 row does not say when it became known and is left out." in told


def test_a_picture_is_an_svg_and_overwrites_no_agreement(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    agreement = str(ROOT / "cases" / "jeddah-2025" / "agreement.yaml")
    assert main(["graph", agreement, "--out", str(tmp_path / "x.yaml")]) == 2
    assert main(["graph", agreement, "--reading", "nobody"]) == 2
    assert "there is no reading" in capsys.readouterr().err
    assert main(["graph", agreement, "--out", str(tmp_path / "x.svg")]) == 0
    assert (tmp_path / "x.svg").read_text(encoding="utf-8").startswith("<svg")


def test_cases_that_fail_end_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = ROOT / "cases" / "jeddah-2025"
    (tmp_path / "agreement.yaml").write_bytes((source / "agreement.yaml").read_bytes())
    text = (source / "cases.yaml").read_text(encoding="utf-8")
    (tmp_path / "cases.yaml").write_text(text.replace("term: children", "term: childern"), encoding="utf-8")
    assert main(["cases", str(tmp_path / "cases.yaml")]) == 1
    assert "there is no such row; did you mean 'children'?" in capsys.readouterr().out
    assert main(["cases", str(tmp_path / "nowhere.yaml")]) == 2


def test_the_sample_of_every_kind_in_the_formats_can_be_read(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    (sample,) = re.findall(r"### The other kinds of term.*?```yaml\n(.*?)```", page, re.DOTALL)
    sample = re.sub(r"(?m)^(  \w+:)[ ]*$", r"\1\n    text: x", sample)
    sample = sample.replace(
        "places:\n",
        "places:\n  zone: {at: [48.0, 37.0], radius: 10 km}\n  line: {line: [[47.6, 36.8], [48.6, 37.0]], sides: {left: B, right: A}}\n",
        1,
    )
    sample = sample.replace("terms:\n", "terms:\n  fire: {text: x, forbid: {act: strike}}\n", 1)
    sample = sample.replace("{...}", "{text: x, forbid: {act: strike}}").replace("title: ...", "title: x")
    head = "agreement: sample\ntitle: Sample\ntimezone: Europe/Kyiv\nsigned: 2025-03-01\nmandate: {severity: [minor, serious]}\nparties: {A: Aland, B: Bland}\nguarantors: {G: Gland}\nin_force: {from: 2025-03-18}\n"
    (tmp_path / "a.yaml").write_text(head + sample, encoding="utf-8")
    agreement, faults = inspect_agreement(tmp_path / "a.yaml")
    assert faults == []
    assert agreement is not None
    kinds = {type(term.kind).__name__ for term in agreement.texts[0].terms}
    assert len(kinds) == 9, "every kind stands in the sample"


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_streams_that_the_shell_closed_end_nothing(closed: str) -> None:
    words = [sys.executable, "-m", "servanda", "check", VERIFY[1], "--json"]
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {closed}', "sh", *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert done.stderr == ""


@pytest.mark.parametrize("module", ["servanda.cli.main", "servanda.cli.verify", "servanda.app.verify", "polars"])
def test_an_interrupt_while_the_program_is_loaded_is_an_interrupt(module: str) -> None:
    code = (
        "import sys\n"
        "class Interrupt:\n"
        "    def find_spec(self, name, *rest):\n"
        f"        if name == {module!r}:\n"
        "            raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupt())\n"
        f"sys.argv[1:] = {VERIFY!r}\n"
        "from servanda.__main__ import run\n"
        "sys.exit(run())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "\nservanda: interrupted\n")


def test_ctrl_c_in_the_middle_of_an_import_ends_the_program_at_once() -> None:
    """Raised there, an exception is wrapped, swallowed or printed by whoever is importing."""
    code = (
        "import os, signal, sys, time\n"
        "class Interrupt:\n"
        "    def find_spec(self, name, *rest):\n"
        "        if name == 'polars':\n"
        "            try:\n"
        "                os.kill(os.getpid(), signal.SIGINT)\n"
        "                time.sleep(5)\n"
        "            except BaseException as error:\n"
        "                raise ImportError('wrapped') from error\n"
        "sys.meta_path.insert(0, Interrupt())\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        f"sys.argv[1:] = {VERIFY!r}\n"
        "from servanda.__main__ import run\n"
        "sys.exit(run())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "\nservanda: interrupted\n")


def test_a_file_that_the_system_does_not_give_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **named: object) -> None:
        raise PermissionError(13, "Permission denied", "evidence/reports.csv")

    monkeypatch.setattr("servanda.app.verify.verify_files", fail)
    assert main([*VERIFY, "--out", "nowhere"]) == 2
    assert capsys.readouterr().err == "servanda: evidence/reports.csv: Permission denied; nothing was written\n"


def test_a_fault_moves_no_cursor_and_turns_no_letters_round(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "a.csv"
    table.write_text("\x1b[2Jx,\u202ey,\x9bz\n1,2,3\n", encoding="utf-8")
    assert main([VERIFY[0], VERIFY[1], str(table)]) == 2
    told = capsys.readouterr().err
    assert "\\x1b[2Jx, \\x9bz, \\u202ey" in told
    assert all(letter.isprintable() or letter == "\n" for letter in told)


@pytest.mark.parametrize("command", [["first"], ["fuse"], ["import", "--out", "out.csv"]])
def test_no_word_of_a_source_is_a_command_to_the_terminal(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = "quay\x1b[2J\x9b31m\u202eyauq\x07"
    table = tmp_path / f"r{odd}.csv"
    table.write_text(
        f"source,side,kind,start,lat,lon,act,actor,place_name,incident_id\nP,none,observation,2025-03-19T06:00Z,48,37,shelling,B,{odd},I{odd}\n"
        f"P,none,observation,{odd},48,37,shelling,B,{odd},I{odd}\n"
    )
    main([command[0], str(table), *(str(tmp_path / w) if "." in w else w for w in command[1:])])
    printed = "".join(capsys.readouterr())
    assert "\\u001b[2J" in printed or "\\x1b[2J" in printed
    assert not {*"\x1b\x9b\x07\u202e\r"} & {*printed}


def test_what_a_run_needs_is_loaded_once_and_what_the_environment_says_stays() -> None:
    code = (
        "import gc, os\n"
        "from servanda.cli.loading import load\n"
        "os.environ.pop('PYDANTIC_DISABLE_PLUGINS', None)\n"
        "os.environ['OPENBLAS_NUM_THREADS'] = '3'\n"
        "load('colorsys')\n"
        "print(gc.isenabled(), gc.get_freeze_count() > 0, os.environ['OPENBLAS_NUM_THREADS'], os.environ['PYDANTIC_DISABLE_PLUGINS'])\n"
        "gc.unfreeze()\n"
        "load('colorsys')\n"
        "print(gc.get_freeze_count())\n"
        "try:\n"
        "    load('no_such_module')\n"
        "except ImportError:\n"
        "    print(gc.isenabled())\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True", "3", "__all__", "0", "True"]


@pytest.mark.parametrize(
    "words",
    [
        ["brief", "a.yaml", "r.csv", "--of", "daily", "--number", "-1"],
        ["brief", "a.yaml", "r.csv", "--of", "daily", "--number", "0"],
        ["brief", "a.yaml", "r.csv", "--of", "daily", "--number", "9" * 30],
        ["record", "add", "rec", "r.csv", "--key", "k", "--k", "0"],
        ["follow", "a.yaml", "folder", "--looks", "-1"],
        ["follow", "a.yaml", "folder", "--every", "-0.5"],
        ["follow", "a.yaml", "folder", "--every", "nan"],
        ["follow", "a.yaml", "folder", "--every", "inf"],
    ],
)
def test_a_number_that_means_nothing_is_refused_before_anything_is_read(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert "must be" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["import", "LONG"],
        ["import", "--order", "LONG", "a.csv"],
        ["verify", "--LONG", "a"],
        ["LONG"],
        ["errors", "LONG"],
    ],
)
def test_what_is_far_too_long_to_be_what_was_asked_for_is_not_repeated_whole(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with contextlib.suppress(SystemExit):
        main([word.replace("LONG", "x" * 5_000) for word in words])
    told = capsys.readouterr().err
    assert "(5,00" in told
    assert len(told) < 1_500


def test_what_the_machine_refuses_a_library_that_can_only_panic_is_told_in_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from importlib import import_module

    import polars as pl

    def full(says: str) -> int:
        def run(_: object) -> int:
            raise pl.exceptions.PanicException(says)

        monkeypatch.setattr(import_module("servanda.cli.readers"), "run", run)
        return main(["readers"])

    says = 'called `Result::unwrap()` on an `Err` value: Os { code: 24, kind: TooManyOpenFiles, message: "Too many open files" }'
    assert full(says) == 2
    assert capsys.readouterr().err.startswith("servanda: Too many open files; ")
    with pytest.raises(pl.exceptions.PanicException):
        full("index out of bounds")  # a fault of the library, which is to be seen
