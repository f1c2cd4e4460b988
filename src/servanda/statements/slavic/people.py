"""One name for one person however he is called, and whose side he is on: by the names of the agreement in any script, by states, by what is said beside his name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from servanda.statements.cyrillic import folded
from servanda.statements.slavic.attribute import LONGEST_SENTENCE
from servanda.statements.slavic.beside import apposed, beside
from servanda.statements.slavic.names import AS_CALLED, common, one_name
from servanda.statements.slavic.phrases import phrase_at
from servanda.statements.slavic.sentence import Told
from servanda.statements.slavic.whose import Whose
from servanda.statements.slavic.words import Tables, Word, forms_of, in_dictionary, inflected, words_of
from servanda.statements.words import Span
from servanda.values.states import STATES

_NEAR, _SOON, _WHOSE = (
    300,
    40,
    4,
)  # letters before, in which *their* is looked for, and behind; words of a body and of whom it is
_FOLDED = 3  # letters that are left of a name in either script; no more are any word's
_ALONE = 2  # words of an office that names nobody by itself: *турецкий министр*


@dataclass
class Known(Whose):
    """Who is who in one document. ``mentions``: where somebody is named as a subject, who and of which sex; ``last``: who spoke last;
    ``held``: where an office is said beside a name, and whose; ``named_bodies``: where a body is named with its side; ``things``: where one is a subject, and its grammatical gender.
    """

    full: dict[str, str] = field(default_factory=dict)
    side_of_name: dict[str, str] = field(default_factory=dict)
    bodies: dict[str, tuple[str, str]] = field(default_factory=dict)
    last: dict[str, tuple[str, str]] = field(default_factory=dict)
    mentions: list[tuple[int, tuple[str, str], str]] = field(default_factory=list)
    bodies_at: list[tuple[int, str]] = field(default_factory=list)
    spoke_at: dict[str, int] = field(default_factory=dict)
    held: list[tuple[int, str, str]] = field(default_factory=list)
    named_bodies: list[tuple[int, str, str, str]] = field(default_factory=list)
    things: list[tuple[int, tuple[str, str], str]] = field(default_factory=list)
    now: int = 0

    @staticmethod
    def of(words: Mapping[str, str], t: Tables) -> Known:
        """``words``: names of sides, in any script, with the agreement's codes."""
        out = Known(t, words)
        own = {code: words.get(names.split("|")[0]) or code for code, names in STATES.items()}
        heads = {name.lower().split()[0]: code for name, code in words.items() if " " in name}
        for lemma, state in t.sides.items():
            if heads.get(lemma, state) in (
                state,
                own.get(state),
            ):  # *Рада* alone is not Ukraine's beside a *Рада дельти*
                out.sides.append((tuple(lemma.split("_")), own.get(state, state)))
        low = {name.lower().removeprefix("the "): code for name, code in words.items()}
        for english, there in t.raw["parties"].items():
            if (party := low.get(english.lower().removeprefix("the "))) is not None:
                out.sides += [(tuple(one.split()), party) for one in there.split("|")]
        for name, code in words.items():
            if re.search(r"[а-яіїєґё]", name.lower()):
                out.sides.append((tuple(w.lower() for w in name.split()), code))
                if " " not in name:
                    out.latin[folded(name)] = code
            elif len(name) > 3 and " " not in name:
                out.latin[folded(name)] = code
        out.latin = {spelt: code for spelt, code in out.latin.items() if len(spelt) > _FOLDED}  # *Riyad* is no *рад*
        out.sides.sort(key=lambda pair: -len(pair[0]))
        return out

    def _given(self, name: str) -> tuple[str, str]:
        """The name and the side of somebody whom the agreement names in full: an official of a party."""
        parts = name.lower().split()
        for one, code in self.names.items():
            other = one.lower().split() if code and not one.isupper() else []
            if len(other) == len(parts) > 1 and all(map(one_name, other, parts)):
                return one, code
        return name, ""

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
                self._holds(words[max(0, n - 6) : n], words[n + 1].text, side)
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
                if (about := apposed(words, phrase.end, self.t)) and (side := self.side(about)):
                    self.remember(" ".join(w.text for w in words[a:b]), side)
            elif b - a >= 2 or self._called_once(words, a):
                nominative = phrase_at(words, i, ("nomn",), self.t)
                name = (
                    " ".join(w.text for w in words[a:b])
                    if nominative and nominative.name == (a, b)
                    else inflected(words[a:b], self.t.code)
                )
                around = beside(words, phrase, self.t)
                side = "" if any(w.lemmas & self.t.sets["private"] for w in around) else self.side(around)
                self.remember(name, side)
                self._holds(around, name, side)
            i = phrase.end

    def _called_once(self, words: Sequence[Word], a: int) -> bool:
        """*Полковник Нгоро*, *мешканка Підгірного Олена*: one word names him, right behind his rank or where the dictionary has a first name; *мэр Нгоро* is of a town."""
        sets = self.t.sets
        beside = words[a - 1].lemmas & sets["ranks"] if a else frozenset()
        before = {lemma for w in words[max(0, a - _WHOSE) : a] for lemma in w.lemmas}
        first = any("Name" in f.marks and f.case == "nomn" for f in words[a].forms)
        once = (beside and not in_dictionary(words[a].low, self.t.code)) or (first and before & sets["private"])
        if once:
            self.full.setdefault(words[a].text, words[a].text)
        return bool(once)

    def _bodies(self, words: Sequence[Word], quoted: Sequence[Span]) -> None:
        """Bodies and sides that are named as subjects: *their spokesman* speaks for the last."""
        for n, w in enumerate(words):
            for body in w.lemmas & self.t.sets["bodies"]:
                near = words[max(0, n - 1) : n + _WHOSE]
                stop = next((j for j, x in enumerate(near) if j > 1 and (x.mark or x.is_a("VERB", "PREP"))), len(near))
                if side := self.side(near[:stop]):
                    ends = next((j + 1 for j in range(stop) if self.side(near[: j + 1])), stop)
                    called = " ".join(x.text for x in near[:ends] if x.start >= w.start) or w.text
                    self.named_bodies.append((w.start, body, side, called))
        i = 0
        while i < len(words):
            phrase = phrase_at(words, i, ("nomn",), self.t)
            if phrase is None:
                i += 1
                continue
            about = words[phrase.start : phrase.end]
            known = words[phrase.head].lemmas & (self.t.sets["bodies"] | self.t.sides.keys())
            spoken = phrase.name[1] or any(a <= words[i].start < b for a, b in quoted)
            side = self.side(about) if known and not spoken else ""
            if side:
                self.bodies_at.append((words[i].start, side))
            if phrase.number == "sing" and not spoken and words[phrase.head].lemmas & self.t.sets["bodies"]:
                sex = {"femn": "she", "masc": "he"}.get(phrase.gender, "")
                self.things.append((words[i].start, (" ".join(w.text for w in about), side), sex))
            i = phrase.end

    def _holds(self, beside: Sequence[Word], name: str, side: str) -> None:
        """An office said beside a name: later *the minister* is this one."""
        for w in beside:
            for office in w.lemmas & (self.t.sets["offices"] | self.t.sets["private"] | self.t.sets["outside"]):
                self.held.append((w.start, office, name))
                if w in beside[:2]:
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
        name, given = self._given(name)
        last = name.rsplit(maxsplit=1)[-1]
        key = self._key(last) or last
        if len(name.split()) > 1 and " " not in self.full.get(key, ""):
            self.full[key] = name
        side = side or given
        if side:
            self.side_of_name.setdefault(key, side)
        return key

    def whole(self, surname: str) -> str:
        """The whole name of whom a last name is; empty where nobody is named so."""
        return self.full.get(self._key(surname), "")

    def _key(self, surname: str) -> str:
        low = surname.lower()
        for known in self.full:
            other = known.lower()
            short = min(len(low), len(other))
            alike = len(common(low, other))
            if low == other or (alike >= max(AS_CALLED, short - 2) and abs(len(low) - len(other)) <= 3):
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
        if len(words) == 1 and first in self.t.raw["that_one"]:
            name, side = self._other(text, told)
            return name, side, bool(name)
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
            opposite = any(w.lemmas & self.t.sets["opposite"] for w in around)
            his = next((w for w in around if {w.low, *w.lemmas} & self.t.raw["his"].keys()), None)
            if not side and not private and (his or self._nicknamed(words)) and not opposite:
                side = self._theirs(his or words[0])  # *его представитель*, *глава их делегации*
            side = side or ("" if private else self._of_a_body(around))
            key = self.remember(name, side)
            whole = self.full.get(key, name)
            out = whole, self.side_of_name.get(key, ""), True
            self._spoke(out[:2], self._sex(whole), person=True)
            return out
        return self._unnamed(words, told, text)

    def _of_a_body(self, around: Sequence[Word]) -> str:
        """*замглавы министерства*: the side of the one that was named last."""
        bodies = {b for w in around for b in w.lemmas & self.t.sets["bodies"]}
        named = (side for at, body, side, _ in reversed(self.named_bodies) if body in bodies and at < self.now)
        return next((side for side in named if ";" not in side), "")

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
        named = [(p, who) for p, who, sex in self.mentions if p < at and sex in ("", wanted)]
        things = [(p, who) for p, who, sex in self.things if p < at and sex == wanted] if told.possessive else []
        if things and things[-1][0] > max(spoke_at, named[-1][0] if named else -1):
            return things[-1][1]  # *Миссия обеспокоена. По её данным ...*
        if wanted != "they" and named and named[-1][0] > spoke_at:
            return named[-1][1]
        if (spoke := self.last.get(wanted)) or wanted == "they":
            return spoke or ("", "")
        person = self.last.get("person", ("", ""))
        return person if self._sex(person[0]) in ("", wanted) else ("", "")

    def _other(self, text: str, told: Told) -> tuple[str, str]:
        """*Тот возразил*: whoever was named or spoke last before him who spoke last."""
        at, last = min(told.cue[0], told.content[0][0]), self.last.get("person", ("", ""))[0]
        here = words_of(text, (max(0, at - _NEAR), at), self.t.code, self.surnames)
        named = (self.whole(w.text) for w in reversed(here) if w.known and w.capital)
        name = next((n for n in named if n and n != last), "")
        return (name, self.side_of_name.get(self._key(name.split()[-1]), "")) if name else ("", "")

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
        both = words[0].lemmas & {*self.t.raw["both_of"]["number"]}  # *обе стороны* are no side that spoke before
        several = bool(both) or called.lower() in self.t.sets["nobody"]
        several = several or not any(f.number == "sing" for f in words[-1].forms)
        alone = len(words) <= _ALONE and not several and not self._described(text, told)
        if alone and not side and head not in self.bodies and (meant := self._again(words, "body")):
            self._spoke(meant[:2], "", person=False)
            return meant
        if alone and not side and (meant := self._again(words, "person")):
            self._spoke(meant[:2], self._sex(meant[0]), person=True)
            return meant
        if head and not side and head in self.bodies:
            called, side = self.bodies[head]
            self._spoke((called, side), "", person=called in self.full.values())
            return called, side, called in self.full.values()
        if head and side:
            self.bodies[head] = (called, side)
        people = self.t.sets["private"] | self.t.sets["anonymous"] | self.t.sets["outside"] - self.t.sets["bodies"]
        body = head in self.t.sets["bodies"] or (not head and not any(w.lemmas & people for w in words[:_ALONE]))
        gender = "they" if told.gender == "they" else "she" if told.gender == "femn" else ""
        self._spoke((called, side), gender, person=not body)
        return called, side, False

    def _described(self, text: str, told: Told) -> bool:
        """*Дипломат, попросивший не называть его*: another one than he of whom was spoken."""
        end = told.source[1] if told.source else 0
        behind = words_of(text, (end, min(told.sentence[1], end + _SOON)), self.t.code)
        if len(behind) < _ALONE or behind[0].text != ",":
            return False
        likely = behind[1].forms[0].pos if behind[1].forms else ""
        return likely == "PRTF" or bool(behind[1].lemmas & self.t.sets["relative"])

    def _again(self, words: Sequence[Word], kind: str) -> tuple[str, str, bool] | None:
        """*дипломат, министр, ведомство* without more: who was named with that office last, else who spoke last, if he is named."""
        lemmas = words[-1].lemmas
        if not lemmas & {*self.t.raw["again"][kind]}:
            return None
        if kind == "person":
            kinds = self.t.raw["again"]["kinds"]
            means = {office for lemma in lemmas for office in (lemma, *kinds.get(lemma, "").split())}
            held = [name for at, office, name in self.held if at < self.now and office in lemmas]
            last, side = self.last.get("person", ("", ""))
            name = (
                last if any(n == last and office in means for _, office, n in self.held) else next(iter(held[-1:]), "")
            )
            side = side if name == last else ""
            if not name:  # *Сенатор X возмутился. Политик сказал*
                subjects = [who[0] for at, who, _ in self.mentions if at < self.now]
                name = next((n for n in subjects[-1:] if any(h == n and o in means for _, o, h in self.held)), "")
            if name not in self.full.values():
                return None
            key = self._key(name.split()[-1])
            return name, side or self.side_of_name.get(key, ""), True
        body = self.last.get("body", ("", ""))
        if body[1]:
            return (*body, False)
        named = [one for one in self.named_bodies if self.now - _NEAR < one[0] < self.now and ";" not in one[2]]
        return (named[-1][3], named[-1][2], False) if named else None

    def _spoke(self, who: tuple[str, str], gender: str, *, person: bool) -> None:
        self.last["any"] = who
        if person:
            self.last["person"] = who
        elif gender != "they" or len(who[0].split()) > 1:
            self.last["body"] = who
        for g in [gender] if gender else ["he", "she"] if person else []:
            self.last[g] = who
            self.spoke_at[g] = self.now

    def _sex(self, name: str) -> str:
        """*he* or *she* by the first name; nothing where it does not tell."""
        first = name.split(maxsplit=1)[0] if name else ""
        named = (f for f in forms_of(first.lower(), self.t.code) if f.case == "nomn" and "Name" in f.marks)
        genders = {f.gender for f in named}  # an office tells nothing: *министр обороны* may be she
        return {"masc": "he", "femn": "she"}.get(genders.pop(), "") if len(genders) == 1 and " " in name else ""

    def _nominative(self, named: Sequence[Word], around: Sequence[Word]) -> str:
        text = " ".join(w.text for w in named)
        his, genitive = (any(w.in_case(case) for w in around[:1]) for case in ("nomn", "gent"))
        # *полковник Хади сказал*: as his office stands
        stands = (his and not genitive) or ((his or not genitive) and any(w.in_case("nomn") for w in named))
        return text if stands or self._key(named[-1].text) else inflected(named, self.t.code)
