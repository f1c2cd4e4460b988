"""Whose entries count as what: who signs speaks for his own, and for more only where the record names him.

The origin of a record, and later entries of its keeper of the kind ``gives``, say by names of keys who gives agreements, registers,
coverage, decisions and published verdicts; where nobody is named it is the keeper. The rule itself is :func:`~servanda.record.verifier.may_give`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence

from servanda.errors import Fault, RecordError
from servanda.record.entry import Entry
from servanda.record.verifier import GIVEN, Key, Policy, may_give

POSITIONS = ("decisions",)
"""Kinds that others may sign all the same: what they decide is their position."""


def counted(
    entries: Iterable[Entry], policy: Policy, gives: Mapping[str, Sequence[str]] | None = None
) -> Iterator[Entry]:
    """Entries, each with whether it counts as what it is.

    Args:
        entries: signed statements in the order of the log, beginning with the origin where ``gives`` is left out.
        policy: the record's, whose log keeps it.
        gives: who gave what before the first of them.

    Yields:
        The same entries.
    """
    logs = {key.public for key in policy.logs}
    gives = gives or {}
    for entry in entries:
        if entry.kind in ("origin", "gives"):
            gives = {kind: [*map(str, names)] for kind, names in entry.says.get("gives", {}).items()}
        yield dataclasses.replace(entry, counts=may_give(entry.kind, entry.signer, gives, log=entry.public in logs))


def names_in(keeper: Key, witnesses: Mapping[str, Key], admitted: Iterable[Key] = ()) -> dict[str, str]:
    """Names of keys by all names that their owners have in a record: that of the key, and for witnesses the one in the policy.

    Two keys of one name (records of 0.2) have none here: nobody could tell whom it means.
    """
    pairs = [(key.name, key) for key in (keeper, *witnesses.values(), *admitted)] + list(witnesses.items())
    owners: dict[str, set[bytes]] = {}
    for name, key in pairs:
        owners.setdefault(name, set()).add(key.public)
        owners.setdefault(key.name, set()).add(key.public)
    return {name: key.name for name, key in pairs if len(owners[name]) == len(owners[key.name]) == 1}


def read_gives(written: Sequence[str], names: Mapping[str, str]) -> dict[str, list[str]]:
    """Who gives what, as it is written at the command line.

    Args:
        written: ``KIND=NAME,NAME`` each.
        names: names of keys, by all names that their owners have in the record.

    Returns:
        Names of keys by kind.

    Raises:
        RecordError: there is no such kind or name.
    """
    out: dict[str, list[str]] = {}
    for pair in written:
        kind, equals, named = pair.partition("=")
        if not equals or kind not in GIVEN:
            what, hint = f"not a kind with names: {pair[:60]!r}", f"write register=NAME; kinds: {', '.join(GIVEN)}"
            raise RecordError(Fault("--gives", what, hint, code="REC045"))
        for name in named.split(","):
            if name not in names:
                hint = f"the names are {', '.join(sorted(names))}"
                raise RecordError(Fault("--gives", f"nobody here is called {name!r}", hint, code="REC045"))
            out.setdefault(kind, []).append(names[name])
    return out


def refuse_others(kinds: Iterable[str], signer: str, gives: Mapping[str, Sequence[str]], *, log: bool) -> None:
    """Refuse what does not come from those whom the record names.

    Args:
        kinds: of what is to be recorded.
        signer: the name of the key of who signs it.
        gives: who gives what, as the record says now.
        log: whether the signer keeps the record.

    Raises:
        RecordError: something would not count.
    """
    for kind in kinds:
        if kind not in POSITIONS and not may_give(kind, signer, gives, log=log):
            by = ", ".join(gives.get(kind, ())) or "who keeps the record"
            what = f"{signer} gives no {kind} here: that comes from {by}"
            hint = f"let them sign it; or the keeper names {signer}: servanda record add --gives {kind}={signer}"
            raise RecordError(Fault("--by", what, hint, code="REC046"))
