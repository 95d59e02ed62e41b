"""Clew's links, mentions and tags beside those of X's own library: `python -m benchmarks.twitter_text`."""
