"""The files beside the page: findings as CSV and Parquet, incidents as GeoJSON, quarantine.

Every file is the same to the byte for the same input. What a spreadsheet would take for a formula gets an apostrophe in front (OWASP, CSV
injection): at the beginning of a cell, and behind whatever a spreadsheet may be set to split cells at. Quotes do not help there: who splits at
semicolons does not see those of a cell that begins elsewhere. Commas are quoted.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import shapely

from servanda import FORMAT, __version__
from servanda.figures import Comparison, PublishedCount, Remark
from servanda.incidents.fusion.tables import FusionTables
from servanda.incidents.lineage.report import LineageReport
from servanda.report.maps import map_files
from servanda.report.verdicts_json import verdicts_json_parts
from servanda.values.json_text import indented, values_as_json
from servanda.values.lazy_files import LazyFiles
from servanda.values.time import iso
from servanda.verdicts import Verification, summarise
from servanda.verdicts.findings_table import STATUSES, weighing
from servanda.verdicts.hearsay_words import HEARSAY_OUT

_SPLITS = r";|\t\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029"
_FORMULA = rf"(^|[{_SPLITS}])([\s\"]*)([=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r])"
"""Where a formula begins: an equals, plus, minus or at sign (also in their wide forms), whatever blanks and quotes stand before it."""


def summary_json(verification: Verification) -> str:
    """``summary.json``: a verification in short, for other programs.

    ``format`` is 2. ``rows`` has a line for each verdict; ``agreed``, ``alleged`` (``owes`` tells a breach of an *act* or a *limit*
    from a *deed* that is said to be done), ``confirmed`` (acts), ``measured`` (deeds and limits), ``happened`` (nobody's
    breach), ``excused``, ``seen``, ``parting`` and ``open`` answer what a reader asks; the fields are those of
    :class:`servanda.verdicts.summary.Summary`. Instants are in the agreement's zone.
    """
    data = {"format": FORMAT, "servanda": __version__, **summarise(verification).as_data(verification.agreement.zone)}
    return indented(data) + "\n"


def defused(table: pl.DataFrame) -> pl.DataFrame:
    """The same table with nothing in its text that a spreadsheet would run."""
    texts = [c for c, dtype in table.schema.items() if dtype == pl.String]
    spiked = table.select(pl.col(c).str.contains(_FORMULA).any() for c in texts) if table.height else table.clear()
    return table.with_columns(
        pl.col(c).str.replace_all(_FORMULA, "$1'$2$3") for c in texts if table.height and spiked[c].item()
    )


def csv(table: pl.DataFrame) -> str:
    """A table as CSV (UTF-8, comma, RFC 4180), instants with ``Z``, lines ended by a line feed."""
    return csv_bytes(table).decode()


def csv_bytes(table: pl.DataFrame, *, head: bool = True) -> bytes:
    """The same as bytes; ``head``: with the names of its columns."""
    buffer = io.BytesIO()
    defused(_spelt(table, "%Y-%m-%dT%H:%M:%SZ")).write_csv(buffer, include_header=head)
    return buffer.getvalue()


def _spelt(table: pl.DataFrame, form: str) -> pl.DataFrame:
    """The same table with its instants as text."""
    instants = [c for c, dtype in table.schema.items() if isinstance(dtype, pl.Datetime)]
    return table.with_columns(pl.col(c).dt.strftime(form) for c in instants)


_AT_ONCE = 50_000  # incidents whose features are in memory twice


ROWS_TOGETHER = 100_000
"""Rows of a group in Parquet, so that the bytes do not hang on how many rows there are in all."""


def parquet(table: pl.DataFrame) -> bytes:
    """A table as Parquet (zstd)."""
    buffer = io.BytesIO()
    table.write_parquet(buffer, compression="zstd", statistics=False, row_group_size=ROWS_TOGETHER)
    return buffer.getvalue()


def points(incidents: pl.DataFrame) -> bytes:
    """Incidents as points (RFC 7946), a line each: ``lat`` and ``lon`` the place, ``incident`` the id, all else their properties."""
    return b"".join(_points(incidents))


def _points(incidents: pl.DataFrame) -> Iterator[bytes]:
    first = True
    placed = pl.all_horizontal(pl.col("lat", "lon").is_not_null())
    point = pl.struct(type=pl.lit("Point"), coordinates=pl.concat_list("lon", "lat"))
    feature = pl.struct(
        type=pl.lit("Feature"),
        id="incident",
        geometry=pl.when(placed).then(point),
        properties=pl.struct(pl.exclude("lat", "lon")),
    )
    yield f'{{"type": "FeatureCollection", "format": {FORMAT}, "features": [\n'.encode()
    end = b",\n"
    for some in incidents.iter_slices(_AT_ONCE):
        lines = _spelt(some, "%Y-%m-%dT%H:%M:%S%.fZ").select(feature.alias("f").struct.json_encode())
        buffer = io.BytesIO()
        lines.write_csv(buffer, include_header=False, quote_style="never", line_terminator=end.decode())
        yield (b"" if first else end) + buffer.getvalue().removesuffix(end)
        first = False
    yield b"\n]}\n"


def fusion_frames(fusion: FusionTables, lineage: LineageReport) -> dict[str, pl.DataFrame]:
    """Incidents, members with the reason for each, how many incidents there may be; who said so first, through whom."""
    incidents = fusion.incidents.join(lineage.counts, on="incident", how="left").with_columns(
        pl.col("independent", "least", "most").fill_null(0)
    )
    incidents = incidents.rename(
        {"independent": "independent_origins", "least": "independent_least", "most": "independent_most"}
    )
    return {
        "incidents": incidents,
        "members": fusion.members.select("report_id", "incident_id", "probability", "because", "source", "file", "row"),
        "counts": fusion.counts,
        "lineage": lineage.reports,
        "origins": lineage.origins,
        "disagreements": lineage.disagreements,
        "strays": lineage.misassigned,
        "grades": lineage.sources,
    }


@dataclass(frozen=True)
class InParts:
    """A file that is made part by part; it has the contract of :class:`servanda.app.output.Written`."""

    parts: Callable[[], Iterable[bytes]]

    def whole(self) -> bytes:
        """All of it at once."""
        return b"".join(self.parts())

    def write(self, path: Path, aside: Path, check: Callable[[], None]) -> None:  # noqa: ARG002  which the contract gives
        """Write it, a part at a time, after each a ``check`` whether to go on; nothing is put ``aside``."""
        with path.open("wb") as file:
            for part in self.parts():
                file.write(part)
                check()


def fusion_in_parts(frames: Mapping[str, pl.DataFrame]) -> dict[str, InParts]:
    """The files of ``servanda fuse``: every table as CSV, and the incidents as Parquet and as points on a map."""
    incidents = frames["incidents"]
    return {
        **{f"{name}.csv": InParts(functools.partial(_csv_parts, table)) for name, table in frames.items()},
        "incidents.parquet": InParts(lambda: [parquet(incidents)]),
        "incidents.geojson": InParts(lambda: _points(incidents)),
    }


def _csv_parts(table: pl.DataFrame) -> Iterator[bytes]:
    yield csv_bytes(table.clear())
    for some in table.iter_slices(ROWS_TOGETHER):
        yield csv_bytes(some, head=False)


def fusion_files(frames: Mapping[str, pl.DataFrame]) -> LazyFiles:
    """The same as bytes."""
    return LazyFiles({name: file.whole for name, file in fusion_in_parts(frames).items()})


def fusion_tables(fusion: FusionTables, lineage: LineageReport, quarantine: pl.DataFrame) -> dict[str, InParts]:
    """The files of ``servanda fuse``, by name."""
    return fusion_in_parts({**fusion_frames(fusion, lineage), "quarantine": quarantine})


def csv_files(frames: Mapping[str, pl.DataFrame]) -> dict[str, bytes]:
    """Every table as a CSV file that is called as the table is."""
    return {f"{name}.csv": csv_bytes(table) for name, table in frames.items()}


def figure_frames(
    counts: Sequence[PublishedCount],
    remarks: Sequence[Remark],
    pairs: Sequence[Comparison],
    beside: Sequence[tuple[str, int, int, int]],
) -> dict[str, pl.DataFrame]:
    """The tables of ``servanda figures``: counts, remarks on them, and every pair with the reason why not.

    ``beside``: for each count its id, and how many incidents of its time its claimant, anybody, and somebody without a side report.
    """
    numbers = {figure: (singly, reported, unsided) for figure, singly, reported, unsided in beside}
    rows = [_figure(count, *numbers.get(count.id, (None, None, None))) for count in counts]
    texts = [{"code": r.code, "figures": "; ".join(r.counts), "text": r.text} for r in remarks]
    reasons = [
        {"a": p.a, "b": p.b, "comparable": p.comparable, "says": p.says, "reasons": "; ".join(p.reasons)} for p in pairs
    ]
    shape = {"code": pl.String, "figures": pl.String, "text": pl.String}
    pair = {"a": pl.String, "b": pl.String, "comparable": pl.Boolean, "says": pl.String, "reasons": pl.String}
    return {
        "figures": pl.DataFrame(rows, infer_schema_length=None),
        "remarks": pl.DataFrame(texts, schema=shape),
        "comparisons": pl.DataFrame(reasons, schema=pair),
    }


def _figure(count: PublishedCount, singly: int | None, reported: int | None, unsided: int | None) -> dict[str, Any]:
    """The row of one published count in ``figures.csv``."""
    return {
        "figure_id": count.id,
        "claimant": count.claimant,
        "side": count.side,
        "against": count.against,
        "stance": count.stance,
        "count": count.count,
        "qualifier": count.qualifier,
        "most": count.most,
        "said": count.said,
        "unit": count.unit,
        "start": iso(count.start),
        "end": iso(count.end),
        "hours": count.length.total_seconds() / 3600,
        "area": count.area,
        "cumulation": {True: "cumulative", False: "period", None: ""}[count.cumulative],
        "components": "; ".join(p.words for p in count.components),
        "pages": count.copies,
        "reported_singly": singly,
        "incidents_reported": reported,
        "incidents_without_a_side": unsided,
    }


def figure_tables(
    counts: Sequence[PublishedCount],
    remarks: Sequence[Remark],
    pairs: Sequence[Comparison],
    beside: Sequence[tuple[str, int, int, int]],
) -> dict[str, bytes]:
    """The files of ``servanda figures``, by name."""
    return csv_files(figure_frames(counts, remarks, pairs, beside))


def _incidents_as_text(verification: Verification) -> pl.DataFrame:
    """Incidents by column, instants as text; ``findings``: their status under each term and reading, as lines of a JSON object."""
    table = _spelt(verification.incidents, "%Y-%m-%dT%H:%M:%S%.6fZ")
    # an instant without a fraction of a second is written without one
    spelt = (pl.col(c).str.replace(".000000Z", "Z", literal=True) for c in ("start", "end"))
    findings = verification.findings.join(table, on="incident", how="semi", maintain_order="left")
    return table.with_columns(spelt).join(_statuses(findings), on="incident", how="left")


def _statuses(findings: pl.DataFrame) -> pl.DataFrame:
    """By incident its status under each term and reading: the last that is found, where the first stands."""
    about = findings.select("term", "reading", "party").unique()
    key = pl.concat_str("term", "reading", "party", separator=":", ignore_nulls=True)
    about = about.with_columns(key=key).with_columns(_json_texts("key"))
    word = pl.DataFrame({"status": STATUSES}).with_columns(_json_texts("status").alias("word"))
    told = findings.select("term", "reading", "party", "incident", "status")
    told = told.join(about, on=["term", "reading", "party"], nulls_equal=True, maintain_order="left")
    told = told.join(word, on="status", maintain_order="left")
    last = told.group_by("incident", "key", maintain_order=True).agg(pl.col("word").last())
    line = pl.concat_str("key", pl.lit(": "), "word")
    lines = last.group_by("incident", maintain_order=True).agg(findings=line)
    return lines.join(_stands(findings), on="incident", how="left")


def _stands(findings: pl.DataFrame) -> pl.DataFrame:
    """How each incident ``stands``: its weightiest status; of one that falls under no ban and no cap, whether it is confirmed."""
    rank = pl.col("status").replace_strict({s: n for n, s in enumerate(STATUSES)}, return_dtype=pl.Int64).min()
    best = weighing(findings).group_by("incident").agg(pl.col("owed").first(), rank=rank)
    status = pl.col("rank").replace_strict(dict(enumerate(STATUSES)), return_dtype=pl.String)
    owed = pl.format(
        "under no ban or cap, {}", pl.when(status == "confirmed").then(status).otherwise(pl.lit("not confirmed"))
    )
    return best.select("incident", stands=pl.when("owed").then(owed).otherwise(status))


def _json_texts(column: str) -> pl.Expr:
    return pl.col(column).map_batches(lambda s: pl.Series(values_as_json(s)), return_dtype=pl.String)


def _incidents_geojson(verification: Verification, incidents: pl.DataFrame) -> str:
    """Incidents as points (RFC 7946) with their precision, counts and status under each term and reading, as ``indented`` would write them."""
    head = f'{{\n "type": "FeatureCollection",\n "format": {FORMAT},\n '
    if verification.incidents_found > incidents.height:
        note = (
            f"the {incidents.height:,} weightiest of {verification.incidents_found:,} incidents; findings.csv has all"
        )
        head += f'"note": {indented(note)},\n '
    if not incidents.height:
        return head + '"features": []\n}\n'
    told = _properties(incidents)
    lat, lon = (values_as_json(incidents[c]) for c in ("lat", "lon"))
    point = '{{\n    "type": "Point",\n    "coordinates": [\n     {},\n     {}\n    ]\n   }}'
    placed = ["null" if "null" in at else point.format(*at) for at in zip(lon, lat, strict=True)]
    lines = incidents.select(pl.col("findings").list.join(",\n     ").fill_null("")).to_series()
    findings = [f"{{\n     {text}\n    }}" if text else "{}" for text in lines]
    each = ",\n    ".join(f'"{name}": %s' for name in (*told, "findings"))
    feature = (
        f'  {{\n   "type": "Feature",\n   "id": %s,\n   "geometry": %s,\n   "properties": {{\n    {each}\n   }}\n  }}'
    )
    columns = (values_as_json(column) for column in told.values())
    rows = zip(values_as_json(incidents["incident"]), placed, *columns, findings, strict=True)
    return head + '"features": [\n' + ",\n".join(feature % row for row in rows) + "\n ]\n}\n"


def _properties(incidents: pl.DataFrame) -> dict[str, list[Any]]:
    """What is said of incidents, by column and in order, but for their findings."""
    last = ("start", "end")
    names = [c for c in incidents.columns if c not in ("lat", "lon", "findings", "stands", *last)]
    return {name: incidents[name].to_list() for name in (*names, *last)}


def _incident_maps(verification: Verification, incidents: pl.DataFrame) -> dict[str, bytes]:
    """The maps, with these incidents."""
    lon, lat = (incidents[c].to_numpy() for c in ("lon", "lat"))
    placed = incidents.select(pl.col("lat").is_not_null() & pl.col("lon").is_not_null()).to_series().to_numpy()
    points = np.full(incidents.height, None, dtype=object)
    points[placed] = shapely.points(lon[placed], lat[placed])
    status = incidents.select(pl.lit("{") + pl.col("findings").list.join(", ").fill_null("") + "}").to_series()
    return map_files(
        verification,
        points,
        {**_properties(incidents), "findings": status.to_list(), "stands": incidents["stands"].to_list()},
    )


def lives_table(verification: Verification) -> pl.DataFrame:
    """How every incident that people decided about stands."""
    rows = [
        (li.incident, li.state, li.determined, li.assessed, "; ".join(li.remarks)) for li in verification.decided.lives
    ]
    names = ("incident", "state", "determined", "assessed", "remarks")
    return pl.DataFrame(rows, schema=[(n, pl.Boolean if n == "assessed" else pl.String) for n in names], orient="row")


def hearsay_table(verification: Verification) -> pl.DataFrame:
    """The reports of described incidents that count for less than they say, and why."""
    less = verification.members.filter(pl.col("why").is_not_null())
    return less.select(list(HEARSAY_OUT))


def all_tables(verification: Verification, listed: pl.DataFrame, findings: Mapping[str, bytes]) -> dict[str, bytes]:
    """Every table of a verification as a file.

    Args:
        verification: what was found.
        listed: what to verify next.
        findings: the files of its findings (:func:`findings_files`).

    Returns:
        File names with their content; a table that some runs have not is left out.
    """
    incidents = _incidents_as_text(verification)
    files = {
        "summary.json": summary_json(verification).encode(),
        "incidents.geojson": _incidents_geojson(verification, incidents).encode(),
        **_incident_maps(verification, incidents),
        "quarantine.csv": csv(verification.ingest_shown().quarantine.sort("file", "row", "field")).encode(),
    }
    if verification.no_term.rows.height:
        files["no_term.csv"] = csv(verification.no_term.rows).encode()
    less = hearsay_table(verification)
    if less.height:
        files["hearsay.csv"] = csv(less).encode()
    if verification.items.height:
        files["items.csv"] = csv(verification.items).encode()
    if verification.exceptions.height:
        files["exceptions.csv"] = csv(verification.exceptions).encode()
    files |= findings
    if verification.tables is None:
        files["verdicts.json"] = _encoded(verdicts_json_parts(verification))
    if verification.tables is None and verification.acts.height:
        files["acts.csv"] = csv(verification.acts).encode()
    if listed.height:
        files["to_verify.csv"] = csv(listed).encode()
    if verification.watches.height:
        files["watches.csv"] = csv(verification.watches).encode()
    if verification.decided.lives:
        files["lives.csv"] = csv(lives_table(verification)).encode()
    if verification.by is not None:
        files["timeline.json"] = _encoded(verdicts_json_parts(verification, verification.slices))
    return files


def _encoded(parts: Iterable[str]) -> bytes:
    return b"".join(part.encode() for part in parts)
