"""The tab of a case that says who could have seen it: who was surely looking first, who was shut out, and silence that says nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import shapely

pytest.importorskip("django")
from servanda.coverage import Coverage, Gap, Watch
from servanda.values.time import Interval
from tests.desks import client, mission

DAY = datetime(2025, 3, 19, tzinfo=UTC)


@pytest.fixture(scope="module", autouse=True)
def desk(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return mission(tmp_path_factory.mktemp("lookers") / "m", reports=1)


def box(lon: float, half: float) -> Any:
    return shapely.box(lon - half, 48.0 - half, lon + half, 48.0 + half)


def watch(
    who: str, where: Any, hours: tuple[int, int], *, acts: str = "shelling mortar_fire", chance: float = 0.9
) -> Watch:
    times = (Interval(DAY + timedelta(hours=hours[0]), DAY + timedelta(hours=hours[1])),)
    return Watch(who, who, "post", frozenset(acts.split()), f"around {who}", where, times, chance)


def asked(coverage: Coverage) -> Any:
    from servanda.desk import models
    from servanda.desk.lookers import who_could_have_seen

    reports = list(models.Report.objects.filter(incident="I-1"))  # at 04:01 UTC, within a kilometre of 48 N, 37.01 E
    return who_could_have_seen(coverage, frozenset({"shelling", "mortar_fire"}), reports)


def test_who_was_surely_looking_stands_first_and_who_was_not_there_or_not_then_stands_nowhere() -> None:
    wide, edge, elsewhere = box(37.01, 0.2), box(37.2, 0.1885), box(38.0, 0.2)
    watches = (
        watch("Edge", edge, (0, 24)),
        watch("Asleep", wide, (5, 24)),
        watch("Drums", wide, (0, 24), acts="drumming"),
        watch("Mortars", wide, (0, 24), acts="mortar_fire"),
        watch("Tower", wide, (0, 24)),
        watch("Afar", elsewhere, (0, 24)),
    )
    seen = asked(Coverage(watches))
    assert [(w.who, w.looks_for, w.place, w.time) for w in seen.lookers] == [
        ("Tower", "all", "all", "all"),
        ("Edge", "all", "some", "all"),
        ("Mortars", "some", "all", "all"),
        ("Drums", None, "all", "all"),
    ]


def test_who_was_shut_out_is_told_beside_the_watch_and_alone() -> None:
    wide = box(37.01, 0.2)
    gap = Gap(
        "denial", frozenset({"Tower"}), "the quay", wide, (Interval(DAY, None),), 1.0, by="Borska", reason="mines"
    )
    seen = asked(Coverage((watch("Tower", wide, (0, 24)),), (gap,)))
    assert seen.lookers[0].shut == ("denial: mines",)
    assert [(s.kind, s.by) for s in seen.shut] == [("denial", "Borska")]


def test_where_nobody_was_looking_the_page_says_that_silence_says_nothing() -> None:
    page = client("auditor").get("/case/I-1?tab=coverage").content.decode()
    assert "Silence says nothing" in page
    assert "Plan a patrol" not in page
    assert "Plan a patrol" in client("operations").get("/case/I-1?tab=coverage").content.decode()


def test_who_watches_across_the_180th_meridian_could_have_seen_what_lies_on_either_side() -> None:
    from servanda.desk import models
    from servanda.desk.explorer import Frame, layers
    from servanda.desk.lookers import who_could_have_seen

    island = Coverage((watch("Island", shapely.box(179.5, 47.5, 180.5, 48.5), (0, 24)),))
    for lon, where in ((-179.9, "all"), (179.9, "all"), (180.0, "all"), (-179.5, "some"), (-179.0, None)):
        report = models.Report(start=DAY + timedelta(hours=4), lat=48.0, lon=lon, precision_m=1000.0, said={})
        seen = who_could_have_seen(island, frozenset({"shelling"}), [report])
        assert [w.place for w in seen.lookers] == ([where] if where else []), lon
    (drawn,) = layers(island, Frame(), frozenset({"coverage"}), frozenset({"shelling"})).layers
    assert drawn[2].bounds == (-180.0, 47.5, 180.0, 48.5)
