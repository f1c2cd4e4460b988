"""A verification that is kept: what comes changes the verdicts that it bears on, and these are what a run from nothing would give."""

from __future__ import annotations

import copy
import dataclasses
import itertools
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import numpy as np
import polars as pl

from servanda.agreement import Agreement
from servanda.coverage import Coverage
from servanda.evidence.decisions import Decision
from servanda.evidence.model import IngestResult
from servanda.evidence.packed import Packed
from servanda.incidents import Keys
from servanda.incidents.followed import Followed
from servanda.live.changes import Changes
from servanda.live.concluded import Conclusions
from servanda.live.found import Found
from servanda.live.judged import Moved
from servanda.live.kept import Rows
from servanda.live.settled import Settled
from servanda.values.reporting_day import Span
from servanda.values.saved import Saved
from servanda.verdicts.model import Verdict
from servanda.verdicts.verification import Verification, Wanted
from servanda.verdicts.verify import verification_of


class Session(Settled):
    """An agreement with its evidence, to which more can come: reports, decisions, coverage, another version, another instant.

    Reports without an incident id are fused, as :func:`servanda.verify` does. After every change all is as a run from nothing would have it.
    """

    # -- what can come ------------------------------------------------------------------------------------------

    def change(
        self,
        *,
        reports: Iterable[pl.DataFrame] = (),
        decisions: Sequence[Decision] | None = None,
        coverage: Coverage | None = None,
        agreement: Agreement | None = None,
        as_of: datetime | None = None,
        ingest: IngestResult | None = None,
    ) -> Changes:
        """Take in what came, all of it at once.

        Args:
            reports: more of them, tables of ``evidence.model.REPORT``.
            decisions: all decisions that there are now; left out, they stay.
            coverage: all watches and gaps that there are now.
            agreement: another version of the text.
            as_of: another instant; a session without one stays without.
            ingest: everything in the evidence that is no report.

        Returns:
            What changed.
        """
        tables = reports if not self._kept.size else [table for table in reports if table.height]
        anew = ""
        if agreement is not None and agreement != self.agreement:
            anew = "another version of the agreement"
        earlier = self.as_of
        self.agreement = agreement or self.agreement
        self.coverage = self.coverage if coverage is None else coverage
        self.decisions = self.decisions if decisions is None else tuple(decisions)
        self.ingest = self.ingest if ingest is None else ingest
        waiting = list(self._waiting)
        rows: Rows | None
        if as_of is not None and earlier is not None:
            self.as_of = as_of.astimezone(UTC)
            if self.as_of < earlier:
                anew = "an earlier instant"
        if anew:
            rows = self._from_nothing([*waiting, *tables])
        elif self.as_of != earlier:
            self._waiting.clear()
            rows = self._taken(itertools.chain(waiting, tables))
        else:
            rows = self._taken(tables)
        if rows is None:
            anew = "an id that several events bear"
            rows = self._from_nothing([*waiting, *tables])
        del tables, waiting  # what is kept of them is kept in less memory
        return self._settle(rows, anew)

    def without(self, report_ids: pl.Series) -> Changes:
        """Leave reports out that were given before, as if they had never come; everything is found anew."""
        gone = pl.col("report_id").is_in(report_ids.implode())
        rows = self._from_nothing(self._waiting, ~gone)
        return self._settle(rows, "reports that were taken away")

    def _from_nothing(self, more: Sequence[pl.DataFrame], which: pl.Expr | None = None) -> Rows:
        """Takes in anew what there is, and more; ``which``: of all of it only these."""
        every = [self._kept.raw(), *more]
        self._begin()
        rows = self._taken(every if which is None else [table.filter(which) for table in every])
        assert rows is not None
        return rows

    def fork(self) -> Session:
        """Another session that begins where this one is: what would change if something came, without taking it in."""
        other = copy.copy(self)
        found = None if self._found is None else self._found.fork()
        kept, concluded = self._kept.fork(), self._concluded.fork()
        other.__dict__.update(_waiting=list(self._waiting), _concluded=concluded, _kept=kept, _found=found)
        return other

    # -- to be put on disk, and to come back ----------------------------------------------------------------------

    def saved(self) -> Saved:
        """What :meth:`take_back` needs beside the reports, and what a session is made of: what was fused and found, and no verdict."""
        assert self._found is not None
        went = pl.DataFrame({"row": self._went.rows, "incident_id": self._went.ids})
        parts = {"keys": self._keys.saved(), "kept": self._kept.saved(), "found": self._found.saved()}
        return Saved({"went": went}, {"grades": self._grades}).having(**parts)

    def given(self) -> pl.DataFrame:
        """All reports that it was given, those first that are known."""
        return pl.concat([self._kept.raw(), *self._waiting])

    def take_back(self, saved: Saved, reports: Packed) -> Changes:
        """Be as a session that was saved, where nothing was taken in yet; its verdicts are concluded anew.

        Args:
            saved: what that one gave; of the same software, agreement, registers, decisions, coverage and instant.
            reports: all that it had been given (:meth:`given`).

        Returns:
            Every verdict, as new, and no incident.
        """
        self._keys = Keys.again(saved.part("keys"))
        if self.as_of is None:
            self._notice(reports.column("known_at"))
        else:
            reports = Packed.of(self._known(reports.slices()))
        self._kept.take_back(saved.part("kept"), reports)
        went = saved.tables["went"]
        self._went, self._grades = Moved(went["row"].to_numpy(), went["incident_id"]), dict(saved.facts["grades"])
        self._key = self._keyed(self._went.whole(self._kept.ids))
        self._concluded = Conclusions()
        self._found = Found.again(self._planned().plan, saved.part("found"), self._most)
        self._verdicts = ()
        return self._settle(np.empty(0, np.int64), "")

    # -- what there is ------------------------------------------------------------------------------------------

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The verdicts as they stand; without what they rest on, which :meth:`verification` finds out."""
        return self._verdicts

    @property
    def undated(self) -> int:
        """As of an instant: how many reports are left out because they do not say when they became known."""
        return self._run.judged.undated

    @property
    def followed(self) -> Followed:
        """The decisions by the ids that their incidents have here."""
        return self._run.followed

    @property
    def lies(self) -> pl.DataFrame:
        """By report, in the order in which they came: its file and row, and its incident, ``base`` before anybody decided, ``incident_id`` after."""
        return self._kept.places().with_columns(base=self._kept.ids, incident_id=self._went.whole(self._kept.ids))

    def reports(self, rows: Rows) -> pl.DataFrame:
        """Some reports (``evidence.model.REPORT``), in the order of their numbers, each under its incident before anybody decided."""
        return self._kept.take(rows)

    def verification(self, by: Span | None = None, wanted: Wanted | None = None) -> Verification:
        """Everything, as :func:`servanda.verdicts.verify` gives it.

        Args:
            by: adds verdicts for every day, week or month.
            wanted: what is asked of it beside the verdicts.

        Returns:
            The verification.
        """
        run, found = self._run, self._found
        assert found is not None
        incidents = found.described(run.incidents, run.reports)
        incidents = dataclasses.replace(incidents, no_term=self._no_term())
        run = dataclasses.replace(run, incidents=incidents)
        return verification_of(
            run, self._concluded.verdicts, self._kept.parted, engine=self._engine, by=by, wanted=wanted
        )
