"""Hostile input for every parser: `python -m benchmarks.fuzz --source NAME --minutes 10`.

The cases under tests/ are the corpus. Each round changes one of them, in its bytes or in its structure, and reads it
with everything that stands behind: claims, read, the invariants of what comes out, and the weave. Anything but a
ClewError, more than LIMIT seconds for one input, a jump of the peak memory, and memory that grows over the run are
findings; each is made as small as it gets and written beside the cases.
"""
