"""What was done, and by whom: words of a table to codes and parties. What is no code and no word for one is asked once, and kept."""

from __future__ import annotations

import re

from servanda.evidence.importing.mapping import NONE, OPEN
from servanda.evidence.importing.sheets import is_blank, shown
from servanda.evidence.importing.words import act_of, acts_in, begins_with_word, is_word, says_no, word_list, words
from servanda.evidence.importing.work import Work, text_of
from servanda.values.names import name_key, names_of
from servanda.wording import closest, did_you_mean

_PARTS = re.compile(r"\s*[;,/+&\n]\s*|\s+(?:and|et|y|та|і|и)\s+")
_LONGEST = 200
"""Characters beyond which a text is no name and no word for an act."""


class Coding:
    """The acts and the actors of every row: none, one, or several."""

    def __init__(self, work: Work, *, form: bool) -> None:
        self.work, self.form = work, form
        self.parties = _party_names(work)
        self._acts: dict[str, list[str] | None] = {}
        self._actors: dict[str, list[str] | None] = {}
        self.acts: list[list[str]] = []
        self.actors: list[list[str]] = []
        for n, (act, actor) in enumerate(zip(work.cells("act"), work.cells("actor"), strict=True)):
            self.acts.append(self._act(n, text_of(act), shown(act)))
            self.actors.append(self._actor(n, shown(actor) if not is_blank(actor) else ""))

    def _act(self, n: int, text: str, written: str) -> list[str]:
        work = self.work
        if not text:
            reason = "an error cell of the spreadsheet" if written.startswith("#") else "no act"
            if work.has("act") or work.mapping.values.get("act"):
                work.wrong(n, "EVD120", "act", written, reason, "say what was done, as 'shelling'")
            return []
        if text not in self._acts:
            self._acts[text] = self._act_of(text)
        if self._acts[text] and text.rstrip(" )]").endswith("?"):
            work.doubt(n, "act", text, f"read as {'; '.join(self._acts[text] or ())}; the doubt is not kept")
        codes = self._acts[text]
        if codes is None:
            work.wrong(
                n,
                "EVD121",
                "act",
                text,
                "a word for no act that is known",
                did_you_mean(
                    words(text).replace(" ", "_"),
                    work.context.vocabulary.acts.codes,
                    "give its code in the mapping, under 'acts'; 'servanda readers --codes' lists them",
                ),
            )
        return codes or []

    def _act_of(self, text: str) -> list[str] | None:
        work, acts = self.work, self.work.context.vocabulary.acts
        if len(text) > _LONGEST:
            return None
        given = work.mapping.word("acts", text)
        if given == NONE:
            return None
        if given not in (None, OPEN, ""):
            codes = [code.strip() for code in str(given).split(";")]
            if all(code in acts for code in codes):
                return codes
            near = tuple(like for code in codes if code not in acts and (like := closest(code, acts.codes)))
            work.ask(("acts", text), f"{given!r} is no code of an act (for the word {text!r})", "", near)
            return []
        code = act_of(text, acts)
        if code:
            return [code]
        parts = text.split(" ") if self.form and ";" not in text else [part for part in _PARTS.split(text) if part]
        several = [act_of(part, acts) for part in parts]
        if len(parts) > 1 and all(several):
            return list(dict.fromkeys(code for code in several if code))
        if work.mapping.given and given != OPEN:
            return None
        offer = acts_in(text, acts)
        like = None if offer or not text.isascii() else closest(words(text).replace(" ", "_"), acts.codes, 0.8)
        offer = offer or ([like] if like and not says_no(text) else [])
        work.ask(
            ("acts", text),
            f"which act is {text!r}?",
            offer[0] if len(offer) == 1 and not like else "",
            tuple(offer) if len(offer) > 1 or like else (),
        )
        return []

    def _actor(self, n: int, text: str) -> list[str]:
        if not text or is_word("unknown", text) or not text_of(text):
            return []
        if not words(text):
            self.work.doubt(n, "actor", text, "no name; nobody is taken to be named")
            return []
        if not self.work.how.agreed and (text.endswith(("?", "?)")) or begins_with_word("perhaps", text)):
            self.work.doubt(n, "actor", text, "a name with a doubt; kept as it is written")
        if text not in self._actors:
            self._actors[text] = self._actor_of(text)
        found = self._actors[text]
        if found is None:
            known = (*self.work.context.parties, *self.work.context.actors)
            hint = did_you_mean(text, known, "give the party in the mapping, under 'actors'; a dash where it is none")
            self.work.wrong(n, "EVD132", "actor", text, "a name of no party that is known", hint)
        return found or []

    def _actor_of(self, text: str) -> list[str] | None:
        work = self.work
        given = work.mapping.word("actors", text)
        if given == NONE:
            return []
        if given not in (None, OPEN, ""):
            return [self.parties.get(name_key(part.strip()), part.strip()) for part in str(given).split(";")]
        if not work.how.agreed:
            return [text]
        if len(text) > _LONGEST:
            return None
        party = self.parties.get(name_key(text)) or self.parties.get(words(text).replace(" ", ""))
        if party:
            return [party]
        listed = [self.parties.get(name_key(part)) for part in text.split(";")]
        if all(listed):
            return list(dict.fromkeys(party for party in listed if party))
        if work.mapping.given and given != OPEN:
            return None
        codes = tuple(work.context.parties)
        both = is_word("both", text) and len(codes) == 2
        offer = ";".join(codes) if both else self._named_in(text)
        work.ask(("actors", text), f"which party is {text!r}?", offer, (*codes, NONE))
        return []

    def _named_in(self, text: str) -> str:
        """The only party that a text names beside words for a side, its forces and a doubt; beside others it may be another's: not A, allied with A."""
        said = f" {words(text)} "
        inside = {party for name, party in self.parties.items() if f" {words(name)} " in said}
        left = said
        for name in sorted((words(name) for name in self.parties), key=len, reverse=True):
            left = left.replace(f" {name} ", "  ")
        for phrase in sorted(word_list("perhaps") | word_list("of_a_party"), key=len, reverse=True):
            left = left.replace(f" {phrase} ", "  ")
        return inside.pop() if len(inside) == 1 and not left.strip() else ""


def _party_names(work: Work) -> dict[str, str]:
    """Parties by the keys of their short and full names, and of the names that a register gives them."""
    out = {name_key(name): party for name, party in work.context.actors.items()}
    out |= names_of(work.context.parties)
    return out | {words(code).replace(" ", ""): code for code in work.context.parties}
