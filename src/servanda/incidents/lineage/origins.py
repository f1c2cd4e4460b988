"""How many independent origins an incident has, with the reason for each.

1. **Bodies.** Origins are told apart by the words that name a body: *Kovalenko (Ministry of Energy)* and *Ministry of Energy* are one; words that say only whose side it is, or *officials*,
   *media*, name none; offices in other languages are read (*Минобороны*), and an office with its place is one with and without its holder's name. *Officials*, *authorities* and *administration* of a body named otherwise on the same side are that body (*Kherson officials*, *Kherson governor*).
2. **Vague** origins (*Russian officials*, *social media*) are one between them, and none where their side has a named one.
3. **Least and most.** ``least`` takes bodies whose texts are nearly the same, word for word, for one; ``most`` takes every name for an origin of its own. Registers of sources say more than words can:
   who relays whom is entered there (``relays``), and is followed before anything here.

Who denies or has taken back is no origin.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import polars as pl

from servanda.evidence.model import NO_SIDE
from servanda.evidence.retractions import is_taken_back, retractions
from servanda.incidents.lineage.relays import LINKS, ROLES
from servanda.values.gazetteer import gazetteer
from servanda.values.names import mapped, name_keys_of
from servanda.values.states import STATES

_SAYS_NOTHING = frozenset(
    """
    the of and for in on at by a an s its own official officials authority authorities media press source sources
    channel channels report reporting reports eyewitness eyewitnesses resident residents social telegram local
    regional national military pro war installed number note check address evening morning various several unnamed
    anonymous people public spokesman spokeswoman spokesperson office
    """.split()
) | frozenset(gazetteer("body_words.yaml")["nothing"])
# in that table, and bodies that speak; and words of names there that say an office of a state, and not only which state
_BODIES = frozenset("NATO EU UN OSCE ASEAN ECOWAS GCC IGAD ICRC IAEA".split()) | {"African Union", "Arab League"}
_OFFICE = re.compile(r"(?i)\b(?:office|department|forces)\b")
_SIDES = frozenset(
    w.lower()
    for code, words in STATES.items()
    if code not in _BODIES
    for name in words.split("|")
    if not _OFFICE.search(name)
    for w in re.findall(r"\w{3,}", name)
) | frozenset(gazetteer("body_words.yaml")["sides"])
_NAMED = re.compile(
    rf"(?i)\b(?:{'|'.join(re.escape(n) for c in sorted(_BODIES) for n in STATES.get(c, c).split('|'))})\b"
)
"""A body by its whole name: its words tell it, though one of them may stand in a state's name too (*Arab League*)."""
_WORDS = gazetteer("body_words.yaml")
_ALSO = {word: means for means, listed in _WORDS["words"].items() for word in listed}
"""Short forms, and words of other languages, of what is one body."""
_OFFICES, _OTHERS = frozenset(_WORDS["offices"]), frozenset(_WORDS["others"])
_HEAD = re.compile(r"(?i)\b(?:officials?|authorit(?:y|ies)|administration)\b")
"""A name with such a head says a part of a body's name: *Kherson officials*, *Kherson governor*."""


def body(name: str) -> str:
    """The words by which a name tells a body, sorted; empty where it tells none."""
    # one word in brackets may be a town: an office has a small letter, an abbreviation or two words
    office = [
        o for o in re.findall(r"\(([^)]*)\)", name) if re.search(r"\b[a-z]{3,}|[A-Z]{2}", o) or len(_telling(o)) > 1
    ]
    words = _telling(" ".join(office)) or _telling(re.sub(r"\([^)]*\)", " ", name))
    return " ".join(sorted(words))


def _telling(text: str) -> set[str]:
    spelt = (part for w in re.findall(r"\w+", text.lower()) for part in _ALSO.get(w, w).split())
    named = {w for m in _NAMED.finditer(text) for w in re.findall(r"\w+", m[0].lower())}
    return {w for w in spelt if w not in _SAYS_NOTHING and (w in named or w not in _SIDES)}


def _says_an_office(words: frozenset[str]) -> bool:
    """Whether words name an office of one person, and of what."""
    return len(words) > 1 and bool(words & _OFFICES)


def _same_bodies(bodies: pl.DataFrame) -> pl.DataFrame:
    """Pairs (side, body, larger): on one side, all words of the one stand in the other."""
    by_side: dict[str | None, list[tuple[str, bool]]] = {}
    different = bodies.select("side", "body", part=pl.col("origin").str.contains(_HEAD.pattern)).unique()
    for side, name, part in zip(different["side"], different["body"], different["part"], strict=True):
        by_side.setdefault(side, []).append((name, part))
    rows = [(side, small, large) for side, names in by_side.items() for small, large in _within(names)]
    return pl.DataFrame(rows, schema={"side": pl.String, "body": pl.String, "larger": pl.String}, orient="row")


def _within(names: list[tuple[str, bool]]) -> Iterator[tuple[str, str]]:
    """Of bodies, each with whether its name says a part of one, those that stand in another; found by the word that the fewest have."""
    split = [frozenset(name.split()) for name, _ in names]
    having: dict[str, list[int]] = {}
    for n, words in enumerate(split):
        for word in words:
            having.setdefault(word, []).append(n)
    for words, (small, part) in zip(split, names, strict=True):
        office = _says_an_office(words)
        if not words or not (part or office):
            continue
        for n in min((having[word] for word in words), key=len):
            if words < split[n] and (part or not (split[n] - words) & _OTHERS):
                yield small, names[n][0]


def with_body(reports: pl.DataFrame, sides: Mapping[str, str] = {}) -> pl.DataFrame:
    """Column ``body`` added: :func:`body` of every origin; ``sides``: the parties' names, which say on its own side whose it is, and no more of what it is."""
    names = reports["origin"]
    bodies = mapped(names, body, pl.String())
    told = reports.with_columns(body=bodies.fill_null(""))
    on = told.select(side=_sided(name_keys_of(names)))["side"] if sides else None
    for party, name in sides.items():
        own = frozenset(_telling(name))
        if own and told["side"].eq(party).any():
            bare = mapped(names, partial(_without, own), pl.String()).fill_null("")
            told = told.with_columns(body=pl.when(pl.lit(on) == party).then(bare).otherwise("body"))
    return told


def _sided(name: pl.Expr | pl.Series) -> pl.Expr:
    """The side of every origin: what one row tells of a name's side holds where another forgets to say."""
    party = pl.when(pl.col("side") != NO_SIDE).then("side")
    return (
        pl.when(party.is_null() & (party.n_unique().over(name) - party.is_null().any().over(name) == 1))
        .then(party.min().over(name))
        .otherwise("side")
        .fill_null("unknown")
    )


def _without(own: frozenset[str], name: str) -> str:
    """A body without the words of its side's name, where it has others."""
    words = body(name).split()
    return " ".join([word for word in words if word not in own] or words)


def origins(reports: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Of reports with lineage and :func:`with_body`: every origin of every incident with the reason why it counts or not; and per incident ``independent``, ``least``, ``most``."""
    by_origin = list(_by_origin(reports))
    texts = by_origin.pop()
    table = _word_for_word(_counted(by_origin.pop()), texts)  # nothing else holds what was counted
    counts = table.group_by("incident").agg(
        independent=pl.col("independent").sum(),
        least=(pl.col("independent") & pl.col("copies").is_null()).sum().clip(lower_bound=pl.col("independent").any()),
        most=pl.col("speaks_for").sum(),
    )
    columns = (
        "incident",
        "origin",
        "side",
        "independent",
        "because",
        "copies",
        "reports",
        "carriers",
        "roles",
        "links",
        "first_source",
        "first_report",
        "first_known",
    )
    return table.select(columns).sort("incident", "origin"), counts.sort("incident")


_TOLD = (
    *("incident", "origin", "side", "body", "source", "stance", "role", "link"),
    *("report_id", "file", "row", "alike_to", "summary"),
)
ORIGINS_FROM = (*_TOLD, "known_at", "end", "start", "directness")
"""The columns of which :func:`origins` needs to know."""


def _by_origin(reports: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One row per incident, name, side and body, with what it said and who carried it first; and the texts of each, of those that have any."""
    name = pl.col("_name")
    reports = reports.with_columns(_name=name_keys_of(reports["origin"]))
    of, speaks = ["incident", "_name"], pl.col("stance").is_in(["asserts", "confirms"])
    if (back := retractions(reports, of)).height:
        reports, speaks = reports.join(back, on=of, how="left", maintain_order="left"), speaks & ~is_taken_back()
    sided = reports.with_columns(
        side=_sided(name),
        when=pl.coalesce("known_at", "end", "start"),
    ).select(*_TOLD, "when", name, speaks_for=speaks)
    texts = (
        sided.filter(pl.col("summary").is_not_null())
        .select("incident", name.alias("key"), "side", "body", text=pl.coalesce("alike_to", "report_id"))
        .drop_nulls("text")
        .unique()
    )
    narrow = sided.drop("summary", "alike_to", "stance").with_columns(
        role=_bits("role", ROLES), link=_bits("link", LINKS)
    )
    del sided, reports
    table = (
        narrow.sort("when", "report_id", "file", "row", nulls_last=True)
        .group_by("incident", name.alias("key"), "side", "body", maintain_order=True)
        .agg(
            origin=pl.col("origin").first(),
            reports=pl.len(),
            carriers=pl.col("source").n_unique(),
            first_report=pl.col("report_id").first(),
            first_source=pl.col("source").first(),
            first_known=pl.col("when").first(),
            roles=pl.col("role").bitwise_or(),
            links=pl.col("link").bitwise_or(),
            speaks_for=pl.col("speaks_for").any(),
        )
    ).with_columns(roles=_words_of_bits(pl.col("roles"), ROLES), links=_words_of_bits(pl.col("links"), LINKS))
    return table, texts


def _counted(table: pl.DataFrame) -> pl.DataFrame:
    """The same rows, with whether each counts as independent and ``because`` of what."""
    counted = table.filter("speaks_for").select("incident", "key", "side", "body", "origin")
    larger = (
        counted.filter(pl.col("body") != "")
        .join(_same_bodies(counted), on=["side", "body"])
        .join(
            counted.select("incident", "side", larger="body", same_as="origin").unique(["incident", "side", "larger"]),
            on=["incident", "side", "larger"],
        )
        .group_by("incident", "key", "side", "body")
        .agg(same_as=pl.col("same_as").min())
    )
    del counted
    here = ["incident", "key", "side", "body"]
    named = (pl.col("speaks_for") & (pl.col("body") != "")).any().over("incident", "side")
    table = table.join(larger, on=here, how="left", maintain_order="left").with_columns(
        _first=pl.struct("incident", "side", "body", "speaks_for").is_first_distinct(),
        _named=named,
    )
    first_of = table.filter("speaks_for", "_first").select("incident", "side", "body", of="origin")
    table = table.join(first_of, on=["incident", "side", "body"], how="left")
    nameless, again = pl.col("body") == "", ~pl.col("_first")
    why = (
        pl.when(~pl.col("speaks_for"))
        .then(pl.lit("no origin of it: "))
        .when(pl.col("same_as").is_not_null() | (again & ~(nameless & pl.col("_named"))))
        .then(pl.lit("the same body as "))
        .when(nameless & pl.col("_named"))
        .then(pl.lit("names no body, and its side has one that is named"))
        .when(nameless)
        .then(pl.lit("names no body, the only one of its side"))
        .otherwise(pl.lit("a body of its own"))
    )
    whose = (
        pl.when(~pl.col("speaks_for"))
        .then("roles")
        .when(pl.col("same_as").is_not_null())
        .then("same_as")
        .when(again & ~(nameless & pl.col("_named")))
        .then("of")
    )
    return table.with_columns(
        because=pl.concat_str(why, whose, ignore_nulls=True),
        independent=pl.col("speaks_for")
        & pl.col("same_as").is_null()
        & ((pl.col("body") != "") | ~pl.col("_named"))
        & pl.col("_first"),
    )


def _bits(column: str, words: Sequence[str]) -> pl.Expr:
    """Each of these words as a bit of its own, so that those of a group can be put together fast."""
    return pl.col(column).replace_strict({w: 1 << n for n, w in enumerate(words)}, return_dtype=pl.UInt8)


def _words_of_bits(bits: pl.Expr, words: Sequence[str]) -> pl.Expr:
    """The words again, in order."""
    sets = {k: "; ".join(sorted(w for n, w in enumerate(words) if k >> n & 1)) for k in range(1 << len(words))}
    return bits.replace_strict(sets, return_dtype=pl.String)


def _word_for_word(table: pl.DataFrame, texts: pl.DataFrame) -> pl.DataFrame:
    """``copies``: an independent origin of the same incident that is earlier and whose text is nearly the same."""
    some = (
        table.filter("independent")
        .join(texts, on=["incident", "key", "side", "body"], nulls_equal=True)
        .select("incident", "origin", "first_known", "text")
    )
    earlier = (
        some.join(some, on=["incident", "text"], suffix="_b")
        .filter(pl.col("origin") != pl.col("origin_b"))
        .filter(
            (pl.col("first_known_b") < pl.col("first_known"))
            | ((pl.col("first_known_b") == pl.col("first_known")) & (pl.col("origin_b") < pl.col("origin")))
        )
        .group_by("incident", "origin")
        .agg(copies=pl.col("origin_b").min())
    )
    return table.join(earlier, on=["incident", "origin"], how="left")
