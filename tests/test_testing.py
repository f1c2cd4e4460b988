"""servanda.testing: builders with defaults, and files of cases as tests."""

from __future__ import annotations

from pathlib import Path

import pytest

import servanda
from servanda import testing
from servanda.evidence.model import REPORT

ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT / "cases" / "minsk-addendum-2015" / "cases.yaml"


def test_what_is_not_said_has_a_default_and_is_read_without_a_fault() -> None:
    result = servanda.verify(
        testing.agreement(), testing.reports({}, {"actor": "B"}), testing.coverage(testing.watch())
    )
    assert result.quarantine.height == 0
    assert result.findings.select("party", "status").rows() == [(None, "below"), ("B", "alleged")]
    assert result.verdicts["reports"].to_list() == [0, 1]


def test_the_example_of_the_front_page_holds() -> None:
    code = (testing.__doc__ or "").split("::\n")[1]
    names: dict[str, object] = {}
    exec("\n".join(line.removeprefix("    ") for line in code.splitlines()), names)
    assert "assert " in code, "the example checks something itself"
    (test,) = [value for name, value in names.items() if name.startswith("test_")]
    test()  # type: ignore[operator]


def test_parts_of_the_agreement_can_be_other_or_left_out() -> None:
    deal = testing.agreement(terms={"calm": {"text": "x", "forbid": {"act": "shelling"}}}, places=None, title="Other")
    assert (deal.title, deal.term_ids) == ("Other", ("calm",))


def test_a_source_in_memory_gives_report_tables() -> None:
    source = testing.source([testing.reports({}, {"start": "never"})], testing.agreement())
    tables = list(source.batches())
    assert [table.schema for table in tables] == [REPORT]
    assert (tables[0].height, source.ingest.quarantined) == (1, 1)


def test_a_typed_table_is_that_of_the_reader() -> None:
    table = testing.report_table({}, {"source": "a", "origin": "b"})
    assert table.schema == REPORT
    assert table["directness"].to_list() == [2, 1]


@pytest.mark.parametrize("case", testing.cases_in(CASES), ids=str)
def test_a_file_of_cases_is_run_case_by_case(case: testing.Case) -> None:
    case.check()


def test_a_case_that_does_not_come_out_fails_in_words(tmp_path: Path) -> None:
    (tmp_path / "agreement.yaml").write_bytes((CASES.parent / "agreement.yaml").read_bytes())
    text = CASES.read_text(encoding="utf-8").replace("verdict: not_due", "verdict: breached")
    (tmp_path / "cases.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(AssertionError, match="verdict is not_due, expected breached"):
        testing.run_cases(tmp_path / "cases.yaml")
    assert testing.run_cases(CASES) == len(testing.cases_in(CASES)) > 2
