"""The articles that statements are measured on: their marks hold together (bench/speech/README.md)."""

from __future__ import annotations

import itertools
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from servanda.agreement import read_agreement
from servanda.statements.stances import STANCES

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "bench"))
ARTICLES = ROOT / "bench" / "speech"
MARKS = sorted(ARTICLES.glob("*/*/*.yaml"))
SECOND = sorted(ARTICLES.glob("*/second/*/*.yaml"))
"""What a second reader marked, of texts that stand beside the first one's marks."""


def _read(path: Path) -> tuple[str, dict[str, Any]]:
    text = path.with_suffix(".txt")
    if path in SECOND:
        text = ARTICLES / path.parts[-4] / text.parent.name / text.name
    return text.read_text(encoding="utf-8"), yaml.safe_load(path.read_text(encoding="utf-8"))


def test_there_are_as_many_articles_as_are_told() -> None:
    halves = {(p.parent.parent.name, p.parent.name): len(list(p.parent.glob("*.txt"))) for p in MARKS}
    assert halves == {
        ("en", "dev"): 30,
        ("en", "fresh"): 40,
        ("en", "held"): 15,
        ("en", "apart"): 8,
        ("en", "more"): 30,
        ("en", "kept"): 10,
        ("en", "learn"): 52,
        ("en", "unseen"): 12,
        ("en", "press"): 35,
        ("en", "press-held"): 20,
        ("en", "late"): 5,
        ("en", "late-held"): 5,
        ("en", "mixed"): 4,
        ("en", "mixed-held"): 4,
        ("en", "wide"): 4,
        ("en", "wide-held"): 4,
        ("ru", "learn"): 47,
        ("uk", "learn"): 41,
        **{
            (language, half): many
            for language in ("ru", "uk")
            for half, many in (
                ("dev", 20),
                ("fresh", 12),
                ("more", 16),
                ("held", 8),
                ("apart", 6),
                ("kept", 6),
                ("unseen", 8),
                ("press", 12),
                ("press-held", 12),
                ("late", 5),
                ("late-held", 5),
                ("mixed", 4),
                ("mixed-held", 4),
                ("wide", 4),
                ("wide-held", 4),
            )
        },
    }


def _halves() -> tuple[str, ...]:
    import speech

    return speech.HALVES


def test_the_halves_are_about_different_truces() -> None:
    for language in ("en", "ru", "uk"):
        halves = [{_read(p)[1]["agreement"] for p in (ARTICLES / language / half).glob("*.yaml")} for half in _halves()]
        assert not any(a & b for a, b in itertools.combinations(halves, 2))


@pytest.mark.parametrize("language", ["en", "ru", "uk"])
def test_every_marked_word_stands_in_its_article(language: str) -> None:
    for path in (p for p in (*MARKS, *SECOND) if p.is_relative_to(ARTICLES / language)):
        text, data = _read(path)
        for saying in data["statements"]:
            assert saying["words"] in text, (path.name, saying["words"])
            assert set(saying) == {"speaker", "side", "term", "stance", "words", "direct", "cue"}


def test_every_mark_names_a_term_of_its_agreement_and_a_stance() -> None:
    terms = {
        name: {t.id for reading in read_agreement(ROOT / name).texts for t in reading.terms}
        for name in {_read(p)[1]["agreement"] for p in MARKS}
    }
    for path in (*MARKS, *SECOND):
        data = _read(path)[1]
        for mark in (*data["statements"], *data["who_stands_where"]):
            assert mark["term"] in terms[data["agreement"]] or (mark["term"] == "none" and "words" in mark), path
            assert mark["stance"] in STANCES, path
        cells = [tuple(c.values()) for c in data["who_stands_where"]]
        assert len(set(cells)) == len(cells), path
        assert not any(stance == "speaks of" or not side for side, _, stance in cells), path


def test_two_readers_agree_as_far_as_their_cells_do() -> None:
    import readers

    every = readers.twice_read()
    assert len(every) == len(SECOND) == 38
    *_, same = readers.agreement(every)
    *_, same_place = readers.agreement(every, "stance")
    low, high = readers.bounds(every)
    assert low < same < high
    assert same < same_place < 1
    # each reader of himself; labels that are no more alike than by chance
    *_, whole = readers.agreement([replace(a, second=a.first) for a in every])
    assert whole == 1
    assert (
        readers.kappa([("accepts", "accepts"), ("accepts", "rejects"), ("rejects", "accepts"), ("rejects", "rejects")])
        == 0
    )
    assert readers.kappa([("accepts", "accepts"), ("rejects", "rejects")]) == 1
    # the tables tell every language and half, with a program that finds nothing
    told = readers.told(lambda path, agreement: ([], set()))
    assert told.count("0.00 / 0.00") == 7
    assert f"**{same:.2f}**" in told
