"""For whom an incident is open that is confirmed as nobody's: for all who may have done it.

Where everybody who tells of it names somebody, nobody else may have done it: an overflight that may have been too low, of which the
one observer says that B flew it, settles nothing about A. Who tells it is a source without a side that weighs, and did not take it back;
an observer always. Events and triggers are open for everybody.
"""

from __future__ import annotations

import polars as pl

from servanda.findings.matched import PRIVATE, UNSIDED
from servanda.findings.origins import DOUBT
from servanda.findings.rules import Rules
from servanda.findings.standard import KEY

_ACTORS = 256  # a query's number and a party's, of 8 bits, are one number


def is_bound(rules: Rules) -> pl.Expr:
    """Whether the row's query (``unit``) binds its ``party``.

    Args:
        rules: the queries, and everybody's number.

    Returns:
        True or false.
    """
    bound = [
        _ACTORS * n + rules.actors.index(who) for n, query in enumerate(rules.queries) for who in query.binds or ()
    ]
    return (_ACTORS * pl.col("unit").cast(pl.Int32) + pl.col("party")).is_in(bound)


def for_whom(
    open_: pl.DataFrame, origins: pl.DataFrame, accused: pl.DataFrame, rules: Rules, *, alone: bool
) -> pl.DataFrame:
    """What is open, of nobody in particular or of each who may have done it.

    Args:
        open_: findings of nobody in particular (``finding.FINDING``).
        origins: what each origin says of these incidents.
        accused: findings of parties; what is open as a party's already stays as it is.
        rules: by which they were confirmed.
        alone: every row of ``origins`` is the only one of its query and incident.

    Returns:
        Findings with the same columns.
    """
    if open_.height == 0:
        return open_
    marks = [n for n, query in enumerate(rules.queries) if query.voice == "mark"]
    tells = (pl.col("side") == UNSIDED) & (pl.col("opens") | pl.col("observer")) & (pl.col("p") >= DOUBT)
    tells = tells & ~pl.col("unit").is_in(marks) if marks else tells
    names = (pl.col("names") > 0) & ~pl.col("withdrawn")
    if alone:
        told = origins.filter(tells & names & (pl.col("actors") != PRIVATE)).select(*KEY, party="actors")
    else:
        told = origins.filter(tells).join(open_.select(KEY), on=KEY, how="semi")
        named = (names & ~pl.col("actors").list.contains(PRIVATE)).all().over(KEY)
        told = told.filter(named).select(*KEY, party="actors").explode("party").unique()
    if told.height == 0:
        return open_
    others = open_.join(told, on=KEY, how="anti")
    told = told.filter(is_bound(rules))
    if (theirs := accused.filter(pl.col("status") == "open")).height:
        told = told.join(theirs, on=[*KEY, "party"], how="anti")
    return pl.concat([others, open_.drop("party").join(told, on=KEY).select(open_.columns)])
