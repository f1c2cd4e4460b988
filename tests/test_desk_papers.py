"""Mission reports that travel: none tells where and when a protected source was, no package holds one, and no name of an entry tells to whom a letter went."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

pytest.importorskip("django")

from servanda.desk.folder import Desk
from tests.desks import hour_that_no_clock_shows, mission, take

HOUR = hour_that_no_clock_shows()
TOLD = {"source": "Zelda Quark", "act": "shelling", "kind": "observation", "side": "none", "actor": "B"}
TOLD |= {"stance": "asserts", "start": f"2025-03-21T{HOUR}+02:00", "known_at": "2025-03-21T17:00+02:00"}
TOLD |= {
    "lat": "48.0123",
    "lon": "37.0456",
    "precision_km": "0.2",
    "place_name": "Old Mole",
    "summary": "from a cellar",
}
SECRET = ("48.0123", "37.0456", "Old Mole", HOUR, "cellar", "protected-")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    yield mission(tmp_path_factory.mktemp("papers") / "desk", reports=2)
    from django.db import connections

    connections.close_all()


@pytest.fixture(scope="module")
def incident(desk: Desk) -> str:
    """An incident of which a protected source tells, and to which a party may answer."""
    from servanda.desk import models
    from servanda.desk.decide import report

    made = report(desk, models.Person.objects.get(pk="p-duty"), TOLD, "n1", protect=[TOLD["source"]])
    until = datetime.now(UTC) + timedelta(days=5)
    take(desk, "p-duty", made, "triaged", outcome="in_scope")
    take(desk, "p-verification", made, "assessed", method="visit")
    take(desk, "p-legal", made, "right_of_reply", of="B", until=until)
    return made


def drafted(desk: Desk, kind: str, **asked: str):  # type: ignore[no-untyped-def]
    from servanda.desk import papers
    from servanda.desk.projection import head

    return papers.draft(desk, head(), "p-verification", {"kind": kind, "language": "en", **asked})


@pytest.mark.parametrize("kind", ["spot", "sincrep", "violation", "letter", "daily", "handover"])
def test_no_paper_tells_where_and_when_a_protected_source_was(desk: Desk, incident: str, kind: str) -> None:
    about = {"daily": {"date": "2025-03-21"}, "handover": {"date": "2025-03-21"}, "letter": {"to": "B"}}.get(kind, {})
    about |= {} if kind in ("daily", "handover") else {"incident": incident}
    paper = drafted(desk, kind, **about)
    said = [bytes(f.data).decode() for f in paper.files.all() if f.name.endswith((".txt", ".html", ".json", ".csv"))]
    assert "protected source" in paper.text
    assert [word for text in said for word in SECRET if word in text] == []


def test_a_letter_tells_how_many_saw_it_and_names_no_post(desk: Desk) -> None:
    take(desk, "p-duty", "I-1", "triaged", outcome="in_scope")
    take(desk, "p-verification", "I-1", "assessed", method="visit")
    take(desk, "p-legal", "I-1", "right_of_reply", of="B", until=datetime.now(UTC) + timedelta(days=5))
    letter = drafted(desk, "letter", to="B", incident="I-1")
    assert "Observed by: 1 source." in " ".join(letter.text.split())
    assert "Post 1" not in "".join(bytes(f.data).decode() for f in letter.files.all() if f.name.endswith(".json"))
    assert "Observed by: Post 1." in " ".join(drafted(desk, "spot", incident="I-1").text.split())


def test_what_the_chief_signs_is_in_no_package_and_its_name_tells_nobody_whom_it_is_about(
    desk: Desk, incident: str
) -> None:
    from servanda.desk import given, models, papers
    from servanda.record.vault import OBJECT_SALT

    people = {p.pk: p for p in models.Person.objects.all()}
    before = desk.record().log.head.size
    spot = drafted(desk, "spot", incident=incident)
    for paper in (spot, drafted(desk, "letter", to="B", incident=incident), drafted(desk, "daily", date="2025-03-21")):
        papers.act(desk, paper, people["p-legal"], "review")
        paper.refresh_from_db()
        papers.act(desk, paper, people["p-chief"], "publish")
        paper.refresh_from_db()
        assert papers.recorded(desk, paper).count() == paper.files.count()
    names = list(models.Entry.objects.filter(index__gte=before).values_list("name", flat=True))
    assert [n for n in names if "letter" in n or "spot" in n or incident in n or "-B-" in n] == []
    assert sum("daily-2025-03-21" in n for n in names) > 3
    held = {bytes(f.data) for f in models.PaperFile.objects.filter(paper__state="published")}
    for tier in ("guarantors", "public"):  # the record of this mission names no parties
        for one in given.make(desk, tier):
            package = json.loads(given.path_of(desk, one.digest).read_bytes())
            shown = {base64.b64decode(data)[OBJECT_SALT:] for data in package["objects"].values()}
            assert any(b"quay" in data for data in shown)
            assert not held & shown
    assert papers.allowed(spot, people["p-duty"]) == ("correct",)
