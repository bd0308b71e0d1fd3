"""The ledger as evidence: recompute it, sign its head, move it, and derive everything from it again.

``ledger_walk`` checks the chain, ``replay`` derives in memory what the services derive, ``verification`` compares both
with a server (``stored_election``, ``witnesses``), ``checkpoint`` and ``signed_notes`` sign and check heads,
``deposit`` puts them where readers find them, ``ledger_file`` and ``restore`` move a ledger between servers,
``rebuild`` lets the services derive again, ``parked_entries`` looks after what a rule failed on, and ``whole_ledger``
is what the commands call.
See docs/evidence.md.
"""
