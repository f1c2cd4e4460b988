"""What hangs together in more reports than one machine is to hold is grouped in rounds, and weighed by groups.

Groups that are each other's best are one whatever others do (``lanes.grouped``). So each block groups what lies wholly inside it. What lies at
an edge, bears an id that lies elsewhere too or waits for such a one is left; stretches of several blocks group that, in which less lies at an
edge, and so on until nothing is left. Then every group is the business of the block in which the report that names it lies: it gets
all reports of the group, their pairs, and all reports of the groups that these pairs lead to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from servanda.incidents.fusion.blocking import Ints
from servanda.incidents.fusion.divided_steps import HOMES, LINKS, Tables, by_block, id_number
from servanda.incidents.fusion.part import Part
from servanda.values.codes import Vocabulary
from servanda.values.elsewhere import Dealt, Elsewhere

OWNED: dict[str, pl.DataType] = {"at": pl.Int64(), "group": pl.Int64(), "owner": pl.Int64()}
"""A report, its group, and the block whose business that is."""
WANTED: dict[str, pl.DataType] = {"group": pl.Int64(), "stretch": pl.Int64()}
"""A group, and a block that asks for its reports though it is not its business."""


@dataclass(frozen=True)
class Large:
    """What hangs together in more reports than one machine is to hold. ``labels``: of roots; ``large``: those of such; ``blocks``: more than the
    greatest number of a block.
    """

    labels: pl.DataFrame
    large: pl.Series
    blocks: int

    def labelled(self, tables: Tables, *, large: bool) -> Tables:
        """The reports and pairs that belong to such, or that do not, with their labels."""
        label = pl.coalesce("label", "root")
        told = (
            tables[n].join(self.labels, on="root", how="left").with_columns(label=label).drop("root")
            for n in ("rows", "links")
        )
        here = pl.col("label").is_in(self.large.implode()) if len(self.large) else pl.lit(False)
        return dict(zip(("rows", "links"), (one.filter(here if large else ~here) for one in told), strict=True))

    def others(self, tables: Tables) -> Tables:
        """The reports and pairs of all that hang together in fewer."""
        return {n: one.drop("home", *HOMES, strict=False) for n, one in self.labelled(tables, large=False).items()}

    def ids(self, tables: Tables) -> pl.DataFrame:
        """The ids that they bear, and the blocks in which they do."""
        rows = self.labelled(tables, large=True)["rows"].filter(pl.col("incident_id").is_not_null())
        return rows.select("home", key=id_number()).unique()

    def begun(self, tables: Tables) -> Tables:
        """Their reports and pairs, on their way to the blocks in which they lie."""
        told = self.labelled(tables, large=True)
        return _dealt(told["rows"].drop("label"), told["links"].drop("label"), np.arange(self.blocks))


@dataclass(frozen=True)
class _Round:
    """Groups what lies wholly inside each stretch (``of`` each block); ``apart``: numbers of ids that are borne in several."""

    vocabulary: Vocabulary
    of: Ints
    apart: pl.Series

    def __call__(self, tables: Tables) -> Tables:
        """The same reports and pairs, and the groups that are known (``settled``)."""
        none = pl.DataFrame(schema={**LINKS, **HOMES, "stretch": pl.Int64()})
        settled = [self._settled(rows, links) for rows, links in by_stretch(tables, "rows", "links")]
        return {"links": none, **tables, "settled": pl.concat(settled)}

    def _settled(self, rows: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
        part = Part(self.vocabulary, rows)
        laid = part.laid()
        inside = pl.Series(self.of[links["one_home"].to_numpy()] == self.of[links["other_home"].to_numpy()])
        rows = rows.sort("at").select("at", "home", apart=id_number().is_in(self.apart.implode()).fill_null(False))
        apart = pl.col("one", "other").is_in(rows.filter("apart")["at"].implode())
        waiting = pl.concat([links.filter(~inside), links.filter(pl.any_horizontal(apart))])
        held = rows["apart"] | rows["at"].is_in(pl.concat([waiting["one"], waiting["other"]]).implode())
        found = part.placed(laid, links.filter(inside)).in_order()
        known = part.joined(laid, found, held.to_numpy())
        at, group = part.at[known], part.at[part.group[known]]
        return pl.DataFrame({"at": at, "group": group, "home": rows["home"].filter(pl.Series(known))})


@dataclass(frozen=True)
class _Left:
    """What is left of a round, on its way to wider stretches (``of`` each block, after what they were ``before``)."""

    before: Ints
    of: Ints

    def __call__(self, tables: Tables) -> Tables:
        settled = tables["settled"]["at"].implode()
        first = pl.Series(self.before[tables["links"]["one_home"].to_numpy()]) == tables["links"]["stretch"]  # once
        links = tables["links"].filter(first, ~pl.any_horizontal(pl.col("one", "other").is_in(settled)))
        return _dealt(tables["rows"].filter(~pl.col("at").is_in(settled)), links, self.of)


def by_stretch(tables: Tables, rows: str, links: str) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """The reports and pairs of each stretch, one after another."""
    for stretch in tables[rows]["stretch"].unique().sort() if rows in tables else ():
        here = pl.col("stretch") == stretch
        pairs = tables[links].filter(here) if links in tables else pl.DataFrame(schema={**LINKS, **HOMES})
        yield tables[rows].filter(here), pairs


def _dealt(rows: pl.DataFrame, links: pl.DataFrame, of: Ints) -> Tables:
    """Reports to the stretch in which they lie, and each pair to those of both its reports."""
    home, one, other = (of[column.to_numpy()] for column in (rows["home"], links["one_home"], links["other_home"]))
    forth = links.with_columns(stretch=pl.Series(one, dtype=pl.Int64))
    back = links.with_columns(stretch=pl.Series(other, dtype=pl.Int64)).filter(pl.Series(one != other))
    return {"rows": rows.with_columns(stretch=pl.Series(home, dtype=pl.Int64)), "links": pl.concat([forth, back])}


def _left(tables: Tables) -> pl.DataFrame:
    """How many reports of each stretch are left."""
    settled = tables["settled"]["at"].implode()
    return tables["rows"].filter(~pl.col("at").is_in(settled)).group_by("stretch").len("reports")


def _settled(tables: Tables) -> pl.DataFrame:
    return tables["settled"]


def _wider(of: Ints, left: pl.DataFrame, at_once: int) -> Ints:
    """The stretch of each block, after neighbours came together of which about so many reports are left in all; fewer than before."""
    begins, held, left = list[int](), 0, left.sort("stretch")
    for stretch, count in zip(*left.select("stretch", "reports"), strict=True):
        if not begins or held + count > at_once:
            begins.append(stretch)
            held = 0
        held += count
    if len(begins) == left.height:
        begins = begins[::2]
    return np.maximum(np.searchsorted(np.array(begins), of, side="right") - 1, 0)


@dataclass(frozen=True)
class _Owned:
    """Sends reports and pairs to the blocks whose business their groups are, and reports of other groups to those that ask for them.

    ``further``: of groups that lie in several blocks, or were known later, as :data:`OWNED`; ``wanted``: who asks for such, as
    :data:`WANTED`.
    """

    further: pl.DataFrame
    wanted: pl.DataFrame

    def _known(self, tables: Tables) -> pl.DataFrame:
        settled = tables["settled"].select("at", "group", owner="home")
        return pl.concat([settled, self.further])

    def _ends(self, tables: Tables) -> pl.DataFrame:
        """Each pair once, with the group and the owner of either report."""
        links, known = tables["links"].filter(pl.col("stretch") == pl.col("one_home")), self._known(tables)
        for end in ("one", "other"):
            of = known.select(pl.col("at").alias(end), group=pl.col("group"), owner=pl.col("owner"))
            links = links.join(of.rename({"group": f"{end}_group", "owner": f"{end}_owner"}), on=end)
        return links

    def _asked(self, ends: pl.DataFrame) -> pl.DataFrame:
        """Who asks for which group."""
        across = ends.filter(pl.col("one_owner") != pl.col("other_owner"))
        forth = across.select(group="other_group", stretch="one_owner")
        return pl.concat([forth, across.select(group="one_group", stretch="other_owner")]).unique()

    def asked(self, tables: Tables) -> pl.DataFrame:
        """Who asks for which group that others than this block may have reports of."""
        asked = self._asked(self._ends(tables))
        return asked.filter(pl.col("group").is_in(self.further["group"].implode()))

    def __call__(self, tables: Tables) -> Tables:
        """Reports (``mine``: of a group that is the business of the ``stretch``) and pairs."""
        ends = self._ends(tables)
        rows = tables["rows"].drop("stretch").join(self._known(tables), on="at")
        asked = pl.concat([self._asked(ends), self.wanted]).unique()
        mine = rows.with_columns(stretch="owner", mine=True)
        others = rows.join(asked, on="group").with_columns(mine=False).select(mine.columns)
        forth = ends.select(*LINKS, stretch="one_owner")
        across = ends.filter(pl.col("one_owner") != pl.col("other_owner"))
        back = across.select(*LINKS, stretch="other_owner")
        return {"apart": pl.concat([mine, others]).drop("owner", "home"), "apart_links": pl.concat([forth, back])}


def in_rounds(linked: Elsewhere, large: Large, vocabulary: Vocabulary, at_once: int) -> Dealt:
    """Reports that hang together in more than one machine is to hold, in their groups.

    Args:
        linked: reports and pairs by blocks (``divided_steps.Linked``).
        large: which hang together so.
        vocabulary: whose trees of acts and targets.
        at_once: about how many reports are grouped at once.

    Returns:
        They (``apart``) and their pairs (``apart_links``), on their way to whoever says how surely they are in their groups
        (:meth:`Part.weighed`).
    """
    ids = _together(linked.each(large.ids), {"home": pl.Int64(), "key": pl.Int64()})
    of = np.arange(large.blocks)
    begun = there = _round(linked.dealt(large.begun, by_block("stretch")), _Round(vocabulary, of, _apart(ids, of)))
    told = list[pl.DataFrame]()
    while (left := _together(there.each(_left), {"stretch": pl.Int64(), "reports": pl.UInt32()})).height:
        left = left.group_by("stretch").agg(pl.col("reports").sum())
        before, of = of, _wider(of, left, at_once)
        there = _round(there.dealt(_Left(before, of), by_block("stretch")), _Round(vocabulary, of, _apart(ids, of)))
        told.extend(there.each(_settled))
    every = _together(told, {"at": pl.Int64(), "group": pl.Int64(), "home": pl.Int64()})
    owners = every.filter(pl.col("at") == pl.col("group")).select("group", owner="home")
    further = every.join(owners, on="group").select(*OWNED)
    wanted = _together(begun.each(_Owned(further, pl.DataFrame(schema=WANTED)).asked), WANTED).unique()
    return begun.dealt(_Owned(further, wanted), by_block("stretch"))


def _round(dealt: Dealt, group: _Round) -> Elsewhere:
    return dealt.finished(group).kept()


def _apart(ids: pl.DataFrame, of: Ints) -> pl.Series:
    """The numbers of ids that are borne in several stretches."""
    stretches = ids.select("key", stretch=pl.Series(of[ids["home"].to_numpy()], dtype=pl.Int64))
    several = stretches.group_by("key").agg(n=pl.col("stretch").n_unique()).filter(pl.col("n") > 1)
    return several["key"].sort()


def _together(tables: Iterable[pl.DataFrame], schema: dict[str, pl.DataType]) -> pl.DataFrame:
    return pl.concat([pl.DataFrame(schema=schema), *(table.cast(schema) for table in tables)])  # type: ignore[arg-type]
