"""The coordination-network-toolkit measured; run by the Python of an environment of its own, without clew.

`python toolkit_job.py FILE.csv WINDOW [EXPORT.graphml]` prints one line of JSON: seconds for computing (and for the
export where one is asked for), directed edges without loops, peak memory of all its processes in megabytes.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import resource
import sqlite3
import sys
import tempfile
import time
from importlib import import_module


def peak_megabytes() -> float:
    """Return the most memory that this process had, without what it inherited from the one that started it."""
    with open("/proc/self/status", encoding="utf-8") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024


def main() -> None:
    """Run it once."""
    source, window, *export = sys.argv[1:]
    compute = import_module("coordination_network_toolkit.compute_networks")
    preprocess = import_module("coordination_network_toolkit.preprocess")
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        path = os.path.join(folder, "toolkit.sqlite")
        start = time.perf_counter()
        preprocess.preprocess_csv_files(path, [source])
        reading = time.perf_counter() - start
        start = time.perf_counter()
        compute.compute_co_retweet_parallel(path, float(window), n_threads=2)
        seconds = time.perf_counter() - start
        count = sqlite3.connect(path).execute("select count(*) from co_retweet_network where user_1 != user_2")
        found = {"seconds": seconds, "reading": reading, "edges": count.fetchone()[0]}
        if export:
            start = time.perf_counter()
            import_module("coordination_network_toolkit.output").output_graphml(path, "co_retweet", export[0])
            found["export"] = time.perf_counter() - start
    found["megabytes"] = max(peak_megabytes(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
