"""Verifying an election over HTTP: all that a publishing service shows is recomputed from the ledger that it serves."""
