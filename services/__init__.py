"""The three services: each a pure rule (what it knows) and a thin shell (how it is wired).

``ingest`` takes declarations or says why not, ``aggregate`` keeps results and tallies, ``notify`` says what is news.
None imports another; what they share is ``counting`` (who is elected) and ``shell`` (how a service lives).
"""
