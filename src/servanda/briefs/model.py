"""The document model of a mission report: sentences that carry the values they are made of. No language is in it.

A sentence is the key of a message in the catalogues with the values that it names. Whatever is shown is made of these, so that every number in a
report stands in the values of its sentence, and ``of`` says in which data they are found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, TypeAlias

CodeKind: TypeAlias = Literal["act", "target", "verdict", "status", "means", "step", "outcome", "standard", "stance"]


@dataclass(frozen=True, slots=True)
class Name:
    """A name, an id, or somebody's own words where they stand for a name: written as it is in every language."""

    text: str


@dataclass(frozen=True, slots=True)
class Quote:
    """Somebody's own words: never translated, and set in quotation marks."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """A word of a controlled vocabulary; one that no catalogue has (an agreement's own) is written as it is."""

    kind: CodeKind
    code: str


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole, from 0 to 1; it is never rounded to nothing or to all."""

    share: float


@dataclass(frozen=True, slots=True)
class Days:
    """From one day to another, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Span:
    """From one instant to another; within one day the day is written once, and a whole day by its name."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Phrase:
    """A message with its values, inside a sentence or as a heading. The value ``n`` chooses the plural form."""

    key: str
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Several:
    """Values in a row, written as a list of the language."""

    items: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """Phrases one after another, as the sentences of one point."""

    parts: tuple[Value, ...]


Value: TypeAlias = (
    "int | float | date | datetime | Name | Quote | Code | Share | Days | Span | Phrase | Several | Run | None"
)


def is_number(value: Value) -> bool:
    """Whether a cell stands with the numbers, at the end of its column.

    Args:
        value: what is in the cell.

    Returns:
        Yes for numbers and shares.
    """
    return isinstance(value, (int, float, Share))


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence. ``of``: where its values are found, as ``incidents/EN013`` or ``counts/region=Kursk``."""

    said: Phrase | Run
    of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences that belong together."""

    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Points:
    """Sentences as a list, each a point."""

    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table. ``name``: that of its file; ``heading``: ``None`` where that of its section says enough; ``columns``: names in the file, each with its heading; numbers stand at the end of their cells."""

    name: str
    heading: Phrase | None
    columns: Mapping[str, Phrase]
    rows: tuple[tuple[Value, ...], ...]


Block: TypeAlias = "Paragraph | Points | Table"


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report under a heading."""

    heading: Phrase
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Brief:
    """A mission report: its head, its first sentences, its sections and its annexes.

    ``file``: the name of its files without their ends. ``until``: at which instant it is cut off (``None``: everything is used). ``zone``: in which instants are written.
    """

    kind: str
    file: str
    agreement: str
    zone: str
    until: datetime | None
    title: Phrase
    subtitle: Phrase
    head: tuple[Sentence, ...]
    lead: tuple[Sentence, ...]
    sections: tuple[Section, ...]
    annexes: tuple[Table, ...] = ()
    foot: tuple[Sentence, ...] = ()

    def sentences(self) -> Iterator[tuple[str, Sentence]]:
        """Every sentence with the place at which it stands."""
        parts = [("head", self.head), ("lead", self.lead)]
        for section in self.sections:
            for block in section.blocks:
                if not isinstance(block, Table):
                    parts.append((section.heading.key, block.sentences))
        for place, sentences in [*parts, ("foot", self.foot)]:
            for sentence in sentences:
                yield place, sentence

    def tables(self) -> Iterator[Table]:
        """Every table, those in the sections first."""
        for section in self.sections:
            yield from (block for block in section.blocks if isinstance(block, Table))
        yield from self.annexes
