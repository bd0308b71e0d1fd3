"""A chained stream: each entry carries a hash over itself and everything before it.

An entry is a JSON object. Its last member is ``chain``: SHA-256, in hex, of the chain of the entry before it, a newline
and the entry's own bytes up to that member; where white space follows the object, the brace and the white space count
as well. The first entry continues the name of the partition, so that no entry of one partition fits into another.
Altering, dropping, inserting or swapping an entry breaks the chain at that place.
"""

from hashlib import sha256

from streams.ledger_tail import append, split


def origin(partition: str) -> str:
    """Return what the first entry of a partition continues."""
    return sha256(partition.encode()).hexdigest()


def link(before: str, event: bytes) -> tuple[bytes, str]:
    """Return the JSON object ``event`` with its chain as last member, and that chain."""
    chain = sha256(before.encode() + b"\n" + event.removesuffix(b"}")).hexdigest()
    return append(event, {"chain": chain}), chain


def follows(before: str, entry: bytes) -> str | None:
    """Return the chain of ``entry`` when it continues ``before``; None when it does not."""
    event, attributes = split(entry)
    attributes.pop("chain", None)
    linked, chain = link(before, append(event, attributes))
    return chain if linked == entry else None
