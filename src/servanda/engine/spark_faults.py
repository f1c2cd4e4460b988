"""What goes wrong on a cluster, in words: each with a stable code and with what would help."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from servanda.errors import EvidenceError, Fault, ServandaError

OTHER_VERSION = "a worker has version {} of Servanda, this machine {}"
_SHIP = (
    "install the same servanda[spark] on every worker; or ship it: 'venv-pack -o servanda.tar.gz', then spark.archives=servanda.tar.gz#env and "
    "PYSPARK_PYTHON=./env/bin/python"
)
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
    if "CANNOT_MERGE_SCHEMAS" in said or "CANNOT_MERGE_INCOMPATIBLE_DATA_TYPE" in said or "CONVERT" in said:
        file = re.search(r"(?:file|of) \(?(\S+?\.parquet)", said)
        what = f"a file has a column of another type than the others: {_first_line(said)}"
        hint = "write it again with the types of the others, or give it by itself"
        return EvidenceError(Fault(file[1] if file else "evidence", what, hint, code="SPK007"))
    if "No space left on device" in said or "Disk quota exceeded" in said:
        hint = "free some, or name another folder (spark.local.dir, SPARK_LOCAL_DIRS)"
        return ServandaError(Fault("Spark", "the disk on which a machine puts work aside is full", hint, code="SPK017"))
    if "PATH_NOT_FOUND" in said or "FileNotFoundException" in said:
        return EvidenceError(
            Fault("evidence", _first_line(said), "the workers must see it under this name", code="SPK008")
        )
    if "not a Parquet file" in said or "FAILED_READ_FILE" in said or "CANNOT_READ_FILE" in said:
        file = re.search(r"((?:file:|hdfs:|s3a?:|abfss?:|gs:)\S+?\.parquet)", said)
        hint = "it may be cut off; copy it again from its source"
        return EvidenceError(
            Fault(file[1] if file else "evidence", f"cannot be read: {_first_line(said)}", hint, code="SPK009")
        )
    if "OutOfMemoryError" in said or "exit code 137" in said or "Java heap space" in said:
        hint = "give it more (spark.driver.memory, spark.executor.memory), or more and smaller machines"
        return ServandaError(Fault("Spark", "a machine has not memory enough", hint, code="SPK015"))
    if "maxResultSize" in said:
        hint = "set spark.driver.maxResultSize=0, or ask for less at once"
        return ServandaError(Fault("Spark", "what comes back is more than the driver takes", hint, code="SPK010"))
    return ServandaError(Fault("Spark", f"the work failed there: {_cause(said)}", "look at its logs", code="SPK011"))


def _first_line(said: str) -> str:
    return (said.strip().splitlines() or [""])[0][:240]


def _cause(said: str) -> str:
    """The last line of a traceback of Python, or the first of what was said."""
    lines = [line.strip() for line in said.splitlines() if re.match(r"\w*(Error|Exception)\b.*:", line.strip())]
    return (lines[0] if lines else _first_line(said))[:300]


def master_answers(master: str) -> None:
    """Look whether somebody listens where the master of a standalone cluster should be.

    Args:
        master: as it is given to Spark.

    Raises:
        ServandaError: nobody does.
    """
    if not master.startswith("spark://"):
        return
    tried = []
    for place in master.removeprefix("spark://").split(","):
        host, _, port = place.rpartition(":")
        try:
            with socket.create_connection((host, int(port)), timeout=_ANSWER_S):
                return
        except (OSError, ValueError) as error:
            tried.append(f"{place} ({error})")
    what = f"no master answers at {', '.join(tried)}"
    raise ServandaError(Fault("--master", what, "start it, or correct its address", code="SPK004"))
