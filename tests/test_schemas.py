"""Every file that Servanda reads or writes has a JSON Schema, and every file that it writes fits it."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import jsonschema
import polars as pl
import pytest

from servanda import FORMAT, ServandaError
from servanda.cli.main import main
from servanda.schemas import KINDS, schema
from servanda.schemas.tables import OWN, described
from servanda.values.document import read_document

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
import schema_examples as made  # noqa: E402  a script, not a package

TABLES = sorted(described())


@cache
def runs() -> dict[str, list[made.Files]]:
    return made.runs(Path(mkdtemp()))


CHECKER = jsonschema.FormatChecker()


@CHECKER.checks("date-time", raises=ValueError)
def is_instant(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


def validator(name: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(schema(name), format_checker=CHECKER)


@pytest.mark.parametrize("name", KINDS)
def test_every_schema_is_a_schema_and_its_examples_fit_it(name: str) -> None:
    shape = schema(name)
    assert shape["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(shape)
    for example in shape.get("examples", ()):
        validator(name).validate(example)


@pytest.mark.parametrize("name", made.KINDS)
def test_every_file_that_is_written_fits_its_schema(name: str) -> None:
    command, called = made.KINDS[name]
    files = [files[file] for files in runs()[command] for file in called if file in files]
    contents = [content for file in files for content in made.read(name, file)]
    assert contents
    check = validator(name)
    for content in contents:
        check.validate(content)


def test_no_file_is_written_that_has_no_schema() -> None:
    forms = (".html", ".txt", ".docx", ".pdf", ".xlsx")  # of mission reports
    pages = {"report.html", "statements.html", "first.html", "compare.html", "redline.docx", "printed", "map.gpkg"}
    read_again = {
        "reports.csv",
        "forces.csv",
    }  # what import and statements write is evidence: servanda-reports, servanda-forces
    called = {file for _, names in made.KINDS.values() for file in names}
    written = {file for each in runs().values() for files in each for file in files}
    pages |= {file for file in written if file.endswith((".svg", *(f".en{form}" for form in forms)))} | {"trend.html"}
    assert written - pages - read_again <= called
    # keys and instants of a record differ each time: tests/test_recorded.py tries what record log prints
    assert {name for name, kind in KINDS.items() if kind.use != "read"} == {*made.KINDS, "record-log"}


@pytest.mark.parametrize(
    "name",
    [
        "verdicts",
        "timeline",
        "summary",
        "incidents",
        "places",
        "coverage-areas",
        "fusion-points",
        "check",
        "first-answer",
    ],
)
def test_every_json_file_says_its_format(name: str) -> None:
    command, called = made.KINDS[name]
    files = [files[file] for files in runs()[command] for file in called if file in files]
    assert {json.loads(file.read_text(encoding="utf-8"))["format"] for file in files} == {FORMAT} == {2}


def test_a_file_of_another_shape_does_not_fit() -> None:
    (example,) = schema("verdicts")["examples"]
    for change in ({"format": 1}, {"verdicts": [{**example["verdicts"][0], "verdict": "perhaps"}]}, {"more": 0}):
        with pytest.raises(jsonschema.ValidationError):
            validator("verdicts").validate({**example, **change})
    (row,) = schema("findings")["examples"]
    for change in ({"reports": "three"}, {"more": 0}):
        with pytest.raises(jsonschema.ValidationError):
            validator("findings").validate({**row, **change})


def test_the_examples_are_those_of_a_real_run() -> None:
    for name, example in made.examples(runs()).items():
        assert (made.EXAMPLES / f"{name}.json").read_text(encoding="utf-8") == made.spelt(example), name


@pytest.mark.parametrize("name", sorted(OWN))
def test_the_columns_of_the_codes_own_tables_are_all_described(name: str) -> None:
    own = set(OWN[name])
    if name.startswith("servanda-"):
        own -= {"file", "row"}
    if name == "servanda-reports":
        own = own - {"precision_m", "directness"} | {"precision_km"}  # how near its origin it is, is found, not read
    assert set(described()[name]["columns"]) == own


@pytest.mark.parametrize("name", TABLES)
def test_every_column_says_what_stands_in_it(name: str) -> None:
    shape = schema(name) if name != "incidents" else schema("incidents")["properties"]["features"]["items"]
    assert len(described()[name]["about"]) > 15
    properties = shape["properties"]["properties"]["properties"] if name == "incidents" else shape["properties"]
    assert all(len(said["description"]) > 2 for said in properties.values())


def test_the_shipped_inputs_fit_their_schemas() -> None:
    for path in sorted((ROOT / "cases").glob("*/*.yaml")) + sorted((ROOT / "cases").glob("*/evidence/*.yaml")):
        name = path.stem
        document, faults = read_document(path)
        assert document is not None, faults
        validator(name).validate(document.data)


def test_the_shipped_tables_fit_their_schemas() -> None:
    checked = 0
    for path in sorted((ROOT / "cases").glob("*/evidence/*.csv")):
        table = pl.read_csv(path, infer_schema=False)
        for name in ("servanda-reports", "servanda-figures", "servanda-statements"):
            shape: dict[str, Any] = schema(name)
            if set(shape["required"]) <= set(table.columns):
                checked += table.height
                for row in table.to_dicts():
                    jsonschema.validate(made.cells(shape, row), shape)
    assert checked > 100


def test_the_command_prints_any_schema_and_lists_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    assert json.loads(capsys.readouterr().out) == schema("agreement")
    assert main(["schema", "verdicts"]) == 0
    assert json.loads(capsys.readouterr().out) == schema("verdicts")
    assert main(["schema", "--list"]) == 0
    listed = capsys.readouterr().out
    assert [line.split()[0] for line in listed.splitlines()] == list(KINDS)


def test_a_name_that_is_nearly_one_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ServandaError, match="did you mean 'verdicts'"):
        schema("verdict")
    assert main(["schema", "nothing at all"]) == 2
    assert "fusion-incidents" in capsys.readouterr().err
