"""What counts for less than it says, told with the reason: hearsay, and observations that another carries."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import servanda
from servanda.app.context import context_of
from servanda.cli.main import main
from servanda.evidence import read_evidence
from servanda.evidence.hearsay import taken
from tests.build import HEAD, TERM, ZONES, agreement

HEADER = "report_id,source,origin,kind,start,act,target,actor,lat,lon,precision_km\n"
REGISTER = """sources:
  Mission: {side: none, reliability: A}
  Herald: {side: none, reliability: C}
  Bland Gazette: {side: B, reliability: B}
  Tabloid: {side: none, reliability: E}
  Ticker: {reliability: B}
  Echo: {side: none, relays: Mission}
"""
CARRIED = {
    "Mission": ("observation", None),
    "Echo": ("observation", None),
    "Herald": ("claim", "does not say that its carrier merely relays it"),
    "Bland Gazette": ("hearsay", "on the side of B, and its origin is not"),
    "Tabloid": ("hearsay", "graded E"),
    "Ticker": ("hearsay", "does not say on which side its carrier is"),
    "Nobody Knows": ("hearsay", "not in the register"),
}


def write(folder: Path, carriers: list[str]) -> list[str]:
    """An agreement, a register and one observation of the mission as each of the carriers has it; the arguments of a command."""
    row = "{n},{who},Mission,observation,2025-03-20T10:00Z,missile,substation,B,48.0,37.0,1\n"
    rows = "".join(row.format(n=n, who=who) for n, who in enumerate(carriers))
    for name, text in (("agreement.yaml", HEAD + ZONES + TERM), ("e.csv", HEADER + rows), ("s.yaml", REGISTER)):
        (folder / name).write_text(text)
    return ["verify", *(str(folder / name) for name in ("agreement.yaml", "e.csv", "s.yaml"))]


@pytest.mark.parametrize("carrier", CARRIED)
def test_each_row_says_what_it_is_taken_as_and_why(carrier: str, tmp_path: Path) -> None:
    write(tmp_path, [carrier])
    text = agreement(tmp_path, HEAD + ZONES + TERM)
    source = read_evidence([tmp_path / "e.csv", tmp_path / "s.yaml"], context_of(text))
    (row,) = taken(pl.concat(source.batches()), source.context.sources).to_dicts()
    as_what, why = CARRIED[carrier]
    assert row["taken_as"] == as_what
    assert (row["why"] is None) == (why is None)
    assert why is None or why in row["why"]


def test_steps_page_and_a_table_tell_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = write(tmp_path, ["Herald", "Tabloid", "Nobody Knows", "Nobody Knows"])
    assert main([*command, "--out", str(tmp_path / "out")]) == 0
    capsys.readouterr()
    verdicts = (tmp_path / "out" / "verdicts.json").read_text()
    assert "3 reports are taken as hearsay, which accuses and does nothing else: 2 carried by Nobody Knows" in verdicts
    assert "1 report is taken as claims" not in verdicts
    assert "1 report is taken as a claim: 1 carried by Herald" in verdicts
    page = (tmp_path / "out" / "report.html").read_text()
    assert "taken as hearsay: its carrier is graded E" in page
    table = pl.read_csv(tmp_path / "out" / "hearsay.csv")
    assert table["taken_as"].to_list() == ["claim", "hearsay", "hearsay", "hearsay"]
    files = (tmp_path / name for name in ("agreement.yaml", "e.csv", "s.yaml"))
    text, *evidence = files
    assert servanda.verify(text, evidence).hearsay["why"].to_list() == table["why"].to_list()


def test_hearsay_of_more_than_is_counted_says_so(tmp_path: Path) -> None:
    command = write(tmp_path, ["Mission", "Tabloid"])
    denial = "9,Tabloid,Mission,observation,2025-03-20T10:00Z,missile,substation,B,48.0,37.0,1,denies\n"
    rows = (tmp_path / "e.csv").read_text().replace("precision_km\n", "precision_km,stance\n").replace(",1\n", ",1,\n")
    for more, told in (("", False), (denial, True)):
        (tmp_path / "e.csv").write_text(rows + more)
        assert main([*command, "--out", str(tmp_path / "out")]) == 0
        verdicts = (tmp_path / "out" / "verdicts.json").read_text()
        assert "carried by Tabloid" in verdicts
        assert ("denials and reports of incidents that are not counted included" in verdicts) is told


def test_nothing_is_told_where_nothing_counts_for_less(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = write(tmp_path, ["Mission", "Echo"])
    assert main([*command, "--out", str(tmp_path / "out")]) == 0
    assert "taken as" not in (tmp_path / "out" / "verdicts.json").read_text()
    assert not (tmp_path / "out" / "hearsay.csv").exists()
    assert "breached" in capsys.readouterr().out


COVERAGE = """coverage: test
watches:
  - {id: w, who: Mission, means: patrol, detects: [attack], from: 2025-03-01, to: 2025-06-01, probability: 0.97, reason: its log}
"""


@pytest.mark.parametrize(
    ("carrier", "verdict"), [("Mission", "undetermined"), ("Herald", "complied"), ("Bland Gazette", "complied")]
)
def test_a_slip_in_the_name_of_the_author_does_not_make_of_what_the_mission_saw_that_nothing_was(
    carrier: str, verdict: str, tmp_path: Path
) -> None:
    """What the mission saw is open without the author; what others claim is answered by its watch, and of a party nothing is read in part."""
    write(tmp_path, [])
    kind = "observation" if carrier == "Mission" else "claim"
    row = f"1,{carrier},{carrier},{kind},2025-03-20T10:00Z,missile,substation,Plnad,48.0,37.0,1\n"
    (tmp_path / "e.csv").write_text(HEADER + row)
    (tmp_path / "c.yaml").write_text(COVERAGE)
    found = servanda.verify(
        tmp_path / "agreement.yaml", [tmp_path / "e.csv", tmp_path / "s.yaml"], coverage=tmp_path / "c.yaml"
    )
    assert found.verdicts["verdict"].to_list() == [verdict, verdict]
    assert len(found.quarantine) == 1
    assert found.hearsay["taken_as"].to_list() == ([] if carrier == "Bland Gazette" else ["partial"])
    steps = found.steps("fire", "B", None)["text"].to_list()
    why = "taken as what confirms nothing (denials and reports of incidents that are not counted included): 1 carried by Mission (a field of its row cannot be read; the row stands in quarantine)"
    assert any(why in step for step in steps) is (carrier == "Mission")


NUMBERED = "report_id,incident_id,source,kind,start,act,target,actor,lat,lon,precision_km,quantity\n"
SEEN = "3,I,Mission,observation,2025-03-20T10:00Z,missile,{},{},{},37.0,1,{}\n"
CLAIMS = (
    "1,I,Herald,claim,2025-03-20T09:30Z,missile,substation,B,48.08,37.0,1,\n"
    "2,I,Courier,claim,2025-03-20T10:00Z,missile,substation,B,48.045,37.0,5,\n"
)


@pytest.mark.parametrize(
    ("rows", "verdicts"),
    [
        (SEEN.format("substation", "B", "48.0", "foour") + SEEN.format("substation", "A", "48.0", "4"), ["breached", "complied"]),
        (SEEN.format("scool", "B", "48.0", "") + SEEN.format("hospital", "B", "48.0", ""), ["complied", "complied"]),
        (CLAIMS, ["complied", "breached"]),
        (CLAIMS + SEEN.format("substation", "Plnad", "48.0", ""), ["undetermined", "breached"]),
    ],
    ids=["another author", "another target", "two claims", "two claims and a slip"],
)  # fmt: skip
def test_what_cannot_be_read_stands_behind_its_own_correction_and_parts_nobodys_words(
    rows: str, verdicts: list[str], tmp_path: Path
) -> None:
    """It named another author beside the right one, or drew one of two claims away, so that what they confirm was no breach."""
    write(tmp_path, [])
    (tmp_path / "e.csv").write_text(NUMBERED + rows)
    (tmp_path / "s.yaml").write_text(REGISTER + "  Courier: {side: none, reliability: C}\n")
    (tmp_path / "c.yaml").write_text(COVERAGE)
    found = servanda.verify(
        tmp_path / "agreement.yaml", [tmp_path / "e.csv", tmp_path / "s.yaml"], coverage=tmp_path / "c.yaml"
    )
    assert found.verdicts["verdict"].to_list() == verdicts


@pytest.mark.parametrize(("carrier", "verdict"), [("Mission", "undetermined"), ("Herald", "complied")])
def test_what_another_carries_is_no_observation_because_its_kind_cannot_be_read(
    carrier: str, verdict: str, tmp_path: Path
) -> None:
    write(tmp_path, [])
    (tmp_path / "e.csv").write_text(
        HEADER + f"1,{carrier},Mission,saw it,2025-03-20T10:00Z,missile,substation,B,48.0,37.0,1\n"
    )
    (tmp_path / "c.yaml").write_text(COVERAGE)
    found = servanda.verify(
        tmp_path / "agreement.yaml", [tmp_path / "e.csv", tmp_path / "s.yaml"], coverage=tmp_path / "c.yaml"
    )
    assert found.verdicts["verdict"].to_list() == ["complied", verdict]


def test_what_was_read_as_carried_can_be_written_and_read_again(tmp_path: Path) -> None:
    write(tmp_path, ["Mission"])
    table = (tmp_path / "e.csv").read_text().replace(",observation,", ",relayed_observation,")
    (tmp_path / "e.csv").write_text(table)
    source = read_evidence([tmp_path / "e.csv"], context_of(agreement(tmp_path, HEAD + ZONES + TERM)))
    assert pl.concat(source.batches())["kind"].to_list() == ["relayed_observation"]
    assert source.ingest.quarantined == 0
