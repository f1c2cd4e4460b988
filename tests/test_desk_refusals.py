"""What the desk refuses, and what it writes down: circles, times that cannot be, words that are too long, protected texts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

pytest.importorskip("django")
from servanda.desk.folder import Desk
from servanda.errors import RecordError
from servanda.record import File
from tests.desks import client, mission, take, way


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    yield mission(tmp_path_factory.mktemp("desk") / "m", reports=16)
    from django.db import connections

    connections.close_all()


def refused(
    desk: Desk, who: str, incident: str, step: str, by: str | None = None, why: str = "seen", **says: object
) -> str:
    from servanda.desk.decide import Refused

    with pytest.raises(Refused) as told:
        take(desk, who, incident, step, why=why, by=by, **says)
    return told.value.faults[0].what


def test_no_duplicate_is_one_of_a_duplicate(desk: Desk) -> None:
    from servanda.desk.decide import Click, Refused, decide

    take(desk, "p-duty", "I-1", "triaged", outcome="duplicate_of", of="I-2")
    assert "itself a duplicate, of I-2" in refused(desk, "p-duty", "I-2", "triaged", outcome="duplicate_of", of="I-1")
    double = {"step": "triaged", "outcome": "duplicate_of"}
    with pytest.raises(Refused, match="and the one that stays"):
        decide(desk, "p-duty", [Click("I-3", {**double, "of": "I-4"}, "x"), Click("I-4", {**double, "of": "I-3"}, "x")])
    for merge in (["I-5", "I-1"], ["I-1", "I-5"]):
        with pytest.raises(Refused, match="is a duplicate, of I-2"):
            decide(desk, "p-chief", [Click(merge[0], {"merge": merge, "into": merge[0]}, "one event")])


def test_an_attribution_names_whom_it_is_to_and_one_to_none_nobody(desk: Desk) -> None:
    way(desk, "I-16", upto="determined")
    for says in ({"outcome": "none", "of": "B"}, {"outcome": "party"}, {"outcome": "unit", "of": ""}):
        assert "names it" in refused(desk, "p-verification", "I-16", "attributed", **says)
    assert "is no party" in refused(desk, "p-verification", "I-16", "attributed", outcome="party", of="Bee")
    take(desk, "p-verification", "I-16", "attributed", outcome="none")


def test_nothing_is_determined_of_a_term_that_the_agreement_does_not_have_or_has_no_more(desk: Desk) -> None:
    way(desk, "I-14", upto="assessed")
    assert "no term 'ceasefire'" in refused(
        desk, "p-verification", "I-14", "determined", outcome="unsubstantiated", term="ceasefire"
    )
    take(desk, "p-verification", "I-14", "determined", outcome="unsubstantiated", term="fire")


def test_a_time_that_cannot_be_is_refused(desk: Desk) -> None:
    now = datetime.now(UTC)
    take(desk, "p-duty", "I-6", "triaged", outcome="in_scope")
    assert "due before" in refused(desk, "p-operations", "I-6", "tasked", team="2", due=now - timedelta(hours=1))
    way(desk, "I-7", upto="assessed")
    assert "180 days" in refused(desk, "p-legal", "I-7", "right_of_reply", of="B", until=now + timedelta(days=900))
    take(desk, "p-legal", "I-7", "right_of_reply", of="B", until=now + timedelta(days=3))
    assert "not asked" in refused(desk, "p-legal", "I-7", "replied", by="A")
    page, said = (
        client("duty"),
        {"source": "Post 5", "act": "shelling", "summary": "heard", "kind": "observation", "side": "none"},
    )
    for known in ("2025-03-19T01:00", "2099-01-01T00:00"):
        answer = page.post("/entry/", {**said, "start": "2025-03-20T05:00", "known_at": known, "nonce": known})
        assert answer.status_code == 409
        assert "was known before it happened" in answer.content.decode()


def test_nothing_is_cut_in_silence(desk: Desk) -> None:
    from servanda.desk.models import Decided, Incident

    assert "4,001 characters; 4,000" in refused(desk, "p-duty", "I-8", "triaged", why="x" * 4001, outcome="in_scope")
    take(desk, "p-duty", "I-8", "triaged", why="x" * 4000, outcome="in_scope")
    assert "'team' has 201" in refused(desk, "p-operations", "I-8", "tasked", team="t" * 201)
    row = Incident.objects.get(pk="I-9")
    said = {"step": "triaged", "outcome": "in_scope", "why": "y" * 4001, "seen": row.version, "after": row.last}
    assert client("duty").post("/step/I-9", said).status_code == 409
    assert not Decided.objects.filter(incident="I-9").exists()
    words = {
        "source": "Post 6",
        "act": "shelling",
        "summary": "z" * 4001,
        "start": "2025-03-20T05:00",
        "kind": "claim",
        "side": "none",
    }
    assert client("duty").post("/entry/", {**words, "nonce": "n"}).status_code == 409


def of_somebody_protected(desk: Desk) -> str:
    """The incident that a protected source tells of."""
    from servanda.desk import models
    from servanda.desk.decide import report

    told = {"source": "Neighbour Ivanka", "act": "shelling", "kind": "observation", "side": "none"}
    told |= {"start": "2025-03-21T04:44+02:00", "summary": "from a cellar"}
    return report(desk, models.Person.objects.get(pk="p-duty"), told, "n1", protect=[told["source"]])


def test_wherever_a_protected_text_is_handed_out_it_is_written_down(desk: Desk) -> None:
    from servanda.desk import models

    incident = of_somebody_protected(desk)
    page, read = client("legal"), models.WasRead.objects.filter(incident=incident, login="legal")
    asked = (
        (page.post, f"/step/{incident}", {"step": "dance"}),
        (page.get, f"/twins/{incident}", {}),
        (page.get, f"/panel/{incident}", {}),
    )
    for ask, path, said in asked:
        before = read.count()
        ask(path, said)
        assert read.count() == before + 1, path
    assert "from a cellar" not in page.get("/queue/?view=all").content.decode()


def test_verdicts_that_are_signed_twice_at_once_are_one_entry(desk: Desk) -> None:
    from servanda.app.record import verify_record
    from servanda.desk import models
    from servanda.desk.standing import publish
    from servanda.store import RecordStore

    runs = [verify_record(RecordStore(desk.record()), agreement="agreement.yaml") for _ in range(2)]
    assert len({publish(desk, run) for run in runs}) == 1
    assert models.Published.objects.count() == 1
    take(desk, "p-duty", "I-10", "triaged", outcome="in_scope")
    publish(desk, verify_record(RecordStore(desk.record()), agreement="agreement.yaml"))
    assert models.Published.objects.count() == 2


def test_a_pdf_is_taken_with_the_texts_that_it_was_made_of_and_not_where_these_name_somebody(desk: Desk) -> None:
    of_somebody_protected(desk)
    record = desk.record()
    pdf = b"%PDF-1.7\n" + bytes(range(256)) * 4

    def of(words: str, n: int) -> list[File]:
        return [
            File(f"r{n}/a.txt", "attachment", words.encode()),
            File(f"r{n}/a.pdf", "attachment", pdf, made_of=(f"r{n}/a.txt",)),
        ]

    assert record.vault.identities(), "somebody is protected"
    added = record.add(of("two incidents were confirmed", 1), desk.signer)
    assert [a.searched for a in added] == [True, False]
    for files in (of("Neighbour Ivanka said so", 2), [File("b.pdf", "attachment", pdf)], of("fine", 3)[1:]):
        with pytest.raises(RecordError) as told:
            record.add(files, desk.signer)
        assert [fault.code for fault in told.value.faults] == ["REC040"]
