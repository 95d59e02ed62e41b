"""Spark Connect servers with so many workers, on loopback, for tests and benchmarks: Sail, and a JVM's Spark.

Both come by `make services`; the JVM's needs java.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

__all__ = ["CLIENT", "Absent", "free_port", "jvm", "sail", "wait_for"]

ROOT = Path(__file__).parent.parent.parent
CLIENT = ROOT / ".services" / "spark" / "bin" / "python"
"""The Python that has the client; the workers run it, too."""
_JVM = ROOT / ".services" / "jvm"
_WAIT = 120.0
"""Seconds until a server must answer."""


class Absent(Exception):
    """The engine is not at hand; the words say what brings it."""


@contextmanager
def sail(workers: int) -> Iterator[str]:
    """Give the address of a Sail cluster, which needs no JVM.

    Raises:
        Absent: It is not installed.
    """
    if not CLIENT.exists():
        raise Absent("Sail is not at hand: make services")
    cluster = {
        "MODE": "local-cluster",
        "CLUSTER__WORKER_INITIAL_COUNT": f"{workers}",
        "CLUSTER__WORKER_TASK_SLOTS": "1",
    }
    command = [str(CLIENT.parent / "sail"), "spark", "server", "--ip", "127.0.0.1", "--port", "0"]
    settings = {f"SAIL_{name}": value for name, value in cluster.items()}
    with _running(command, settings) as server:
        assert server.stdout
        for line in server.stdout:
            if found := re.search(r"127\.0\.0\.1:(\d+)", line):
                yield f"sc://127.0.0.1:{found[1]}"
                return
        raise AssertionError("the server ended without telling its address")


@contextmanager
def jvm(workers: int) -> Iterator[str]:
    """Give the address of Apache Spark's Connect server with a master and so many workers of one core each.

    Raises:
        Absent: It is not installed, or there is no java.
    """
    homes = sorted(_JVM.glob("lib/python3*/site-packages/pyspark"))
    if not homes or not CLIENT.exists() or shutil.which("java") is None:
        raise Absent("Apache Spark is not at hand: it needs java, and make services")
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="clew-spark-") as folder:
        settings = {
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.ui.enabled": "false",
            "spark.connect.grpc.binding.address": "127.0.0.1",
            "spark.connect.grpc.binding.port": f"{port}",
            "spark.sql.shuffle.partitions": f"{workers}",
            "spark.sql.warehouse.dir": f"{folder}/warehouse",
        }
        command = [str(homes[0] / "bin" / "spark-submit"), "--master", f"local-cluster[{workers},1,1024]"]
        command += ["--class", "org.apache.spark.sql.connect.service.SparkConnectServer", "--driver-memory", "1g"]
        command += [word for name, value in settings.items() for word in ("--conf", f"{name}={value}")]
        around = {"SPARK_HOME": str(homes[0]), "SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": str(CLIENT)}
        with _running([*command, "spark-internal"], around, folder, quiet=True) as server:
            wait_for(port, server)
            yield f"sc://127.0.0.1:{port}"


@contextmanager
def _running(
    command: list[str], settings: Mapping[str, str], folder: str | None = None, *, quiet: bool = False
) -> Iterator[subprocess.Popen[str]]:
    """Give a server that ends with the block; its workers find clew where this one is."""
    environment = {**os.environ, **settings, "PYTHONPATH": str(ROOT / "src")}
    output = subprocess.DEVNULL if quiet else subprocess.PIPE
    with subprocess.Popen(
        command, env=environment, cwd=folder, stdout=output, stderr=subprocess.STDOUT, text=True
    ) as server:
        try:
            yield server
        finally:
            server.terminate()


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def wait_for(port: int, server: subprocess.Popen[str]) -> None:
    """Return when a server answers.

    Raises:
        AssertionError: It ends, or does not answer in time.
    """
    end = time.monotonic() + _WAIT
    while time.monotonic() < end and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError("the server did not answer in time")
