"""How fast the server is, against named peers: `python -m tests.benchmarks`. See docs/benchmarks.md."""
