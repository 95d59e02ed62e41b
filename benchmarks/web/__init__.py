"""The reader in the browser under load: `python -m benchmarks.web`."""
