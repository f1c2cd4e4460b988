"""Whose a watch is where a register tells, and that silence is evidence only where it was reported."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.coverage import Watch, only_reported
from servanda.engine import LocalEngine
from servanda.errors import CoverageError
from servanda.evidence import ReportTables
from servanda.evidence.model import Context, Source
from servanda.values.time import Duration, Interval, to_micros
from servanda.verdicts import Verification, verify
from tests.build import examples, instant, reports
from tests.test_coverage import CAMERA, SEEN, SHELL, looking, step, truce, verdict

MISSION = {"Mission": Source("Mission", "none")}


def registered(
    folder: Path, watch: dict[str, Any], sources: dict[str, Source], *rows: dict[str, Any], **actors: str
) -> Verification:
    text = truce(folder)
    names = {name.replace("_", " "): "B" for name in actors}
    levels = {name.replace("_", " "): level for name, level in actors.items()}
    context = Context(text.zone, text.actors, sources=sources, actors=names, levels=levels)
    return verify(
        text, ReportTables([reports(*rows)], context=context), looking(text, {**CAMERA, **watch}), engine=LocalEngine()
    )


@pytest.mark.parametrize("level", ["organ", "under_command", "controlled"])
def test_the_watch_of_a_party_s_organ_is_the_party_s_own(tmp_path: Path, level: str) -> None:
    found = registered(tmp_path, {"who": "Forest band"}, MISSION, Forest_band=level)
    assert (verdict(found, "A"), verdict(found, "B")) == ("complied", "undetermined")


def test_a_party_s_organ_shuts_its_party_s_door(tmp_path: Path) -> None:
    text = truce(tmp_path, "{tolerance: {share: 0.1}}")
    denial = {"watches": "all", "in": "depot", "from": "2025-03-20T10:00", "to": "2025-03-20T12:00", "by": "Band"}
    seen = looking(text, CAMERA, denials=[denial])
    for level, word in (("organ", "undetermined"), ("tolerated", "complied")):
        context = Context(text.zone, text.actors, sources=MISSION, actors={"Band": "B"}, levels={"Band": level})
        found = verify(text, ReportTables([reports()], context=context), seen, engine=LocalEngine())
        assert verdict(found, "B") == word


@pytest.mark.parametrize("level", ["tolerated", "unknown", "private"])
def test_the_watch_of_a_band_of_which_nobody_knows_whose_it_is_counts_for_nobody(tmp_path: Path, level: str) -> None:
    found = registered(tmp_path, {"who": "Forest band"}, MISSION, Forest_band=level)
    assert (verdict(found, "A"), verdict(found, "B")) == ("undetermined", "undetermined")


def test_a_watch_that_the_register_does_not_know_is_not_taken_to_be_without_a_side(tmp_path: Path) -> None:
    found = registered(tmp_path, {"who": "Border guard"}, MISSION)
    assert (verdict(found, "A"), verdict(found, "B")) == ("undetermined", "undetermined")
    assert "does not say whose watch this is: camera" in step(found, "A", "unheard")
    for sources in (MISSION, {**MISSION, "Border guard": Source("Border guard")}):
        said = registered(tmp_path, {"who": "Border guard", "side": "none"}, sources)
        assert (verdict(said, "A"), verdict(said, "B")) == ("complied", "complied")
    without = registered(tmp_path, {"who": "Border guard"}, {})
    assert verdict(without, "A") == "complied"


def test_a_party_s_watch_under_a_neutral_name_is_the_party_s(tmp_path: Path) -> None:
    found = registered(tmp_path, {"who": "Bland", "source": "Mission", "side": "none"}, MISSION)
    assert (verdict(found, "A"), verdict(found, "B")) == ("complied", "undetermined")


# -- silence must be reported ------------------------------------------------------------------------------------

NIL = {**SEEN, "origin": "Mission", "source": "Mission", "actor": None, "quantity": 0.0, "directness": 2}
DAILY = {"reports_every": "24 hours"}


def nil(day: int, **more: Any) -> dict[str, Any]:
    start = instant("03-17 22:00") + timedelta(days=day)
    return {**NIL, "report_id": f"N{day}{more}", "start": start, "end": start + timedelta(days=1), **more}


def test_a_period_of_which_nothing_came_was_not_watched(tmp_path: Path) -> None:
    days = [nil(n) for n in range(10)]
    assert verdict(registered(tmp_path, DAILY, MISSION, *days), "A") == "complied"
    found = registered(tmp_path, DAILY, MISSION, *days[:4], *days[5:])
    assert verdict(found, "A") == "undetermined"
    assert "of 10 periods nothing came of 1" in step(found, "A", "unheard")
    assert verdict(registered(tmp_path, DAILY, MISSION), "A") == "undetermined"
    assert verdict(registered(tmp_path, {}, MISSION), "A") == "complied"


def test_as_of_an_instant_no_period_that_lies_after_it_is_held_against_a_watch(tmp_path: Path) -> None:
    text, days = truce(tmp_path), [nil(n) for n in range(4)]
    days = [{**day, "known_at": day["end"]} for day in days]
    context = Context(text.zone, text.actors, sources=MISSION)
    seen = looking(text, {**CAMERA, **DAILY})

    def told(day: str) -> str:
        tables = ReportTables([reports(*days)], context=context)
        found = verify(text, tables, seen, engine=LocalEngine(), as_of=instant(day))
        return next((s.text for v in found.verdicts if v.party == "A" for s in v.steps if s.rule == "unheard"), "")

    assert not told("03-21 22:00")
    assert "of 5 periods nothing came of 1" in told("03-22 22:00")


@pytest.mark.parametrize(
    "other",
    [
        {"origin": "Aland", "source": "Aland", "side": "A"},  # another source
        {"source": "Bland", "directness": 0},  # somebody says that the mission said so
        {"act": "delivery"},  # it tells of what the watch does not look for
        {"lat": 49.5},  # it tells of another place
        {"stance": "retracts"},
    ],
)
def test_only_a_source_s_own_word_about_its_own_watch_shows_that_it_watched(
    tmp_path: Path, other: dict[str, Any]
) -> None:
    days = [nil(n) for n in range(10)]
    assert verdict(registered(tmp_path, DAILY, MISSION, *days[:9], nil(9, **other)), "A") == "undetermined"
    assert verdict(registered(tmp_path, DAILY, MISSION, *days[:9], nil(9, lat=None, lon=None)), "A") == "complied"


def test_a_report_of_an_act_shows_that_its_source_was_watching(tmp_path: Path) -> None:
    seen = {**SHELL, **{k: NIL[k] for k in ("origin", "source", "side", "kind")}, "reliability": "A", "directness": 2}
    act = {**seen, "report_id": "S", "start": instant("03-22 12:00")}
    days = [nil(n) for n in range(10) if n != 4]
    found = registered(tmp_path, DAILY, MISSION, *days, act)
    assert (verdict(found, "A"), verdict(found, "B")) == ("complied", "breached")


def test_a_time_between_reports_is_an_hour_or_more(tmp_path: Path) -> None:
    for wrong in ("5 minutes", "often", "0 days"):
        with pytest.raises(CoverageError) as told:
            looking(truce(tmp_path), {**CAMERA, "reports_every": wrong})
        assert told.value.faults[0].code == "COV020"


@examples(150)
@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20)), max_size=5),
    st.lists(st.tuples(st.integers(0, 50), st.integers(1, 12)), min_size=1, max_size=4),
    st.integers(1, 7),
)
def test_what_was_reported_equals_every_hour_asked(
    told: list[tuple[int, int]], looked: list[tuple[int, int]], every: int
) -> None:
    def at(hour: int) -> Any:
        return instant("03-20") + timedelta(hours=hour)

    free, times = 0, []
    for start, length in sorted(looked):
        if start >= free:
            times.append((start, start + length))
            free = start + length + 1
    spells = tuple(Interval(at(a), at(b)) for a, b in times)
    watch = Watch("w", "M", "m", frozenset({"x"}), "", None, spells, 0.9, reports_every=Duration(every, "hours"))
    kept = only_reported(
        watch, [(to_micros(at(a)), to_micros(at(a + more))) for a, more in told], instant("03-20").tzinfo
    )  # type: ignore[arg-type]
    for hour in range(70):
        period = times[0][0] + (hour - times[0][0]) // every * every
        heard = any(
            (a < period + every and a + more > period) or (more == 0 and period <= a < period + every)
            for a, more in told
        )
        looking_then = any(a <= hour < b for a, b in times)
        still = any(t.start <= at(hour) < t.end for t in kept.times)  # type: ignore[operator]
        assert still == (looking_then and heard)
