"""The controlled vocabulary: what was done (acts) and to what (targets), each a tree.

A code stands for itself and for everything below it: a term that forbids ``attack`` forbids ``shelling``.
A report whose code lies *above* a term's code ("an attack", where the term says ``missile``) may be such an
act, and may not: it can support an allegation, never a confirmation.

An agreement may add codes of its own under existing ones (``codes:`` in the agreement file). The names
follow the counting categories that missions publish (SMM tables of ceasefire violations, the annexes of the
2020 Measures); the map from other people's codings lies with each reader.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

from servanda.values.gazetteer import gazetteer
from servanda.values.weapons import ARSENAL, Arsenal
from servanda.wording import plural


@dataclass(frozen=True)
class Tree:
    """Codes with one parent each; ``roots`` have none."""

    kind: str
    parent: Mapping[str, str | None]
    _below: Mapping[str, frozenset[str]] = field(repr=False)

    @staticmethod
    def build(kind: str, parent: Mapping[str, str | None]) -> Tree:
        below: dict[str, set[str]] = {code: {code} for code in parent}
        for code in parent:
            line = {code}
            up = parent[code]
            while up is not None:
                if up not in parent:
                    raise ValueError(f"{kind} code {code!r} stands under {up!r}, which is not a code")
                if up in line:
                    raise ValueError(f"{kind} code {code!r} stands under itself")
                line.add(up)
                below[up].add(code)
                up = parent[up]
        frozen = {code: frozenset(codes) for code, codes in below.items()}
        return Tree(kind, MappingProxyType(dict(parent)), MappingProxyType(frozen))

    def __contains__(self, code: str) -> bool:
        return code in self.parent

    def __reduce__(self) -> tuple[Callable[[str, Mapping[str, str | None]], Tree], tuple[str, dict[str, str | None]]]:
        """A tree that is sent elsewhere is built anew there: read-only mappings cannot be pickled."""
        return Tree.build, (self.kind, dict(self.parent))

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(sorted(self.parent))

    def below(self, codes: Iterable[str]) -> frozenset[str]:
        """The codes themselves and all that lie under them."""
        return frozenset().union(*(self._below[code] for code in codes))

    def above(self, codes: Iterable[str]) -> frozenset[str]:
        """What lies strictly above any of the codes and is not itself under one of them."""
        wanted = set(codes)
        up = {code for code in self.parent if any(w in self._below[code] and w != code for w in wanted)}
        return frozenset(up - self.below(wanted))

    def leaves(self, codes: Iterable[str]) -> frozenset[str]:
        """The codes under these that have nothing under them."""
        return frozenset(code for code in self.below(codes) if len(self._below[code]) == 1)

    def over(self, leaves: frozenset[str]) -> str | None:
        """The first code that has just these leaves under it; nothing where none has."""
        return self._over.get(leaves)

    @cached_property
    def _over(self) -> Mapping[frozenset[str], str]:
        return {self.leaves([code]): code for code in reversed(list(self.parent))}

    def extend(self, more: Mapping[str, str]) -> Tree:
        """The tree with codes added, given as code -> parent. Where one exists, it stands where it is said to stand: so that a
        file goes on being read when the common codes get one that it had made for itself.

        Raises:
            ValueError: a code stands under none, or under itself; or others stand under one that exists.
        """
        for code in more:
            if len(self._below.get(code, ())) > 1:
                raise ValueError(f"{self.kind} code {code!r} exists already, and others stand under it")
        return Tree.build(self.kind, {**self.parent, **more})


def _flatten(groups: Mapping[str, Iterable[str]]) -> dict[str, str | None]:
    parent: dict[str, str | None] = dict.fromkeys(groups)
    for above, codes in groups.items():
        parent.update(dict.fromkeys(codes, above))
    return parent


@dataclass(frozen=True)
class Vocabulary:
    """The acts and targets that one agreement speaks of."""

    acts: Tree
    targets: Tree
    weapons: Arsenal = ARSENAL
    several_authors: frozenset[str] = frozenset()
    """Codes of acts of which one incident may have several authors, as presence."""
    two_sided: frozenset[str] = frozenset()
    """Codes of acts that two sides do against each other, as an exchange of fire."""
    natures: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Codes of acts by their nature; acts of different natures are never one event, and all that are of none are of one."""

    told_as: tuple[tuple[str, str], ...] = ()
    """Codes of acts of two heads, or of deeds of their own, as which one event may be told."""
    own_deeds: frozenset[str] = frozenset()
    """Codes of acts under which every code is a deed of its own, as a law tabled and a law adopted."""
    left_of_acts: frozenset[str] = frozenset()
    """Codes of acts that are what is left of an act, as a fire: whoever sees one knows that something happened, and not what."""

    going_on: frozenset[str] = frozenset()
    """Codes of acts that go on for as long as is told, as a blockade: no deed of one moment."""

    @property
    def lasting(self) -> frozenset[str]:
        """Acts that go on for as long as is told."""
        return self.acts.below(self.going_on)

    @property
    def traces(self) -> frozenset[str]:
        """Acts that are what is left of one."""
        return self.acts.below(self.left_of_acts)

    @property
    def untold(self) -> frozenset[str]:
        """Codes of what shows that something was done, and not what: traces, and clashes, in which every weapon may have been used."""
        return self.traces | self.acts.below(self.two_sided)

    @property
    def signs(self) -> frozenset[str]:
        """Acts that only warn of an act, as an alarm: no act themselves."""
        return self.acts.below(self.natures.get("sign", ()))

    def nature(self, act: str | None) -> str | None:
        """The nature of an act; nothing for what is not said, and for what is of none."""
        return next((name for name, codes in self.natures.items() if act in self.acts.below(codes)), None)

    def __repr__(self) -> str:
        return f"<Vocabulary {plural(len(self.acts.parent), 'act')}, {plural(len(self.targets.parent), 'target')}>"


STANDARD = Vocabulary(
    Tree.build("act", _flatten(gazetteer("codes.yaml")["acts"])),
    Tree.build("target", _flatten(gazetteer("codes.yaml")["targets"])),
    several_authors=frozenset(gazetteer("codes.yaml")["several_authors"]),
    two_sided=frozenset(gazetteer("codes.yaml")["two_sided"]),
    told_as=tuple((one, other) for one, other in gazetteer("codes.yaml")["told_as"]),
    own_deeds=frozenset(gazetteer("codes.yaml")["own_deeds"]),
    left_of_acts=frozenset(gazetteer("codes.yaml")["traces"]),
    going_on=frozenset(gazetteer("codes.yaml")["lasting"]),
    natures={name: frozenset(codes) for name, codes in gazetteer("codes.yaml")["natures"].items()},
)
"""The vocabulary of ``data/codes.yaml``."""
