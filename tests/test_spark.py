"""A real cluster on loopback gives the same bytes as one process; a worker that dies changes nothing; what goes wrong is told with a code."""

from __future__ import annotations

import builtins
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pa_parquet
import pytest

import servanda
from servanda.app import engines
from servanda.app.context import context_of
from servanda.app.fuse import fuse_files
from servanda.app.verify import verify_files
from servanda.cli.main import main
from servanda.engine import LocalEngine, spark_source, spark_tables
from servanda.engine import spark as engine_spark
from servanda.engine.spark import Spark
from servanda.engine.spark_faults import fault_of
from servanda.errors import ServandaError
from servanda.evidence.plugins import shipped_readers
from servanda.findings.plan import Findings
from servanda.incidents.fusion import divided
from servanda.report import all_files
from servanda.report.tables import csv
from servanda.report.verdicts_json import verdicts_json
from servanda.values.keyed_hash import keyed_hash
from servanda.verdicts import Wanted
from tests.build import HEAD, ZONES, agreement
from tests.logged_tables import delta, iceberg, iceberg_refused
from tests.spark_cluster import FAST, MISSING, Cluster
from tests.test_divided_verdicts import EVERY_KIND
from tests.test_engines import TERMS, crowd

pytestmark = pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning")
needs_spark = pytest.mark.skipif(bool(MISSING), reason=MISSING)
WRITTEN = (
    "report_id source origin side directness kind reliability stance start known_at lat lon precision_km act target actor "
    "incident_id shows"
).split()
COVERAGE = """coverage: test
watches:
  - id: camera
    who: Camera
    means: camera
    detects: [missile, shelling]
    from: 2025-03-18
    to: 2025-03-22
    reports_every: 2 days
    probability: 0.8
"""

LACKING = """import sys


class Lacking:
    def find_spec(self, name, path=None, target=None):
        if name == "servanda":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


sys.meta_path.insert(0, Lacking())
"""
"""What makes a Python have no Servanda."""

TEXT = [5031058366091215670, 7837278511239753369, 7408624347353687684, 5031058366091215670]
NUMBERS = [9537508092927057482, 9537508092927057482, 4395261742557032785, 7408624347353687684]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    made = Cluster(tmp_path_factory.mktemp("cluster"))
    yield made
    made.end()


@pytest.fixture(scope="module")
def spark(cluster: Cluster) -> Iterator[Spark]:
    # nobody waits for the machine that has the data, which may be lost
    (cluster.folder / "spark-defaults.conf").write_text("spark.locality.wait 0s\nspark.sql.shuffle.partitions 2\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_CONF_DIR", str(cluster.folder))
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        patch.setenv("JAVA_TOOL_OPTIONS", FAST)
        patch.setenv("PYSPARK_PYTHON", os.sys.executable)  # type: ignore[attr-defined]
        with engines.engine_of("spark", cluster.master) as engine:
            assert isinstance(engine, Spark)
            # many small files in few tasks, and no code made for queries that are asked once
            engine.session.conf.set("spark.sql.files.openCostInBytes", "1k")
            engine.session.conf.set("spark.sql.codegen.wholeStage", "false")
            engine.session.conf.set("spark.sql.codegen.factoryMode", "NO_CODEGEN")
            yield engine


def written(table: pl.DataFrame) -> pl.DataFrame:
    """Reports as people write them."""
    reader = next(one for one in shipped_readers() if one.name == "servanda-reports")
    table = table.with_columns(precision_km=pl.col("precision_m") / 1000)
    return table.select(c for c in WRITTEN if c in reader.columns)


def folder_by_day(table: pl.DataFrame, folder: Path) -> list[Path]:
    """Reports in a folder for each day, late ones in files of their own, as a pipeline leaves them."""
    dated = written(table).with_columns(pl.col("start").dt.date().cast(pl.String).alias("day"))
    for n, ((day,), part) in enumerate(sorted(dated.partition_by("day", as_dict=True).items())):
        (folder / f"day={day}").mkdir(parents=True)
        late = part.height // 5
        part[late:].drop("day").write_parquet(folder / f"day={day}" / f"part #{n} [%41].parquet")
        rows, late_file = part[:late].drop("day").to_arrow(), folder / f"day={day}" / f"late-{n}.parquet"
        pa_parquet.write_table(rows, late_file, use_deprecated_int96_timestamps=True)  # as Spark writes them
    dated.drop("day").clear().write_parquet(folder / f"day={day}" / "none.parquet")  # a partition without rows
    return sorted(folder.rglob("*.parquet"))


def told(run: Any) -> str:
    tables = (
        run.findings,
        run.incidents,
        run.members,
        run.exceptions,
        run.items,
        run.no_term.rows,
        run.ingest.quarantine,
    )
    files = [str(file) for file in run.ingest.files]
    return "\n".join([verdicts_json(run), verdicts_json(run, run.slices), *map(csv, tables), *files])


@needs_spark
def test_days_and_what_verdicts_rest_on_come_out_the_same_from_a_frame_of_ones_own(
    spark: Spark, tmp_path: Path
) -> None:
    text = agreement(tmp_path, HEAD + ZONES + TERMS)
    files = folder_by_day(crowd(7, 200), tmp_path / "reports")
    here = told(verify_files(text, files, by="day", fuse=False, engine=LocalEngine()))
    frame = spark.session.read.parquet(str(tmp_path / "reports"))
    assert told(verify_files(text, [frame], by="day", fuse=False, engine=Spark(spark.session, shares=3))) == here


@needs_spark
def test_fusion_on_a_cluster_writes_the_same_tables(spark: Spark, tmp_path: Path) -> None:
    text = agreement(tmp_path, HEAD + ZONES + TERMS)
    files = folder_by_day(crowd(8, 200), tmp_path / "reports")
    (files[0].parent / "half.parquet.tmp").write_bytes(b"PAR1")  # somebody writes it still
    here, there = (
        fuse_files(given, text, engine=engine)
        for given, engine in ((files, LocalEngine()), ([tmp_path / "reports"], Spark(spark.session, shares=2)))
    )
    for name in ("incidents", "members", "counts"):
        assert csv(getattr(there.tables, name)) == csv(getattr(here.tables, name)), name
    assert there.tables.total == here.tables.total
    assert csv(there.lineage.reports) == csv(here.lineage.reports)


@needs_spark
def test_a_file_of_another_schema_is_named(spark: Spark, tmp_path: Path) -> None:
    text = agreement(tmp_path, HEAD + ZONES + TERMS)
    folder_by_day(crowd(6, 50), tmp_path / "reports")
    pl.DataFrame({"report_id": ["x"], "when": ["2025-03-20"]}).write_parquet(
        tmp_path / "reports" / "day=2025-03-18" / "stranger.parquet"
    )
    with pytest.raises(ServandaError, match=r"stranger\.parquet.*SPK007.*'act'"):
        verify_files(text, [str(tmp_path / "reports")], engine=spark)
    (tmp_path / "types").mkdir()
    for n, kind in enumerate([pl.Float64, pl.Float64, pl.String, pl.Float64]):
        written(crowd(6, 5)).with_columns(pl.col("lat").cast(kind)).write_parquet(tmp_path / "types" / f"{n}.parquet")
    with pytest.raises(ServandaError, match=r"types/2\.parquet.*SPK007.*'lat' is DOUBLE in some and STRING in others"):
        spark.evidence([str(tmp_path / "types")], context_of(text))
    (tmp_path / "times").mkdir()
    for n, unit in enumerate(("us", "us", "ns", "us")):
        rows = written(crowd(6, 5)).with_columns(pl.col("start").dt.cast_time_unit(unit))
        rows.write_parquet(tmp_path / "times" / f"{n}.parquet")
    with pytest.raises(ServandaError, match=r"times/2\.parquet.*SPK021.*NANOS"):
        spark.evidence([str(tmp_path / "times")], context_of(text))


@needs_spark
def test_a_file_that_changes_while_it_is_read_is_named(
    spark: Spark, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = agreement(tmp_path, HEAD + ZONES + TERMS)
    late = folder_by_day(crowd(6, 50), tmp_path / "reports")[0]

    def meanwhile(*_: object) -> None:
        os.utime(late, (0, 0))

    monkeypatch.setattr(spark_source, "_refuse_strangers", meanwhile)
    with pytest.raises(ServandaError, match=rf"{late.name}.*SPK016"):
        verify_files(text, [str(tmp_path / "reports")], engine=spark)


@needs_spark
@pytest.mark.parametrize("made", [delta, iceberg])
def test_what_the_log_of_a_table_deleted_does_not_come_back(
    spark: Spark, tmp_path: Path, made: Callable[[pl.DataFrame, Path], tuple[list[str], str]]
) -> None:
    text = agreement(tmp_path, HEAD + ZONES + TERMS)
    rows = written(crowd(8, 60))
    gone, before = made(rows, tmp_path / "reports")
    left = rows.filter(~pl.col("report_id").is_in(gone))
    assert rows.height - left.height >= 2
    for given, told in ((str(tmp_path / "reports"), left), (before, rows)):
        source = spark.evidence([given], context_of(text))
        read = pl.concat(list(source.batches())).select("report_id", "side")
        assert read.sort(read.columns).equals(told.select(read.columns).sort(read.columns))


@needs_spark
def test_what_a_log_asks_for_in_vain_is_refused(spark: Spark, tmp_path: Path) -> None:
    text = agreement(tmp_path, HEAD + ZONES + TERMS)
    (tmp_path / "hudi" / ".hoodie").mkdir(parents=True)
    iceberg_refused(written(crowd(8, 20)), tmp_path)
    delta(written(crowd(8, 20)), tmp_path / "delta")
    for name, words in {
        "hudi": "SPK018.*Hudi",
        "equal": "SPK019.*equality deletes",
        "renamed": "SPK019.*act, deed",
        "empty": "SPK019.*no rows",
        "empty@7": "SPK019.*no rows",
        "delta@7": r"SPK019(.|\n)*is 7 one of its versions",
    }.items():
        with pytest.raises(ServandaError, match=words):
            spark.evidence([str(tmp_path / name)], context_of(text))


@needs_spark
def test_workers_without_the_package_or_with_another_version_are_told_how_to_get_it(
    spark: Spark, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = agreement(tmp_path, HEAD + ZONES + TERMS)
    written(crowd(6, 5)).write_parquet(tmp_path / "reports.parquet")
    (tmp_path / "sitecustomize.py").write_text(LACKING)
    with monkeypatch.context() as patch:
        patch.setitem(spark.session.sparkContext.environment, "PYTHONPATH", str(tmp_path))
        with pytest.raises(ServandaError, match=r"SPK002.*'servanda'(.|\n)*venv-pack"):
            verify_files(text, [tmp_path / "reports.parquet"], engine=spark)
    monkeypatch.setattr(spark_source, "Reading", partial(spark_source.Reading, version="0.0.1"))
    with pytest.raises(ServandaError, match=r"SPK003.*Servanda.*0\.0\.1"):
        verify_files(text, [tmp_path / "reports.parquet"], engine=spark)


@needs_spark
def test_the_same_files_as_one_process_come_though_machines_are_lost_in_the_middle(
    cluster: Cluster, spark: Spark, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = agreement(tmp_path, HEAD + ZONES + EVERY_KIND)
    files = folder_by_day(crowd(5, 600), tmp_path / "reports")
    coverage, out = tmp_path / "coverage.yaml", tmp_path / "there"
    coverage.write_text(COVERAGE)
    wanted = Wanted(grounds=False)  # where much was found, it is not asked on what verdicts rest
    here = verify_files(text, files, [coverage], as_of="2025-03-25", engine=LocalEngine(), wanted=wanted)
    assert {"breached", "undetermined"} <= {one.verdict for one in here.verdicts}
    assert here.fused
    monkeypatch.setattr(spark_source, "_AT_A_WORKER", 6_000)  # some files are too large for a worker to hold
    lost: list[str] = []
    kept: list[int] = []
    closed, streamed, run = divided.closed, spark_tables.streamed, Spark.run

    def in_fusion(ties: Any) -> pl.DataFrame:  # all is compared, and half of it lies with the second worker
        labels = closed(ties)
        cluster.kill_what_it_started(cluster.workers[1])
        lost.append("fuse")
        return labels

    def judged(self: Spark, *given: Any) -> Findings:  # all is matched and judged, and half of it lies there
        found = run(self, *given)
        cluster.kill(cluster.workers[1])
        lost.append("judge")
        return found

    def counted(rows: Any) -> Iterator[Any]:
        kept.append(spark.session.sparkContext._jsc.getPersistentRDDs().size())
        for value in streamed(rows):  # some of it is here already, and what the rest is made of is lost
            if "write" not in lost:
                cluster.kill_what_it_started(cluster.workers[0])
                lost.append("write")
            yield value

    @contextmanager
    def lent(*_: object) -> Iterator[Spark]:
        monkeypatch.setattr(spark_tables, "streamed", counted)
        yield Spark(spark.session, shares=2, little=0)
        monkeypatch.setattr(spark_tables, "streamed", None)  # the session has ended

    for where, name, made in (
        (divided, "closed", in_fusion),
        (Spark, "run", judged),
        (engines, "engine_of", lent),
    ):
        monkeypatch.setattr(where, name, made)
    command = ["verify", str(tmp_path / "agreement.yaml"), str(tmp_path / "reports"), "--coverage", str(coverage)]
    assert main([*command, "--as-of", "2025-03-25", "--engine", "spark", "--out", str(out)]) == 0
    assert {file.name: file.read_bytes() for file in out.iterdir()} == all_files(here)
    assert lost == ["fuse", "judge", "write"]
    assert kept
    assert min(kept) > 0, "what was kept was given back before it was written"


def test_numbers_of_values_are_the_same_on_every_machine() -> None:
    """These are written down: a library that changes them breaks runs whose workers differ."""
    text = pl.Series(["Mission", "Місія", None, "Mission"])
    assert keyed_hash(text, 7).to_list() == TEXT
    numbers = pl.Series([0.0, -0.0, 48.1, None])
    assert keyed_hash(numbers, 7).to_list() == NUMBERS
    assert keyed_hash(pl.Series([None, None], dtype=pl.Float64), 7).to_list() == [NUMBERS[3]] * 2


def test_what_goes_wrong_on_a_cluster_is_told_with_what_would_help() -> None:
    for said, code in {
        "ModuleNotFoundError: No module named 'servanda'": "SPK002",
        "[PYTHON_VERSION_MISMATCH] Python in worker has different version": "SPK003",
        "[CANNOT_MERGE_SCHEMAS] Failed merging schemas": "SPK007",
        "[PARQUET_TYPE_ILLEGAL] Illegal Parquet type: INT64 (TIMESTAMP(NANOS,true)). SQLSTATE: 42846": "SPK021",
        "[PATH_NOT_FOUND] Path does not exist: s3a://bucket/x": "SPK008",
        "[UNABLE_TO_INFER_SCHEMA] Unable to infer schema for Parquet.": "SPK008",
        "[TABLE_OR_VIEW_NOT_FOUND] The table or view `war`.`reports` cannot be found.": "SPK008",
        "java.net.ConnectException: Call From vm to localhost:9000 failed on connection exception": "SPK020",
        "Job aborted due to stage failure: java.net.ConnectException: Connection refused": "SPK011",
        "[CANNOT_LOAD_CATALOG.PLUGIN_CLASS_NOT_FOUND] Cannot load catalog 'ice' with the plugin class": "SPK008",
        "[DATA_SOURCE_NOT_FOUND] Failed to find the data source: delta.": "SPK008",
        "java.lang.ClassNotFoundException: Class org.apache.hadoop.fs.s3a.S3AFileSystem not found": "SPK008",
        "[FAILED_READ_FILE.NO_HINT] file:/a/b.parquet is not a Parquet file": "SPK009",
        "is bigger than spark.driver.maxResultSize": "SPK010",
        "java.lang.OutOfMemoryError: Java heap space": "SPK015",
        "java.io.IOException: No space left on device": "SPK017",
        "something else": "SPK011",
    }.items():
        assert fault_of(said).faults[0].code == code


@pytest.mark.parametrize(
    ("master", "words"),
    [
        ("spark://127.0.0.1:9", "no master answers at 127.0.0.1:9"),
        ("spark://127.0.0.1", "is no address(.|\n)*spark://HOST:PORT"),
        ("127.0.0.1:7077", "is no address"),
        ("local[x]", "is no address"),
        ("yarn", "HADOOP_CONF_DIR"),
    ],
)
def test_a_master_that_is_none_or_does_not_answer_is_told_at_once(
    master: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pyspark")
    for name in ("HADOOP_CONF_DIR", "YARN_CONF_DIR"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ServandaError, match=f"SPK004.*{words}"), engines.engine_of("spark", master):
        pass


def test_without_java_it_is_told_where_it_was_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyspark")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(ServandaError, match=f"SPK005.*JAVA_HOME is {tmp_path}"), engines.engine_of("spark", None):
        pass
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME")
    with pytest.raises(ServandaError, match=r"SPK005(.|\n)*default-jre"), engines.engine_of("spark", None):
        pass


def test_without_pyspark_it_is_told_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.startswith("pyspark"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ServandaError, match=r"SPK001.*\n.*servanda\[spark\]"), engines.engine_of("spark", None):
        pass


def test_a_pyspark_that_is_too_old_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pyspark.__version__", "4.0.1")
    with pytest.raises(ServandaError, match=r"SPK001.*4\.0\.1"), engines.engine_of("spark", None):
        pass


def test_what_is_wrong_here_is_told_before_spark_begins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyspark")
    monkeypatch.setattr(engine_spark, "java_there", lambda: None)
    monkeypatch.setattr(engine_spark, "_session", None)
    (tmp_path / "reports").mkdir()
    text = agreement(tmp_path, HEAD + ZONES + TERMS)
    with pytest.raises(ServandaError, match="YML001"), engines.engine_of("spark", None) as engine:
        verify_files(text, [str(tmp_path / "reports"), str(tmp_path / "sources.yaml")], engine=engine)


def test_a_master_is_asked_for_with_a_cluster_only() -> None:
    with pytest.raises(ServandaError, match="SPK013"), engines.engine_of("local", "spark://127.0.0.1:7077"):
        pass


def test_fusion_on_a_cluster_asks_for_an_agreement() -> None:
    class Named(LocalEngine):
        name = "spark"

    with pytest.raises(ServandaError, match="SPK014"):
        fuse_files([], engine=Named())


def test_the_engine_of_a_cluster_is_public() -> None:
    assert servanda.Spark is Spark
