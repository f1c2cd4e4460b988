"""One name for one person however he is called, and whose side he is on: by the names of the agreement in any script, by states, by what is said beside his name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from servanda.statements.slavic.attribute import LONGEST_SENTENCE
from servanda.statements.slavic.phrases import phrase_at
from servanda.statements.slavic.sentence import Told
from servanda.statements.slavic.words import Tables, Word, forms_of, inflected, words_of
from servanda.statements.words import Span
from servanda.values.gazetteer import gazetteer
from servanda.values.states import STATES

_NEAR = 300  # letters before, in which *their* is looked for
_AS_CALLED = 4  # letters at the least that two spellings have in common


def folded(name: str) -> str:
    """How a name sounds, in Latin letters: *Хезболла* and *Hezbollah* are one.

    Args:
        name: in Latin or Cyrillic letters.

    Returns:
        What to compare by; not meant to be read.
    """
    raw = gazetteer("speech/languages.yaml")
    text = "".join(raw["latin"].get(c, c) for c in name.lower().replace("’", "'"))
    for long, short in raw["folded"].items():
        text = text.replace(long, short)
    return re.sub(r"(.)\1+", r"\1", text).rstrip("h")


@dataclass
class Known:
    """Who is who in one document. ``mentions``: where somebody is named as a subject, who and of which sex; ``last``: who spoke last."""

    t: Tables
    names: Mapping[str, str]
    full: dict[str, str] = field(default_factory=dict)
    side_of_name: dict[str, str] = field(default_factory=dict)
    bodies: dict[str, tuple[str, str]] = field(default_factory=dict)
    last: dict[str, tuple[str, str]] = field(default_factory=dict)
    sides: list[tuple[tuple[str, ...], str]] = field(default_factory=list)
    latin: dict[str, str] = field(default_factory=dict)
    mentions: list[tuple[int, tuple[str, str], str]] = field(default_factory=list)
    bodies_at: list[tuple[int, str]] = field(default_factory=list)
    spoke_at: dict[str, int] = field(default_factory=dict)
    now: int = 0

    @staticmethod
    def of(words: Mapping[str, str], t: Tables) -> Known:
        """``words``: names of sides, in any script, with the agreement's codes."""
        out = Known(t, words)
        own = {code: words.get(names.split("|")[0]) or code for code, names in STATES.items()}
        for lemma, state in t.sides.items():
            out.sides.append((tuple(lemma.split("_")), own.get(state, state)))
        low = {name.lower().removeprefix("the "): code for name, code in words.items()}
        for english, there in t.raw["parties"].items():
            if (party := low.get(english.lower().removeprefix("the "))) is not None:
                out.sides.append((tuple(there.split()), party))
        for name, code in words.items():
            if re.search(r"[а-яіїєґё]", name.lower()):
                out.sides.append((tuple(w.lower() for w in name.split()), code))
                if " " not in name:
                    out.latin[folded(name)] = code
            elif len(name) > 3 and " " not in name:
                out.latin[folded(name)] = code
        out.sides.sort(key=lambda pair: -len(pair[0]))
        return out

    def side(self, words: Sequence[Word]) -> str:
        """Whose side a description tells: the first that it names; several, parted by semicolons, where they are joined."""
        found: dict[str, int] = {}
        taken: set[int] = set()
        for names, code in self.sides:
            for i in range(len(words) - len(names) + 1):
                if not taken & set(range(i, i + len(names))) and all(
                    _is(words[i + j], name, self.t.code) for j, name in enumerate(names)
                ):
                    found.setdefault(code, i)
                    taken |= set(range(i, i + len(names)))
        for i, w in enumerate(words):
            if i not in taken and w.capital and len(w.text) > 3:
                code = next((self.latin[folded(f)] for f in sorted({w.low, *w.lemmas}) if folded(f) in self.latin), "")
                if code:
                    found.setdefault(code, i)
        order = sorted((c for c in found if c), key=lambda c: found[c])
        between = words[found[order[0]] + 1 : found[order[1]]] if len(order) > 1 else []
        if between and all(w.text == "," or w.low in ("и", "й", "та", "і") for w in between):
            return "; ".join(order)
        return order[0] if order else ""

    @property
    def surnames(self) -> frozenset[str]:
        """The last names so far, in small letters."""
        return frozenset(name.lower() for name in {*self.full, *self.side_of_name})

    def learn(self, text: str, span: Span, *, mentions: bool = False, quoted: Sequence[Span] = ()) -> None:
        """Whole names in a sentence, in any case, and the sides told beside them.

        Args:
            text: the document.
            span: the sentence.
            mentions: remember who is named as a subject, too.
            quoted: quotations, in which nobody is a subject.
        """
        words = words_of(text, span, self.t.code, self.surnames if mentions else frozenset())
        if len(words) > LONGEST_SENTENCE:
            return
        if mentions:
            self._bodies(words, quoted)
        i = 0
        for n, w in enumerate(words[:-1]):
            if w.lemmas & self.t.sets["callsign"] and words[n + 1].capital:
                side = self.side(words[max(0, n - 6) : n]) or self.last.get("they", ("", ""))[1]
                self.full.setdefault(words[n + 1].text, words[n + 1].text)
                if side:
                    self.side_of_name.setdefault(words[n + 1].text, side)
        while i < len(words):
            phrase = next(
                (
                    p
                    for case in (("nomn",), ("gent",), ("datv",), ("ablt",), ("accs",))
                    if (p := phrase_at(words, i, case, self.t)) and p.name[1]
                ),
                None,
            )
            if phrase is None:
                i += 1
                continue
            a, b = phrase.name
            if mentions:
                self._mention(words, i, quoted)
            elif b - a >= 2:
                nominative = phrase_at(words, i, ("nomn",), self.t)
                name = (
                    " ".join(w.text for w in words[a:b])
                    if nominative and nominative.name == (a, b)
                    else inflected(words[a:b], self.t.code)
                )
                beside = [*words[i:a], *words[b : phrase.end]]
                side = "" if any(w.lemmas & self.t.sets["private"] for w in beside) else self.side(beside)
                self.remember(name, side)
                self._holds(beside, name, side)
            i = phrase.end

    def _bodies(self, words: Sequence[Word], quoted: Sequence[Span]) -> None:
        """Bodies and sides that are named as subjects: *their spokesman* speaks for the last."""
        i = 0
        while i < len(words):
            phrase = phrase_at(words, i, ("nomn",), self.t)
            if phrase is None:
                i += 1
                continue
            about = words[phrase.start : phrase.end]
            known = words[phrase.head].lemmas & (self.t.sets["bodies"] | self.t.sides.keys())
            spoken = phrase.name[1] or any(a <= words[i].start < b for a, b in quoted)
            if known and not spoken and (side := self.side(about)):
                self.bodies_at.append((words[i].start, side))
            i = phrase.end

    def _holds(self, beside: Sequence[Word], name: str, side: str) -> None:
        """An office said beside a name: later *the minister* is this one."""
        for w in beside[:2]:
            for office in w.lemmas & self.t.sets["offices"]:
                self.bodies[office] = (name, side)

    def _mention(self, words: Sequence[Word], i: int, quoted: Sequence[Span]) -> None:
        phrase = phrase_at(words, i, ("nomn",), self.t)
        if phrase is None or not phrase.name[1] or any(a <= words[i].start < b for a, b in quoted):
            return
        name = " ".join(w.text for w in words[slice(*phrase.name)])
        key = self._key(name.split()[-1])
        if key:
            sex = self._sex(self.full[key])
            self.mentions.append((words[i].start, (self.full[key], self.side_of_name.get(key, "")), sex))

    def remember(self, name: str, side: str) -> str:
        """The whole name under its last word; a side once told stays."""
        last = name.rsplit(maxsplit=1)[-1]
        key = self._key(last) or last
        if len(name.split()) > 1:
            self.full.setdefault(key, name)
        if side:
            self.side_of_name.setdefault(key, side)
        return key

    def _key(self, surname: str) -> str:
        low = surname.lower()
        for known in self.full:
            other = known.lower()
            short = min(len(low), len(other))
            alike = len(_common(low, other))
            if low == other or (alike >= max(_AS_CALLED, short - 2) and abs(len(low) - len(other)) <= 3):
                return known
        return ""

    def speaker(self, told: Told, text: str) -> tuple[str, str, bool]:
        """Name, side, and whether it is a person with a name.

        Args:
            told: the attribution.
            text: of the document.

        Returns:
            Empty texts where nobody can tell.
        """
        if told.source is None:
            return ("", "", False)
        words = words_of(text, told.source, self.t.code, self.surnames)
        first = words[0].low
        self.now = told.cue[0]
        if told.possessive or (len(words) == 1 and first in self.t.raw["pronouns"]):
            wanted = told.gender if told.possessive else self.t.raw["pronouns"][first]
            name, side = self._meant(wanted, told)
            return name, side, bool(name) and name in self.full.values()
        if told.name:
            named = words_of(text, told.name, self.t.code)
            around = [w for w in words if not told.name[0] <= w.start < told.name[1]]
            name = self._nominative(named, around)
            private = any(w.lemmas & self.t.sets["private"] for w in around)
            side = "" if private else self.side(around)
            if not side and not private and (words[0].low in self.t.raw["his"] or self._nicknamed(words)):
                side = self._theirs(words[0])  # *его представитель*
            key = self.remember(name, side)
            whole = self.full.get(key, name)
            out = whole, self.side_of_name.get(key, ""), True
            self._spoke(out[:2], self._sex(whole), person=True)
            return out
        return self._unnamed(words, told, text)

    def _nicknamed(self, words: Sequence[Word]) -> bool:
        """*командир с позывным Дон*: a fighter of those who spoke just before."""
        return any(w.lemmas & self.t.sets["callsign"] for w in words)

    def _theirs(self, first: Word) -> str:
        """The side of those who spoke last."""
        named = [side for at, side in self.bodies_at if self.now - _NEAR < at < self.now]
        if named:
            return named[-1]
        several = any(self.t.raw["his"].get(lemma) == "they" for lemma in first.lemmas)
        return self.last.get("they" if several else "any", ("", ""))[1]

    def _meant(self, wanted: str, told: Told) -> tuple[str, str]:
        """Whom a pronoun means: who was named as a subject last before it, else who spoke last."""
        at = min(told.cue[0], told.content[0][0])
        spoke_at = self.spoke_at.get(wanted, -1)
        if wanted != "they":
            named = [(p, who) for p, who, sex in self.mentions if p < at and sex in ("", wanted)]
            if named and named[-1][0] > spoke_at:
                return named[-1][1]
        return self.last.get(wanted) or (("", "") if wanted == "they" else self.last.get("person", ("", "")))

    def _unnamed(self, words: Sequence[Word], told: Told, text: str) -> tuple[str, str, bool]:
        """An office, a body, a state or its capital."""
        side = "" if any(w.lemmas & self.t.sets["private"] for w in words) else self.side(words)
        called = " ".join(text[slice(*told.source)].split()) if told.source else ""
        if not side and (words[0].lemmas & self.t.raw["his"].keys() or self._nicknamed(words)):
            side = self._theirs(words[0])
            for n, w in enumerate(words[:-1]):
                if side and w.lemmas & self.t.sets["callsign"]:
                    self.side_of_name.setdefault(words[n + 1].text, side)
        heads = [h for w in words for h in sorted(w.lemmas & (self.t.sets["offices"] | self.t.sets["bodies"]))]
        head = heads[0] if heads else ""
        if head and not side and head in self.bodies:
            called, side = self.bodies[head]
            self._spoke((called, side), "", person=called in self.full.values())
            return called, side, called in self.full.values()
        if head and side:
            self.bodies[head] = (called, side)
        body = head in self.t.sets["bodies"] or not head
        self._spoke(
            (called, side), "they" if told.gender == "they" else "she" if told.gender == "femn" else "", person=not body
        )
        return called, side, False

    def _spoke(self, who: tuple[str, str], gender: str, *, person: bool) -> None:
        self.last["any"] = who
        if person:
            self.last["person"] = who
        for g in [gender] if gender else ["he", "she"] if person else []:
            self.last[g] = who
            self.spoke_at[g] = self.now

    def _sex(self, name: str) -> str:
        """*he* or *she* by the first name; nothing where it does not tell."""
        first = name.split(maxsplit=1)[0]
        genders = {f.gender for f in forms_of(first.lower(), self.t.code) if f.case == "nomn" and f.pos == "NOUN"}
        return {"masc": "he", "femn": "she"}.get(genders.pop(), "") if len(genders) == 1 and " " in name else ""

    def _nominative(self, named: Sequence[Word], around: Sequence[Word]) -> str:
        oblique = around[:1] and not around[0].in_case("nomn") and around[0].in_case("gent")
        text = " ".join(w.text for w in named)
        if self._key(named[-1].text):
            return text
        alone = not any(w.in_case("nomn") for w in named)
        return inflected(named, self.t.code) if oblique or alone else text


def _common(a: str, b: str) -> str:
    n = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    return a[:n]


def _is(word: Word, name: str, code: str) -> bool:
    """The word is a form of the name."""
    if word.low == name or name in word.lemmas:
        return True
    return any(f.lemma in word.lemmas for f in forms_of(name, code)[:1]) and len(name) > 3
