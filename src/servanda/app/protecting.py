"""Which names may be protected: none that stands in names or codes of the record itself, where it would give way as well.

Decisions in the name of a body whose name gives way are nobody's, and reports whose act does are not read: protected, such a word ends the record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import chain
from typing import Any

from servanda.agreement import Agreement
from servanda.errors import Fault, RecordError
from servanda.record.names import ROW, hide
from servanda.schemas import schema
from servanda.values.codes import STANDARD
from servanda.values.names import all_names

_FORMS = ("servanda-reports", "decisions", "coverage", "sources", "agreement")


def refuse_common(names: Iterable[str], agreement: Agreement | None, more: Sequence[str] = ()) -> None:
    """Refuse to protect a name that would give way where no person is meant.

    Args:
        names: the names that are to be protected.
        agreement: what the record is about; nothing where it holds none, or several.
        more: other words that must stay.

    Raises:
        RecordError: of the first that stands in such words.
    """
    if found := common(names, agreement, more):
        what = f"{found[0]!r} stands in names or codes of the record itself, and would give way there too"
        raise RecordError(Fault("--protect", what, "call the source by a name of its own", code="REC063"))


def common(names: Iterable[str], agreement: Agreement | None, more: Sequence[str] = ()) -> list[str]:
    """Of some names those that stand in names or codes of the record itself; arguments as of :func:`refuse_common`."""
    text = ROW.join((*_of_forms(), *_of_agreement(agreement), *more))
    return [name for name in names if hide(text, [(name, "")])[1]]


def _of_agreement(text: Agreement | None) -> Iterator[str]:
    """Names and codes by which an agreement is applied; its prose may name anybody."""
    words = STANDARD if text is None else text.vocabulary
    yield from (*words.acts.codes, *words.targets.codes)
    if text is not None:
        yield from (text.id, *text.places, *text.term_ids)
        yield from chain.from_iterable(all_names(*one) for one in text.actors.items())


@cache
def _of_forms() -> frozenset[str]:
    """Keys, columns and fixed values of what is recorded."""
    return frozenset(chain.from_iterable(_fixed(schema(name)) for name in _FORMS))


def _fixed(shape: Any) -> Iterator[str]:
    if isinstance(shape, dict):
        values = (*shape.get("properties", ()), *shape.get("enum", ()), shape.get("const"))
        yield from (value for value in values if isinstance(value, str))
        yield from chain.from_iterable(_fixed(part) for key, part in shape.items() if key != "examples")
    elif isinstance(shape, list):
        yield from chain.from_iterable(map(_fixed, shape))
