"""Noun phrases of a sentence: where one begins and ends, which of its words are a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from servanda.statements.slavic.names import described_by
from servanda.statements.slavic.words import Form, Tables, Word, in_dictionary

_NAMES = frozenset({"Name", "Surn", "Patr"})
_PLACES = frozenset({"Geox", "Orgn"})
_NOMINAL = ("NOUN", "NPRO")
_ADJECTIVE = ("ADJF", "PRTF", "NUMR", "NUMB")
_AND = ("и", "й", "та", "і")
_OPENS, _CLOSES = ("«", "“", "„", '"'), ("»", "”", "“", '"')
_SHORT = 4  # letters of a first name that the dictionary has for another word
LONGEST = 30
"""Words of a phrase."""


@dataclass(frozen=True)
class Phrase:
    """Words ``start`` to ``end`` (exclusive) name somebody or something; ``head`` is the word that the rest belongs to; ``name``: words of a
    personal name in it, empty where there is none; ``plural``: several, or a plural; ``gender``: of the head, empty where nobody can tell.
    """

    start: int
    end: int
    head: int
    name: tuple[int, int]
    number: str
    gender: str
    joint: bool = False


def phrase_at(words: Sequence[Word], i: int, cases: tuple[str, ...], t: Tables, end: int = 0) -> Phrase | None:
    """The phrase that begins with word ``i``.

    Args:
        words: of one sentence.
        i: the first word.
        cases: the cases in which its head may stand.
        t: the language.
        end: where it ends at the latest; left out, :data:`LONGEST` words on.

    Returns:
        It, or nothing where no phrase in that case begins there.
    """
    end = min(len(words), end or i + LONGEST)
    if "nomn" in cases and (some := _that_one(words, i, t) or _some_of(words, i, t, end)) is not None:
        return some
    both = "nomn" in cases and bool(words[i].lemmas & {*t.raw["both_of"]["number"]})
    cases = (*cases, "gent") if both else cases  # *оба министра*
    head = _to_head(words, i, cases, t, end)
    if head is None:
        return None
    growing = _Growing(words, head, cases, t, end)
    growing.grow()
    made = growing.made(i)
    return replace(made, number="plur", gender="") if both else made


def _that_one(words: Sequence[Word], i: int, t: Tables) -> Phrase | None:
    """*Тот возразил*: he of whom was spoken just before; not *тот министр*."""
    if words[i].low not in t.raw["that_one"] or i + 1 >= len(words) or not words[i + 1].forms:
        return None
    if words[i + 1].forms[0].pos not in ("VERB", "ADVB") and words[i + 1].low not in t.sets["not"]:
        return None
    return Phrase(i, i + 1, i, (0, 0), "sing", "femn" if t.raw["that_one"][words[i].low] == "she" else "masc")


def _some_of(words: Sequence[Word], i: int, t: Tables, end: int) -> Phrase | None:
    """*Один из дипломатов*, *двое чиновников*: the noun that it is of stands in the genitive."""
    some = t.raw["one_of"]
    one = words[i].low in some["one"] and i + 2 < end and words[i + 1].low in some["of"]
    several = words[i].low in some["several"] and i + 1 < end
    of = phrase_at(words, i + 2 if one else i + 1, ("gent",), t, end) if one or several else None
    if of is None or words[of.head].lemmas & t.sets["nobody"]:
        return None
    gender = "femn" if words[i].low == some["one"][1] else "masc"
    return replace(of, start=i, number="sing", gender=gender) if one else replace(of, start=i, number="", gender="")


def _to_head(words: Sequence[Word], i: int, cases: tuple[str, ...], t: Tables, n: int) -> int | None:
    """The word that a phrase belongs to, behind its adjectives."""
    k = i + 1 if words[i].lemmas & t.raw["his"].keys() and i + 1 < n else i
    while k < n and _adjective(words[k], cases) and not _head(words[k], cases, first=k == 0):
        k += 1
    if k > i and k + 1 < n and words[k].low in _AND and _adjective(words[k + 1], cases) and not words[k + 1].capital:
        k += 1
        while k + 1 < n and _adjective(words[k], cases) and not _head(words[k], cases, first=False):
            k += 1
    while (
        k + 1 < n
        and _adjective(words[k], cases)
        and not words[k].lemmas & (t.sets["offices"] | t.sets["bodies"])  # *Рада* is glad as well
        and (
            not _named(words[k], cases, first=k == 0, t=t)
            or (not words[k].known and not words[k + 1].capital and words[k + 1].is_a("NOUN"))
        )
        and (_head(words[k + 1], cases, first=False) or _adjective(words[k + 1], cases))
    ):
        k += 1
    return k if k < n and (_head(words[k], cases, first=k == 0) or _own_name(words[k], cases, t)) else None


def _own_name(word: Word, cases: Sequence[str], t: Tables) -> bool:
    """A name that the agreement gives a side and the dictionary does not know, as the agreement writes it: *Порто-Лим*."""
    return "nomn" in cases and word.capital and word.low in t.called and not in_dictionary(word.low, t.code)


class _Growing:
    """A phrase that takes in what stands behind its head."""

    def __init__(self, words: Sequence[Word], head: int, cases: tuple[str, ...], t: Tables, end: int) -> None:
        self.words, self.head, self.cases, self.t, self.end = words, head, cases, t, end
        w = words[head]
        title = w.lemmas & (t.sets["offices"] | t.sets["bodies"] | t.sets["carriers"])
        named = _named(w, cases, first=head == 0, t=t) and not title
        self.name = (head, head + 1) if named else (-1, -1)
        self.form = _form(w, cases)
        self.k, self.joint = head + 1, False

    def grow(self) -> None:
        """Take in words as long as one belongs to it."""
        while self.k < self.end and not self.joint and self._takes(self.words[self.k]):
            pass

    def _takes(self, w: Word) -> bool:
        t, before = self.t, self.k
        if w.text in _OPENS:
            self._quoted()
        elif w.text == ",":
            self._list(self.k + 1, several=True)
        elif w.mark or (self.name[0] < 0 and self.words[self.head].is_a("NPRO")):
            return False
        elif self._is_name(w):
            self.name = (self.k if self.name[0] < 0 else self.name[0], self.k + 1)
            self.k += 1
        elif self._possessed(w):
            self.k += 2
        elif self._leads(w) or (self.name[0] < 0 and (_complement(w) or self._apposed(w) or self._is_office(w))):
            self.k += 1
        elif w.low in t.sets["title_of"] and self.k + 1 < self.end:
            self._prepositional()
        elif self._posted(w):
            self.k += 2
        elif w.low in _AND:
            self._list(self.k + 1, several=False)
        return self.k > before

    def _quoted(self) -> None:
        """A name in quotation marks: *канал «Юг»*."""
        close = next((c for c in range(self.k + 1, min(self.end, self.k + 8)) if self.words[c].text in _CLOSES), None)
        if close is not None and not self.words[self.k - 1].is_a("NPRO"):
            self.k = close + 1

    def _is_name(self, w: Word) -> bool:
        """A part of the personal name; the word behind one is, whatever its form: *Фёдор Тростников*."""
        goes_on = self.name[1] == self.k
        if not goes_on and ((_genitive(w) and not self._first_of_two(w)) or self._describes(w)):
            return False  # *министр Республики Сербской*, *губернатора Орловской области*
        if not goes_on and "nomn" in self.cases and described_by(w, self.words[self.k - 1]):
            return False  # *обстрел Нижнего Сарна*
        fits = goes_on or (
            self.name[0] < 0 and (_named(w, self.cases, first=False, t=self.t) or self._behind_office(w))
        )
        guessed = goes_on and not in_dictionary(w.low, self.t.code)  # a place only by its ending: *Феликс Чомбо*
        return w.capital and fits and (guessed or not _a_place(w, self.t))

    def _first_of_two(self, w: Word) -> bool:
        """*министр Гайаны Дев Персауд*: a noun of the dictionary with a capital, and behind it a name that can be nothing else."""
        more = self.words[self.k + 1] if self.k + 1 < self.end else None
        office = bool(self.words[self.head].lemmas & self.t.sets["offices"])
        if more is None or not office or not w.capital or not more.capital or more.mark or _a_place(w, self.t):
            return False
        if len(w.text) > _SHORT or not in_dictionary(w.low, self.t.code):
            return False  # *министр Республики Орра*, *министр Орры Лев Гром*
        alone = not in_dictionary(more.low, self.t.code) and not _a_place(more, self.t)
        return alone and not more.text.isupper() and bool(more.in_case(*self.cases))

    def _describes(self, w: Word) -> bool:
        """An adjective that agrees with the common noun behind it, and so is nobody's name."""
        k = self.k + 1
        while k < self.end and not self.words[k].capital and _adjective(self.words[k], self.cases):
            k += 1
        if k >= self.end or self.words[k].capital or self.words[k].mark:
            return False
        own = {(f.case, f.number, f.gender) for f in w.forms if f.pos == "ADJF" and f.case}
        nouns = {
            (f.case, f.number, f.gender if f.number != "plur" else "") for f in self.words[k].forms if f.pos == "NOUN"
        }
        return bool({(case, number, gender if number != "plur" else "") for case, number, gender in own} & nouns)

    def _leads(self, w: Word) -> bool:
        """*командующий контингентом*: whom he leads stands in another case."""
        leads = self.t.raw["leads"]["ablt"]
        return self.k == self.head + 1 and bool(self.words[self.head].lemmas & {*leads} and w.in_case("ablt"))

    def _possessed(self, w: Word) -> bool:
        """*глава её делегации*: whose body he is of."""
        if self.k != self.head + 1 or not {w.low, *w.lemmas} & self.t.raw["his"].keys() or self.k + 1 >= self.end:
            return False
        body = self.words[self.k + 1]
        return bool(body.lemmas & self.t.sets["bodies"]) and bool(body.in_case("gent", "gen2"))

    def _posted(self, w: Word) -> bool:
        """*посол Японии в Камбодже Кэндзи Мори*: where he is; only where his name follows."""
        if self.k + 2 >= self.end or self.name[0] >= 0 or w.low not in self.t.raw["from_place"]:
            return False
        place, name = self.words[self.k + 1], self.words[self.k + 2]
        office = bool(self.words[self.head].lemmas & self.t.sets["offices"])
        return office and place.capital and bool(place.in_case("loct", "loc2")) and name.capital and not name.mark

    def _behind_office(self, w: Word) -> bool:
        """*генерал Ратко Микич*: two words with capitals behind an office are a name, whatever the dictionary has them for; behind *посол Японии*, where it has them for nothing else."""
        more = self.words[self.k + 1] if self.k + 1 < self.end else None
        known = self.t.sides.keys() | self.t.sets["bodies"] | self.t.sets["offices"]
        if w.lemmas & known or w.text.isupper():
            return False
        if more is None or not more.capital or more.mark:  # *сержант Паулину*: one word that nothing else can be
            ranked = bool(
                self.words[self.k - 1].lemmas & self.t.sets["ranks"]
            )  # *полковник Нгоро*; *мэр Нгоро* is of a town
            placed = not ranked and (bool(w.in_case("gent", "gen2")) or _a_place(w, self.t))
            alone = not in_dictionary(w.low, self.t.code) and not placed
            return alone and bool(self.words[self.k - 1].lemmas & self.t.sets["offices"])
        if _a_place(more, self.t):
            return False
        if self.words[self.k - 1].lemmas & self.t.sets["offices"]:
            return True
        held = self.words[self.head].lemmas & self.t.sets["offices"]
        return bool(held) and not all(in_dictionary(x.low, self.t.code) for x in (w, more))

    def _apposed(self, w: Word) -> bool:
        """*город Киев*; in *обстрел города Киев отверг* the city is one, and as the subject it would be several."""
        return w.capital and _a_place(w, self.t) and self._number() != "plur"

    def _is_office(self, w: Word) -> bool:
        """A further office in the same case: *представитель армии полковник*."""
        t = self.t
        office = {*w.lemmas, *(part for lemma in w.lemmas for part in lemma.split("-")[-1:])} & t.sets["offices"]
        beside = self.words[self.head].lemmas & (t.sets["offices"] | t.sets["bodies"])
        return bool(office and beside and w.in_case(*self.cases))

    def _prepositional(self) -> None:
        """*из «Союза», по делам беженцев, с позывным Дон*; behind a name only with a name in marks."""
        words, t, k = self.words, self.t, self.k
        if words[k].low in t.raw["sent_by"] and not words[self.head].lemmas & t.sets["offices"]:
            return  # *депутат от «Свободы»*, but not *в Киеве от этого отказались*
        if not _oblique(words[k + 1]) or (self.name[0] >= 0 and words[k + 1].text not in _OPENS):
            return
        if words[k + 1].text in _OPENS:
            self.k += 1
            self._quoted()
            self.k = self.k if self.k > k + 1 else k
            return
        k += 2
        while k < self.end and not words[k].mark:
            called = words[k - 1].lemmas & t.sets["callsign"] and words[k].capital
            named = words[k].capital and _named(words[k], self.cases, first=False, t=t) and not _a_place(words[k], t)
            if named or not (_oblique(words[k]) or called):
                break
            k += 1
        self.k = k

    def _list(self, at: int, *, several: bool) -> None:
        """*A и B*, and *A, B и C*, where all of them can speak."""
        if at >= self.end or (several and not (self.words[self.head].capital and self.words[at].capital)):
            return
        more = phrase_at(self.words, at, self.cases, self.t, self.end)
        if more is not None and (more.joint if several else _alike(self.words, self.head, more, self.t)):
            self.k, self.joint = more.end, True

    def _number(self) -> str:
        """One or several; nothing where its form leaves it open: *формування*."""
        numbers = {f.number for f in self.words[self.head].forms if f.case in self.cases and f.pos in _NOMINAL}
        return self.form.number if self.form is not None and len(numbers) < 2 else ""

    def made(self, start: int) -> Phrase:
        """The phrase as it is now."""
        a, b = self.name
        number, gender = ("", "") if self.form is None else (self._number(), self.form.gender)
        if self.joint:
            number, gender = "plur", ""
        elif a > self.head and self.form is not None:
            forms = [f for f in self.words[a].forms if "Name" in f.marks and f.case in self.cases]
            gender = forms[0].gender if forms else gender
        return Phrase(start, self.k, self.head, (a, b) if a >= 0 else (0, 0), number, gender, self.joint)


def agrees(verb: Word, phrase: Phrase) -> bool:
    """Whether a verb can have this subject: *заявили* takes no single person."""
    for form in verb.forms:
        if form.pos not in ("VERB", "ADJS", "ADJF", "PRTS"):
            continue
        number = form.number or ("plur" if "plur" in form.marks else "sing")
        if phrase.number and number and phrase.number != number:
            continue
        past = form.gender in ("masc", "femn", "neut") and number == "sing"
        if past and phrase.gender and form.gender != phrase.gender and not phrase.name[1]:
            if form.gender == "femn" and phrase.gender == "masc":
                return True  # *министр заявила*
            continue
        if past and phrase.name[1] and phrase.gender in ("masc", "femn") and form.gender == "neut":
            continue
        if form.marks & {"1per", "2per"}:
            continue
        return True
    return False


def _form(word: Word, cases: Sequence[str]) -> Form | None:
    forms = word.in_case(*cases)
    return next((f for f in forms if f.pos in _NOMINAL), forms[0] if forms else None)


def _adjective(word: Word, cases: Sequence[str]) -> bool:
    return any(f.pos in _ADJECTIVE and (f.case in cases or not f.case) for f in word.forms) or any(
        "Apro" in f.marks and f.case in cases for f in word.forms
    )


def _head(word: Word, cases: Sequence[str], *, first: bool) -> bool:
    if word.mark or not word.forms:
        return word.capital and not word.mark and not word.text[0].isdigit()
    if word.known:
        return True
    likely = word.forms[0].pos
    if likely in ("PREP", "CONJ", "PRCL", "VERB", "INFN", "GRND", "PRED", "INTJ") and not (word.capital and not first):
        return False
    return any(f.pos in _NOMINAL and f.case in cases for f in word.forms) or _named(word, cases, first=first)


def _named(word: Word, cases: Sequence[str], *, first: bool, t: Tables | None = None) -> bool:
    """Can be a personal name in one of the cases."""
    if t is not None and not word.known and word.lemmas & (t.sides.keys() | t.sets["bodies"]):
        return False
    if word.known and not word.mark:
        return True
    if not word.capital or word.mark or (len(word.text) > 1 and word.text.isupper() and len(word.text) < 8):
        return False
    known = [f for f in word.forms if f.marks & _NAMES]
    if known and not first:
        return any(f.case in cases for f in known) or _guessed(word)
    if known:
        return any(f.case in cases for f in known)
    if first or any(f.marks & _PLACES for f in word.forms):
        return False
    return any(f.case in cases and f.pos in (*_NOMINAL, "ADJF") for f in word.forms) or _guessed(word)


def _guessed(word: Word) -> bool:
    """No dictionary has the word as it stands: its case is anybody's guess."""
    return all(f.pos in ("NOUN", "ADJF", "") and not f.marks & _PLACES for f in word.forms) and bool(
        {f.lemma for f in word.forms} and any("Dist" in f.marks or "Fixd" in f.marks or f.pos == "" for f in word.forms)
    )


def _a_place(word: Word, t: Tables) -> bool:
    return bool(word.lemmas & t.sides.keys()) or all(f.marks & _PLACES for f in word.forms if f.marks)


def _genitive(word: Word) -> bool:
    """A common noun of the dictionary, which is likelier a genitive than anything else."""
    first = word.forms[0] if word.forms else None
    return (
        first is not None
        and first.pos == "NOUN"
        and first.case == "gent"
        and not any(f.marks & _NAMES for f in word.forms)
    )


def _complement(word: Word) -> bool:
    """What may follow a head in the genitive."""
    if word.forms and word.forms[0].pos in ("PREP", "CONJ", "PRCL", "NPRO", "ADVB"):
        return False
    return any(f.case in ("gent", "gen2") and f.pos in ("NOUN", "ADJF", "PRTF", "NUMR") for f in word.forms) or (
        word.text.isupper() and len(word.text) < 7 and word.text.isalpha()
    )


def _oblique(word: Word) -> bool:
    return (
        any(f.pos in ("NOUN", "ADJF", "PRTF") and f.case not in ("", "nomn", "voct") for f in word.forms)
        or word.text in "«»"
    )


def _alike(words: Sequence[Word], head: int, second: Phrase, t: Tables) -> bool:
    """Two that speak together: both states, both people, or both adjectives of one noun."""
    other = words[second.head]
    return (words[head].capital and other.capital) or bool(
        words[head].lemmas & t.sets["offices"] and other.lemmas & t.sets["offices"]
    )
