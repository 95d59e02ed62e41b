"""How fast a corpus is laid out and woven, beside other ways to do the same: `python -m benchmarks.speed`."""
