"""Marks that no worker has written: they keep services that run from taking an election that begins anew for a loss.

A stage that has worked on an election ends when the server has no mark of it: the server has lost everything, it must
think. Of another mark than its own it thinks that another worker was first, and reads the state anew.
"""

import secrets
from typing import Any, Final, cast

from streams.commit import FORM, READ
from streams.fold import START
from streams.keys import Partition
from tallywire.evidence.replay import STAGES

TOKEN: Final = "token"  # noqa: S105  # the name of a field
"""The field that tells one mark from another."""

_FIELDS: Final = frozenset(name.encode() for name in ("cursor", TOKEN, FORM, READ))


def new_token() -> str:
    """Return a token that no worker has."""
    return secrets.token_hex(8)


def leave_marks(step: Any, partition: Partition) -> None:  # noqa: ANN401  # a pipeline of redis-py
    """Leave a mark for each stage, at the beginning; its hash is to be empty."""
    for wiring in STAGES:
        mark = {"cursor": START, TOKEN: new_token(), FORM: wiring.form}
        if wiring.numbered_by is not None:
            mark[READ] = f"0 {START}"
        step.hset(partition.key(wiring.stage), mapping=mark)


def are_marks(client: Any, partition: Partition, there: list[str]) -> bool:  # noqa: ANN401  # a client of redis-py
    """Whether these keys of an election are marks, and nothing else: an election of that name was deleted."""
    if set(there) != {partition.key(wiring.stage) for wiring in STAGES}:
        return False
    hashes = [cast("dict[bytes, bytes]", client.hgetall(key)) for key in there]
    return all(each.keys() <= _FIELDS and each.get(b"cursor") == START.encode() for each in hashes)
