"""The ledger as evidence: recompute it, sign its head, move it, and derive everything from it again.

``walking`` checks the chain, ``replaying`` derives in memory what the services derive, ``verifying`` compares the two
with a server, ``checkpoint`` and ``notes`` sign and check heads, ``exporting`` and ``restoring`` move a ledger between
servers, ``rebuilding`` lets the services derive again, ``parking`` looks after what a rule failed on.
See docs/evidence.md.
"""
