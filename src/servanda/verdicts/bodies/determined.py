"""What a body determined takes the place of the finding: from findings by the rule to findings as they are judged. Tables in, a table out.

Only acts are determined so (what is forbidden or limited); of a deed that is owed, or a mark, a determination stands beside the finding.
A body settles what happened and who did it. Where it lies, the rule says: an incident that is only ``below`` under a term, or open
because its place or time is uncertain, becomes a breach of that term by a determination only where it names the term.
It is about what was known then (``known_then``): what was hung on the incident afterwards is left to the rule.

==================  ==========================================================================================
outcome             what becomes of the incident, under each term that it falls under
==================  ==========================================================================================
confirmed, excused  the same, of the party attributed, else of the only one whom the rule confirms, else of the only one accused; of the
                    others nothing; where nobody is the author: open; excused under a term that has no exception: open
partly,             open, for whoever is accused
inconclusive
unsubstantiated,    nothing (``set_aside``)
duplicate
==================  ==========================================================================================
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from servanda.findings.finding import BY, BY_DETERMINATION, SET_ASIDE, STATUS
from servanda.findings.matched import NO_PARTY
from servanda.findings.queries import MatchQuery
from servanda.incidents.determinations import DUPLICATE, NAMES_AUTHOR, Determination
from servanda.values.geo.containment import MILLION
from servanda.values.names import name_key, names_of
from servanda.verdicts.bodies.known_then import Known

_SETTLED = ("confirmed", "excused")
_ACCUSED = ("confirmed", "excused", "alleged", "below")
_RANK = {"confirmed": 0, "excused": 1, "open": 2, "alleged": 3, SET_ASIDE: 9}
_DECIDED: dict[str, pl.DataType] = {
    "incident": pl.String(),
    "outcome": pl.String(),
    "decided_by": pl.String(),
    "attributed": pl.Int8(),
    "nobodys": pl.Boolean(),
    "term": pl.String(),
}


def undetermined(findings: pl.DataFrame) -> pl.DataFrame:
    """Findings of which nobody determined anything, with the columns that :func:`determine` adds."""
    return findings.with_columns(rule="status", rule_p="p", decided_by=pl.lit(None, dtype=pl.String))


def determine(
    findings: pl.DataFrame,
    determinations: Sequence[Determination],
    queries: Sequence[MatchQuery],
    actors: Mapping[str, str],
    threshold: int,
    known: Known,
) -> pl.DataFrame:
    """Findings as bodies determined them.

    Args:
        findings: by the rule, with ``unit``, ``party`` (its number), ``key``, ``incident``, ``status``, ``by``, ``excuse``, ``p``.
        determinations: those that stand.
        queries: what was looked for, by ``unit``.
        actors: everybody's short and full name, in the order of their numbers.
        threshold: the least certainty of place and time that the mandate asks for, in millionths.
        known: what was known of the incidents when they were determined.

    Returns:
        The same columns, with ``rule`` and ``rule_p`` (status and certainty by the rule; none for a party that the rule does not
        accuse) and ``decided_by``.
    """
    decided = _table(determinations, actors)
    units = pl.DataFrame(
        [(n, q.owner.split("@", maxsplit=1)[0], q.binds is None) for n, q in enumerate(queries) if q.voice == "act"],
        schema={"unit": pl.UInt16, "owner": pl.String, "whoever": pl.Boolean},
        orient="row",
    )
    rows = undetermined(findings)
    order = rows.columns
    mine = rows.drop("decided_by").join(units, on="unit").join(decided, on="incident")
    mine = mine.filter(pl.col("term").is_null() | (pl.col("term") == pl.col("owner")))
    if mine.height == 0:
        return rows
    mine = _about(mine, known)
    left = undetermined(mine.filter("left").select(findings.columns)).select(order)
    mine = mine.filter(~pl.col("left")).drop("left")
    named = pl.col("term").is_not_null()
    placed = pl.col("status").is_in(["confirmed", "excused", "alleged", "private"])
    reached = named | placed | ((pl.col("status") == "open") & (pl.col("p") >= threshold))
    gone = _is("unsubstantiated", DUPLICATE)
    mine = mine.with_columns(reached=reached, author=_author()).filter(reached.any().over("unit", "key") | gone)
    parts = (
        _once(_gone(mine.filter(gone))),
        _open(mine.filter(_is("partly", "inconclusive"))),
        _settled(mine.filter(_is(*_SETTLED)), queries, list(actors)),
    )
    found = pl.concat([part.select(pl.col(c).cast(rows.schema[c]) for c in order) for part in parts])
    found = found.with_columns(answerable=pl.lit(False))  # what a body determined no watch answers
    touched = found.select("unit", "key").unique()
    untouched = rows.join(touched, on=["unit", "key"], how="anti")
    return pl.concat([untouched, left.join(touched, on=["unit", "key"], how="semi"), found]).sort(
        "unit", "party", "incident", "status"
    )


def _about(mine: pl.DataFrame, known: Known) -> pl.DataFrame:
    """With ``left``: what a determination is not about, so that it is the rule's."""
    mark = pl.lit(True)
    mine = (
        mine.join(known.then.select("unit", "incident", then=mark).unique(), on=["unit", "incident"], how="left")
        .join(known.then.with_columns(accused=mark).unique(), on=["unit", "incident", "party"], how="left")
        .join(known.seen.with_columns(seen=mark), on=["unit", "incident"], how="left")
        .join(known.later.with_columns(later=mark), on=["unit", "incident"], how="left")
        .with_columns(pl.col("then", "accused", "seen", "later").fill_null(False))
    )
    afterwards = ~pl.col("then") | (_is(*_SETTLED) & ~pl.col("seen"))
    another = (pl.col("party") >= 0) & ~pl.col("accused") & pl.col("party").ne_missing(pl.col("attributed"))
    left = pl.col("term").is_null() & (afterwards | another) | (pl.col("later") & (pl.col("outcome") != "confirmed"))
    return mine.with_columns(left=left).drop("then", "accused", "seen", "later")


def judged(findings: pl.DataFrame, *, alike: bool = False) -> pl.DataFrame:
    """Those findings that count: without what a body set aside; ``alike``: it set nothing aside."""
    if not alike and (aside := findings["status"] == SET_ASIDE).any():
        findings = findings.filter(~aside)
    return findings.drop("rule", "rule_p", "decided_by")


def overruled(findings: pl.DataFrame) -> list[str]:
    """The incidents of which a body found another thing than the rule, where one of the two settled it."""
    other = pl.col("decided_by").is_not_null() & pl.col("status").ne_missing(pl.col("rule"))
    settled = pl.col("status").is_in(_SETTLED) | pl.col("rule").is_in(_SETTLED).fill_null(False)
    return findings.filter(other & settled)["incident"].unique().sort().to_list()


def _table(determinations: Sequence[Determination], actors: Mapping[str, str]) -> pl.DataFrame:
    order = {short: n for n, short in enumerate(actors)}
    number = {name: order[short] for name, short in names_of(actors).items()}
    rows = []
    for d in determinations:
        names = d.attributed in NAMES_AUTHOR and d.of is not None
        author = number.get(name_key(d.of or "")) if names else None
        nobodys = author is None and d.attributed is not None and (names or d.attributed not in NAMES_AUTHOR)
        rows.append((d.incident, d.outcome, d.by, author, nobodys, d.term))
    return pl.DataFrame(rows, schema=_DECIDED, orient="row")


def _is(*outcomes: str) -> pl.Expr:
    return pl.col("outcome").is_in(outcomes)


def _author() -> pl.Expr:
    """The number of the party attributed; else of the only one whom the rule confirms, else of the only one accused; nothing where there is none."""
    each = [pl.col("party").filter(pl.col("status").is_in(of) & (pl.col("party") >= 0)) for of in (_SETTLED, _ACCUSED)]
    only = [pl.when(one.n_unique().over("key") == 1).then(one.first().over("key")) for one in each]
    return pl.when("nobodys").then(None).otherwise(pl.coalesce("attributed", *only))


def _gone(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(status=pl.lit(SET_ASIDE, dtype=STATUS))


def _open(rows: pl.DataFrame) -> pl.DataFrame:
    by = pl.when(~pl.col("reached")).then("by")
    return _once(
        rows.with_columns(status=pl.when("reached").then(pl.lit("open", dtype=STATUS)).otherwise("status"), by=by)
    )


def _settled(rows: pl.DataFrame, queries: Sequence[MatchQuery], actors: Sequence[str]) -> pl.DataFrame:
    """What is confirmed or excused: of its author, where it has one whom the query binds; of nobody else."""
    bound = pl.DataFrame(
        [(n, actors.index(who), True) for n, query in enumerate(queries) for who in query.binds or ()],
        schema={"unit": pl.UInt16, "author": pl.Int8, "binds": pl.Boolean},
        orient="row",
    )
    rows = rows.join(bound, on=["unit", "author"], how="left").with_columns(pl.col("binds").fill_null(False))
    whose = pl.when("whoever").then(pl.lit(NO_PARTY, dtype=pl.Int8)).otherwise("author")
    first = rows.sort("unit", "key", pl.col("party") != whose, pl.col("p"), descending=[False, False, False, True])
    first = first.unique(["unit", "key"], keep="first", maintain_order=True)
    own = first.filter(pl.col("whoever") | pl.col("binds")).with_columns(whose=whose)
    accused = pl.col("party") == pl.col("whose")
    without = [n for n, query in enumerate(queries) if not query.exemptions]
    doubtful = (pl.col("outcome") == "excused") & pl.col("unit").is_in(without)
    # where nobody is named, only who names the term says that it was of who alone is bound
    some = [n for n, query in enumerate(queries) if query.of_some]
    nameless = (pl.col("outcome") == "confirmed") & pl.col("unit").is_in(some) & pl.col("term").is_null()
    own = own.with_columns(
        party="whose",
        status=pl.when(doubtful | nameless).then(pl.lit("open")).otherwise("outcome").cast(STATUS),
        by=pl.when(~doubtful).then(pl.lit(BY_DETERMINATION, dtype=BY)),
        p=pl.lit(MILLION, dtype=pl.Int32),
        rule=pl.when(accused).then("rule"),
        rule_p=pl.when(accused).then("rule_p"),
        excuse=pl.when(pl.col("outcome") == "excused").then("excuse"),
    ).drop("whose")
    others = rows.filter(~pl.col("whoever") & pl.col("author").is_not_null() & (pl.col("party") != whose))
    nobodys = rows.filter(~pl.col("whoever") & pl.col("author").is_null())
    doubted = nobodys.with_columns(
        status=pl.when(pl.col("status").is_in(_SETTLED)).then(pl.lit("alleged", dtype=STATUS)).otherwise("status"),
        by=pl.lit(None, dtype=BY),
    )
    opened = nobodys.filter(pl.col("party") != NO_PARTY).with_columns(
        party=pl.lit(NO_PARTY, dtype=pl.Int8),
        status=pl.lit("open", dtype=STATUS),
        by=pl.lit(None, dtype=BY),
        rule=pl.lit(None, dtype=STATUS),
        rule_p=pl.lit(None, dtype=pl.Int32),
    )
    columns = rows.drop("binds").columns
    parts = (own, _gone(others), _once(pl.concat([doubted.select(columns), opened.select(columns)])))
    return pl.concat([part.select(columns) for part in parts])


def _once(rows: pl.DataFrame) -> pl.DataFrame:
    """One row for each party and status: where two have become one (alleged, and open beside it), the one by which the rule says more."""
    rank = pl.col("status").replace_strict(_RANK, default=8, return_dtype=pl.Int8)
    return rows.sort("unit", "key", "party", rank, "rule", nulls_last=True).unique(
        ["unit", "key", "party", "status"], keep="first", maintain_order=True
    )
