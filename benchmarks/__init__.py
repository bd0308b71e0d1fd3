"""How fast the pipeline is, against what, and what bounds it: ``python -m benchmarks``, described in docs/speed.md."""
