"""The route of a mission: the bodies that a determination passes before the chief signs it, as pages and record have it."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("django")
from tests.desks import client, mission, snapshot, way


def test_a_determination_goes_to_the_bodies_of_the_missions_file_before_it_is_signed(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    desk = mission(tmp_path_factory.mktemp("route") / "m", reports=2)
    from servanda.desk import decide, models
    from servanda.desk.projection import rebuild

    way(desk, "I-1", "attributed")
    admin, chief, legal = client("administrator"), client("chief"), client("legal")
    assert admin.post("/admin/", {"route": "Joint commission = cook"}).status_code == 409
    assert admin.post("/admin/", {"route": "Joint commission = legal"}).status_code == 302
    assert "Joint commission = legal" in admin.get("/admin/").content.decode()
    assert chief.post("/admin/", {"route": ""}).status_code == 404

    def click(page: Any, **says: str) -> Any:
        row = models.Incident.objects.get(pk="I-1")
        form = {"why": "read", "seen": row.version, "after": row.last, "back": "/case/I-1"}
        return page.post("/step/I-1", form | says)

    assert "Joint commission has not endorsed it yet" in chief.get("/sign/").content.decode()
    assert click(chief, step="signed", outcome="agreed").status_code == 409
    assert "For Joint commission" in legal.get("/case/I-1").content.decode()
    assert click(legal, step="endorsed", outcome="agreed").status_code in (200, 302)
    assert models.Decided.objects.get(step="endorsed").says["of"] == "Joint commission"
    assert click(chief, step="signed", outcome="agreed").status_code in (200, 302)
    assert models.Incident.objects.get(pk="I-1").state == "signed"
    assert decide.steps_now(desk, "p-legal", "I-1")["dissent"] == ""
    before = snapshot()
    rebuild(desk.record())
    assert snapshot() == before
