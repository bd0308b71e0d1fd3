"""The archive of an election: its pack, its ledger and its pages, in a folder that needs no service."""
