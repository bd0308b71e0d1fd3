"""How fast it is beside other ways of doing the same: ``python -m benchmarks``, described in docs/speed.md."""
