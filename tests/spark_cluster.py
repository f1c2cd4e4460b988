"""A real cluster of Spark on loopback: a standalone master and two workers, each a process of its own."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MISSING = next(
    (
        f"{what} is not installed: {how}"
        for what, how, there in (
            ("pyspark", "pip install 'servanda[spark]'", importlib.util.find_spec("pyspark")),
            ("Java", "apt-get install default-jre-headless", shutil.which("java") or os.environ.get("JAVA_HOME")),
        )
        if not there
    ),
    "",
)
"""Why there can be no cluster here."""

FAST = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""Java that begins sooner and lasts less."""


class Cluster:
    """A master and workers; each in a process group of its own, so that all that it starts can be ended with it."""

    def __init__(self, folder: Path, workers: int = 2) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.master = f"spark://127.0.0.1:{port}"
        self.folder = folder
        self.processes = [self._start("master.Master", "--port", str(port))]
        deadline = time.monotonic() + 40
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                assert time.monotonic() < deadline, "the master does not come up"
                time.sleep(0.1)
        self.workers = [
            self._start("worker.Worker", "--cores", "1", "--memory", "1g", "-d", str(folder / f"w{n}"), self.master)
            for n in range(workers)
        ]
        self.processes += self.workers

    def _start(self, what: str, *options: str) -> subprocess.Popen[bytes]:
        import pyspark

        home = Path(pyspark.__file__).parent
        environment = os.environ | {
            "SPARK_HOME": str(home),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_SCALA_VERSION": "2.13",  # else a worker looks for a build of Spark
            "JAVA_TOOL_OPTIONS": FAST,
            "SPARK_LOCAL_DIRS": str(self.folder),
            "PYSPARK_PYTHON": sys.executable,
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        command = ["java", "-Xmx256m", "-cp", f"{home}/jars/*", f"org.apache.spark.deploy.{what}"]
        command += ["--host", "127.0.0.1", "--webui-port", "0", *options]
        return subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """End a process and all that it started, at once."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def kill_what_it_started(self, process: subprocess.Popen[bytes]) -> None:
        """End at once what a worker has started, with all that it holds; the worker starts another."""
        started = Path(f"/proc/{process.pid}/task").glob("*/children")
        for child in {int(pid) for file in started for pid in file.read_text().split()}:
            os.kill(child, signal.SIGKILL)

    def end(self) -> None:
        """End all of it."""
        for process in reversed(self.processes):
            if process.poll() is None:
                self.kill(process)
