"""The engine: folds Redis streams with exactly-once effect. It knows no service and no election.

A *partition* is a set of keys under one hash tag. A *stage* is a fold over one stream of a partition: it reads a batch,
applies a pure rule to its state, and commits state, outgoing entries and cursor in one step. ``stage.Stage.run`` is the
place to begin; docs/streams.md has the picture.
"""
