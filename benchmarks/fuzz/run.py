"""One run over one target, in a process of its own: `python -m benchmarks.fuzz.run NAME SECONDS FOLDER SEED`.

With atheris where it is installed, so that inputs that reach new code are kept and changed further; else plainly.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

#: The longest input that atheris makes by itself.
LONGEST = 1 << 16


def main(name: str, seconds: float, folder: Path, seed: int) -> None:
    """Run; what is found is in the folder when it ends, however it ends."""
    if importlib.util.find_spec("atheris") is None:
        _plainly(name, seconds, folder, seed)
    else:
        _guided(importlib.import_module("atheris"), name, seconds, folder, seed)


def _plainly(name: str, seconds: float, folder: Path, seed: int) -> None:
    from benchmarks.fuzz.mutate import mutated
    from benchmarks.fuzz.targets import target
    from benchmarks.fuzz.watch import Watch

    random, own = Random(seed), target(name)
    watch, inputs = Watch(own, folder), list(own.seeds)
    stop = time.monotonic() + seconds
    while time.monotonic() < stop:
        data = mutated(random.choice(inputs), random, own.seeds)
        watch.run(data)
        if random.random() < 0.01 and len(inputs) < 5000:
            inputs.append(data)
    watch.write()


def _guided(atheris: Any, name: str, seconds: float, folder: Path, seed: int) -> None:
    with atheris.instrument_imports(include=["clew"]):
        from benchmarks.fuzz.mutate import mutated
        from benchmarks.fuzz.targets import target
        from benchmarks.fuzz.watch import Watch

        own = target(name)
    watch = Watch(own, folder)
    corpus = folder / "corpus"
    corpus.mkdir(exist_ok=True)
    for index, data in enumerate(own.seeds):
        (corpus / f"seed-{index}").write_bytes(data)

    def change(data: bytes, most: int, number: int) -> bytes:
        random = Random(number)
        if random.random() < 0.25:
            return bytes(atheris.Mutate(data, most))
        return mutated(data, random, own.seeds)[:most]

    arguments = [
        sys.argv[0],
        *(f"-max_total_time={int(seconds)}", f"-seed={seed}", f"-max_len={LONGEST}", "-timeout=60"),
        *("-rss_limit_mb=2500", "-len_control=0", "-verbosity=0", f"-artifact_prefix={folder}/crash-"),
        str(corpus),
    ]
    atheris.Setup(arguments, watch.run, custom_mutator=change)
    atheris.Fuzz()


def _arguments(given: Sequence[str]) -> tuple[str, float, Path, int]:
    name, seconds, folder, seed = given
    return name, float(seconds), Path(folder), int(seed)


if __name__ == "__main__":
    main(*_arguments(sys.argv[1:]))
