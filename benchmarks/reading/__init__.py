"""Posts a second on one core, from each format that holds many, beside the tools that read it: `python -m
benchmarks.reading [--rounds 5] [--write]`.

The posts are those of ../shared/samples, repeated with changed ids until there are enough; nothing of them is kept.
Each reader runs in a process of its own, in turns with the others; its speed is posts by processor time, from opening
the file to the last post, without the imports. The median of all rounds counts.
"""
