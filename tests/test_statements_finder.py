"""Sayings that no rule finds: a narrated stand has its side and its mark, and what is no stand is left out."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path

import pytest

from servanda.app.statements import read_statements
from servanda.cli.main import main
from servanda.statements import StatementAnalysis
from servanda.statements.finder import FOUND, Judged, Scene, as_told
from servanda.statements.finder.stands import Told

AGREEMENT = """
agreement: lagoon
title: Truce of the lagoon
timezone: Europe/Kyiv
parties: {VE: Vestria, OR: Orlania}
in_force: {from: 2031-03-01}
terms:
  prisoners: {title: Release of prisoners, text: The parties shall release all prisoners of war., unverifiable: no day is named}
  ferries: {title: Ferries, text: Ferries across the lagoon shall sail unhindered., unverifiable: no watch is named}
"""
NARRATED = "Vestria for its part will keep its ferries at the quay until the last prisoner is home"
ARTICLE = f"""Talks at the lagoon

TORVIK, March 4. Ana Lund, the foreign minister of Orlania, said on Tuesday: "We are ready to release every prisoner." {NARRATED}.

Snow fell on the hills all week.
"""


def read(tmp_path: Path, **options: object) -> StatementAnalysis:
    (tmp_path / "agreement.yaml").write_text(AGREEMENT, encoding="utf-8")
    (tmp_path / "talks.txt").write_text(ARTICLE, encoding="utf-8")
    return read_statements([tmp_path / "talks.txt"], tmp_path / "agreement.yaml", **options)  # type: ignore[arg-type]


def test_a_narrated_stand_is_found_with_its_side_and_the_weather_is_none(tmp_path: Path) -> None:
    analysis = read(tmp_path)
    found = [s for s in analysis.statements if s.read_by == FOUND]
    assert [(s.side, s.content.rstrip("."), s.known) for s in found] == [("VE", NARRATED, "inferred")]
    assert {(c.side, c.found) for c in analysis.stands if c.stance != "speaks of"} == {("VE", True), ("OR", False)}
    by_rules = read(tmp_path, finder=as_told)
    assert [s.content for s in by_rules.statements] == [s.content for s in analysis.statements if s not in found]


def test_page_table_and_answer_tell_what_the_model_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    read(tmp_path)
    out = tmp_path / "out"
    main(
        ["statements", str(tmp_path / "talks.txt"), "--agreement", str(tmp_path / "agreement.yaml"), "--out", str(out)]
    )
    assert "(1, found by the model)" in capsys.readouterr().out
    assert (out / "statements.html").read_text(encoding="utf-8").count("found by the model") >= 2
    assert FOUND in (out / "matrix.csv").read_text(encoding="utf-8")


def test_a_stand_that_the_whole_document_does_not_bear_out_stays_as_a_statement_and_is_named(tmp_path: Path) -> None:
    def doubts(scene: Scene, told: Sequence[Told]) -> Judged:
        spoken = tuple(tuple((t, "speaks of") for t, _ in s.stances) for s in told)
        return Judged(spoken, tuple(s.stances for s in told), ())

    sure, doubted = read(tmp_path, finder=as_told), read(tmp_path, finder=doubts)
    assert [s.content for s in doubted.statements] == [s.content for s in sure.statements]
    assert {c.stance for c in doubted.stands} == {"speaks of"}
    (gone,) = [x for x in doubted.left_out if "not likely" in x[1]]
    assert "prisoners" in gone[1]
    assert "We are ready to release every prisoner" in gone[2]


def test_without_an_encoder_the_rules_alone_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    by_rules = read(tmp_path, finder=as_told)
    monkeypatch.setattr(importlib.import_module("servanda.statements.finder.judge"), "encoder", lambda: None)
    assert [(s.content, s.stances) for s in read(tmp_path).statements] == [
        (s.content, s.stances) for s in by_rules.statements
    ]


def test_the_program_that_learns_the_finder_reads_a_marked_article(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("scipy")
    root = Path(__file__).resolve().parent.parent
    monkeypatch.syspath_prepend(str(root / "scripts"))
    learns = importlib.import_module("train_finder")
    article = learns.article(root / "bench" / "speech" / "en" / "late" / "yemen-wire.txt", "en", "late")
    assert any(article.marks)
    assert any(example.said for example in learns.examples([article], frozenset()))
