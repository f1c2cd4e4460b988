"""A parser and a model that a user learned: what it adds to the rules, and what it never does."""

import re
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

import servanda
from servanda.cli.main import main
from servanda.statements.parsed import Model, attributions_with, parse

MARKED = """
S{Colonel Brandt} C{is adamant that} W{the northern road is open}.
S{The governor} C{is adamant that} W{no shells fell on the market}.
S{Her deputy} C{is adamant that} W{the bridge was never mined}.
S{The rebels} C{are adamant that} W{the prisoners are well}.
S{A lawyer} C{was adamant that} W{the list is complete}.
S{The mayor} C{said} W{the mill had burned down}.
S{The ministry} C{said} W{two trucks had crossed the river}.
W{"We leave on Friday,"} S{the captain} C{said}.
The trucks left the valley at noon and reached the bridge by night.
A long column of carts stood in the snow that had fallen since Monday.
"""
SAID = "Commander Holt is adamant that the guns have left the valley."


def corpus(folder: Path) -> Path:
    """A corpus of a few sentences, as brat writes it."""
    for part in ("text", "attributions"):
        (folder / part).mkdir(parents=True)
    text, marks, n = "", [], 0
    for line in MARKED.strip().split("\n"):
        roles = []
        for piece in re.split(r"([SCW]\{[^}]*\})", line):
            inner = re.fullmatch(r"([SCW])\{([^}]*)\}", piece)
            if inner is None:
                text += piece
                continue
            n += 1
            kind = {"S": "Source", "C": "Cue", "W": "Content"}[inner[1]]
            marks.append(f"T{n}\t{kind} {len(text)} {len(text) + len(inner[2])}\t{inner[2]}")
            roles.append(f"{kind}:T{n}")
            text += inner[2]
        text += "\n"
        if roles:
            marks.append(f"E{n}\t{' '.join(roles)}")
    (folder / "text" / "one.txt").write_text(text, encoding="utf-8")
    (folder / "attributions" / "one.ann").write_text("\n".join(marks), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trained")
    assert main(["train", str(corpus(folder / "corpus")), "--out", str(folder / "mine.npz")]) == 0
    return folder / "mine.npz"


def read(trained: Path, text: str) -> list[tuple[str, str, str]]:
    """Source, content and why it counts as not said."""
    found = attributions_with(Model.read(trained), parse(text))
    return [(a.said_as, " ".join(text[x:y] for x, y in a.content), a.unsaid) for a in found]


def test_a_cue_that_no_rule_knows_is_learned(trained: Path) -> None:
    assert parse(SAID).ruled == ()
    [(who, what, unsaid)] = read(trained, SAID)
    assert who == "Commander Holt"
    assert "the guns have left the valley" in what
    assert unsaid == ""


@pytest.mark.parametrize(
    "text",
    [
        "Commander Holt is not adamant that the guns have left the valley.",
        "Nobody is adamant that the guns have left the valley.",
        "If Commander Holt is adamant that the guns have left the valley, the talks go on.",
        "Commander Holt may be adamant that the guns have left the valley.",
        "Commander Holt never said that the guns have left the valley.",
    ],
)
def test_what_was_not_said_stays_unsaid(trained: Path, text: str) -> None:
    assert all(unsaid for _, _, unsaid in read(trained, text))


def test_articles_are_read_with_a_model(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("article.txt").write_text(f"The road north\n\nHAVEN, 3 May 2031 - {SAID}\n", encoding="utf-8")
    assert main(["statements", "article.txt"]) == 0
    assert "1 article: 0 statements" in capsys.readouterr().out
    assert main(["statements", "article.txt", "--model", str(trained)]) == 0
    assert "1 article: 1 statement " in capsys.readouterr().out
    assert servanda.statements("article.txt", model=trained).statements.height == 1
    assert "one.txt" not in trained.with_suffix(".md").read_text(encoding="utf-8")
    monkeypatch.setattr(import_module("servanda.statements.parsed"), "available", lambda: False)
    assert main(["statements", "article.txt", "--model", str(trained)]) == 0
    assert capsys.readouterr().out.startswith("The parser is not installed")


def test_what_is_no_model_or_no_corpus_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "article.txt").write_text(SAID, encoding="utf-8")
    (tmp_path / "words.npz").write_text("no model", encoding="utf-8")
    np.savez(tmp_path / "other.npz", version=np.array(99))
    for name in ("words.npz", "other.npz"):
        assert main(["statements", str(tmp_path / "article.txt"), "--model", str(tmp_path / name)]) == 2
        assert "DOC016" in capsys.readouterr().err
    broken = corpus(tmp_path / "broken")
    (broken / "attributions" / "one.ann").write_text("T1\tCue x y\tsaid\n", encoding="utf-8")
    for folder in (tmp_path / "nothing", broken):
        assert main(["train", str(folder), "--out", str(tmp_path / "m.npz")]) == 2
        assert "DOC017" in capsys.readouterr().err
    assert not (tmp_path / "m.npz").exists()
