"""Data frames and files in memory as evidence: they say what the file with their columns says."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pa_parquet
import pytest

from servanda.agreement import read_agreement
from servanda.app.verify import context_of
from servanda.coverage import read_coverage
from servanda.engine import LocalEngine
from servanda.errors import CoverageError, EvidenceError
from servanda.evidence import Context, read_evidence
from servanda.evidence import source as source_module
from servanda.evidence.model import REPORT
from servanda.values.files import NamedBytes
from servanda.verdicts import verify

HERE = Path(__file__).parent
SOUND = HERE / "malformed" / "agreements" / "sound.yaml"
CONTEXT = Context(ZoneInfo("Europe/Kyiv"), {"RU": "Russian Federation", "UA": "Ukraine"})
CSV = (
    "report_id,source,start,act,lat,lon,precision_km,credibility,actor,nationality\n"
    "1,a,2025-03-20T10:00+02:00,missile,48.25,37.5,2,2,RU,KP\n"
    "2,b,2025-03-21T10:00:30Z,shelling,48,37,,,,\n"
    "3,c,2025-03-22T10:00Z,zapping,48,37,,,,\n"
    "4,d,2025-03-23T10:00Z,shelling,,,,3,,\n"
)


def pandas_frame() -> pd.DataFrame:
    return pd.read_csv(io.StringIO(CSV))


def timed() -> pd.DataFrame:
    frame = pandas_frame()
    return frame.assign(start=pd.to_datetime(frame["start"], utc=True, format="ISO8601"))


def of_objects() -> pd.DataFrame:
    """Timestamps with different offsets, numbers with None, and categories."""
    frame = pandas_frame()
    start = pd.Series([pd.Timestamp(text) for text in frame["start"]], dtype=object)
    lat = pd.Series([48.25, 48, pd.NA, None], dtype=object)
    lat[2] = 48.0
    return frame.assign(start=start, lat=lat, act=frame["act"].astype("category"))


def with_column(name: str, change) -> pa.Table:
    table = pl.from_pandas(timed()).to_arrow()
    return table.set_column(table.column_names.index(name), name, change(table[name]))


def not_utf8(column: pa.ChunkedArray) -> pa.Array:
    ends = pa.array([0, 2, 2, 2, 2], pa.int32()).buffers()[1]
    return pa.Array.from_buffers(pa.string(), len(column), [None, ends, pa.py_buffer(b"\xff\xfe")])


def tensors(column: pa.ChunkedArray) -> pa.Array:
    kind = pa.fixed_shape_tensor(pa.int32(), [1])
    return pa.ExtensionArray.from_storage(kind, pa.array([[1]] * len(column), kind.storage_type))


class Stranger:
    """A frame of a library that speaks one of the exchange protocols and is none of those we know."""

    def __init__(self, protocol: str) -> None:
        table = pl.from_pandas(timed()).to_arrow()
        table = table.cast(pa.schema(pa.field(f.name, _plain_text(f.type)) for f in table.schema))
        setattr(type(self), protocol, lambda _, *rest, **named: getattr(table, protocol)(*rest, **named))


def _plain_text(kind: pa.DataType) -> pa.DataType:
    return pa.large_string() if pa.types.is_string_view(kind) else kind


def arrow_frame(protocol: str) -> object:
    return type("Frame", (Stranger,), {})(protocol)


FRAMES = {
    "any library, Arrow's protocol": lambda: arrow_frame("__arrow_c_stream__"),
    "any library, the frames' protocol": lambda: arrow_frame("__dataframe__"),
    "Arrow, wide decimals": lambda: with_column("lat", lambda lat: lat.cast(pa.decimal256(40, 4))),
    "pandas, read from CSV": pandas_frame,
    "pandas, times with a zone": timed,
    "pandas, times in Kyiv": lambda: timed().assign(start=timed()["start"].dt.tz_convert("Europe/Kyiv")),
    "pandas, objects and categories": of_objects,
    "pandas, nullable types": lambda: timed().convert_dtypes(),
    "pandas, Arrow types": lambda: timed().convert_dtypes(dtype_backend="pyarrow"),
    "pandas, strange index": lambda: timed().set_index(pd.Index([9, 9, 9, 9])),
    "Polars": lambda: pl.from_pandas(timed()),
    "Polars, NaN": lambda: pl.from_pandas(timed()).with_columns(pl.selectors.float().fill_null(float("nan"))),
    "Polars, lazy": lambda: pl.from_pandas(timed()).lazy(),
    "Arrow table": lambda: pa.Table.from_pandas(timed()),
    "Arrow batch": lambda: pa.Table.from_pandas(timed()).to_batches()[0],
    "Arrow, fixed offset": lambda: (
        pl.from_pandas(timed())
        .to_arrow()
        .cast(
            pa.schema(
                pa.field(f.name, pa.timestamp("us", "+03:00") if f.name == "start" else f.type)
                for f in pl.from_pandas(timed()).to_arrow().schema
            )
        )
    ),
}


def read(*items: object, context: Context = CONTEXT) -> tuple[pl.DataFrame, pl.DataFrame]:
    source = read_evidence(items, context)
    reports = pl.concat([pl.DataFrame(schema=REPORT), *source.batches()])
    return reports.drop("file", "row"), source.ingest.quarantine.drop("file", "row")


@pytest.mark.parametrize("make", FRAMES.values(), ids=FRAMES)
def test_a_frame_is_read_as_the_csv_file_with_its_columns(make) -> None:
    reports, quarantine = read(NamedBytes("r.csv", CSV.encode()))
    ours, set_aside = read(make())
    assert reports.height == 3
    assert ours.equals(reports)
    assert set_aside.equals(quarantine)
    assert set_aside["code"].to_list() == ["EVD121"]


def test_rows_of_a_frame_count_from_one_and_frames_have_names() -> None:
    source = read_evidence([pandas_frame(), pl.from_pandas(timed())], CONTEXT)
    list(source.batches())
    assert source.ingest.quarantine.select("file", "row").rows() == [("frame 1", 3), ("frame 2", 3)]
    named = read_evidence([pandas_frame()], CONTEXT, names=["patrols"])
    assert [file.file for file in (list(named.batches()), named.ingest.files)[1]] == ["patrols"]
    with pytest.raises(EvidenceError, match="EVD018"):
        read_evidence([pandas_frame()], CONTEXT, names=["a", "b"])


@pytest.mark.parametrize(
    "make", [pandas_frame, lambda: pl.read_csv(io.StringIO(CSV)), lambda: pl.read_csv(io.StringIO(CSV)).to_arrow()]
)
def test_a_frame_gives_the_verdicts_of_its_file(make) -> None:
    agreement = read_agreement(SOUND)

    def verdicts(item: object) -> list[object]:
        source = read_evidence([item], context_of(agreement))
        return list(verify(agreement, source, engine=LocalEngine()).verdicts)

    assert verdicts(make()) == verdicts(NamedBytes("r.csv", CSV.encode()))


def test_naive_times_and_dates_in_a_frame_mean_what_they_mean_in_parquet(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "report_id": ["1", "2"],
            "source": ["a", "b"],
            "start": [datetime(2025, 3, 20, 10, tzinfo=UTC)] * 2,
            "known_at": [datetime(2025, 3, 20).date(), None],  # noqa: DTZ001  a day
            "end": [datetime(2025, 3, 21), None],  # noqa: DTZ001  without a zone, which is what is tried
            "act": ["missile", "missile"],
        }
    )
    frame.write_parquet(tmp_path / "r.parquet")
    from_file, from_frame = read(tmp_path / "r.parquet"), read(frame)
    assert from_file[0].equals(from_frame[0])
    assert from_file[1].equals(from_frame[1])
    assert from_frame[1]["reason"].to_list() == ["times without a zone"]
    assert read(frame.drop("end"))[0]["known_at"][0] == datetime(2025, 3, 20, 22, tzinfo=UTC)


def test_times_of_int96_as_spark_and_hive_write_them_are_utc(tmp_path: Path) -> None:
    when = pa.array(np.array(["2025-03-20T10", "1914-08-04T23"], "datetime64[us]"))
    table = pa.table({"report_id": ["1", "2"], "source": ["a", "b"], "start": when, "act": ["missile", "missile"]})
    pa_parquet.write_table(table, tmp_path / "r.parquet", use_deprecated_int96_timestamps=True)
    (reports, quarantine) = read(tmp_path / "r.parquet")
    assert reports["start"].to_list() == [datetime(2025, 3, 20, 10, tzinfo=UTC), datetime(1914, 8, 4, 23, tzinfo=UTC)]
    assert quarantine.height == 0


def test_whole_numbers_that_pandas_made_floats_are_still_codes() -> None:
    text = (
        "event_id_cnty,event_date,time_precision,event_type,sub_event_type,actor1,source,latitude,longitude,geo_precision,timestamp\n"
        "A1,2025-03-20,2,Battles,Armed clash,X,S,50.9,34.8,3,1742800000\n"
        "A2,2025-03-21,,Battles,Armed clash,X,S,50.9,34.8,,\n"
    )
    frame = pd.read_csv(io.StringIO(text), parse_dates=["event_date"])
    assert frame["geo_precision"].dtype == float
    assert read(frame)[0].equals(read(NamedBytes("a.csv", text.encode()))[0])
    assert read(frame)[0]["precision_m"][0] == 100_000


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: pandas_frame().drop(columns="act"), "lacks the column act"),
        (lambda: pandas_frame().rename(columns={"precision_km": "precision_kms"}), "unknown column 'precision_kms'"),
        (lambda: pl.DataFrame({"x": [1]}), "is read by no reader; its columns are x"),
        (pl.DataFrame, "has no columns"),
        (lambda: pd.DataFrame({1: ["x"]}), "has a column named 1"),
        (lambda: pd.concat([pandas_frame(), pandas_frame()[["act"]]], axis=1), "duplicate column 'act'"),
        (lambda: pl.from_pandas(timed()).with_columns(lat=pl.lit([1.0])), "the column 'lat' holds List"),
        (lambda: pl.from_pandas(timed()).with_columns(lat=pl.struct("act")), "the column 'lat' holds Struct"),
        (lambda: pl.from_pandas(timed()).lazy().with_columns(x=pl.col("nothing")), "cannot be read as a data frame"),
        (
            lambda: pl.from_pandas(timed()).lazy().with_columns(lat=pl.col("act").str.to_date()),
            "its query fails",
        ),
        (lambda: with_column("act", not_utf8), "Invalid UTF8 sequence"),
        (lambda: timed().assign(lat=pd.Timedelta("1h")), "the column 'lat' holds Duration"),
        (lambda: pl.from_pandas(timed()).with_columns(pl.Series("lat", [object()] * 4)), "the column 'lat' holds Obj"),
        (lambda: with_column("act", tensors), "the column 'act' cannot be read: it holds"),
    ],
)
def test_a_wrong_frame_is_a_clear_error(make, says: str) -> None:
    with pytest.raises(EvidenceError) as error:
        read(make())
    assert says in str(error.value)
    assert "frame 1" in str(error.value)
    assert error.value.faults[0].code.startswith("EVD")


def test_periods_of_pandas_are_read_as_their_text() -> None:
    reports, quarantine = read(timed().assign(start=pd.Period("2025-03-20")))
    assert reports.is_empty()
    assert quarantine["value"].to_list()[:1] == ["2025-03-20"]


@pytest.mark.parametrize("thing", [3, {"a": 1}, b"bytes", None])
def test_what_is_no_evidence_is_refused(thing: object) -> None:
    with pytest.raises(EvidenceError, match=r"EVD018.* is not evidence"):
        read_evidence([thing], CONTEXT)


@pytest.mark.parametrize("ending", ["csv", "csv.gz", "parquet", "jsonl", "json"])
def test_a_file_in_memory_is_read_as_on_disk(tmp_path: Path, ending: str) -> None:
    frame = pl.read_csv(io.StringIO(CSV), infer_schema=False)
    path = tmp_path / f"r.{ending}"
    if ending == "parquet":
        frame.write_parquet(path)
    elif ending == "csv.gz":
        import gzip

        path.write_bytes(gzip.compress(CSV.encode()))
    else:
        path.write_bytes(
            CSV.encode()
            if ending == "csv"
            else (frame.write_ndjson() if ending == "jsonl" else frame.write_json()).encode()
        )
    in_memory = read(NamedBytes(path.name, path.read_bytes()))
    assert in_memory[0].height == 3
    assert in_memory[0].equals(read(path)[0])
    assert in_memory[1].equals(read(path)[1])


def test_registers_and_decisions_in_memory_go_with_frames() -> None:
    register = NamedBytes("sources.yaml", b"sources:\n  a: {side: none, reliability: B}\n")
    decisions = NamedBytes(
        "decisions.yaml",
        b"decisions:\n  - {grade: a, reliability: C, by: Chair, at: 2025-04-01T10:00, why: found wanting}\n",
    )
    source = read_evidence([pandas_frame(), register, decisions], CONTEXT, signed_by={decisions: "stranger.example"})
    assert pl.concat(source.batches())["reliability"].to_list() == ["B", None, None]
    assert [d.by_party for d in source.decisions] == [True]
    with pytest.raises(EvidenceError, match="empty"):
        read_evidence([NamedBytes("r.csv", b"")], CONTEXT)


def test_the_same_bytes_and_the_same_frame_count_once() -> None:
    twice = [NamedBytes("a.csv", CSV.encode()), NamedBytes("b.csv", CSV.encode())]
    assert read(*twice)[0].height == 3
    frame = pandas_frame()
    assert read(frame, frame)[0].height == 3


def test_evidence_within_bounds_is_translated_once_and_beyond_them_it_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    translate = source_module.translate

    def counted(raw, table, *rest):
        calls.append(table.name)
        return translate(raw, table, *rest)

    monkeypatch.setattr(source_module, "translate", counted)
    monkeypatch.setattr(source_module, "KEPT_IN_MEMORY", 5)
    source = read_evidence([pandas_frame(), pl.from_pandas(timed())], CONTEXT)
    walks = [pl.concat(walk()) for walk in (source.batches, source.brief, source.batches)]
    assert all(walk.equals(walks[0]) for walk in walks)
    assert calls == ["frame 1", "frame 2", "frame 2", "frame 2"], "the first stays, the second is read again"
    assert source.ingest.quarantined == 2


def test_coverage_is_read_from_memory_and_from_a_dict() -> None:
    agreement = read_agreement(SOUND)

    def coverage(item):
        return read_coverage([item], agreement.places, agreement.vocabulary, agreement.zone, agreement.id)

    path = HERE / "malformed" / "coverage" / "sound.yaml"
    assert coverage(NamedBytes("coverage.yaml", path.read_bytes())) == coverage(path)
    import yaml

    words = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert coverage(words) == coverage(path)
    with pytest.raises(CoverageError, match="COV001: unknown key 'watchs'"):
        coverage({**words, "watchs": []})
