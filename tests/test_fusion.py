"""Fusion: which reports speak of the same event, how surely, and how many events there may have been."""

from __future__ import annotations

import copy
import csv
import dataclasses
import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.app.fuse import fuse_files
from servanda.app.verify import verify_files
from servanda.cli.main import main
from servanda.errors import EvidenceError
from servanda.incidents.fusion import cluster, linker
from servanda.incidents.fusion.blocking import Floats, Where, pairs_of
from servanda.incidents.fusion.columns import Columns
from servanda.incidents.fusion.linker import Fusion
from servanda.incidents.fusion.tables import FusionTables, ids, incident_tables
from tests.build import HEAD, ZONES, agreement, examples, instant, reports

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "bench"))
SHARED = ROOT.parent / "shared" / "data"
GPS, TOWN = {"precision_m": 300.0}, {"precision_m": 8_000.0, "lat": 48.04}


def fuse(*rows: dict[str, Any]) -> tuple[list[str], FusionTables]:
    """The incident of every report, in their order, and the tables."""
    fusion = Fusion()
    fusion.add(reports(*rows))
    return ids(fusion).to_list(), incident_tables(fusion)


def test_two_sources_of_one_strike_are_one_incident() -> None:
    found, tables = fuse(
        {"source": "Post 1", **GPS}, {"source": "Post 2", "lat": 48.002, "start": instant("03-20 12:20"), **GPS}
    )
    assert found[0] == found[1]
    assert tables.incidents.select("reports", "sources").rows() == [(2, 2)]
    assert tables.members["probability"].min() > 0.9
    assert "with R1 of Post 2: 0.2 km and 0.3 h apart" in tables.members["because"][0]


def test_a_town_centre_meets_a_fix_eight_kilometres_away_where_it_is_quiet() -> None:
    found, _ = fuse({"source": "Post 1", **GPS}, {"source": "Radio", **TOWN})
    assert found[0] == found[1]
    found, _ = fuse({"source": "Post 1", **GPS}, {"source": "Post 2", "lat": 48.04, **GPS})
    assert found[0] != found[1], "two fixes do not lie that far apart for one event"


def test_two_hits_on_one_station_a_day_apart_stay_two() -> None:
    rows = [
        {"source": f"S{n}", "start": instant(f"03-{day} 02:10"), "place_name": "Station", **GPS}
        for n, day in enumerate((20, 20, 21, 21))
    ]
    found, _ = fuse(*rows)
    assert found[0] == found[1] != found[2] == found[3]


def relayed(day: int, outlet: str, **more: Any) -> dict[str, Any]:
    """What a ministry said of a strike on a depot, as an outlet carries it with its date."""
    at = instant(f"03-{day} 02:10")
    said = {
        "origin": "Ministry",
        "side": "A",
        "kind": "claim",
        "start": at,
        "end": at,
        "place_name": "Terin",
        "target": "oil_depot",
    }
    return {"source": outlet, "precision_m": 3_000.0, **said, **more}


def test_a_relay_that_puts_a_strike_on_the_next_day_makes_no_second_strike() -> None:
    found, tables = fuse(relayed(20, "Ministry"), relayed(20, "Gazette"), relayed(21, "Echo"))
    assert len(set(found)) == 1
    assert any(
        "24.0 h apart" in because and "the same minute, another day" in because for because in tables.members["because"]
    )
    found, _ = fuse(
        relayed(20, "Gazette", known_at=instant("03-20 09:00")), relayed(22, "Echo", known_at=instant("03-20 12:00"))
    )
    assert found[0] == found[1], "the Echo wrote before the day of which it seems to tell"


@pytest.mark.parametrize(
    "other",
    [
        {"origin": "Governor"},
        {"start": instant("03-21 02:40"), "end": instant("03-21 02:40")},
        {"start": instant("03-22 02:10"), "end": instant("03-22 02:10")},
        {"quantity": 3.0},
        {"act": "mine_laying"},
        {"target": "hospital"},
        {"actor": "A"},
        {"place_name": "Orava"},
        {"lat": 48.5},
        {"side": "none", "kind": "observation"},
        {"stance": "denies"},
        {"source": "Gazette"},
    ],
    ids=" ".join,
)
def test_two_strikes_at_one_minute_of_two_days_are_parted_by_what_differs(other: dict[str, Any]) -> None:
    one = relayed(20, "Gazette", quantity=8.0, actor="B")
    assert len(set(fuse(one, relayed(21, "Echo", quantity=8.0, actor="B"))[0])) == 1
    found, _ = fuse(one, {**relayed(21, "Echo", quantity=8.0, actor="B"), **other})
    assert found[0] != found[1]


def test_a_full_hour_or_a_night_says_too_little_to_call_the_next_day_an_error() -> None:
    for start, end in (("02:00", "02:00"), ("01:00", "06:00")):
        found, _ = fuse(
            relayed(20, "Gazette", start=instant(f"03-20 {start}"), end=instant(f"03-20 {end}")),
            relayed(21, "Echo", start=instant(f"03-21 {start}"), end=instant(f"03-21 {end}")),
        )
        assert found[0] != found[1], start


def test_who_tells_both_days_tells_of_two_strikes() -> None:
    page = {"url": "a"}
    found, _ = fuse(
        relayed(20, "Ministry", **page), relayed(21, "Ministry", **page), relayed(20, "Gazette"), relayed(21, "Echo")
    )
    assert found[0] == found[2]
    assert found[1] == found[3]
    assert found[0] != found[1]


def test_a_source_reports_an_incident_once_unless_it_passes_on_what_two_others_said() -> None:
    one = {"source": "Post", **GPS}
    found, _ = fuse(one, {**one, "lat": 48.001})
    assert found[0] != found[1]
    found, _ = fuse({**one, "origin": "A ministry"}, {**one, "lat": 48.001, "origin": "B staff"})
    assert found[0] == found[1]
    found, _ = fuse(one, {**one, "lat": 48.001, "stance": "denies"})
    assert found[0] == found[1], "a denial speaks of the incident that is asserted"


def test_exact_repeats_are_one_whoever_carries_them() -> None:
    one = {"source": "Ministry", "origin": "Ministry"}
    found, tables = fuse(one, {**one, "source": "Wire"}, {**one, "source": "Paper"})
    assert len(set(found)) == 1
    assert set(tables.members["because"]) == {"says the same"}


def test_what_carries_an_id_keeps_it_and_others_may_join() -> None:
    near = {"lat": 48.001, **GPS}
    found, _ = fuse(
        {"source": "S1", "incident_id": "I1", **GPS}, {"source": "S2", "incident_id": "I2", **near}, {"source": "S3", "lat": 48.0001, **GPS},
        {"source": "S4", "incident_id": "I1", "lat": 49.5, **GPS},
    )  # fmt: skip
    assert (found[0], found[1], found[3]) == ("I1", "I2", "I1")
    assert found[2] in {"I1", "I2"}


def test_act_target_and_actor_tell_incidents_apart() -> None:
    one = {
        "source": "S1",
        "target": "substation",
        "actor": "A",
        "place_name": "Ivanivka",
        "lat": 48.0,
        "precision_m": 3_000.0,
    }
    for other in (
        {"act": "assault", "target": "military_position", "actor": "B"},
        {"place_name": "Petrivka", "target": "bridge", "act": "shelling"},
    ):
        found, _ = fuse(one, {**one, "source": "S2", "start": instant("03-20 15:00"), "lat": 48.03, **other})
        assert found[0] != found[1], other
    found, _ = fuse(one, {**one, "source": "S2", "start": instant("03-20 12:30"), "lat": 48.01})
    assert found[0] == found[1]


def test_a_report_without_a_place_or_with_an_odd_one_stands_alone() -> None:
    found, tables = fuse(
        {"source": "S1", "lat": None, "lon": None},
        {"source": "S2", **GPS},
        {"source": "S3", "lat": 89.99, "lon": 179.9, **GPS},
    )
    assert len(set(found)) == 3
    assert tables.total == (3, 3, 3) or tables.total[1] == 3


def test_on_a_busy_front_the_evidence_does_not_decide_and_that_is_said() -> None:
    from fusion_data import dense

    table = dense(5)
    fusion = Fusion()
    fusion.add(table.drop("truth"))
    tables = incident_tables(fusion)
    least, found, most = tables.total
    assert least < found < most
    assert least <= table["truth"].n_unique() <= most
    sure = tables.members.filter(pl.col("because") != "may belong here instead")["probability"]
    assert 0.2 < (sure < 0.9).mean() < 0.9, "much is open, and it is said of every report"
    assert (tables.members["because"] == "may belong here instead").sum() > 1_000


def test_a_probability_means_what_it_says() -> None:
    """Of the reports that belong to their incident with 0.7 to 0.9, some 0.7 to 0.9 truly do."""
    from fusion_data import dense

    table = dense(6)
    fusion = Fusion()
    fusion.add(table.drop("truth"))
    truth, best = table["truth"].to_numpy(), fusion.best
    joined = np.flatnonzero(best >= 0)
    right = truth[joined] == truth[best[joined]]
    own = fusion.own[joined]
    for low, high in ((0.5, 0.7), (0.7, 0.9), (0.9, 1.0)):
        part = (own >= low) & (own < high)
        assert part.sum() > 300
        assert low - 0.15 < right[part].mean() < high + 0.1


def test_an_incident_keeps_its_name_as_more_becomes_known() -> None:
    first = reports({"source": "S1", "known_at": instant("03-20 13:00"), **GPS})
    more = reports(
        {"source": "S2", "lat": 48.001, "known_at": instant("03-21"), **GPS},
        {"source": "S3", "lat": 47.999, "known_at": instant("03-22"), **GPS},
    )
    fusion = Fusion()
    fusion.add(first)
    (name,) = ids(fusion).to_list()
    fusion.add(more)
    assert ids(fusion).to_list() == [name] * 3


@pytest.mark.parametrize("turn", range(6))
def test_repeats_among_equals_count_the_same_whoever_comes_first(turn: int) -> None:
    once = [
        {
            "source": "S1",
            "lat": 48.0,
            "lon": 37.0,
            "start": instant("03-20 00:17"),
            "end": instant("03-20 00:17"),
            "precision_m": 200.0,
            "act": "shelling",
        }
    ] * 11
    denial = [
        {
            "source": "S2",
            "lat": 48 + 8 / 60,
            "lon": 37 + 8 / 60,
            "start": instant("03-20 09:17"),
            "end": instant("03-20 18:17"),
            "precision_m": 2000.0,
            "act": "shelling",
            "stance": "denies",
        }
    ] * 2
    vague = [
        {
            "source": "S1",
            "lat": 48 + 5 / 60,
            "lon": 37 + 4 / 60,
            "start": instant("03-20 18:17"),
            "end": instant("03-20 18:17"),
            "precision_m": 9000.0,
            "act": "missile",
        }
    ]
    table = reports(*once[:1], *denial, *once[1:], *vague)
    whole, other = Fusion(), Fusion()
    whole.add(table)
    other.add(table[[*range(turn * 2, table.height), *range(turn * 2)]])
    assert incident_tables(whole).counts.equals(incident_tables(other).counts)
    assert incident_tables(whole).total == incident_tables(other).total


def partition(fusion: Fusion) -> set[tuple[str, ...]]:
    groups = defaultdict(list)
    for ident, name in zip(pl.concat(fusion.tables)["report_id"].to_list(), ids(fusion).to_list(), strict=True):
        groups[name].append(ident)
    return {(name, *sorted(members)) for name, members in groups.items()}


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["S1", "S2", "S3"]), st.integers(0, 12), st.integers(0, 12), st.integers(0, 30),
            st.sampled_from([200.0, 2_000.0, 9_000.0, 60_000.0]), st.sampled_from(["shelling", "missile", "attack"]),
            st.sampled_from([None, "I1", None, None]), st.sampled_from(["asserts", "asserts", "denies"]), st.sampled_from([0, 0, 9]),
            st.sampled_from([None, None, "Ministry"]),
        ),
        min_size=2, max_size=26,
    ),
    st.randoms(use_true_random=False),
    st.integers(1, 4),
)  # fmt: skip
@examples(60)
def test_any_order_and_any_portions_give_the_same_incidents_with_the_same_ids(rows, chance, portions: int) -> None:
    table = reports(
        *[
            {"source": s, "lat": 48 + y / 60, "lon": 37 + x / 60, "start": instant(f"03-{20 + t // 24} {t % 24:02d}:17"),
             "end": instant(f"03-{20 + (t + long) // 24} {(t + long) % 24:02d}:17"), "precision_m": r, "act": act, "incident_id": name, "stance": stance,
             **({"origin": origin, "side": "A", "kind": "claim"} if origin else {})}
            for s, x, y, t, r, act, name, stance, long, origin in rows
        ]
    )  # fmt: skip
    whole = Fusion()
    whole.add(table)
    order = list(range(table.height))
    chance.shuffle(order)
    moved = table[order].with_columns(row=pl.int_range(pl.len()))  # as in a file whose lines were shuffled
    bits = Fusion()
    for n in range(portions):
        bits.add(moved[n::portions])
    assert partition(bits) == partition(whole)
    tables, other = incident_tables(whole), incident_tables(bits)
    assert tables.incidents.equals(other.incidents)
    assert tables.counts.equals(other.counts)
    assert tables.total == other.total
    assert tables.members.drop("row").equals(other.members.drop("row"))
    mine = tables.members.filter(pl.col("because") != "may belong here instead")
    assert sorted(mine["report_id"].to_list()) == sorted(table["report_id"].to_list()), "no report is lost"
    assert (
        (tables.counts["least"] <= tables.counts["incidents"]) & (tables.counts["incidents"] <= tables.counts["most"])
    ).all()
    shares = tables.members.group_by("report_id").agg(pl.col("probability").sum())["probability"]
    assert shares.max() <= 1.001
    once = table.with_columns(g=pl.Series(ids(whole))).filter(
        (pl.col("stance") == "asserts") & pl.col("incident_id").is_null()
    )
    assert once.unique(["g", "source", "origin", "start", "end", "lat", "lon", "act", "precision_m"]).group_by(
        "g", "source", "origin"
    ).len()["len"].max() in (None, 1)


def test_decisions_take_a_fused_incident_apart_and_put_others_together(tmp_path: Path) -> None:
    names = ["report_id", "source", "side", "start", "lat", "lon", "precision_km", "act", "actor"]
    rows = [["R1", "S1", "none", "2025-03-20T12:00Z", 48, 37, 0.3, "missile", "B"], ["R2", "S2", "none", "2025-03-20T12:10Z", 48.001, 37, 0.3, "missile", "B"],
            ["R3", "S3", "none", "2025-03-20T12:00Z", 48.3, 37, 0.3, "missile", "B"]]  # fmt: skip
    with (tmp_path / "r.csv").open("w", newline="") as file:
        csv.writer(file).writerows([names, *rows])
    before, *_ = fuse_files([tmp_path / "r.csv"])
    by = {r["report_id"]: r["incident_id"] for r in before.members.iter_rows(named=True)}
    assert by["R1"] == by["R2"] != by["R3"]
    (tmp_path / "d.yaml").write_text(
        f"decisions:\n  - {{split: {by['R1']}, into: {{one: [R1], two: [R2]}}, by: Chair, at: 2025-03-21, why: two craters}}\n"
        f"  - {{merge: [one, {by['R3']}], into: one, by: Chair, at: 2025-03-22, why: same salvo}}\n"
    )
    after, *_ = fuse_files([tmp_path / "r.csv", tmp_path / "d.yaml"])
    assert {r["report_id"]: r["incident_id"] for r in after.members.iter_rows(named=True)} == {
        "R1": "one",
        "R2": "two",
        "R3": "one",
    }


def test_reports_without_an_id_are_fused_before_they_are_judged_unless_that_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = HEAD + ZONES + "terms:\n  fire:\n    text: No strikes\n    forbid: {act: strike, in: disc}\n"
    agreement(tmp_path, text)
    with (tmp_path / "r.csv").open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(
            ["report_id", "source", "side", "kind", "start", "lat", "lon", "precision_km", "act", "actor", "known_at"]
        )
        for n, known in enumerate(("2025-03-21", "2025-03-25")):
            out.writerow(
                [
                    f"R{n}",
                    f"Post {n}",
                    "none",
                    "observation",
                    f"2025-03-20T12:0{n}Z",
                    48 + n / 1000,
                    37,
                    0.3,
                    "missile",
                    "B",
                    known,
                ]
            )

    def word(**options: Any) -> str:
        run = verify_files(tmp_path / "agreement.yaml", [tmp_path / "r.csv"], **options)
        return next(v.verdict for v in run.verdicts if v.party == "B")

    assert word(fuse=False) == "undetermined"
    assert word() == "breached", "two origins without a side speak of one incident"
    assert word(as_of=instant("03-23")) == "undetermined", "the second was not known then"
    assert word(as_of=instant("03-01")) == word(fuse=False, as_of=instant("03-01"))
    command = ["verify", str(tmp_path / "agreement.yaml"), str(tmp_path / "r.csv")]
    for more, told in (([], True), (["--fuse"], True), (["--no-fuse"], False)):
        assert main([*command, *more]) == 0
        assert ("2 reports without an incident id: 1 incident of their own\n" in capsys.readouterr().out) == told
    (tmp_path / "r.csv").write_text("report_id,source,start,act\n1,a,yesterday,missile\n", encoding="utf-8")
    assert word() == word(fuse=False), "no report can be read"
    (tmp_path / "r.csv").write_text("figure_id,claimant,count,unit,start,end\n", encoding="utf-8")
    assert word() == word(fuse=False), "there is no table of reports"


def test_the_command_writes_its_tables_and_says_how_many(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = ROOT / "cases" / "energy-truce-2025"
    assert (
        main(
            [
                "fuse",
                str(case / "evidence" / "reports.csv"),
                "--agreement",
                str(case / "agreement.yaml"),
                "--out",
                str(tmp_path),
            ]
        )
        == 0
    )
    told = capsys.readouterr().out
    assert told.startswith("328 reports, ")
    assert " incidents; " in told
    assert {p.name for p in tmp_path.iterdir()} == {
        "incidents.csv",
        "incidents.parquet",
        "incidents.geojson",
        "members.csv",
        "counts.csv",
        "quarantine.csv",
        "lineage.csv",
        "origins.csv",
        "disagreements.csv",
        "strays.csv",
        "grades.csv",
    }
    members = list(csv.DictReader((tmp_path / "members.csv").read_text().splitlines()))
    assert list(members[0])[:3] == ["report_id", "incident_id", "probability"]
    shapes = json.loads((tmp_path / "incidents.geojson").read_text())
    assert {f["id"] for f in shapes["features"]} == {
        m["incident_id"] for m in members if m["because"] != "may belong here instead"
    }
    assert main(["fuse", str(case / "evidence" / "nothing.csv")]) == 2


def test_generated_reports_are_fused_as_well_as_is_asked() -> None:
    from fusion_data import dense, pairwise, sparse

    for made, least in ((sparse, 0.85), (dense, 0.5)):
        inside = 0
        for seed in (11, 12):
            table = made(seed)
            fusion = Fusion()
            fusion.add(table.drop("truth"))
            assert pairwise(fusion.group, table["truth"].to_numpy())[2] >= least
            low, _, high = incident_tables(fusion).total
            inside += low <= table["truth"].n_unique() <= high
        assert inside == 2


@pytest.mark.skipif(not (SHARED / "truces-2025").exists(), reason="the hand-coded reports are not here")
def test_the_hand_coded_truces_are_fused_without_their_ids() -> None:
    from fusion_data import pairwise
    from servanda.agreement import read_agreement
    from servanda.app.context import context_of
    from servanda.evidence import read_evidence

    context = context_of(read_agreement(ROOT / "cases" / "energy-truce-2025" / "agreement.yaml"))
    table = pl.concat(list(read_evidence([SHARED / "truces-2025" / "reports.csv"], context).batches())).with_columns(
        incident_id=pl.lit(None, dtype=pl.String)
    )
    fusion = Fusion()
    fusion.add(table)
    truth = pl.read_csv(SHARED / "truces-2025" / "report_incident.csv")
    both = table.select("report_id", found=pl.Series(fusion.group)).join(truth, on="report_id")
    assert both.height > 200
    assert pairwise(both["found"].to_numpy(), both["incident_id"].to_numpy())[2] >= 0.95
    assert np.isfinite(fusion.own).all()


@pytest.mark.parametrize("latitude", [0.0, 50.0, 80.0])
def test_the_180th_meridian_parts_no_event(latitude: float) -> None:
    rng = np.random.default_rng(7)
    n = 150
    lat, east = latitude + rng.normal(0, 0.3, n), 180 + rng.normal(0, 0.6, n)
    radius, start = rng.choice([0.5, 3.0, 20.0, 60.0], n), rng.uniform(0, 24, n)
    end = start + rng.choice([0.0, 1.0, 6.0], n)

    def found(lon: Floats) -> list[tuple[int, int]]:
        where, numbers = Where(lat, lon, radius, start, end), np.arange(n)
        portions = list(pairs_of(where, numbers, 0, np.full(n, -1)))
        return sorted(pair for p in portions for pair in zip(p.i.tolist(), p.j.tolist(), strict=True))

    across = found(np.where(east > 180, east - 360, east))
    assert across == found(east - 180), "as many pairs as anywhere else, each once"
    assert len(across) > n


def test_without_fusion_too_what_one_page_says_in_two_rows_is_two_incidents(tmp_path: Path) -> None:
    text = agreement(tmp_path, HEAD + ZONES + "terms:\n  fire: {text: No fire, forbid: {act: shelling, in: disc}}\n")
    head = "report_id,source,origin,side,kind,reliability,url,start,lat,lon,act,actor\n"
    said = ",none,observation,A,{},2025-03-20T12:00Z,48,37,shelling,B\n"

    def incidents(*rows: str, **options: Any) -> list[int]:
        (tmp_path / "r.csv").write_text(head + "".join(rows), encoding="utf-8")
        found = verify_files(text, [tmp_path / "r.csv"], **options).findings
        return sorted(found.filter(pl.col("party") == "B")["reports"].to_list())

    page = [f"{n},Post,Post" + said.format("http://a.example/day") for n in (1, 2, 3)]
    relayed = [f"{n},Wire,Post" + said.format("http://b.example/list") for n in (7, 8)]
    assert incidents(*page) == incidents(*page, fuse=False) == [1, 1, 1]
    assert incidents(*page, *relayed, fuse=False) == [1, 2, 2]  # the wire repeats two of the three
    assert incidents(*relayed[::-1], *page[::-1], fuse=False) == [1, 2, 2]
    elsewhere = [f"{n},Wire,Post" + said.format(f"http://b.example/{n}") for n in (7, 8)]
    assert incidents(page[0], *elsewhere, fuse=False) == [3]  # three pages that say one thing
    assert incidents(*page, fuse=False, as_of=instant("03-01")) == []


def test_columns_that_grow_and_their_copies_do_not_write_into_each_other() -> None:
    def some(first: int, size: int) -> Columns:
        kinds = {f.name: getattr(Columns(), f.name).dtype for f in dataclasses.fields(Columns)}
        return Columns(**{name: np.arange(first, first + size).astype(kind) for name, kind in kinds.items()})

    one = some(0, 200)
    one.extend(some(200, 1))
    other = copy.copy(one)
    one.extend(some(201, 1))
    other.extend(some(900, 1))
    third = copy.copy(other)
    one.extend(some(202, 1), some(203, 1))
    third.extend(some(300, 2))
    other.extend(some(901, 150))
    assert one.lat.tolist() == list(range(204))
    assert one.cell.tolist() == list(range(204))
    assert other.lat.tolist() == [*range(201), 900, *range(901, 1051)]
    assert third.origin.tolist() == [*range(201), 900, 300, 301]


@examples(60)
@given(st.data())
def test_copies_of_columns_that_grow_and_go_each_keep_their_own(data: st.DataObject) -> None:
    kinds = {f.name: getattr(Columns(), f.name).dtype for f in dataclasses.fields(Columns)}

    def some(said: list[int]) -> Columns:
        return Columns(**{name: np.array(said).astype(kind) for name, kind in kinds.items()})

    first = [0] * data.draw(st.integers(0, 300))
    every = [(Columns(), list[int]())]
    every[0][0].extend(some(first))
    every[0][1].extend(first)
    for _ in range(data.draw(st.integers(1, 12))):
        one, said = every[n := data.draw(st.integers(0, len(every) - 1))]
        what = data.draw(st.sampled_from(("grow", "grow", "copy", "go")))
        if what == "grow":
            more = data.draw(st.lists(st.sampled_from((0, 1, -1, 200)), max_size=4))
            one.extend(some(more))
            said.extend(more)
        elif what == "copy":
            every.append((copy.copy(one), list(said)))
        elif len(every) > 1:
            del one, every[n]
        for columns, told in every:
            assert columns.lat.tolist() == columns.act.tolist() == columns.key.tolist() == told


@pytest.mark.parametrize("few", [1, 150])
def test_a_column_takes_the_room_of_what_it_says(few: int) -> None:
    def some(size: int, said: float) -> Columns:
        kinds = {f.name: getattr(Columns(), f.name).dtype for f in dataclasses.fields(Columns)}
        return Columns(**{name: np.full(size, said).astype(kind) for name, kind in kinds.items()})

    one = Columns()
    one.extend(some(100, 1), some(100, 1))
    one.extend(some(few, 1))
    assert one.act.tolist() == one.lat.tolist() == [1] * (200 + few)
    assert one.act.strides == one.lat.strides == (0,)
    one.extend(some(few, -1))
    assert one.act.dtype == np.int8
    one.extend(some(few, 200), some(few, 70_000))
    other = copy.copy(one)
    other.extend(some(few, 0))
    one.extend(some(few, 3))
    said = [*[1] * (200 + few), *[-1] * few, *[200] * few, *[70_000] * few]
    assert one.act.tolist() == one.lat.tolist() == one.key.tolist() == [*said, *[3] * few]
    assert other.act.tolist() == other.lat.tolist() == [*said, *[0] * few]
    back = Columns.again(pl.DataFrame(other.saved()))
    assert back.act.tolist() == other.act.tolist()


def test_more_pairs_than_the_machine_holds_are_refused_with_their_place_and_day(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of 16,000 reports of one minute, each of a source of its own, the pairs took the memory of the whole machine."""
    crowd = reports(*({"source": f"Post {n}", **GPS} for n in range(10)))
    monkeypatch.setattr(linker, "most_pairs", lambda: 45)
    Fusion().add(crowd)
    monkeypatch.setattr(linker, "most_pairs", lambda: 44)
    with pytest.raises(EvidenceError, match=r"EVD041: more than .* around 48\.00, 37\.00 on 2025-03-20"):
        Fusion().add(crowd)


def test_pairs_are_weighed_a_few_at_a_time_with_the_same_result(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"source": f"Post {n % 13}", "start": instant(f"03-20 12:{n * 7 % 60:02}"), **GPS} for n in range(40)]
    whole, pieces = Fusion(), Fusion()
    whole.add(reports(*rows))
    monkeypatch.setattr(cluster, "_AT_ONCE", 7)
    monkeypatch.setattr(cluster, "_IN_ORDER", 7)
    pieces.add(reports(*rows))
    for column in ("group", "own", "best", "part"):
        assert np.array_equal(getattr(whole, column), getattr(pieces, column)), column
    assert all(np.array_equal(one, other) for one, other in zip(whole.maybe, pieces.maybe, strict=True))
