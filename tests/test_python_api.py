"""The Python API: what is public, what it takes, what it gives back."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import yaml

import servanda
from servanda import NamedBytes, ServandaError
from servanda.app.views import COLOURS, html_table
from servanda.coverage import read_coverage
from servanda.drafting import check_agreement
from servanda.testing import agreement, coverage, report, reports, watch

ROOT = Path(__file__).resolve().parent.parent
CASE = ROOT / "cases" / "energy-truce-2025"
EVIDENCE = sorted((CASE / "evidence").iterdir())
WITH_AGREEMENT = "evidence: 'EvidenceLike', agreement: 'AgreementLike | None' = None"
SIGNATURES = {
    "brief": "(agreement: 'AgreementLike', evidence: 'EvidenceLike', coverage: 'CoverageLike | None' = None, *, of: 'str', "
    "date: 'date | str | None' = None, incident: 'str | None' = None, to: 'str | None' = None, "
    "until: 'datetime | str | None' = None, source: 'str | None' = None, language: 'str' = 'en', "
    "reader: 'str | None' = None, fuse: 'bool' = True, progress: 'Progress | None' = None) -> 'MissionReport'",
    "check": "(agreement: 'AgreementLike') -> 'CheckResult'",
    "figures": f"({WITH_AGREEMENT}) -> 'Figures'",
    "fuse": f"({WITH_AGREEMENT}, *, reader: 'str | None' = None, engine: 'Engine | None' = None, "
    "progress: 'Progress | None' = None) -> 'Fusion'",
    "read_agreement": "(agreement: 'AgreementLike') -> 'Agreement'",
    "read_reports": f"({WITH_AGREEMENT}, *, reader: 'str | None' = None) -> 'Reports'",
    "say": "(agreement: 'AgreementLike') -> 'str'",
    "schema": "(name: 'str' = 'agreement') -> 'dict[str, Any]'",
    "statements": "(documents: 'Any', agreement: 'AgreementLike | None' = None, *, by: 'str' = '', model: 'str | Path | None' = None) -> 'Statements'",
    "trend": "(agreement: 'AgreementLike', evidence: 'EvidenceLike', coverage: 'CoverageLike | None' = None, *, baseline: 'str' = '', "
    "by: \"Literal['day', 'week', 'month']\" = 'day', terms: 'Sequence[str]' = (), as_of: 'datetime | date | str | None' = None, "
    "reader: 'str | None' = None, progress: 'Progress | None' = None) -> 'Trends'",
    "verify": "(agreement: 'AgreementLike', evidence: 'EvidenceLike', coverage: 'CoverageLike | None' = None, *, "
    "as_of: 'datetime | date | str | None' = None, by: \"Literal['day', 'week', 'month'] | None\" = None, "
    "reader: 'str | None' = None, fuse: 'bool' = True, mapping: 'FileLike | None' = None, engine: 'Engine | None' = None, "
    "progress: 'Progress | None' = None) -> 'Verification'",
}
TYPES = {
    "Agreement", "AgreementError", "CheckResult", "CoverageError", "EvidenceError", "Fault", "Figures", "Fusion", "IngestResult",
    "MissionReport", "NamedBytes", "RecordError", "Reports", "ServandaError", "Spark", "Statements", "Trends", "Verdict", "Verification",
}  # fmt: skip
MEMBERS = {
    "Verification": {
        "acts", "agreement", "as_of", "coverage", "exceptions", "findings", "from_dict", "hearsay", "incidents", "ingest", "items", "lives", "members",
        "no_term", "of", "quarantine", "report", "steps", "timeline", "to_dict", "verdicts", "watches",
    },
    "Fusion": {"TABLES", "from_dict", "report", "to_dict", "total"},
    "Figures": {"TABLES", "from_dict", "report", "to_dict"},
    "Statements": {"TABLES", "from_dict", "report", "to_dict"},
    "Trends": {"level_changes", "rates", "ratios", "report", "series", "to_dict"},
    "MissionReport": {"report", "sentences", "tables", "text", "to_dict"},
    "CheckResult": {"faults", "findings", "from_dict", "readable", "score", "scores", "to_dict"},
    "Reports": {"figures", "items", "quarantine", "statements"},
}  # fmt: skip


@pytest.fixture(scope="module")
def energy() -> servanda.Verification:
    return servanda.verify(CASE / "agreement.yaml", EVIDENCE)


SEEN = {"source": "Mission", "side": "none", "reliability": "A", "kind": "observation", "actor": "A"}


def verdicts(*rows: dict[str, Any], **options: Any) -> list[str]:
    result = servanda.verify(agreement(), reports(*rows), coverage(watch()), **options)
    return result.verdicts["verdict"].to_list()


def test_what_is_public_is_this_and_nothing_else() -> None:
    assert set(servanda.__all__) == {*SIGNATURES, *TYPES, "FORMAT", "__version__"}
    for name, signature in SIGNATURES.items():
        assert str(inspect.signature(getattr(servanda, name))) == signature, name
    for name in TYPES:
        assert isinstance(getattr(servanda, name), type), name
    for name, members in MEMBERS.items():
        public = {m for m in dir(getattr(servanda, name)) if not m.startswith("_")}
        assert public == members, name
    assert set(servanda.__all__) <= set(dir(servanda))
    with pytest.raises(AttributeError, match="no attribute 'verifi'"):
        _ = servanda.verifi


@pytest.mark.parametrize("name", SIGNATURES)
def test_every_public_function_says_what_it_takes_gives_and_raises(name: str) -> None:
    page = inspect.getdoc(getattr(servanda, name)) or ""
    arguments, rest = page.split("\nReturns:\n")
    assert "\nRaises:\n" in rest
    for argument in inspect.signature(getattr(servanda, name)).parameters:
        assert f"\n    {argument}: " in arguments, argument


def test_the_package_is_imported_in_less_than_a_third_of_a_second_and_without_polars() -> None:
    code = "import time; t = time.process_time(); import servanda, sys; print(time.process_time() - t, 'polars' in sys.modules)"
    seconds, polars = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert float(seconds) < 0.3
    assert polars == "False"


def test_the_package_runs_as_a_program() -> None:
    done = subprocess.run([sys.executable, "-m", "servanda", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"servanda {servanda.__version__}\n"


def test_a_room_called_as_a_function_is_does_not_hide_it() -> None:
    code = (
        "import servanda.figures, servanda.statements, servanda\n"
        "from servanda.figures import compared\n"
        "print(callable(servanda.figures), callable(servanda.statements), callable(compared))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "True True True\n"


def test_paths_frames_rows_and_files_in_memory_give_the_same_verdicts(energy: servanda.Verification) -> None:
    pandas = pytest.importorskip("pandas")
    path = CASE / "evidence" / "reports.csv"
    others = [p for p in EVIDENCE if p != path]
    table = pl.read_csv(path, infer_schema=False)
    text = (CASE / "agreement.yaml").read_text(encoding="utf-8")
    given: list[tuple[Any, Any]] = [
        (str(CASE / "agreement.yaml"), [str(p) for p in EVIDENCE]),
        (servanda.read_agreement(CASE / "agreement.yaml"), (p for p in EVIDENCE)),
        (CASE / "agreement.yaml", [table, *others]),
        (CASE / "agreement.yaml", [table.to_arrow(), *others]),
        (CASE / "agreement.yaml", [pandas.DataFrame(table.to_dict(as_series=False)), *others]),
        (CASE / "agreement.yaml", [*table.to_dicts(), *others]),
        (CASE / "agreement.yaml", [NamedBytes(p.name, p.read_bytes()) for p in EVIDENCE]),
        (CASE / "agreement.yaml", [path, *others[: -0 or None]]),
    ]
    if "file:" not in text:  # places beside the file need a folder
        given.append((NamedBytes("agreement.yaml", text.encode()), EVIDENCE))
    for deal, evidence in given:
        assert servanda.verify(deal, evidence).to_dict() == energy.to_dict()


def test_a_mapping_says_what_the_file_says() -> None:
    by_file = {
        "agreement": "storage", "title": "T", "timezone": "UTC", "parties": {"A": "Aland", "B": "Bland"}, "in_force": {"from": date(2025, 3, 18), "for": "30 days"},
        "terms": {"fire": {"text": "x", "forbid": {"act": ["strike"]}}},
    }  # fmt: skip
    text = yaml.safe_dump({**by_file, "in_force": {"from": "2025-03-18", "for": "30 days"}}).encode()
    one, two = servanda.read_agreement(by_file), servanda.read_agreement(NamedBytes("agreement.yaml", text))
    assert one.texts == two.texts
    assert servanda.say(by_file) == servanda.say(NamedBytes("agreement.yaml", text))


def test_coverage_may_be_a_mapping_a_file_or_a_frame() -> None:
    as_mapping = coverage(watch())
    as_file = NamedBytes("coverage.yaml", yaml.safe_dump({"coverage": "test", **as_mapping}).encode())
    row = {
        "watch_id": "camera",
        "who": "Mission",
        "means": "camera",
        "detects": ["strike"],
        "place": "zone",
        "probability": 0.95,
    }
    times = {"from": datetime(2025, 3, 17, 22, tzinfo=UTC), "to": datetime(2025, 4, 17, 21, tzinfo=UTC)}
    as_frame = pl.DataFrame({name: [value] for name, value in {**row, **times}.items()})
    results = [
        servanda.verify(agreement(), reports(SEEN), given)
        for given in (as_mapping, [as_file], as_frame, as_frame.to_arrow())
    ]
    assert [r.verdicts["verdict"].to_list() for r in results] == [["breached", "complied"]] * 4
    assert len({json.dumps(r.to_dict()) for r in results}) == 1


def test_an_instant_may_be_a_datetime_a_day_or_text() -> None:
    late = {**SEEN, "known_at": "2025-03-30T12:00:00Z"}
    for as_of in (
        datetime(2025, 3, 29, tzinfo=UTC),
        datetime(2025, 3, 29),  # noqa: DTZ001  one without a zone is what is tried
        date(2025, 3, 29),
        "2025-03-29",
        "2025-03-29T02:00+02:00",
    ):
        assert "breached" not in verdicts(late, as_of=as_of)
    assert "breached" in verdicts(late, as_of="2025-03-31")
    kyiv = servanda.verify(agreement(), reports(late), as_of=date(2025, 3, 29)).as_of
    assert kyiv == datetime(2025, 3, 28, 22, tzinfo=UTC)


def test_what_does_not_say_when_it_became_known_is_left_out_as_of_an_instant_and_counted() -> None:
    undated = {name: value for name, value in SEEN.items() if name != "known_at"}
    assert "breached" in verdicts(undated)
    judged = servanda.verify(agreement(), reports(undated), as_of="2025-04-30")
    assert "breached" not in judged.verdicts["verdict"].to_list()
    assert judged.to_dict()["undated"] == 1


@pytest.mark.parametrize(
    ("call", "code", "kind"),
    [
        (lambda: servanda.verify(3, []), "API002", servanda.AgreementError),
        (lambda: servanda.verify(agreement(), {"sources": {"a": object()}}), "API003", servanda.EvidenceError),
        (lambda: servanda.verify(agreement(), 3), "API003", servanda.EvidenceError),
        (lambda: servanda.verify(agreement(), [None]), "API003", servanda.EvidenceError),
        (lambda: servanda.verify(agreement(), [{"a": 1}, {"a": "x"}]), "API003", servanda.EvidenceError),
        (lambda: servanda.verify(agreement(), reports(), 3.5), "API004", servanda.CoverageError),
        (lambda: servanda.verify(agreement(), reports(), as_of=3), "API005", ServandaError),
        (lambda: servanda.verify(agreement(), reports(), as_of="soon"), "API005", ServandaError),
        (lambda: servanda.verify(agreement(), reports(), as_of=pd.NaT), "API005", ServandaError),
        (lambda: servanda.verify(agreement(), reports(), as_of=date.min), "API005", ServandaError),
        (lambda: servanda.verify(agreement(), reports(), as_of=datetime(2025, 3, 30, 3, 30)), "API005", ServandaError),  # noqa: DTZ001
        (lambda: servanda.verify(agreement(), b"source,start"), "API003", servanda.EvidenceError),
        (lambda: servanda.verify(agreement(), reports(), pl.DataFrame()), "EVD017", servanda.CoverageError),
        (lambda: servanda.verify(agreement(), reports(), "a\0b"), "YML001", servanda.CoverageError),
        (lambda: servanda.say({"title": "\ud800"}), "YML006", servanda.AgreementError),
        (lambda: servanda.say(NamedBytes("a.yaml", b'title: "\\ud800"')), "YML006", servanda.AgreementError),
        (lambda: servanda.say(NamedBytes("a.yaml", b'title: "\\e[2J"')), "YML006", servanda.AgreementError),
        (lambda: servanda.say({"title": "\x1b[2J"}), "YML006", servanda.AgreementError),
        (lambda: servanda.schema([]), "API001", ServandaError),  # type: ignore[arg-type]  what is tried
        (lambda: servanda.verify(agreement(), reports(), by="year"), "API006", ServandaError),
        (lambda: servanda.Verification.from_dict([]), "API008", ServandaError),
        (lambda: servanda.Verification.from_dict({"format": 1}), "API008", ServandaError),
        (lambda: servanda.Fusion.from_dict({"format": 2}), "API008", ServandaError),
        (lambda: servanda.CheckResult.from_dict({"format": 2}), "API008", ServandaError),
        (lambda: servanda.figures(reports(SEEN)), "API011", servanda.EvidenceError),
        (lambda: servanda.statements(3), "API003", servanda.EvidenceError),
        (lambda: report(actr="A"), "API012", ServandaError),
        (lambda: watch(propability=1), "API012", ServandaError),
        (lambda: agreement(partys={}), "API012", ServandaError),
    ],
)
def test_a_wrong_argument_is_told_with_a_code_and_a_hint(call: Any, code: str, kind: type[ServandaError]) -> None:
    with pytest.raises(kind) as caught:
        call()
    (fault,) = caught.value.faults
    assert fault.code == code
    assert len(fault.hint) > 10


def test_a_mapping_of_what_no_file_could_hold_is_an_error_of_ours() -> None:
    for odd in ({"agreement": object()}, {1: 2}, {"agreement": {"x": {1, 2}}}):
        with pytest.raises(servanda.AgreementError):
            servanda.verify(odd, [])
        assert not servanda.check(odd).readable
    with pytest.raises(servanda.CoverageError):
        servanda.verify(agreement(), reports(), {"watches": [object()]})


def test_a_frame_that_is_no_table_of_evidence_is_an_error_of_ours() -> None:
    for frame in (pl.DataFrame({"a": [1]}), pa.table({"a": [1]}), pl.DataFrame()):
        with pytest.raises(servanda.EvidenceError):
            servanda.verify(agreement(), frame)
    with pytest.raises(servanda.CoverageError):
        servanda.verify(agreement(), reports(), pl.DataFrame({"a": [1]}))


def test_the_frames_of_a_verification_go_to_pandas_and_arrow(energy: servanda.Verification) -> None:
    pytest.importorskip("pandas")
    names = (
        "verdicts",
        "timeline",
        "findings",
        "incidents",
        "members",
        "quarantine",
        "coverage",
        "items",
        "acts",
        "exceptions",
        "lives",
    )
    for name in names:
        frame = getattr(energy, name)
        assert isinstance(frame, pl.DataFrame), name
        assert frame.to_pandas().shape == frame.shape
        assert frame.to_arrow().num_rows == frame.height


def test_the_verdicts_are_those_of_the_file(energy: servanda.Verification) -> None:
    rows = energy.to_dict()["verdicts"]
    frame = energy.verdicts
    assert frame.select("term", "party", "reading", "verdict").rows() == [
        (r["term"], r["party"], r["reading"], r["verdict"]) for r in rows
    ]
    assert frame["incidents"].to_list() == [r["incidents"] for r in rows]
    assert frame["window_start"].to_list() == [datetime.fromisoformat(r["window"][0]) for r in rows]
    steps = energy.steps("energy", "RU", "moscow")
    assert steps["text"].to_list() == [s["text"] for s in rows[0]["steps"]]


def test_steps_of_no_single_verdict_are_an_error(energy: servanda.Verification) -> None:
    for asked in (("energy",), ("energy", "XX"), ("fire", "RU", "moscow")):
        with pytest.raises(ServandaError, match="API010"):
            energy.steps(*asked)


def test_a_result_goes_to_plain_data_and_back(energy: servanda.Verification) -> None:
    figures = ROOT / "tests" / "data" / "field_figures.csv"
    results = [
        energy,
        servanda.fuse(CASE / "evidence" / "reports.csv"),
        servanda.figures(figures),
        servanda.check(CASE / "agreement.yaml"),
        servanda.check({"agreement": "x"}),
    ]
    for result in results:
        data = json.loads(json.dumps(result.to_dict()))
        assert data["format"] == 2
        again = type(result).from_dict(data)
        assert again.to_dict() == result.to_dict()
        for name in getattr(result, "TABLES", ()):
            assert getattr(again, name).equals(getattr(result, name)), name


def test_what_a_file_does_not_hold_is_not_made_up(energy: servanda.Verification) -> None:
    again = servanda.Verification.from_dict(energy.to_dict())
    assert again.verdicts.equals(energy.verdicts)
    assert again.as_of == energy.as_of
    for name in ("findings", "incidents", "members", "coverage", "quarantine", "agreement", "timeline"):
        with pytest.raises(ServandaError, match="API009"):
            getattr(again, name)
    with pytest.raises(ServandaError, match="API009"):
        again.report("somewhere")


def test_results_and_what_is_in_them_have_a_short_repr(energy: servanda.Verification) -> None:
    judged = energy._judged
    deal = energy.agreement
    things = [
        energy, judged, deal, deal.vocabulary, energy.ingest, judged.watched, servanda.fuse(EVIDENCE),
        servanda.read_reports(EVIDENCE), check_agreement(CASE / "agreement.yaml"), servanda.check(CASE / "agreement.yaml"),
        read_coverage([], deal.places, deal.vocabulary, deal.zone),
    ]  # fmt: skip
    for thing in things:
        assert 10 < len(repr(thing)) < 200, type(thing)
        assert "\n" not in repr(thing)
    assert repr(energy) == "<servanda.Verification energy-truce-2025: 12 verdicts (12 undetermined); 328 reports>"
    told = {**SEEN, "actor": "RU", "start": "2025-04-01T12:00Z", "lat": 48.0, "lon": 37.0, "act": "strike"}
    rows = [{**told, "report_id": "R1", "lat": None}, {**told, "report_id": "R2"}]
    left_out = servanda.verify(CASE / "agreement.yaml", rows, as_of="2025-04-17")
    assert repr(left_out).endswith(
        "; 0 reports; 1 row in quarantine; 2 rows left out, for nothing says since when known>"
    )
    assert "1 row in quarantine" in left_out._repr_html_()


def test_a_notebook_shows_a_small_table_with_all_text_escaped(energy: servanda.Verification) -> None:
    shown = energy._repr_html_()
    assert shown.count("<tr>") == 1 + energy.verdicts.height
    assert ">undetermined</span>" in shown
    evil = html_table("<b>", "<i>", pl.DataFrame({"<u>": ["<script>"], "long": ["x" * 500], "verdict": ["breached"]}))
    assert not any(tag in evil for tag in ("<b>", "<i>", "<u>", "<script>", "x" * 201))
    assert html_table("", "", pl.DataFrame({"n": range(100)})).count("<tr>") == 21


def test_the_words_of_verdicts_can_be_read_on_their_ground() -> None:
    def light(colour: str) -> float:
        parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    from servanda.verdicts import VERDICTS

    assert set(COLOURS) == set(VERDICTS)
    for word, (ink, ground) in COLOURS.items():
        assert (light(ground) + 0.05) / (light(ink) + 0.05) >= 7, word  # WCAG 2.2, AAA


def test_a_report_is_a_page_or_a_folder_with_all_files(energy: servanda.Verification, tmp_path: Path) -> None:
    assert energy.report(tmp_path / "a" / "page.html") == tmp_path / "a" / "page.html"
    assert [p.name for p in (tmp_path / "a").iterdir()] == ["page.html"]
    energy.report(tmp_path / "b")
    assert (tmp_path / "b" / "report.html").read_bytes() == (tmp_path / "a" / "page.html").read_bytes()
    assert json.loads((tmp_path / "b" / "verdicts.json").read_text(encoding="utf-8")) == energy.to_dict()
    (tmp_path / "c").write_text("a file")
    fusion = servanda.fuse(reports(SEEN))
    for call in (lambda: energy.report(tmp_path / "c"), lambda: energy.report(3), lambda: fusion.report("f.html")):
        with pytest.raises(ServandaError, match="API007"):
            call()
    fusion.report(tmp_path / "d")
    assert "incidents.geojson" in {p.name for p in (tmp_path / "d").iterdir()}


def test_reports_are_read_with_what_could_not_be_read() -> None:
    result = servanda.read_reports([report(report_id="R1"), report(report_id="R2", start="yesterday")])
    assert result.reports["report_id"].to_list() == ["R1"]
    assert result.quarantine["field"].to_list() == ["start"]
    assert servanda.read_reports([]).reports.height == 0


def test_fused_reports_are_judged_as_one_incident() -> None:
    near = {**SEEN, "source": "Post 2", "lat": 48.001}
    apart, together = (
        servanda.verify(agreement(), reports(SEEN, near), fuse=fuse).verdicts["confirmed"][0] for fuse in (False, True)
    )
    assert (apart, together) == (2, 1)


def test_statements_are_frames_with_a_page(tmp_path: Path) -> None:
    pytest.importorskip("HanTa")
    result = servanda.statements(sorted((ROOT / "tests" / "data" / "articles").glob("*.txt")))
    assert result.statements.height > 3
    assert result.occasions["relays"].dtype == pl.Int64
    result.report(tmp_path)
    assert {"statements.html", "matrix.csv"} <= {p.name for p in tmp_path.iterdir()}
    again = servanda.Statements.from_dict(result.to_dict())
    assert again.to_dict() == result.to_dict()
    with pytest.raises(ServandaError, match="API009"):
        again.report(tmp_path)


def test_a_mission_report_is_text_sentences_with_their_data_and_files(tmp_path: Path) -> None:
    rows = reports({**SEEN, "known_at": "2025-03-20T13:00:00Z"})
    result = servanda.brief(agreement(), rows, coverage(watch()), of="daily", date="2025-03-20", language="fr")
    assert repr(result) == "<servanda.MissionReport Rapport quotidien n° 3, 20 mars 2025>"
    assert result.text.startswith("Rapport quotidien")
    assert json.loads(result.sentences.filter(place="lead")["made_of"][0]) == {
        "message": "lead.count",
        "n": 1,
        "day": "2025-03-20",
    }
    assert result.tables["counts"]["incidents"].to_list() == [1]
    result.report(tmp_path)
    assert {"daily-2025-03-20.fr.pdf", "daily-2025-03-20-events.csv"} <= {p.name for p in tmp_path.iterdir()}


def test_a_file_in_memory_holds_bytes_under_a_name() -> None:
    with pytest.raises(TypeError, match=r"must be bytes, not str; of text, give text\.encode"):
        NamedBytes("reports.csv", "source,start")  # type: ignore[arg-type]  what is tried
    with pytest.raises(TypeError, match="must be text, not NoneType"):
        NamedBytes(None, b"")  # type: ignore[arg-type]
    assert hash(NamedBytes("a.csv", bytearray(b"x"))) == hash(NamedBytes("a.csv", b"x"))  # type: ignore[arg-type]


def test_an_agreement_written_as_json_keeps_its_letters() -> None:
    clause = {"text": "No \N{MILITARY HELMET} shelling.", "forbid": {"act": "strike"}}
    made = {
        "agreement": "t", "title": "T", "timezone": "UTC", "parties": {"A": "Aland", "B": "Bland"},
        "in_force": {"from": "2025-03-18", "for": "30 days"}, "terms": {"fire": clause},
    }  # fmt: skip
    assert "\\ud83e\\ude96" in json.dumps(made)
    assert servanda.say(NamedBytes("a.yaml", json.dumps(made).encode())) == servanda.say(made)


@pytest.mark.parametrize("path", ["", "a\0b", "x" * 300, "x" * 300 + ".html", "file/out", "link", None, b"out", 3])
def test_a_report_that_cannot_be_written_there_is_a_fault(
    path: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file").write_text("mine", encoding="utf-8")
    Path("link").symlink_to("nowhere")
    result = servanda.verify(agreement(), reports(SEEN))
    with pytest.raises(ServandaError):
        result.report(path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "link"]


def test_a_report_goes_wherever_a_path_leads(tmp_path: Path) -> None:
    class Place:
        def __fspath__(self) -> str:
            return str(tmp_path / "page.html")

    assert servanda.verify(agreement(), reports(SEEN)).report(Place()).is_file()


def broken(data: dict[str, Any]) -> list[dict[str, Any]]:
    """The data with every value, down to the rows of its tables, replaced by one of another kind."""
    out = []
    for name, value in data.items():
        out += [{**data, name: other} for other in (None, 3, "x", [1], [{}], object()) if name != "format"]
        if isinstance(value, list) and value and isinstance(value[0], dict):
            out += [
                {**data, name: [{**value[0], cell: other}]}
                for cell in value[0]
                for other in (None, "soon", ["soon"], {"a": 1})
            ]
    return out


def test_data_that_no_to_dict_gave_are_a_fault_or_a_result_that_works(energy: servanda.Verification) -> None:
    results: list[Any] = [
        energy,
        servanda.fuse(reports(SEEN)),
        servanda.figures(EVIDENCE, CASE / "agreement.yaml"),
        servanda.check(CASE / "agreement.yaml"),
        servanda.check({"x": 1}),
    ]
    for result in results:
        data = {k: v[:2] if isinstance(v, list) and k != "total" else v for k, v in result.to_dict().items()}
        refused = 0
        for changed in broken(data):
            try:
                again = type(result).from_dict(changed)
            except ServandaError as error:
                refused += [fault.code for fault in error.faults] == ["API008"]
                continue
            assert len(repr(again)) < 250
            assert "<table" in again._repr_html_()
        assert refused > 10, result


def test_a_repr_is_short_and_one_line_whatever_a_file_says() -> None:
    data = servanda.verify(agreement(), reports(SEEN)).to_dict()
    shown = repr(servanda.Verification.from_dict({**data, "agreement": "\x1b[2J\n" * 10_000}))
    assert len(shown) < 250
    assert shown.isprintable()
