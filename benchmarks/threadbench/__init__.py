"""ThreadBench: how well a tool rebuilds threads and finds what is missing from them (docs/threadbench.md).

Complete threads are damaged in stated ways with a fixed seed; any tool that reads `clew/post/1` lines and writes
`clew/thread/1` lines can be scored: `python -m benchmarks.threadbench --tool "my-tool"`.
"""
