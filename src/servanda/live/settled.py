"""What follows from what came: which incidents are found anew, which verdicts are concluded again."""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import functools
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np
import polars as pl

from servanda.agreement import Agreement
from servanda.coverage import Coverage
from servanda.evidence.decisions import Decision
from servanda.evidence.model import REPORT, Context, IngestResult, empty
from servanda.evidence.tables import ReportTables
from servanda.findings.any_act import happened
from servanda.findings.no_term import NoTerm
from servanda.findings.plan import KEPT, Engine, Plan
from servanda.findings.queries import queries_of
from servanda.incidents import KeyClash, Keys, describe
from servanda.incidents.decisions import Life, Rewrite
from servanda.incidents.followed import Followed, follow, named_by
from servanda.incidents.identity import content_ids_of_old, report_ids
from servanda.incidents.parted import Parted
from servanda.live.changes import Changes
from servanda.live.concluded import Conclusions, Few
from servanda.live.found import Found
from servanda.live.judged import Moved
from servanda.live.kept import KeptReports, Rows, Stale, put_behind
from servanda.values.names import name_keys
from servanda.verdicts.bodies.decisions import Decided, Rulings, with_grants
from servanda.verdicts.bodies.determinable import named_in
from servanda.verdicts.case_file import CaseFile
from servanda.verdicts.conclude import combine
from servanda.verdicts.findings_table import ranked_incidents
from servanda.verdicts.found import Run, case_file, decided_by, items_of
from servanda.verdicts.model import Verdict
from servanda.verdicts.reports import DESCRIBED, Reports
from servanda.verdicts.since import only
from servanda.verdicts.watches import owners_of, where_reported, with_sides

_DRAWN = 20  # times that keys are drawn anew before something else must be wrong
_DESCRIBED = 1_000  # incidents that a change describes
_FEW = 2_000  # incidents that change, of which it is told apart what they told before
_MANY, _AT_ONCE = 50_000, 150_000  # incidents that are found anew in parts, and reports in a part


@dataclass(frozen=True)
class _Source:
    """The reports of a session as a source of evidence."""

    kept: KeptReports
    context: Context
    decisions: Sequence[Decision]
    ingest: IngestResult

    def batches(self) -> Iterator[pl.DataFrame]:
        return self.kept.batches()

    def brief(self) -> Iterator[pl.DataFrame]:
        return self.kept.batches()


class _Planned(NamedTuple):
    """What is looked for, and what it follows from."""

    followed: Followed
    decided: Decided
    reports: Reports
    granting: Sequence[Decision]
    given: Coverage
    plan: Plan


class Settled:
    """An agreement with its evidence, and all that follows from it."""

    def __init__(
        self,
        agreement: Agreement,
        *,
        context: Context,
        engine: Engine,
        coverage: Coverage | None = None,
        decisions: Sequence[Decision] = (),
        as_of: datetime | None = None,
        ingest: IngestResult | None = None,
        id_key: bytes = b"",
        matched: int = KEPT,
    ) -> None:
        """Begin without reports.

        Args:
            agreement: what was agreed.
            context: parties, zone and registers that the reports were read with.
            engine: where fusion runs.
            coverage: who was looking where and when.
            decisions: what people decided.
            as_of: leaves out what became known later.
            ingest: everything in the evidence that is no report.
            id_key: of a record, the key of the ids of incidents that nobody named.
            matched: rows that may be matched for it to be asked on what a verdict rests.
        """
        self.agreement, self.coverage = agreement, coverage or Coverage()
        self.decisions, self.ingest = tuple(decisions), ingest or IngestResult()
        self.as_of = None if as_of is None else as_of.astimezone(UTC)
        self._context, self._engine, self._id_key, self._most = context, engine, id_key, matched
        self._names = pl.Series("incident", [], dtype=pl.String)  # the incidents of which something was found
        self._verdicts: tuple[Verdict, ...] = ()
        self._moving = np.empty(0, np.int64)  # reports whose incident is another than by their key
        self._begin()
        self._settle(np.empty(0, np.int64), "")

    def _begin(self) -> None:
        """Everything anew: fusion, keys, findings, conclusions."""
        self._keys = Keys()
        self._kept = KeptReports(self._context.vocabulary, self._engine.map, self._id_key, self._engine.release)
        self._found: Found | None = None
        self._waiting: list[pl.DataFrame] = []
        self._latest: datetime | None = None
        self._went = Moved()  # which reports people put into another incident
        self._key = pl.Series("key", [], dtype=pl.UInt64)
        self._grades: dict[str, str] = {}
        self._founders: dict[
            str, tuple[int, Rows]
        ] = {}  # up to which report a name was looked for, and which would found it
        self._case: CaseFile | None = None
        self._determined = pl.DataFrame()
        self._concluded = Conclusions()

    def _taken(self, tables: Iterable[pl.DataFrame]) -> Rows | None:
        """Takes those reports that are known in; the others wait. Returns whose incident is new or another; nothing where fusion must begin anew.

        Nothing can begin anew by the first: these are looked at once, one table after another.
        """
        try:
            return self._kept.add(self._known(tables))
        except Stale:
            return None

    def _known(self, tables: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
        """Those reports that are known; the others wait."""
        for table in tables:
            if self.as_of is not None:
                by_then = (table["known_at"] <= self.as_of).fill_null(False)
                self._waiting.append(table.filter(~by_then))
            known = table if self.as_of is None else table.filter(by_then)
            self._notice(known["known_at"])
            if known.height:
                yield known

    def _notice(self, known_at: pl.Series) -> None:
        """When the last of all reports became known."""
        latest = known_at.max()
        if isinstance(latest, datetime):
            self._latest = max(latest, self._latest or latest)

    def _settle(self, rows: Rows, anew: str) -> Changes:
        """Everything that follows from reports whose incident is new or another, and from what else came."""
        before, self._moving = self._verdicts, rows
        for _ in range(_DRAWN):
            with contextlib.suppress(KeyClash):
                keys, few = self._find(rows)
                break
            self._keys, self._found = Keys(), None
            self._key = self._keyed(self._went.whole(self._kept.ids))
        else:
            raise AssertionError("keys that are drawn anew meet again")
        case = self._run.case
        combined = combine(case, self._concluded.again(case, few))
        self._verdicts = self._run.rulings.add_steps(combined, self._members())
        return Changes.between(before, self._verdicts, self._described(keys), self._lost(), anew)

    def _planned(self) -> _Planned:
        """What is looked for, as decisions and coverage have it."""
        agreement, as_of, keys = self.agreement, self.as_of, self._keys
        now = copy.copy(self._kept)  # what is asked for later is asked of these, and not of those that come
        source = _Source(now, self._context, self.decisions, self.ingest)
        plain = Reports(source, agreement, Rewrite(()), self._id_key, Parted(), keys)
        followed = follow(self.decisions, self._about_decisions, self._kept.parted, keys, as_of, self._id_key)
        decided = decided_by(agreement, followed, keys, as_of)
        reports = dataclasses.replace(plain, rewrite=decided.rewrite)
        granting = decided.granting(agreement)
        given = where_reported(self.coverage.known_by(as_of), reports.batches, agreement, as_of)
        looked = with_sides(given, owners_of(agreement, self._context), registered=bool(self._context.sources))
        plan = Plan(agreement, with_grants(queries_of(agreement), granting, keys), as_of, looked, keys)
        return _Planned(followed, decided, reports, granting, given, plan)

    def _find(self, rows: Rows) -> tuple[pl.Series, Callable[[], Few | None]]:
        """Finds anew what may have changed, and the case file. Returns the keys of the incidents that may be others than before, and what gives
        the case with these alone.
        """
        agreement, as_of = self.agreement, self.as_of
        followed, decided, reports, granting, given, plan = self._planned()
        looked = plan.coverage
        touched = self._moved(rows, decided.rewrite)
        touched = self._beside(plan, touched)
        assert self._found is not None
        units = self._found.renew(self._parts_of(touched), reports)
        undated = sum(table["known_at"].null_count() for table in self._waiting)
        judged = self._found.findings(self._kept.size, self._latest, undated)
        incidents = self._found.incidents()
        rulings = decided.ruled(incidents.findings, plan, self._said(decided.lives, reports))
        incidents = dataclasses.replace(incidents, findings=rulings.judged)
        items = items_of(reports.source, decided.rewrite, as_of)
        back = self._found.table("withdrawals")
        case = case_file(agreement, as_of, judged, incidents, items, looked, decided, back)
        case = dataclasses.replace(case, doubts=decided.left_of(self._kept.doubts))
        case = case.counting(self._found.table("speaking"))
        if self._case is not None and self._case.coverage == case.coverage and self._case.agreement == agreement:
            case = case.measured_with(self._case)
        self._concluded.forget(self._case, case, units | self._units_of(rulings, case))
        few = functools.partial(self._changed, touched, self._case, case, self._determined_in(rulings))
        self._run = Run(reports, followed, granting, given, plan, judged, incidents, rulings, case)
        self._case = case
        return touched, few

    def _moved(self, rows: Rows, rewrite: Rewrite) -> pl.Series:
        """The keys of the incidents from which reports went, and to which they came."""
        ids, old, had = self._kept.ids, self._went, len(self._key)
        moved = Moved.by(rewrite, self._kept, self._bearing(rewrite.left))
        either = np.union1d(old.rows, moved.rows)
        other = either[(old.of(ids, either) != moved.of(ids, either)).to_numpy()] if len(either) else either
        rows = np.union1d(np.concatenate([rows, other]), self._regraded(rewrite)).astype(np.int64)
        was = self._key.gather(rows[rows < had])
        now = self._keyed(moved.of(ids, rows))
        self._went, self._key = moved, put_behind(self._key, rows[rows < had], now)
        return pl.concat([was, now]).unique()

    def _keyed(self, ids: pl.Series) -> pl.Series:
        """The keys of incidents by their ids."""
        return ids.to_frame("i").select(self._keys.of_incident(pl.col("i")).alias("key"))["key"]

    def _regraded(self, rewrite: Rewrite) -> Rows:
        """The reports of sources whose grade was decided, or is no longer."""
        old, self._grades = self._grades, dict(rewrite.grades)
        names = sorted(name for name, _ in old.items() ^ self._grades.items())
        if not names:
            return np.empty(0, np.int64)
        origins = self._kept.column("origin").to_frame().select(name_keys(pl.col("origin")))["origin"]
        return origins.is_in(names).arg_true().to_numpy().astype(np.int64)

    def _beside(self, plan: Plan, touched: pl.Series) -> pl.Series:
        """What else must be found anew, because something else is looked for, or was watched."""
        old = self._found
        if old is not None and old.plan.coverage == plan.coverage and old.plan.agreement == plan.agreement:
            granted = {key for query in (*old.plan.queries, *plan.queries) for key, _ in query.granted}
            same = all(a.granted == b.granted for a, b in zip(old.plan.queries, plan.queries, strict=True))
            old.go_on(plan)
            pardoned = pl.Series("key", [] if same else sorted(granted), dtype=pl.UInt64)
            return pl.concat([touched, pardoned]).unique()
        self._found = Found(plan, self._most)
        self._key = self._keyed(self._went.whole(self._kept.ids))
        self._concluded = Conclusions()
        return pl.concat([touched, self._key]).unique()

    def _parts_of(self, keys: pl.Series) -> Iterator[tuple[pl.Series, Rows, pl.DataFrame]]:
        """Incidents with the numbers of their reports and these; where they are many, some at a time."""
        parts = 1 + (self._kept.size // _AT_ONCE if len(keys) > _MANY else 0)
        for n in range(parts):
            if parts > 1:
                self._engine.release()
            some = keys if parts == 1 else keys.filter(keys % parts == n)
            rows = self._rows_of(some)
            yield some, rows, self._kept.take(rows)
        if parts > 1:
            self._engine.release()

    def _rows_of(self, keys: pl.Series) -> Rows:
        if not len(keys):
            return np.empty(0, np.int64)
        return self._key.is_in(keys.implode()).arg_true().to_numpy().astype(np.int64)

    def _about_decisions(self) -> Iterator[pl.DataFrame]:
        """The reports of incidents that decisions name: by the id that they bear, or that one of their reports would found."""
        ids, names = self._kept.ids, named_by(self.decisions)
        bear = self._bearing(names)
        missing = sorted(n for n in names - set(ids.gather(bear).to_list()) if n.startswith("x-"))
        founders = self._founders_of(missing)
        if len(founders):
            bear = self._bearing({*ids.gather(founders).to_list(), *names})
        yield self._kept.take(bear)

    def _bearing(self, names: Collection[str]) -> Rows:
        """The reports of incidents by their ids, before anybody decided."""
        if not names:
            return np.empty(0, np.int64)
        ids, keys = self._kept.ids, self._keyed(pl.Series(sorted(names), dtype=pl.String))
        new = np.arange(len(self._key), self._kept.size)
        rows = functools.reduce(np.union1d, (self._rows_of(keys), self._went.rows, self._moving, new))
        return np.asarray(rows[ids.gather(rows).is_in(list(names)).to_numpy()])

    def _founders_of(self, names: Sequence[str]) -> Rows:
        """The reports that would found an incident of such a name: each name is looked for once in every report."""
        looked = {name: self._founders.get(name, (0, np.empty(0, np.int64))) for name in names}
        for begin in {at for at, _ in looked.values()} - {self._kept.size}:
            sought, at = [name for name in names if looked[name][0] == begin], begin
            for table in self._kept.batches(begin):
                for made in (report_ids, content_ids_of_old):
                    ids = made(table, self._id_key)
                    for n in ids.is_in(sought).arg_true().to_list():
                        looked[ids[n]] = begin, np.append(looked[ids[n]][1], at + n)
                at += table.height
            looked |= {name: (at, looked[name][1]) for name in sought}
        self._founders = looked
        return np.concatenate([np.empty(0, np.int64), *(rows for _, rows in looked.values())])

    def _said(self, lives: Sequence[Life], reports: Reports) -> pl.DataFrame:
        """The reports of the incidents that somebody determined, each with the id of its incident."""
        if not (determined := named_in(lives)):
            return empty({**REPORT, "key": pl.UInt64(), "incident": pl.String()})
        about = pl.DataFrame({"incident": determined}, schema={"incident": pl.String})
        names = about.select(self._keys.of_incident(pl.col("incident")).alias("key"), "incident").unique("key")
        rows = self._kept.take(self._rows_of(names["key"]))
        some = dataclasses.replace(reports, source=ReportTables([rows], self._context))
        return some.members(names.select("key"), self.as_of).drop("founds", "since").join(names, on="key")

    def _units_of(self, rulings: Rulings, case: CaseFile) -> frozenset[int]:
        """The queries under which people, or doubts about how many incidents there are, may have changed something."""
        findings = rulings.findings
        determined = named_in(rulings.decided.lives)
        rows = findings.filter(pl.col("incident").is_in(determined)) if determined else findings.clear()
        touched = set[int]()
        if not rows.equals(self._determined):
            before = self._determined["unit"].to_list() if self._determined.width else ()
            touched |= {*rows["unit"].to_list(), *before}
        self._determined = rows
        if self._case is not None:
            old, new = self._case.doubts, case.doubts
            doubted = new.unlike(old)
            if doubted:
                touched |= set(findings.filter(pl.col("incident").is_in(list(doubted)))["unit"].to_list())
        return frozenset(touched)

    def _determined_in(self, rulings: Rulings) -> list[str]:
        """The incidents that somebody determined, before or now."""
        before = () if self._case is None else named_in(self._run.rulings.decided.lives)
        return sorted({*before, *named_in(rulings.decided.lives)})

    def _changed(self, touched: pl.Series, old: CaseFile | None, case: CaseFile, determined: list[str]) -> Few | None:
        """The case as it was and as it is, with those incidents alone of which something else may be found; nothing where these are many, or acts were counted."""
        if old is None or old.counts.height or case.counts.height or len(touched) > _FEW:
            return None
        keys = pl.concat([touched, self._keyed(pl.Series(determined, dtype=pl.String))]).unique()
        return (only(old, keys), only(case, keys)) if len(keys) <= _FEW else None

    def _members(self) -> pl.DataFrame:
        """The reports by whose origin steps tell of grades: only where there are any."""
        run = self._run
        if not any(decision.kind == "grade" for decision in self.decisions):
            return empty({"incident": pl.String(), "origin": pl.String()})
        if not self._grades:
            return run.incidents.brief
        ranked = ranked_incidents(run.rulings.findings, DESCRIBED)
        return run.incidents.described(ranked, run.reports, self.as_of)

    def _lost(self) -> tuple[str, ...]:
        """The ids of the incidents of which nothing is found any more."""
        assert self._found is not None
        was, self._names = self._names, self._found.table("names")["incident"]
        if self._found.lost is not None:
            return self._found.lost
        return tuple(was.filter(~was.is_in(self._names.implode())).sort().to_list())

    def _described(self, keys: pl.Series) -> Callable[[], pl.DataFrame]:
        """What is known of the incidents with some keys; of what was found of few it is made when it is asked for."""
        assert self._found is not None
        names, renewed, agreement = self._found.table("names"), self._found.renewed, self.agreement
        if renewed is not None:
            return lambda: _told_of(
                renewed.join(_first(names, keys), on="key", how="semi", maintain_order="left"), agreement
            )
        wanted = _first(names, keys)
        rows = self._kept.take(self._rows_of(wanted["key"]))
        reports = dataclasses.replace(self._run.reports, source=ReportTables([rows], self._context))
        members = self._run.incidents.described(wanted, reports, self.as_of)
        return lambda: _told_of(members, agreement)

    def _no_term(self) -> NoTerm:
        """The reports of which nothing was found."""
        assert self._found is not None
        return self._found.no_term(self._run.reports.batches())


def _first(names: pl.DataFrame, keys: pl.Series) -> pl.DataFrame:
    """The first of the incidents with some keys, by their ids."""
    return names.filter(pl.col("key").is_in(keys.implode())).sort("incident").head(_DESCRIBED)


def _told_of(members: pl.DataFrame, agreement: Agreement) -> pl.DataFrame:
    """What is known of the incidents of these reports."""
    return describe(members, happened(members, agreement), agreement.vocabulary)
