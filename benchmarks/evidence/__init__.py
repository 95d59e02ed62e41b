"""How well and how fast findings are found, beside the plain libraries: `python -m benchmarks.evidence`."""
