"""The register of forces: deployments with bounds, consents by whose word they bind, positions that are no deeds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from servanda.app.verify import verify_files
from servanda.verdicts import Verification
from tests.build import agreement

HEAD = """agreement: forces
title: Contingents
timezone: Europe/Kyiv
parties: {A: Aland, B: Bland}
third_states: {FR: Farland, GB: Greatland}
in_force: {from: 2025-04-01, for: 60 days}
terms:
"""
LABEL = "  label: {text: No foreign contingent under whatever label., forbid: {act: deployment, of: {foreign_to: B}}, binds: [FR, GB], unless: {consent_of: [B]}}\n"
CAP = "  cap: {text: At most 300 foreign soldiers., limit: {what: {act: deployment, of: {foreign_to: B}}, to: 300}, binds: [FR]}\n"
COLUMNS = "force_id,who,status,source,side,kind,reliability,start,strength,nationality,command,payroll,label,speaks_for,consented_by"


def judged(folder: Path, terms: str, *rows: str) -> Verification:
    (folder / "forces.csv").write_text("\n".join([COLUMNS, *rows]) + "\n", encoding="utf-8")
    return verify_files(agreement(folder, HEAD + terms), [folder / "forces.csv"])


def of(run: Verification, term: str, party: str) -> Any:
    return next(v for v in run.verdicts if (v.term, v.party) == (term, party))


SEEN = "K1,FR,deployed,Mission,none,observation,A,2025-04-10T10:00+03:00,{},Farland,FR,FR,humanitarian helpers,,"


def test_a_contingent_is_foreign_under_whatever_label(tmp_path: Path) -> None:
    run = judged(tmp_path, LABEL, SEEN.format("200"))
    assert of(run, "label", "FR").verdict == "breached"
    assert of(run, "label", "GB").verdict == "undetermined"


@pytest.mark.parametrize(("binds", "verdict"), [("B", "excused"), ("A", "breached")])
def test_only_the_word_that_binds_a_party_shows_its_consent(tmp_path: Path, binds: str, verdict: str) -> None:
    consent = f"K1,FR,consented,Ministry,{binds},claim,,2025-04-02T10:00+03:00,,,,,,{binds},B"
    found = of(judged(tmp_path, LABEL, SEEN.format("200"), consent), "label", "FR")
    assert found.confirmed == (verdict == "breached")
    assert found.excused == (verdict == "excused")


@pytest.mark.parametrize(
    ("strength", "least", "most"),
    [("200", 200, 200), ("200-400", 200, 400), ("about 300", 270, 330), ("dozens", 20, 99)],
)
def test_a_cap_counts_a_strength_between_its_bounds(tmp_path: Path, strength: str, least: int, most: int) -> None:
    measure = of(judged(tmp_path, CAP, SEEN.format(strength)), "cap", "FR").measure
    assert (measure["least"], measure["most"]) == (least, most)


def test_what_is_offered_or_agreed_is_a_position_and_no_deployment(tmp_path: Path) -> None:
    run = judged(tmp_path, LABEL, "K2,GB,offered,Ministry,GB,claim,,2025-04-02T10:00+03:00,up to 5000,,,,,,")
    assert run.reports == 0
    assert run.ingest.statements["stance"].to_list() == ["offered"]
    assert run.ingest.statements["summary"].to_list() == ["strength: up to 5000"]


def test_a_status_that_nobody_knows_goes_to_quarantine_by_name(tmp_path: Path) -> None:
    run = judged(tmp_path, LABEL, "K3,GB,rumoured,Paper,none,claim,,2025-04-02T10:00+03:00,,,,,,,")
    assert run.ingest.quarantine["field"].to_list() == ["status"]
    assert run.ingest.quarantined == 1
