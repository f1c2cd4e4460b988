"""Who is meant: one name for one person however he is called, whose side that is, and which names are only those of carriers."""

from __future__ import annotations

import copy
import functools
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from servanda.statements.cues import OFFICES, PRIVATE, ROLES
from servanda.statements.offices import offices
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
_TITLES = frozenset(
    """
    president vice prime minister ministers deputy foreign defence defense interior secretary state general chief of
    staff spokesman spokeswoman spokesperson envoy special ambassador chancellor king prince commander adviser
    advisor official officials senior former acting governor mayor head leader speaker senator mr mrs ms dr lt col
    gen sen rep sir lord the a an his her its press aide top negotiator representative director policy presidential
    ministry us to middle east colonel major captain lieutenant sergeant admiral vice-admiral brigadier marshal
    maj capt sgt adm brig cmdr ayatollah sheikh professor judge archbishop bishop emir sultan premier
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
PRONOUNS = frozenset("he she him her himself herself".split())
OWN = frozenset("i we us our me my ourselves myself".split())


@dataclass
class People:
    """Everybody named in some texts: whole names by surname, sides and roles; ``parties``: who *both sides* are."""

    names: dict[str, str] = field(default_factory=dict)
    sides: dict[str, str] = field(default_factory=dict)
    roles: dict[tuple[str, str], str] = field(default_factory=dict)
    whole: frozenset[str] = frozenset()
    gender: dict[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    parties: tuple[str, ...] = ()

    @staticmethod
    def known(texts: Sequence[str], words: Mapping[str, str] | None = None) -> People:
        """Read who is who from the texts themselves: *French President Emmanuel Macron*. ``words``: names of sides beyond :data:`STATES`."""
        sides = _spellings({w: code for code, all_ in STATES.items() for w in all_.split("|")} | dict(words or {}))
        people = People(words=sides)
        state = people.spelt.pattern
        whole: dict[str, Counter[str]] = {}
        at: dict[str, Counter[str]] = {}
        low = {w for text in texts for w in re.findall(r"\b[a-z][a-z’'-]+\b", text)}
        title = "|".join(sorted(map(re.escape, _TITLES), key=len, reverse=True))
        described = re.compile(rf"{state}(?:[’']s)? ((?:(?i:{title}),? )+)((?:[A-ZÀ-Þ][\w’-]+ ){{0,2}}[A-ZÀ-Þ][\w’-]+)")
        for text in texts:
            for match in _NAME.finditer(text):
                found = match.group()
                if found.startswith("The ") or text[max(0, match.start() - 4) : match.start()].lower() == "the ":
                    if not re.search(r"[’']s [A-ZÀ-Þ]", found):
                        continue  # a newspaper, a ministry
                    found = re.split(r"[’']s ", found)[-1]  # *the ministry's Ana Berg*
                if found.isupper() and " " in found:
                    continue  # a heading, a station
                name = people.bare(found)
                if 1 < len(name.split()) < 4 and not any(
                    w.lower() in low or "." in w or w[0].islower() for w in name.split()
                ):
                    whole.setdefault(name.split()[-1], Counter())[name] += 1
            for match in described.finditer(text):
                name = people.bare(re.sub(r"[’']s$", "", match[3]))
                if not name or match[3].endswith(("’s", "'s")):
                    continue
                if len(name.split()) > 1:
                    whole.setdefault(name.split()[-1], Counter())[name] += 1
                code, last, titles = sides[match[1]], name.split()[-1], match[2].replace(",", "").split()
                at.setdefault(last, Counter())[code] += 1
                at.setdefault(name, Counter())[code] += 1
                for role in ROLES & {t.lower() for t in titles}:
                    people.roles.setdefault((code, _office(titles, role)), last)
        for text in texts:
            for word, name in _MARKED.findall(text):
                people.gender[name.split()[-1]] = "she" if word.lower() in _SHE else "he"
        for last in [last for last in whole if last[:1].islower()]:
            whole.setdefault(last[0].upper() + last[1:], Counter()).update(whole[last])
        people.whole = frozenset(name for names in whole.values() for name in names)
        people.names = {last: min(names, key=lambda n: (-names[n], n)) for last, names in whole.items()}
        people.sides = {last: min(codes, key=lambda c: (-codes[c], c)) for last, codes in at.items()}
        told = offices(texts, state, sides, people.whole)
        people.sides |= {name: side for name, side in told.items() if name not in people.sides}
        people.roles = {key: people.names.get(last, last) for key, last in people.roles.items()}
        return people

    def for_one(self) -> People:
        """The same for one document: whose side somebody is on by its words is not carried into others, in whatever order they are read."""
        one = copy.copy(self)
        one.sides = dict(self.sides)
        return one

    def speaker(self, source: str) -> tuple[str, str]:
        """Name and side of who is called so; the name is empty for a mere pronoun."""
        source = re.split(r",\s+(?:who|whom|which|whose|where)\b", " ".join(source.split()))[0]
        source = source.strip(" ,;:\"“”’‘'")
        if source.isupper() and source.title().split()[-1:] and source.title().split()[-1] in self.names:
            source = source.title()  # a transcript
        if source.lower() in PRONOUNS | OWN | {
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
                if match.group().endswith(("’s", "'s")):
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
        titles = source.replace(",", " ").split()
        for role in ROLES:
            if side and role in (t.lower() for t in titles) and (side, _office(titles, role)) in self.roles:
                return self.roles[side, _office(titles, role)], side
        if side and bare:
            return source.removeprefix("the ").removeprefix("The "), side
        name = re.sub(r"^(?:the|a|an|one|his|her|its|their)\s+", "", source, flags=re.IGNORECASE)
        if name[:1].islower() or not name:
            head = {w.lower().strip(",.") for w in re.split(r"\b(?:of|in|from|for|to|at|with)\b", name)[0].split()}
            return (name, side) if head & (_TITLES | _BODIES) else ("", "")
        return name, side

    @functools.cached_property
    def spelt(self) -> re.Pattern[str]:
        """Any name of a side, the longest first."""
        return re.compile(
            rf"(?<!\w)({'|'.join(re.escape(w) for w in sorted(self.words, key=len, reverse=True))})(?!\w)"
        )

    def bare(self, name: str) -> str:
        """A name without titles and without the state before it."""
        plain = re.sub(r"[’']s\b", "", self.spelt.sub(" ", name))
        return " ".join(
            w for w in plain.split() if not all(part in _TITLES for part in w.lower().strip(".").split("-"))
        )

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

    def first_in(self, text: str, pronoun: str = "") -> str:
        """The surname of the person whom a sentence names first, and whom the pronoun can mean; or nothing."""
        named = (w for w in re.findall(r"[A-ZÀ-Þ][\w-]+", text) if w in self.names or w in self.sides)
        return next((w for w in named if self.can_mean(pronoun, w)), "")

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


def _office(titles: list[str], role: str) -> str:
    """*deputy foreign minister* is not *prime minister*."""
    low = [t.lower().strip(",.") for t in titles]
    return " ".join(
        [w for w in low if w in ("deputy", "foreign", "prime", "defence", "defense", "vice", "special")] + [role]
    )


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


def is_carrier(source: str) -> bool:
    """A source that only passes on: a named outlet, or *reports*, *the media*."""
    source = source.split(",", maxsplit=1)[0]
    named = outlets(source)
    return bool(named) or bool(
        _PRESS.fullmatch(re.sub(r"^(?:the|several|some|local)\s+", "", source.strip(), flags=re.IGNORECASE))
    )
