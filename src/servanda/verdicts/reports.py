"""The reports of a run as they are judged, and the incidents that were found in them; of all others, why nothing was found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from servanda.agreement import Agreement
from servanda.evidence import EvidenceSource
from servanda.evidence.hearsay import HEARSAY_ROW, taken
from servanda.evidence.model import Source, empty
from servanda.findings.matching import OF_ITSELF
from servanda.findings.no_term import NoTerm, Unfound
from servanda.findings.ordered import LARGE
from servanda.findings.plan import Findings, Plan
from servanda.incidents import BRIEF, Keys, divided, members_of, named, no_clash
from servanda.incidents.decisions import Rewrite
from servanda.incidents.describe import FOUNDING, TIES
from servanda.incidents.parted import Parted
from servanda.values.coded import texts
from servanda.values.elsewhere import each
from servanda.values.later import Later
from servanda.values.ordered_map import OrderedMap
from servanda.values.text_order import places
from servanda.verdicts.findings_table import PLEAS, identified, pleas_of
from servanda.verdicts.watches import CHECKED_BY

DESCRIBED = 20_000
"""Incidents described in full; of more, the ids and findings are still complete."""


@dataclass(frozen=True)
class Reports:
    """The reports of a source as they are judged: as decisions have them, and naming no party where the mandate does not attribute."""

    source: EvidenceSource
    agreement: Agreement
    rewrite: Rewrite
    id_key: bytes
    parted: Parted
    keys: Keys

    @property
    def sources(self) -> Mapping[str, Source]:
        """The register of sources."""
        return self.source.context.sources

    def batches(self) -> Iterable[pl.DataFrame]:
        """The reports with all their columns, judged as decisions say."""
        return self._judged(self.source.batches())

    def brief(self) -> Iterable[pl.DataFrame]:
        """What is enough to judge."""
        return self._judged(self.source.brief())

    def members(
        self, wanted: pl.DataFrame, as_of: datetime | None, columns: tuple[str, ...] | None = None
    ) -> pl.DataFrame:
        """The reports of the incidents whose ``key`` is ``wanted``; ``columns``: which of them, left out all."""
        return members_of(self.batches(), wanted, self.keys, as_of, columns, id_key=self.id_key)

    def named(self, members: pl.DataFrame, as_of: datetime | None) -> pl.DataFrame:
        """The ids of the incidents of some reports, by ``key``: those that decisions follow are settled."""
        names = named(members, lambda keys: self.members(keys, as_of), self.id_key)
        settled = self.rewrite.ids.rename({"incident": "settled"})
        if not settled.height:
            return names
        return names.join(settled, on="key", how="left").select("key", incident=pl.coalesce("settled", "incident"))

    def _judged(self, batches: Iterable[pl.DataFrame]) -> Iterable[pl.DataFrame]:
        batches = self.parted.batches(batches)
        if not self.agreement.mandate.attribution:
            # without the parties named as authors nothing made of the reports can name one
            of_party = pl.col("actor").is_in(list(self.agreement.parties))
            itself = {OF_ITSELF: (of_party & (pl.col("actor") == pl.col("side"))).fill_null(False)}
            author = pl.when(~of_party).then("actor")
            batches = each(lambda batch: batch.with_columns(actor=author, **itself), batches)
        return self.rewrite.batches(batches) if self.rewrite else batches


@dataclass(frozen=True)
class Incidents:
    """The incidents that were found. ``findings``: with their ids; ``reported``: their reports (some columns); ``full``: all columns of
    them, where they are so few that they were kept; ``hearsay``: those that count for less than they say (``hearsay.HEARSAY_ROW``);
    ``pleas``: what they plead (``findings_table.PLEAS``).

    ``no_term``: all other reports.
    """

    findings: pl.DataFrame
    reported: Later
    full: pl.DataFrame | None
    hearsay: pl.DataFrame
    pleas: pl.DataFrame
    no_term: NoTerm
    names: pl.DataFrame
    """The ``key`` of each with its id (``incident``)."""

    @property
    def brief(self) -> pl.DataFrame:
        """Their reports (some columns)."""
        return self.reported.table

    @staticmethod
    def of(
        found: Findings, reports: Reports, plan: Plan, in_order: OrderedMap, aside: list[pl.DataFrame] | None = None
    ) -> Incidents:
        """Look up the incidents of all findings, in one walk.

        Args:
            found: what was found.
            reports: where.
            plan: what was looked for.
            in_order: an engine's map.
            aside: where the reports without a finding are put (``Unfound.each``), for who counts them himself.

        Returns:
            The incidents, with what of their reports judging needs.
        """
        keys = found.keys
        few = keys.height <= DESCRIBED
        columns = (*BRIEF, *(CHECKED_BY if plan.coverage.watches else ()))
        read_columns = list(dict.fromkeys([*(c for c in columns if c != "incident"), "identity", *FOUNDING, *TIES]))
        # what was observed not to have been done counts, though nobody says that it was
        refuted = found.times.filter("refutes").select(key="incident").unique()
        unfound = Unfound(plan.meeting(many=found.reports >= LARGE), refuted)
        told = [c for c in HEARSAY_ROW if c != "incident"]
        sources, id_key = reports.sources, reports.id_key  # what is read by is sent elsewhere, and not the reports

        def read(batch: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, NoTerm]:
            members, others = divided(texts(batch), keys, plan.keys, plan.as_of, id_key=id_key)
            less = taken(members, sources).filter(pl.col("why").is_not_null()).select("key", *told)
            kept = members if few else members.select(read_columns)
            if aside is None:
                return kept, less, pleas_of(members), unfound.of(others)
            aside.append(unfound.each(others))
            return kept, less, pleas_of(members), NoTerm()

        members, less, said, no_term = [], [], [empty(PLEAS)], NoTerm()
        for rows, hearsay, pleas, others in each(read, reports.batches() if few else reports.brief(), in_order):
            members.append(rows)
            less.append(hearsay)
            said.append(pleas)
            no_term = NoTerm.together((no_term, others))
        kept = pl.concat(members) if members else reports.members(keys, plan.as_of).with_columns(identity=pl.lit(0))
        no_clash(kept)
        names = reports.named(kept, plan.as_of)
        ids = names["incident"].gather(places(kept["key"], names["key"]))
        kept = kept.drop("identity", OF_ITSELF, *FOUNDING, strict=False).with_columns(incident=ids)
        hearsay = empty(HEARSAY_ROW)
        if less:
            hearsay = pl.concat(less).join(names, on="key", maintain_order="left").select(list(HEARSAY_ROW))
        brief = Later.of(kept.select(columns))
        full, pleas = kept if few else None, pl.concat(said).unique()
        return Incidents(identified(found, names), brief, full, hearsay, pleas, no_term, names)

    def described(self, wanted: pl.DataFrame, reports: Reports, as_of: datetime | None) -> pl.DataFrame:
        """All columns of the reports of those incidents whose ``key`` is ``wanted``."""
        keys = wanted.select("key")
        if self.full is None:
            found = reports.members(keys, as_of).drop(FOUNDING)
            return found.join(self.names, on="key", maintain_order="left")
        return self.full.join(keys, on="key", how="semi", maintain_order="left")


def briefly(names: pl.DataFrame, reports: Reports, as_of: datetime | None) -> pl.DataFrame:
    """The reports of some incidents (``incidents.BRIEF``), read once more; ``names``: the ``key`` of each with its id."""
    columns = tuple(c for c in BRIEF if c not in names.columns)
    return reports.members(names, as_of, columns).join(names, on="key", maintain_order="left").select(BRIEF)
