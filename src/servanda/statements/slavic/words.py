"""Words of a Russian or Ukrainian sentence with their dictionary forms and cases; the tables of both languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, lru_cache
from typing import Any

from servanda.statements.slavic.dictionary import analyzer
from servanda.statements.words import Span
from servanda.values.gazetteer import gazetteer
from servanda.values.media import AGENCIES, OUTLETS
from servanda.values.states import STATES

INITIAL = r"(?:\b[А-ЯЁІЇЄҐ]\.[ \u00a0]?)"
"""*М.* before a last name."""
_INITIALS = re.compile(rf"{INITIAL}{{1,2}}(?=[А-ЯЁІЇЄҐ][а-яёіїєґ'’-])")
_WORD = re.compile(rf"{INITIAL}{{1,2}}[А-ЯЁІЇЄҐ][а-яёіїєґ'’-]+" r"|\d+(?:[.,:]\d+)+|[^\W_]+(?:[-’'ʼ][^\W_]+)*|[^\w\s]")
_DEPUTY = re.compile(
    r"зам(?:глав|министр|командующ|командир|директор|начальник|секретар|руководител|командувач|голов)\w+$"
)
_ORDINAL = re.compile(r"\d+-[а-яіїє]{1,3}")
_OF_STATES = frozenset(
    n for words in STATES.values() for name in words.lower().split("|") for n in (name, name.split()[-1])
)
_LATIN = re.compile(r"[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ’'.-]*")
_ABBREVIATED = 8  # letters; a longer word in capitals is shouted
_APOSTROPHES = str.maketrans("’ʼ`", "'''")
DASHES = ("—", "–", "-", "―")


@dataclass(frozen=True)
class Form:
    """One reading of a word: dictionary form, part of speech, case, number, gender, and other marks of the dictionary."""

    lemma: str
    pos: str
    case: str
    number: str
    gender: str
    marks: frozenset[str]


@dataclass(frozen=True)
class Word:
    """One word of a text, with its readings, the likeliest first; ``known``: the document has somebody of that name; ``oblique``: in another form than he is called by (*упрекнула Гарта*)."""

    text: str
    start: int
    end: int
    forms: tuple[Form, ...]
    known: bool = False
    oblique: bool = False

    @cached_property
    def low(self) -> str:
        """In small letters, with plain apostrophes."""
        return self.text.lower().translate(_APOSTROPHES)

    @property
    def capital(self) -> bool:
        """Begins with a capital, or its second part does: *аль-Харири*."""
        return self.text[0].isupper() or any(part[:1].isupper() for part in self.text.split("-")[1:])

    @property
    def mark(self) -> bool:
        """A sign and no word."""
        return not self.text[0].isalnum()

    @property
    def latin(self) -> bool:
        """In Latin letters: the name of a medium, a firm or a platform, and nobody's in this script."""
        return bool(_LATIN.fullmatch(self.text))

    @cached_property
    def lemmas(self) -> frozenset[str]:
        """Dictionary forms of all readings, and the word itself."""
        return frozenset({self.low, *(f.lemma for f in self.forms)})

    def is_a(self, *pos: str) -> bool:
        """Can be one of these parts of speech."""
        return any(f.pos in pos for f in self.forms)

    def in_case(self, *cases: str) -> list[Form]:
        """The readings of a noun, name, adjective or pronoun in one of these cases."""
        return [f for f in self.forms if f.case in cases]


@dataclass(frozen=True)
class Tables:
    """What one language needs, from ``data/speech``; lists of words as sets. ``own``: names of one word that an agreement gives its sides, in this script, in all cases; ``called``: as it writes them."""

    code: str
    raw: Mapping[str, Any]
    own: Mapping[str, str] = field(default_factory=dict)
    called: frozenset[str] = frozenset()

    def some(self, name: str) -> frozenset[str]:
        """A list of words."""
        value = self.raw[name]
        return frozenset(value.split() if isinstance(value, str) else value)

    @cached_property
    def verbs(self) -> Mapping[str, tuple[str, ...]]:
        """Verbs by their dictionary form -> what they can tell: ``says``, a stance, ``accuses``."""
        out: dict[str, list[str]] = {}
        for kind, words in self.raw["verbs"].items():
            for word in words.split():
                out.setdefault(word, []).append(kind)
        return {word: tuple(kinds) for word, kinds in out.items()}

    @cached_property
    def stands(self) -> Mapping[str, str]:
        """Short adjectives -> stance."""
        return {word: kind for kind, words in self.raw["stands"].items() for word in words.split()}

    @cached_property
    def sides(self) -> Mapping[str, str]:
        """Dictionary forms of names, adjectives and capitals of states -> their codes."""
        return {word: code for code, word in self.state_words} | dict(self.own)

    @cached_property
    def state_words(self) -> tuple[tuple[str, str], ...]:
        """Code of a state and a word for it, for all states; what the table of the language tells comes last."""
        told = [(code, word.lower()) for code, word in self._state_words_written]
        peoples = [(code, people) for code, word in told for people in people_of(word, self.code)]
        return (*peoples, *told)

    @cached_property
    def _state_words_written(self) -> tuple[tuple[str, str], ...]:
        """The same as the tables write them."""
        tables = (gazetteer("speech/states.yaml")[self.code], self.raw["sides"])
        return tuple((code, word) for table in tables for code, words in table.items() for word in words.split())

    @cached_property
    def with_a_capital(self) -> frozenset[str]:
        """Names of states that are other words where they are written small: *Куба*, *Оман*."""
        return frozenset(word.lower() for _, word in self._state_words_written if word != word.lower())

    @cached_property
    def peoples(self) -> frozenset[str]:
        """What those of a state are called."""
        return frozenset(people for _, word in self.state_words for people in people_of(word, self.code))

    @cached_property
    def sets(self) -> Mapping[str, frozenset[str]]:
        """All plain lists, by name."""
        names = "that as not never hedges hypothetical we relative carriers anonymous offices bodies body_words private of title_of callsign nobody talk rumours both of_a_state speaks_for opposite irregular abroad outside obliged proviso condemns none_of_it more none wills insists writes spoken_about tells_of ranks by_data"
        told = {name: self.some(name) for name in names.split()}
        for name in ("offices", "of_a_state", "speaks_for", "outside", "private"):
            told[name] |= {her for office in told[name] for her in _held_by_her(office, self.code)}
        outlets = {name.lower() for name in (*AGENCIES, *OUTLETS) if " " not in name}
        return told | {"carriers": told["carriers"] | outlets}


_OF_A_LAND = re.compile("([а-яёіїєґ'-]{3,}?)й?(?:ск|ськ)(?:ий|ой)")
_NOT_PEOPLE = frozenset(["швейцар", "русин", "германец", "словен"])
_PEOPLES = ("", "ец", "ець", "єць", "ин", "янин")


@lru_cache(maxsize=5_000)
def people_of(adjective: str, code: str) -> tuple[str, ...]:
    """What those of a land are called: *грузин* of *грузинский*, *оманец* of *оманский*; what the dictionary knows.

    Args:
        adjective: in its dictionary form; of any other word nothing is made.
        code: the language.

    Returns:
        The nouns.
    """
    if (made := _OF_A_LAND.fullmatch(adjective)) is None:
        return ()
    said = [made[1] + ending for ending in _PEOPLES if ending or made[1][-1] not in "аеиоуыэюяіїє"]
    known = (w for w in said if w not in _NOT_PEOPLE and _known(w, code))
    return tuple(w for w in known if any(_means_people(f, w) for f in forms_of(w, code)))


def _means_people(form: Form, word: str) -> bool:
    return form.pos == "NOUN" and form.lemma == word and "anim" in form.marks and not form.marks & _NAMES


_NAMES = frozenset(["Name", "Surn", "Patr", "Geox", "name", "lname", "prop"])
_HERS = {
    "uk": (("ник", "ниця"), ("ець", "иця"), ("тр", "терка"), ("р", "рка"), ("ч", "чка"), ("т", "тка"), ("ф", "фка")),
    "ru": (("тель", "тельница"), ("ник", "ница"), ("чик", "чица"), ("р", "рка"), ("т", "тка"), ("рь", "рша")),
}
"""How an office ends, and how it is called where a woman holds it."""


def _held_by_her(office: str, code: str) -> list[str]:
    """*командувачка* of *командувач*; the first ending that fits."""
    return [office.removesuffix(his) + her for his, her in _HERS[code] if office.endswith(his)][:1]


@cache
def tables(code: str) -> Tables:
    """The tables of ``ru`` or ``uk``."""
    return Tables(code, gazetteer(f"speech/{code}.yaml"))


def tables_with(code: str, names: Mapping[str, str], group: str = "") -> Tables:
    """The tables with the names of an agreement.

    Args:
        code: ``ru`` or ``uk``.
        names: names of sides in any script, with their codes.
        group: whom *rebels* and their like mean.

    Returns:
        The tables, which know the names of one word in Cyrillic letters as they know the states.
    """
    cases = {
        name: (_declined(name, code), side)
        for name, side in ((name.lower(), side) for name, side in names.items())
        if side and re.fullmatch(r"[а-яіїєґё'’-]{3,}", name)
    }
    own = {form: side for name, (forms, side) in cases.items() for form in (*forms, *people_of(name, code))}
    called = frozenset(n for n in cases if not any(n in forms and len(n) > len(o) for o, (forms, _) in cases.items()))
    low = {name.lower().removeprefix("the "): side for name, side in names.items()}
    for english, there in tables(code).raw["parties"].items():
        if party := low.get(english.lower().removeprefix("the ")):
            own |= {form: party for one in there.split("|") if " " not in one for form in _declined(one, code)}
    for there, word in tables(code).raw["generic"].items():
        bodies = {
            s for name, s in names.items() if s and word in name.lower().split() and name.lower() not in _OF_STATES
        }
        if len(bodies) == 1:  # the agreement has one mission: *глава миссии* is of it
            own |= dict.fromkeys(_declined(there, code), bodies.pop())
    if group:
        own = dict.fromkeys(tables(code).sets["irregular"], group) | own
    return replace(tables(code), own=own, called=called)


@lru_cache(maxsize=5_000)
def _declined(name: str, code: str) -> frozenset[str]:
    """A name in all its cases."""
    known = {p.word for parse in analyzer(code).parse(name) for p in parse.lexeme if parse.tag.POS == "NOUN"}
    soft = {name[:-1] + ending for ending in ("и", "ї", "і", "ю", "єю", "ею", "й", "е")} if name[-1] in "яа" else set()
    return frozenset({name, *known, *soft})


def _known(word: str, code: str) -> bool:
    return bool(analyzer(code).word_is_known(word))


@lru_cache(maxsize=100_000)
def forms_of(word: str, code: str) -> tuple[Form, ...]:
    """The readings of a word.

    Args:
        word: in small letters.
        code: the language.

    Returns:
        Its readings; short adjectives and participles under the form of the whole one.
    """
    out: dict[Form, None] = {}
    if _DEPUTY.match(word):  # *замкомандующего*: one word in every case
        marks = frozenset({"NOUN", "anim", "Fixd"})
        return tuple(Form(word, "NOUN", case, "sing", "", marks) for case in ("nomn", "gent", "datv", "accs", "ablt"))
    for parse in analyzer(code).parse(word):
        tag = parse.tag
        marks = frozenset(str(tag).replace(" ", ",").split(","))
        pos = "INFN" if "infn" in marks else str(tag.POS or "")
        if "Abbr" in marks and len(word) <= 2 and out:
            continue
        number = str(
            tag.number or ("plur" if "plur" in marks else "sing" if pos in ("NOUN", "ADJF", "NPRO", "VERB") else "")
        )
        case = str(tag.case or "")
        if pos == "NOUN":
            case = case or "nomn"
        out[Form(parse.normal_form.translate(_APOSTROPHES), pos, case, number, str(tag.gender or ""), marks)] = None
    return _likeliest_first(out) if code == "uk" else tuple(out)


def _likeliest_first(forms: Iterable[Form]) -> tuple[Form, ...]:
    """The Ukrainian dictionary has *до* for a note and *за* for an adverb first, and *говорить* for an infinitive, which ends in *-ти*."""
    told = list(forms)
    finite = any(f.pos == "VERB" for f in told)
    return tuple(sorted((f for f in told if not (finite and f.pos == "INFN")), key=lambda f: f.pos != "PREP"))


@lru_cache(maxsize=20_000)
def in_dictionary(word: str, code: str) -> bool:
    """Whether a word is one of the language, and can be anything else than somebody's name.

    Args:
        word: in small letters.
        code: the language.

    Returns:
        False of *мелес*, *нгуен* and *марко*.
    """
    return bool(analyzer(code).word_is_known(word)) and not any(
        f.marks & {"Name", "Surn", "Patr"} for f in forms_of(word, code)
    )


@lru_cache(maxsize=5_000)
def _in_every_case(word: str, pos: str) -> tuple[Form, ...]:
    """What is not declined: *ОБСЕ*, *30-й*."""
    return tuple(
        Form(word, pos, case, "", "", frozenset({pos, "Fixd"}))
        for case in ("nomn", "gent", "datv", "accs", "ablt", "loct")
    )


def words_of(text: str, span: Span, code: str, names: frozenset[str] = frozenset()) -> list[Word]:
    """The words of a stretch of text.

    Args:
        text: the document.
        span: its characters.
        code: the language.
        names: last names of people in the document, in small letters.

    Returns:
        Them with their readings; a number or a sign has none.
    """
    out = []
    for m in _WORD.finditer(text, *span):
        word = _INITIALS.sub("", m.group())  # *М. А. Иванов* is called by his last name
        forms = forms_of(word.lower().translate(_APOSTROPHES), code) if word[0].isalpha() else ()
        if _ORDINAL.fullmatch(word) or (word.isupper() and 1 < len(word) < _ABBREVIATED and word.isalpha()):
            forms = (*forms, *_in_every_case(word.lower(), "ADJF" if word[0].isdigit() else "NOUN"))
        known = bool(names) and word[0].isupper() and not names.isdisjoint({word.lower(), *(f.lemma for f in forms)})
        other = known and word.lower().translate(_APOSTROPHES) not in names
        oblique = other and all(f.case != "nomn" for f in forms if f.lemma in names)
        out.append(Word(word, m.start(), m.end(), forms, known, oblique))
    return out


def inflected(words: Iterable[Word], code: str) -> str:
    """A name in any case as it is called: *Дениса Павленко* is *Денис Павленко*.

    Args:
        words: adjacent words of a name.
        code: the language.

    Returns:
        The name in the nominative.
    """
    out = []
    gender = ""
    for word in words:
        parses = [p for p in analyzer(code).parse(word.low) if p.tag.case and p.tag.case != "nomn"]
        named = [p for p in parses if {"Name", "Surn", "Patr"} & set(str(p.tag).replace(" ", ",").split(","))]
        best = next((p for p in named if not gender or p.tag.gender in (gender, None)), None) or next(
            iter(named or parses), None
        )
        made = best.inflect({"nomn"}) if best is not None else None
        gender = gender or str((best.tag.gender if best is not None else "") or "")
        text = made.word if made is not None else word.low
        out.append("-".join(part[:1].upper() + part[1:] for part in text.split("-")))
    return " ".join(out)


def place_name(words: Sequence[Word], code: str) -> str:
    """A place in any case as it is called, where the dictionary knows it: *Одессе* is Одесса; else as it stands.

    Args:
        words: adjacent words of its name.
        code: the language.

    Returns:
        The name.
    """
    known = [p for p in analyzer(code).parse(words[-1].low) if "Geox" in str(p.tag)]
    if not known:
        return " ".join(w.text for w in words)
    if len(words) > 1:
        return inflected(words, code)
    return str(known[0].normal_form).capitalize()
