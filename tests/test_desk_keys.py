"""Keys of persons: what is somebody's own word is signed by him, and the record's checker tells by whom, without the desk."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("django")
from servanda.cli.main import main
from servanda.desk.folder import Desk
from servanda.record import Entry, Signer, make_key, verifier, vkey
from tests.desks import mission, way


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    yield mission(tmp_path_factory.mktemp("desk") / "m", reports=8)
    from django.db import connections

    connections.close_all()


@pytest.fixture(scope="module")
def chief(desk: Desk) -> Signer:
    key = make_key(desk.folder / "chief.key", "p-chief.mission.example/quay")
    assert main(["desk", "key", str(desk.folder), "p-chief", "--give", vkey(key.public())]) == 0
    return key


def last(desk: Desk, kind: str = "decisions") -> Entry:
    return [e for e in desk.record().statements() if e.kind == kind][-1]


def signed(desk: Desk, incident: str, *more: str) -> int:
    """Read the finding, and sign it, on the command line."""
    asked, read = ["desk", "decide", str(desk.folder), incident], desk.folder / "finding"
    assert main([*asked, "--as", "p-chief", "--finding", str(read)]) == 0
    return main([*asked, "signed", "--outcome", "agreed", "--as", "p-chief", "--why", "agreed", "--finding", str(read), *more])  # fmt: skip


def signed_once(desk: Desk) -> None:
    """``I-1``, signed by the chief's own key."""
    from servanda.desk.models import Incident

    if Incident.objects.get(pk="I-1").state != "signed":
        way(desk, "I-1", upto="attributed")
        assert signed(desk, "I-1", "--key", str(desk.folder / "chief.key")) == 0


def test_whoever_has_a_key_signs_with_it_and_with_no_other(
    desk: Desk, chief: Signer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from servanda.desk.models import Incident

    way(desk, "I-1", upto="attributed")
    assert signed(desk, "I-1") == 2
    assert "DSK017: this is your own word" in capsys.readouterr().err
    make_key(tmp_path / "other", "p-duty.mission.example/quay")
    assert signed(desk, "I-1", "--key", str(tmp_path / "other")) == 2
    assert "is not the key of p-chief" in capsys.readouterr().err
    assert signed(desk, "I-1", "--key", str(desk.folder / "chief.key")) == 0
    assert Incident.objects.get(pk="I-1").state == "signed"
    entry = last(desk)
    assert (entry.signer, entry.counts) == (chief.name, True)


def test_the_checker_alone_says_who_signed(desk: Desk, chief: Signer, tmp_path: Path) -> None:
    signed_once(desk)
    record = desk.record()
    alone = [
        sys.executable,
        "-I",
        verifier.__file__,
        "record",
        str(record.folder),
        "--policy",
        str(record.folder / "policy"),
    ]
    told = subprocess.run([*alone, "--unsettled"], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr + told.stdout
    assert chief.name in told.stdout


def test_a_key_that_was_taken_back_counts_no_more_and_what_it_signed_stays(desk: Desk, chief: Signer) -> None:
    from servanda.desk.models import Incident, Person
    from servanda.desk.projection import rebuild

    signed_once(desk)
    assert main(["desk", "key", str(desk.folder), "p-chief", "--take"]) == 0
    assert Person.objects.get(pk="p-chief").key == ""
    way(desk, "I-2")  # the mission's key signs for him again
    assert Incident.objects.get(pk="I-1").state == "signed"
    assert chief.name not in desk.record().gives()["decisions"]
    assert rebuild(desk.record())[0]


def test_a_key_is_named_after_its_person(desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = vkey(make_key(tmp_path / "k", "somebody.example").public())
    assert main(["desk", "key", str(desk.folder), "p-legal", "--give", key]) == 2
    assert "DSK017: the key is called somebody.example" in capsys.readouterr().err
    assert main(["desk", "key", str(desk.folder), "p-nobody", "--give", key]) == 2
    assert "DSK014" in capsys.readouterr().err


def test_an_office_that_is_given_back_is_on_the_record_again(desk: Desk) -> None:
    from servanda.desk.decide import change_register
    from servanda.desk.models import Person
    from servanda.desk.register import Person as Somebody

    for role in ("operations", "duty", "operations", "duty"):
        new = Somebody("p-duty", "Name of duty", role, "duty")
        change_register(desk, lambda register, new=new: register.with_person(new))
        assert Person.objects.get(pk="p-duty").role == role
