"""What goes wrong on a cluster, in words: each with a stable code and with what would help."""

from __future__ import annotations

import os
import re
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from servanda.errors import EvidenceError, Fault, ServandaError

OTHER_VERSION = "a worker has version {} of Servanda, this machine {}"
_SHIP = (
    "install the same servanda[spark] on every worker; or ship it: 'venv-pack -o servanda.tar.gz', then spark.archives=servanda.tar.gz#env and "
    "PYSPARK_PYTHON=./env/bin/python"
)
_UNREAD = re.compile(r"PARQUET_TYPE_(?:ILLEGAL|NOT_SUPPORTED|NOT_RECOGNIZED)\][^:]*: ([^\n]+?)\.? SQLSTATE")
UNFIT = re.compile(rf"CANNOT_MERGE_SCHEMAS|CANNOT_MERGE_INCOMPATIBLE_DATA_TYPE|{_UNREAD.pattern}")
"""What Spark says of the columns of a file that it cannot read, or not beside the others."""
_ANSWER_S = 5.0


@contextmanager
def told() -> Iterator[None]:
    """Errors of Spark as errors of ours.

    Raises:
        ServandaError: with what Spark said, shortened.
    """
    try:
        yield
    except (ServandaError, KeyboardInterrupt):
        raise
    except Exception as error:
        if not type(error).__module__.startswith(("pyspark", "py4j")):
            raise
        raise fault_of(str(error)) from None


def fault_of(said: str) -> ServandaError:
    """What Spark said, as an error that tells what to do.

    Args:
        said: the message of its exception.

    Returns:
        The error.
    """
    if lacking := re.search(r"ModuleNotFoundError: No module named '([\w.]+)'", said):
        return ServandaError(Fault("Spark", f"a worker has no Python package {lacking[1]!r}", _SHIP, code="SPK002"))
    if "PYTHON_VERSION_MISMATCH" in said:
        what = "the workers run another version of Python than this machine"
        return ServandaError(Fault("Spark", what, "set PYSPARK_PYTHON to the same version on both", code="SPK003"))
    if UNFIT.search(said) or "CONVERT" in said:
        file = re.search(r"(?:file|of) \(?(\S+?\.parquet)", said)
        return unfit(file[1] if file else "evidence", said)
    if "No space left on device" in said or "Disk quota exceeded" in said:
        hint = "free some, or name another folder (spark.local.dir, SPARK_LOCAL_DIRS)"
        return ServandaError(Fault("Spark", "the disk on which a machine puts work aside is full", hint, code="SPK017"))
    if re.search(r"(Connect|UnknownHost|NoRouteToHost|SocketTimeout)Exception", said) and "stage failure" not in said:
        hint = "correct the address, or start what should answer there (of hdfs:// the namenode)"
        return EvidenceError(
            Fault("evidence", f"a store does not answer: {_cause(said).split('; For more')[0]}", hint, code="SPK020")
        )
    if plugin := re.search(
        r"CANNOT_LOAD_CATALOG.*?'([\w.]+)' with|Cannot find catalog plugin class for catalog '?(\w+)", said
    ):
        what = f"Spark lacks the package of its catalogue {plugin[1] or plugin[2]!r}"
        hint = "add it to Spark's settings (spark.jars.packages: of Iceberg iceberg-spark-runtime, of Delta delta-spark), on the driver and on every worker"
        return EvidenceError(Fault("evidence", what, hint, code="SPK008"))
    if lacking := re.search(r"DATA_SOURCE_NOT_FOUND\] Failed to find the data source: (\w+)", said):
        hint = "add its package to Spark's settings (spark.jars.packages), on the driver and on every worker"
        return EvidenceError(Fault("evidence", f"Spark has nothing that reads {lacking[1]}", hint, code="SPK008"))
    if lacking := re.search(r"No FileSystem for scheme \"?(\w+)|Class (org\.apache\.hadoop\.fs\.\S+) not found", said):
        what = f"Spark has nothing that reads {lacking[1] or lacking[2]}"
        hint = "add its package to Spark's settings (spark.jars.packages; for s3a:// hadoop-aws of the version of its other Hadoop jars)"
        return EvidenceError(Fault("evidence", what, hint, code="SPK008"))
    if "UNABLE_TO_INFER_SCHEMA" in said:
        hint = "give the folder in which the files are; Spark overlooks what begins with _ or a full stop"
        return EvidenceError(Fault("evidence", "a folder has no Parquet file", hint, code="SPK008"))
    if "TABLE_OR_VIEW_NOT_FOUND" in said:
        hint = "name it as Spark's catalogue does (CATALOGUE.SCHEMA.TABLE)"
        return EvidenceError(Fault("evidence", _first_line(said), hint, code="SPK008"))
    if "PATH_NOT_FOUND" in said or "FileNotFoundException" in said:
        return EvidenceError(
            Fault("evidence", _first_line(said), "the workers must see it under this name", code="SPK008")
        )
    if "not a Parquet file" in said or "FAILED_READ_FILE" in said or "CANNOT_READ_FILE" in said:
        file = re.search(r"((?:file:|hdfs:|s3a?:|abfss?:|gs:)[^\s,]+?)[.,]?(?=\s|$)", said)
        hint = "it is cut off: copy it again; or it is of another format: of folders Spark reads Parquet, other files are given one by one"
        return EvidenceError(
            Fault(file[1] if file else "evidence", f"cannot be read: {_cause(said)}", hint, code="SPK009")
        )
    if "OutOfMemoryError" in said or "exit code 137" in said or "Java heap space" in said:
        hint = "give it more (spark.driver.memory, spark.executor.memory), or more and smaller machines"
        return ServandaError(Fault("Spark", "a machine has not memory enough", hint, code="SPK015"))
    if "maxResultSize" in said:
        hint = "set spark.driver.maxResultSize=0, or ask for less at once"
        return ServandaError(Fault("Spark", "what comes back is more than the driver takes", hint, code="SPK010"))
    return ServandaError(Fault("Spark", f"the work failed there: {_cause(said)}", "look at its logs", code="SPK011"))


def unfit(file: str, said: str) -> EvidenceError:
    """An error about a file that has a column of another type than the others, or of one that Spark does not read; ``said``: by Spark."""
    if kind := _UNREAD.search(said):
        what = f"a file has a column of a type that Spark does not read: {kind[1]}"
        hint = "write its times in microseconds and with their zone (pandas: to_parquet(..., coerce_timestamps='us'))"
        return EvidenceError(Fault(file, what, hint, code="SPK021"))
    schemas = [dict(re.findall(r"(\w+): (\w+)", one)) for one in re.findall(r'"STRUCT<(.+?)>"', said)]
    others, own = schemas if len(schemas) == 2 else ({}, {})
    kinds = {c: sorted((own[c], kind)) for c, kind in others.items() if own.get(c, kind) != kind}
    each = [f"{c!r} is {one} in some and {other} in others" for c, (one, other) in kinds.items()]
    what = f"a file has a column of another type than the others: {'; '.join(each) or _first_line(said)}"
    hint = "write it again with the types of the others (a column in which nothing stands is INT to Spark), or give it by itself"
    return EvidenceError(Fault(file, what, hint, code="SPK007"))


def _first_line(said: str) -> str:
    return (said.strip().splitlines() or [""])[0][:240]


def _cause(said: str) -> str:
    """The last line of a traceback of Python, or the first of what was said."""
    lines = [line.lstrip(": ").strip() for line in said.splitlines()]
    lines = [line for line in lines if re.match(r"[\w.$]*(Error|Exception)\b.*:", line)]
    return (lines[0] if lines else _first_line(said))[:300]


_MASTERS = re.compile(r"spark://[^/,]+:\d+(,[^/,]+:\d+)*|k8s://.+|local(\[(\d+|\*)(, *\d+)?\])?")


def java_there() -> None:
    """Look whether there is Java where Spark looks for it.

    Raises:
        ServandaError: there is none.
    """
    home = os.environ.get("JAVA_HOME")
    if home and not os.access(Path(home) / "bin" / "java", os.X_OK):
        what, hint = f"JAVA_HOME is {home}, and there is no Java", "correct it, or leave it out"
        raise ServandaError(Fault("--engine spark", what, hint, code="SPK005"))
    if not home and shutil.which("java") is None:
        hint = "install it (on Debian: apt-get install default-jre-headless), or set JAVA_HOME"
        raise ServandaError(Fault("--engine spark", "Java is not installed", hint, code="SPK005"))


def master_answers(master: str) -> None:
    """Look whether a master is one that Spark knows, and whether somebody listens where that of a standalone cluster should be.

    Args:
        master: as it is given to Spark.

    Raises:
        ServandaError: it is none, or nobody does.
    """
    if master == "yarn":
        if not (os.environ.get("HADOOP_CONF_DIR") or os.environ.get("YARN_CONF_DIR")):
            what = "neither HADOOP_CONF_DIR nor YARN_CONF_DIR says where the cluster is"
            hint = "set one of them to the folder of its settings"
            raise ServandaError(Fault("--master yarn", what, hint, code="SPK004"))
        return
    if not _MASTERS.fullmatch(master):
        hint = "write spark://HOST:PORT (a standalone cluster; its port is 7077 as a rule), yarn, or k8s://ADDRESS; left out, this machine works alone"
        raise ServandaError(Fault("--master", f"{master!r} is no address of a master", hint, code="SPK004"))
    if not master.startswith("spark://"):
        return
    tried = []
    for place in master.removeprefix("spark://").split(","):
        host, _, port = place.rpartition(":")
        try:
            with socket.create_connection((host, int(port)), timeout=_ANSWER_S):
                return
        except (OSError, OverflowError) as error:
            tried.append(f"{place} ({error})")
    what = f"no master answers at {', '.join(tried)}"
    raise ServandaError(Fault("--master", what, "start it, or correct its address", code="SPK004"))
