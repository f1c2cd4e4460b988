"""Whose side words tell: the names of the agreement in any script, states with their adjectives and capitals, and organs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from servanda.statements.cyrillic import folded
from servanda.statements.slavic.names import in_brackets, keys_of, stems
from servanda.statements.slavic.words import Tables, Word


@dataclass
class Whose:
    """The names of sides. ``names``: in any script, with the agreement's codes; ``sides``: the same by their words; ``latin``: those that may be spelt in either script."""

    t: Tables
    names: Mapping[str, str]
    sides: list[tuple[tuple[str, ...], str]] = field(default_factory=list)
    latin: dict[str, str] = field(default_factory=dict)

    @cached_property
    def by_first_word(self) -> Mapping[str, list[tuple[int, tuple[tuple[str, ...], ...], str]]]:
        """The names of sides under each form of their first word: how early one counts, its words with their forms, and the side."""
        out: dict[str, list[tuple[int, tuple[tuple[str, ...], ...], str]]] = {}
        for rank, (names, code) in enumerate(self.sides):
            parts = tuple(keys_of(name, self.t.code) for name in names)
            for key in parts[0]:
                out.setdefault(key, []).append((rank, parts, code))
        return out

    def side(self, words: Sequence[Word]) -> str:
        """Whose side a description tells: the first that it names, but not where an ambassador is; several, parted by semicolons, where they are joined."""
        if any(w.lemmas & self.t.sets["abroad"] for w in words):
            at = next((n for n, w in enumerate(words) if w.low in self.t.raw["from_place"]), len(words))
            words = words[:at]
        if (inner := in_brackets(words)) and (side := self.side(inner)):
            return side  # *Союз за независимость Анголы (УНИТА)*
        found: dict[str, int] = {}
        taken: set[int] = set()
        shared = {tuple(name.split("_")) for name in self.t.raw["shared_organs"]["names"]}
        here = sorted(
            (rank, i, parts, code)
            for i, w in enumerate(words)
            for key in {w.low, *w.lemmas}
            for rank, parts, code in self.by_first_word.get(key, ())
        )
        for rank, i, parts, code in here:
            fits = i + len(parts) <= len(words) and all(
                words[i + j].low in part or words[i + j].lemmas & {*part} for j, part in enumerate(parts)
            )
            if fits and not words[i].capital and parts[0][0] in self.t.with_a_capital:
                continue
            if fits and self._one_of_a_people(words[i]):
                continue  # *грузин по имени Гиви*: a passport is no side
            if fits and not taken & {*range(i, i + len(parts))}:
                taken |= {*range(i, i + len(parts))}
                if self.sides[rank][0] not in shared or not self._of_a_state(words, i + len(parts)):
                    found.setdefault(code, i)
        for i, w in enumerate(words):
            if i not in taken and len(w.text) > 3 and (w.capital or w.is_a("ADJF")):
                spelt = sorted({w.low, *w.lemmas}) if w.capital else []
                code = next((self.latin[folded(f)] for f in (*spelt, *stems(w)) if folded(f) in self.latin), "")
                if code:
                    found.setdefault(code, i)
        order = sorted((c for c in found if c), key=lambda c: found[c])
        between = words[found[order[0]] + 1 : found[order[1]]] if len(order) > 1 else []
        adjective = bool(between) and words[found[order[0]]].forms[0].pos == "ADJF"
        if adjective and between[0].lemmas & self.t.sets["offices"] and all(_plain(w) for w in between):
            return order[1]  # *швейцарский член комиссии*: by office, and not by passport
        if between and all(w.text == "," or w.low in ("и", "й", "та", "і") for w in between):
            return "; ".join(order)
        return order[0] if order else ""

    def _one_of_a_people(self, word: Word) -> bool:
        return bool(word.lemmas & self.t.peoples) and all(f.number == "sing" for f in word.forms)

    def _of_a_state(self, words: Sequence[Word], end: int) -> bool:
        """*секретарь Совета безопасности*, *Совет безопасности РФ*: not that of the United Nations."""
        officials = {*self.t.raw["shared_organs"]["officials"]}
        return any(w.lemmas & officials for w in words) or (end < len(words) and bool(self.side(words[end : end + 2])))


def _plain(word: Word) -> bool:
    """No sign, and nothing that parts or joins."""
    return not word.mark and not word.is_a("PREP", "CONJ")
