"""A chained stream: each entry carries a hash over itself and everything before it.

An entry is a JSON object. Its last member is ``chain``: SHA-256, in hex, of the chain of the entry before it and of
the entry's own bytes up to that member. The first entry continues the name of the partition, so that no entry of one
partition fits into another. Altering, dropping, inserting or swapping an entry breaks the chain at that place.
"""

from hashlib import sha256
from typing import Final

_MEMBER: Final = b',"chain":"'
_END: Final = b'"}'
_HEX: Final = 64


def origin(partition: str) -> str:
    """Return what the first entry of a partition continues."""
    return sha256(partition.encode()).hexdigest()


def link(before: str, event: bytes) -> tuple[bytes, str]:
    """Return the JSON object ``event`` with its chain as last member, and that chain."""
    open_object = event[:-1]
    chain = _hash(before, open_object)
    return open_object + _MEMBER + chain.encode() + _END, chain


def follows(before: str, entry: bytes) -> str | None:
    """Return the chain of ``entry`` when it continues ``before``; None when it does not."""
    open_object, stated = entry[: -len(_MEMBER) - _HEX - len(_END)], entry[-len(_MEMBER) - _HEX - len(_END) :]
    chain = _hash(before, open_object)
    return chain if stated == _MEMBER + chain.encode() + _END else None


def _hash(before: str, open_object: bytes) -> str:
    return sha256(before.encode() + b"\n" + open_object).hexdigest()
