"""One reader over one file in a process of its own: prints how many posts and how much processor time, as JSON."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from benchmarks.reading.readers import READERS, Reader


def main(name: str, reader: str, path: Path) -> None:
    """Read a little first, so that what is imported and compiled once does not count."""
    own = next(each for each in READERS[name] if each.name == reader)
    warm = path.with_name(f"small-{path.name}")
    _count(own, warm)
    begun = time.process_time()
    posts = _count(own, path)
    print(json.dumps({"posts": posts, "seconds": time.process_time() - begun}))


def _count(reader: Reader, path: Path) -> int:
    return sum(1 for _ in reader.posts(path))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
