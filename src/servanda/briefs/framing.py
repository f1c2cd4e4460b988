"""What every kind of report has around its sections: title, head, foot, the name of its files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from servanda.briefs import parts
from servanda.briefs.facts import Facts
from servanda.briefs.model import Brief, Name, Phrase, Section, Sentence, Table, Value
from servanda.briefs.said import phrase


def framed(
    kind: str,
    facts: Facts,
    sections: Sequence[Section],
    annexes: Sequence[Table] = (),
    *,
    lead: Sequence[Sentence],
    title: Mapping[str, Value],
    about: str = "",
    counts: bool = True,
    inside: bool = True,
) -> Brief:
    """A whole report.

    Args:
        kind: which.
        facts: what it is written from.
        sections: its parts.
        annexes: its tables; those without a row are left out.
        lead: its first sentences.
        title: the values of its title.
        about: what its files bear beside the kind and the day: the id of an incident, a party.
        counts: whether it counts the incidents of a period.
        inside: whether it stays inside the mission; what goes to a party tells nothing of what else the mission knows, nor how much.

    Returns:
        The report.
    """
    name = "".join(c if c.isalnum() or c in "-_." else "-" for c in about)
    return Brief(
        kind=kind,
        file="-".join(part for part in (kind, name, str(facts.period.last)) if part),
        agreement=facts.now.agreement.id,
        zone=facts.period.reporting.zone.key,
        until=facts.now.as_of,
        title=Phrase(f"title.{kind}", title),
        subtitle=phrase("subtitle", agreement=Name(facts.now.agreement.title)),
        head=parts.head(facts, counts=counts, inside=inside),
        lead=tuple(lead),
        sections=tuple(sections),
        annexes=tuple(table for table in annexes if table.rows),
        foot=parts.foot(facts, counts=counts) if inside else parts.NO_LAW,
    )
