"""The incidents that matter, with their members: who reports them, who denies them, what is certain about them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

import polars as pl

from servanda.evidence.model import HEARSAY, NO_SIDE, REPORT, empty
from servanda.evidence.retractions import BACK, is_taken_back, retractions
from servanda.incidents.identity import EVENT, MORE, Keys, founded_ids, no_clash, report_ids
from servanda.incidents.telling import beside, warning
from servanda.values.codes import Vocabulary
from servanda.values.elsewhere import each
from servanda.values.names import name_keys
from servanda.values.text_order import repeated

INCIDENT: dict[str, pl.DataType] = {
    "incident": pl.String(),
    "reports": pl.UInt32(),
    "origins": pl.UInt32(),
    "denials": pl.UInt32(),
    "observations": pl.UInt32(),
    "happened": pl.String(),  # confirmed or alleged: that something happened there, whatever it was
    "start": pl.Datetime("us", "UTC"),
    "end": pl.Datetime("us", "UTC"),
    "lat": pl.Float64(),
    "lon": pl.Float64(),
    "precision_m": pl.Float64(),
    "place_name": pl.String(),
    "acts": pl.String(),
    "targets": pl.String(),
    "accused": pl.String(),
    "claimed_by": pl.String(),
    "observed_by": pl.String(),
    "denied_by": pl.String(),
    "basis": pl.String(),
    "imputation": pl.String(),
    "withdrawn_by": pl.String(),
}


BRIEF = (
    "key",
    "incident",
    "origin",
    "directness",
    "side",
    "stance",
    "shows",
    "start",
    "end",
    "lat",
    "lon",
    "precision_m",
    "area",
    "known_at",
)
"""What of a member is enough to count it and to ask whether somebody was looking."""

MOST_PRECISE = {
    **{name: pl.col(name).first() for name in ("start", "end")},
    **{name: pl.col(name).drop_nulls().first() for name in ("lat", "lon")},
    "precision_m": pl.col("precision_m").first(),
    "place_name": pl.col("place_name").drop_nulls().first(),
}
"""Where and when an incident was, of its reports in order of precision."""


def members_of(
    batches: Iterable[pl.DataFrame],
    keys: pl.DataFrame,
    numbers: Keys,
    as_of: datetime | None,
    columns: tuple[str, ...] | None = None,
    *,
    id_key: bytes | None = None,
) -> pl.DataFrame:
    """The reports of some incidents.

    Args:
        batches: tables of reports.
        keys: the incidents, by column ``key``.
        numbers: by which the keys were made.
        as_of: what became known later is left out; ``None``: nothing is.
        columns: those that are wanted; left out, all.
        id_key: the key of ids of a record, none outside: adds the id of the incident that each report founds (``founds``), and since
            when it is known (``since``). Left out, these are not asked for.

    Returns:
        The reports, each with the ``key`` of its incident.

    Raises:
        KeyClash: a key is that of two incidents.
    """
    wanted = list(dict.fromkeys((*(columns or REPORT), "key", *((*FOUNDING, *TIES) if id_key is not None else ()))))

    def of_these(batch: pl.DataFrame) -> pl.DataFrame:
        return divided(batch, keys, numbers, as_of, id_key=id_key)[0].select(*wanted, "identity")

    found = [rows for rows in each(of_these, batches) if rows.height] if keys.height else []
    if not found:
        schema: dict[str, pl.DataType] = {**REPORT, "key": pl.UInt64(), **FOUNDING}
        return empty({c: schema[c] for c in wanted})
    members = pl.concat(found)
    no_clash(members)
    return members.select(wanted)


def divided(
    reports: pl.DataFrame, keys: pl.DataFrame, numbers: Keys, as_of: datetime | None, *, id_key: bytes | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A batch of reports, divided into those of some incidents and all others.

    Args:
        reports: a table of reports.
        keys: the incidents, by column ``key``.
        numbers: by which the keys were made.
        as_of: what became known later is in neither; ``None``: nothing is left out.
        id_key: as for :func:`members_of`; adds the same columns to the first.

    Returns:
        Both with the ``key`` of their incidents; the first with the ``identity`` by which :func:`identity.no_clash` tells them apart.
    """
    return of_incidents(keyed(reports, numbers, as_of), keys, numbers, id_key=id_key)


def keyed(reports: pl.DataFrame, numbers: Keys, as_of: datetime | None) -> pl.DataFrame:
    """Reports that were known, with the ``key`` of their incidents."""
    known = reports if as_of is None else reports.filter(pl.col("known_at") <= as_of)
    return known.with_columns(key=numbers.of_reports(known))


def of_incidents(
    known: pl.DataFrame, keys: pl.DataFrame, numbers: Keys, *, id_key: bytes | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What :func:`divided` makes of reports that have their ``key``."""
    mine = known["key"].is_in(keys["key"].implode())
    wanted, others = known.filter(mine), known.filter(~mine)
    founding = {} if id_key is None else _founding(wanted, id_key)
    return wanted.with_columns(identity=numbers.identity(wanted), **founding), others


FOUNDING: dict[str, pl.DataType] = {"founds": pl.String(), "since": pl.Datetime("us", "UTC")}
"""The id of the incident that each report founds, and since when it is known."""
TIES = ("directness", "source", "report_id")
"""By what reports that became known at once are told apart."""
_FIRST = ("since", -pl.col("directness"), "source", "report_id", "founds")
"""The order in which reports found an incident: who was known first; of equals, who is nearest to the origin."""


def _founding(rows: pl.DataFrame, id_key: bytes) -> dict[str, pl.Series]:
    """The id of the incident that each report founds, and since when it is known."""
    unnamed = rows["incident_id"].is_null()
    ids = rows["incident_id"].scatter(unnamed.arg_true(), report_ids(rows.filter(unnamed), id_key))
    return {"founds": ids, "since": rows.select(pl.coalesce("known_at", "end")).to_series()}


def named(members: pl.DataFrame, again: Callable[[pl.DataFrame], pl.DataFrame], id_key: bytes) -> pl.DataFrame:
    """The ids of incidents: that which its reports bear, else that which the report founds that became known first.

    Args:
        members: their reports, read with ``id_key``.
        again: reads all reports with some keys once more, likewise.
        id_key: the key of ids of a record; none outside.

    Returns:
        By ``key`` the id (``incident``).
    """
    names = first_known(members)
    met = names.filter(repeated(names["incident"])).select("key")
    if not met.height:
        return names
    told = told_apart(again(met), id_key)
    return names.join(told, on="key", how="left").select("key", incident=pl.coalesce("told", "incident"))


def first_known(members: pl.DataFrame) -> pl.DataFrame:
    """By ``key`` the id (``incident``) of the report that founds each incident."""
    rows = members.select("key", "since", *TIES, "founds")
    again = rows["key"].is_duplicated()
    first = rows.filter(again).sort(_FIRST).unique("key", keep="first", maintain_order=True)
    return pl.concat([rows.filter(~again), first]).select("key", incident="founds")


def told_apart(members: pl.DataFrame, id_key: bytes) -> pl.DataFrame:
    """By ``key`` the ids (``told``) of incidents of which several would be called alike.

    Args:
        members: all their reports, read with ``id_key``.
        id_key: the key of ids of a record; none outside.
    """
    founders = members.sort(*_FIRST, *EVENT, *MORE).unique("key", keep="first", maintain_order=True)
    return founders.select("key", founded_ids(founders, id_key).alias("told"))


def standing(members: pl.DataFrame) -> pl.DataFrame:
    """The reports that still stand.

    Args:
        members: reports with the keys of their incidents.

    Returns:
        The same without retractions, and without what their origin took back.
    """
    left = members.filter(pl.col("stance") != "retracts")
    if left.height == members.height:
        return left
    left = _by_name(left).join(retractions(_by_name(members), _OF), on=_OF, how="left")
    return left.filter(~is_taken_back()).drop("_name", *BACK)


def _by_name(members: pl.DataFrame) -> pl.DataFrame:
    """Reports with what the name of their origin is compared by."""
    return members.with_columns(_name=name_keys(pl.col("origin")))


_OF = ["incident", "_name"]


def describe(members: pl.DataFrame, happened: pl.DataFrame, vocabulary: Vocabulary) -> pl.DataFrame:
    """What is known of each incident.

    Args:
        members: the reports of the incidents, with their keys and ids.
        happened: the incidents (``incident``) of which it is confirmed that something happened.
        vocabulary: which acts only warn: a warning is no observation, and beside an act it says nothing of that act.

    Returns:
        One row per incident (:data:`INCIDENT`), by id. Place and time are those of the most precise report that still stands; what was
        withdrawn counts no more, and ``withdrawn_by`` says by whom, when and why. What tells of a quantity of 0 counts among nobody.
    """
    if members.height == 0:
        return empty(INCIDENT)
    members = _by_name(members)
    said = members.filter(pl.col("stance") != "retracts").join(retractions(members, _OF), on=_OF, how="left")
    said = said.with_columns(gone=pl.when(is_taken_back()).then(True)).drop(BACK)
    said = said.with_columns(_beside=beside(vocabulary), _warns=warning(vocabulary))
    stands = pl.col("gone").is_null() & ~pl.col("_beside")
    asserting = stands & (pl.col("stance") != "denies")
    denying = stands & (pl.col("stance") == "denies")
    name = pl.col("_name")
    observed = (pl.col("kind") == "observation") & (pl.col("side") == NO_SIDE) & (pl.col("directness") > HEARSAY)
    observed = observed.fill_null(False) & ~pl.col("_warns")
    best = ["gone", "_beside", "precision_m", "start", "end", "report_id", "file", "row"]
    best += [c for c in members.columns if c not in best]
    return (
        said.sort(best)
        .group_by("incident", maintain_order=True)
        .agg(
            reports=asserting.sum().cast(pl.UInt32),
            origins=name.filter(asserting).n_unique().cast(pl.UInt32),
            denials=name.filter(denying).n_unique().cast(pl.UInt32),
            observations=name.filter(asserting & observed).n_unique().cast(pl.UInt32),
            **MOST_PRECISE,
            acts=_list("act", asserting),
            targets=_list("target", asserting),
            accused=_list("actor", stands),
            claimed_by=_list("origin", asserting & ~observed),
            observed_by=_list("origin", asserting & observed),
            denied_by=_list("origin", denying),
            basis=_list("basis", asserting),
            imputation=_list("imputation", asserting),
        )
        .join(happened.select("incident", happened=pl.lit("confirmed")).unique(), on="incident", how="left")
        .join(_withdrawn(members, said), on="incident", how="left")
        .with_columns(pl.col("happened").fill_null("alleged"))
        .select(pl.col(c).cast(d) for c, d in INCIDENT.items())
        .sort("incident")
    )


def _withdrawn(members: pl.DataFrame, said: pl.DataFrame) -> pl.DataFrame:
    """By incident, who took back all that he said of it, when and why (``withdrawn_by``); ``said``: with what is ``gone``."""
    taken_back = members.filter((pl.col("stance") == "retracts") & (pl.col("directness") > HEARSAY)).join(
        said.filter(pl.col("gone").is_null()).select(_OF), on=_OF, how="anti"
    )
    why = pl.concat_str(
        pl.col("origin"),
        pl.lit(", "),
        pl.col("known_at").dt.strftime("%Y-%m-%d %H:%MZ"),
        pl.when(pl.col("summary").is_not_null()).then(pl.lit(": ") + pl.col("summary")).otherwise(pl.lit("")),
    )
    return taken_back.group_by("incident").agg(withdrawn_by=why.unique().sort().str.join("; "))


def _list(column: str, where: pl.Expr) -> pl.Expr:
    """Distinct values in alphabetical order, joined."""
    values = pl.col(column).filter(where).drop_nulls().unique().sort()
    return values.str.join("; ")
