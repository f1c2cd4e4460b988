"""Who speaks in an attribution, and for which side: by his name and office, and the place that a paragraph speaks of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from servanda.statements.documents import WRITTEN_AT, Document
from servanda.statements.slavic.people import Known
from servanda.statements.slavic.phrases import phrase_at
from servanda.statements.slavic.sentence import Told
from servanda.statements.slavic.subjects import both_of
from servanda.statements.slavic.words import Tables, Word, words_of

_OPENING, _ALONE = 80, 2  # letters with which a paragraph begins; words of a place
_SOON, _FEW = 4, 8  # words, in which a verb is looked for; of a sentence that leads over
_AND = ("и", "й", "та", "і")
_LABEL = re.compile(r"([А-ЯЁІЇЄҐ][\w’'ʼ-]+(?:\s+[\w’'ʼ-]+){0,3})[.:]\s+(?=[«\"„“]?[А-ЯЁІЇЄҐ])")
_DATELINE = re.compile(r"([А-ЯЁІЇЄҐ][А-ЯЁІЇЄҐ-]{2,30})(?=[,.:—–(])")


@dataclass(frozen=True)
class Spoken:
    """An attribution with its speaker; ``known``: how his side is (``extract.Statement``)."""

    told: Told
    name: str
    side: str
    person: bool
    carrier: bool
    known: str = ""


def speaker_of(told: Told, known: Known, t: Tables, text: str) -> Spoken:
    """Who speaks in an attribution; a medium carries only.

    Args:
        told: the attribution.
        known: who is who.
        t: the language.
        text: the document.

    Returns:
        It with name and side, as far as they are told beside the name.
    """
    words = words_of(text, told.source, t.code) if told.source else []
    carrier = any(w.lemmas & t.sets["carriers"] for w in words[:3]) and not told.name and told.verb != "сказать"
    carrier = carrier and not (words and words[0].lemmas & t.sets["anonymous"])  # *собеседник «Интерфакса»*
    foreign = bool(words) and all(w.latin for w in words) and not known.side(words)
    carrier = carrier or foreign  # *пишет Jeune Afrique*: in another script stands a medium
    if carrier:
        return Spoken(
            told, " ".join(text[slice(*told.source)].split()) if told.source else "", "", person=False, carrier=True
        )
    return Spoken(told, *known.speaker(told, text), carrier=False)


def each_of(told: Told, text: str, t: Tables, names: frozenset[str]) -> list[Told]:
    """*Министры X и Y заявили*: an attribution for each of several people who speak together.

    Args:
        told: the attribution.
        text: the document.
        t: the language.
        names: last names of people in the document.

    Returns:
        It, or one for each person.
    """
    if told.source is None or told.name is None:
        return [told]
    words = words_of(text, told.source, t.code, names)
    out: list[Told] = []
    for a in range(len(words)):
        if a and words[a - 1].low not in (",", *_AND):
            continue
        ends = [n for n in range(a + 1, len(words)) if words[n].low in (",", *_AND)]
        stop = next(iter(ends), len(words))
        phrase = phrase_at(words, a, ("nomn",), t, stop)
        if phrase is None or phrase.end != stop or not phrase.name[1] or phrase.joint:
            return [told]
        name = (words[phrase.name[0]].start, words[phrase.name[1] - 1].end)
        out.append(replace(told, source=(words[a].start, words[phrase.end - 1].end), name=name, gender=phrase.gender))
    return out if len(out) > 1 else [told]


def both_sides(s: Spoken, parties: Sequence[str], t: Tables, text: str) -> Spoken:
    """*The sides*, *both capitals* are the parties of an agreement between two.

    Args:
        s: an attribution with its speaker.
        parties: of the agreement.
        t: the language.
        text: the document.

    Returns:
        The same, of both sides where both speak.
    """
    both = bool(s.name) and not s.side and len(parties) == 2
    both = both and (s.name.lower() in t.sets["both"] or both_of(words_of(text, s.told.source or (0, 0), t.code), t))
    return replace(s, side="; ".join(parties)) if both else s


def who_may_serve(spoken: Sequence[Spoken], text: str, known: Known, t: Tables) -> frozenset[str]:
    """Those who may speak for a party, though no word tells it: they have an office or are organs, and are no private persons, media, nameless, nor those who watch and mediate.

    Args:
        spoken: attributions with their speakers.
        text: of the document.
        known: who is who.
        t: the language.

    Returns:
        Their names.
    """
    shut = t.sets["private"] | t.sets["anonymous"] | t.sets["carriers"] | t.sets["outside"]
    serve, outside = (
        {name for _, office, name in known.held if office in t.sets["offices"]},
        set(t.sets["nobody"] | t.sets["both"]),
    )
    for s in spoken:
        words = words_of(text, s.told.source, t.code) if s.told.source else []
        if s.carrier or any(w.lemmas & shut for w in words):
            outside.add(s.name)
        if any(w.lemmas & (t.sets["offices"] | t.sets["bodies"] | t.sets["of_a_state"]) for w in words):
            serve.add(s.name)
    return frozenset(name for name in serve - outside if name.lower() not in outside)


def of_the_pair(spoken: Sequence[Spoken], text: str, t: Tables) -> list[Spoken]:
    """*Оба лидера*: the two who spoke together last, each for himself.

    Args:
        spoken: attributions with their speakers, in the order of the text.
        text: the document.
        t: the language.

    Returns:
        The same, with both of them in the place of such words.
    """
    out: list[Spoken] = []
    for s in spoken:
        pair: list[Spoken] = []
        if s.told.source and not s.side and both_of(words_of(text, s.told.source, t.code), t):
            last = next((o for n, o in enumerate(out) if n and o.told.cue == out[n - 1].told.cue and o.person), None)
            pair = [replace(o, told=s.told) for o in out if last is not None and o.told.cue == last.told.cue]
        out += pair if len(pair) == 2 else [s]
    return out


class Around:
    """Sides of those beside whose names none is told: by what stands around them, and so *inferred*.

    An official is of the body whose bulletin names him, of the place that his paragraph speaks of (*В Иерусалиме смотрят иначе*), of the side whose will he tells as a fact, of
    the state that spoke just before, of the place where it was written, of the only party that is a state. A private person, and who holds no office, has none.
    """

    def __init__(
        self, document: Document, known: Known, t: Tables, home: str, parties: Sequence[str], state: str
    ) -> None:
        self.text, self.paragraphs, self.known, self.t = document.text, document.paragraphs, known, t
        self.home, self.parties, self.state = home, parties, state
        self.dateline = self._place_first(next((w for why, w in document.dropped if why == WRITTEN_AT), ""))

    def settled(self, spoken: Sequence[Spoken]) -> list[Spoken]:
        """The same, with the sides that leave no doubt.

        Args:
            spoken: attributions with their speakers, in the order of the text.

        Returns:
            Them; who got a side once has it everywhere.
        """
        out: list[Spoken] = []
        for n, s in enumerate(spoken):
            side = s.side or (s.person and self.known.side_of_name.get(self.known.remember(s.name, ""), "")) or ""
            words = words_of(self.text, s.told.source, self.t.code) if s.told.source else []
            private = any(w.lemmas & (self.t.sets["private"] | self.t.sets["anonymous"]) for w in words)
            side = side or self._within(s, words)
            if not s.name or side or s.carrier or private or self._both(s):
                out.append(replace(s, side=side, known="told" if side else ""))
                continue
            before, label = out[n - 1] if n else None, self._labelled(s)
            told = self._told_by(s, words, before) if label is None and self._official(s, words) else ""
            side = label if label is not None else self._home(words) or told
            out.append(replace(s, side=side, known="inferred" if side else ""))
        learnt: dict[str, tuple[str, str]] = {}
        for s in sorted(out, key=lambda s: s.known != "told"):
            if s.side and s.person:
                learnt.setdefault(s.name, (s.side, s.known))
        return [
            s if s.side or s.name not in learnt else replace(s, side=learnt[s.name][0], known=learnt[s.name][1])
            for s in out
        ]

    def _home(self, words: Sequence[Word]) -> str:
        """Whose the document is; in the report of a mission a government or an army is not the mission's."""
        organ = self.t.sets["of_a_state"] - self.t.sets["ranks"]
        foreign = self.home not in self.parties and self.state and any(w.lemmas & organ for w in words)
        return "" if foreign else self.home

    def _within(self, s: Spoken, words: Sequence[Word]) -> str:
        """*Источник в правительстве X*, *минобороны в Y*: the side of the body in which he is, or of the place where an organ of a state is."""
        if s.told.source is None or s.carrier:
            return ""
        behind = words_of(
            self.text, (s.told.source[1], min(s.told.sentence[1], s.told.source[1] + _OPENING)), self.t.code
        )
        if len(behind) < 2 or behind[0].low not in self.t.raw["from_place"][:2]:
            return ""
        phrase = phrase_at(behind, 1, ("loct", "loc2"), self.t)
        of_a_state = self.t.sets["of_a_state"]
        anonymous = any(w.lemmas & self.t.sets["anonymous"] for w in words)
        if phrase is None or not (
            behind[phrase.head].lemmas & (of_a_state | self.t.sets["bodies"])
            if anonymous
            else any(w.lemmas & of_a_state for w in words) and behind[1].capital and phrase.end - 1 <= _ALONE
        ):
            return ""
        return self.known.side(behind[1 : phrase.end])

    def _both(self, s: Spoken) -> bool:
        return s.name.lower() in self.t.sets["nobody"] | self.t.sets["both"]

    def _official(self, s: Spoken, words: Sequence[Word]) -> bool:
        """An office is said beside his name, here or elsewhere."""
        return any(w.lemmas & (self.t.sets["offices"] | self.t.sets["of_a_state"]) for w in words) or any(
            name == s.name and office in self.t.sets["offices"] for _, office, name in self.known.held
        )

    def _told_by(self, s: Spoken, words: Sequence[Word], before: Spoken | None) -> str:
        lemmas = {lemma for w in words for lemma in w.lemmas}
        held = {office for _, office, name in self.known.held if name == s.name}
        state, speaks = bool(lemmas & self.t.sets["of_a_state"]), bool(lemmas & self.t.sets["speaks_for"])
        place = self._opens(s)
        of_others = self.t.sets["bodies"] - self.t.sets["of_a_state"] - {*self.t.raw["his_state"]}
        if place is not None or lemmas & of_others:
            return place or ""
        if side := self._will(s) or self._just_named(s, lemmas, before):
            return side
        if (state or speaks) and before is not None and self._spoke(before) and self._near(before, s):
            return before.side
        if side := self._led_by(s):
            return side
        if not (state or held & self.t.sets["of_a_state"]):
            return ""
        return self.state if not self.dateline else "" if self._names(s, self.dateline) else self.dateline

    def _just_named(self, s: Spoken, lemmas: set[str], before: Spoken | None) -> str:
        """*X обвинил армию Y. Армия отрицает*: the side beside whose name the sentence before has the same body; one army goes by several words."""
        organ = lemmas & self.t.sets["of_a_state"]
        if not organ or before is None or not self._near(before, s):
            return ""
        armies = {*self.t.raw["armies"]}
        organ |= armies if organ & armies else set()
        words = words_of(self.text, before.told.sentence, self.t.code)
        sides = (
            self.known.side([behind])
            for w, behind in pairwise(words)
            if w.lemmas & organ and behind.in_case("gent", "gen2")
        )
        return next((side for side in sides if side), "")

    def _led_by(self, s: Spoken) -> str:
        """*Москва ответила сразу. «...», — бросил сенатор X*: the party of which the sentence before tells, in a few words, that it spoke."""
        here = next((p for p in self.paragraphs if p[0] <= s.told.cue[0] < p[1]), None)
        if here is None or s.told.sentence[0] <= here[0]:
            return ""
        before = self.text[here[0] : s.told.sentence[0]].strip()
        words = words_of(before, (0, len(before)), self.t.code)
        if len(words) > _FEW or not words or sum(w.text in ".!?…" for w in words) != 1:
            return ""
        phrase = phrase_at(words, 0, ("nomn",), self.t)
        side = self.known.side(words[: phrase.end]) if phrase is not None and not phrase.name[1] else ""
        said = any(w.lemmas & (self.t.verbs.keys() | self.t.stands.keys()) for w in words[1:])
        return side if said and side in self.parties else ""

    def _spoke(self, s: Spoken) -> bool:
        """A state or a body, and no person."""
        return bool(s.side) and not s.person and not s.carrier

    def _names(self, s: Spoken, side: str) -> bool:
        """*МОСКВА. Президент сказал, что Москва ...*: who speaks of that side by its name."""
        words = words_of(self.text, s.told.sentence, self.t.code)
        return any(self.known.side([w]) == side for w in words if not w.text.isupper())

    def _near(self, before: Spoken, s: Spoken) -> bool:
        """In the same paragraph, and no sentence between them."""
        here = next((p for p in self.paragraphs if p[0] <= s.told.cue[0] < p[1]), None)
        if here is None or not here[0] <= before.told.cue[0] < here[1]:
            return False
        between = self.text[before.told.sentence[1] : s.told.sentence[0]]
        return not between.strip() and before.told.sentence != s.told.sentence

    def _opens(self, s: Spoken) -> str | None:
        """The side of the place with which his paragraph begins: *Из Киева доносится другое*, *В Тель-Авиве*, *ПЕКИН, 22:00.*; nothing where it begins with none."""
        around = next((p for p in self.paragraphs if p[0] <= s.told.cue[0] < p[1]), None)
        if around is None:
            return None
        words = words_of(self.text, (around[0], min(around[1], around[0] + _OPENING)), self.t.code)
        if len(words) < 2:
            return None
        if words[0].low not in self.t.raw["from_place"]:
            return self._place_first(self.text[slice(*around)]) or None
        phrase = phrase_at(words, 1, ("loct", "loc2", "gent"), self.t)
        if phrase is None or not words[1].capital:
            return None
        return self.known.side(words[1 : phrase.end]) if phrase.end <= 1 + _ALONE else None

    def _labelled(self, s: Spoken) -> str | None:
        """*Долина. Министр X заявил ...*: the side that is the label of his paragraph; empty where the label is another body's, nothing where there is none."""
        around = next((p for p in self.paragraphs if p[0] <= s.told.cue[0] < p[1]), None)
        label = _LABEL.match(self.text[slice(*around)]) if around else None
        if label is None or label[1].isupper():
            return None
        words = words_of(label[1], (0, len(label[1])), self.t.code)
        phrase = phrase_at(words, 0, ("nomn",), self.t)
        if phrase is None or phrase.end != len(words) or phrase.name[1]:
            return None
        side = self.known.side(words)
        body = any(w.lemmas & (self.t.sets["bodies"] | self.t.sets["outside"]) for w in words)
        return side or ("" if body else None)

    def _place_first(self, text: str) -> str:
        """*ДАМАСК, 3 сентября.*: the party whose capital is the place, in capitals, with which a text begins."""
        opens = _DATELINE.match(text)
        side = self.known.side(words_of(opens[1].title(), (0, len(opens[1])), self.t.code)) if opens else ""
        return side if side in self.parties else ""

    def _will(self, s: Spoken) -> str:
        """*Сирия не отодвинет ракеты, заявил министр*: the side whose will he tells as a fact, in the first words of what he says."""
        if not s.told.content or s.told.negated:
            return ""
        words = words_of(self.text, s.told.content[0], self.t.code)
        phrase = phrase_at(words, 0, ("nomn",), self.t) if words else None
        if phrase is None or not (side := self.known.side(words[: phrase.head + 1])):
            return ""
        for w in words[phrase.end : phrase.end + _SOON]:
            if w.mark:
                return ""
            if w.is_a("ADJS") or w.lemmas & self.t.stands.keys():
                return side
            verb = next((f for f in w.forms[:1] if f.pos == "VERB"), None)
            if verb is not None:
                stands = "pres" in verb.marks and w.lemmas & self.t.verbs.keys()
                return side if "futr" in verb.marks or stands else ""
        return ""
