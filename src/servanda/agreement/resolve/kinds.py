"""The kinds of clause, resolved: which pattern is looked for, how much, how often, how soon."""

from __future__ import annotations

import difflib
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Literal

from servanda.agreement.kinds import (
    Consequence,
    DeclaredItems,
    Duty,
    Guarantee,
    Limit,
    Notice,
    Prohibition,
    Quota,
    Response,
    TermKind,
    Trigger,
    Unverifiable,
)
from servanda.agreement.pattern import Force, Pattern
from servanda.agreement.schema import clauses
from servanda.agreement.schema import file as written
from servanda.values.codes import Tree, Vocabulary
from servanda.values.document import Document, Path_
from servanda.values.geo.shapes import Line, Place, any_of
from servanda.values.time import Duration, parse_duration
from servanda.values.weapons import WeaponClass, parse_bound

THERE = ["military_presence", "deployment", "movement"]
"""What shows that something is there, where a cap does not say."""
_BASELINE = {part: f"{part}_declared" for part in ("strength", "locations", "routes", "destinations")}
_THOUSAND = 1000


def _only(acts: list[str]) -> clauses.Pattern:
    """Any act of these codes, wherever."""
    return clauses.Pattern.model_validate({"act": acts})


class Kinds(ABC):
    """What a resolver needs to make one kind of clause; :class:`~servanda.agreement.resolve.resolver.Resolver` is one."""

    base: written.AgreementFile
    vocabulary: Vocabulary
    places: dict[str, Place]

    @abstractmethod
    def fault(self, document: Document, path: Path_, what: str, hint: str = "") -> None: ...

    @abstractmethod
    def known_actors(self, document: Document, path: Path_, names: Iterable[str], known: Iterable[str]) -> bool: ...

    @property
    @abstractmethod
    def actors(self) -> dict[str, str]: ...

    def duration(self, document: Document, path: Path_, text: str) -> Duration | None:
        """A length of time."""
        try:
            found = parse_duration(text)
        except ValueError as error:
            self.fault(document, path, str(error))
            return None
        if found.amount == 0:
            self.fault(document, path, "no time at all", "write for example '24 hours'")
            return None
        return found

    def kind(self, document: Document, at: Path_, term: written.Term, binds: tuple[str, ...]) -> TermKind | None:
        """The one kind that a term has."""
        given = [kind for kind in clauses.KINDS if getattr(term, kind) is not None]
        if len(given) != 1:
            what = "says nothing that can be checked" if not given else f"is of several kinds: {', '.join(given)}"
            hint = "add 'forbid: {act: ..., in: ...}', or 'unverifiable: why'" if not given else "make each a term"
            self.fault(document, at, what, hint)
            return None
        if (term.then is None) != (term.when is None) or (term.void_if and term.when is None):
            self.fault(document, at, "a guarantee needs 'when' and 'then'", "say what sets it off and what follows")
            return None
        if term.deadline and given[0] not in ("require", "declare"):
            self.fault(document, (*at, "deadline"), "only what is required or declared has a deadline", "use 'until'")
        here = (*at, given[0])
        if term.forbid is not None:
            forbidden = self.pattern(document, here, term.forbid, binds)
            return Prohibition(forbidden) if forbidden else None
        if term.require is not None:
            return self._require(document, here, term.require, binds, timed=term.deadline is not None)
        if term.limit is not None:
            return self._limit(document, here, term.limit, binds)
        if term.respond is not None:
            asked = term.respond.to
            whose: Literal["anyone", "self", "other"] = "anyone"
            if asked.by in (["self"], ["other"]):
                whose, asked = asked.by[0], asked.model_copy(update={"by": None})  # type: ignore[assignment]
            to = self.pattern(document, (*here, "to"), asked)
            deed = self.pattern(document, (*here, "with"), term.respond.with_, binds)
            within = self.duration(document, (*here, "within"), term.respond.within)
            return Response(to, deed, within, whose) if to and deed and within else None
        if term.declare is not None:
            return self._declare(document, here, term.declare, binds)
        if term.when is not None:
            return self._guarantee(document, at, term)
        return Unverifiable(term.unverifiable or "")

    def pattern(
        self,
        document: Document,
        at: Path_,
        written_: clauses.Pattern,
        binds: tuple[str, ...] = (),
        *,
        default: bool = False,
    ) -> Pattern | None:
        """A pattern with every name known. ``default``: without an act, that it is there. ``binds``: whose doing it is, so
        that ``by`` has nothing to say.
        """
        if binds and written_.by:
            self.fault(document, (*at, "by"), "says who does it, and the term's 'binds' does", "name them in 'binds'")
            return None
        if written_.act is None and not default:
            self.fault(document, at, "does not say which act", "add 'act: ...'")
            return None
        acts, targets = self.vocabulary.acts, self.vocabulary.targets
        codes, wanted = written_.act or THERE, written_.target
        sound = self._known(document, (*at, "act"), codes, acts)
        sound &= wanted is None or self._known(document, (*at, "target"), wanted, targets)
        sound &= self.known_actors(document, (*at, "by"), written_.by or (), self.actors)
        weapon, fine = self._weapon(document, at, written_)
        force = None
        if written_.of is not None:
            if (written_.of.foreign_to is None) == (written_.of.states is None):
                self.fault(document, (*at, "of"), "whose force: 'foreign_to' or 'states'", "keep one of them")
                sound = False
            force = Force(
                (written_.of.foreign_to or "").upper() or None, tuple(s.upper() for s in written_.of.states or ())
            )
        place, place_of, words = None, {}, ""
        if isinstance(written_.in_, dict):
            for party, names in written_.in_.items():
                self.known_actors(document, (*at, "in", party), [party], self.actors)
                key = self._place(document, (*at, "in", party), names)
                if key is not None:
                    place_of[party] = key
            missing = [party for party in binds if party not in written_.in_]
            if missing:
                self.fault(document, (*at, "in"), f"gives no place for {', '.join(missing)}", "give each its own")
            words = ", ".join(f"{' or '.join(names)} for {party}" for party, names in written_.in_.items())
        elif written_.in_ is not None:
            place, words = self._place(document, (*at, "in"), written_.in_), " or ".join(written_.in_)
        if not sound or not fine:
            return None
        return Pattern(
            act_codes=tuple(codes),
            target_codes=tuple(wanted or ()),
            acts=acts.below(codes),
            acts_above=acts.above(codes),
            targets=None if wanted is None else targets.below(wanted),
            targets_above=frozenset() if wanted is None else targets.above(wanted),
            place=place,
            place_words=words,
            place_of=place_of,
            weapon=weapon,
            force=force,
            by=tuple(written_.by or ()),
        )

    def _weapon(
        self, document: Document, at: Path_, written_: clauses.Pattern | clauses.Items
    ) -> tuple[WeaponClass | None, bool]:
        names = written_.weapon
        bounds = {}
        for key, unit in (("calibre", "mm"), ("range", "km")):
            text = getattr(written_, key, None)
            if text is not None:
                try:
                    bounds[key] = parse_bound(text, unit)
                except ValueError as error:
                    self.fault(document, (*at, key), str(error))
                    return None, False
        if names is None and not bounds:
            return None, True
        unknown = [name for name in names or () if not self.vocabulary.weapons.knows(name)]
        for name in unknown:
            hint = "see 'servanda readers --codes', or add it under 'codes: weapons:'"
            self.fault(document, (*at, "weapon"), f"{name!r} is no class of weapons and no system", hint)
        return WeaponClass(tuple(names or ("weapon",)), bounds.get("calibre"), bounds.get("range")), not unknown

    def _require(
        self, document: Document, at: Path_, require: clauses.Require, binds: tuple[str, ...], *, timed: bool
    ) -> TermKind | None:
        if require.milestones:
            if require.act or require.at_least or require.every:
                self.fault(document, at, "milestones stand for themselves", "leave out the other words")
                return None
            order = [level for level in ("minimal", "intermediate", "full") if level in require.milestones]
            deeds = [self.pattern(document, (*at, "milestones", k), require.milestones[k], binds) for k in order]
            if "full" not in order:
                self.fault(document, (*at, "milestones"), "does not say what 'full' is", "add 'full: {act: ...}'")
                return None
            return Duty(tuple(d for d in deeds if d), tuple(order)) if all(deeds) else None
        what = self.pattern(document, at, require, binds)
        every = self._period(document, (*at, "every"), require.every)
        if what is None or (require.every and every is None):
            return None
        if every and timed:
            self.fault(document, (*at, "every"), "recurs, and has one deadline", "use 'until' on the term")
            return None
        if require.at_least is None and every is None:
            return Duty((what,))
        return Quota(what, round((require.at_least or 1) * _THOUSAND), require.unit or "", every)

    def _period(self, document: Document, at: Path_, text: str | None) -> Duration | None:
        """A period in which something is counted: an hour or more."""
        found = self.duration(document, at, text) if text else None
        if found is not None and found.unit == "minutes":
            self.fault(document, at, f"{found} is too short a period to count in", "an hour or more")
            return None
        return found

    def _limit(self, document: Document, at: Path_, limit: clauses.Limit, binds: tuple[str, ...]) -> TermKind | None:
        what = self.pattern(document, (*at, "what"), limit.what, binds, default=True)
        per = self._period(document, (*at, "per"), limit.per)
        if limit.per and per is None:
            return None
        return Limit(what, round(limit.to * _THOUSAND), limit.unit or "", per) if what else None

    def _declare(
        self, document: Document, at: Path_, declare: clauses.Declare, binds: tuple[str, ...]
    ) -> TermKind | None:
        given = [k for k in ("baseline", "notice", "items") if getattr(declare, k) is not None]
        if len(given) != 1:
            self.fault(document, at, "declares exactly one thing", "baseline, notice or items")
            return None
        if declare.baseline is not None:
            parts = [self.pattern(document, at, _only([_BASELINE[p]]), binds) for p in declare.baseline]
            return Duty(tuple(p for p in parts if p), baseline=tuple(declare.baseline))
        if declare.notice is not None:
            of = self.pattern(document, (*at, "notice", "of"), declare.notice.of, binds)
            deed = self.pattern(document, at, _only(["notice_given"]), binds)
            before = self.duration(document, (*at, "notice", "before"), declare.notice.before)
            return Notice(of, deed, before) if of and deed and before else None
        assert declare.items is not None
        weapon, fine = self._weapon(document, (*at, "items"), declare.items)
        what = self.pattern(document, at, _only(["inspection"]), binds)
        return DeclaredItems(what, weapon, tuple(declare.items.sites or ())) if what and fine else None

    def _guarantee(self, document: Document, at: Path_, term: written.Term) -> TermKind | None:
        assert term.when is not None
        when = self._trigger(document, (*at, "when"), term.when)
        voids = [self._trigger(document, (*at, "void_if", n), trigger) for n, trigger in enumerate(term.void_if or ())]
        follows: list[Consequence] = []
        for n, step in enumerate(term.then or ()):
            here = (*at, "then", n)
            within = self.duration(document, (*here, "within"), step.within)
            if (step.effect is None) == (step.do is None) or (step.do is None) != (step.by is None):
                self.fault(
                    document, here, "says neither who does what, nor what takes effect", "'by' and 'do', or 'effect'"
                )
                continue
            deed = self.pattern(document, here, _only(step.do), (step.by or "",)) if step.do else None
            if step.by and not self.known_actors(document, (*here, "by"), [step.by], self.actors):
                continue
            if step.unless is not None and step.unless not in (document.data.get("events") or {}):
                self.fault(
                    document, (*here, "unless"), f"there is no event {step.unless!r}", "describe it under 'events:'"
                )
            if within and (deed or step.effect):
                follows.append(Consequence(within, step.by, deed, step.effect or "", step.unless))
        if when is None or not all(voids) or not follows:
            return None
        return Guarantee(when, tuple(follows), tuple(v for v in voids if v))

    def _trigger(self, document: Document, at: Path_, trigger: clauses.Trigger) -> Trigger | None:
        if (trigger.event is None) == (trigger.verdict is None):
            self.fault(
                document, at, "an event or a verdict sets it off", "'event: ...', or 'verdict: breached' with 'of'"
            )
            return None
        if trigger.event is not None:
            if trigger.event not in (document.data.get("events") or {}):
                self.fault(
                    document, (*at, "event"), f"there is no event {trigger.event!r}", "describe it under 'events:'"
                )
                return None
            return Trigger(event=trigger.event)
        terms = document.data.get("terms") or {}
        for name in trigger.of or ():
            if name not in terms:
                self.fault(document, (*at, "of"), f"there is no term {name!r}")
            elif isinstance(terms[name], dict) and "when" in terms[name]:
                self.fault(
                    document, (*at, "of"), f"{name!r} is a guarantee, which sets no other off", "name what it guards"
                )
        if not trigger.of:
            self.fault(document, at, "does not say which terms", "add 'of: [term]'")
            return None
        if trigger.party and not self.known_actors(document, (*at, "party"), [trigger.party], self.actors):
            return None
        return Trigger(terms=tuple(trigger.of), party=trigger.party, at_least=trigger.at_least)

    def _known(self, document: Document, path: Path_, codes: list[str], tree: Tree) -> bool:
        for code in codes:
            if code not in tree:
                close = difflib.get_close_matches(code, tree.codes, 1)
                hint = (
                    f"did you mean {close[0]!r}?"
                    if close
                    else "see 'servanda readers --codes', or add it under 'codes:'"
                )
                self.fault(document, path, f"{code!r} is no {tree.kind} code", hint)
        return all(code in tree for code in codes)

    def _place(self, document: Document, path: Path_, names: list[str]) -> str | None:
        for name in names:
            if name not in self.base.places:
                close = difflib.get_close_matches(name, list(self.base.places), 1)
                hint = f"did you mean {close[0]!r}?" if close else "describe it under 'places:'"
                self.fault(document, path, f"there is no place {name!r}", hint)
                return None
        if any(name not in self.places for name in names):
            return None
        for name in names:
            if isinstance(self.places[name], Line):
                hint = "use a place 'within' some distance of it"
                self.fault(document, path, f"{name!r} is a line and has no inside", hint)
                return None
            if self.places[name].outline().area == 0:
                self.fault(document, path, f"nothing lies in the place {name!r}", "check what it is made of")
                return None
        key = " + ".join(names)
        if key not in self.places:
            self.places[key] = any_of(tuple(self.places[name] for name in names))
        return key
