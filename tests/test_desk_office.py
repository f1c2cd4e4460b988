"""In whose name a mission decides: where the agreement names bodies, nothing is decided that would count for nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

pytest.importorskip("django")

from servanda.desk.folder import Desk
from servanda.errors import ServandaError
from tests.desks import AGREEMENT, client, mission, take


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A mission whose agreement has a joint commission decide, and whose register names no body."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "tests.desks.AGREEMENT", AGREEMENT.replace("bodies: {M: Mission}", "bodies: {JC: Joint commission}")
        )
        yield mission(tmp_path_factory.mktemp("office") / "desk")
    from django.db import connections

    connections.close_all()


def test_nothing_is_decided_in_a_name_that_the_agreement_does_not_know(desk: Desk) -> None:
    from servanda.desk import models
    from servanda.desk.doctor import examine
    from servanda.desk.setup import decide_as, give_office

    with pytest.raises(
        ServandaError, match="only Joint commission decides: what this desk decides in the name of Mission"
    ):
        take(desk, "p-duty", "I-1", "triaged", outcome="in_scope")
    assert models.Decided.objects.count() == 0
    assert any(not holds and "in the name of Mission" in what for holds, what in examine(desk))
    page = client("administrator").get("/admin/").content.decode()
    assert "would count for nothing" in page
    give_office(desk, "p-20", "Boris Borskij", "party:B", "party")
    assert "Liaison officer of a party: B" in client("administrator").get("/admin/").content.decode()
    assert "<option>Joint commission</option>" in page
    for wrong in ("Mission", "Aldova", "A"):
        with pytest.raises(ServandaError):
            decide_as(desk, wrong)
    assert client("administrator").post("/admin/", {"decides": "Joint commission"}).status_code == 302
    take(desk, "p-duty", "I-1", "triaged", outcome="in_scope")
    assert models.Incident.objects.get(pk="I-1").state == "in_scope"
    assert all(holds for holds, what in examine(desk) if "in the name of" in what)
    assert "would count for nothing" not in client("administrator").get("/admin/").content.decode()
