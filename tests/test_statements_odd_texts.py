"""Articles that nobody wrote: they end in statements or in none, and never in a search without end."""

from __future__ import annotations

from servanda.statements.speakers import outlets


def test_a_word_of_a_hundred_thousand_letters_is_no_outlet() -> None:
    assert outlets("A" * 140_000 + " newspaper said") == []
    assert len(outlets("A-" * 70_000 + " newspaper said")) <= 1
