"""schemas: a JSON Schema (2020-12) of every file that Servanda reads or writes.

In: the code's own tables and models, and ``tables.yaml``, which says in words what stands in every column. Out: one schema a name,
with an example out of a real run. It promises: every file that is written fits its schema (``tests/test_schemas.py``); the schema of a
table describes one row, of Parquet as it stands and of CSV with its cells read.

* ``tables``     tables that are read and written, column by column
* ``documents``  JSON and YAML files; ``maps``: GeoJSON of places and coverage; ``counted``: trends; ``briefs``: the trace of a mission report;
  ``shapes``: what they are put together from
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from servanda.errors import Fault, ServandaError
from servanda.wording import did_you_mean

DIALECT = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True, slots=True)
class FileKind:
    """One kind of file: its name here, what the files are called, and whether Servanda reads or writes it."""

    name: str
    files: str
    use: str
    document: str = ""
    """The function of ``documents`` that makes its schema; for a table it is left out."""

    def make(self) -> dict[str, Any]:
        """Its schema, without what every schema says."""
        # only what is asked for is loaded: the libraries of tables take half a second
        if self.name == "agreement":
            from servanda.agreement.schema.file import AgreementFile

            return AgreementFile.model_json_schema(by_alias=True)
        if self.document:
            from servanda.schemas import briefs, counted, documents, maps

            home = next(m for m in (maps, counted, briefs, documents) if hasattr(m, self.document))
            made: dict[str, Any] = getattr(home, self.document)()
            return made
        from servanda.schemas import tables

        return tables.row_schema(self.name)


def _table(name: str, called: str, use: str) -> FileKind:
    return FileKind(name, called, use)


_KINDS = (
    FileKind("agreement", "an agreement (YAML)", "read"),
    FileKind("coverage", "who could have seen what (YAML)", "read", "coverage"),
    FileKind("sources", "a register of sources (YAML)", "read", "sources"),
    FileKind("decisions", "what people decided (YAML)", "read", "decisions"),
    FileKind("cases", "cases.yaml", "read", "cases"),
    _table("servanda-reports", "a table of reports", "read"),
    _table("servanda-found-reports", "a table of reports found in documents", "read"),
    _table("servanda-figures", "a table of published counts", "read"),
    _table("servanda-statements", "a table of statements of a position", "read"),
    _table("servanda-items", "a table of items", "read"),
    _table("servanda-forces", "a register of forces", "read"),
    FileKind("verdicts", "verdicts.json", "written by verify", "verdicts"),
    FileKind("timeline", "timeline.json", "written by verify --by", "verdicts"),
    FileKind("summary", "summary.json", "written by verify", "summary"),
    _table("findings", "findings.csv, findings.parquet", "written by verify"),
    FileKind("incidents", "incidents.geojson", "written by verify", "incidents"),
    FileKind("places", "places.geojson", "written by verify", "places"),
    FileKind("coverage-areas", "coverage.geojson", "written by verify", "coverage_areas"),
    _table("items", "items.csv", "written by verify"),
    _table("exceptions", "exceptions.csv", "written by verify"),
    _table("acts", "acts.csv", "written by verify"),
    _table("watches", "watches.csv", "written by verify"),
    _table("lives", "lives.csv", "written by verify"),
    _table("quarantine", "quarantine.csv", "written by verify, fuse, figures and first"),
    _table("no-term", "no_term.csv", "written by verify"),
    _table("hearsay", "hearsay.csv", "written by verify"),
    _table("to_verify", "to_verify.csv", "written by verify"),
    _table("fusion-incidents", "incidents.csv, incidents.parquet", "written by fuse"),
    FileKind("fusion-points", "incidents.geojson", "written by fuse", "fusion_points"),
    *(
        _table(name, f"{name}.csv", "written by fuse")
        for name in ("members", "counts", "lineage", "origins", "disagreements", "strays", "grades")
    ),
    *(_table(name, f"{name}.csv", "written by figures") for name in ("figures", "remarks", "comparisons")),
    *(
        _table(name, f"{name}.csv", "written by statements")
        for name in (
            "statements",
            "occasions",
            "changes",
            "matrix",
            "positions",
            "zone",
            "documents",
            "left_out",
            "rejected",
        )
    ),
    _table("messages", "a table of messages", "written by import --as messages"),
    _table("tracks", "a table of tracks, NAME.tracks.csv", "written by import"),
    _table("provisions", "a table of provisions", "written by import --as provisions"),
    _table("first", "first.csv", "written by first"),
    FileKind("first-answer", "first.json", "written by first", "first_answer"),
    FileKind("trend", "trend.json", "written by trend", "trend"),
    *(_table(name, f"{name}.csv", "written by trend") for name in ("rates", "ratios", "level_changes", "series")),
    FileKind("brief", "KIND-DATE.LANGUAGE.json", "written by brief --trace", "brief"),
    *(
        _table(f"brief-{name}", f"KIND-DATE-{name}.csv", "written by brief")
        for name in ("events", "incidents", "counts", "restrictions", "weapons", "terms", "reports")
    ),
    FileKind("compare", "compare.json", "written by compare", "compare"),
    FileKind("check", "the output of check --json", "printed", "check"),
    FileKind("record-log", "the output of record log --json", "printed", "record_log"),
)
KINDS: dict[str, FileKind] = {kind.name: kind for kind in _KINDS}
"""Every kind of file that has a schema, by name."""


def schema(name: str = "agreement") -> dict[str, Any]:
    """The JSON Schema (2020-12) of one kind of file that Servanda reads or writes.

    Args:
        name: one of the names that ``servanda schema --list`` shows, as ``"verdicts"``.

    Returns:
        The schema as plain data. The schema of a table describes one row; its instants are UTC (RFC 3339).

    Raises:
        ServandaError: there is no kind of file of that name.
    """
    kind = KINDS.get(name) if isinstance(name, str) else None
    if kind is None:
        hint = did_you_mean(str(name), KINDS, f"the names are {', '.join(KINDS)}")
        raise ServandaError(Fault("schema", f"there is no schema {name!r}", hint, code="API001"))
    made = kind.make()
    if name == "agreement":
        return {**made, "$schema": DIALECT}
    stored = files(__name__) / "examples" / f"{name}.json"
    examples = {"examples": json.loads(stored.read_text("utf-8"))} if stored.is_file() else {}
    return {"$schema": DIALECT, "title": f"{name}: {kind.files}", **made, **examples}


def schema_list() -> str:
    """Every name with its files, one a line.

    Returns:
        The text that ``servanda schema --list`` prints.
    """
    width = max(map(len, KINDS))
    return "".join(f"{kind.name.ljust(width)}  {kind.files}; {kind.use}\n" for kind in _KINDS)


__all__ = ["KINDS", "FileKind", "schema", "schema_list"]
