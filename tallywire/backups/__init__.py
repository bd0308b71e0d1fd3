"""Backups: each election's ledger, exported again and again to a folder or a store elsewhere."""
