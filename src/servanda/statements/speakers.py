"""Who is meant: one name for one person however he is called, whose side that is, and which names are only those of carriers."""

from __future__ import annotations

import copy
import functools
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from servanda.statements.cues import OFFICES, PRIVATE, ROLES
from servanda.values.media import AGENCIES, OUTLETS
from servanda.values.states import STATES

_ADJECTIVES = frozenset(w for words in STATES.values() for w in words.split("|"))
_OUTLET = re.compile(
    rf"\b(?:the )?({'|'.join(a for a in sorted((*AGENCIES, *OUTLETS), key=len, reverse=True) if a != 'agencies')})\b"
)
_MEDIUM = re.compile(
    r"(?:(?:newspaper|daily|magazine|agency|broadcaster|channel|network|portal|outlet)s? ([A-Z][\w-]+(?: [A-Z][\w-]+)?))|\b([A-Z][\w-]{1,60}(?: [A-Z][\w-]{1,60})?) (?:newspaper|news agency|daily|magazine|television|TV)\b"
)
_PRESS = re.compile(
    r"\b(?:(?:\w+ )?(?:media|press)(?: outlets)?|news(?:papers?| agenc(?:y|ies)| outlets?)|reports|journalists|reporters|correspondents)\b",
    re.IGNORECASE,
)
TITLES = frozenset(
    """
    president supreme vice prime minister ministers deputy foreign defence defense interior secretary state general chief of
    staff spokesman spokeswoman spokesperson envoy special ambassador chancellor king prince commander adviser
    advisor official officials senior former acting governor mayor head leader speaker senator mr mrs ms dr lt col
    gen sen rep sir lord the a an his her its press aide top negotiator representative director policy presidential
    ministry us to middle east colonel major captain lieutenant sergeant admiral vice-admiral brigadier marshal
    maj capt sgt adm brig cmdr ayatollah sheikh professor judge
    justice law finance energy economy information health home security peace commissioner coordinator coordinating
    attorney lawmaker agriculture transport undersecretary under-secretary-general assistant party brig rear chairman chairwoman
    chairperson co-chair lord lady commodore field top rebel negotiator mediator former interim caretaker then-president judge
    cpl prof amb hon rev archbishop bishop emir sultan premier
    """.split()
)
_SHE = frozenset("ms mrs chairwoman spokeswoman queen princess congresswoman lady".split())
_MARKED = re.compile(
    r"\b(?i:(ms|mrs|mr|chairwoman|chairman|spokeswoman|spokesman|queen|king|prince|princess|sir|lady|congresswoman|congressman))\.?,? ((?:[A-ZÀ-Þ][\w’-]+ ?){1,2})"
)
_NAME = re.compile(
    r"(?:[A-ZÀ-Þ][\w’'-]+\.?)(?: (?:[A-ZÀ-Þ][\w’'-]+\.?|(?:al|el|bin|ibn|abu|ul|ud)-[A-ZÀ-Þ][\w’-]+|de|van|von|bin|al|der))*"
)
_BODIES = frozenset(
    """
    ministry government source sources diplomat diplomats leader leaders country countries allies ally states
    nations side delegation parliament army military command commander police authorities mission monitors observers
    staff office embassy council officer officers member members lawyer fighter fighters formations authorities aide aides
    """.split()
)
_PLACES = frozenset(
    """
    council ministry department committee agency organisation organization movement force forces mission party
    union front brigade university street river hill line sea province region city committee group commission command parliament
    church party league bank institute foundation division battalion assembly senate congress conference border valley bridge
    airport port island islands mountains strait gulf peninsula district village crossing zone camp square house office service
    radio television tv news media channel times post herald tribune gazette telegram hospital school market cathedral church mosque
    stadium hotel monument museum theatre theater court tribunal prison plant station
    treaty accord agreement protocol convention truce ceasefire nations states republic kingdom federation authority guard guards
    """.split()
)
"""Words in names that are of no person."""
_WATCHERS = {
    "peacekeeper": ("force", "peacekeep"),
    "monitor": ("monitor",),
    "observer": ("observ", "monitor"),
    "inspector": ("inspect", "agency", "monitor"),
    "mission": ("mission",),
    "watchdog": ("agency",),
    "patrol": ("force", "mission", "monitor"),
}
_NEAR_TO = re.compile(r"(?i:an?|one|another|some|two|several) (?:[a-z][\w-]* ){1,4}(?:of|to) ")
_LONG = {"un": "united nations", "eu": "european union"}
PRONOUNS = frozenset("he she him her himself herself".split())
_OWN = frozenset("i we us our me my ourselves myself".split())


@dataclass
class People:
    """Everybody named in some texts: whole names by surname, and sides; ``parties``: who *both sides* are; ``kinds``: what a side is, *state*, *body* (that
    watches or mediates) or *group*; ``called``: the first name of each side; ``offices``: who holds the
    offices that only one can hold.
    """

    names: dict[str, str] = field(default_factory=dict)
    sides: dict[str, str] = field(default_factory=dict)
    whole: frozenset[str] = frozenset()
    gender: dict[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    parties: tuple[str, ...] = ()
    kinds: Mapping[str, str] = field(default_factory=dict)
    called: Mapping[str, str] = field(default_factory=dict)
    offices: dict[tuple[str, str, tuple[str, ...]], str] = field(default_factory=dict)

    @staticmethod
    def known(texts: Sequence[str], words: Mapping[str, str] | None = None) -> People:
        """Read who is who from the texts themselves: *French President Emmanuel Macron*. ``words``: names of sides beyond :data:`STATES`."""
        sides = _spellings({w: code for code, all_ in STATES.items() for w in all_.split("|")} | dict(words or {}))
        people = People(words=sides)
        whole: dict[str, Counter[str]] = {}
        low = {w for text in texts for w in re.findall(r"\b[a-z][a-z’'-]+\b", text)}
        for text in texts:
            for match in _NAME.finditer(text):
                found = match.group()
                if found.startswith("The ") or text[max(0, match.start() - 4) : match.start()].lower() == "the ":
                    if not re.search(r"[’']s [A-ZÀ-Þ]", found):
                        continue  # a newspaper, a ministry
                    found = re.split(r"[’']s ", found)[-1]  # *the ministry's Ana Berg*
                if found.isupper() and " " in found:
                    continue  # a heading, a station
                name = re.sub(r"(?<=\w\w\w)\.$", "", people.bare(found))
                if 1 < len(name.split()) < 4 and not any(
                    w.lower() in low or w.lower() in _PLACES or "." in w or (w[0].islower() and "-" not in w)
                    for w in name.split()
                ):
                    whole.setdefault(name.split()[-1], Counter())[name] += 1
        for text in texts:
            for word, name in _MARKED.findall(text):
                people.gender[name.split()[-1]] = "she" if word.lower() in _SHE else "he"
        for last in [last for last in whole if last[:1].islower()]:
            whole.setdefault(last[0].upper() + last[1:], Counter()).update(whole[last])
        people.whole = frozenset(name for names in whole.values() for name in names)
        people.names = {last: min(names, key=lambda n: (-names[n], n)) for last, names in whole.items()}
        return people

    def learn(self, told: Sequence[Mapping[str, set[tuple[str, str, tuple[str, ...]]]]]) -> None:
        """Take from the casts of documents (``Cast.offices``) whose side persons are on and who holds which office: what one text tells holds in all."""
        sides: dict[str, Counter[str]] = {}
        held: dict[tuple[str, str, tuple[str, ...]], set[str]] = {}
        for one in told:
            for name, offices in one.items():
                for office in offices:
                    sides.setdefault(name, Counter())[office[0]] += 1
                    if office[1] in ROLES:
                        held.setdefault(office, set()).add(name)
        self.sides = {name: min(codes, key=lambda c: (-codes[c], c)) for name, codes in sides.items()}
        self.offices = {office: names.copy().pop() for office, names in held.items() if len(names) == 1}

    def with_sides(self, sides: Mapping[str, str]) -> People:
        """The same with whose side persons are on, by their whole names; for one document, so that what only its words tell is carried into no other."""
        one = copy.copy(self)
        one.names = {**{name.split()[-1]: name for name in sides}, **self.names}
        one.sides = {**self.sides, **{name.split()[-1]: side for name, side in sides.items()}, **sides}
        return one

    def speaker(self, source: str) -> tuple[str, str]:
        """Name and side of who is called so; the name is empty for a mere pronoun."""
        source = re.split(r",\s+(?:who|whom|which|whose|where)\b", " ".join(source.split()))[0]
        source = source.strip(" ,;:\"“”’‘'")
        if source.isupper() and source.title().split()[-1:] and source.title().split()[-1] in self.names:
            source = source.title()  # a transcript
        if means_himself(source) or source.lower() in PRONOUNS | {
            "who",
            "which",
            "that",
            "question",
            "q",
            "a",
            "answer",
            "interviewer",
            "reporter",
            "moderator",
            "it",
            "they",
            "them",
            "one",
            "this",
            "",
        }:
            return "", ""
        for part in re.split(r",| - | — ", source):
            for match in reversed(list(_NAME.finditer(part))):
                if match.group().endswith(("’s", "'s")) or near_to_somebody(
                    source[: source.find(part) + match.start()]
                ):
                    continue
                name = self.bare(match.group())
                last = name.split()[-1] if name else ""
                if name in self.whole and name != self.names.get(last):
                    # another one of that surname
                    return name, self.sides.get(name, "") or (self.side(source) if _official(source) else "")
                if last and (last in self.names or last in self.sides):
                    if name != last and name in self.sides:
                        return name, self.sides[name]
                    return self.names.get(last, last), self.sides.get(last, "") or (
                        self.side(source) if _official(source) else ""
                    )
        side = self.side(source)
        bare = all(
            self.bare(w) == "" or w.lower() in ("the", "s", "and") for w in source.replace("’s", "").split()
        ) or (self.spelt.fullmatch(re.sub(r"^[Tt]he ", "", source)) is not None)
        if not bare and not _official(source):
            side = ""
        if side and bare:
            return source.removeprefix("the ").removeprefix("The "), side
        name = re.sub(r"^(?:the|a|an|one|his|her|its|their)\s+", "", source, flags=re.IGNORECASE)
        if name[:1].islower() or not name:
            head = {w.lower().strip(",.") for w in re.split(r"\b(?:of|in|from|for|to|at|with)\b", name)[0].split()}
            return (name, side) if head & (TITLES | _BODIES) else ("", "")
        return name, side

    def canonical(self, name: str) -> str:
        """The whole name of a person, as he is called here and there."""
        bare = self.bare(name) or name
        last = bare.split()[-1]
        return bare if bare in self.whole and bare != self.names.get(last) else self.names.get(last, bare)

    def is_person(self, name: str) -> bool:
        """The name is that of a person whom a text names in full, or his last name."""
        return name in self.whole or (" " not in name and name in self.names)

    def kind_of(self, side: str) -> str:
        """*state*, *body* or *group*."""
        return self.kinds.get(
            side, "state" if side in STATES and len(side) == 2 and side not in ("UN", "EU") else "body"
        )

    @property
    def kind_of_each(self) -> Mapping[str, str]:
        """What each party is: *state*, *body* or *group*."""
        return {side: self.kind_of(side) for side in self.parties}

    def only(self, kind: str) -> str:
        """The only side of a kind that the agreement has: of parties, where one is such, else of all; empty where there are several or none."""
        for among in (self.parties, tuple(self.kinds)):
            found = [side for side in among if self.kind_of(side) == kind]
            if found:
                return found[0] if len(found) == 1 else ""
        return ""

    def watcher(self, called: str, words: Sequence[str] = ()) -> str:
        """Which body *the mission*, *the inspectors* or *the neutral commission* are: the only one whose names have such a word, else the only body."""
        stems = _WATCHERS.get(called.rstrip("s"), (called.rstrip("s"),))
        names = self._bodies_called
        told = [side for side, named in names.items() if any(stem in named for stem in stems)]
        if len(told) > 1:
            told = [side for side in told if any(len(w) > 3 and w != called and w in names[side] for w in words)]
        only = len(names) == 1 and called.rstrip("s") in _WATCHERS
        return told[0] if len(told) == 1 else next(iter(names)) if only else ""

    def described(self, words: Sequence[str], proper: AbstractSet[str]) -> str:
        """Which body *the UN force* or *the Orra commission* is: the only one whose names have its proper words."""
        wanted = {_LONG.get(w, w) for w in proper & set(words)}
        told = [side for side, named in self._bodies_called.items() if all(w in named for w in wanted)]
        return told[0] if len(told) == 1 else ""

    @functools.cached_property
    def _bodies_called(self) -> dict[str, str]:
        """The bodies that are no parties, each with all its names in small letters."""
        out = {side: "" for side in self.kinds if self.kind_of(side) == "body" and side not in self.parties}
        for name, side in self.words.items():
            if side in out:
                out[side] += f" {name.lower()}"
        return out

    @property
    def irregular(self) -> str:
        """Whom *rebel* and its like mean: the only group."""
        return self.only("group")

    @functools.cached_property
    def spelt(self) -> re.Pattern[str]:
        """Any name of a side, the longest first."""
        return re.compile(
            rf"(?<!\w)({'|'.join(re.escape(w) for w in sorted(self.words, key=len, reverse=True))})(?!\w)"
        )

    def bare(self, name: str) -> str:
        """A name without titles and without the state before it."""
        plain = re.sub(r"[’']s\b", "", self.spelt.sub(" ", name))
        return " ".join(w for w in plain.split() if not all(part in TITLES for part in w.lower().strip(".").split("-")))

    def side(self, text: str) -> str:
        """Whose side a description tells: the first state it names, or several joined by *and*, parted by semicolons."""
        first: dict[str, re.Match[str]] = {}
        for match in self.spelt.finditer(text):
            if self.words[match[1]]:
                first.setdefault(self.words[match[1]], match)
        order = list(first)
        if len(order) > 1 and re.fullmatch(
            r"[\s,]*(?:and|,)\s*(?:the )?", text[first[order[0]].end() : first[order[1]].start()]
        ):
            return "; ".join(order)
        return order[0] if order else ""

    def can_mean(self, pronoun: str, name: str) -> bool:
        """No text calls the person the other sex."""
        sex = {"she": "she", "her": "she", "herself": "she"}.get(pronoun.lower(), "he")
        return not pronoun or self.gender.get(name.rsplit(maxsplit=1)[-1] if name else "", sex) == sex


def _spellings(words: Mapping[str, str]) -> dict[str, str]:
    """Names of sides as they also stand in texts: in capitals, and where a sentence begins."""
    out = {w[4:]: side for w, side in words.items() if w.startswith("the ") and w[4:5].isupper()}
    out |= {w.upper(): side for w, side in words.items() if len(w) > 4}
    out |= {w[0].upper() + w[1:]: side for w, side in words.items() if w}
    return out | dict(words)


def outlets(text: str) -> list[tuple[int, str]]:
    """Media named in a text, with where: agencies, newspapers, and mere *media*."""
    media = [(m.start(), m[1]) for m in _OUTLET.finditer(text)]
    media += [(m.start(), m[1] or m[2]) for m in _MEDIUM.finditer(text) if (m[1] or m[2]) not in _ADJECTIVES]
    out: dict[str, int] = {}
    for at, name in sorted(media):
        out.setdefault(name.removeprefix("the ").removeprefix("The "), at)
    return [(at, name) for name, at in out.items()]


def _official(source: str) -> bool:
    """Somebody who speaks for a state or a body, by his office: no driver, analyst or opposition leader does."""
    words = {w.lower().strip(",.") for w in re.findall(r"[\w’'-]+", source)}
    return bool(words & OFFICES) and not words & PRIVATE


def means_himself(source: str) -> bool:
    """Whether words mean who speaks himself.

    Args:
        source: *we*, *us*, *the US*.

    Returns:
        False of *US*, which is a state.
    """
    return source != "US" and source.lower() in _OWN


def near_to_somebody(before: str) -> bool:
    """Whether a name behind these words is of somebody else than who is described.

    Args:
        before: the words of a description before the name.

    Returns:
        True for *a friend of*, and not for *the president of*.
    """
    return bool(_NEAR_TO.fullmatch(before))


def is_carrier(source: str) -> bool:
    """A source that only passes on: a named outlet, or *reports*, *the media*."""
    source = source.split(",", maxsplit=1)[0]
    named = outlets(source)
    return bool(named) or bool(
        _PRESS.fullmatch(re.sub(r"^(?:the|several|some|local)\s+", "", source.strip(), flags=re.IGNORECASE))
    )
