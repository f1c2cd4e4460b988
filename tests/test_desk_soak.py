"""A small run of ``make soak-desk``: people who are killed while they work have lost nothing that was acknowledged."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("django")
from tests.desk_soak import soak
from tests.desks import mission


def test_nothing_acknowledged_is_lost_when_people_are_killed_at_work(tmp_path: Path) -> None:
    desk = mission(tmp_path / "m", reports=12)
    told = soak(desk.folder, rounds=2, seconds=1.0)
    assert len(told) >= 2
    from django.db import connections

    connections.close_all()
